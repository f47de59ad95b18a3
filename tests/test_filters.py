"""Lists are narrowed alike, whichever tool they are of.

A topic stands for those below it too, and a filter that is not known for nothing.
"""

from pathlib import Path

import feedparser
import pytest
from django.test import Client

from metropolis.foundation.accounts.models import Person
from metropolis.foundation.accounts.tests.factories import PersonFactory
from metropolis.foundation.documents.tests.factories import publish
from metropolis.foundation.following.models import Notice
from metropolis.foundation.following.operations import follow, tell_news
from metropolis.foundation.records.values import Reference, Visibility
from metropolis.foundation.taxonomy.models import Term
from metropolis.foundation.workspaces.models import Initiative, ToolInUse
from metropolis.foundation.workspaces.tests.factories import member_of
from metropolis.foundation.workspaces.values import Role
from metropolis.tools.exchange.operations import rebuild_index
from metropolis.tools.exchange.queries.index import built_stamp, is_up_to_date
from metropolis.tools.exchange.tests.conftest import empty_index, search_folder  # noqa: F401 - fixtures
from metropolis.tools.exchange.tests.factories import a_need
from metropolis.tools.experts.tests.factories import knows, publish_expert
from metropolis.tools.practices.tests.factories import initiative, practice_in

pytestmark = pytest.mark.django_db

#: Drinking water supply, below water, and one of another branch.
CHILD, TOP, OTHER = "water-supply", "water", "mobility"


@pytest.fixture
def home(search_folder: Path) -> Initiative:  # noqa: F811 - the fixture
    row = initiative(slug="clean-taps", title="Clean taps", is_open=True)
    ToolInUse.objects.create(initiative=row, tool="exchange")
    row.terms.add(Term.objects.get(vocabulary="topic", code=CHILD))
    practice_in(row, title="Taps in schools", topics=(CHILD,))
    a_need(row, author=PersonFactory.create(), title="Water for the hills", topics=(CHILD,))
    publish(row, title="Report on taps", topics=(CHILD,))
    publish_expert(row, {"name": "public"}, name="Ada Agua", topics=knows(CHILD))
    rebuild_index()
    return row


LISTS = {
    "/practices/": "Taps in schools",
    "/initiatives/": "Clean taps",
    "/needs/": "Water for the hills",
    "/publications/": "Report on taps",
    "/experts/": "Ada Agua",
    "/search/": "Taps in schools",
}


def titles(client: Client, address: str) -> list[str]:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return [entry.title for entry in feedparser.parse(answer.content).entries]


@pytest.mark.parametrize("address", LISTS)
def test_a_list_on_a_topic_has_what_is_tagged_with_one_below_it(client: Client, home: Initiative, address: str):
    title = LISTS[address]
    for topic, is_there in ((CHILD, True), (TOP, True), (OTHER, False)):
        query = f"?topic={topic}"
        assert (title in client.get(address + query).content.decode()) == is_there, topic
        assert (title in titles(client, f"/feeds{address}{query}")) == is_there, topic


def test_a_search_on_a_topic_finds_and_counts_all_below_it_and_shows_only_their_own_topic(
    client: Client, home: Initiative
):
    practice_in(home, title="Wells and taps", topics=(CHILD, TOP))
    rebuild_index()
    for topic in (TOP, CHILD):
        page = client.get("/search/", {"topic": topic, "kind": "practice"})
        assert page.context["found"].facets["topic"] == {TOP: 2, CHILD: 2}
        tags = {card["title"]: [tag["label"] for tag in card["tags"][:-1]] for card in page.context["cards"]}
        assert tags == {
            "Taps in schools": ["Drinking water supply"],
            "Wells and taps": ["Water", "Drinking water supply"],
        }


def test_an_expert_of_two_topics_counts_once_in_the_one_above(client: Client, home: Initiative):
    publish_expert(home, topics=knows(CHILD, "sanitation", TOP))
    facets = {each["name"]: each for each in client.get("/experts/", {"topic": TOP}).context["facets"]}
    counts = {choice["value"]: choice["count"] for choice in facets["topic"]["choices"]}
    assert counts == {TOP: 2, CHILD: 2, "sanitation": 1}


def test_a_need_of_two_topics_is_listed_once_and_its_upper_topic_is_offered(client: Client, home: Initiative):
    a_need(home, author=PersonFactory.create(), title="Pipes", topics=(CHILD, TOP))
    page = client.get("/needs/", {"topic": TOP})
    assert sorted(card["title"] for card in page.context["cards"]) == ["Pipes", "Water for the hills"]
    assert "Water" in dict(page.context["choices"].topics).values()


