"""What goes into the queue and out of it."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django_tasks import TaskResultStatus
from django_tasks.base import Task
from django_tasks.utils import normalize_json
from django_tasks_db.models import DBTaskResult

from metropolis.engine_kit import Conflict
from metropolis.foundation.background.values import KEEP_DONE, KEEP_FAILED, task_id


def enqueue(task: Task[..., Any] | str, *, key: str, **arguments: Any) -> bool:
    """Put a task in the queue; whether it is new there.

    It is there once the caller's transaction is committed, and never when that is rolled back. The same key goes in
    once only, as long as the outcome of the first is remembered (two weeks): put into it what makes the work another,
    such as an id and a version. `task` may be the task's dotted path, as an operation cannot import the tasks that call
    it. `arguments` are what JSON can hold; pass ids, not records.
    """
    found: Task[..., Any] = import_string(task) if isinstance(task, str) else task
    _row, is_new = DBTaskResult.objects.get_or_create(
        id=task_id(key),
        defaults={
            "task_path": found.module_path,
            "queue_name": found.queue_name,
            "priority": found.priority,
            "backend_name": found.backend,
            "run_after": found.run_after or timezone.now(),
            "args_kwargs": normalize_json({"args": [], "kwargs": arguments}),
        },
    )
    return is_new


def enqueue_due(*, now: datetime) -> int:
    """Put the tasks of `settings.PERIODIC_TASKS` whose interval has begun in the queue; how many were new.

    Any number of workers may call this at any time: each interval has one key.
    """
    return sum(
        enqueue(path, key=f"{path} {now.timestamp() // every.total_seconds():.0f}")
        for path, every in settings.PERIODIC_TASKS.items()
    )


def retry_task(*, task: str) -> None:
    """Begin a failed task again, with all its attempts; `Conflict` when it has not failed, or not any more."""
    again = {"status": TaskResultStatus.READY, "run_after": timezone.now(), "worker_ids": [], "finished_at": None}
    if not DBTaskResult.objects.failed().filter(pk=task).update(**again):
        raise Conflict(_("This task has not failed, or somebody was faster."))


def discard_task(*, task: str) -> None:
    """Forget a failed task; `Conflict` when it has not failed, or not any more."""
    if not DBTaskResult.objects.failed().filter(pk=task).delete()[0]:
        raise Conflict(_("This task has not failed, or somebody was faster."))


def forget_finished(*, now: datetime) -> int:
    """Forget what was done or has failed long ago; how many tasks that were."""
    done = DBTaskResult.objects.successful().filter(finished_at__lt=now - KEEP_DONE)
    failed = DBTaskResult.objects.failed().filter(finished_at__lt=now - KEEP_FAILED)
    return done.delete()[0] + failed.delete()[0]
