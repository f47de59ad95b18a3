"""Estimates from a survey, each with the error that its design gives it, ready to stand beside hard data."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from metropolis.engine_kit import InvalidInput, Value
from metropolis.tools.barometer.engine.calibrating import Margins, calibrated, dummies
from metropolis.tools.barometer.engine.table import Matrix, Table
from metropolis.tools.barometer.engine.varying import DataNoise

#: Answers that count as so many, below which a figure is flagged: ranges, not ranks.
FEW = 50.0


class Measure(Value):
    """An indicator made of a question: the percentage whose answer is among `counted`, or else the mean of numbers.

    Who gave no answer, or one that is `ignored` ("don't know"), is left out.
    """

    code: str
    question: str
    counted: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()


@dataclass(frozen=True)
class Survey:
    """Answers, a row a respondent, by question, "" where there is none; shape (respondents,) each.

    `weights` say how many people each respondent stands for. Every unit was surveyed on its own: a stratum or cluster
    of the same name in another unit is another one. Without `clusters`, respondents were drawn one by one.
    """

    units: tuple[str, ...]
    answers: Mapping[str, tuple[str, ...]]
    weights: Matrix
    strata: tuple[str, ...] = ()
    clusters: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        count = len(self.units)
        columns = {"strata": self.strata or self.units, "clusters": self.clusters or self.units, **self.answers}
        for name, column in columns.items():
            if len(column) != count:
                raise InvalidInput(f"There are {count} respondents, and {len(column)} of {name!r}.", field=name)
        if self.weights.shape != (count,) or not np.isfinite(self.weights).all() or (self.weights <= 0).any():
            raise InvalidInput("Each respondent needs a weight above zero.", field="weights")

    def question(self, name: str) -> tuple[str, ...]:
        """The answers to one question; `InvalidInput` when it was not asked."""
        if name not in self.answers:
            known = ", ".join(self.answers)
            raise InvalidInput(f"There is no question {name!r} in the survey; there are: {known}.", field=name)
        return self.answers[name]


class Flag(Value):
    """Something to know about a unit's figure; "withheld" says that there is none."""

    unit: str
    code: str
    kind: Literal["withheld", "few", "unanimous", "lone cluster"]
    words: str


@dataclass(frozen=True)
class Estimates:
    """Figures of units by indicator with their standard errors, the answers, and how many of a plain sample they equal.

    All have the shape (units, indicators), nan where a figure is withheld.
    """

    table: Table
    errors: Matrix
    answers: Matrix
    effective: Matrix
    flags: tuple[Flag, ...] = field(default=(), repr=False)

    @property
    def design_effects(self) -> Matrix:
        """How many times the variance of a plain random sample of as many answers each figure has: Kish (1965)."""
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.asarray(self.answers / self.effective)

    def beside(self, data: Table) -> tuple[Table, DataNoise]:
        """The estimates as columns of `data`, and their errors as noise for `simulate`: units without one have none.

        `InvalidInput` for a unit that `data` lacks, and for a column that it has already.
        """
        strange = [unit for unit in self.table.units if unit not in data.units]
        if strange:
            raise InvalidInput(f"{strange[0]!r} is in the survey, but not in the data.", field="unit")
        places = [data.units.index(unit) for unit in self.table.units]
        shape = (len(data.units), len(self.table.columns))
        values, errors = np.full(shape, np.nan), np.zeros(shape)
        values[places], errors[places] = self.table.values, np.nan_to_num(self.errors)
        columns = (*data.columns, *self.table.columns)
        wide = np.hstack([data.values, values])
        joined = Table(data.units, columns, wide, data.names, data.times, data.groups)
        noise: dict[str, float | tuple[float, ...]] = {
            code: tuple(errors[:, place].tolist()) for place, code in enumerate(self.table.columns)
        }
        return joined, DataNoise(name="Survey", errors=noise)


def estimate(
    survey: Survey, measures: Sequence[Measure], *, margins: Margins | None = None, least: int = 10
) -> Estimates:
    """Each unit's figures by the design of its survey, with standard errors by Taylor linearisation.

    Clusters count as drawn with replacement within strata: Binder (1983); Särndal, Swensson & Wretman (1992), ch. 5. A
    stratum with one cluster is held against the mean of all clusters, which rather overstates the error. With
    `margins`, weights are calibrated to the known population first, and what the margins explain leaves the error:
    Deville & Särndal (1992). Where all agree on a share, its error is that of two more answers either way (Agresti &
    Coull 1998). Fewer than `least` answers give no figure.

    >>> survey = Survey(units=("Lima",) * 4, answers={"safe": ("y", "n", "y", "")}, weights=np.ones(4))
    >>> found = estimate(survey, [Measure(code="safety", question="safe", counted=("y",))], least=2)
    >>> found.table.values.round(1).tolist(), found.errors.round(1).tolist()
    ([[66.7]], [[31.4]])
    """
    values = np.column_stack([_figures(survey, measure) for measure in measures])
    units = tuple(dict.fromkeys(survey.units))
    whose = np.asarray(survey.units)
    shape = (len(units), len(measures))
    figures, errors, answers, effective = (np.full(shape, np.nan) for _ in range(4))
    flags: list[Flag] = []
    for place, unit in enumerate(units):
        rows = np.flatnonzero(whose == unit)
        found = _of_unit(survey, unit, rows, values[rows], margins)
        figures[place], errors[place], answers[place], effective[place] = found[:4]
        for column, measure in enumerate(measures):
            flags += _flags(unit, measure, found, column, least)
            if found.answers[column] < least or np.isnan(found.errors[column]):
                figures[place, column] = errors[place, column] = effective[place, column] = np.nan
    return Estimates(
        Table(units, tuple(one.code for one in measures), figures), errors, answers, effective, tuple(flags)
    )


