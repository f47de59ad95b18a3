"""Deciding on tasks that failed."""

from django.db import transaction

from metropolis.foundation.accounts.access import require_in_network
from metropolis.foundation.accounts.queries import Viewer
from metropolis.foundation.background import operations as background
from metropolis.foundation.history.operations import record
from metropolis.foundation.records.values import Reference
from metropolis.foundation.upkeep.queries import RIGHT


@transaction.atomic
def retry_task(*, task: str, actor: Viewer) -> None:
    """Begin a failed task again; `Conflict` when it has not failed, or somebody was faster."""
    person = require_in_network(actor, RIGHT)
    background.retry_task(task=task)
    record(actor=person, verb="retry_task", reference=Reference(kind="task", key=task))


@transaction.atomic
def discard_task(*, task: str, actor: Viewer) -> None:
    """Forget a failed task; `Conflict` when it has not failed, or somebody was faster."""
    person = require_in_network(actor, RIGHT)
    background.discard_task(task=task)
    record(actor=person, verb="discard_task", reference=Reference(kind="task", key=task))
