"""Weights of the features of a phrase pair, in the order in which `features` computes them.

Logistic regression on authored training articles (45 with their post-edits, 17 with their free
translations, and five times ten together), where a pair is right if a writer listed it;
`benchmarks/mining.py --fit` fits them anew. No other article had a part in it.
"""

from __future__ import annotations

import numpy as np

BY_NAME = {
    "bias": -4.78,
    "linked_left": 0.63,  # the words before are the same word
    "linked_right": 0.38,  # the words after are
    "mt_goes_on_left": -1.20,  # a content word of the mt before that stayed nowhere
    "mt_goes_on_right": -0.95,  # the same, after
    "target_goes_on_left": -0.37,  # the same, of the reference, before
    "offset": -0.35,  # distance of the middles, as shares of the group
    "crossing": -1.15,  # words whose counterpart is outside
    "unlinked": -0.61,  # words without counterpart inside
    "all_name": 1.11,  # a name by its capitals
    "mt_1": -1.30,  # words of the mt phrase: one
    "mt_2": 0.49,  # two
    "mt_3": 0.20,  # three
    "mt_long": -0.22,  # five
    "target_1": 0.12,  # words of the target: one
    "target_2": 0.60,  # two
    "target_long": 0.01,  # four or more
    "longer": -0.56,  # words by which the target is longer
    "shorter": -0.18,  # or shorter
    "spelling": -0.03,  # letters in common
    "shared": -1.90,  # share of the mt words that stayed
    "target_noun": 1.14,  # the last word of the target may be a noun
    "target_unknown": 1.09,  # or is in no dictionary
    "mt_noun": 1.17,  # the last word of the mt phrase may be a noun
    "mt_verb_first": 0.01,  # the first can only be a verb
    "target_verb_first": -0.02,  # the first of the target is a verb or adverb
    "mt_glue": -0.67,  # a function word inside
    "target_glue": -0.84,  # the same, of the target
    "number": -1.89,  # a number on either side
    "only_forms": 1.96,  # nothing changed but capitals or endings
    "same_first": -0.27,  # the first words are the same
    "mt_edges": 0.48,  # neighbours that belong to no term
    "target_edges": 0.92,  # the same, of the reference
    "mt_unknown": 1.24,  # the last mt word is in no dictionary
    "places": 1.71,  # log of the groups where the two meet
    "share": -0.69,  # share of the groups with the mt phrase in which they do
    "association": 0.06,  # log of 1 + log-likelihood ratio
    "mt_in_reference": 0.03,  # the reference uses the mt phrase too
    "target_in_mt": -0.94,  # the mt has the target elsewhere
}
NAMES = tuple(BY_NAME)
WEIGHTS = np.array(list(BY_NAME.values()))
