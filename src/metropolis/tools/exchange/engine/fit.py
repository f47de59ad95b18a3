"""Fit to my city: beside relevance and never mixed with it.

Four questions about a candidate, each answered apart: does it meet the *need*, is its *context* like ours (size,
climate, income, region), is it *near* (distance, shared language), do we meet its *preconditions*? What is not known
stays unknown: it is left out of the mean, and the coverage says how much of the weight was known.
"""

from typing import Literal

from pydantic import Field

from metropolis.engine_kit import Value

FactorName = Literal["need", "size", "climate", "income", "region", "distance", "language", "preconditions"]


class CityContext(Value):
    """What is known of a city; None is unknown.

    Populations are people: `population` of the city proper, `metropolitan_population` of the metropolitan area; they
    are never compared with each other. Coordinates are degrees, `country` the ISO 3166 code, `income_group` the World
    Bank's ("low", "lower-middle", "upper-middle", "high"), `climate` a Köppen-Geiger code ("Cfa"), `languages` ISO 639
    codes, `powers` what the city may decide on, None if not known.
    """

    place_id: int
    name: str
    country: str | None = None
    population: int | None = Field(default=None, ge=0)
    metropolitan_population: int | None = Field(default=None, ge=0)
    latitude: float | None = Field(default=None, ge=-90, le=90)
    longitude: float | None = Field(default=None, ge=-180, le=180)
    region: str | None = None
    income_group: Literal["low", "lower-middle", "upper-middle", "high"] | None = None
    climate: str | None = None
    languages: tuple[str, ...] | None = None
    powers: tuple[str, ...] | None = None
    budget: float | None = Field(default=None, ge=0)


class Candidate(Value):
    """What is weighed: how well it meets the need, where it ran, and what it takes.

    `need` is its relevance to what the city asked (0 to 1), `cities` the contexts of the cities that run it, `powers` those it needs
    (None: not recorded), `cost` its total cost in the currency and year of the city's `budget`.
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
    value: float | None
    evidence: dict[str, str | int | float | bool | None | tuple[str, ...]] = {}

    @property
    def known(self) -> bool:
        """Whether there was enough to judge by."""
        return self.value is not None


class Fit(Value):
    """The whole: `overall` is the weighted mean of the known factors, `coverage` the share of the weight that is known."""

    city: CityContext
    overall: float | None
    coverage: float
    factors: tuple[Factor, ...]
    closest: CityContext | None = None
    weights: Weights = Weights()


def fit_to_city(city: CityContext, candidate: Candidate, weights: Weights | None = None) -> Fit:
    """How well `candidate` fits `city`, factor by factor.

    >>> fit = fit_to_city(CityContext(place_id=1, name="Rosario"), Candidate(need=0.8))
    >>> round(fit.overall or 0, 6), [factor.name for factor in fit.factors if factor.known]
    (0.8, ['need'])
    """
    weights = weights or Weights()
    factors = tuple(
        Factor(name=name, value=candidate.need if name == "need" else None) for name in FactorName.__args__
    )
    total = sum(getattr(weights, factor.name) for factor in factors)
    known = [(getattr(weights, factor.name), factor.value) for factor in factors if factor.value is not None]
    weight = sum(share for share, _ in known)
    overall = sum(share * value for share, value in known) / weight if weight else None
    return Fit(city=city, overall=overall, coverage=weight / total if total else 0.0, factors=factors, weights=weights)
