"""What an edition is made of comes in: its two tables, which city each unit is, and the survey of residents."""

import csv
from io import StringIO
from typing import Any

import numpy as np
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_http_methods, require_safe

from metropolis.engine_kit import NotFound
from metropolis.foundation.records.forms import refusals_in
from metropolis.tools.barometer import operations, queries
from metropolis.tools.barometer.engine import Estimates, Framework, Report
from metropolis.tools.barometer.engine.surveys import Flag
from metropolis.tools.barometer.forms import CitiesForm, EstimatesForm, SurveyForm, TablesForm
from metropolis.tools.barometer.forms.surveys import StoredEstimates
from metropolis.tools.barometer.pages.drafting import address, context_of, draft
from metropolis.tools.barometer.queries.words import number

_GET_OR_POST = ["GET", "HEAD", "POST"]
_PER_PAGE = 100

#: The tables that can be filled in: headings and an example.
_TEMPLATES: dict[str, tuple[tuple[str, ...], ...]] = {
    "framework": (
        (
            "iCode", "Parent", "iName", "Type", "Weight", "Direction", "Unit", "goalpost_lower", "goalpost_upper",
            "Denominator", "Soft", "Year", "Source", "Licence",
        ),
        (
            "childcare", "services", "Childcare places", "Indicator", "1", "1", "per 100 children", "0", "60", "", "0",
            "2025", "Municipal statistics", "CC BY 4.0",
        ),
        ("services", "index", "Services", "Aggregate", "1", "1", *[""] * 8),
        ("index", "", "Caring city", "Aggregate", *[""] * 10),
    ),
    "data": (("uCode", "uName", "Time", "childcare"), ("rosario", "Rosario, AR", "2025", "41.5")),
    "answers": (
        ("uCode", "weight", "stratum", "cluster", "safe_home"),
        ("rosario", "1250.5", "north", "block 12", "very"),
    ),
    "measures": (("measure", "question", "counted", "ignored"), ("safety", "safe_home", "very|fairly", "unknown")),
    "margins": (("uCode", "question", "answer", "population"), ("rosario", "sex", "women", "512000")),
    "estimates": (
        ("uCode", "iCode", "value", "error", "answers", "deff"),
        ("rosario", "safety", "71.4", "2.1", "480", "1.3"),
    ),
}  # fmt: skip


@require_http_methods(_GET_OR_POST)
def make_tables(request: HttpRequest, slug: str, label: str) -> HttpResponse:
    """Framework and data: both are read and checked, and taken if nothing stands in the way."""
    found = draft(request, slug, label)
    form = TablesForm(request.POST or None, request.FILES or None, edition=found.row)
    if request.method == "POST" and form.is_valid() and form.checked is not None:
        checked = form.checked
        if not checked.is_taken:
            operations.refuse_tables(**found.place, report=checked.report)
            return redirect(address(found, "make_tables"))
        with refusals_in(form):
            operations.set_tables(**found.place, framework=checked.framework, data=checked.data)
            messages.success(request, _taken(checked.report))
            for finding in checked.report.findings:
                if finding.code == "unknown-column":  # the report to come is made of what was kept
                    messages.warning(request, queries.told(finding).sentence)
            return redirect(address(found, "make_report"))
    refused = Report.model_validate_json(found.row.refused) if found.row.refused else None
    context = context_of(found, _("Framework and data"), form=form, has_tables=found.material.is_complete)
    if refused is not None:
        context |= _reported(request, refused, severities=("error", "warning"))
    return render(request, "barometer/make/tables.html", context)


def _taken(report: Report) -> str:
    count = len(report.of("warning"))
    if not count:
        return _("The tables are taken in. Nothing in them looks wrong.")
    text = ngettext(
        "The tables are taken in. %(count)s thing is to be looked at.",
        "The tables are taken in. %(count)s things are to be looked at.",
        count,
    )
    return text % {"count": count}


