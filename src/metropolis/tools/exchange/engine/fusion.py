"""Words and meaning in one score.

Both legs are put on a scale of their own, which depends neither on the filters nor on what else was found, so that a
document's score says the same wherever it is shown:

* *words*: BM25 divided by the score of a document that holds every word of the query once;
* *meaning*: how many standard deviations above the collection's mean the corrected similarity lies, divided by six.

Then a convex combination (Bruch et al. 2023, arXiv:2210.11934). In the query's own language the words lead, or with
two encoders the meaning. A document in another language can seldom agree in words, so its meaning counts in full. The
weights were chosen on the labels and descriptions of Participedia in eight languages and on three English collections,
not on the texts reported.
"""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float32]

MEANING = 2 / 7  # and the rest to words
MEANING_OF_SEVERAL = 4 / 5  # encoders together know more than words do
FOREIGN_WORDS = 1 / 2
DEVIATIONS = 6.0
RELEVANT = 0.25  # what either leg must reach for a document to count as found

# A few documents have no distribution to speak of; so many imagined ones with the usual mean and spread help out.
IMAGINED = 30
USUAL_MEAN = -0.3
USUAL_DEVIATION = 0.25


class Scale(NamedTuple):
    """The middle and the spread of a question's similarities to all documents."""

    middle: float
    deviation: float

    def of(self, similarities: Numbers) -> Numbers:
        """How many deviations above the middle they lie."""
        return np.asarray((similarities - self.middle) / self.deviation, dtype=np.float32)


def scale(similarities: Numbers, usual_mean: float = USUAL_MEAN, usual_deviation: float = USUAL_DEVIATION) -> Scale:
    """The scale of similarities, shape (n,), the imagined ones included.

    >>> scale(np.float32([])).of(np.float32([-0.3, 0.7]))
    array([0., 4.], dtype=float32)
    """
    count = len(similarities)
    values = similarities.astype(np.float64)
    mean = float(values.mean()) if count else 0.0
    variance = float(values @ values) / count - mean**2 if count else 0.0
    middle = (count * mean + IMAGINED * usual_mean) / (count + IMAGINED)
    real = count * (variance + (mean - middle) ** 2)
    imagined = IMAGINED * (usual_deviation**2 + (usual_mean - middle) ** 2)
    return Scale(middle, math.sqrt((real + imagined) / (count + IMAGINED)))


def fused(words: Numbers, deviations: Numbers, same_language: NDArray[np.bool_], encoders: int = 1) -> Numbers:
    """One score per row from its words, on their scale, and its meaning, in deviations; seldom above 1, never below 0.

    `encoders` is how many the deviations come from.

    >>> fused(np.float32([0.9, 0.0]), np.float32([3.0, 3.6]), np.array([True, False])).round(2)
    array([0.79, 0.6 ], dtype=float32)
    """
    meaning = np.maximum(deviations, 0) / DEVIATIONS
    share = MEANING if encoders == 1 else MEANING_OF_SEVERAL
    at_home = (1 - share) * words + share * meaning
    abroad = FOREIGN_WORDS * words + meaning
    return np.asarray(np.where(same_language, at_home, abroad), dtype=np.float32)
