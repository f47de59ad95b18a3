"""The invented world of the Care barometer: what each indicator would be in each city and year, if all were known.

`model.csv` says of each indicator its value in an average city (`middle`), how far cities are apart (`spread`, on a
logarithmic or logistic `scale`), and what that follows: the country's `means`, the city's `will` to care and the
`bonds` between its people. Only the means of a country have to do with the real city; the others are drawn at random.
"""

from functools import cache
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from metropolis.demo.files import read_table
from metropolis.engine_kit import Value
from metropolis.tools.barometer.engine import Framework

YEARS = (2023, 2024, 2025)
SEED = 2025
#: How much a country of an income group can spend, beside one in the middle.
MEANS = {"high": 1.0, "upper_middle": 0.1, "lower_middle": -0.7, "low": -1.3}
#: The share of hard figures that a city never has, and of those it lacks in one year.
NEVER, ONCE = 0.05, 0.005

Numbers = NDArray[np.float64]


class CityRow(Value):
    """A row of `cities.csv`; the city is written "Rosario, AR", `respondents` are asked each year."""

    city: str
    income_group: Literal["high", "upper_middle", "lower_middle", "low"]
    respondents: int
    surveyed_since: int


class IndicatorRow(Value):
    """A row of `model.csv`; figures are given with so many `digits` behind the point."""

    code: str
    scale: Literal["log", "logit"]
    middle: float
    spread: float
    means: float
    will: float
    bonds: float
    digits: int

    @property
    def rest(self) -> float:
        """What follows nothing but chance, so that all parts together have the variance 1."""
        return float(np.sqrt(1 - self.means**2 - self.will**2 - self.bonds**2))

    def value(self, place: Numbers) -> Numbers:
        """The figure of cities that are so far from the average one, in the order of the indicator's own unit."""
        if self.scale == "log":
            return np.asarray(self.middle * np.exp(self.spread * place))
        share = self.middle / (100 - self.middle)
        return np.asarray(100 / (1 + np.exp(-self.spread * place) / share))


class World(NamedTuple):
    """True values, shape (years, cities, indicators)."""

    cities: tuple[CityRow, ...]
    indicators: tuple[IndicatorRow, ...]
    values: Numbers


@cache
def city_rows() -> tuple[CityRow, ...]:
    """Every city of the Care barometer."""
    return tuple(CityRow.model_validate(row) for row in read_table("care_barometer/cities.csv"))


def invented_world(framework: Framework) -> World:
    """Draw the world; the same each time."""
    cities = city_rows()
    indicators = tuple(IndicatorRow.model_validate(row) for row in read_table("care_barometer/model.csv"))
    random = np.random.default_rng([SEED, 0])
    count = len(cities)
    means = np.array([MEANS[city.income_group] for city in cities]) + random.normal(0, 0.25, count)
    will, bonds = random.normal(size=(2, count))
    # Most cities get on a little; some fall back.
    rising = random.normal([0.12, 0.02], [0.14, 0.10], size=(count, 2)).T
    own = random.normal(size=(count, len(indicators)))
    found = np.empty((len(YEARS), count, len(indicators)))
    for step in range(len(YEARS)):
        chance = own + random.normal(0, 0.12, own.shape)
        for column, row in enumerate(indicators):
            place = row.means * means + row.will * (will + step * rising[0]) + row.bonds * (bonds + step * rising[1])
            place += row.rest * chance[:, column]
            found[step, :, column] = row.value(place * framework.by_code[row.code].direction)
    return World(cities, indicators, found)


def known_figures(world: World) -> Numbers:
    """The values as statistics would give them: rounded, nan where a city has none; shape as the world's."""
    random = np.random.default_rng([SEED, 1])
    never = random.random(world.values.shape[1:]) < NEVER
    once = random.random(world.values.shape) < ONCE
    rounded = np.stack(
        [np.round(world.values[..., place], row.digits) for place, row in enumerate(world.indicators)], axis=-1
    )
    return np.where(never | once, np.nan, rounded)
