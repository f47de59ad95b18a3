"""Reaching barometers, their editions and all that was computed of them."""

from metropolis.tools.barometer.queries.barometers import (
    TOOL,
    addresses,
    barometer,
    barometer_to_change,
    barometers,
    edition,
    edition_to_change,
    editions,
    initiatives_to_add_to,
    latest_edition,
    own_units,
    visible_keys,
)
from metropolis.tools.barometer.queries.comments import comment, comments, units_to_comment_on
from metropolis.tools.barometer.queries.computed import figures_of, index_of, material_of, replications_of
from metropolis.tools.barometer.queries.offering import findable, panel

__all__ = [
    "TOOL",
    "addresses",
    "barometer",
    "barometer_to_change",
    "barometers",
    "comment",
    "comments",
    "edition",
    "edition_to_change",
    "editions",
    "figures_of",
    "findable",
    "index_of",
    "initiatives_to_add_to",
    "latest_edition",
    "material_of",
    "own_units",
    "panel",
    "replications_of",
    "units_to_comment_on",
    "visible_keys",
]
