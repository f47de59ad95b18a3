"""Barometers and the rest of the network: search finds them, cities' pages name them, weak cities find practices."""

from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from metropolis.foundation.accounts.models import Person
from metropolis.foundation.accounts.tests.factories import PersonFactory
from metropolis.foundation.places.models import City
from metropolis.foundation.records.values import Reference, Visibility
from metropolis.foundation.taxonomy.operations import load_vocabularies
from metropolis.foundation.workspaces.models import Member
from metropolis.foundation.workspaces.tests.factories import CityFactory
from metropolis.tools.barometer.engine import Framework
from metropolis.tools.barometer.operations import (
    compute_edition,
    publish_edition,
    set_barometer_visibility,
    set_tables,
)
from metropolis.tools.barometer.tests.factories import CITIES, an_edition, framework
from metropolis.tools.barometer.tests.factories import home as home_of_barometers
from metropolis.tools.exchange.operations import keep_up, rebuild_index
from metropolis.tools.exchange.queries import answers, city_records
from metropolis.tools.exchange.tests.conftest import empty_index, search_folder  # noqa: F401 - fixtures
from metropolis.tools.exchange.values import Answers, Question
from metropolis.tools.practices.tests.factories import initiative, practice_in

pytestmark = pytest.mark.django_db
BAROMETER = Reference(kind="barometer", key="the-barometer")
PLACE: dict[str, Any] = {"barometer_slug": "the-barometer", "label": "2025"}


@pytest.fixture
def cities() -> dict[str, City]:
    return {name: CityFactory.create(name=name) for name in CITIES}


@pytest.fixture
def steward(search_folder: Path) -> Person:  # noqa: F811 - the fixture
    load_vocabularies()
    person: Person = PersonFactory.create()
    Member.objects.create(initiative=home_of_barometers(), person=person, role=4)
    rebuild_index()
    return person


def published(steward: Person) -> None:
    """A public barometer whose nodes are all about care, published after the index was built."""
    an_edition(steward, "care")
    nodes = tuple(node.model_copy(update={"topic": "care"}) for node in framework().nodes)
    row = set_tables(**PLACE, actor=steward, framework=Framework(nodes=nodes))
    compute_edition(id=row.pk, digest=row.digest)
    publish_edition(**PLACE, actor=steward, now=timezone.now())
    set_barometer_visibility(slug="the-barometer", actor=steward, visibility=Visibility.PUBLIC)
    keep_up()


def asked(text: str) -> Answers:
    keep_up()
    return answers(Question(text=text), language="en")


def test_a_question_finds_a_barometer_by_what_it_measures(steward: Person, cities: dict[str, City]) -> None:
    published(steward)
    found = asked("waiting for a doctor")
    (answer,) = [each for each in found.answers if each.reference == BAROMETER]
    assert "Waiting for a doctor" in answer.quote
    assert answer.city.endswith("and 5 others")
    assert answer.reason.startswith("This measures ")
    assert answer.topics == ("care",)
    assert found.city_total == 0, "to be measured is not to do the same"
    assert set(answer.city_ids) == {city.pk for city in cities.values()}


def test_the_page_of_a_city_says_where_it_is_measured(steward: Person, cities: dict[str, City], client: Client) -> None:
    published(steward)
    city = cities["Aurelia"]
    assert [record.reference for record in city_records(city.pk)["measured"]] == [str(BAROMETER)]
    page = client.get(f"/cities/{city.pk}-{city.slug}/")
    assert "It is measured in" in page.text
    assert "/barometers/the-barometer/" in page.text


def test_a_barometer_that_is_public_no_more_is_not_found(steward: Person, cities: dict[str, City]) -> None:
    published(steward)
    set_barometer_visibility(slug="the-barometer", actor=steward, visibility=Visibility.INTERNAL)
    assert not asked("waiting for a doctor").answers
    assert not city_records(cities["Aurelia"].pk)


def test_barometers_are_compared_with_other_records(steward: Person, cities: dict[str, City], client: Client) -> None:
    published(steward)
    practice = practice_in(initiative(), title="Neighbours who look in")
    page = client.get(f"/compare/?item={BAROMETER}&item=practice:{practice.slug}")
    assert cities["Aurelia"].title in page.text
    assert "Services; Bonds" in page.text


def test_a_barometer_has_a_card_and_a_place_in_the_feed(steward: Person, client: Client) -> None:
    published(steward)
    assert 'type="application/ld+json"' in client.get("/barometers/the-barometer/").text
    assert "the-barometer" in client.get("/feeds/barometers/").text
    assert "the-barometer" in client.get("/embed/barometers/the-barometer/").text


def test_a_weak_city_finds_practices_on_what_it_is_weak_in(
    steward: Person, cities: dict[str, City], client: Client
) -> None:
    practice_in(initiative(), title="Neighbours who look in", topics=("care",))
    published(steward)
    weakest = list(client.get("/barometers/the-barometer/").context["groups"])[-1]["rows"][-1]["name"]
    code = next(name.lower() for name, city in cities.items() if city.title == weakest)
    page = client.get(f"/barometers/the-barometer/2025/cities/{code}/")
    assert "Neighbours who look in" in page.text
