"""What an edition shows, computed once from its material: scores, ranks, how sure they are, and what moves them."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from typing import Self

import numpy as np
from numpy.typing import ArrayLike

from metropolis.engine_kit import InvalidInput, Value
from metropolis.tools.barometer.engine.advancing import Progress, progress
from metropolis.tools.barometer.engine.building import Index, build
from metropolis.tools.barometer.engine.coherence import Alpha, Finding, consistency, findings
from metropolis.tools.barometer.engine.material import Material, StoredTable
from metropolis.tools.barometer.engine.sensitivity import Indices, design, judged
from metropolis.tools.barometer.engine.uncertainty import Progress as Told
from metropolis.tools.barometer.engine.uncertainty import Uncertainty, simulate

Numbers = tuple[float | None, ...]


class Sureness(Value):
    """How sure the index's scores and ranks of one year are, at 90 %; each has a number a unit.

    `top_quarter` is the probability of being among the best quarter; `above_next` that of standing above the unit that
    comes next in rank, None for the last one and for one without a rank.
    """

    lower: Numbers
    median: Numbers
    upper: Numbers
    best: Numbers
    worst: Numbers
    top_quarter: Numbers
    above_next: Numbers

    @classmethod
    def of(cls, found: Uncertainty) -> Self:
        """Taken from replications of one year."""
        units = found.nominal.scores.units
        lower, median, upper = found.score_interval()
        best, _middle, worst = found.rank_interval()
        ranks = found.nominal.ranks.values[:, -1]
        order = [units[place] for place in np.argsort(ranks, kind="stable") if not np.isnan(ranks[place])]
        following = dict(pairwise(order))
        return cls(
            lower=_numbers(lower), median=_numbers(median), upper=_numbers(upper),
            best=_numbers(best), worst=_numbers(worst),
            top_quarter=_numbers(found.top_quarter()),
            above_next=tuple(found.above(unit, following[unit]) if unit in following else None for unit in units),
        )  # fmt: skip


class YearFigures(Value):
    """One year's scores and ranks, shape (units, nodes), and how sure those of the index are, once that is known."""

    year: int | None
    units: tuple[str, ...]
    scores: tuple[Numbers, ...]
    ranks: tuple[Numbers, ...]
    sure: Sureness | None = None


class Influence(Value):
    """Sobol's indices of one input with their 90 % intervals: the part it has alone, and with all others."""

    name: str
    first: float | None
    first_interval: tuple[float | None, float | None]
    total: float | None
    total_interval: tuple[float | None, float | None]


class Figures(Value):
    """All figures of an edition; `digest` is that of the material they were computed from.

    `nodes` are the columns of scores and ranks, indicators first and the index last. `progress` holds each unit's
    changes from year to year; `whole` what moves all ranks of the last year together, `by_unit` what moves each
    unit's score in it.
    """

    digest: str
    nodes: tuple[str, ...]
    years: tuple[YearFigures, ...]
    shares: dict[str, float]
    alphas: dict[str, Alpha] = {}
    findings: tuple[Finding, ...] = ()
    progress: dict[str, tuple[tuple[int, int, Progress], ...]] = {}
    whole: tuple[Influence, ...] = ()
    by_unit: dict[str, tuple[Influence, ...]] = {}

    @property
    def latest(self) -> YearFigures:
        """Those of the last year."""
        return self.years[-1]

    def of_year(self, year: int | None) -> YearFigures:
        """Those of one year; of the last one for None, and for a year there is none of."""
        return next((one for one in self.years if one.year == year), self.latest)

    @property
    def are_sure(self) -> bool:
        """Whether intervals have been computed."""
        return self.latest.sure is not None


def build_of(material: Material) -> Index:
    """The index of a material: `InvalidInput` names what cannot be computed.

    >>> from metropolis.tools.barometer.engine.example import example
    >>> data, framework = example(None)
    >>> material = Material(framework=framework, data=StoredTable.of(data), replications=100, base=16)
    >>> build_of(material).scores.years
    (2024, 2025)
    """
    data, framework = material.parts()
    return build(data, framework, material.recipe)


def figures(material: Material) -> Figures:
    """Scores and ranks: what takes milliseconds. `InvalidInput` names what cannot be computed.

    >>> from metropolis.tools.barometer.engine import Framework, Node, Table
    >>> tree = Framework(nodes=[Node(code="a", parent="i"), Node(code="i")])
    >>> table = Table(("X", "Y"), ("a",), np.array([[1.0], [3.0]]))
    >>> figures(Material(framework=tree, data=StoredTable.of(table))).latest.scores
    ((0.0, 0.0), (100.0, 100.0))
    """
    index = build_of(material)
    table = index.scores
    return Figures(
        digest=material.digest(),
        nodes=table.columns,
        years=tuple(_of_year(index, year) for year in table.years or (None,)),
        shares=index.framework.shares(),
        alphas=_alphas(index),
        findings=findings(index),
    )


