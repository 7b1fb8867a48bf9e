"""A gate learnt from people: blind sheets of repairs to judge, and weights from the answers."""

from postedit.judge.learn import Cut, learn_worth
from postedit.judge.sheets import Judgement, Sheets, make_sheets, read_judgements

__all__ = [
    "Cut",
    "Judgement",
    "Sheets",
    "learn_worth",
    "make_sheets",
    "read_judgements",
]
