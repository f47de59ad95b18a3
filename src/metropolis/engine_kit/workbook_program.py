"""Writes a sheet of a workbook to its standard output as JSON, one line a row, after a line with what was found.

A program of its own, started by `tables.py`: a workbook made to fill the memory does that to this process only. A sheet
is read as a rectangle, so one cell in its last corner is enough for that. It imports nothing of the house.
"""

import json
import resource
import sys
from datetime import date, datetime, time

from python_calamine import CalamineError, CalamineWorkbook

MEMORY = 2 << 30
SECONDS = 120


def write_rows(path: str, sheet: str) -> None:
    """First `{"sheets": [...]}` or `{"error": ...}`, then the cells of each row of the sheet, if it is there."""
    try:
        with CalamineWorkbook.from_path(path) as book:
            _tell({"sheets": book.sheet_names})
            if (sheet or book.sheet_names[0]) in book.sheet_names:
                for row in book.get_sheet_by_name(sheet or book.sheet_names[0]).to_python(skip_empty_area=False):
                    _tell(row)
    except (CalamineError, OSError) as error:
        _tell({"error": str(error)})


def _tell(what: object) -> None:
    sys.stdout.write(f"{json.dumps(what, default=_text)}\n")


def _text(value: object) -> str:
    """A moment as ISO 8601 writes it; midnight is a day."""
    if isinstance(value, datetime) and value.time() == time.min:
        return value.date().isoformat()
    return value.isoformat() if isinstance(value, date | time) else str(value)


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    write_rows(*sys.argv[1:])
