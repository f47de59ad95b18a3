"""Every page of the tool, by HTTP, as visitor, member, author and coordinator."""

import re
from html import unescape
from pathlib import Path

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from metropolis.foundation.accounts.models import Person
from metropolis.foundation.records.values import Visibility
from metropolis.foundation.workspaces.models import Initiative
from metropolis.foundation.workspaces.values import Role
from metropolis.tools.exchange.models import Match, Need
from metropolis.tools.exchange.operations import keep_up, set_need_visibility
from metropolis.tools.exchange.tests.factories import PersonFactory, a_city, a_need, an_initiative, member_of

STORY = "El plan convierte las riberas de ríos y canales en vías verdes para peatones."
FORM = {
    "initiative": "metropolis-initiatives",
    "kind": "need",
    "title": "Riberas para peatones",
    "text": "Queremos convertir las riberas de los canales en vías verdes para peatones.",
    "language": "es",
    "city": "Rosario, AR",
    "topics": ["rivers-canals"],
}


@pytest.fixture
def plan(network: Initiative) -> Initiative:
    row = an_initiative("Plan de Vías Verdes", city="Santiago", story=STORY, language="es", slug="plan")
    a_city("Rosario")
    keep_up()
    return row


def signed_in(person: Person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def at(name: str, *args: object) -> str:
    return reverse(f"exchange:{name}", args=args)


def text_of(answer: HttpResponse) -> str:
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", answer.content.decode())))


def searched(client: Client, **query: object) -> str:
    answer = client.get(at("search"), query)
    assert answer.status_code == 200
    return text_of(answer)


def test_home_asks_shows_what_is_new_and_counts(client: Client, plan: Initiative) -> None:
    text = text_of(client.get(at("home")))
    assert "What does your city want to do?" in text
    assert "Plan de Vías Verdes" in text
    assert "2 Initiatives" in text


def test_before_the_index_is_built_pages_say_so(client: Client, db: None, search_folder: Path) -> None:
    assert "its search index is being built" in text_of(client.get(at("home")))
    assert "The search index is being built." in searched(client, q="water")
    assert client.get(at("points")).status_code == 409


def test_a_result_has_its_quote_reason_factors_and_unknowns(client: Client, plan: Initiative) -> None:
    text = searched(client, q="canales y riberas para peatones", city="Rosario, AR")
    assert "El plan convierte las riberas de ríos y canales en vías verdes para peatones ." in text
    assert "Why: From Santiago (Chile), for Rosario:" in text
    assert re.search(r"Preconditions met unknown", text)
    assert "here: Cfa, Temperate, no dry season, hot summer; there: BSk, Cold steppe" in text
    assert "Cities that run or want the same" in text


def test_the_words_of_the_question_are_marked_and_nothing_is_left_unescaped(
    client: Client, network: Initiative
) -> None:
    an_initiative("Danger", story="Banks of <script>alert(1)</script> canals.")
    answer = client.get(at("search"), {"q": "canals banks"})
    assert "<mark>canals</mark>" in answer.content.decode()
    assert "<script>alert" not in answer.content.decode()
    assert "&lt;script&gt;alert" in answer.content.decode()


def test_everything_chosen_is_in_the_address_and_can_be_taken_off(client: Client, plan: Initiative) -> None:
    answer = client.get(at("search"), {"q": "canales", "country": ["CL", "AR"], "kind": "initiative"})
    page = answer.content.decode()
    assert "Country: Chile" in text_of(answer)
    assert "?q=canales&amp;country=AR&amp;kind=initiative" in page
    assert '<input type="hidden" name="q" value="canales">' in page
    assert re.search(r'value="CL"\s+checked', page)


def test_an_ambiguous_city_lists_its_candidates(client: Client, plan: Initiative) -> None:
    first = a_city("Springfield")
    second = a_city("Springville")
    second.names.update(folded="springfield")
    second.name = "Springfield"
    second.division = "Elsewhere"
    second.save()
    text = searched(client, q="canales", city="Springfield")
    assert "Several cities are called Springfield" in text
    assert first.label in text
    assert "Plan de Vías Verdes" in text


def test_an_unknown_city_is_said_and_the_question_answered_without_it(client: Client, plan: Initiative) -> None:
    text = searched(client, q="canales", city="Atlantis")
    assert "No city called Atlantis is known." in text
    assert "Plan de Vías Verdes" in text


@pytest.mark.parametrize(
    "query",
    [
        {"page": "zero"},
        {"page": "999"},
        {"page": "nan"},
        {"weight_need": "much"},
        {"weight_need": "nan"},
        {"sort": "price"},
        {"kind": "nothing"},
    ],
)
def test_an_address_that_makes_no_sense_is_still_answered(
    client: Client, plan: Initiative, query: dict[str, str]
) -> None:
    assert client.get(at("search"), {"q": "canales", **query}).status_code == 200


def test_where_nothing_answers_ways_on_are_shown(client: Client, plan: Initiative) -> None:
    text = searched(client, q='"no such words"', country="CL")
    assert "Nothing answers this" in text
    assert "Take all filters off" in text


def test_weights_are_kept_in_the_form_and_shown(client: Client, plan: Initiative) -> None:
    answer = client.get(at("search"), {"q": "canales", "city": "Rosario, AR", "weight_need": "0", "sort": "fit"})
    page = answer.content.decode()
    assert re.search(r'name="weight_need"\s+value="0.0"', page)
    assert "ordered by their fit to Rosario" in text_of(answer)


def test_cities_alone_are_a_kind_of_answer(client: Client, plan: Initiative) -> None:
    text = searched(client, q="canales y riberas", kind="city", city="Rosario, AR")
    assert "Santiago, Chile" in text
    assert "runs: Plan de Vías Verdes" in text


def test_pages_go_on_where_the_last_ended(client: Client, network: Initiative) -> None:
    for number in range(25):
        a_need(network, title=f"Canal banks {number}")
    while Need.objects.filter(matched_at=None).exists() or "25 answers" not in searched(client, kind="need"):
        keep_up()
    pages = [client.get(at("search"), {"kind": "need", "page": page}).content.decode() for page in (1, 2)]
    titles = [set(re.findall(r'href="(/needs/[^/]+/)"><bdi lang="en">', page)) for page in pages]
    assert [len(found) for found in titles] == [20, 5]
    assert not titles[0] & titles[1]


def test_any_number_of_results_takes_the_same_number_of_queries(client: Client, plan: Initiative) -> None:
    def queries() -> int:
        keep_up()
        with CaptureQueriesContext(connection) as caught:
            searched(client, q="canal banks", city="Rosario, AR", kind="need")
        return len(caught)

    a_need(plan, author=plan.author, title="Canal banks", city="Kampala")
    one = queries()
    for number in range(2):
        a_need(plan, author=plan.author, title=f"Canal banks {number}", city="Kampala")
    assert queries() == one


def test_what_is_unpublished_is_gone_from_results_facets_and_map_in_the_next_request(
    client: Client, plan: Initiative
) -> None:
    row = a_need(plan, author=plan.author, title="Canal banks", city="Kampala", topics=("rivers-canals",))
    before = searched(client, q="canal banks", kind="need")
    assert "Canal banks" in before
    assert "Rivers, canals and waterfronts 1" in before
    set_need_visibility(slug=row.slug, actor=plan.author, visibility=Visibility.DRAFT)
    after = searched(client, q="canal banks", kind="need") + searched(client, q="canal banks")
    assert "Kampala" not in after
    assert "Rivers, canals and waterfronts" not in after
    titles = [feature["properties"]["title"] for feature in client.get(at("points")).json()["features"]]
    assert titles == ["Plan de Vías Verdes"]
    assert client.get(at("record", "need", row.slug)).status_code == 404


def test_needs_are_found_when_they_are_asked_for_and_else_tell_which_cities_want_the_same(
    client: Client, plan: Initiative
) -> None:
    a_need(plan, author=plan.author, title="Canal banks for walkers", city="Kampala")
    page = searched(client, q="canal banks for walkers")
    assert "Nothing answers this" in page
    assert "Answers 0 Needs 1 Cities 1" in page
    assert "wants: Canal banks for walkers" in page
    assert "1 answer" in searched(client, q="canal banks for walkers", kind="need")


def test_points_lead_to_their_records(client: Client, plan: Initiative) -> None:
    (feature,) = client.get(at("points"), {"q": "canales y riberas"}).json()["features"]
    assert feature["geometry"]["coordinates"] == [-70.65, -33.46]
    answer = client.get(feature["properties"]["url"])
    assert (answer.status_code, answer["Location"]) == (302, plan.get_absolute_url())


def test_a_city_has_its_page_under_its_own_name_only(client: Client, plan: Initiative) -> None:
    city = a_city("Santiago")
    text = text_of(client.get(at("city", city.id, city.slug)))
    assert "It runs" in text
    assert "Plan de Vías Verdes" in text
    assert "Metropolitan government" in text
    answer = client.get(at("city", city.id, "another"))
    assert (answer.status_code, answer["Location"]) == (301, at("city", city.id, city.slug))
    assert client.get(at("city", 1, "nowhere")).status_code == 404


def test_things_are_compared_added_and_taken_off(client: Client, plan: Initiative) -> None:
    rosario, santiago = a_city("Rosario"), a_city("Santiago")
    answer = client.get(at("compare"), {"item": f"city:{rosario.id}", "city": "Santiago, CL"})
    assert answer.status_code == 302
    assert answer["Location"].endswith(f"?item=city%3A{rosario.id}&item=city%3A{santiago.id}")
    page = client.get(answer["Location"])
    assert "4,837,295" in text_of(page)
    assert f"?item=city%3A{santiago.id}" in page.content.decode()
    assert "No city called Atlantis" in text_of(client.get(at("compare"), {"city": "Atlantis"}))


def test_records_to_compare_are_found_in_words(client: Client, plan: Initiative) -> None:
    page = client.get(at("compare"), {"q": "vías verdes"})
    assert "?item=initiative%3Aplan" in page.content.decode()
    assert "Choose what to compare" in text_of(page)


@pytest.mark.parametrize(
    ("items", "status"),
    [
        (["initiative:plan", "city:3838583"], 422),
        ([f"city:{number}" for number in range(5)], 422),
        (["city:nowhere"], 404),
        ([f"city:{10**30}"], 404),
        (["initiative:no-such"], 404),
        (["nonsense"], 422),
    ],
)
def test_what_cannot_be_compared_is_refused(client: Client, plan: Initiative, items: list[str], status: int) -> None:
    assert client.get(at("compare"), {"item": items}).status_code == status


def test_needs_are_listed_with_filters_in_the_address(client: Client, plan: Initiative) -> None:
    a_need(plan, author=plan.author, title="Cooler schools", topics=("heat",))
    a_need(plan, author=plan.author, kind="offer", title="Visits to our canals", city="Kampala")
    a_need(plan, author=plan.author, public=False, title="A draft")
    text = text_of(client.get(at("needs")))
    assert "Cooler schools" in text
    assert "Visits to our canals" in text
    assert "A draft" not in text
    assert "Visits to our canals" not in text_of(client.get(at("needs"), {"kind": "need"}))
    assert "Cooler schools" not in text_of(client.get(at("needs"), {"country": "UG"}))
    assert "Nothing here yet" in text_of(client.get(at("needs"), {"topic": "water"}))


def test_a_need_whose_time_is_over_is_not_called_open(client: Client, plan: Initiative) -> None:
    row = a_need(plan, author=plan.author, title="Cooler schools")
    Need.objects.update(open_until="2000-01-01")
    assert "Need No longer open Cooler schools" in text_of(client.get(row.get_absolute_url()))
    assert "Need No longer open Cooler schools" in text_of(client.get(at("needs")))
    assert "Cooler schools" not in text_of(client.get(at("needs"), {"status": "open"}))
    assert "Cooler schools" not in text_of(client.get(at("search"), {"q": "cooler schools"}))


def test_any_number_of_needs_takes_the_same_number_of_queries(client: Client, plan: Initiative) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as caught:
            client.get(at("needs"))
        return len(caught)

    a_need(plan, author=plan.author, topics=("heat",))
    one = queries()
    for number in range(2):
        a_need(plan, author=plan.author, title=f"Need {number}", city="Kampala")
    assert queries() == one


def test_who_is_not_signed_in_is_led_to_the_door(client: Client, network: Initiative) -> None:
    for name in ("add_need", "my_needs"):
        answer = client.get(at(name))
        assert answer.status_code == 302
        assert answer["Location"].startswith(f"{reverse('accounts:sign_in')}?next=")
    assert client.post(at("add_need"), FORM).status_code == 403


def test_a_need_is_added_published_and_matched_in_one_form(plan: Initiative) -> None:
    officer = PersonFactory.create()
    answer = signed_in(officer).post(at("add_need"), {**FORM, "publish": "1"}, follow=True)
    text = text_of(answer)
    row = Need.objects.get()
    assert answer.redirect_chain == [(row.get_absolute_url(), 302)]
    assert row.visibility == Visibility.PUBLIC
    assert "Saved. What answers it is shown below." in text
    assert "Plan de Vías Verdes" in text


def test_a_need_can_be_kept_as_a_draft_that_others_do_not_see(client: Client, plan: Initiative) -> None:
    officer = PersonFactory.create()
    signed_in(officer).post(at("add_need"), FORM)
    row = Need.objects.get()
    assert row.visibility == Visibility.DRAFT
    assert client.get(row.get_absolute_url()).status_code == 404
    assert signed_in(PersonFactory.create()).get(row.get_absolute_url()).status_code == 404
    assert signed_in(officer).get(row.get_absolute_url()).status_code == 200


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({"title": ""}, "Title : This field is required."),
        ({"city": "Atlantis"}, "City : No city called Atlantis is known."),
        ({"open_until": "2000-01-01"}, "Answers wanted until : This is past."),
        ({"by_when": "1999"}, "By when : This is past."),
        ({"by_when": "soon"}, "By when : Write a year, a month or a day"),
        ({"language": "xx"}, "Language of the text : Select a valid choice."),
    ],
)
def test_what_is_wrong_is_said_beside_its_field_and_what_was_typed_is_kept(
    plan: Initiative, told: dict[str, str], said: str
) -> None:
    answer = signed_in(PersonFactory.create()).post(at("add_need"), {**FORM, **told})
    assert answer.status_code == 422
    assert said in text_of(answer)
    assert FORM["text"] in text_of(answer)
    assert not Need.objects.exists()