def sure_figures(material: Material, told: Told | None = None) -> Figures:
    """The same with intervals, progress and sensitivity: seconds for large editions, `told(done, total)` meanwhile.

    >>> from metropolis.tools.barometer.engine.example import example
    >>> data, framework = example(None)
    >>> material = Material(framework=framework, data=StoredTable.of(data), replications=100, base=16)
    >>> sure_figures(material).latest.sure.best
    (6.0, 2.0, 2.0, 3.0, 1.0, 2.0)
    """
    plain = figures(material)
    data, framework = material.parts()
    variation = material.varying
    rows = variation.chosen(design(len(variation.inputs), material.base, material.seed))
    total = material.replications + len(rows)
    tell = told or (lambda _done, _total: None)
    found = replications(material, lambda done, _all: tell(done, total))
    designed = simulate(
        data, framework, material.recipe, variation=variation, seed=material.seed, rows=rows,
        progress=lambda done, _all: tell(material.replications + done, total),
    )  # fmt: skip
    whole, by_unit = _moved_by(in_year(designed, plain.latest.year))
    years = tuple(one.model_copy(update={"sure": Sureness.of(in_year(found, one.year))}) for one in plain.years)
    return plain.model_copy(update={"years": years, "progress": _progress(found), "whole": whole, "by_unit": by_unit})


def replications(material: Material, told: Told | None = None) -> Uncertainty:
    """The index computed again and again, all years of it, with whatever varies in the material.

    >>> from metropolis.tools.barometer.engine.example import example
    >>> data, framework = example(None)
    >>> material = Material(framework=framework, data=StoredTable.of(data), replications=100, base=16)
    >>> replications(material).scores.shape
    (100, 12)
    """
    data, framework = material.parts()
    return simulate(
        data, framework, material.recipe,
        variation=material.varying, replications=material.replications, seed=material.seed, progress=told,
    )  # fmt: skip


def in_year(found: Uncertainty, year: int | None) -> Uncertainty:
    """The replications of one year alone, whose ranks are those within the year.

    >>> from metropolis.tools.barometer.engine.example import example
    >>> data, framework = example(None)
    >>> material = Material(framework=framework, data=StoredTable.of(data), replications=100, base=16)
    >>> in_year(replications(material), 2025).scores.shape
    (100, 6)
    """
    if year is None:
        return found
    table = found.nominal.scores
    rows = np.flatnonzero(np.asarray(table.times) == year)
    return Uncertainty(
        nominal=replace(found.nominal, scores=table.of_year(year)),
        variation=found.variation, seed=found.seed, rows=found.rows, scores=np.ascontiguousarray(found.scores[:, rows]),
    )  # fmt: skip


def _of_year(index: Index, year: int | None) -> YearFigures:
    scores, ranked = index.scores, index.ranks
    if year is not None:
        scores, ranked = scores.of_year(year), ranked.of_year(year)
    return YearFigures(
        year=year, units=scores.units, scores=StoredTable.of(scores).values, ranks=StoredTable.of(ranked).values
    )


def _progress(found: Uncertainty) -> dict[str, tuple[tuple[int, int, Progress], ...]]:
    table = found.nominal.scores
    known: dict[str, list[int]] = {}
    for unit, year, score in zip(table.units, table.times, table.values[:, -1], strict=False):
        if not np.isnan(score):
            known.setdefault(unit, []).append(year)
    return {unit: tuple(_steps(found, unit, sorted(years))) for unit, years in known.items()}


def _steps(found: Uncertainty, unit: str, years: list[int]) -> Iterator[tuple[int, int, Progress]]:
    for before, after in pairwise(years):
        try:
            yield before, after, progress(found, unit, before, after)
        except InvalidInput:  # too little is known of it in every replication
            continue


def _alphas(index: Index) -> dict[str, Alpha]:
    """Cronbach's alpha of each node with three parts or more: two have too little to agree on."""
    found = {}
    for node in index.framework.aggregates:
        parts = index.framework.children[node.code]
        values = index.scores.select([part.code for part in parts]).values
        whole = values[~np.isnan(values).any(axis=1)]
        if len(parts) > 2 and len(whole) > 2 and (whole.std(axis=0) > 0).all():  # noqa: PLR2004
            found[node.code] = consistency(values)
    return found


def _moved_by(found: Uncertainty) -> tuple[tuple[Influence, ...], dict[str, tuple[Influence, ...]]]:
    judgement = judged(found)
    units = found.nominal.scores.units
    whole = _influences(judgement.names, judgement.whole, 0)
    return whole, {unit: _influences(judgement.names, judgement.scores, place) for place, unit in enumerate(units)}


def _influences(names: tuple[str, ...], found: Indices, output: int) -> tuple[Influence, ...]:
    return tuple(
        Influence(
            name=name,
            first=_number(found.first[place, output]),
            first_interval=_ends(found.first_interval[:, place, output]),
            total=_number(found.total[place, output]),
            total_interval=_ends(found.total_interval[:, place, output]),
        )
        for place, name in enumerate(names)
    )


def _ends(pair: ArrayLike) -> tuple[float | None, float | None]:
    low, high = np.asarray(pair).tolist()
    return _number(low), _number(high)


def _number(figure: float) -> float | None:
    return None if np.isnan(figure) else float(figure)


def _numbers(figures: ArrayLike) -> Numbers:
    return tuple(_number(figure) for figure in np.asarray(figures).tolist())
