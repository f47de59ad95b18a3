"""Fit to my city: beside relevance and never mixed with it.

Four questions about a candidate, each answered apart: does it meet the *need*, is its *context* like ours (size,
climate, income, region), is it *near* (distance, shared language), do we meet its *preconditions*? What is not known
stays unknown: it is left out of the mean, and the coverage says how much of the weight was known.
"""

import math
from collections.abc import Callable, Sequence
from typing import Literal, TypeAlias, get_args

from pydantic import Field

from metropolis.engine_kit import Value

FactorName = Literal["need", "size", "climate", "income", "region", "distance", "language", "preconditions"]
IncomeGroup = Literal["low", "lower-middle", "upper-middle", "high"]
Evidence: TypeAlias = dict[str, str | int | float | tuple[str, ...] | None]

INCOME_GROUPS: tuple[str, ...] = get_args(IncomeGroup)
EARTH_RADIUS = 6371.0  # km
COORDINATES = 4


class CityContext(Value):
    """What is known of a city; None is unknown.

    Populations are people: `population` of the city proper, `metropolitan_population` of the metropolitan area; they
    are never compared with each other. Coordinates are degrees, `country` the ISO 3166 code, `income_group` the World
    Bank's ("low", "lower-middle", "upper-middle", "high"), `climate` a Köppen-Geiger code ("Cfa"), `languages` ISO 639
    codes, `powers` what the city may decide on and `budget` what it spends in a year, None if not known.
    """

    place_id: int
    name: str
    country: str | None = None
    population: int | None = Field(default=None, ge=0)
    metropolitan_population: int | None = Field(default=None, ge=0)
    latitude: float | None = Field(default=None, ge=-90, le=90)
    longitude: float | None = Field(default=None, ge=-180, le=180)
    region: str | None = None
    income_group: IncomeGroup | None = None
    climate: str | None = None
    languages: tuple[str, ...] | None = None
    powers: tuple[str, ...] | None = None
    budget: float | None = Field(default=None, ge=0)


class Candidate(Value):
    """What is weighed: how well it meets the need, where it ran, and what it takes.

    `need` is its relevance to what was asked (0 to 1), `cities` the contexts of those that run it, `languages` those it
    can be read in, `powers` the powers or other preconditions it takes (None: not recorded), `cost` its total cost in
    the currency and year of the city's `budget`.
    """

    need: float | None = Field(default=None, ge=0, le=1)
    cities: tuple[CityContext, ...] = ()
    languages: tuple[str, ...] = ()
    powers: tuple[str, ...] | None = None
    cost: float | None = Field(default=None, ge=0)


class Weights(Value):
    """How much each factor counts; only the proportions matter, and 0 leaves a factor out."""

    need: float = Field(default=3.0, ge=0)
    size: float = Field(default=1.0, ge=0)
    climate: float = Field(default=1.0, ge=0)
    income: float = Field(default=1.0, ge=0)
    region: float = Field(default=0.5, ge=0)
    distance: float = Field(default=0.5, ge=0)
    language: float = Field(default=1.0, ge=0)
    preconditions: float = Field(default=2.0, ge=0)


class Factor(Value):
    """One answer: `value` from 0 (against) to 1 (for), or None where not known, and the facts it rests on."""

    name: FactorName
    value: float | None = Field(ge=0, le=1)
    evidence: Evidence = {}

    @property
    def known(self) -> bool:
        """Whether there was enough to judge by."""
        return self.value is not None


class Fit(Value):
    """The whole: `overall` is the weighted mean of the known factors, `coverage` the share of the weight they have.

    `closest` is the candidate's city most like ours, which the factors of context and proximity are about.
    """

    city: CityContext
    overall: float | None
    coverage: float
    factors: tuple[Factor, ...]
    closest: CityContext | None = None
    weights: Weights = Weights()


def fit_to_city(city: CityContext, candidate: Candidate, weights: Weights | None = None) -> Fit:
    """How well `candidate` fits `city`, factor by factor.

    Size: 1 for the same population, 1/2 for ten times as many or as few, 0 for a hundred times. Climate: 1 for the same
    Köppen-Geiger class, 3/4 for the same two first letters, 1/2 for the same first. Income: 1/3 less for every group
    apart. Distance: half for every 2,000 km. Preconditions: the share of the powers needed that the city has, and a
    cost of 1 % of a year's budget or less counts 1, of 10 % or more 0.

    >>> rosario = CityContext(place_id=1, name="Rosario", population=1_200_000, climate="Cfa", languages=("es",))
    >>> santiago = CityContext(place_id=2, name="Santiago", population=5_200_000, climate="Csb", languages=("es",))
    >>> fit = fit_to_city(rosario, Candidate(need=0.8, cities=(santiago,)))
    >>> {factor.name: round(factor.value, 2) for factor in fit.factors if factor.value is not None}
    {'need': 0.8, 'size': 0.68, 'climate': 0.5, 'language': 1.0}
    >>> round(fit.overall or 0, 2), fit.coverage
    (0.76, 0.6)
    """
    weights = weights or Weights()
    compared = [(_of_context(city, other, candidate.languages), other) for other in candidate.cities]
    context, closest = max(compared, key=lambda pair: _mean(pair[0], weights)[0] or 0.0, default=(None, None))
    factors = (
        Factor(name="need", value=candidate.need),
        *(context or _of_context(city, None, candidate.languages)),
        _preconditions(city, candidate),
    )
    overall, coverage = _mean(factors, weights)
    return Fit(city=city, overall=overall, coverage=coverage, factors=factors, closest=closest, weights=weights)


