"""What is known of the area around a city: its population and how it is governed, each from the source in its row.

The forms of government are `elected` (a body with a directly elected assembly or head), `joint` (a body of the
municipalities), `single` (one municipality for the whole area), `higher` (a regional or state government sees to it)
and `none` (no body for the whole area).
"""

from collections.abc import Mapping
from functools import cache

from metropolis.foundation.places.engine.countries import rows
from metropolis.foundation.places.engine.values import MetropolitanGovernment, Sourced


@cache
def metropolitan_populations() -> Mapping[int, Sourced[int]]:
    """People in the metropolitan area, by the GeoNames id of its city; the source says how the area is delimited."""
    return {
        int(row["geonameid"]): Sourced[int](
            value=int(row["population"]), year=_year(row), source=f"{row['definition']}; {row['source']}"
        )
        for row in rows("metropolitan_populations.csv")
    }


@cache
def metropolitan_governments() -> Mapping[int, Sourced[MetropolitanGovernment]]:
    """The form of metropolitan government and its body, by the GeoNames id of the city; `year` is its first."""
    return {
        int(row["geonameid"]): Sourced[MetropolitanGovernment](
            value=MetropolitanGovernment.model_validate({"form": row["form"], "body": row["body"]}),
            year=_year(row),
            source=row["source"],
        )
        for row in rows("metropolitan_governments.csv")
    }


def _year(row: Mapping[str, str]) -> int | None:
    return int(row["year"]) if row["year"] else None
