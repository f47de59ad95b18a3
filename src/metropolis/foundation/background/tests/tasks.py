"""Invented tasks; each notes a word in the history when it is run."""

import time

from django_tasks import task

from metropolis.engine_kit import NotFound
from metropolis.foundation.background.models import Worker
from metropolis.foundation.background.operations import dismiss_worker
from metropolis.foundation.background.values import SLOW
from metropolis.foundation.history.models import Entry


@task()
def note(word: str, seconds: float = 0) -> str:
    Entry.objects.create(verb="note", kind="task", key=word)
    time.sleep(seconds)
    return word


@task(queue_name=SLOW)
def note_slowly(word: str, seconds: float = 0) -> None:
    time.sleep(seconds)
    Entry.objects.get_or_create(verb="note", kind="task", key=word)
    time.sleep(seconds)


@task()
def note_and_fail(word: str) -> None:
    Entry.objects.create(verb="note", kind="task", key=word)
    raise ValueError(word)


@task()
def refuse() -> None:
    raise NotFound("There is no such record.")


@task()
def lose_its_worker(word: str) -> None:
    Entry.objects.create(verb="note", kind="task", key=word)
    for worker in Worker.objects.all():
        dismiss_worker(worker=worker)
