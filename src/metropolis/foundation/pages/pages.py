"""The pages that belong to no tool."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def about(request: HttpRequest) -> HttpResponse:
    """What Metropolis is, who makes it and where its facts come from."""
    return render(request, "pages/about.html")
