"""Workers that are killed in the middle of their work."""

import time
from collections import Counter
from collections.abc import Iterator
from itertools import cycle
from pathlib import Path
from typing import Any

import psutil
import pytest
from django.db.models import QuerySet
from django_tasks_db.models import DBTaskResult

from metropolis.foundation.background.operations import enqueue
from metropolis.foundation.background.tests import tasks
from metropolis.foundation.background.tests.workers import Start, wait_until, workers_on_the_test_database
from metropolis.foundation.history.models import Entry

TASKS = 200
KILLED = 5


@pytest.fixture
def start(transactional_db: None, tmp_path: Path) -> Iterator[Start]:
    with workers_on_the_test_database(tmp_path) as start_one:
        yield start_one


def _ours(status: str) -> QuerySet[DBTaskResult[..., Any]]:
    """What this test put in the queue, without what workers put there by themselves."""
    return DBTaskResult.objects.filter(task_path__startswith=tasks.__name__, status=status)


def test_200_tasks_are_each_done_once_while_workers_are_killed(start: Start):
    words = [f"task {number:03}" for number in range(TASKS)]
    for word, kind in zip(words, cycle([tasks.note, tasks.note_slowly]), strict=False):
        enqueue(kind, key=word, word=word, seconds=0.02)
    workers = [start(), start()]
    for turn in range(1, KILLED + 1):
        wait_until(lambda least=turn * TASKS // 10: _ours("SUCCESSFUL").count() >= least)
        workers[0].kill()
        workers = [*workers[1:], start()]
    wait_until(lambda: _ours("SUCCESSFUL").count() == TASKS)
    assert Counter(Entry.objects.values_list("key", flat=True)) == Counter(words)
    attempts = [len(row.worker_ids) for row in _ours("SUCCESSFUL")]
    assert max(attempts) > 1  # some were really in the middle


def test_a_worker_told_to_stop_hands_back_what_it_cannot_end(start: Start):
    enqueue(tasks.note_slowly, key="long", word="long", seconds=600)
    worker = start()
    wait_until(lambda: _ours("RUNNING").exists())
    worker.terminate()
    assert worker.wait(timeout=20) == 0
    assert _ours("READY").get().worker_ids == []


def test_a_worker_that_slept_too_long_signs_on_again(start: Start):
    worker = psutil.Process(start().pid)
    enqueue(tasks.note, key="first", word="first")
    wait_until(lambda: Entry.objects.filter(key="first").exists())
    worker.suspend()
    other = start()
    enqueue(tasks.note, key="second", word="second")
    wait_until(lambda: Entry.objects.filter(key="second").exists())
    time.sleep(3)  # longer than its lease
    other.kill()
    worker.resume()
    enqueue(tasks.note, key="third", word="third")
    wait_until(lambda: Entry.objects.filter(key="third").exists())
    assert sorted(Entry.objects.values_list("key", flat=True)) == ["first", "second", "third"]  # none of them twice