def _mean(factors: Sequence[Factor], weights: Weights) -> tuple[float | None, float]:
    """The weighted mean of the known factors (None: none is known), and the share of the weight they have."""
    share = {factor.name: float(getattr(weights, factor.name)) for factor in factors}
    known = sum(share[factor.name] for factor in factors if factor.value is not None)
    total = sum(share[factor.name] * factor.value for factor in factors if factor.value is not None)
    # Rounded, so that a mean of equal values is that value and never leaves 0 to 1.
    return (round(total / known, 9) if known else None), round(known / (sum(share.values()) or 1), 9)


def _of_context(city: CityContext, other: CityContext | None, languages: Sequence[str]) -> tuple[Factor, ...]:
    there = other or CityContext(place_id=0, name="")
    return (
        _size(city, there),
        _alike("climate", city.climate, there.climate, _climate),
        _alike("income", city.income_group, there.income_group, _income),
        _alike("region", city.region, there.region, lambda here, away: float(here == away)),
        _distance(city, there),
        _language(city, {*(there.languages or ()), *languages}),
    )


def _size(city: CityContext, there: CityContext) -> Factor:
    for measure in ("population", "metropolitan_population"):
        ours, theirs = getattr(city, measure), getattr(there, measure)
        if ours and theirs:
            value = max(0.0, 1 - abs(math.log10(ours / theirs)) / 2)
            return Factor(name="size", value=value, evidence={f"{measure}_here": ours, f"{measure}_there": theirs})
    return Factor(name="size", value=None)


def _alike(name: FactorName, here: str | None, there: str | None, compare: Callable[[str, str], float]) -> Factor:
    value = compare(here, there) if here and there else None
    return Factor(name=name, value=value, evidence={"here": here, "there": there})


def _climate(here: str, there: str) -> float:
    shared = next((length for length in (3, 2, 1) if here[:length] == there[:length]), 0)
    return (0.0, 0.5, 0.75, 1.0)[shared]


def _income(here: str, there: str) -> float:
    return 1 - abs(INCOME_GROUPS.index(here) - INCOME_GROUPS.index(there)) / (len(INCOME_GROUPS) - 1)


def _distance(city: CityContext, there: CityContext) -> Factor:
    points = [
        math.radians(x) for x in (city.latitude, city.longitude, there.latitude, there.longitude) if x is not None
    ]
    if len(points) < COORDINATES:
        return Factor(name="distance", value=None)
    north, east, north_there, east_there = points
    chord = math.sin((north_there - north) / 2) ** 2
    chord += math.cos(north) * math.cos(north_there) * math.sin((east_there - east) / 2) ** 2
    kilometres = 2 * EARTH_RADIUS * math.asin(min(1.0, math.sqrt(chord)))
    return Factor(name="distance", value=2 ** (-kilometres / 2000), evidence={"km": round(kilometres)})


def _language(city: CityContext, theirs: set[str]) -> Factor:
    if not city.languages or not theirs:
        return Factor(name="language", value=None)
    shared = tuple(sorted(theirs & set(city.languages)))
    return Factor(name="language", value=float(bool(shared)), evidence={"shared": shared})


def _preconditions(city: CityContext, candidate: Candidate) -> Factor:
    values: list[float] = []
    evidence: Evidence = {}
    if candidate.powers:
        evidence = {"needed": candidate.powers}
        if city.powers is not None:
            held = tuple(power for power in candidate.powers if power in city.powers)
            lacking = tuple(power for power in candidate.powers if power not in city.powers)
            values.append(len(held) / len(candidate.powers))
            evidence = {"held": held, "lacking": lacking}
    if candidate.cost is not None and city.budget:
        share = candidate.cost / city.budget
        values.append(1 - min(1.0, max(0.0, math.log10(share / 0.01))) if share else 1.0)
        evidence = {**evidence, "share_of_budget": round(share, 4)}
    return Factor(name="preconditions", value=sum(values) / len(values) if values else None, evidence=evidence)
