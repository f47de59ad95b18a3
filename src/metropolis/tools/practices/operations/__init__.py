"""Changing practices: every way in which one is written."""

from metropolis.tools.practices.operations.importing import RowOutcome, import_practices, open_import
from metropolis.tools.practices.operations.practices import (
    add_practice,
    change_practice,
    delete_practice,
    review_practice,
    set_practice_visibility,
    translate_practice,
)

__all__ = [
    "RowOutcome",
    "add_practice",
    "change_practice",
    "delete_practice",
    "import_practices",
    "open_import",
    "review_practice",
    "set_practice_visibility",
    "translate_practice",
]
