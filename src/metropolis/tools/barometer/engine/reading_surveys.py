"""Reading surveys: answers of respondents, known margins, or figures that somebody else has estimated."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np

from metropolis.engine_kit import InvalidInput
from metropolis.engine_kit.tables import TableFormat, TableRow
from metropolis.tools.barometer.engine.calibrating import Margins
from metropolis.tools.barometer.engine.cells import number_in, rows_of, word_in, wrong
from metropolis.tools.barometer.engine.surveys import FEW, Estimates, Flag, Measure, Survey
from metropolis.tools.barometer.engine.table import Table

#: Columns that are about the respondent's place in the design, by their lower-case name.
DESIGN = {
    "ucode": "units",
    "unit": "units",
    "city": "units",
    "weight": "weights",
    "stratum": "strata",
    "cluster": "clusters",
}


def read_survey(path: Path, form: TableFormat | None = None) -> Survey:
    r"""Answers, a row a respondent: columns uCode (or unit, city), perhaps weight, stratum and cluster, and questions.

    Without a weight everybody counts the same. `InvalidInput` names the row and the column.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder) / "answers.csv"
    ...     _ = path.write_text("uCode,weight,safe\nLIM,1.5,yes\nLIM,0.5,no\n")
    ...     read_survey(path).answers["safe"]
    ('yes', 'no')
    """
    rows = _some(rows_of(path, form), path)
    heading = {DESIGN[name.strip().lower()]: name for name in rows[0].cells if name.strip().lower() in DESIGN}
    units = _words(rows, path, _there(heading, "units", "uCode", path))
    weights = [1.0] * len(rows)
    if "weights" in heading:
        weights = [_positive(row, path, heading["weights"]) for row in rows]
    questions = [name for name in rows[0].cells if name not in heading.values()]
    return Survey(
        units=units,
        answers={name: tuple(word_in(row.cells.get(name)) for row in rows) for name in questions},
        weights=np.array(weights),
        strata=_words(rows, path, heading["strata"]) if "strata" in heading else (),
        clusters=_words(rows, path, heading["clusters"]) if "clusters" in heading else (),
    )


def read_margins(path: Path, form: TableFormat | None = None) -> Margins:
    r"""The known population: columns uCode, question, answer and population (people, or shares of them).

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder) / "population.csv"
    ...     _ = path.write_text("uCode,question,answer,population\nLIM,sex,f,5200\nLIM,sex,m,4800\n")
    ...     read_margins(path)
    {'LIM': {'sex': {'f': 5200.0, 'm': 4800.0}}}
    """
    found: dict[str, dict[str, dict[str, float]]] = {}
    for row in _some(rows_of(path, form), path):
        cells = {name.strip().lower(): cell for name, cell in row.cells.items()}
        unit, question, answer = (word_in(cells.get(name)) for name in ("ucode", "question", "answer"))
        if not (unit and question and answer):
            raise wrong(path, row, "uCode, question, answer", "one of them is empty or not there")
        people = number_in(cells.get("population"), path, row, "population")
        if people is None or people < 0:
            raise wrong(path, row, "population", "it must be zero or more")
        own = found.setdefault(unit, {}).setdefault(question, {})
        if answer in own:
            raise wrong(path, row, "answer", f"{answer!r} of {question!r} stands there twice for {unit!r}")
        own[answer] = people
    return found


def read_measures(path: Path, form: TableFormat | None = None) -> list[Measure]:
    r"""What answers measure: columns measure, question, and perhaps counted and ignored answers, separated by "|".

    Without counted answers, the measure is the mean of numbers. `InvalidInput` names the row and the column.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder) / "measures.csv"
    ...     _ = path.write_text("measure,question,counted\nsafe,q1,yes | very\n")
    ...     read_measures(path)[0].counted
    ('yes', 'very')
    """
    found: dict[str, Measure] = {}
    for row in _some(rows_of(path, form), path):
        cells = {name.strip().lower(): word_in(cell) for name, cell in row.cells.items()}
        code, question = cells.get("measure", ""), cells.get("question", "")
        if not (code and question):
            raise wrong(path, row, "measure, question", "one of them is empty or not there")
        if code in found:
            raise wrong(path, row, "measure", f"{code!r} stands there twice")
        counted, ignored = (_several(cells.get(name, "")) for name in ("counted", "ignored"))
        found[code] = Measure(code=code, question=question, counted=counted, ignored=ignored)
    return list(found.values())


def _several(cell: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in cell.split("|") if word.strip())


def read_estimates(path: Path, form: TableFormat | None = None) -> Estimates:
    r"""Figures that are estimates already: columns uCode, iCode, value and error (standard error), or answers.

    Where no error is given, the value is a percentage and its error that of a share of so many `answers`, times the
    root of `deff`, the design effect (1 if not given). `InvalidInput` names the row and the column.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder) / "estimates.csv"
    ...     _ = path.write_text("uCode,iCode,value,answers\nLIM,safe,50,400\n")
    ...     read_estimates(path).errors.tolist()
    [[2.5]]
    """
    rows = _some(rows_of(path, form), path)
    heading = {name.strip().lower(): name for name in rows[0].cells}
    units = _words(rows, path, _there(heading, "ucode", "uCode", path))
    codes = _words(rows, path, _there(heading, "icode", "iCode", path))
    columns, whose = tuple(dict.fromkeys(codes)), tuple(dict.fromkeys(units))
    shape = (len(whose), len(columns))
    values, errors, answers, effective = (np.full(shape, np.nan) for _ in range(4))
    flags = []
    for row, unit, code in zip(rows, units, codes, strict=True):
        cell = whose.index(unit), columns.index(code)
        if not np.isnan(values[cell]):
            raise wrong(path, row, "value", f"{code!r} of {unit!r} stands there twice")
        values[cell], errors[cell], answers[cell], effective[cell] = _told(row, path, heading)
        if effective[cell] < FEW:
            words = f"Worth {effective[cell]:.0f} answers of a plain sample: read the range, not the rank."
            flags.append(Flag(unit=unit, code=code, kind="few", words=words))
    return Estimates(Table(whose, columns, values), errors, answers, effective, tuple(flags))


def _told(row: TableRow, path: Path, heading: Mapping[str, str]) -> tuple[float, float, float, float]:
    value, error, answers, deff = (
        number_in(row.cells.get(heading.get(name, "")), path, row, name)
        for name in ("value", "error", "answers", "deff")
    )
    if value is None:
        raise wrong(path, row, "value", "it is empty")
    effective = np.nan if answers is None else answers / (deff or 1.0)
    if error is None:
        if answers is None or not effective > 0:
            raise wrong(path, row, "error", "there is no standard error, nor the number of answers it follows from")
        if not 0 <= value <= 100:  # noqa: PLR2004 percent
            raise wrong(path, row, "value", f"{value:g} is no percentage: give its standard error")
        share = (effective * value / 100 + 2) / (effective + 4) if value in {0.0, 100.0} else value / 100
        error = 100 * float(np.sqrt(share * (1 - share) / effective))
    if error < 0:
        raise wrong(path, row, "error", f"{error:g} is less than zero")
    return value, error, np.nan if answers is None else answers, effective


def _some(rows: Iterable[TableRow], path: Path) -> list[TableRow]:
    found = list(rows)
    if not found:
        raise InvalidInput(f"{path.name} has no row under its heading.", field="file")
    return found


def _there(heading: Mapping[str, str], name: str, shown: str, path: Path) -> str:
    if name not in heading:
        raise InvalidInput(f"{path.name} has no column {shown}.", field=shown)
    return heading[name]


def _words(rows: Sequence[TableRow], path: Path, column: str) -> tuple[str, ...]:
    found = tuple(word_in(row.cells.get(column)) for row in rows)
    if not all(found):
        raise wrong(path, rows[found.index("")], column, "it is empty")
    return found


def _positive(row: TableRow, path: Path, column: str) -> float:
    number = number_in(row.cells.get(column), path, row, column)
    if number is None or number <= 0:
        raise wrong(path, row, column, "a weight must be above zero")
    return number