def test_a_form_sent_twice_makes_one_need_and_one_filled_in_anew_another(plan: Initiative) -> None:
    officer = signed_in(PersonFactory.create())
    (key,) = re.findall(r'name="form_key" value="([^"]+)"', officer.get(at("add_need")).content.decode())
    told = {**FORM, "form_key": key}
    sent = [officer.post(at("add_need"), told), officer.post(at("add_need"), {**told, "publish": "1"})]
    row = Need.objects.get()
    assert [answer["Location"] for answer in sent] == [row.get_absolute_url()] * 2
    assert row.visibility == Visibility.PUBLIC
    officer.post(at("add_need"), {**told, "title": "Another wish"})
    assert Need.objects.count() == 2


def test_an_initiative_where_one_may_not_contribute_is_not_offered(plan: Initiative) -> None:
    answer = signed_in(PersonFactory.create()).post(at("add_need"), {**FORM, "initiative": plan.slug})
    assert answer.status_code == 422


def test_the_author_changes_closes_and_deletes_it(plan: Initiative, network: Initiative) -> None:
    row = a_need(network)
    author = signed_in(row.author)
    form = author.get(at("change_need", row.slug))
    assert "We want to open the banks" in text_of(form)
    answer = author.post(at("change_need", row.slug), {**FORM, "title": "Another title"}, follow=True)
    assert "Another title" in text_of(answer)
    answer = author.post(at("close_need", row.slug), {"status": "met"}, follow=True)
    assert "It is now: Met." in text_of(answer)
    answer = author.post(at("set_need_visibility", row.slug), {"visibility": "draft"}, follow=True)
    assert "It is now: Draft." in text_of(answer)
    assert "This cannot be undone." in text_of(author.get(at("delete_need", row.slug)))
    answer = author.post(at("delete_need", row.slug), follow=True)
    assert answer.redirect_chain == [(at("needs"), 302)]
    assert not Need.objects.exists()


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("change_need", FORM),
        ("set_need_visibility", {"visibility": "draft"}),
        ("close_need", {"status": "met"}),
        ("delete_need", {}),
        ("mark_match", {"reference": "initiative:plan", "state": "kept"}),
    ],
)
def test_only_the_author_and_coordinators_may(
    client: Client, network: Initiative, name: str, given: dict[str, str]
) -> None:
    row = a_need(network)
    assert client.post(at(name, row.slug), given).status_code == 403
    assert signed_in(PersonFactory.create()).post(at(name, row.slug), given).status_code == 403
    assert signed_in(member_of(network, Role.COORDINATOR)).post(at(name, row.slug), given).status_code == 302


