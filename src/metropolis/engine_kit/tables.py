"""Rows out of CSV, XLSX and JSON Lines files, with the number a person finds each row by."""

import csv
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from metropolis.engine_kit.errors import InvalidInput
from metropolis.engine_kit.value import Value

#: A cell longer than this is taken for a broken file.
_LONGEST_CELL: Final = 10_000_000
_WORKBOOK_PROGRAM: Final = Path(__file__).with_name("workbook_program.py")


class TableFormat(Value):
    """How a file is written; what is not said follows from its name. `sheet` is of a workbook, the others of a CSV."""

    sheet: str = ""
    delimiter: str = ","
    encoding: str = "utf-8-sig"


class TableRow(Value):
    """A row as the file has it. `number` counts as a spreadsheet does: the heading of a table is row 1.

    `problem` says why the row cannot be read; `cells` is then empty.
    """

    number: int
    cells: dict[str, Any] = {}
    problem: str = ""


def table_rows(path: Path, form: TableFormat) -> Iterator[TableRow]:
    """The rows of a `.csv`, `.xlsx` or `.jsonl` file, one after the other.

    A workbook's formulas are not computed: their last saved values are read. Raises `InvalidInput` for another kind of
    file, a file that cannot be read as what its name says, a sheet that is not there, or two columns of one name.
    """
    readers = {".csv": _csv_rows, ".xlsx": _xlsx_rows, ".jsonl": _jsonl_rows}
    if path.suffix.lower() not in readers:
        raise InvalidInput(f"{path.name}: only {', '.join(readers)} can be read.", field="file")
    try:
        yield from readers[path.suffix.lower()](path, form)
    except (UnicodeDecodeError, LookupError, csv.Error, OSError) as error:
        raise InvalidInput(f"{path.name} cannot be read: {error}", field="file") from error


def _csv_rows(path: Path, form: TableFormat) -> Iterator[TableRow]:
    csv.field_size_limit(_LONGEST_CELL)
    with path.open(encoding=form.encoding, newline="") as file:
        yield from _under_heading(iter(csv.reader(file, delimiter=form.delimiter, strict=True)))


def _xlsx_rows(path: Path, form: TableFormat) -> Iterator[TableRow]:
    # -I: nothing but the standard library and installed packages, whatever the environment says.
    command = [sys.executable, "-I", str(_WORKBOOK_PROGRAM), str(path), form.sheet]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as program:  # noqa: S603 - ours
        try:
            yield from _under_heading(_lines_of(program, path, form.sheet))
        finally:
            program.kill()


def _lines_of(program: "subprocess.Popen[bytes]", path: Path, sheet: str) -> Iterator[list[Any]]:
    output = program.stdout or ()
    for line in output:
        told = json.loads(line)
        if isinstance(told, list):
            yield told
        elif "error" in told:
            raise InvalidInput(f"{path.name} cannot be read: {told['error']}", field="file")
        elif sheet and sheet not in told["sheets"]:
            raise InvalidInput(f"There is no sheet {sheet!r}; there are {', '.join(told['sheets'])}.", field="sheet")
    if program.wait():
        raise InvalidInput(f"{path.name} is too large when unpacked; save it as CSV.", field="file")


def _under_heading(lines: Iterator[list[Any]]) -> Iterator[TableRow]:
    heading = [str(cell).strip() for cell in next(lines, [])]
    named = [name for name in heading if name]
    twice = sorted({name for name in named if named.count(name) > 1})
    if twice:
        raise InvalidInput(f"Two columns are called {', '.join(twice)}; give each a name of its own.", field="file")
    for number, line in enumerate(lines, start=2):
        cells = [*line, *[""] * (len(heading) - len(line))]
        if any(cell not in ("", None) for cell in cells[len(heading) :]):
            yield TableRow(number=number, problem=f"It has {len(line)} cells, the heading has {len(heading)}.")
        elif any(cell not in ("", None) for cell in cells):
            yield TableRow(
                number=number, cells={name: cell for name, cell in zip(heading, cells, strict=False) if name}
            )


def _jsonl_rows(path: Path, form: TableFormat) -> Iterator[TableRow]:
    with path.open(encoding=form.encoding) as file:
        for number, line in enumerate(file, start=1):
            if line.strip():
                yield _json_row(number, line)


def _json_row(number: int, line: str) -> TableRow:
    try:
        cells = json.loads(line)
    except (ValueError, RecursionError) as error:
        return TableRow(number=number, problem=f"It is not JSON: {error}")
    if not isinstance(cells, dict):
        return TableRow(number=number, problem="It is not a JSON object.")
    return TableRow(number=number, cells=cells)
