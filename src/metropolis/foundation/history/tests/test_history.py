from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction

from metropolis.foundation.accounts.tests.factories import PersonFactory
from metropolis.foundation.history.models import Change
from metropolis.foundation.history.operations import record, record_many, settle_changes, settle_untold
from metropolis.foundation.history.queries import entries, pending_changes, untold_entries
from metropolis.foundation.records.values import Reference

pytestmark = pytest.mark.django_db

ONE, TWO = (Reference(kind="practice", key=key) for key in ("one", "two"))


def test_a_deed_is_in_the_history_and_waits_for_the_index():
    person = PersonFactory.create()
    record(actor=person, verb="add_practice", reference=ONE, workspace="here", data={"version": 1})
    (entry,) = entries(reference=ONE)
    assert (entry.actor, entry.verb, entry.workspace, entry.data) == (person, "add_practice", "here", {"version": 1})
    assert list(pending_changes(10).values()) == [ONE]


def test_the_history_can_be_read_by_record_by_workspace_and_by_person():
    ana, ben = PersonFactory.create(), PersonFactory.create()
    record(actor=ana, verb="add_practice", reference=ONE, workspace="here")
    record(actor=ben, verb="add_practice", reference=TWO, workspace="there")
    record(actor=ben, verb="change_practice", reference=ONE, workspace="here")
    assert [entry.verb for entry in entries(workspace="here")] == ["change_practice", "add_practice"]
    assert [entry.key for entry in entries(actor=ben)] == ["one", "two"]
    assert len(entries(limit=1)) == 1


def test_many_deeds_take_three_statements(django_assert_num_queries: Callable[..., Any]):
    with django_assert_num_queries(3):
        record_many(actor=None, verb="import_practices", references=[ONE, TWO], workspace="here")
    assert {entry.key for entry in entries(workspace="here")} == {"one", "two"}


def test_only_what_was_taken_in_is_settled_even_if_it_changed_again_meanwhile():
    record(actor=None, verb="add_practice", reference=ONE)
    taken = pending_changes(10)
    record(actor=None, verb="change_practice", reference=ONE)
    settle_changes(ids=taken)
    assert Change.objects.count() == 1


def test_deeds_wait_to_be_told_in_their_order_until_they_are_settled():
    record(actor=None, verb="add_practice", reference=ONE)
    record_many(actor=None, verb="import_practices", references=[ONE, TWO])
    with transaction.atomic():
        waiting = untold_entries(2)
    assert [(entry.verb, entry.key) for entry in waiting] == [("add_practice", "one"), ("import_practices", "one")]
    settle_untold(ids=[entry.pk for entry in waiting])
    with transaction.atomic():
        assert [entry.key for entry in untold_entries(9)] == ["two"]


def test_the_history_outlives_who_made_it():
    person = PersonFactory.create()
    record(actor=person, verb="add_practice", reference=ONE)
    person.delete()
    assert entries(reference=ONE)[0].actor is None
