"""A city's profile, and things side by side."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from metropolis.engine_kit import Conflict, MetropolisError
from metropolis.foundation.places.queries import find_city
from metropolis.foundation.records.values import Reference
from metropolis.tools.exchange.operations import keep_up
from metropolis.tools.exchange.queries import MOST, Comparison, city_profile, comparison, suggestions
from metropolis.tools.exchange.values import CITY


@require_safe
def city(request: HttpRequest, city_id: int, slug: str) -> HttpResponse:
    """What the network knows of a city."""
    keep_up()
    profile = city_profile(city_id)
    if slug != profile.city.slug:
        return redirect("exchange:city", city_id, profile.city.slug, permanent=True)
    return render(request, "exchange/city.html", {"profile": profile})


@require_safe
def compare(request: HttpRequest) -> HttpResponse:
    """Up to four cities, or up to four records, side by side; all of them are in the address."""
    keep_up()
    items = list(dict.fromkeys(request.GET.getlist("item")))
    trouble = ""
    if city_text := request.GET.get("city", "").strip():
        try:
            return redirect(_address([*items, f"{CITY}:{find_city(city_text).id}"]))
        except MetropolisError as error:
            trouble = error.message
    shown = comparison([Reference.parse(item) for item in items])
    return render(request, "exchange/compare.html", _context(request, items, shown, trouble))


def _context(request: HttpRequest, items: list[str], shown: Comparison, trouble: str) -> dict[str, Any]:
    text = request.GET.get("q", "").strip()
    return {
        "items": items,
        "columns": [
            {"title": column.title, "url": column.url, "line": column.line, "kind": column.kind}
            for column in shown.columns
        ],
        "rows": [row._asdict() for row in shown.rows],
        "removals": [
            {"title": column.title, "url": _address([item for item in items if item != column.reference])}
            for column in shown.columns
        ],
        "has_room": len(items) < MOST,
        "of_cities": any(item.startswith(f"{CITY}:") for item in items),
        "text": text,
        "proposals": _proposals(text, items) if text else [],
        "trouble": trouble,
        "city_text": request.GET.get("city", ""),
        "kept": [("item", item) for item in items],
    }


def _proposals(text: str, items: list[str]) -> list[dict[str, str]]:
    try:
        found = suggestions(text, language=get_language() or "en", limit=8)
    except Conflict:
        return []
    return [
        {
            "kind": answer.reference.kind,
            "title": answer.title,
            "city": answer.city,
            "url": _address([*items, str(answer.reference)]),
        }
        for answer in found
        if str(answer.reference) not in items
    ]


def _address(items: list[str]) -> str:
    return f"{reverse('exchange:compare')}?{urlencode({'item': items}, doseq=True)}"
