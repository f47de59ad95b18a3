"""Looking at the queue."""

from typing import Any

from django.db.models import Count, QuerySet
from django.utils import timezone
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from metropolis.foundation.background.models import Worker
from metropolis.foundation.background.values import QUEUES, task_id

Tasks = QuerySet[DBTaskResult[..., Any]]


def queue_counts() -> dict[str, dict[str, int]]:
    """How many tasks of each queue are in each status, by queue and status."""
    counts = {queue: dict.fromkeys(TaskResultStatus.values, 0) for queue in QUEUES}
    rows = DBTaskResult.objects.order_by().values_list("queue_name", "status").annotate(count=Count("pk"))
    for queue, status, count in rows:
        counts.setdefault(queue, dict.fromkeys(TaskResultStatus.values, 0))[status] = count
    return counts


def running_tasks() -> Tasks:
    """What is being done now, the longest first."""
    return DBTaskResult.objects.running().order_by("started_at")


def tasks_to_try_again() -> Tasks:
    """What failed and will be begun again by itself, the next first."""
    return DBTaskResult.objects.filter(status=TaskResultStatus.READY).exclude(traceback="").order_by("run_after")


def failed_tasks() -> Tasks:
    """What failed and is not tried any more, the newest first."""
    return DBTaskResult.objects.failed().order_by("-finished_at", "pk")


def living_workers() -> list[Worker]:
    """The workers that have not missed saying that they live, the oldest first."""
    return list(Worker.objects.filter(alive_until__gte=timezone.now()).order_by("started_at"))


def has_failed(key: str) -> bool:
    """Whether the task that was put in the queue under `key` failed and is not tried any more."""
    return DBTaskResult.objects.failed().filter(pk=task_id(key)).exists()
