"""How bilingual text is garbled; every rate is a share of the places where it can happen."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, PositiveInt

from postedit.config import Config
from postedit.recover import Recoverability

Share = Annotated[float, Field(ge=0, le=1)]


class DecoderConfig(Config):
    """The phrase-based decoder (Koehn et al. 2003), held weak on purpose."""

    longest_phrase: Annotated[int, Field(ge=1, le=5)] = 3  # words, on either side
    options: PositiveInt = 8  # translations of a phrase
    beam: PositiveInt = 8
    # The furthest that a sentence may jump is drawn for each sentence between these.
    min_distortion: Annotated[int, Field(ge=0)] = 0
    max_distortion: Annotated[int, Field(ge=0)] = 3
    language_weight: float = 0.6
    jump_cost: float = 0.4
    word_bonus: float = 1.0
    drop_cost: float = 3.0  # of rendering a word by nothing
    # Scores of phrases are blurred by this, so that one word is not always translated alike.
    temperature: Annotated[float, Field(ge=0)] = 0.3


class NoiseConfig(Config):
    """What goes wrong beside the decoder's own errors."""

    literal: Share = 0.04  # content words taken apart and translated bit by bit
    sense: Share = 0.03  # content words in a sense of the dictionary that does not fit
    fitting: Share = 0.7  # words that only the dictionary knows, in the sense of the reference
    names: Share = 0.5  # names in pinyin, or literally
    numbers: Share = 0.05  # numbers in another writing, or with a slipped unit
    articles: Share = 0.5  # articles left out
    lower_start: Share = 0.5  # sentences that begin in lower case
    lower_names: Share = 0.1  # names in lower case
    punctuation: Share = 0.1  # commas and full stops lost, doubled or set apart


class GarbleConfig(Config):
    """A whole run of the garbler.

    `folds`: the phrases and n-grams that translate a document are learnt from the other folds, as
    a real system has not seen its input.
    """

    seed: int = 13
    aligner: Literal["ibm", "eflomal"] = "ibm"
    folds: Annotated[int, Field(ge=2)] = 3
    max_words: PositiveInt = 40  # longer sentences, on either side, are left out
    min_words: PositiveInt = 4
    decoder: DecoderConfig = DecoderConfig()
    noise: NoiseConfig = NoiseConfig()
    recoverable: Recoverability = Recoverability(
        min_kept=0.7, min_backed=0.7, min_chrf=35.0, max_chrf=97.0
    )
