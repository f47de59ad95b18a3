"""What the pages of a barometer's edition say to those who share them and look for them."""

import re

import pytest
from django.test import Client
from django.utils import timezone

from metropolis.foundation.accounts.models import Person
from metropolis.foundation.accounts.tests.factories import PersonFactory
from metropolis.foundation.records.values import Visibility
from metropolis.foundation.workspaces.models import Member
from metropolis.tools.barometer import operations

from .factories import CITIES, an_edition, home

pytestmark = pytest.mark.django_db
BASE = "/barometers/the-barometer/2025/"
CITY = f"{BASE}cities/{CITIES[0].lower()}/"


@pytest.fixture
def steward() -> Person:
    person: Person = PersonFactory.create()
    Member.objects.create(initiative=home(), person=person, role=4)
    an_edition(person, "care")
    return person


def told_in(client: Client, address: str) -> dict[str, str]:
    answer = client.get(address)
    assert answer.status_code == 200
    page = answer.content.decode()
    told = dict(re.findall(r'<meta property="og:([\w:]+)" content="([^"]*)"', page))
    return told | dict(re.findall(r'<link rel="(canonical)" href="([^"]*)"', page))


@pytest.mark.parametrize(
    ("address", "title"),
    [
        (BASE, "Care barometer 2025"),
        (f"{BASE}?year=2024", "Care barometer 2025"),
        (CITY, f"{CITIES[0]} · Care barometer 2025"),
        (f"{BASE}method/", "Care barometer 2025"),
    ],
)
def test_a_page_of_a_public_edition_is_shared_with_the_picture_of_the_barometer(
    client: Client, steward: Person, address: str, title: str
):
    operations.publish_edition(barometer_slug="the-barometer", label="2025", actor=steward, now=timezone.now())
    operations.set_barometer_visibility(slug="the-barometer", actor=steward, visibility=Visibility.PUBLIC)
    told = told_in(client, address)
    assert (told["title"], told["description"]) == (title, "How well cities care for their people.")
    assert told["canonical"] == told["url"] == f"http://testserver{address.partition('?')[0]}"
    picture = told["image"].removeprefix("http://testserver")
    assert client.get(picture.replace("&amp;", "&"))["Content-Type"] == "image/png"


def test_what_is_not_published_is_nobody_s_to_share(client: Client, steward: Person):
    client.force_login(steward)
    assert told_in(client, BASE) == {}


def test_the_questionnaire_is_shared_with_the_picture_of_the_site(client: Client):
    told = told_in(client, "/barometers/questionnaire/")
    assert told["canonical"] == "http://testserver/barometers/questionnaire/"
    assert client.get(told["image"].removeprefix("http://testserver"))["Content-Type"] == "image/png"
    assert "/barometers/questionnaire/" in client.get("/sitemap/lists-1.xml").content.decode()
