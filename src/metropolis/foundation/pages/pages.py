"""The pages that belong to no tool."""

import json
from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

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


def deletion(
    request: HttpRequest, delete: Callable[[], object], *, title: str, text: str, done: str, urls: tuple[str, str]
) -> HttpResponse:
    """The page that asks, by `title` and `text`, before something is deleted; once it is sent, `delete()` and say so.

    `urls` are where to cancel to, and where to go when it is `done`: an address or the name of one.
    """
    cancel_url, next_url = urls
    if request.method == "POST":
        delete()
        messages.success(request, done)
        return redirect(next_url)
    context = {"title": title, "text": text, "action": _("Delete"), "cancel_url": cancel_url, "dangerous": True}
    return render(request, "pages/confirm.html", context)
