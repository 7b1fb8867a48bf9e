"""What a run says to people (a table) and to programs (one JSON object)."""

from postedit.report.record import record
from postedit.report.table import score_table

__all__ = ["record", "score_table"]
