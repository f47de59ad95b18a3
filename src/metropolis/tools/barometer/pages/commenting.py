"""What cities say of their own figures before these are published, and the answers."""

from collections.abc import Iterable
from typing import Any
from urllib.parse import quote

import numpy as np
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods

from metropolis.engine_kit import NotAllowed, NotFound
from metropolis.foundation.accounts.queries import signed_in, viewer_of
from metropolis.foundation.records.forms import refusals_in
from metropolis.tools.barometer import operations, queries
from metropolis.tools.barometer.engine import Framework
from metropolis.tools.barometer.forms import AnswerForm, CommentForm
from metropolis.tools.barometer.values import CommentInput

_GET_OR_POST = ["GET", "HEAD", "POST"]
_PER_PAGE = 20


@require_http_methods(_GET_OR_POST)
def comments(request: HttpRequest, slug: str, label: str) -> HttpResponse:
    """A city's figures beside the median, the form to comment on them, and what was said and answered so far.

    `?unit=` chooses among several cities, `?year=` among the city's years; makers see all comments and answer them.
    """
    viewer = viewer_of(request.user)
    row, workspace = queries.edition(slug, label, viewer)
    wording = queries.wording(row.barometer)
    own = queries.units_to_comment_on(row, workspace)
    if not (own or queries.hears_cities(workspace)):
        signed_in(viewer)
        raise NotAllowed(_("This page is for the cities in the edition, and for those who make it."))
    units = [unit for unit in row.units.all() if unit.code in own]
    unit = next((one for one in units if one.code == request.GET.get("unit")), units[0] if len(units) == 1 else None)
    framework = queries.material_of(row).framework
    if framework is not None:
        framework = wording.framework(framework)
    form = None
    if unit is not None and framework is not None and row.published_at is None:
        form = CommentForm(request.POST or None, framework=framework, node=request.GET.get("node", ""))
        if request.method == "POST" and form.is_valid() and _is_added(request, slug, label, form, unit.code):
            return redirect(f"{request.path}?unit={quote(unit.code)}#comments")
    page = Paginator(queries.comments(row, workspace), _PER_PAGE).get_page(request.GET.get("page"))
    may_answer = workspace.allows("barometer.answer_comment") and row.published_at is None
    years = _years(row, unit.code) if unit is not None else []
    year = next((one for one in years if str(one) == request.GET.get("year")), years[-1] if years else None)
    context = {
        "edition": wording.edition(row),
        "barometer": wording.barometer(row.barometer),
        "units": units,
        "unit": unit,
        "form": form,
        "figures": _figures(row, framework, unit.code, year) if unit is not None else [],
        "years": years,
        "year": year,
        "columns": _columns(),
        "page": page,
        "comments": _told(page, row, framework, may_answer=may_answer),
        "may_make": workspace.allows("barometer.change_edition", author=row.barometer.author),
    }
    return render(request, "barometer/comments.html", context)


def _is_added(request: HttpRequest, slug: str, label: str, form: CommentForm, unit: str) -> bool:
    with refusals_in(form):
        said = CommentInput(unit=unit, **form.cleaned_data)
        operations.add_comment(barometer_slug=slug, label=label, actor=signed_in(request.user), content=said)
        messages.success(request, _("Thank you. Those who make the barometer are told, and will answer."))
    return form.is_valid()


@require_http_methods(["POST"])
def answer(request: HttpRequest, slug: str, label: str, id: int) -> HttpResponse:
    """Answer a comment."""
    actor = signed_in(request.user)
    form = AnswerForm(request.POST)
    if form.is_valid():
        told = {**form.cleaned_data, "now": timezone.now()}
        operations.answer_comment(barometer_slug=slug, label=label, comment_id=id, actor=actor, **told)
        messages.success(request, _("The answer is saved, and sent by mail."))
    else:
        queries.comment(slug, label, id, actor)[1].require("barometer.answer_comment")
        messages.error(request, _("Write an answer."))
    return redirect("barometer:comments", slug, label)


def _told(shown: Iterable[Any], row: Any, framework: Framework | None, *, may_answer: bool) -> list[dict[str, Any]]:
    names = dict(row.units.values_list("code", "name"))
    labels = {node.code: node.label for node in framework.nodes} if framework is not None else {}
    return [
        {
            "row": one,
            "unit": names.get(one.unit, one.unit),
            "node": labels.get(one.node, one.node),
            "form": AnswerForm(initial={"answer": one.answer}, auto_id=f"id_{one.pk}_%s") if may_answer else None,
        }
        for one in shown
    ]


def _columns() -> list[dict[str, Any]]:
    return [
        {"label": _("Indicator")},
        {"label": _("Year")},
        {"label": _("Your city"), "number": True},
        {"label": _("Median of all cities"), "number": True},
        {"label": pgettext("of an indicator", "Unit")},
        {"label": _("Source")},
    ]


def _years(row: Any, unit: str) -> list[int]:
    """The years a city has figures of, the last one last; none where the data have no years."""
    data = queries.material_of(row).data
    if data is None:
        return []
    table = data.table
    return sorted(time for name, time in zip(table.units, table.times, strict=False) if name == unit)


def _figures(row: Any, framework: Framework | None, unit: str, year: int | None) -> list[list[Any]]:
    """A row for each indicator: the city's figure of a year beside the median of that year."""
    material = queries.material_of(row)
    if framework is None or material.data is None:
        raise NotFound(_("There are no figures yet."), field="data")
    table = material.data.table
    if year is not None:
        table = table.of_year(year)
    place = table.units.index(unit)
    rows = []
    for node in framework.indicators:
        if node.code in table.columns:
            column = table.column(node.code)
            median = float(np.nanmedian(column)) if not np.isnan(column).all() else None
            own = None if np.isnan(column[place]) else float(column[place])
            if node.is_soft:  # an estimate has more digits than it can stand for
                own = _rounded(own)
            rows.append([node.label, node.year or year, own, _rounded(median), node.unit, node.source])
    return rows


def _rounded(value: float | None) -> float | None:
    return None if value is None else float(f"{value:.4g}")
