"""Term mining: what a reference says in the place of a garbled phrase, over whole articles."""

from postedit.mining.measure import Measure, findable, measure
from postedit.mining.mine import Article, mine
from postedit.mining.proposal import Example, Proposal

__all__ = ["Article", "Example", "Measure", "Proposal", "findable", "measure", "mine"]
