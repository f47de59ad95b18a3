"""The framework to explore, with weights moved by hand, and how sure it all is."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from metropolis.tools.barometer.pages.frame import opened


@require_safe
def framework(request: HttpRequest, slug: str, label: str) -> HttpResponse:
    """The tree of nodes; other weights give another ranking."""
    found = opened(request, slug, label)
    return render(request, "barometer/framework.html", found.context("framework"))


@require_safe
def sensitivity(request: HttpRequest, slug: str, label: str) -> HttpResponse:
    """Which choices move scores and ranks."""
    found = opened(request, slug, label)
    return render(request, "barometer/sensitivity.html", found.context("sensitivity"))
