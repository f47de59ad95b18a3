"""How the rows of a file become practices: a mapping, written once for a file of a kind and kept beside it."""

import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from pydantic import Field, ValidationError

from metropolis.engine_kit import InvalidInput, Value
from metropolis.engine_kit.tables import TableFormat, TableRow, table_rows
from metropolis.tools.practices.engine.importing.rules import Rule, text_of

_LONGEST_KEY: Final = 100
#: The name under which the rules of a part read the piece the part was made for.
EACH: Final = "each"


class ImportMapping(Value):
    """Which columns make which fields.

    `collection` says what the rows are a collection of, and `key` is the column that names a row of it for ever: the
    two together are the row's key. `fields` has a rule for each field; `parts` makes rows of a list (`sources`,
    `results` …), each part one row, or one for each piece of its rule `each`; a part of which every field that is read
    from a column is empty is left out. `overrides` has, by the key column's value, fields that a person has settled.
    `leave_out` names the columns that are left aside on purpose: any other column that no rule reads is an error.
    """

    collection: str = Field(pattern="^[a-z0-9-]{1,40}$")
    key: str
    source: TableFormat = TableFormat()
    fields: dict[str, Rule]
    parts: dict[str, tuple[dict[str, Rule], ...]] = {}
    overrides: dict[str, dict[str, Any]] = {}
    leave_out: tuple[str, ...] = ()

    @property
    def columns(self) -> set[str]:
        """The columns the rules read."""
        rules = [
            *self.fields.values(),
            *(rule for parts in self.parts.values() for part in parts for rule in part.values()),
        ]
        return {self.key, *(name for rule in rules for name in rule.names)} - {EACH}


class RowProblem(Value):
    """Why a row is refused: the field it is about (empty when it is the row itself), and what is wrong with it."""

    field: str
    reason: str


class MappedRow(Value):
    """A row as a practice's fields; with problems it has none."""

    number: int
    key: str = ""
    fields: dict[str, Any] = {}
    problems: tuple[RowProblem, ...] = ()


class Survey(Value):
    """What is in a file: how many rows, and its columns in the order of their appearance."""

    rows: int
    columns: tuple[str, ...]


def read_mapping(path: Path) -> ImportMapping:
    """The mapping in a TOML file; `InvalidInput` naming the line or the rule that is wrong."""
    try:
        return ImportMapping.model_validate(tomllib.loads(path.read_text("utf-8")))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise InvalidInput(f"{path.name} cannot be read: {error}", field="mapping") from error
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"]))
        raise InvalidInput(f"{path.name}: {place}: {first['msg']}", field="mapping") from error


def survey(path: Path, mapping: ImportMapping) -> Survey:
    """Count the rows of a file; `InvalidInput` when its columns are not those the mapping speaks of.

    Rows that cannot be read have no columns: what is wrong with each is told of the row.
    """
    count = 0
    columns: dict[str, None] = {}
    for row in table_rows(path, mapping.source):
        count += 1
        columns |= dict.fromkeys(row.cells)
    missing = sorted(mapping.columns - columns.keys())
    if columns and missing:
        message = (
            f"The mapping reads columns the file does not have: {', '.join(missing)}. It has {', '.join(columns)}."
        )
        raise InvalidInput(message, field="mapping")
    unread = [name for name in columns if name not in mapping.columns and name not in mapping.leave_out]
    if unread:
        message = (
            f"The mapping says nothing of these columns: {', '.join(unread)}. Read them, or name them in leave_out."
        )
        raise InvalidInput(message, field="mapping")
    return Survey(rows=count, columns=tuple(columns))


def mapped_rows(path: Path, mapping: ImportMapping) -> Iterator[MappedRow]:
    """The rows of a file as the fields of practices, one after the other."""
    for row in table_rows(path, mapping.source):
        yield map_row(row, mapping)


def map_row(row: TableRow, mapping: ImportMapping) -> MappedRow:
    """One row as the fields of a practice, or all that is wrong with it."""
    if row.problem:
        return MappedRow(number=row.number, problems=(RowProblem(field="", reason=row.problem),))
    key = text_of(row.cells.get(mapping.key)).strip()
    if not 0 < len(key) <= _LONGEST_KEY:
        reason = f"The key of a row has 1 to {_LONGEST_KEY} characters, not {len(key)}."
        return MappedRow(number=row.number, problems=(RowProblem(field=mapping.key, reason=reason),))
    fields: dict[str, Any] = {}
    problems: list[RowProblem] = []
    settled = mapping.overrides.get(key, {})
    for name in [name for name in (*mapping.fields, *mapping.parts) if name not in settled]:
        try:
            fields[name] = _field(name, row.cells, mapping)
        except InvalidInput as error:
            problems.append(RowProblem(field=name, reason=error.message))
    told = {name: value for name, value in fields.items() if value not in ("", [], None)}
    named = f"{mapping.collection}:{key}"
    return MappedRow(number=row.number, key=named, fields=told | settled, problems=tuple(problems))


def _field(name: str, cells: Mapping[str, Any], mapping: ImportMapping) -> Any:
    if name not in mapping.parts:
        return mapping.fields[name].apply(cells)
    return [item for part in mapping.parts[name] for item in _part(part, cells)]


def _part(part: Mapping[str, Rule], cells: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    rules = {name: rule for name, rule in part.items() if name != EACH}
    pieces = part[EACH].apply(cells) if EACH in part else [None]
    for piece in pieces if isinstance(pieces, list) else [pieces]:
        item = {name: rule.apply({**cells, EACH: piece}) for name, rule in rules.items()}
        read = [item[name] for name, rule in rules.items() if rule.value is None]
        if any(value not in ("", [], None) for value in read):
            yield {name: value for name, value in item.items() if value not in ("", [], None)}
