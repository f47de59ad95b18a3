"""Putting tasks in the queue and working them off."""

from metropolis.foundation.background.operations.queue import (
    discard_task,
    enqueue,
    enqueue_due,
    forget_finished,
    retry_task,
)
from metropolis.foundation.background.operations.working import (
    WorkerDismissed,
    dismiss_dead_workers,
    dismiss_worker,
    keep_alive,
    register_worker,
    work_off,
    work_one,
)

__all__ = [
    "WorkerDismissed",
    "discard_task",
    "dismiss_dead_workers",
    "dismiss_worker",
    "enqueue",
    "enqueue_due",
    "forget_finished",
    "keep_alive",
    "register_worker",
    "retry_task",
    "work_off",
    "work_one",
]
