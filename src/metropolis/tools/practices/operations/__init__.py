"""Changing practices: every way in which one is written."""

from metropolis.tools.practices.operations.practices import (
    add_practice,
    change_practice,
    delete_practice,
    review_practice,
    set_practice_visibility,
    translate_practice,
)

__all__ = [
    "add_practice",
    "change_practice",
    "delete_practice",
    "review_practice",
    "set_practice_visibility",
    "translate_practice",
]
