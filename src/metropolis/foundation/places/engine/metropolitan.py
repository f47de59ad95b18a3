"""What is known of the area around a city: its population and how it is governed, each from the source in its row.

The forms of government are those of the OECD's typology ("Governing the City", 2015): soft co-ordination, an
inter-municipal authority, a supra-municipal authority, or a metropolitan city with a special status.
"""

from collections.abc import Mapping
from functools import cache

from metropolis.foundation.places.engine.countries import rows
from metropolis.foundation.places.engine.values import Sourced


@cache
def metropolitan_populations() -> Mapping[int, Sourced[int]]:
    """People in the metropolitan area, by the GeoNames id of its city; the source says how the area is delimited."""
    return {
        int(row["geonameid"]): Sourced[int](
            value=int(row["population"]), year=int(row["year"]), source=f"{row['source']}: {row['definition']}"
        )
        for row in rows("metropolitan_populations.csv")
    }


@cache
def metropolitan_governments() -> Mapping[int, Sourced[str]]:
    """The form of metropolitan government and its body, by the GeoNames id of the city."""
    return {
        int(row["geonameid"]): Sourced[str](
            value=f"{row['form']}: {row['body']}", year=int(row["year"]) if row["year"] else None, source=row["source"]
        )
        for row in rows("metropolitan_governments.csv")
    }
