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
from metropolis.tools.practices.pages.importing import cancel_import, import_file, import_progress
from metropolis.tools.practices.pages.reading import history, practice, practices

__all__ = [
    "add",
    "cancel_import",
    "delete",
    "edit",
    "history",
    "import_file",
    "import_progress",
    "practice",
    "practices",
    "review",
    "set_visibility",
    "translate",
    "translations",
]
