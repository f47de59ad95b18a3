"""What is read is kept until the history goes on."""

from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest
from django.db import connection, transaction
from django.utils import translation
from pytest_django import Settings

from metropolis.foundation.accounts.tests.factories import PersonFactory
from metropolis.foundation.history.models import Entry
from metropolis.foundation.history.operations import record
from metropolis.foundation.history.queries import deeds_so_far, kept
from metropolis.foundation.records.values import Reference

pytestmark = pytest.mark.django_db(transaction=True)


def do_something() -> None:
    record(actor=PersonFactory(), verb="add_practice", reference=Reference(kind="practice", key="new"))


def test_an_answer_is_kept_until_somebody_does_something(settings: Settings) -> None:
    settings.PAGE_MEMORY = 30
    asked = []
    square = kept(2)(lambda number: asked.append(number) or number**2)

    assert [square(3), square(3), square(4)] == [9, 9, 16]
    assert asked == [3, 4]

    do_something()
    assert square(3) == 9
    assert asked == [3, 4, 3]

    with translation.override("ar"):
        square(3)
    assert asked == [3, 4, 3, 3]


def test_nothing_is_kept_without_memory(settings: Settings) -> None:
    settings.PAGE_MEMORY = 0
    asked = []
    ask = kept(2)(lambda: asked.append(1))
    ask(), ask()
    assert len(asked) == 2


def test_nothing_is_kept_of_what_a_transaction_may_take_back(settings: Settings) -> None:
    settings.PAGE_MEMORY = 30
    ask = kept(2)(deeds_so_far)
    before = ask()
    with transaction.atomic():
        do_something()
        assert ask() != before
        transaction.set_rollback(True)
    do_something()
    assert ask() == deeds_so_far()


def test_a_deed_that_is_committed_after_a_later_one_is_noticed() -> None:
    """On PostgreSQL; SQLite lets one transaction write at a time."""
    if connection.vendor != "postgresql":
        pytest.skip("SQLite writes one transaction after the other")
    begun, go_on = Event(), Event()

    def slow() -> None:
        with transaction.atomic():
            Entry.objects.create(verb="first", kind="practice", key="slow")
            begun.set()
            assert go_on.wait(10)
        connection.close()

    with ThreadPoolExecutor(1) as pool:
        done = pool.submit(slow)
        assert begun.wait(10)
        Entry.objects.create(verb="second", kind="practice", key="quick")
        before = deeds_so_far()
        go_on.set()
        done.result(10)
    assert deeds_so_far() != before
