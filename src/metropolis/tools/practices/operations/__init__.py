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
from metropolis.tools.practices.operations.queued_imports import (
    MOST_ROWS,
    cancel_import,
    forget_imports,
    run_import,
    start_import,
)

__all__ = [
    "MOST_ROWS",
    "RowOutcome",
    "add_practice",
    "cancel_import",
    "change_practice",
    "delete_practice",
    "forget_imports",
    "import_practices",
    "open_import",
    "review_practice",
    "run_import",
    "set_practice_visibility",
    "start_import",
    "translate_practice",
]