@require_safe
def make_report(request: HttpRequest, slug: str, label: str) -> HttpResponse:
    """What is to be looked at in what the edition holds."""
    found = draft(request, slug, label)
    report = queries.report_on(found.row)
    if report is None:
        raise NotFound(_("There is nothing to check yet: upload framework and data first."), field="data")
    context = context_of(found, _("Check report"), **_reported(request, report))
    return render(request, "barometer/make/report.html", context)


@require_safe
def report_file(request: HttpRequest, slug: str, label: str, name: str) -> HttpResponse:
    """A report as CSV: on the tables that were not taken, or on what the edition holds."""
    found = draft(request, slug, label)
    report = queries.report_on(found.row) if name == "held" else None
    if name == "refused" and found.row.refused:
        report = Report.model_validate_json(found.row.refused)
    if report is None:
        raise NotFound(_("There is no such report."), field="report")
    heading = ("severity", "code", "row", "unit", "year", "column", "finding", "perhaps")
    rows: list[tuple[Any, ...]] = []
    for finding in report.findings:
        where = (finding.row, finding.unit, finding.year, finding.column)
        sentence = queries.told(finding).sentence
        rows.append((finding.severity, finding.code, *where, sentence, "; ".join(finding.perhaps)))
    return _csv(f"{slug}-{label}-check.csv", (heading, *rows))


def _reported(
    request: HttpRequest, report: Report, severities: tuple[str, ...] = ("error", "warning", "note")
) -> dict[str, Any]:
    counts = [(severity, len(report.of(severity))) for severity in severities]  # type: ignore[arg-type]
    titles = {
        "error": _("Errors: the tables cannot be taken so"),
        "warning": _("To be looked at: it may be wrong"),
        "note": _("Good to know"),
    }
    findings = [queries.told(finding) for finding in report.findings]
    return {
        "report": report,
        "stats": [{"value": count, "label": titles[severity]} for severity, count in counts],
        "page": Paginator(findings, _PER_PAGE).get_page(request.GET.get("page")),
        "unlisted": queries.unlisted(report),
    }


@require_safe
def table_template(request: HttpRequest, slug: str, label: str, name: str) -> HttpResponse:
    """A table to fill in: its headings, and one or more rows as an example; data with the framework's own columns."""
    found = draft(request, slug, label)
    if name not in _TEMPLATES:
        raise NotFound(_("There is no such table."), field="name")
    rows = _TEMPLATES[name]
    framework = found.material.framework
    if name == "data" and framework is not None:
        wanted = [node.code for node in framework.indicators if not node.is_soft]
        wanted += dict.fromkeys(node.denominator for node in framework.nodes if node.denominator)
        rows = (("uCode", "uName", "Time", *wanted), ("rosario", "Rosario, AR", "2025", *[""] * len(wanted)))
    return _csv(f"{name}.csv", rows)


