"""Who speaks for a city: those of its government alone, once the secretariat has confirmed that it is that."""

from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse

from metropolis.engine_kit import NotFound
from metropolis.foundation.accounts import operations as accounts
from metropolis.foundation.accounts.models import Organisation, Person, VerifiedDomain
from metropolis.foundation.accounts.tests.factories import PersonFactory
from metropolis.foundation.mail.models import Mail
from metropolis.foundation.workspaces.tests.factories import CityFactory
from metropolis.tools.barometer import operations, queries
from metropolis.tools.barometer.tests.factories import an_edition
from metropolis.tools.barometer.values import CommentInput

from .world import World

PLACE = {"barometer_slug": "the-barometer", "label": "asked"}
COMMENT = CommentInput(unit="aurelia", text="Two more opened.")


@pytest.fixture
def aurelia(world: World) -> Any:
    """A city that is in an edition, which is given to the cities once a test says so."""
    city = CityFactory.create(name="Aurelia")
    steward = world.person("steward")
    assert steward is not None
    an_edition(steward, "the-initiative", slug="the-barometer", label="asked")
    return city


@pytest.fixture
def liar() -> Person:
    return PersonFactory.create(name="A liar")


def give_to_cities(world: World) -> None:
    operations.set_edition_state(**PLACE, actor=world.person("steward"), state="consultation")


def hears_and_speaks(who: Person) -> bool:
    """Whether somebody reads the edition that is with the cities, and may say something on it."""
    if queries.consultations(who):
        queries.edition("the-barometer", "asked", who)
        operations.add_comment(**PLACE, actor=who, content=COMMENT)
        return True
    for refused in (
        lambda: queries.edition("the-barometer", "asked", who),
        lambda: operations.add_comment(**PLACE, actor=who, content=COMMENT),
    ):
        with pytest.raises(NotFound):
            refused()
    return False


@pytest.mark.parametrize("kind", Organisation.Kind.values)
def test_who_registers_an_organisation_does_not_speak_for_its_city(
    world: World, aurelia: Any, liar: Person, kind: str
) -> None:
    accounts.register_organisation(name="My fishing club", kind=kind, city_id=aurelia.pk, actor=liar)
    give_to_cities(world)
    assert not hears_and_speaks(liar)
    assert not Mail.objects.filter(to=liar.email).exists()


@pytest.mark.parametrize("kind", Organisation.Kind.values)
def test_once_the_secretariat_confirms_it_a_government_speaks_for_its_city_and_nobody_else(
    world: World, aurelia: Any, liar: Person, kind: str
) -> None:
    row = accounts.register_organisation(name="City of Aurelia", kind=kind, city_id=aurelia.pk, actor=liar)
    accounts.set_organisation_confirmed(slug=row.slug, actor=world.person("secretariat"), is_confirmed=True)
    give_to_cities(world)
    is_government = kind in {"city", "metropolitan", "national"}
    assert hears_and_speaks(liar) is is_government
    assert Mail.objects.filter(to=liar.email).exists() is is_government


def test_a_domain_that_anybody_can_buy_gives_nobody_the_voice_of_a_city(
    world: World, aurelia: Any, liar: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = accounts.register_organisation(name="City of Aurelia", kind="city", city_id=aurelia.pk, actor=liar)
    domain = accounts.claim_domain(slug=row.slug, actor=liar, domain="aurelia-city.example")
    monkeypatch.setattr("metropolis.foundation.accounts.operations.domains.is_proven", lambda _row: True)
    accounts.check_domain(slug=row.slug, domain_id=domain.pk, actor=liar)
    assert VerifiedDomain.objects.get(pk=domain.pk).verified_at
    give_to_cities(world)
    assert not hears_and_speaks(liar)


LIES: dict[str, Callable[[Any], dict[str, Any]]] = {
    "another city": lambda city: {"name": "City of Bellano", "kind": "city", "city_id": city.pk},
    "another kind": lambda city: {"name": "Anglers", "kind": "city", "city_id": city.pk},
}


@pytest.mark.parametrize("lie", LIES)
def test_what_was_confirmed_is_no_longer_once_its_steward_says_something_else(
    world: World, aurelia: Any, liar: Person, lie: str
) -> None:
    told = {
        "another city": {"name": "City of Bellano", "kind": "city", "city_id": CityFactory.create(name="Bellano").pk},
        "another kind": {"name": "Anglers", "kind": "club", "city_id": aurelia.pk},
    }[lie]
    row = accounts.register_organisation(**told, actor=liar)
    secretariat = world.person("secretariat")
    assert secretariat is not None
    accounts.set_organisation_confirmed(slug=row.slug, actor=secretariat, is_confirmed=True)
    accounts.change_organisation(slug=row.slug, actor=liar, **told, website="https://example.org")
    row.refresh_from_db()
    assert row.confirmed_at
    accounts.change_organisation(slug=row.slug, actor=liar, **LIES[lie](aurelia))
    row.refresh_from_db()
    assert row.confirmed_at is None
    give_to_cities(world)
    assert not hears_and_speaks(liar)
    accounts.set_organisation_confirmed(slug=row.slug, actor=secretariat, is_confirmed=True)
    accounts.change_organisation(slug=row.slug, actor=secretariat, **LIES[lie](aurelia) | {"name": "Aurelia"})
    row.refresh_from_db()
    assert row.confirmed_at, "the secretariat knows what it changes"
    assert hears_and_speaks(liar)


def test_the_secretariat_confirms_what_it_saw_and_takes_it_back(world: World, aurelia: Any, liar: Person) -> None:
    row = accounts.register_organisation(name="City of Aurelia", kind="city", city_id=aurelia.pk, actor=liar)
    address = reverse("accounts:organisation_confirmation", args=[row.slug])
    seen = row.claim
    accounts.change_organisation(slug=row.slug, actor=liar, name="Aurelia", kind="city", city_id=aurelia.pk)
    desk = world.client("secretariat")
    assert "has changed since you saw it" in desk.post(address, {"seen": seen}, follow=True).content.decode()
    row.refresh_from_db()
    assert row.confirmed_at is None
    page = desk.post(address, {"seen": row.claim}, follow=True).content.decode()
    assert "Take the confirmation back" in page
    assert "Not confirmed" not in page
    give_to_cities(world)
    assert hears_and_speaks(liar)
    assert "Not confirmed" in desk.post(address, {"doubt": "1"}, follow=True).content.decode()
    assert not hears_and_speaks(liar)
