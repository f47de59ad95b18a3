"""From somebody else's file to the fields of practices: plain Python, usable without Django."""

from metropolis.engine_kit.tables import TableFormat, TableRow, table_rows
from metropolis.tools.practices.engine.importing.mapping import (
    ImportMapping,
    MappedRow,
    RowProblem,
    Survey,
    map_row,
    mapped_rows,
    read_mapping,
    survey,
)
from metropolis.tools.practices.engine.importing.plain_text import plain_text
from metropolis.tools.practices.engine.importing.rules import Rule

__all__ = [
    "ImportMapping",
    "MappedRow",
    "RowProblem",
    "Rule",
    "Survey",
    "TableFormat",
    "TableRow",
    "map_row",
    "mapped_rows",
    "plain_text",
    "read_mapping",
    "survey",
    "table_rows",
]