@pytest.mark.parametrize(
    ("name", "given"), [("set_need_visibility", {"visibility": "x"}), ("close_need", {"status": "x"})]
)
def test_a_state_that_does_not_exist_is_refused(network: Initiative, name: str, given: dict[str, str]) -> None:
    row = a_need(network)
    assert signed_in(row.author).post(at(name, row.slug), given).status_code == 422


def test_matches_are_kept_and_set_aside_by_their_author(client: Client, plan: Initiative, network: Initiative) -> None:
    row = a_need(network, title="Canales y riberas para peatones", language="es", text=STORY)
    author = signed_in(row.author)
    author.head(row.get_absolute_url())
    assert "1 new matches" in text_of(author.get(at("my_needs")))
    page = text_of(author.get(row.get_absolute_url()))
    assert "New" in page
    assert "Plan de Vías Verdes" in page
    assert "no new matches" in text_of(author.get(at("my_needs")))
    given = {"reference": "initiative:plan", "state": "dismissed"}
    assert author.post(at("mark_match", row.slug), given).status_code == 302
    assert Match.objects.get().state == "dismissed"
    assert "Set aside" in text_of(author.get(row.get_absolute_url()))
    assert "Plan de Vías Verdes" not in text_of(client.get(row.get_absolute_url()))


@pytest.mark.parametrize("name", ["home", "search", "points", "compare", "needs", "my_needs"])
def test_pages_that_only_read_take_no_post(client: Client, network: Initiative, name: str) -> None:
    assert client.post(at(name)).status_code == 405
