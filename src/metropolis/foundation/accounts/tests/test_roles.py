"""Roles in the network: the secretariat gives them."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from metropolis.engine_kit import Conflict, NotAllowed
from metropolis.foundation.accounts.access import may_in_network
from metropolis.foundation.accounts.models import AccountClosing, NetworkRole, Person
from metropolis.foundation.accounts.operations import give_network_role
from metropolis.foundation.accounts.tests.factories import PersonFactory, editor
from metropolis.foundation.history.queries import entries
from metropolis.foundation.records.values import Reference

pytestmark = pytest.mark.django_db


def secretary() -> Person:
    return PersonFactory.create(network_role=NetworkRole.SECRETARIAT)


def test_the_secretariat_makes_an_editor_and_it_is_recorded():
    actor, person = secretary(), PersonFactory.create()
    give_network_role(actor=actor, person=person, role=NetworkRole.EDITOR)
    assert Person.objects.get(pk=person.pk).is_editor
    [entry] = entries(reference=Reference(kind="person", key=str(person.pk)))
    assert (entry.actor, entry.verb) == (actor, "give_network_role")
    assert entry.data == {"before": "member", "role": "editor"}


def test_nobody_else_gives_a_role_in_the_network_least_of_all_to_themselves():
    for person in (PersonFactory.create(), editor()):
        with pytest.raises(NotAllowed, match="Secretariat"):
            give_network_role(actor=person, person=person, role=NetworkRole.SECRETARIAT)


def test_the_last_of_the_secretariat_stays():
    actor = secretary()
    with pytest.raises(Conflict):
        give_network_role(actor=actor, person=actor, role=NetworkRole.MEMBER)
    leaving = AccountClosing.objects.create(person=secretary(), due_at=timezone.now())
    with pytest.raises(Conflict):
        give_network_role(actor=actor, person=actor, role=NetworkRole.MEMBER)
    leaving.delete()
    give_network_role(actor=actor, person=actor, role=NetworkRole.MEMBER)


def test_who_cannot_sign_in_any_more_has_no_right_left():
    person = secretary()
    person.is_active = False
    assert not may_in_network(person, "accounts.give_network_role")


def test_the_page_lists_who_has_a_role_and_gives_one(client: Client):
    address = reverse("accounts:network_roles")
    person = PersonFactory.create(name="Ada Ejemplo", email="ada@example.org")
    client.force_login(secretary())
    assert "Ada Ejemplo" not in client.get(address).content.decode()
    client.post(address, {"email": "Ada@example.org", "role": "editor"})
    assert "Ada Ejemplo" in client.get(address).content.decode()
    refused = client.post(address, {"email": "nobody@example.org", "role": "editor"}).content.decode()
    assert "Nobody has an account with this e-mail address." in refused
    client.force_login(person)
    assert client.get(address).status_code == 403
