"""Cities side by side."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from metropolis.tools.barometer.pages.frame import opened


@require_safe
def compare(request: HttpRequest, slug: str, label: str) -> HttpResponse:
    """Up to four cities side by side."""
    found = opened(request, slug, label)
    return render(request, "barometer/compare.html", found.context("compare"))
