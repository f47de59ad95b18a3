"""The pages to read practices on."""

from functools import partial
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from metropolis.foundation.accounts.queries import viewer_of
from metropolis.foundation.records.queries import language_name
from metropolis.foundation.records.values import Filter, Reference
from metropolis.tools.practices.forms import FilterForm
from metropolis.tools.practices.queries import (
    Reading,
    card_rows,
    field_label,
    listed_practices,
    practice_cards,
    practice_history,
    practice_tags,
    reading,
    snapshot_facts,
    told_sections,
)

_PER_PAGE = 20


@require_safe
def practices(request: HttpRequest) -> HttpResponse:
    """The list of practices, with filters and page in the address."""
    viewer = viewer_of(request.user)
    form = FilterForm(request.GET, viewer=viewer)
    rows = card_rows(listed_practices(viewer, form.wanted()))
    page = Paginator(rows, _PER_PAGE).get_page(request.GET.get("page"))
    cards = practice_cards(page.object_list)
    return render(
        request, "practices/practices.html", {"form": form, "page": page, "cards": cards, "chosen": form.chosen()}
    )


def latest(query: QueryDict, most: int) -> list[Reference]:
    """The public practices that an address of the list asks for, changed last first."""
    rows = listed_practices(None, FilterForm(query, viewer=None).wanted()).order_by("-updated_at", "-id")
    return [Reference(kind="practice", key=row.slug) for row in rows[:most]]


def _has(value: str, viewer: Any, *, name: str) -> bool:
    return not FilterForm({name: value}, viewer=viewer).errors


#: The filters that the address of the list may have.
FILTERS: dict[str, Filter] = {name: partial(_has, name=name) for name in FilterForm.base_fields}


@require_safe
def practice(request: HttpRequest, slug: str) -> HttpResponse:
    """One practice, in the reader's language if it is translated, or in the one the address asks for."""
    found = reading(slug, viewer_of(request.user), request.GET.get("language", ""))
    sections, untold = told_sections(found)
    row = found.practice
    missing = (name for section in found.completeness.sections for name in section.missing)
    context = {
        "practice": row,
        "initiative": found.workspace.initiative,
        "reading": found,
        "title": found.texts["title"],
        "line": found.texts["one_line"],
        "summary": found.texts["summary"],
        "stopped_why": found.texts["stopped_why"],
        "sections": sections,
        "untold": untold,
        "facts": _facts(found),
        "tags": practice_tags(row),
        "goals": [term.label() for term in row.terms.all() if term.vocabulary == "sdg"],
        "percent": f"{found.completeness.share:.0%}",
        "missing": [field_label(name) for name in missing],
        "languages": _language_tabs(found),
        "translated_note": _("Translated from %(language)s. %(origin)s.")
        % {"language": language_name(row.language), "origin": found.version.origin_label},
        "may": {right: found.allows(f"{right}_practice") for right in ("change", "translate", "publish", "delete")},
        "may_review": found.workspace.allows("practices.review_practice"),
        "is_due": row.review_due_on is not None and row.review_due_on < timezone.localdate(),
    }
    return render(request, "practices/practice.html", context)


def _facts(found: Reading) -> list[dict[str, Any]]:
    city, initiative = found.practice.city, found.workspace.initiative
    try:
        city_url = reverse("exchange:city", args=[city.pk, city.slug])
    except NoReverseMatch:  # the tool that has the cities' pages is not installed
        city_url = ""
    return [
        {"label": _("City"), "value": city.title, "url": city_url},
        *({"label": fact.label, "value": fact.text} for fact in snapshot_facts(found.practice)),
        {"label": _("Initiative"), "value": initiative.title, "url": initiative.get_absolute_url()},
    ]


def _language_tabs(found: Reading) -> list[dict[str, Any]]:
    return [
        {
            "label": language_name(version.language)
            if version.origin
            else _("%(language)s (original)") % {"language": language_name(version.language)},
            "url": f"?language={version.language}",
            "here": version == found.version,
        }
        for version in found.versions
    ]


@require_safe
def history(request: HttpRequest, slug: str) -> HttpResponse:
    """Who did what, and which words changed."""
    viewer = viewer_of(request.user)
    found = reading(slug, viewer)
    context = {"practice": found.practice, "title": found.texts["title"], "deeds": practice_history(slug, viewer)}
    return render(request, "practices/history.html", context)
