"""Filters and counts over closed terms, one pair of columns per facet.

Documents are numbered as they are added, so that the columns are sorted by document.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Mask = NDArray[np.bool_]
Numbers = NDArray[np.int64]

MANY = 16  # from this share of all entries on, looking at each is quicker than looking documents up


@dataclass(frozen=True)
class Facet:
    """One facet: entries of document and term number, each shape (n,), and the terms by number."""

    documents: NDArray[np.int32]
    numbers: NDArray[np.int32]
    terms: Sequence[str]

    @cached_property
    def _starts(self) -> NDArray[np.int32]:
        """Where the entries of each document begin, and after the last one the end of all."""
        return np.append(np.int32(0), np.cumsum(np.bincount(self.documents), dtype=np.int32))

    def having(self, values: Iterable[str], documents: int) -> Mask:
        """Which of the `documents` have any of `values`, shape (documents,).

        >>> facet = Facet(np.int32([0, 0, 2]), np.int32([0, 1, 1]), ["water", "mobility"])
        >>> facet.having(["mobility"], 3).tolist(), facet.counts(np.int64([0, 1]))
        ([True, False, True], {'water': 1, 'mobility': 1})
        """
        wanted = set(values)
        chosen = np.fromiter((term in wanted for term in self.terms), dtype=np.bool_, count=len(self.terms))
        mask = np.zeros(documents, dtype=np.bool_)
        if chosen.any():
            mask[self.documents[chosen[self.numbers]]] = True
        return mask

    def counts(self, documents: Numbers) -> dict[str, int]:
        """How many of `documents` (numbers in rising order, each once) carry each term, but for 0."""
        entries = self._all_of(documents) if len(documents) * MANY > len(self.documents) else self._few_of(documents)
        found = np.bincount(self.numbers[entries], minlength=len(self.terms))
        return {self.terms[number]: int(found[number]) for number in np.flatnonzero(found).tolist()}

    def _all_of(self, documents: Numbers) -> Mask:
        mask = np.zeros(int(self.documents[-1]) + 1 if len(self.documents) else 0, dtype=np.bool_)
        mask[documents[documents < len(mask)]] = True
        return np.asarray(mask[self.documents])

    def _few_of(self, documents: Numbers) -> Numbers:
        known = documents[documents < len(self._starts) - 1]
        starts = self._starts[known]
        lengths = self._starts[known + 1] - starts
        skipped = np.cumsum(lengths) - lengths
        return np.asarray(np.arange(lengths.sum()) + np.repeat(starts - skipped, lengths))


def allowed(facets: Mapping[str, Facet], filters: Mapping[str, Sequence[str]], documents: int) -> Mask:
    """Which documents have, for every facet named in `filters`, any of its values, shape (documents,)."""
    mask = np.ones(documents, dtype=np.bool_)
    for name, values in filters.items():
        facet = facets.get(name)
        mask &= facet.having(values, documents) if facet else False
    return mask
