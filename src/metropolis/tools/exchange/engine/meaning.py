"""How near rows lie to a question in meaning, by one encoder or by several together (z-score fusion).

In a small index every row is scanned. In a large one graphs name the rows that are likely to be nearest, and those are
scanned, with all rows written since they were drawn; what is usual is told from a sample. Where filters let only few of
them pass, every row that passes is scanned.
"""

import math
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from metropolis.tools.exchange.engine.encoders import Vectors
from metropolis.tools.exchange.engine.facets import Mask
from metropolis.tools.exchange.engine.fusion import DEVIATIONS, RELEVANT, Scale, scale
from metropolis.tools.exchange.engine.snapshot import Snapshot

Rows = NDArray[np.int64]
Numbers = NDArray[np.float32]

DEPTH = 1000  # rows brought forward
FEW = 100  # of those the graphs named must pass the filters, or all that pass are scanned
SURE = 2 / 3  # of the rows the graphs name, so many are taken to be nearer than any that they do not name
LEAST = RELEVANT * DEVIATIONS


class Scales(NamedTuple):
    """The scale of each encoder's similarities; of several, also that of the sum of their deviations."""

    each: tuple[Scale, ...]
    together: Scale | None = None

    @classmethod
    def fitted(cls, similarities: Sequence[Numbers]) -> "Scales":
        """To the similarities of rows that speak for all, one array per encoder."""
        own = cls(tuple(map(scale, similarities)))
        if len(similarities) < 2:  # noqa: PLR2004 one encoder's deviations need no second scale
            return own
        return own._replace(together=scale(own.of(similarities), 0.0, math.sqrt(len(similarities))))

    def of(self, similarities: Sequence[Numbers]) -> Numbers:
        """The deviations of rows from their similarities, one array per encoder."""
        first, *others = (own.of(found) for own, found in zip(self.each, similarities, strict=True))
        total = sum(others, first)
        return self.together.of(total) if self.together else total


class _Seen(NamedTuple):
    """The scales, the deviations of all rows (nan: not scanned yet), and the rows around the question.

    Those are all that are relevant, or the nearest of those the graphs named and those that came after it.
    """

    scales: Scales
    deviations: Numbers
    around: Rows


class Meaning:
    """One question's nearness to the rows of a snapshot, in deviations; `vectors` are the question's, by encoder."""

    def __init__(self, snapshot: Snapshot, vectors: Mapping[str, Vectors], language: str) -> None:
        self._snapshot = snapshot
        legs = {name: snapshot.semantic[name] for name in vectors}
        self._asked = [(leg, leg.question(vectors[name], language)) for name, leg in legs.items()]
        self._named = [leg.near(asked) for leg, asked in self._asked] if snapshot.drawn else []
        self._scans = [] if snapshot.drawn else [leg.scan(asked) for leg, asked in self._asked]

    def nearest(self, permitted: Mask, *, relevant: bool) -> Rows:
        """The `DEPTH` nearest rows of permitted documents, in no order; if `relevant`, but for those too far away.

        Where graphs are asked, filters may leave fewer, down to `FEW`.
        """
        documents = self._snapshot.row_documents
        rows = self._seen.around
        rows = rows[permitted[documents[rows]]]
        # All that are relevant are around; where graphs named them, a good number of those that pass will do.
        enough = FEW if self._snapshot.drawn else 0 if relevant else DEPTH
        if len(rows) < enough:
            rows = np.flatnonzero(permitted[documents])
        deviations = self.estimated(rows)
        if relevant:
            near = deviations >= LEAST
            rows, deviations = rows[near], deviations[near]
        return _best(rows, deviations, DEPTH)

    def estimated(self, rows: Rows) -> Numbers:
        """The deviations of some rows by the scan."""
        deviations = self._seen.deviations
        unknown = rows[np.isnan(deviations[rows])]
        if len(unknown):
            deviations[unknown] = self._seen.scales.of(self._similarities(unknown))
        return deviations[rows]

    def measured(self, rows: Rows) -> Numbers:
        """The deviations of some rows, exactly; those of other filters that share them are kept."""
        unknown = rows[np.isnan(self._exact[rows])]
        languages = [self._snapshot.languages[number] for number in self._snapshot.row_languages[unknown]]
        found = [leg.measure(asked, unknown, languages) for leg, asked in self._asked]
        self._exact[unknown] = self._seen.scales.of(found)
        return self._exact[rows]

    @cached_property
    def _exact(self) -> Numbers:
        return np.full(self._snapshot.manifest.rows, np.nan, dtype=np.float32)

    @cached_property
    def _seen(self) -> _Seen:
        snapshot, alive = self._snapshot, self._snapshot.row_alive
        if not snapshot.drawn:
            found = [scan() for scan in self._scans]
            scales = Scales.fitted(found if alive.all() else [similarities[alive] for similarities in found])
            deviations = scales.of(found)
            return _Seen(scales, deviations, np.flatnonzero(deviations >= LEAST))
        scales = Scales.fitted(self._similarities(snapshot.sample))
        named = np.unique(np.concatenate([begun() for begun in self._named]))
        rows = np.concatenate([named, np.arange(snapshot.drawn, len(alive))])
        rows = rows[alive[rows]]
        deviations = np.full(len(alive), np.nan, dtype=np.float32)
        deviations[rows] = scales.of(self._similarities(rows))
        return _Seen(scales, deviations, _best(rows, deviations[rows], int(SURE * len(named))))

    def _similarities(self, rows: Rows) -> list[Numbers]:
        begun = [leg.scan(asked, rows) for leg, asked in self._asked]
        return [scan() for scan in begun]


def _best(rows: Rows, deviations: Numbers, count: int) -> Rows:
    return rows[np.argpartition(-deviations, count)[:count]] if len(rows) > count else rows
