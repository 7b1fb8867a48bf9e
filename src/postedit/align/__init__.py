"""What of one English text says the same in another: sentences in beads, words in edits."""

from postedit.align.beads import align
from postedit.align.edits import apply, edits
from postedit.align.words import Link, Word, align_words, tokenize

__all__ = ["Link", "Word", "align", "align_words", "apply", "edits", "tokenize"]
