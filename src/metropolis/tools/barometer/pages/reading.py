"""The pages on which barometers and their editions are read."""

from collections.abc import Sequence
from itertools import groupby
from typing import Any

from django.conf import settings
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from metropolis.engine_kit import NotAllowed
from metropolis.foundation.accounts.queries import Viewer, viewer_of
from metropolis.foundation.pages.engine.charts import IntervalRow
from metropolis.foundation.records.values import Reference
from metropolis.tools.barometer import queries
from metropolis.tools.barometer.pages.choosing import Chosen, choices, chosen
from metropolis.tools.barometer.pages.files import offered
from metropolis.tools.barometer.pages.frame import Opened, opened
from metropolis.tools.barometer.queries import Standing, words

_PER_PAGE = 20
#: Cities of a ranking on one page.
_RANKED = 100
_QUARTERS = 4


@require_safe
def barometers(request: HttpRequest) -> HttpResponse:
    """The list of barometers."""
    viewer = viewer_of(request.user)
    page = Paginator(queries.barometers(viewer), _PER_PAGE).get_page(request.GET.get("page"))
    cards = queries.barometer_cards(page.object_list)
    context = {"page": page, "cards": cards, "may_begin": _may_begin(viewer)}
    context["consultations"] = queries.consultations(viewer)
    return render(request, "barometer/barometers.html", context)


def _may_begin(viewer: Viewer) -> bool:
    try:
        return bool(queries.initiatives_to_add_to(viewer))
    except NotAllowed:
        return False


def latest(query: QueryDict, most: int) -> list[Reference]:  # noqa: ARG001 - the list has no filters
    """The public barometers, changed last first."""
    return [Reference(kind="barometer", key=row.slug) for row in queries.barometers(None)[:most]]


@require_safe
def barometer(request: HttpRequest, slug: str) -> HttpResponse:
    """A barometer: its last edition, or that there is none yet."""
    viewer = viewer_of(request.user)
    last = queries.latest_edition(slug, viewer)
    if last is not None:
        return _overview(request, opened(request, slug, last.label))
    row, workspace = queries.barometer(slug, viewer)
    wording = queries.wording(row)
    context = {
        "barometer": wording.barometer(row),
        "wording": wording,
        "editions": queries.editions(row, viewer),
        "may_make": workspace.allows("barometer.change_edition", author=row.author),
    }
    return render(request, "barometer/barometer.html", context)


@require_safe
def edition(request: HttpRequest, slug: str, label: str) -> HttpResponse:
    """One edition: its map and its ranking."""
    return _overview(request, opened(request, slug, label))


def _overview(request: HttpRequest, found: Opened) -> HttpResponse:
    if queries.figures_of(found.edition) is None:
        return render(request, "barometer/edition.html", found.context("edition"))
    places = queries.places(found.edition)
    ranked = queries.standings(found.shown, places)
    wanted = chosen(request.GET, found, places)
    rows = wanted.of(ranked, found.shown)
    page = Paginator(rows, _RANKED).get_page(request.GET.get("page"))
    context = found.context(
        "edition",
        summary=words.summary(ranked, found.framework),
        points=_points(found, ranked),
        choices=choices(found, places),
        wanted=wanted,
        page=page,
        chart_rows=[_chart_row(found, row, wanted) for row in page.object_list],
        chart_caption=_caption(found, wanted),
        node_label=found.framework.by_code[wanted.node].label if wanted.node else "",
        groups=_groups(found, list(page.object_list), len(ranked), wanted),
        editions=queries.editions(found.edition.barometer, found.workspace.viewer),
        files=offered(found),
        citation=words.citation(found.edition, settings.SITE_ADDRESS),
    )
    return render(request, "barometer/edition.html", context)


def _caption(found: Opened, wanted: Chosen) -> str:
    node = found.framework.by_code[wanted.node] if wanted.node else found.framework.root
    message = (
        _("%(node)s: scores, the higher the better") if wanted.node else _("%(node)s: scores with their intervals")
    )
    return found.told(message % {"node": node.label})


def _chart_row(found: Opened, row: Standing, wanted: Chosen) -> IntervalRow:
    is_index = not wanted.node
    return IntervalRow(
        label=row.place.name,
        value=wanted.score(row, found.shown),
        lower=row.lower if is_index else None,
        upper=row.upper if is_index else None,
        rank=row.rank_text if is_index else "",
        tie=row.group if wanted.is_whole else "",
        url=found.address("unit", row.code),
    )


def _groups(found: Opened, rows: Sequence[Standing], total: int, wanted: Chosen) -> list[dict[str, Any]]:
    """The rows of the table; those of one letter together where the ranking is shown as it is."""
    if not wanted.is_whole:
        return [{"heading": "", "rows": [_row(found, row, total, wanted) for row in rows]}]
    parts = groupby(rows, key=lambda row: (row.group, row.group or row.code))
    return [
        {"heading": _heading(letter, some), "rows": [_row(found, row, total, wanted) for row in some]}
        for (letter, _key), some in ((key, list(part)) for key, part in parts)
    ]


def _heading(letter: str, rows: Sequence[Standing]) -> str:
    if letter:
        count = len(rows)
        message = ngettext(
            "%(letter)s: %(count)s city",
            "%(letter)s: %(count)s cities, of which neighbours cannot be told apart",
            count,
        )
        return message % {"letter": letter, "count": words.number(count, 0)}
    return _("Clearly apart from its neighbours") if rows[0].best is not None else ""


def _row(found: Opened, row: Standing, total: int, wanted: Chosen) -> dict[str, Any]:
    return {
        "name": row.place.name,
        "url": found.address("unit", row.code),
        "place": row.rank_text,
        "place_words": words.place_words(row, total),
        "score": words.number(row.score),
        "interval": words.interval(row.lower, row.upper),
        "node": words.number(wanted.score(row, found.shown)) if wanted.node else "",
        "top_quarter": words.probability(row.top_quarter) if row.top_quarter is not None else None,
        "above_next": words.probability(row.above_next) if row.above_next is not None else "",
    }


def _points(found: Opened, rows: Sequence[Standing]) -> dict[str, Any]:
    """The cities for the map, each in one of four groups of the ranking."""
    scored = sum(row.rank is not None for row in rows)
    features = [
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [row.place.city.longitude, row.place.city.latitude]},
            "properties": {
                "title": f"{row.place.name}: {words.place_words(row, scored)}",
                "url": found.address("unit", row.code),
                "line": _("score %(score)s") % {"score": words.number(row.score)},
                "tone": str(1 + (row.rank - 1) * _QUARTERS // scored) if row.rank is not None else "",
            },
        }
        for row in rows
        if row.place.city is not None
    ]
    return {"type": "FeatureCollection", "features": features}
