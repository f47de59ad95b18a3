"""What every tool offers to be shared: each record with a page of its own has a card, a picture and a place in feeds.

What is private of an expert, or not public of anything, is in none of them.
"""

import json
import re
from pathlib import Path
from typing import Any

import feedparser
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from metropolis.foundation.accounts.tests.factories import PersonFactory
from metropolis.foundation.records.values import Visibility
from metropolis.foundation.sharing.queries import listings, public_kinds
from metropolis.foundation.taxonomy.operations import load_vocabularies
from metropolis.foundation.workspaces.cards import record_kinds
from metropolis.foundation.workspaces.models import Initiative, ToolInUse
from metropolis.tools.exchange.operations import rebuild_index
from metropolis.tools.exchange.tests.conftest import empty_index, search_folder  # noqa: F401 - fixtures
from metropolis.tools.exchange.tests.factories import a_need
from metropolis.tools.experts.tests.factories import HomeFactory, publish_expert
from metropolis.tools.practices.tests.factories import initiative, place, practice_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def home(db: None, search_folder: Path) -> Initiative:  # noqa: F811 - the fixture
    row = initiative(slug="green-ways", is_open=True)
    ToolInUse.objects.create(initiative=row, tool="exchange")
    rebuild_index()
    return row


def titles(client: Client, address: str) -> list[str]:
    answer = client.get(address)
    assert answer.status_code == 200, address
    read = feedparser.parse(answer.content)
    assert not read.bozo
    return [entry.title for entry in read.entries]


def linked_data(page: str) -> Any:
    (data,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page)
    return json.loads(data)


def test_every_kind_of_record_that_can_be_found_can_be_shared():
    assert set(record_kinds()) <= set(public_kinds())
    assert {listing.page for listing in listings().values()} >= {
        "exchange:home",
        "exchange:search",
        "exchange:city",
        "exchange:needs",
        "practices:practices",
        "experts:experts",
        "documents:publications",
        "workspaces:initiatives",
        "workspaces:initiative",
    }


def test_a_practice_is_in_the_feeds_of_its_list_topic_city_initiative_and_search(client: Client, home: Initiative):
    row = practice_in(home, title="Open streets on Sundays")
    practice_in(home, Visibility.DRAFT, title="Not yet told", topics=("cycling",))
    city = place("Rosario")
    for address in (
        "/feeds/",
        "/feeds/practices/?topic=cycling",
        "/feeds/search/?q=streets+without+cars",
        "/feeds/search/?topic=cycling",
        f"/feeds/cities/{city.pk}-{city.slug}/",
        "/feeds/initiatives/green-ways/",
    ):
        found = titles(client, address)
        assert row.title in found, address
        assert "Not yet told" not in found
    assert row.title not in titles(client, "/feeds/practices/?topic=water")


def test_the_feed_of_a_search_is_called_by_what_was_asked(client: Client, home: Initiative):
    read = feedparser.parse(client.get("/feeds/search/?q=open+streets&topic=cycling").content)
    assert read.feed.title == "Search: open streets, Cycling · Metropolis"


def test_three_practices_take_as_many_queries_in_a_feed_as_one(client: Client, home: Initiative):
    def cost(address: str) -> int:
        client.get(address)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(address).status_code == 200
        return len(queries)

    addresses = ("/feeds/practices/", "/feeds/search/?topic=cycling", "/sitemap/practice-1.xml", "/sitemap/city-1.xml")
    practice_in(home, title="First")
    one = [cost(address) for address in addresses]
    practice_in(home, title="Second")
    practice_in(home, title="Third")
    assert [cost(address) for address in addresses] == one


def test_needs_and_offers_have_one_list_and_pages_of_two_kinds(client: Client, home: Initiative):
    a_need(home, kind="need", title="A bridge for walkers")
    a_need(home, kind="offer", title="Two engineers for a month")
    assert len(titles(client, "/feeds/needs/")) == 2
    assert titles(client, "/feeds/needs/?kind=offer") == ["Two engineers for a month"]
    offers = client.get("/sitemap/offer-1.xml").content.decode()
    (address,) = re.findall(r"<loc>http://testserver(/needs/.*?)</loc>", offers)
    assert linked_data(client.get(address).content.decode())["@type"] == "Offer"
    assert client.get(f"/image{address}").status_code == 200


def test_an_expert_is_a_person_only_where_the_name_is_shared_with_everybody(client: Client):
    load_vocabularies()
    home = HomeFactory.create()
    named, _person = publish_expert(home, {"name": "public"}, name="Ada Ejemplo")
    unnamed, _person = publish_expert(home, {"name": "members", "role": "public"}, name="Bea Secreta", role="Engineer")
    told = linked_data(client.get(f"/experts/{named}/").content.decode())
    assert (told["@type"], told["name"]) == ("Person", "Ada Ejemplo")
    client.force_login(PersonFactory.create())  # who sees the name on the page itself
    page = client.get(f"/experts/{unnamed}/").content.decode()
    assert "Secreta" in page
    data = linked_data(page)
    assert (data["@type"], data["name"]) == ("ProfilePage", "Engineer")
    assert "Secreta" not in json.dumps(data)
    assert re.findall('property="og:title" content="(.*?)"', page) == ["Engineer"]
    for address in ("/feeds/experts/", f"/embed/experts/{unnamed}/"):
        answer = client.get(address).content.decode()
        assert "Engineer" in answer
        assert "Secreta" not in answer


def test_a_city_has_a_card_a_picture_and_a_place_in_the_sitemap_once_something_is_known_of_it(
    client: Client, home: Initiative
):
    city = place("Rosario")
    address = f"/cities/{city.pk}-{city.slug}/"
    assert address not in client.get("/sitemap.xml").content.decode()
    practice_in(home)
    client.get("/search/?q=streets")  # takes the practice into the index
    assert address in client.get("/sitemap/city-1.xml").content.decode()
    page = client.get(address).content.decode()
    assert linked_data(page)["@type"] == "City"
    assert f"/contact/problems/report/city/{city.pk}/" in page
    assert "Rosario" in client.get(f"/embed{address}").content.decode()
    assert client.get(f"/image{address}").status_code == 200


def test_the_larger_map_of_a_search_has_what_the_small_one_has(client: Client, home: Initiative):
    practice_in(home, title="Open streets on Sundays")
    page = client.get("/search/?q=streets&topic=cycling").content.decode()
    assert 'href="/map/search/?q=streets&amp;topic=cycling"' in page
    larger = client.get("/map/search/?q=streets&topic=cycling").content.decode()
    assert "Open streets on Sundays" in larger
    assert "Open streets on Sundays" not in client.get("/map/search/?topic=water").content.decode()
