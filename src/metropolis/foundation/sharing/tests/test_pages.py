"""Feeds, cards, pictures, the sitemap and larger maps of initiatives and publications."""

import json
import re
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any
from urllib.parse import quote

import feedparser
import pytest
from defusedxml import ElementTree
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.http import http_date, parse_http_date

from metropolis.foundation.accounts.operations import register_organisation, set_organisation_confirmed
from metropolis.foundation.accounts.tests.factories import PersonFactory
from metropolis.foundation.documents.tests.factories import publish
from metropolis.foundation.records.values import Visibility
from metropolis.foundation.taxonomy.operations import load_vocabularies
from metropolis.foundation.workspaces.models import Initiative
from metropolis.foundation.workspaces.operations import (
    set_initiative_visibility,
    start_initiative,
    translate_initiative,
)
from metropolis.foundation.workspaces.tests.factories import CityFactory, member_of
from metropolis.foundation.workspaces.values import Role

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _vocabularies(db: None) -> None:
    load_vocabularies()


def started(title: str = "Green ways", visibility: Visibility = Visibility.PUBLIC, **fields: Any) -> Initiative:
    editor = PersonFactory.create(network_role="editor")
    told = {"title": title, "one_line": f"{title} along rivers.", "language": "en", **fields}
    row = start_initiative(author=editor, fields=told)
    return set_initiative_visibility(slug=row.slug, actor=editor, visibility=visibility)


def translate(row: Initiative, language: str, title: str) -> None:
    fields = {"title": title, "one_line": title}
    translate_initiative(slug=row.slug, actor=row.author, language=language, fields=fields, origin="translator")


def feed(client: Client, address: str) -> Any:
    answer = client.get(address)
    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("application/atom+xml")
    read = feedparser.parse(answer.content)
    assert not read.bozo, read.get("bozo_exception")
    assert read.version == "atom10"
    return read


def linked_data(page: str) -> Any:
    (data,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page)
    return json.loads(data)


# Feeds


def test_a_list_has_a_feed_at_its_own_address_with_its_own_filters(client: Client):
    started("Green ways")
    started("Blue ways", status="planned")
    every = feed(client, "/feeds/initiatives/")
    assert {entry.title for entry in every.entries} == {"Green ways", "Blue ways"}
    some = feed(client, "/feeds/initiatives/?status=planned")
    assert [entry.title for entry in some.entries] == ["Blue ways"]
    assert some.feed.title == "Initiatives: planned · Metropolis"
    assert {link.rel: link.href for link in some.feed.links} == {
        "alternate": "http://testserver/initiatives/?status=planned",
        "self": "http://testserver/feeds/initiatives/?status=planned",
    }


def test_an_entry_says_what_it_is_where_and_in_which_language(client: Client):
    city = CityFactory.create(name="Rosario")
    row = started("Vías verdes <b>&", one_line="Ríos & orillas <i>", language="es", lead_city=city)
    (entry,) = feed(client, "/feeds/initiatives/").entries
    assert entry.title == "Vías verdes <b>&"
    assert entry.link == entry.id == f"http://testserver{row.get_absolute_url()}"
    assert entry.summary == "Initiative · Rosario, Argentina · Ríos &amp; orillas &lt;i&gt;"
    assert entry.summary_detail.language == "es"
    assert entry.updated_parsed


def test_a_feed_is_in_the_language_its_address_asks_for_whatever_the_reader_has(client: Client):
    translate(started("Green ways"), "fr", "Voies vertes")
    asked = feed(client, "/feeds/initiatives/?read_in=fr")
    assert [entry.title for entry in asked.entries] == ["Voies vertes"]
    plain = client.get("/feeds/initiatives/", headers={"Accept-Language": "fr"})
    assert "Green ways" in plain.content.decode()
    assert plain["Content-Language"] == "en"


def test_what_was_changed_last_comes_first(client: Client):
    first, second = started("First"), started("Second")
    titles = [entry.title for entry in feed(client, "/feeds/initiatives/").entries]
    assert titles == ["Second", "First"]
    set_initiative_visibility(slug=first.slug, actor=first.author, visibility=Visibility.INTERNAL)
    set_initiative_visibility(slug=first.slug, actor=first.author, visibility=Visibility.PUBLIC)
    assert [entry.title for entry in feed(client, "/feeds/initiatives/").entries] == ["First", "Second"]
    assert second


