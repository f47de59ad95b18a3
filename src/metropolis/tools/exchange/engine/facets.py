"""Filters and counts over closed terms, one column of (document, term) pairs per facet.

Documents are numbered as they are added, so that each column is sorted by document.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Mask = NDArray[np.bool_]
Places = NDArray[np.int64]
MANY = 16  # from this share of all pairs on, looking at each is quicker than looking documents up


class Facet(NamedTuple):
    """One facet: `pairs` of document and term number, shape (n, 2), sorted by document, and the terms by number."""

    pairs: NDArray[np.int32]
    terms: Sequence[str]

    def having(self, values: Iterable[str], documents: int) -> Mask:
        """Which of the `documents` have any of `values`, shape (documents,).

        >>> facet = Facet(np.int32([[0, 0], [0, 1], [2, 1]]), ["water", "mobility"])
        >>> facet.having(["mobility"], 3).tolist(), facet.counts(np.int64([0, 1]))
        ([True, False, True], {'water': 1, 'mobility': 1})
        """
        wanted = set(values)
        chosen = np.fromiter((term in wanted for term in self.terms), dtype=np.bool_, count=len(self.terms))
        mask = np.zeros(documents, dtype=np.bool_)
        if chosen.any():
            mask[self.pairs[chosen[self.pairs[:, 1]], 0]] = True
        return mask

    def counts(self, documents: Places) -> dict[str, int]:
        """How many of `documents` (numbers in rising order, each once) carry each term; those with none are left out."""
        if len(documents) * MANY > len(self.pairs):
            return self._named(self._of_many(documents))
        starts = np.searchsorted(self.pairs[:, 0], documents, side="left")
        lengths = np.searchsorted(self.pairs[:, 0], documents, side="right") - starts
        skipped = np.cumsum(lengths) - lengths
        places = np.arange(lengths.sum()) + np.repeat(starts - skipped, lengths)
        return self._named(self.pairs[places, 1])

    def _of_many(self, documents: Places) -> NDArray[np.int32]:
        mask = np.zeros(int(self.pairs[-1, 0]) + 1 if len(self.pairs) else 0, dtype=np.bool_)
        mask[documents[documents < len(mask)]] = True
        return self.pairs[mask[self.pairs[:, 0]], 1]

    def _named(self, found: NDArray[np.int32]) -> dict[str, int]:
        counts = np.bincount(found, minlength=len(self.terms))
        return {term: int(count) for term, count in zip(self.terms, counts, strict=True) if count}


def allowed(facets: Mapping[str, Facet], filters: Mapping[str, Sequence[str]], documents: int) -> Mask:
    """Which documents have, for every facet named in `filters`, any of its values, shape (documents,)."""
    mask = np.ones(documents, dtype=np.bool_)
    for name, values in filters.items():
        facet = facets.get(name)
        mask &= facet.having(values, documents) if facet else False
    return mask
