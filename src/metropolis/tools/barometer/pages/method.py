"""The method page, made of the recipe."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from metropolis.tools.barometer.pages.frame import opened


@require_safe
def method(request: HttpRequest, slug: str, label: str) -> HttpResponse:
    """Every step of the edition, in words."""
    found = opened(request, slug, label)
    return render(request, "barometer/method.html", found.context("method"))
