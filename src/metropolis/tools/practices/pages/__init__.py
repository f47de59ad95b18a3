"""The pages of practices."""

from metropolis.tools.practices.pages.changing import (
    add,
    delete,
    edit,
    review,
    set_visibility,
    translate,
    translations,
)
from metropolis.tools.practices.pages.importing import import_file
from metropolis.tools.practices.pages.reading import history, practice, practices

__all__ = [
    "add",
    "delete",
    "edit",
    "history",
    "import_file",
    "practice",
    "practices",
    "review",
    "set_visibility",
    "translate",
    "translations",
]
