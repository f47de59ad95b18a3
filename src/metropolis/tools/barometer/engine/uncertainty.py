"""How sure scores and ranks are: an index computed again and again with what is uncertain in it varied."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from metropolis.tools.barometer.engine.building import Index
from metropolis.tools.barometer.engine.framework import Framework
from metropolis.tools.barometer.engine.recipe import Recipe
from metropolis.tools.barometer.engine.replicating import Study
from metropolis.tools.barometer.engine.table import Matrix, Table
from metropolis.tools.barometer.engine.varying import Indices, Variation, block_size

Progress = Callable[[int, int], None]
Scores = NDArray[np.float32]
Whole = NDArray[np.integer]
#: Units up to which a count is kept of each unit at each rank.
COUNTED = 1000


@dataclass(frozen=True)
class Uncertainty:
    """The index of every replication. `rows` holds what made each of them, shape (replications, inputs)."""

    nominal: Index
    variation: Variation
    seed: int
    rows: Indices
    scores: Scores = field(repr=False)  # (replications, units)

    @cached_property
    def ranks(self) -> Whole:
        """The rank of each unit in each replication, 1 for the highest, equals alike, shape (replications, units)."""
        units = self.scores.shape[1]
        found = np.empty(self.scores.shape, dtype=np.uint16 if units < 1 << 16 else np.uint32)
        for part in self._blocks:
            order, places = _order(self.scores[part])
            np.put_along_axis(found[part], order.astype(np.intp), (places + 1).astype(found.dtype), axis=1)
        return found

    @cached_property
    def rank_counts(self) -> NDArray[np.int64]:
        """How often each unit had each rank, shape (units, ranks)."""
        units = self.scores.shape[1]
        counts = np.zeros(units * units, dtype=np.int64)
        for part in self._blocks:
            cells, places = _order(self.scores[part])
            cells *= units
            cells += places.astype(cells.dtype, copy=False)
            counts += np.bincount(cells.ravel(), minlength=units * units)
        return counts.reshape(units, units)

    @property
    def _blocks(self) -> list[slice]:
        size = block_size(self.scores.shape[1])
        return [slice(start, start + size) for start in range(0, len(self.scores), size)]

    def _by_unit(self, figures: NDArray[np.generic]) -> NDArray[np.generic]:
        """Each unit's figures from the least to the greatest, shape (units, replications)."""
        found = np.empty(figures.shape[::-1], dtype=figures.dtype)
        for part in self._blocks:
            found[:, part] = figures[part].T
        found.sort(axis=1)
        return found

    def score_interval(self, level: float = 0.9) -> Matrix:
        """The lower end, the median and the upper end of each unit's scores, shape (3, units)."""
        return _quantiles(self._by_unit(self.scores), level)

    def rank_interval(self, level: float = 0.9) -> Matrix:
        """The best, the median and the worst rank of each unit at a `level`, shape (3, units)."""
        if self.scores.shape[1] > COUNTED:
            return _quantiles(self._by_unit(self.ranks), level)
        reached = np.cumsum(self.rank_counts, axis=1) / len(self.scores)
        ends = ((1 - level) / 2, 0.5, (1 + level) / 2)
        return np.array([(reached >= end - 1e-12).argmax(axis=1) + 1.0 for end in ends])

    def above(self, first: str, second: str) -> float:
        """The probability that one unit scores higher than another, a tie counting half."""
        one, other = (self.scores[:, self.nominal.scores.units.index(unit)] for unit in (first, second))
        return float((one > other).mean() + (one == other).mean() / 2)

    def within(self, best: int) -> Matrix:
        """The probability that each unit is among the `best` so many, shape (units,)."""
        if self.scores.shape[1] > COUNTED:
            return np.asarray((self.ranks <= best).mean(axis=0))
        return np.asarray(self.rank_counts[:, :best].sum(axis=1) / len(self.scores))

    def top_quarter(self) -> Matrix:
        """The probability that each unit is among the best quarter of those with a score, shape (units,)."""
        scored = int((~np.isnan(self.nominal.scores.values[:, -1])).sum())
        return self.within(-(-scored // 4))


def _order(scores: Scores) -> tuple[Whole, Whole]:
    """The units from the highest score to the lowest of each row, no score last, and each one's place from 0.

    Of the shape of rows both; equal scores have the first one's place, and one row of places does where none are equal.

    Sorts one integer made of score and unit, quicker than places by scores, and of 32 bits where the scores allow it:
    positive floats rise as the whole numbers do that their bits are.
    """
    units = scores.shape[1]
    bits = np.uint32(max(1, (units - 1).bit_length()))
    least, most = scores.min(initial=np.inf), scores.max(initial=0.0)
    if least > 0 and (int(most.view(np.uint32)) - int(least.view(np.uint32))) >> (32 - int(bits)) == 0:
        keys: NDArray[np.uint32] = most.view(np.uint32) - scores.view(np.uint32)
        keys <<= bits
        keys |= np.arange(units, dtype=np.uint32)
        keys.sort(axis=1)
        places = _places((keys[:, 1:] ^ keys[:, :-1]) < 1 << int(bits))
        keys &= np.uint32((1 << int(bits)) - 1)
        return keys, places
    wide = scores.view(np.int32).astype(np.int64)
    wide = np.where(wide < 0, wide ^ 0x7FFFFFFF, wide)  # negative floats rise where their bits fall
    wide[scores == 0] = 0  # whatever the sign of its zero
    wide[np.isnan(scores)] = -(1 << 31)
    wide *= -(1 << int(bits))
    wide += np.arange(units)
    wide.sort(axis=1)
    places = _places((wide[:, 1:] ^ wide[:, :-1]).view(np.uint64) < 1 << int(bits))
    wide &= (1 << int(bits)) - 1
    return wide, places


def _places(is_equal: NDArray[np.bool_]) -> Whole:
    """The place of each unit in its row, that of the first one for equals; `is_equal` compares with the one before."""
    places = np.arange(is_equal.shape[1] + 1, dtype=np.uint32)[None]
    rows = np.flatnonzero(is_equal.any(axis=1))
    if not len(rows):
        return places
    found = np.repeat(places, len(is_equal), axis=0)
    some = found[rows]
    some[:, 1:][is_equal[rows]] = 0
    found[rows] = np.maximum.accumulate(some, axis=1)
    return found


def _quantiles(rising: NDArray[np.generic], level: float) -> Matrix:
    last = rising.shape[1] - 1
    ends = np.array([(1 - level) / 2, 0.5, (1 + level) / 2]) * last
    low = np.floor(ends).astype(int)
    share = ends - low
    high = np.minimum(low + 1, last)
    return np.asarray((rising[:, low] * (1 - share) + rising[:, high] * share).T, dtype=np.float64)


def simulate(
    data: Table,
    framework: Framework,
    recipe: Recipe | None = None,
    *,
    variation: Variation,
    replications: int = 1000,
    seed: int = 0,
    rows: Indices | None = None,
    progress: Progress | None = None,
) -> Uncertainty:
    """Compute the index `replications` times, what is uncertain drawn anew each time; or for the given `rows`.

    Saisana, Saltelli & Tarantola (2005). The same seed gives the same replications; `replay` computes one alone.
    `progress(done, total)` counts replications.

    >>> from metropolis.tools.barometer.engine.example import example
    >>> from metropolis.tools.barometer.engine.uncertainty import simulate
    >>> from metropolis.tools.barometer.engine.varying import usual_variation
    >>> data, framework = example()
    >>> found = simulate(data, framework, variation=usual_variation(framework), replications=200)
    >>> found.rank_interval()[:, found.nominal.scores.units.index("OSL")].tolist(), found.above("OSL", "LIM")
    ([1.0, 1.0, 1.0], 1.0)
    """
    study = Study(data, framework, recipe or Recipe(), variation, seed)
    chosen = variation.draw(replications, seed) if rows is None else rows
    scores = np.empty((len(chosen), len(study.nominal.scores.units)), dtype=np.float32)
    done = 0
    for some in study.groups(chosen):
        scores[some] = study.scores(chosen[some])
        done += len(some)
        if progress is not None:
            progress(done, len(chosen))
    return Uncertainty(study.nominal, variation, seed, chosen, scores)


def replay(data: Table, found: Uncertainty, row: int) -> Index:
    """One replication of `found`, computed by `build` from its row alone: any figure can be checked.

    >>> from metropolis.tools.barometer.engine.example import example
    >>> from metropolis.tools.barometer.engine.uncertainty import simulate
    >>> from metropolis.tools.barometer.engine.varying import usual_variation
    >>> data, framework = example()
    >>> found = simulate(data, framework, variation=usual_variation(framework), replications=200)
    >>> index = replay(data, found, row=7)
    >>> bool(np.allclose(index.of("index"), found.scores[7], rtol=1e-5))
    True
    """
    study = Study(data, found.nominal.given, found.nominal.recipe, found.variation, found.seed)
    return study.alone(found.rows[row])
