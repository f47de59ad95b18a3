"""One figure of an edition as a cell of a table: its text, how it stands, and what was done to it."""

from collections.abc import Mapping
from functools import cached_property
from math import isnan
from typing import NamedTuple

import numpy as np
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from metropolis.tools.barometer import queries
from metropolis.tools.barometer.engine.table import Matrix
from metropolis.tools.barometer.pages.frame import Opened
from metropolis.tools.barometer.queries import words

_DIGITS = 4


class Mark(NamedTuple):
    """Something to know about a figure: its sign in the table, and what it means."""

    name: str
    sign: str
    meaning: str | Promise


MARKS = (
    Mark(
        "survey",
        "±",
        gettext_lazy("estimated from a survey: its standard error, and n, the number of random answers it is worth"),
    ),
    Mark("imputed", "◇", gettext_lazy("not known, and filled in by the method")),
    Mark("moved", "◆", gettext_lazy("stood far from all others, and counts as less extreme")),
    Mark("withheld", "∅", gettext_lazy("no figure: too few answers, or nobody was asked")),
    Mark("screened", "⊘", gettext_lazy("the city is left out: too little of it is known")),
    Mark("best", "▲", pgettext_lazy("mark", "among the best quarter of the year")),
    Mark("last", "▼", pgettext_lazy("mark", "among the last quarter of the year")),
)
_BY_NAME: Mapping[str, Mark] = {mark.name: mark for mark in MARKS}
_TONES = {"best": "good", "last": "bad"}


class Cell(NamedTuple):
    """A figure as it is written, empty for unknown; its `marks`, a `note` to them, and its tone."""

    text: str
    marks: tuple[Mark, ...] = ()
    note: str = ""

    @property
    def tone(self) -> str:
        """How it stands among the others: good, bad, or nothing to say."""
        return next((_TONES[mark.name] for mark in self.marks if mark.name in _TONES), "")


class Cells:
    """The cells of one year: figures as given ("values"), scores or ranks."""

    def __init__(self, found: Opened, show: str) -> None:
        self._found, self._show = found, show
        self._data, _framework = found.material.parts()
        year = found.shown.year
        self._rows = {
            unit: row
            for row, unit in enumerate(self._data.units)
            if not self._data.times or self._data.times[row] == year
        }
        self._places = {unit: place for place, unit in enumerate(found.shown.units)}
        self._nodes = {code: place for place, code in enumerate(found.figures.nodes)}
        self._year = year if self._data.times else None
        self._trace = queries.trace_of(found.edition)

    @property
    def units(self) -> list[str]:
        """All units of the year, also those that screening left out."""
        return list(self._rows)

    def number(self, unit: str, code: str) -> float | None:
        """The figure that the table is sorted by."""
        if self._show == "values":
            value = float(self._data.values[self._rows[unit], self._data.place(code)])
            return None if isnan(value) else value
        figures = self._found.shown.scores if self._show == "scores" else self._found.shown.ranks
        return figures[self._places[unit]][self._nodes[code]] if unit in self._places else None

    def cell(self, unit: str, code: str) -> Cell:
        """One figure with its marks."""
        number = self.number(unit, code)
        names, notes = [], []
        for name, note in self._told(unit, code, number):
            names.append(name)
            notes += [note] if note else []
        return Cell(self._written(number, code), tuple(_BY_NAME[name] for name in names), "; ".join(notes))

    def _told(self, unit: str, code: str, number: float | None) -> list[tuple[str, str]]:
        if unit not in self._places and number is None:
            return [("screened", "")]
        key = (unit, self._year, code)
        told = [("screened", "")] if unit not in self._places else [*self._standing(unit, code)]
        error = self._of_survey(self._found.material.errors, unit, code)
        if error and number is not None:
            told.append(("survey", self._error(unit, code, error)))
        if code in self._found.material.errors and number is None and self._show == "values":
            told.append(("withheld", ""))
        if key in self._trace.imputed:
            value = self._trace.imputed[key]
            told.append(("imputed", "" if value is None else self._written(value, code)))
        if key in self._trace.moved:
            moved = self._trace.moved[key]
            told.append(("moved", _("counts as %(figure)s") % {"figure": self._written(moved.after, code)}))
        return told

    def _standing(self, unit: str, code: str) -> list[tuple[str, str]]:
        place, node = self._places[unit], self._nodes[code]
        rank = self._found.shown.ranks[place][node]
        if rank is None:
            return []
        quarter = -(-self._ranked[code] // 4)
        if rank <= quarter:
            return [("best", "")]
        return [("last", "")] if rank > self._ranked[code] - quarter else []

    @cached_property
    def _ranked(self) -> Mapping[str, int]:
        """How many units have a rank in each node."""
        rows = self._found.shown.ranks
        return {code: sum(row[place] is not None for row in rows) for code, place in self._nodes.items()}

    def _of_survey(self, columns: Mapping[str, tuple[float | None, ...]], unit: str, code: str) -> float | None:
        return columns[code][self._rows[unit]] if code in columns else None

    def _error(self, unit: str, code: str, error: float) -> str:
        if self._show != "values":
            return ""
        digits = min(_DIGITS, self._digits[code] + 1) if self._digits[code] < 2 else self._digits[code]  # noqa: PLR2004
        text = f"± {words.number(error, digits)}"
        answers = self._of_survey(self._found.material.answers, unit, code)
        if answers is None:
            return text
        return f"{text} · n ≈ {words.number(answers, 0)}"

    def _written(self, value: float | None, code: str) -> str:
        if value is None:
            return ""
        digits = {"values": self._digits.get(code, 1), "scores": 1}.get(self._show, 0)
        return words.number(value, digits)

    @cached_property
    def _digits(self) -> Mapping[str, int]:
        """How many digits after the decimal sign the figures of each column were given with, at most four."""
        return {code: _digits_of(self._data.column(code)) for code in self._data.columns}


def _digits_of(column: Matrix) -> int:
    known = column[~np.isnan(column)]
    enough = (count for count in range(_DIGITS) if np.allclose(known, known.round(count), rtol=0, atol=1e-9))
    return next(enough, _DIGITS)
