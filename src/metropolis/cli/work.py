"""``metropolis work``: do what waits in the queue."""

import logging
import signal
import threading
from collections.abc import Callable
from datetime import timedelta

import click

from metropolis.cli.site import SiteCommand

log = logging.getLogger(__name__)

#: Seconds between two looks at an empty queue, and the longest pause after errors.
PAUSE = 0.5
LONGEST_PAUSE = 60.0
#: Seconds that a task has to end when the worker is told to stop; then it is handed back.
GRACE = 5.0


@click.command(cls=SiteCommand)
@click.option("--until-empty", is_flag=True, help="Do what is due, and end.")
@click.option(
    "--lease",
    default=60.0,
    show_default=True,
    type=click.FloatRange(1, 3600),
    help="Seconds after which the tasks of a worker that was killed go to another one.",
)
def work(*, until_empty: bool, lease: float) -> None:
    """Do what waits in the queue until told to stop; any number of workers may run side by side."""
    from metropolis.foundation.background.operations import work_off

    if until_empty:
        click.echo(f"{work_off()} tasks were begun.")
        return
    shift = Shift(timedelta(seconds=lease))
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: shift.stop.set())
    shift.run()


class Shift:
    """A worker from its first task to its last: a thread for each queue, and one that says that it lives."""

    def __init__(self, lease: timedelta) -> None:
        from metropolis.foundation.background.operations import register_worker

        self.lease = lease
        self.stop = threading.Event()
        self.worker = register_worker(lease=lease)

    def run(self) -> None:
        """Work until `stop` is set, and a little longer for what was begun."""
        from metropolis.foundation.background.operations import dismiss_worker
        from metropolis.foundation.background.values import QUEUES

        threads = [threading.Thread(target=self._repeat, args=(self._work, queue), daemon=True) for queue in QUEUES]
        for thread in threads:
            thread.start()
        self._repeat(self._beat)
        for thread in threads:
            thread.join(GRACE / len(threads))
        dismiss_worker(worker=self.worker)

    def _repeat(self, step: Callable[..., float], *arguments: str) -> None:
        """Take a step, wait as long as it says, and again; after an error go on, ever more slowly."""
        from django.db import close_old_connections

        pause = PAUSE
        while not self.stop.is_set():
            try:
                close_old_connections()
                wait = step(*arguments)
            except Exception:  # whatever failed, the tasks are still in the queue and the next turn may succeed
                log.exception("The queue could not be worked off; trying again in %.0f s.", pause)
                self.stop.wait(pause)
                pause = min(2 * pause, LONGEST_PAUSE)
            else:
                pause = PAUSE
                self.stop.wait(wait)

    def _work(self, queue: str) -> float:
        from metropolis.foundation.background.operations import WorkerDismissed, work_one

        try:
            return 0 if work_one(queue=queue, worker=self.worker) else PAUSE
        except WorkerDismissed:  # it signs on again with its next beat
            return PAUSE

    def _beat(self) -> float:
        from django.utils import timezone

        from metropolis.foundation.background.operations import (
            WorkerDismissed,
            dismiss_dead_workers,
            enqueue_due,
            keep_alive,
            register_worker,
        )

        try:
            keep_alive(worker=self.worker, lease=self.lease)
        except WorkerDismissed:
            self.worker = register_worker(lease=self.lease)
        dismiss_dead_workers()
        enqueue_due(now=timezone.now())
        return self.lease.total_seconds() / 6


COMMANDS = (work,)