def _figures(survey: Survey, measure: Measure) -> Matrix:
    """100 or 0 for a share, else the number answered; nan where it does not count. Shape (respondents,)."""
    answers = survey.question(measure.question)
    left_out = {"", *measure.ignored}
    if measure.counted:
        counted = set(measure.counted)
        return np.array([np.nan if word in left_out else 100.0 * (word in counted) for word in answers])
    return np.array([np.nan if word in left_out else _number(word, measure.question) for word in answers])


def _number(word: str, question: str) -> float:
    try:
        return float(word)
    except ValueError:
        message = f"The answer {word!r} to {question!r} is not a number: say which answers are counted or ignored."
        raise InvalidInput(message, field=question) from None


class _Found(NamedTuple):
    """A unit's figures, shape (measures,) each."""

    figures: Matrix
    errors: Matrix
    answers: Matrix
    effective: Matrix
    agree: NDArray[np.bool_]
    lone: int


def _of_unit(survey: Survey, unit: str, rows: NDArray[np.intp], values: Matrix, margins: Margins | None) -> _Found:
    weights = survey.weights[rows]
    columns = {}
    if margins is not None and unit in margins:
        columns = {name: [survey.question(name)[row] for row in rows] for name in margins[unit]}
        weights = calibrated(weights, columns, margins[unit], unit)
    known = ~np.isnan(values)
    filled = np.where(known, values, 0.0)
    answers = known.sum(axis=0).astype(np.float64)
    with np.errstate(invalid="ignore", divide="ignore"):
        total = weights @ known
        figures = weights @ filled / total
        away = np.where(known, values - figures, 0.0)
        parts = _explained_away(away / total, weights, columns) * weights[:, None]
        variance, lone = _variance(parts, *_clusters(survey, rows))
        plain = weights @ away**2 / total / (answers - 1)
        kish = total**2 / (weights**2 @ known)
    agree = np.where(known, values, -np.inf).max(axis=0) == np.where(known, values, np.inf).min(axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        effective = np.where(agree, kish, answers * plain / variance)
        errors = np.sqrt(np.where(agree, _agreed(figures, kish), variance))
    return _Found(figures, errors, answers, effective, agree, lone)


def _agreed(figures: Matrix, count: Matrix) -> Matrix:
    """The variance of a percentage that all agree on, by adding two answers either way; nan for another figure."""
    share = (count * figures / 100 + 2) / (count + 4)
    is_share = np.isclose(figures, 0) | np.isclose(figures, 100)
    return np.where(is_share, 1e4 * share * (1 - share) / (count + 4), np.nan)


def _explained_away(values: Matrix, weights: Matrix, columns: Mapping[str, Sequence[str]]) -> Matrix:
    """What the margins leave unexplained, by weighted least squares: the residuals carry the calibrated variance."""
    if not columns:
        return values
    root = np.sqrt(weights)[:, None]
    design = dummies(columns)
    slopes, *_ = np.linalg.lstsq(design * root, np.nan_to_num(values) * root, rcond=None)
    return np.asarray(values - design @ slopes)


def _clusters(survey: Survey, rows: NDArray[np.intp]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """The cluster of each respondent, and the stratum of each cluster, as numbers."""
    strata = [survey.strata[row] for row in rows] if survey.strata else [""] * len(rows)
    clusters = [survey.clusters[row] for row in rows] if survey.clusters else [str(row) for row in rows]
    pairs = list(zip(strata, clusters, strict=True))
    numbers = {pair: number for number, pair in enumerate(dict.fromkeys(pairs))}
    names = {name: number for number, name in enumerate(dict.fromkeys(strata))}
    return np.array([numbers[pair] for pair in pairs]), np.array([names[stratum] for stratum, _ in numbers])


def _variance(parts: Matrix, cluster: NDArray[np.intp], stratum: NDArray[np.intp]) -> tuple[Matrix, int]:
    """The variance of sums of `parts`, shape (measures,), and how many strata have one cluster alone."""
    totals = np.zeros((len(stratum), parts.shape[1]))
    np.add.at(totals, cluster, parts)
    found = np.zeros(parts.shape[1])
    lone = 0
    for name in np.unique(stratum):
        own = totals[stratum == name]
        if len(own) > 1:
            found += len(own) / (len(own) - 1) * ((own - own.mean(axis=0)) ** 2).sum(axis=0)
        else:
            lone += 1
            found += ((own - totals.mean(axis=0)) ** 2).sum(axis=0)
    return (found if len(stratum) > 1 else np.full_like(found, np.nan)), lone


def _flags(unit: str, measure: Measure, found: _Found, column: int, least: int) -> list[Flag]:
    answers, effective = int(found.answers[column]), found.effective[column]
    told: list[tuple[Literal["withheld", "few", "unanimous", "lone cluster"], str]] = []
    if answers < least:
        told.append(("withheld", f"{answers} answers, fewer than {least}: no figure."))
    elif np.isnan(found.errors[column]):
        told.append(("withheld", f"{answers} answers that are all alike, or of one cluster: no error can be given."))
    elif found.agree[column]:
        told.append(("unanimous", f"All {answers} answers agree: the error is that of two more answers either way."))
    elif not effective >= FEW:
        told.append(
            ("few", f"{answers} answers, worth {effective:.0f} of a plain sample: read the range, not the rank.")
        )
    if found.lone and not any(kind == "withheld" for kind, _ in told):
        told.append(("lone cluster", f"{found.lone} strata have one cluster alone: the error is rather overstated."))
    return [Flag(unit=unit, code=measure.code, kind=kind, words=words) for kind, words in told]
