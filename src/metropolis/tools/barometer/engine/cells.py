"""Cells of a table as numbers and words, with refusals that name the row and the column."""

import codecs
import math
import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from metropolis.engine_kit import InvalidInput
from metropolis.engine_kit.tables import TableFormat, TableRow, table_rows

#: Words that stand for a missing value.
MISSING = {"", "na", "nan", "n/a", "#n/a", "null", "none", "-", "–", "—", ".", "..", "…"}
#: Numbers as spreadsheets write them where decimals have a comma, and such as have a point.
_COMMA = re.compile(r"[-+]?\d+,\d+")
_POINT = re.compile(r"[-+]?[\d.]*\.\d+(,\d+)?")

#: Squares and products of figures must still be numbers.
GREATEST = 1e100


def rows_of(path: Path, form: TableFormat | None) -> Iterable[TableRow]:
    """The rows of a file; what separates a CSV's cells is taken from its heading. `InvalidInput` names a broken row."""
    for row in any_rows_of(path, form):
        if row.problem:
            raise InvalidInput(f"{path.name}, row {row.number}: {row.problem}", field="row")
        yield row


def any_rows_of(path: Path, form: TableFormat | None) -> Iterable[TableRow]:
    """Likewise, broken rows among them.

    Where semicolons separate cells and numbers have decimal commas alone, as spreadsheets write in many languages, the
    comma is the decimal point. A CSV may be UTF-8 or say by its first bytes that it is UTF-16.
    """
    form = form or _form_of(path)
    try:
        if form.delimiter == ";" and path.suffix.lower() == ".csv":
            return _with_points(list(table_rows(path, form)))
        return list(table_rows(path, form))
    except InvalidInput as error:
        if isinstance(error.__cause__, UnicodeDecodeError):
            message = f"{path.name} is not in {form.encoding.removesuffix('-sig').upper()}: save it as CSV UTF-8."
            raise InvalidInput(message, field="file") from error
        raise


def _form_of(path: Path) -> TableFormat:
    if path.suffix.lower() != ".csv":
        return TableFormat()
    with path.open("rb") as file:
        encoding = "utf-16" if file.read(2) in {codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE} else "utf-8-sig"
    with path.open(encoding=encoding, errors="replace") as text:
        head = text.readline()
    return TableFormat(delimiter=max((",", ";", "\t"), key=head.count), encoding=encoding)


class _Decimal(str):
    """A cell that is a number if one is asked for, its decimals after a comma."""

    __slots__ = ()


def _with_points(rows: list[TableRow]) -> list[TableRow]:
    words = [cell.strip() for row in rows for cell in row.cells.values() if isinstance(cell, str)]
    if not any(_COMMA.fullmatch(word) for word in words) or any(_POINT.fullmatch(word) for word in words):
        return rows  # where there are points as well, one of them may stand between thousands
    return [
        row.model_copy(
            update={
                "cells": {
                    name: _Decimal(cell) if _COMMA.fullmatch(cell.strip()) else cell for name, cell in row.cells.items()
                }
            }
        )
        for row in rows
    ]


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
        number = _parsed(_plain(cell, word), lambda: wrong(path, row, column, f"{word!r} is not a number{_hint(word)}"))
    if math.isnan(number):
        return None
    if math.isinf(number):
        raise wrong(path, row, column, "it is infinite")
    if abs(number) > GREATEST:
        raise wrong(path, row, column, f"{number:g} is too large to be computed with")
    return number


def _plain(cell: Any, word: str) -> str:
    """A number's word as Python reads it."""
    return word.replace(",", ".") if isinstance(cell, _Decimal) else word


def _hint(word: str) -> str:
    return ": decimals are written with a point" if _COMMA.fullmatch(word) else ""


def _parsed(word: str, refusal: Callable[[], InvalidInput]) -> float:
    if "_" in word:  # which Python takes for a separator of thousands
        raise refusal()
    try:
        return float(word)
    except ValueError:
        raise refusal() from None


def is_word(cell: Any) -> bool:
    """Whether a cell is neither a number nor missing."""
    word = word_in(cell)
    try:
        float(_plain(cell, word))
    except ValueError:
        return word.lower() not in MISSING
    return "_" in word


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
