"""A printed report: plain values, in the order in which they are read."""

from datetime import date
from typing import Annotated

from pydantic import Field

from metropolis.engine_kit import Value
from metropolis.foundation.pages.engine.look import Chart, Words

_Line = Annotated[str, Field(max_length=2_000)]
_Text = Annotated[str, Field(max_length=20_000)]


class ReportFact(Value):
    """A figure or word under its label, with its year and source as a `note`; empty for unknown."""

    label: _Line
    value: _Line = ""
    note: _Line = ""


class ReportTable(Value):
    """A table: `rows` of as many cells as there are `columns`, None for unknown. Columns in `numbers` are figures."""

    title: _Line
    columns: tuple[_Line, ...] = Field(min_length=1, max_length=12)
    rows: tuple[tuple[_Line | None, ...], ...] = Field(default=(), max_length=2_000)
    numbers: tuple[int, ...] = ()


class ReportChart(Value):
    """A drawing with the text that stands for it, for those who cannot see it; `with_figures` prints its table too."""

    chart: Chart
    alternative: _Text
    with_figures: bool = True


class ReportSection(Value):
    """A part of a report: its paragraphs, then its charts, then its tables."""

    title: _Line
    paragraphs: tuple[_Text, ...] = Field(default=(), max_length=100)
    charts: tuple[ReportChart, ...] = Field(default=(), max_length=20)
    tables: tuple[ReportTable, ...] = Field(default=(), max_length=20)


class ReportSource(Value):
    """Where figures come from; `licence` and `read_on` as they are written."""

    title: _Line
    publisher: _Line = ""
    year: _Line = ""
    licence: _Line = ""
    url: _Line = ""
    read_on: _Line = ""


class Report(Value):
    """All that is printed, in one language, as of the day it was made.

    `notice` is what must be known first, as that figures are invented; `url` is where the report is kept up to date.
    """

    title: Annotated[str, Field(min_length=1, max_length=300)]
    subtitle: _Line = ""
    lead: _Text = ""
    notice: _Text = ""
    facts: tuple[ReportFact, ...] = Field(default=(), max_length=60)
    sections: tuple[ReportSection, ...] = Field(default=(), max_length=60)
    sources: tuple[ReportSource, ...] = Field(default=(), max_length=300)
    citation: _Text = ""
    author: _Line = ""
    url: _Line = ""
    made_on: date
    language: str = Field(default="en", pattern=r"^[a-z]{2,3}(-[A-Za-z]{2,4})?$")
    words: Words = Words()
