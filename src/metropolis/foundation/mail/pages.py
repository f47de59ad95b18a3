"""The mails of a demonstration, which writes to nobody."""

from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from metropolis.foundation.mail import queries


@require_safe
def outbox(request: HttpRequest) -> HttpResponse:
    """Every mail, the newest first; only in a demonstration."""
    _require_demonstration()
    page = Paginator(queries.mails(), 20).get_page(request.GET.get("page"))
    return render(request, "mail/outbox.html", {"page": page})


@require_safe
def mail(request: HttpRequest, pk: int) -> HttpResponse:
    """One mail as its reader sees it; only in a demonstration."""
    _require_demonstration()
    return render(request, "mail/mail.html", {"mail": queries.mail(pk)})


def _require_demonstration() -> None:
    if not settings.ENVIRONMENT.demonstration:
        raise Http404
