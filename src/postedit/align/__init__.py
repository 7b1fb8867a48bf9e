"""Which sentences of a reference say what a machine translation says."""

from postedit.align.beads import align

__all__ = ["align"]