def test_who_follows_a_topic_is_told_of_a_record_below_it_once(home: Initiative):
    tell_news()
    both, upper, other = (PersonFactory.create() for _ in range(3))
    for person, topic in ((both, CHILD), (both, TOP), (upper, TOP), (other, OTHER)):
        follow(person=person, reference=Reference(kind="topic", key=topic))
    row = practice_in(home, title="Wells", topics=(CHILD,))
    tell_news()

    def told(person: Person) -> list[tuple[str, str]]:
        return list(Notice.objects.filter(person=person).values_list("record_key", "why_key"))

    assert told(both) == [(row.slug, CHILD)]
    assert told(upper) == [(row.slug, TOP)]
    assert told(other) == []


def test_an_index_built_before_topics_stood_for_those_below_them_is_built_anew(home: Initiative):
    assert is_up_to_date()
    _format, _, encoders = built_stamp().read_text().partition(" ")
    built_stamp().write_text(f"2 {encoders}")
    assert not is_up_to_date()


#: An address of each list, and what it asks for that the list has not: a value, or a filter of another list.
UNKNOWN = (
    "/practices/?topic=nope",
    "/practices/?theme=sustainability&status=zzz",
    "/practices/?city=Nowhere",
    "/practices/?initiative=none",
    "/experts/?topic=nope",
    "/experts/?availability=zzz",
    "/experts/?status=running",
    "/initiatives/?theme=zzz",
    "/initiatives/?country=ZZ",
    "/initiatives/?tool=zzz",
    "/needs/?kind=zzz",
    "/needs/?status=zzz",
    "/needs/?theme=water",
    "/publications/?year=zzz",
    "/publications/?language=zzz",
    "/publications/?status=running",
    "/search/?topic=nope",
    "/search/?q=water&region=zzz",
    "/search/?kind=zzz",
    "/barometers/?topic=water",
    "/?topic=water",
)


@pytest.mark.parametrize("address", UNKNOWN)
def test_a_filter_that_is_not_known_gives_no_rows_and_is_named(client: Client, home: Initiative, address: str):
    asked = address.partition("?")[2].rpartition("&")[2]
    answer = client.get(address)
    page = answer.content.decode()
    assert answer.status_code == 200
    assert f"The filter “{asked}” is not known here." in page
    assert page.count("<h1") == 1
    assert "article class" not in page
    assert "application/atom+xml" not in page
    feed = client.get(f"/feeds{address}")
    assert feed.status_code == 422
    assert f"The filter “{asked}” is not known here." in feed.content.decode()


@pytest.mark.parametrize(
    "address",
    [
        *(f"{address}?utm_source=letter&topic=" for address in LISTS),
        "/practices/?country=PE&language=sw&sort=title&sdg=6&status=ended",
        "/experts/?region=005&country=PE&availability=available&language=pt-BR",
        "/initiatives/?tool=experts&status=ended&country=PE&theme=sustainability",
        "/needs/?kind=offer&status=withdrawn&country=PE",
        "/publications/?year=1999&language=sw",
        "/search/?q=water&city=Rosario,+AR&sort=fit&kind=need&region=005&size=small&climate=A&status=met&year=2014",
        "/search/?kind=city&country=PE&language=sw&weight_need=2",
        "/initiatives/clean-taps/?language=es",
        "/barometers/?page=2",
    ],
)
def test_a_filter_that_is_known_may_find_nothing(client: Client, home: Initiative, address: str):
    answer = client.get(address)
    assert answer.status_code == 200
    assert "is not known here" not in answer.content.decode()
    assert client.get(f"/feeds{address}").status_code == 200


def test_an_unknown_filter_is_taken_off_alone(client: Client, home: Initiative):
    page = client.get("/practices/?topic=water&status=zzz").content.decode()
    assert 'href="?topic=water"' in page
    assert 'href="/practices/"' in page


def test_the_feed_of_a_search_for_a_city_that_is_not_found_is_refused(client: Client, home: Initiative):
    assert client.get("/feeds/search/?city=Nowhere").status_code == 422


def test_an_initiative_that_only_members_see_is_a_filter_for_them_alone(client: Client, home: Initiative):
    inner = initiative(slug="inner", visibility=Visibility.INTERNAL)
    address = f"/practices/?initiative={inner.slug}"
    assert "is not known here" in client.get(address).content.decode()
    client.force_login(member_of(inner, Role.CONTRIBUTOR))
    assert "is not known here" not in client.get(address).content.decode()
