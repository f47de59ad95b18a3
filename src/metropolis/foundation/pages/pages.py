"""The pages that belong to no tool."""

import json
from pathlib import Path

from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from metropolis.foundation.pages.forms import DesignForm

EXAMPLES = Path(__file__).parent / "data" / "design.json"


def about(request: HttpRequest) -> HttpResponse:
    """What Metropolis is, who it is for and where its facts come from."""
    return render(request, "pages/about.html")


def design(request: HttpRequest) -> HttpResponse:
    """Every component with invented data, for those who make pages; not on a public site."""
    if not (settings.DEBUG or settings.ENVIRONMENT.demonstration):
        raise Http404
    context = json.loads(EXAMPLES.read_text(encoding="utf-8"))
    context["form"] = DesignForm()
    grouped = DesignForm(prefix="grouped")
    context["grouped"] = [grouped["title"], grouped["started_on"]]
    context["wrong_form"] = DesignForm({"title": "Green ways", "theme": "unheard of"}, prefix="wrong")
    context["page"] = Paginator(range(200), 10).get_page(request.GET.get("page"))
    return render(request, "pages/design.html", context)
