"""The values in which facts about places travel."""

from typing import Generic, Literal, TypeVar

from metropolis.engine_kit import Value

Fact = TypeVar("Fact")


class Sourced(Value, Generic[Fact]):
    """A fact with where it comes from; `year` is the year it holds for, None where the source gives none."""

    value: Fact
    year: int | None = None
    source: str


class CountryFacts(Value):
    """What is shipped about a country; codes are ISO 3166-1, languages BCP 47, most spoken first."""

    iso2: str
    iso3: str
    name: str
    continent: str
    region: str
    languages: tuple[str, ...]
    income_group: Sourced[str] | None


class MetropolitanGovernment(Value):
    """How the area around a city is governed: the form (see `engine.metropolitan`) and the name of the body, if any."""

    form: Literal["elected", "joint", "single", "higher", "none"]
    body: str


class CityContextValue(Value):
    """What is known of a city's situation. None is "unknown", never zero and never a guess.

    `population` counts the city proper, `metropolitan_population` the area around it as its source delimits it: two
    different things that are never compared with one another. Coordinates are degrees, WGS 84. `continent` is a
    GeoNames code (AF, AS, EU, NA, OC, SA, AN), `region` the UN M49 code of the subregion ("005" is South America),
    `income_group` low, lower_middle, upper_middle or high, `climate` a Köppen-Geiger class ("Cfa").
    """

    city_id: int
    label: str
    country: str
    continent: str
    region: str | None
    latitude: float
    longitude: float
    population: Sourced[int] | None
    metropolitan_population: Sourced[int] | None
    income_group: Sourced[str] | None
    climate: Sourced[str] | None
    languages: Sourced[tuple[str, ...]] | None
    metropolitan_government: Sourced[MetropolitanGovernment] | None
