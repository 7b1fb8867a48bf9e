"""Weights of the features of a phrase pair, in the order in which `features` computes them.

Logistic regression on authored training articles (200 with their post-edits, 53 with their free
translations), where a pair is right if a writer listed it; `benchmarks/mining.py --fit` fits them
anew. Development, test and evaluation articles had no part in it.
"""

from __future__ import annotations

import numpy as np

BY_NAME = {
    "bias": -4.05,
    "linked_left": 0.77,  # the words before are the same word
    "linked_right": 0.64,  # the words after are
    "mt_goes_on_left": -1.36,  # a content word of the mt before that stayed nowhere
    "mt_goes_on_right": -1.05,  # the same, after
    "target_goes_on_left": -0.12,  # the same, of the reference, before
    "offset": -1.29,  # distance of the middles, as shares of the group
    "crossing": -0.95,  # words whose counterpart is outside
    "unlinked": -0.48,  # words without counterpart inside
    "all_name": 1.0,  # a name by its capitals
    "mt_1": -1.3,  # words of the mt phrase: one
    "mt_2": 0.37,  # two
    "mt_3": 0.37,  # three
    "mt_long": -0.21,  # five
    "target_1": -0.19,  # words of the target: one
    "target_2": 0.58,  # two
    "target_long": -0.44,  # four or more
    "longer": -0.44,  # words by which the target is longer
    "shorter": -0.2,  # or shorter
    "spelling": -0.81,  # letters in common
    "shared": -1.53,  # share of the mt words that stayed
    "target_noun": 0.89,  # the last word of the target may be a noun
    "target_unknown": 0.9,  # or is in no dictionary
    "mt_noun": 1.22,  # the last word of the mt phrase may be a noun
    "mt_verb_first": 0.19,  # the first can only be a verb
    "target_verb_first": -0.12,  # the first of the target is a verb or adverb
    "mt_glue": -0.72,  # a function word inside
    "target_glue": -0.52,  # the same, of the target
    "number": -1.9,  # a number on either side
    "only_forms": -0.44,  # nothing changed but capitals or endings
    "same_first": -0.31,  # the first words are the same
    "mt_edges": 0.26,  # neighbours that belong to no term
    "target_edges": 1.18,  # the same, of the reference
    "mt_unknown": 0.93,  # the last mt word is in no dictionary
    "places": 1.03,  # log of the groups where the two meet
    "share": 0.44,  # share of the groups with the mt phrase in which they do
    "association": -0.68,  # log of 1 + log-likelihood ratio
    "mt_in_reference": -0.75,  # the reference uses the mt phrase too
    "target_in_mt": -1.67,  # the mt has the target elsewhere
}
NAMES = tuple(BY_NAME)
WEIGHTS = np.array(list(BY_NAME.values()))
