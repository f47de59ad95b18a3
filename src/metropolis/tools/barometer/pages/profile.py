"""One city in an edition."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from metropolis.tools.barometer.pages.frame import opened


@require_safe
def unit(request: HttpRequest, slug: str, label: str, unit: str) -> HttpResponse:
    """One city: its score, why, and what would move it up."""
    found = opened(request, slug, label)
    return render(request, "barometer/unit.html", found.context("unit", unit=unit))
