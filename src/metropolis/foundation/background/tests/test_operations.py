from datetime import datetime, timedelta

import pytest
import time_machine
from django.db import transaction
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from pytest_django import Settings

from metropolis.engine_kit import Conflict
from metropolis.foundation.background.models import Worker
from metropolis.foundation.background.operations import (
    WorkerDismissed,
    discard_task,
    dismiss_dead_workers,
    dismiss_worker,
    enqueue,
    enqueue_due,
    forget_finished,
    keep_alive,
    register_worker,
    retry_task,
    work_off,
    work_one,
)
from metropolis.foundation.background.tests import tasks
from metropolis.foundation.background.values import KEEP_DONE, KEEP_FAILED, MOST_ATTEMPTS, QUICK, SLOW
from metropolis.foundation.history.models import Entry

pytestmark = pytest.mark.django_db(transaction=True)

NOW = datetime(2026, 11, 24, 12, tzinfo=timezone.get_default_timezone())


def _notes() -> list[str]:
    return list(Entry.objects.order_by("key").values_list("key", flat=True))


def _all_are_due() -> None:
    DBTaskResult.objects.filter(status="READY").update(run_after=timezone.now() - timedelta(seconds=1))


def test_a_task_is_done_once_with_what_it_was_given():
    assert enqueue(tasks.note, key="a", word="rosario")
    assert work_off() == 1
    assert _notes() == ["rosario"]
    assert DBTaskResult.objects.get().return_value == "rosario"


def test_a_task_may_be_named_by_its_path():
    enqueue("metropolis.foundation.background.tests.tasks.note", key="a", word="rosario")
    work_off()
    assert _notes() == ["rosario"]


def test_the_same_key_goes_in_once_also_when_it_was_done():
    assert enqueue(tasks.note, key="a", word="first")
    assert not enqueue(tasks.note, key="a", word="second")
    work_off()
    assert not enqueue(tasks.note, key="a", word="third")
    assert enqueue(tasks.note, key="b", word="other")
    work_off()
    assert _notes() == ["first", "other"]


def test_nothing_is_in_the_queue_when_the_transaction_is_rolled_back():
    with transaction.atomic():
        enqueue(tasks.note, key="a", word="never")
        transaction.set_rollback(True)
    assert work_off() == 0


def test_what_a_quick_task_wrote_before_it_failed_is_not_there():
    enqueue(tasks.note_and_fail, key="a", word="half")
    work_off()
    assert _notes() == []


def test_a_task_that_fails_is_tried_again_later_and_no_more_than_so_often():
    enqueue(tasks.note_and_fail, key="a", word="half")
    begun = 0
    for _ in range(MOST_ATTEMPTS + 2):
        begun += work_off()
        assert work_off() == 0  # it waits
        _all_are_due()
    assert begun == MOST_ATTEMPTS
    row = DBTaskResult.objects.failed().get()
    assert "ValueError: half" in row.traceback


def test_a_refusal_is_not_tried_again():
    enqueue(tasks.refuse, key="a")
    work_off()
    assert DBTaskResult.objects.failed().get().exception_class_path.endswith("NotFound")


def test_a_task_that_exists_no_more_fails_without_stopping_the_worker():
    enqueue(tasks.note, key="a", word="gone")
    DBTaskResult.objects.update(task_path="metropolis.nowhere.task")
    enqueue(tasks.note, key="b", word="there")
    assert work_off() == 2
    assert _notes() == ["there"]


def test_a_failed_task_can_be_tried_again_or_forgotten():
    enqueue(tasks.refuse, key="a")
    work_off()
    task = str(DBTaskResult.objects.get().pk)
    retry_task(task=task)
    with pytest.raises(Conflict):
        retry_task(task=task)
    assert work_off() == 1
    discard_task(task=task)
    with pytest.raises(Conflict):
        discard_task(task=task)
    assert not DBTaskResult.objects.exists()


def _claimed_by_a_worker_that_was_killed(key: str) -> Worker:
    """A task in the state in which a worker that is killed leaves it."""
    worker = register_worker(lease=timedelta(seconds=-1))
    enqueue(tasks.note, key=key, word=key)
    DBTaskResult.objects.ready().get().claim(str(worker.pk))
    return worker


def test_the_task_of_a_killed_worker_goes_to_another_one():
    _claimed_by_a_worker_that_was_killed("a")
    assert work_off() == 0
    assert dismiss_dead_workers() == 1
    assert dismiss_dead_workers() == 0
    assert work_off() == 1
    assert _notes() == ["a"]


def test_a_task_that_kills_every_worker_is_given_up():
    worker = _claimed_by_a_worker_that_was_killed("a")
    DBTaskResult.objects.update(worker_ids=["earlier"] * (MOST_ATTEMPTS - 1) + [str(worker.pk)])
    dismiss_dead_workers()
    row = DBTaskResult.objects.failed().get()
    assert "killed" in row.traceback


def test_the_tasks_of_those_who_live_are_left_alone():
    worker = register_worker()
    enqueue(tasks.note, key="a", word="a")
    DBTaskResult.objects.get().claim(str(worker.pk))
    assert dismiss_dead_workers() == 0
    assert DBTaskResult.objects.running().count() == 1


def test_a_worker_that_signs_off_hands_its_task_back_as_if_it_had_not_begun():
    worker = register_worker()
    enqueue(tasks.note, key="a", word="a")
    DBTaskResult.objects.get().claim(str(worker.pk))
    assert dismiss_worker(worker=worker) == 1
    assert DBTaskResult.objects.ready().get().worker_ids == []


def test_what_a_worker_did_after_it_was_taken_for_dead_does_not_count():
    enqueue(tasks.lose_its_worker, key="a", word="late")
    worker = register_worker()
    assert work_one(queue=QUICK, worker=worker)
    assert _notes() == []


def test_a_worker_taken_for_dead_gets_no_more_tasks():
    worker = register_worker(lease=timedelta(seconds=-1))
    dismiss_dead_workers()
    enqueue(tasks.note, key="a", word="a")
    with pytest.raises(WorkerDismissed):
        keep_alive(worker=worker)
    with pytest.raises(WorkerDismissed):
        work_one(queue=QUICK, worker=worker)


def test_a_slow_task_does_not_keep_a_quick_one_waiting():
    enqueue(tasks.note_slowly, key="a", word="slow")
    enqueue(tasks.note, key="b", word="quick")
    assert work_one(queue=QUICK, worker=register_worker())
    assert _notes() == ["quick"]
    assert work_one(queue=SLOW, worker=register_worker())


def test_what_is_due_now_and_then_goes_in_once_an_interval(settings: Settings):
    path = "metropolis.foundation.background.tasks.forget_finished"
    settings.PERIODIC_TASKS = {path: timedelta(hours=1)}
    assert [enqueue_due(now=NOW + timedelta(minutes=minutes)) for minutes in (0, 1, 59, 60, 61, 240)] == [
        1,
        0,
        0,
        1,
        0,
        1,
    ]


def test_what_ended_long_ago_is_forgotten_and_what_failed_later():
    with time_machine.travel(NOW, tick=False):
        enqueue(tasks.note, key="a", word="a")
        enqueue(tasks.refuse, key="b")
        work_off()
    assert forget_finished(now=NOW + KEEP_DONE) == 0
    assert forget_finished(now=NOW + KEEP_DONE + timedelta(seconds=1)) == 1
    assert forget_finished(now=NOW + KEEP_FAILED + timedelta(seconds=1)) == 1