def _csv(name: str, rows: tuple[tuple[Any, ...], ...]) -> HttpResponse:
    text = StringIO()
    csv.writer(text).writerows(rows)
    response = HttpResponse(text.getvalue(), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@require_http_methods(_GET_OR_POST)
def make_cities(request: HttpRequest, slug: str, label: str) -> HttpResponse:
    """Which city each unit is: those not found are asked for, all of them where the address says `all`."""
    found = draft(request, slug, label)
    units = list(found.row.units.select_related("city"))
    asked = units if "all" in request.GET else [unit for unit in units if unit.city is None]
    form = CitiesForm(request.POST or None, units=asked)
    if request.method == "POST" and form.is_valid():
        with refusals_in(form):
            operations.set_unit_cities(**found.place, cities=form.cities)
            messages.success(request, _("The cities are saved."))
            return redirect(address(found, "make_cities"))
    context = context_of(
        found,
        pgettext("of an edition", "Cities"),
        form=form,
        known=[unit for unit in units if unit.city is not None],
        twice=_twice(units),
        asks_all="all" in request.GET,
        perhaps=[(name, "; ".join(labels)) for name, labels in queries.likely_cities(units).items()],
    )
    return render(request, "barometer/make/cities.html", context)


def _twice(units: list[Any]) -> list[str]:
    """The cities that several units are."""
    seen: dict[int, list[str]] = {}
    for unit in units:
        if unit.city is not None:
            seen.setdefault(unit.city.pk, []).append(unit.name)
    return [", ".join(names) for names in seen.values() if len(names) > 1]


@require_http_methods(_GET_OR_POST)
def make_survey(request: HttpRequest, slug: str, label: str) -> HttpResponse:
    """A survey: its files come in, its estimates are shown, and once they are confirmed they stand in the data."""
    found = draft(request, slug, label)
    if "taken" in request.POST:
        return _take_estimates(request, found)
    form = SurveyForm(request.POST or None, request.FILES or None, material=found.material)
    context = context_of(found, _("Survey of residents"), form=form, kept=_kept(found))
    if request.method == "POST" and form.is_valid():
        stored = StoredEstimates.of(form.found, form.year_asked)
        context |= {
            "taking": EstimatesForm(initial={"taken": stored.model_dump_json()}),
            "measures": _shown(form.found, found.framework),
            "year": stored.year,
            "strange": [code for code in stored.table.columns if code not in found.framework.by_code],
        }
        return render(request, "barometer/make/estimates.html", context)
    return render(request, "barometer/make/survey.html", context)


def _take_estimates(request: HttpRequest, found: queries.Draft) -> HttpResponse:
    form = EstimatesForm(request.POST)
    if form.is_valid():
        taken: StoredEstimates = form.cleaned_data["taken"]
        with refusals_in(form):
            operations.add_estimates(**found.place, estimates=taken.estimates, year=taken.year)
            messages.success(request, _("The estimates stand in the data, with their errors. No answer was kept."))
            return redirect(address(found, "make_edition"))
    messages.error(request, " ".join(str(error) for errors in form.errors.values() for error in errors))
    return redirect(address(found, "make_survey"))


def _kept(found: queries.Draft) -> list[dict[str, Any]]:
    """The indicators whose errors are known, by name."""
    nodes = found.framework.by_code
    return [
        {"label": nodes[code].label if code in nodes else code, "count": sum(error > 0 for error in errors)}
        for code, errors in found.material.errors.items()
    ]


def _shown(estimates: Estimates, framework: Framework) -> list[dict[str, Any]]:
    """Each measure with a row a city: figure, error, answers, worth, design effect and what is to be known."""
    flags: dict[tuple[str, str], list[str]] = {}
    for flag in estimates.flags:
        flags.setdefault((flag.unit, flag.code), []).append(_words(flag))
    effects = estimates.design_effects
    shown = []
    for place, code in enumerate(estimates.table.columns):
        node = framework.by_code.get(code)
        values = estimates.table.values[:, place]
        columns = (
            (values, 1), (estimates.errors[:, place], 1), (estimates.answers[:, place], 0),
            (estimates.effective[:, place], 1), (effects[:, place], 1),
        )  # fmt: skip
        rows = [
            (unit, [_figure(column[row], digits) for column, digits in columns], _told(flags, unit, code))
            for row, unit in enumerate(estimates.table.units)
        ]
        shown.append(
            {
                "label": node.label if node else code,
                "rows": rows,
                "counts": _("figures: %(known)s; withheld: %(withheld)s")
                % {"known": int((~np.isnan(values)).sum()), "withheld": int(np.isnan(values).sum())},
            }
        )
    return shown


def _told(flags: dict[tuple[str, str], list[str]], unit: str, code: str) -> str:
    return " ".join(flags.get((unit, code), ()))


def _figure(value: float, digits: int) -> str:
    return number(float(value), digits) if np.isfinite(value) else _("unknown")


def _words(flag: Flag) -> str:
    sentences = {
        "withheld": _("Withheld: too few answers, or no error can be given."),
        "few": _("Few answers: read the range, not the rank."),
        "unanimous": _("All answers agree."),
        "lone cluster": _("A stratum has one cluster alone: the error is rather overstated."),
    }
    return sentences[flag.kind]