def test_a_feed_is_not_sent_again_to_who_has_it(client: Client):
    started("First")
    answer = client.get("/feeds/initiatives/")
    assert answer["Cache-Control"] == "public, max-age=300"
    again = client.get("/feeds/initiatives/", headers={"If-None-Match": answer["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    since = client.get("/feeds/initiatives/", headers={"If-Modified-Since": answer["Last-Modified"]})
    assert since.status_code == 304
    early = http_date(parse_http_date(answer["Last-Modified"]) - 10)
    assert client.get("/feeds/initiatives/", headers={"If-Modified-Since": early}).status_code == 200
    started("Second")
    changed = client.get("/feeds/initiatives/", headers={"If-None-Match": answer["ETag"]})
    assert changed.status_code == 200
    assert changed["ETag"] != answer["ETag"]


def test_an_empty_feed_is_valid_and_stays_the_same(client: Client):
    read = feed(client, "/feeds/publications/")
    assert read.entries == []
    assert client.get("/feeds/publications/")["ETag"] == client.get("/feeds/publications/")["ETag"]


def test_an_initiative_has_a_feed_of_its_records(client: Client):
    row = started("Green ways")
    publish(row, title="Its report")
    publish(row, title="Its draft", visibility=Visibility.DRAFT)
    publish(title="Another's report")
    found = {entry.title for entry in feed(client, f"/feeds{row.get_absolute_url()}").entries}
    assert found == {"Green ways", "Its report"}


def register_confirmed(**told: Any) -> Any:
    row = register_organisation(**told)
    desk = PersonFactory.create(network_role="secretariat")
    set_organisation_confirmed(slug=row.slug, actor=desk, is_confirmed=True)
    return row


def test_organisations_have_a_feed(client: Client):
    register_organisation(name="Rosario's anglers", kind="club")
    register_confirmed(name="City of Rosario", kind="city")
    assert [entry.title for entry in feed(client, "/feeds/account/organisations/?q=rosario").entries] == [
        "City of Rosario"
    ]


def test_an_editor_gets_the_feed_of_a_visitor_without_cookies(client: Client):
    started("Hidden", visibility=Visibility.DRAFT)
    publish(started("Known"), title="Kept inside", visibility=Visibility.INTERNAL)
    client.force_login(PersonFactory.create(network_role="editor"))
    for address in ("/feeds/initiatives/", "/feeds/publications/"):
        answer = client.get(address)
        assert "Hidden" not in answer.content.decode()
        assert "Kept inside" not in answer.content.decode()
        assert not answer.cookies
        assert "Cookie" not in answer["Vary"]


@pytest.mark.parametrize("address", ["/feeds/about/", "/feeds/nothing/", "/feeds/account/", "/feeds/initiatives/none/"])
def test_a_page_that_lists_nothing_has_no_feed(client: Client, address: str):
    assert client.get(address).status_code == 404


def test_a_title_with_a_character_xml_cannot_hold_still_has_a_feed(client: Client):
    row = started("Green ways")
    Initiative.objects.filter(pk=row.pk).update(title="Green\x0b ways\ufffe")
    assert [entry.title for entry in feed(client, "/feeds/initiatives/").entries] == ["Green ways"]


@pytest.mark.parametrize("address", ["/feeds/initiatives/", "/feeds/publications/", "/sitemap/initiative-1.xml"])
def test_three_records_take_as_many_queries_as_one(client: Client, address: str):
    def more() -> None:
        row = started("Green ways", lead_city=CityFactory.create())
        translate(row, "fr", "Voies vertes")
        publish(row, title="Report")

    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.get(address).status_code == 200
        return len(queries)

    more()
    client.get(address)
    one = cost()
    more()
    more()
    assert cost() == one


# What a page's head says


def test_the_head_of_a_record_names_it_its_picture_and_its_versions(client: Client):
    city = CityFactory.create(name="Rosario")
    row = started('Green "ways" </script>', lead_city=city)
    translate(row, "fr", "Voies vertes")
    page = client.get(row.get_absolute_url()).content.decode()
    url = f"http://testserver{row.get_absolute_url()}"
    assert f'<link rel="canonical" href="{url}">' in page
    assert dict(re.findall(r'hreflang="([\w-]+)"\s+href="([^"]+)"', page)) == {
        "en": url,
        "fr": f"{url}?language=fr",
        "x-default": url,
    }
    told = dict(re.findall(r'<meta property="og:([\w:]+)" content="([^"]*)"', page))
    assert told["title"] == "Green &quot;ways&quot; &lt;/script&gt;"
    assert told["image"] == f"http://testserver/image{row.get_absolute_url()}?read_in=en"
    data = linked_data(page)
    assert (data["@type"], data["name"], data["url"]) == ("Project", 'Green "ways" </script>', url)
    french = client.get(f"{row.get_absolute_url()}?language=fr").content.decode()
    assert f'<link rel="canonical" href="{url}?language=fr">' in french
    assert '<meta property="og:title" content="Voies vertes">' in french


def test_a_list_leads_to_its_feed_from_its_head_and_in_plain_sight(client: Client):
    page = client.get("/initiatives/?status=planned&page=3").content.decode()
    address = "/feeds/initiatives/?status=planned&amp;read_in=en"
    assert re.search(rf'type="application/atom\+xml"\s+title="[^"]+"\s+href="{re.escape(address)}"', page)
    assert page.count(f'href="{address}"') == 2
    assert '<link rel="canonical" href="http://testserver/initiatives/?page=3">' in page
    assert linked_data(page)["@type"] == "CollectionPage"


def test_organisations_say_what_kind_of_body_they_are_and_nothing_of_their_people(client: Client):
    person = PersonFactory.create(name="Nobody's business")
    row = register_confirmed(name="City of Rosario", kind="city", actor=person)
    page = client.get(row.get_absolute_url()).content.decode()
    assert linked_data(page)["@type"] == "GovernmentOrganization"
    assert "Nobody" not in client.get(f"/embed{row.get_absolute_url()}").content.decode()


@pytest.mark.parametrize("visibility", [Visibility.DRAFT, Visibility.INTERNAL])
def test_what_is_not_public_has_no_picture_card_feed_or_map_even_for_its_author(client: Client, visibility: Visibility):
    row = started("Kept inside", visibility=visibility)
    client.force_login(row.author)
    page = client.get(row.get_absolute_url())
    assert page.status_code == 200
    assert "og:title" not in page.content.decode()
    for word in ("image", "embed", "feeds", "map"):
        answer = client.get(f"/{word}{row.get_absolute_url()}")
        assert answer.status_code == 404
        assert "Kept inside" not in answer.content.decode()
    assert row.slug not in client.get("/sitemap/initiative-1.xml").content.decode()


def test_a_form_has_nothing_to_share(client: Client):
    page = client.get("/account/sign-in/").content.decode()
    assert "og:title" not in page
    assert "application/atom+xml" not in page


# Pictures and cards


@pytest.mark.parametrize("address", ["/about/", "/topics/", "/initiatives/rights/", "/contact/"])
def test_a_page_that_lists_nothing_has_a_card_and_a_picture_all_the_same(client: Client, address: str):
    page = client.get(address).content.decode()
    assert f'property="og:image" content="http://testserver/image{address}' in page
    assert "application/atom+xml" not in page
    assert client.get(f"/image{address}").headers["Content-Type"] == "image/png"


def test_a_picture_is_of_the_size_that_networks_ask_for_and_kept(client: Client):
    row = started("Green ways")
    address = f"/image{row.get_absolute_url()}?read_in=en"
    answer = client.get(address)
    assert (answer["Content-Type"], answer.content[:8]) == ("image/png", b"\x89PNG\r\n\x1a\n")
    assert int.from_bytes(answer.content[16:20]) == 1200
    assert int.from_bytes(answer.content[20:24]) == 630
    assert answer["Cache-Control"] == "public, max-age=3600"
    assert client.get(address, headers={"If-None-Match": answer["ETag"]}).status_code == 304
    translate(row, "ar", "طرق خضراء")
    arabic = client.get(f"/image{row.get_absolute_url()}?read_in=ar")
    assert arabic["Content-Language"] == "ar"
    assert arabic.content != answer.content


def test_the_picture_of_a_list_says_nothing_that_somebody_may_have_put_into_its_address(client: Client):
    page = client.get("/initiatives/?status=planned").content.decode()
    assert '<meta property="og:image" content="http://testserver/image/initiatives/?read_in=en">' in page
    plain = client.get("/image/initiatives/?read_in=en")
    assert plain.content[:8] == b"\x89PNG\r\n\x1a\n"
    assert client.get("/image/initiatives/?read_in=en&status=planned&q=Bad+words").content == plain.content
    assert client.get("/image/nothing/").status_code == 404


def test_a_picture_is_gone_as_soon_as_the_record_is_taken_back(client: Client):
    row = started("Green ways")
    address = f"/image{row.get_absolute_url()}"
    assert client.get(address).status_code == 200
    set_initiative_visibility(slug=row.slug, actor=row.author, visibility=Visibility.INTERNAL)
    assert client.get(address).status_code == 404


def test_only_a_card_may_be_framed_and_it_sets_no_cookie(client: Client):
    row = started("Green <ways>")
    client.force_login(row.author)
    card = client.get(f"/embed{row.get_absolute_url()}?read_in=en")
    assert "frame-ancestors *" in card["Content-Security-Policy"]
    assert "script-src" not in card["Content-Security-Policy"]
    assert "X-Frame-Options" not in card
    assert not card.cookies
    assert "Green &lt;ways&gt;" in card.content.decode()
    assert "<script" not in card.content.decode()
    page = client.get(row.get_absolute_url())
    assert "frame-ancestors 'none'" in page["Content-Security-Policy"]
    assert page["X-Frame-Options"] == "DENY"
    assert f'src="http://testserver/embed{row.get_absolute_url()}?read_in=en"' in page.content.decode()


def test_a_title_stays_a_title_in_the_page_that_the_card_is_pasted_into(client: Client):
    row = started('Ways" onload="alert(1)')
    page = client.get(row.get_absolute_url()).content.decode()
    pasted = unescape(page.partition('id="share-card"')[2].partition(">")[2].partition("</textarea>")[0])
    assert 'title="Ways&quot; onload=&quot;alert(1)"' in pasted


def test_a_page_is_shared_by_plain_links(client: Client):
    row = started("Green & blue")
    page = client.get(row.get_absolute_url()).content.decode()
    url = quote(f"http://testserver{row.get_absolute_url()}", safe="")
    assert f"https://www.linkedin.com/sharing/share-offsite/?url={url}" in page
    assert f"mailto:?subject=Green%20%26%20blue&amp;body={url}" in page


# For search engines


def test_the_sitemap_names_every_public_record_with_its_translations(client: Client):
    row = started("Green ways")
    translate(row, "fr", "Voies vertes")
    started("Hidden", visibility=Visibility.DRAFT)
    index = ElementTree.fromstring(client.get("/sitemap.xml").content)
    space = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9", "x": "http://www.w3.org/1999/xhtml"}
    parts = [each.text for each in index.iterfind("s:sitemap/s:loc", space)]
    assert "http://testserver/sitemap/initiative-1.xml" in parts
    part = ElementTree.fromstring(client.get("/sitemap/initiative-1.xml").content)
    url = f"http://testserver{row.get_absolute_url()}"
    assert [each.text for each in part.iterfind("s:url/s:loc", space)] == [url, f"{url}?language=fr"]
    links = [(each.get("hreflang"), each.get("href")) for each in part.iterfind("s:url[1]/x:link", space)]
    assert links == [("x-default", url), ("fr", f"{url}?language=fr")]
    moment = datetime.fromisoformat(part.findtext("s:url/s:lastmod", namespaces=space))
    assert datetime.now(UTC) - moment < timedelta(minutes=5)


def test_every_part_of_the_sitemap_can_be_read_and_every_list_in_it(client: Client):
    publish(started("Green ways"))
    parts = re.findall(r"<loc>http://testserver(.*?)</loc>", client.get("/sitemap.xml").content.decode())
    assert len(parts) >= 3
    for part in parts:
        ElementTree.fromstring(client.get(part).content)
    for path in re.findall(r"<loc>http://testserver(.*?)</loc>", client.get("/sitemap/lists-1.xml").content.decode()):
        assert client.get(path).status_code == 200


@pytest.mark.parametrize(
    "name", ["initiative-2", "initiative-0", "nothing-1", "lists-2", "initiative-99999999999999999999"]
)
def test_there_is_no_other_part_of_the_sitemap(client: Client, name: str):
    started("Green ways")
    assert client.get(f"/sitemap/{name}.xml").status_code == 404


def test_robots_leave_accounts_aside_and_find_the_sitemap(client: Client):
    text = client.get("/robots.txt").content.decode()
    assert "Disallow: /account/" in text
    assert "Sitemap: http://testserver/sitemap.xml" in text


# Larger maps


def test_a_larger_map_keeps_the_filters_and_names_the_places(client: Client):
    started("Green ways", lead_city=CityFactory.create(name="Rosario"))
    started("Blue ways", status="planned", lead_city=CityFactory.create(name="Funes"))
    small = client.get("/initiatives/?status=planned").content.decode()
    assert 'href="/map/initiatives/?status=planned"' in small
    page = client.get("/map/initiatives/?status=planned").content.decode()
    assert "Blue ways" in page
    assert "Green ways" not in page
    assert 'href="/initiatives/?status=planned"' in page


def test_a_larger_map_shows_members_what_the_small_one_does(client: Client):
    hidden = started("Inside", visibility=Visibility.INTERNAL, lead_city=CityFactory.create())
    assert "Inside" not in client.get("/map/initiatives/").content.decode()
    client.force_login(member_of(hidden, Role.VIEWER))
    assert "Inside" in client.get("/map/initiatives/").content.decode()


def test_a_page_without_a_map_has_no_larger_one(client: Client):
    assert client.get("/map/publications/").status_code == 404
    assert client.get("/map/about/").status_code == 404
