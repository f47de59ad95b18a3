from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django_tasks_db.models import DBTaskResult

from metropolis.foundation.accounts.models import NetworkRole
from metropolis.foundation.accounts.tests.factories import PersonFactory
from metropolis.foundation.background.operations import enqueue, register_worker, work_off
from metropolis.foundation.background.tests import tasks
from metropolis.foundation.history.models import Entry

pytestmark = pytest.mark.django_db


@pytest.fixture
def secretary(client: Client) -> Client:
    client.force_login(PersonFactory(network_role=NetworkRole.SECRETARIAT))
    return client


def _fail(count: int = 1) -> list[DBTaskResult[..., Any]]:
    for number in range(count):
        enqueue(tasks.refuse, key=f"failed {number}")
    work_off()
    return list(DBTaskResult.objects.failed())


def test_the_queue_is_for_the_secretariat_alone(client: Client):
    answer = client.get("/operations/")
    assert answer.status_code == 302
    assert "/account/" in answer.headers["Location"]
    for role in (NetworkRole.MEMBER, NetworkRole.EDITOR):
        client.force_login(PersonFactory(network_role=role))
        assert client.get("/operations/").status_code == 403
        assert client.post(f"/operations/{_fail()[0].pk}/retry/").status_code == 403


def test_an_empty_queue_without_a_worker_says_so(secretary: Client):
    page = secretary.get("/operations/").content.decode()
    assert "Nothing has failed." in page
    assert "No worker is alive" in page


def test_what_failed_what_is_tried_again_and_who_works_is_seen(secretary: Client):
    _fail()
    enqueue(tasks.note_and_fail, key="again", word="half done")
    work_off()
    register_worker()
    page = secretary.get("/operations/").content.decode()
    assert "tests.tasks.refuse" in page
    assert "There is no such record." in page
    assert "1 attempt" in page
    assert "ValueError: half done" in page
    assert "No worker is alive" not in page
    assert "Search index" in page


def test_a_failed_task_is_put_back_or_discarded_and_history_says_by_whom(secretary: Client):
    first, second = _fail(2)
    assert secretary.post(f"/operations/{first.pk}/retry/").status_code == 302
    assert secretary.post(f"/operations/{first.pk}/retry/").status_code == 409
    assert secretary.post(f"/operations/{second.pk}/discard/").status_code == 302
    assert secretary.post(f"/operations/{second.pk}/discard/").status_code == 409
    assert [row.pk for row in DBTaskResult.objects.ready()] == [first.pk]
    assert set(Entry.objects.filter(kind="task").values_list("verb", "key")) == {
        ("retry_task", str(first.pk)),
        ("discard_task", str(second.pk)),
    }


def test_a_longer_list_of_failures_takes_no_more_queries(secretary: Client):
    counts = []
    for number in (1, 3):
        _fail(number)
        secretary.get("/operations/")
        with CaptureQueriesContext(connection) as captured:
            assert secretary.get("/operations/").status_code == 200
        counts.append(len(captured))
    assert counts[0] == counts[1]


def test_more_failures_than_fit_are_on_the_next_page(secretary: Client):
    _fail(21)
    assert secretary.get("/operations/?page=2").content.decode().count("tests.tasks.refuse") == 1
