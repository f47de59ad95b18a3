"""Workers that are killed in the middle of their work."""

import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import cycle
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psutil
import pytest
from django.conf import settings
from django.db import connection
from django.db.models import QuerySet
from django_tasks_db.models import DBTaskResult

from metropolis.foundation.background.operations import enqueue
from metropolis.foundation.background.tests import tasks
from metropolis.foundation.history.models import Entry

WORK = [sys.executable, "-m", "metropolis.cli", "work", "--lease", "2"]
TASKS = 200
KILLED = 5
LONGEST = 90  # seconds

Start = Callable[[], "subprocess.Popen[bytes]"]


@pytest.fixture
def start(transactional_db: None, tmp_path: Path) -> Iterator[Start]:
    """Start a worker on the database of the test."""
    name = connection.settings_dict["NAME"]
    environment = os.environ | {"METROPOLIS_LOG_LEVEL": "ERROR", "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    if connection.vendor == "sqlite":
        environment["METROPOLIS_DATA_FOLDER"] = str(tmp_path)
        (tmp_path / "metropolis.sqlite3").symlink_to(name)
    else:
        environment["METROPOLIS_DATABASE_URL"] = (
            urlsplit(settings.ENVIRONMENT.database_url)._replace(path=f"/{name}").geturl()
        )
    started: list[subprocess.Popen[bytes]] = []

    def start_one() -> "subprocess.Popen[bytes]":
        started.append(subprocess.Popen(WORK, env=environment))
        return started[-1]

    yield start_one
    for process in started:
        process.kill()
        process.wait()


def _wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + LONGEST
    while not condition():
        assert time.monotonic() < deadline, "it did not come true in time"
        time.sleep(0.02)


def _ours(status: str) -> QuerySet[DBTaskResult[..., Any]]:
    """What this test put in the queue, without what workers put there by themselves."""
    return DBTaskResult.objects.filter(task_path__startswith=tasks.__name__, status=status)


def test_200_tasks_are_each_done_once_while_workers_are_killed(start: Start):
    words = [f"task {number:03}" for number in range(TASKS)]
    for word, kind in zip(words, cycle([tasks.note, tasks.note_slowly]), strict=False):
        enqueue(kind, key=word, word=word, seconds=0.02)
    workers = [start(), start()]
    for turn in range(1, KILLED + 1):
        _wait_until(lambda least=turn * TASKS // 10: _ours("SUCCESSFUL").count() >= least)
        workers[0].kill()
        workers = [*workers[1:], start()]
    _wait_until(lambda: _ours("SUCCESSFUL").count() == TASKS)
    assert Counter(Entry.objects.values_list("key", flat=True)) == Counter(words)
    attempts = [len(row.worker_ids) for row in _ours("SUCCESSFUL")]
    assert max(attempts) > 1  # some were really in the middle


def test_a_worker_told_to_stop_hands_back_what_it_cannot_end(start: Start):
    enqueue(tasks.note_slowly, key="long", word="long", seconds=600)
    worker = start()
    _wait_until(lambda: _ours("RUNNING").exists())
    worker.terminate()
    assert worker.wait(timeout=20) == 0
    assert _ours("READY").get().worker_ids == []


def test_a_worker_that_slept_too_long_signs_on_again(start: Start):
    worker = psutil.Process(start().pid)
    enqueue(tasks.note, key="first", word="first")
    _wait_until(lambda: Entry.objects.filter(key="first").exists())
    worker.suspend()
    other = start()
    enqueue(tasks.note, key="second", word="second")
    _wait_until(lambda: Entry.objects.filter(key="second").exists())
    time.sleep(3)  # longer than its lease
    other.kill()
    worker.resume()
    enqueue(tasks.note, key="third", word="third")
    _wait_until(lambda: Entry.objects.filter(key="third").exists())
