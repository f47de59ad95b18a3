"""Changing barometers, their editions and what cities say of them: every way in which one is written."""

from metropolis.tools.barometer.operations.barometers import (
    add_barometer,
    change_barometer,
    delete_barometer,
    set_barometer_visibility,
)
from metropolis.tools.barometer.operations.comments import add_comment, answer_comment
from metropolis.tools.barometer.operations.editions import (
    add_edition,
    change_edition,
    delete_edition,
    publish_edition,
    set_edition_state,
)
from metropolis.tools.barometer.operations.material import (
    MOST_FIGURES,
    add_estimates,
    compute_edition,
    refuse_tables,
    set_method,
    set_tables,
    set_unit_cities,
    undo_change,
)
from metropolis.tools.barometer.operations.translating import translate_barometer

__all__ = [
    "MOST_FIGURES",
    "add_barometer",
    "add_comment",
    "add_edition",
    "add_estimates",
    "answer_comment",
    "change_barometer",
    "change_edition",
    "compute_edition",
    "delete_barometer",
    "delete_edition",
    "publish_edition",
    "refuse_tables",
    "set_barometer_visibility",
    "set_edition_state",
    "set_method",
    "set_tables",
    "set_unit_cities",
    "translate_barometer",
    "undo_change",
]
