"""The figures an edition is made of."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from metropolis.tools.barometer.pages.frame import opened


@require_safe
def data(request: HttpRequest, slug: str, label: str) -> HttpResponse:
    """All figures in a table."""
    found = opened(request, slug, label)
    return render(request, "barometer/data.html", found.context("data"))
