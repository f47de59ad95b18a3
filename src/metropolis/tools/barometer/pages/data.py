"""The figures an edition is made of, in a table."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, NamedTuple

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from metropolis.foundation.places.engine import fold
from metropolis.tools.barometer.engine.framework import Node
from metropolis.tools.barometer.pages.files import offered
from metropolis.tools.barometer.pages.frame import Opened, opened
from metropolis.tools.barometer.pages.marks import MARKS, Cell, Cells
from metropolis.tools.barometer.queries.units import Place, places

Show = Literal["values", "scores", "ranks"]
_SHOWN: tuple[Show, ...] = ("values", "scores", "ranks")
_PER_PAGE = 20


@require_safe
def data(request: HttpRequest, slug: str, label: str) -> HttpResponse:
    """Indicators by city in one year: as given, as scores or as ranks."""
    found = opened(request, slug, label)
    asked = _Asked.of(request, found)
    table = _Table(found, asked)
    page = Paginator(table.units, _PER_PAGE).get_page(request.GET.get("page"))
    rows = [_Row(table.places[unit], found.address("unit", unit), table.row(unit)) for unit in page.object_list]
    used = {mark.name for row in rows for cell in row.cells for mark in cell.marks}
    context = found.context(
        "data",
        asked=asked,
        parts=found.framework.aggregates[::-1],
        years=[year.year for year in found.figures.years if year.year is not None],
        caption=found.told(_("Figures by city")),
        columns=table.columns,
        page=page,
        rows=rows,
        legend=[mark for mark in MARKS if mark.name in used],
        files=offered(found),
    )
    return render(request, "barometer/data.html", context)


@dataclass(frozen=True)
class _Asked:
    """What the address asks for; anything that there is not counts as not asked for."""

    show: Show
    part: str
    sort: str
    q: str

    @classmethod
    def of(cls, request: HttpRequest, found: Opened) -> "_Asked":
        told, framework = request.GET, found.framework
        show = next((one for one in _SHOWN if one == told.get("show")), _SHOWN[0])
        pillars = [node.code for node in framework.aggregates if framework.heights[node.code] == 2]  # noqa: PLR2004
        part = told.get("part", "")
        if part not in framework.children:
            part = pillars[0]
        return cls(show, part, told.get("sort", ""), told.get("q", "")[:100].strip())


class _Row(NamedTuple):
    """One unit, the address of its page, and a cell for each column."""

    place: Place
    url: str
    cells: list[Cell]


class _Table:
    """The table of one year: its columns, its units in the order asked for, and a row for each of them."""

    def __init__(self, found: Opened, asked: _Asked) -> None:
        self._asked = asked
        self._cells = Cells(found, asked.show)
        self.places = places(found.edition)
        for unit in self._cells.units:
            self.places.setdefault(unit, Place(unit, unit, None, None))
        self._framework = found.framework

    @cached_property
    def nodes(self) -> Sequence[Node]:
        """The nodes that are columns: the indicators of the part; before their scores and ranks, the part's own."""
        leaves = self._framework.leaves(self._asked.part)
        if self._asked.show == "values":
            return leaves
        root, part = self._framework.root, self._framework.by_code[self._asked.part]
        return (*({root.code: root, part.code: part}.values()), *leaves)

    @property
    def columns(self) -> list[dict[str, object]]:
        """What the head of each column says."""
        sort = self._asked.sort
        return [
            {
                "node": node,
                "is_aggregate": node.code in self._framework.children,
                "sort": f"-{node.code}" if sort == node.code else node.code,
                "direction": {node.code: "ascending", f"-{node.code}": "descending"}.get(sort, ""),
            }
            for node in self.nodes
        ]

    @cached_property
    def units(self) -> list[str]:
        """The units that match, in the order asked for: by name unless a column is; what is not known comes last."""
        wanted = fold(self._asked.q)
        units = [unit for unit in self._cells.units if wanted in fold(self.places[unit].name)]
        units.sort(key=lambda unit: fold(self.places[unit].name))
        code, falling = self._asked.sort.removeprefix("-"), self._asked.sort.startswith("-")
        if code == "name":
            return units[::-1] if falling else units
        if code not in {node.code for node in self.nodes}:
            return units
        known = {unit: self._cells.number(unit, code) for unit in units}
        there = [unit for unit in units if known[unit] is not None]
        there.sort(key=lambda unit: known[unit] or 0.0, reverse=falling)
        return [*there, *(unit for unit in units if known[unit] is None)]

    def row(self, unit: str) -> list[Cell]:
        """A cell for each column."""
        return [self._cells.cell(unit, node.code) for node in self.nodes]
