"""What a run says to people (a table) and to programs (one JSON object)."""

from postedit.report.assessment import assessment_lines, assessment_record
from postedit.report.record import record
from postedit.report.table import score_table

__all__ = ["assessment_lines", "assessment_record", "record", "score_table"]
