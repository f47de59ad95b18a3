"""Working the queue off, so that a worker killed at any point loses no task and doubles no effect.

A worker claims a task under its own name, and says again and again that it lives (its *lease*). Another worker hands
the tasks of one that has not said so for too long back to the queue. A task is marked as done only by the claim under
which it was run, and a quick one in the transaction of its effects.
"""

import logging
import os
import socket
from collections.abc import Iterable
from datetime import timedelta
from traceback import format_exception
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django_tasks import TaskResultStatus
from django_tasks.utils import get_module_path, normalize_json
from django_tasks_db.models import DBTaskResult

from metropolis.engine_kit import InvalidInput, NotAllowed, NotFound
from metropolis.foundation.background.models import Worker
from metropolis.foundation.background.values import MOST_ATTEMPTS, QUEUES, QUICK, pause_after

log = logging.getLogger(__name__)

LEASE = timedelta(seconds=60)
#: What is refused today is refused tomorrow.
_FINAL = (InvalidInput, NotFound, NotAllowed)


class WorkerDismissed(Exception):
    """This worker was taken for dead, and its tasks were given to others: it has to register again."""


class _Lost(Exception):
    """The task is no longer this worker's, so what it did does not count."""


def register_worker(*, lease: timedelta = LEASE) -> Worker:
    """Sign this process on as a worker that will say within `lease` that it still lives."""
    return Worker.objects.create(host=socket.gethostname(), pid=os.getpid(), alive_until=timezone.now() + lease)


def keep_alive(*, worker: Worker, lease: timedelta = LEASE) -> None:
    """Say that a worker lives; `WorkerDismissed` when it was already taken for dead."""
    if not Worker.objects.filter(pk=worker.pk).update(alive_until=timezone.now() + lease):
        raise WorkerDismissed


def dismiss_worker(*, worker: Worker) -> int:
    """Sign a worker off, and hand back what it had begun as if it had not; how many tasks that were."""
    return _dismiss(worker.pk, {"pk": worker.pk}, was_killed=False)


def dismiss_dead_workers() -> int:
    """Hand the tasks of workers whose lease has run out back to the queue; how many tasks that were."""
    late = {"alive_until__lt": timezone.now()}
    return sum(_dismiss(pk, {"pk": pk} | late, was_killed=True) for pk in _ids(Worker.objects.filter(**late)))


def _ids(workers: Iterable[Worker]) -> list[UUID]:
    return [worker.pk for worker in workers]


@transaction.atomic
def _dismiss(pk: UUID, still: dict[str, Any], *, was_killed: bool) -> int:
    if not Worker.objects.filter(**still).delete()[0]:
        return 0
    running = DBTaskResult.objects.running().select_for_update()
    rows = [row for row in running if row.worker_ids[-1:] == [str(pk)]]
    for row in rows:
        if was_killed:
            log.warning("The worker of task %s (%s) was lost.", row.pk, row.task_path)
            row.exception_class_path, row.traceback = "", "The worker was killed while it ran this."
        else:
            row.worker_ids.pop()
        _put_back(row, at_once=True)
    return len(rows)


def work_off(*, queues: Iterable[str] = QUEUES) -> int:
    """Do what is due in these queues until nothing is; how many tasks were begun."""
    worker = register_worker()
    try:
        return sum(1 for queue in queues for _ in iter(lambda: work_one(queue=queue, worker=worker), False))  # noqa: B023 - called at once
    finally:
        dismiss_worker(worker=worker)


def work_one(*, queue: str, worker: Worker) -> bool:
    """Do the next task of a queue; whether there was one.

    A task that fails is tried again later, `MOST_ATTEMPTS` times in all, but for a refusal that would be repeated.
    `WorkerDismissed` when the worker was taken for dead.
    """
    row = _claimed(queue, worker)
    if row is None:
        return False
    try:
        if queue == QUICK:
            with transaction.atomic():
                _finish(row, _called(row))
        else:
            _finish(row, _called(row))
    except _Lost:
        log.warning("Task %s (%s) was given to another worker.", row.pk, row.task_path)
    except Exception as error:  # noqa: BLE001 - whatever a task raises, the worker goes on and the row says it
        _note_failure(row, error)
    return True


def _claimed(queue: str, worker: Worker) -> DBTaskResult[..., Any] | None:
    ready = DBTaskResult.objects.ready().filter(queue_name=queue)
    if not ready.exists():  # asked first, so that an idle worker locks nothing
        return None
    with transaction.atomic():
        if not Worker.objects.select_for_update().filter(pk=worker.pk).exists():
            raise WorkerDismissed
        row = ready.get_locked()
        if row is not None:
            row.claim(str(worker.pk))
        return row


def _called(row: DBTaskResult[..., Any]) -> Any:
    task, given = row.task, row.args_kwargs
    return task.call(*given["args"], **given["kwargs"])


def _finish(row: DBTaskResult[..., Any], value: Any) -> None:
    row.exception_class_path, row.traceback = "", ""
    if not _settle(row, status=TaskResultStatus.SUCCESSFUL, return_value=normalize_json(value)):
        raise _Lost


def _note_failure(row: DBTaskResult[..., Any], error: Exception) -> None:
    log.error("Task %s (%s) failed: %s", row.pk, row.task_path, type(error).__name__)
    row.exception_class_path = get_module_path(type(error))
    row.traceback = "".join(format_exception(error))
    if isinstance(error, _FINAL):
        _settle(row, status=TaskResultStatus.FAILED)
    else:
        _put_back(row, at_once=False)


def _put_back(row: DBTaskResult[..., Any], *, at_once: bool) -> None:
    attempts = len(row.worker_ids)
    if attempts >= MOST_ATTEMPTS:
        _settle(row, status=TaskResultStatus.FAILED)
        return
    pause = timedelta() if at_once else pause_after(attempts)
    _settle(row, status=TaskResultStatus.READY, run_after=timezone.now() + pause)


def _settle(row: DBTaskResult[..., Any], *, status: TaskResultStatus, **values: Any) -> bool:
    """Write how a task ended, if it still is claimed as it was when `row` was read; whether it was."""
    told = {
        "status": status,
        "finished_at": None if status == TaskResultStatus.READY else timezone.now(),
        "worker_ids": row.worker_ids,
        "exception_class_path": row.exception_class_path,
        "traceback": row.traceback,
    }
    mine = DBTaskResult.objects.running().filter(pk=row.pk, started_at=row.started_at)
    return bool(mine.update(**told | values))
