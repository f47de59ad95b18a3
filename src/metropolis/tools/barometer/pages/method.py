"""The method page, made of the recipe."""

from collections import Counter
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from metropolis.tools.barometer import queries
from metropolis.tools.barometer.engine.tracing import Trace
from metropolis.tools.barometer.pages.frame import Opened, opened
from metropolis.tools.barometer.pages.rebuilding import in_its_year, rebuilding
from metropolis.tools.barometer.pages.steps import step_words
from metropolis.tools.barometer.pages.surely import varied_inputs
from metropolis.tools.barometer.queries.units import places
from metropolis.tools.barometer.queries.words import figure, listed, number

#: Outliers listed at most; the workbook has all of them.
_LISTED = 200


@require_safe
def method(request: HttpRequest, slug: str, label: str) -> HttpResponse:
    """Every step of the edition in words, what it did, what is varied, and how to compute it again."""
    found = opened(request, slug, label)
    trace = queries.trace_of(found.edition)
    names = {code: place.name for code, place in places(found.edition).items()}
    done = {"impute": _filled(found, trace), "screen": _left_out(trace, names)}
    steps = [step_words(step, found.framework) for step in found.material.recipe.steps]
    context = found.context(
        "method",
        steps=[
            {"words": words, "done": done.get(step.do, "")}
            for step, words in zip(found.material.recipe.steps, steps, strict=True)
        ],
        outliers=_outliers(found, trace, names),
        outliers_count=len(trace.moved),
        transformed=_transformed(found, trace),
        inputs=varied_inputs(found),
        breaks=[
            {"label": found.framework.by_code[one.code].label, "year": one.year, "note": one.note}
            for one in found.material.breaks
            if one.code in found.framework.by_code
        ],
        sensitivity_url=found.address("sensitivity"),
        again=rebuilding(found),
        files={name: found.address("download", name) for name in ("data.csv", "framework.csv", "recipe.json")},
        more_files={
            "material.json": found.address("download", "material.json"),
            "variation.json": in_its_year(found).address("download", "variation.json"),
        },
    )
    return render(request, "barometer/method.html", context)


def _filled(found: Opened, trace: Trace) -> str:
    count = len(trace.imputed)
    if not count:
        return _("There was no gap to fill.")
    most, gaps = Counter(code for _unit, _year, code in trace.imputed).most_common(1)[0]
    told = {
        "count": number(count, 0),
        "name": found.framework.by_code[most].label,
        "gaps": number(gaps, 0),
    }
    return (
        ngettext(
            "%(count)s figure was filled in, of “%(name)s”.",
            "%(count)s figures were filled in, most of them, %(gaps)s, of “%(name)s”.",
            count,
        )
        % told
    )


def _left_out(trace: Trace, names: dict[str, str]) -> str:
    rows = sorted(trace.left_out, key=lambda row: (row[1] or 0, names.get(row[0], row[0])))
    if not rows:
        return _("Every city stayed.")
    told = [f"{names.get(unit, unit)} ({year})" if year else names.get(unit, unit) for unit, year in rows]
    return _("Left out: %(names)s.") % {"names": listed(told)}


def _outliers(found: Opened, trace: Trace, names: dict[str, str]) -> list[dict[str, Any]]:
    labels = found.framework.by_code
    return [
        {
            "city": names.get(one.unit, one.unit),
            "year": one.year,
            "label": labels[one.code].label,
            "before": figure(one.before),
            "after": figure(one.after),
        }
        for one in list(trace.moved.values())[:_LISTED]
    ]


def _transformed(found: Opened, trace: Trace) -> list[dict[str, str]]:
    words = {"log": _("its logarithm is taken"), "box-cox": _("a Box-Cox transformation of it is taken")}
    return [
        {"label": found.framework.by_code[code].label, "value": words.get(how, how)}
        for code, how in trace.transformed.items()
    ]
