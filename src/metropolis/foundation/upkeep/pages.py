"""The page of those who look after the site."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_POST, require_safe

from metropolis.foundation.accounts.queries import viewer_of
from metropolis.foundation.upkeep import operations, queries

_AT_ONCE = 20


@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """How long the queue is, who works, what failed, and how the index and the mails are."""
    state = queries.state(viewer_of(request.user))
    context = state | {
        "stats": _stats(state),
        "queue_columns": [{"label": label, "number": bool(place)} for place, label in enumerate(_queue_heads())],
        "queue_rows": [[queue, *counts.values()] for queue, counts in state["queues"].items()],
        "facts": [{"label": label, "value": value} for label, value in state["facts"]],
        "mails": [{"label": label, "value": count} for label, count in state["mails"]],
        "running": state["running"][:_AT_ONCE],
        "again": state["again"][:_AT_ONCE],
        "page": Paginator(state["failed"], _AT_ONCE).get_page(request.GET.get("page")),
    }
    return render(request, "upkeep/overview.html", context)


def _queue_heads() -> list[str]:
    return [
        pgettext("tasks", "Queue"),
        pgettext("tasks", "Waiting"),
        pgettext("tasks", "Running"),
        pgettext("tasks", "Failed"),
        pgettext("tasks", "Done in the last two weeks"),
    ]


def _stats(state: dict[str, Any]) -> list[dict[str, Any]]:
    _queue, waiting, running, failed, _done = _queue_heads()
    counts = state["queues"].values()
    return [
        {"label": waiting, "value": sum(count["READY"] for count in counts)},
        {"label": running, "value": sum(count["RUNNING"] for count in counts)},
        {"label": failed, "value": sum(count["FAILED"] for count in counts)},
        {"label": _("Workers alive"), "value": len(state["workers"])},
    ]


@require_POST
def retry(request: HttpRequest, task: UUID) -> HttpResponse:
    """Begin a failed task again."""
    operations.retry_task(task=str(task), actor=viewer_of(request.user))
    messages.success(request, _("The task is in the queue again."))
    return redirect("upkeep:overview")


@require_POST
def discard(request: HttpRequest, task: UUID) -> HttpResponse:
    """Forget a failed task."""
    operations.discard_task(task=str(task), actor=viewer_of(request.user))
    messages.success(request, _("The task was discarded."))
    return redirect("upkeep:overview")
