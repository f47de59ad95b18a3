"""Cities side by side."""

from collections.abc import Iterable, Sequence
from itertools import combinations
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from metropolis.foundation.pages.engine.charts import IntervalRow
from metropolis.tools.barometer import queries
from metropolis.tools.barometer.engine.framework import Node
from metropolis.tools.barometer.pages.frame import Opened, opened
from metropolis.tools.barometer.pages.profile import gap_told
from metropolis.tools.barometer.queries import Standing, words

#: Cities side by side at most.
MOST = 4
#: Letters of a unit's code.
_LONGEST = 120


@require_safe
def compare(request: HttpRequest, slug: str, label: str) -> HttpResponse:
    """Up to four cities side by side; all of them are in the address."""
    found = opened(request, slug, label)
    ranked = queries.standings(found.shown, queries.places(found.edition))
    by_code = {row.code: row for row in ranked}
    asked = [code for code in dict.fromkeys(request.GET.getlist("city")) if code]
    rows = [by_code[code] for code in asked if code in by_code][:MOST]
    tree, total = found.framework, sum(row.rank is not None for row in ranked)
    context = found.context(
        "compare",
        rows=rows,
        unknown=words.listed(code[:_LONGEST] for code in asked if code not in by_code),
        removals=[
            {"name": row.place.name, "url": _address(found, [one for one in rows if one != row])} for row in rows
        ],
        others=sorted(((row.code, row.place.name) for row in ranked if row not in rows), key=lambda one: one[1]),
        has_room=len(rows) < MOST,
        chart_caption=found.told(_("Scores with their intervals")),
        chart_rows=[_chart_row(found, row) for row in rows],
        pairs=_pairs(found, rows),
        columns=[{"title": row.place.name, "url": found.address("unit", row.code)} for row in rows],
        scores=[
            {"label": _("Place"), "cells": [words.place_words(row, total) for row in rows]},
            *_scores(found, rows, (tree.root, *tree.children[tree.root.code])),
        ],
        indicators=_scores(found, rows, tree.indicators),
        gaps=_gaps(found, rows),
    )
    return render(request, "barometer/compare.html", context)


def _address(found: Opened, rows: Sequence[Standing]) -> str:
    return found.address("compare", city=[row.code for row in rows])


def _chart_row(found: Opened, row: Standing) -> IntervalRow:
    return IntervalRow(
        label=row.place.name, value=row.score, lower=row.lower, upper=row.upper, rank=row.rank_text,
        url=found.address("unit", row.code),
    )  # fmt: skip


def _pairs(found: Opened, rows: Sequence[Standing]) -> list[str]:
    """How sure it is of each pair which one is above."""
    scored = [row for row in rows if row.best is not None]
    pairs = list(combinations(scored, 2))
    chances = queries.above(found.edition, found.shown.year, [(one.code, other.code) for one, other in pairs])
    return [
        words.above_words(chance, one.place.short, other.place.short)
        for chance, (one, other) in zip(chances, pairs, strict=False)  # none where they would take minutes
    ]


def _scores(found: Opened, rows: Sequence[Standing], nodes: Iterable[Node]) -> list[dict[str, Any]]:
    """The scores of some nodes side by side."""
    columns, year = found.figures.nodes, found.shown
    scores = [year.scores[year.units.index(row.code)] for row in rows]
    return [
        {"label": node.label, "cells": [words.number(score[columns.index(node.code)]) for score in scores]}
        for node in nodes
    ]


def _gaps(found: Opened, rows: Sequence[Standing]) -> list[dict[str, Any]]:
    """What makes the gap between the first city and each of the others."""
    if not rows:
        return []
    first, *others = rows
    told = []
    for other in others:
        gap = queries.gap(found.edition, found.framework, found.shown.year, first.code, other.code)
        if gap is not None:
            told.append(gap_told(found, gap, first.place.short, other.place.short) | {"name": other.place.short})
    return told
