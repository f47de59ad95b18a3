"""Cells of a table as numbers and words, with refusals that name the row and the column."""

import math
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from metropolis.engine_kit import InvalidInput
from metropolis.engine_kit.tables import TableFormat, TableRow, table_rows

#: Words that stand for a missing value.
MISSING = {"", "na", "nan", "n/a", "null", "none", "-", "..", "…"}


#: Squares and products of figures must still be numbers.
GREATEST = 1e100


def rows_of(path: Path, form: TableFormat | None) -> Iterable[TableRow]:
    """The rows of a file; what separates a CSV's cells is taken from its heading. `InvalidInput` names a broken row."""
    for row in any_rows_of(path, form):
        if row.problem:
            raise InvalidInput(f"{path.name}, row {row.number}: {row.problem}", field="row")
        yield row


def any_rows_of(path: Path, form: TableFormat | None) -> Iterable[TableRow]:
    """Likewise, broken rows among them."""
    return table_rows(path, form or TableFormat(delimiter=_delimiter(path)))


def _delimiter(path: Path) -> str:
    if path.suffix.lower() != ".csv":
        return ","
    with path.open(encoding="utf-8-sig", errors="replace") as file:
        head = file.readline()
    return max((",", ";", "\t"), key=head.count)


def figure_in(cell: Any, path: Path, row: TableRow, column: str) -> float:
    """A cell's number, nan where it says that there is none; `InvalidInput` for a word."""
    number = number_in(cell, path, row, column)
    return math.nan if number is None else number


def number_in(cell: Any, path: Path, row: TableRow, column: str) -> float | None:
    """Likewise, with None."""
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        number = float(cell)
    else:
        word = word_in(cell)
        if word.lower() in MISSING:
            return None
        number = _parsed(word, lambda: wrong(path, row, column, f"{word!r} is not a number"))
    if math.isnan(number):
        return None
    if math.isinf(number):
        raise wrong(path, row, column, "it is infinite")
    if abs(number) > GREATEST:
        raise wrong(path, row, column, f"{number:g} is too large to be computed with")
    return number


def _parsed(word: str, refusal: Callable[[], InvalidInput]) -> float:
    try:
        return float(word)
    except ValueError:
        raise refusal() from None


def is_word(cell: Any) -> bool:
    """Whether a cell is neither a number nor missing."""
    word = word_in(cell)
    try:
        float(word)
    except ValueError:
        return word.lower() not in MISSING
    return False


def word_in(cell: Any) -> str:
    """A cell's text without spaces around it; a workbook's whole number without the point it is kept with."""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return "" if cell is None else str(cell).strip()


def known_word_in(cell: Any) -> str:
    """Likewise, empty where it says that there is none; not for codes, for which `NA` is Namibia."""
    word = word_in(cell)
    return "" if word.lower() in MISSING else word


def wrong(path: Path, row: TableRow, column: str, problem: str) -> InvalidInput:
    """The refusal of one cell."""
    message = f"{path.name}, row {row.number}, column {column}: {problem}."
    return InvalidInput(message, field=column, data={"row": row.number, "column": column})
