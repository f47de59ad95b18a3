import re
from collections.abc import Callable
from http import HTTPStatus
from urllib.parse import unquote

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from metropolis.foundation.accounts.tests.factories import PersonFactory, confirmed, editor
from metropolis.foundation.mail.models import Mail
from metropolis.foundation.records.values import Visibility
from metropolis.foundation.taxonomy.models import Term
from metropolis.foundation.taxonomy.operations import load_vocabularies
from metropolis.foundation.workspaces import operations
from metropolis.foundation.workspaces.models import Initiative, Member, Partner
from metropolis.foundation.workspaces.tests.factories import CityFactory, InitiativeFactory, member_of
from metropolis.foundation.workspaces.values import Role

pytestmark = pytest.mark.django_db

STEWARDS = ("members", "stop", "delete")
COORDINATORS = ("change", "translate", "visibility", "tools")
EMPTY_LISTS = {
    f"{name}-{part}": "0"
    for name in ("partners", "figures", "links", "sources")
    for part in ("TOTAL_FORMS", "INITIAL_FORMS")
}


def url(name: str, row: Initiative) -> str:
    return reverse(f"workspaces:{name}", args=[row.slug])


def whole() -> Initiative:
    """An initiative with one of everything."""
    city = CityFactory.create()
    row = InitiativeFactory.create(lead_city=city, figures=[{"label": "Length", "text": "1,500 km"}])
    row.cities.set([city])
    row.terms.set(Term.objects.filter(code="cycling"))
    Partner.objects.create(initiative=row, city=CityFactory.create(), part="learns")
    row.tools_in_use.create(tool="fund")
    member_of(row, Role.STEWARD)
    operations.translate_initiative(
        slug=row.slug, actor=editor(), language="es", fields={"title": "Otro"}, origin="machine"
    )
    return row


def queries_of(get: Callable[[], object]) -> int:
    with CaptureQueriesContext(connection) as captured:
        get()
    return len(captured)


def test_the_list_asks_as_much_for_three_as_for_one(client: Client):
    load_vocabularies()
    address = reverse("workspaces:initiatives")
    whole()
    client.get(address)
    one = queries_of(lambda: client.get(address))
    whole(), whole()
    assert queries_of(lambda: client.get(address)) == one
    points = reverse("workspaces:points")
    assert queries_of(lambda: client.get(points)) <= one


def test_a_status_and_an_end_that_nobody_told_are_unknown(client: Client):
    editor = PersonFactory.create()
    row = operations.start_initiative(author=editor, fields={"title": "Ríos", "one_line": "Riberas.", "language": "es"})
    client.force_login(editor)
    page = client.get(url("initiative", row)).content.decode()
    told = dict(re.findall(r"<dt>(.*?)</dt>\s*<dd>\s*(.*?)\s*</dd>", page, re.DOTALL))
    assert {name: "unknown" in told[name] for name in ("Status", "Start", "End")} == dict.fromkeys(
        ("Status", "Start", "End"), True
    )
    assert "Running" not in page


def test_figures_and_whom_to_ask_are_marked_as_what_they_are_written_in(client: Client):
    figures = [{"label": "Total del plan", "text": "1.500 km", "source": ""}]
    row = InitiativeFactory.create(language="es", figures=figures, contact_role="Coordinación del plan")
    saying = {"title": "Green ways", "one_line": "Banks for all."}
    operations.translate_initiative(slug=row.slug, actor=editor(), language="en", fields=saying, origin="translator")
    page = client.get(url("initiative", row)).content.decode()
    assert "In Spanish, as they were told." in page
    assert re.search(r'<div lang="es" dir="auto">\s*<dl class="facts">\s*<div>\s*<dt>Total del plan</dt>', page)
    assert re.search(r'<bdi lang="es">Coordinación del plan</bdi>\s*<span class="facts__note">Spanish</span>', page)
    assert "as they were told" not in client.get(url("initiative", row), {"language": "es"}).content.decode()


def test_the_page_asks_as_much_for_three_of_everything_as_for_one(client: Client):
    load_vocabularies()
    row = whole()
    steward = row.members.get().person
    client.force_login(steward)
    client.get(url("initiative", row))
    one = queries_of(lambda: client.get(url("initiative", row)))
    for _time in range(2):
        Partner.objects.create(initiative=row, city=CityFactory.create())
        row.cities.add(CityFactory.create())
        member_of(row, Role.VIEWER)
        operations.change_initiative(slug=row.slug, actor=steward, fields={"seeks": "More"})
    assert queries_of(lambda: client.get(url("initiative", row))) == one


def test_the_list_shows_what_everybody_may_see_and_keeps_its_filters(client: Client):
    load_vocabularies()
    whole()
    InitiativeFactory.create(title="Hidden draft", visibility=Visibility.DRAFT)
    page = client.get(reverse("workspaces:initiatives"), {"topic": "cycling", "country": "AR"}).content.decode()
    assert "1 initiative" in page
    assert "Hidden draft" not in page
    assert "points.json?topic=cycling&amp;country=AR" in page
    nothing = client.get(reverse("workspaces:initiatives"), {"status": "ended"})
    assert "No initiative fits these filters" in nothing.content.decode()
    unknown = client.get(reverse("workspaces:initiatives"), {"topic": '"><script>'})
    assert "is not known here" in unknown.content.decode()
    assert "<script>" not in unknown.content.decode().partition("<main")[2]


def test_twenty_are_on_a_page(client: Client):
    for _number in range(21):
        InitiativeFactory.create()
    second = client.get(reverse("workspaces:initiatives"), {"page": 2})
    assert len(second.context["cards"]) == 1


def test_the_map_has_each_initiative_at_the_city_that_leads(client: Client):
    city = CityFactory.create(longitude=-60.6, latitude=-32.9)
    InitiativeFactory.create(title="Here", lead_city=city)
    InitiativeFactory.create(title="Nowhere")
    answer = client.get(reverse("workspaces:points")).json()
    assert [feature["geometry"]["coordinates"] for feature in answer["features"]] == [[-60.6, -32.9]]
    assert answer["features"][0]["properties"]["title"] == "Here"


def test_what_is_not_known_is_shown_as_unknown(client: Client):
    page = client.get(url("initiative", InitiativeFactory.create(lead="", started_on=""))).content.decode()
    assert page.count("unknown") >= 3


def test_a_planned_tool_is_shown_as_asked_for(client: Client):
    row = InitiativeFactory.create()
    row.tools_in_use.create(tool="fund")
    page = client.get(url("initiative", row)).content.decode()
    assert "Asked for, not built yet" in page
    assert "Pooled resources" in page


def test_a_translation_is_marked_and_leads_back_to_the_original(client: Client):
    load_vocabularies()
    row = whole()
    page = client.get(url("initiative", row), {"language": "es"}).content.decode()
    assert 'lang="es">Otro<' in page
    assert "Translated from English by a machine, and not checked." in " ".join(page.split())
    assert "?language=en" in page
    Initiative.objects.filter(pk=row.pk).update(title="Changed")
    assert "The original has changed since." in client.get(url("initiative", row), {"language": "es"}).content.decode()


def test_text_is_escaped(client: Client):
    row = InitiativeFactory.create(title="<script>alert(1)</script>", story="<img src=x onerror=alert(1)>")
    page = client.get(url("initiative", row)).content.decode()
    assert "<script>alert" not in page
    assert "<img src=x" not in page


@pytest.mark.parametrize("visibility", [Visibility.DRAFT, Visibility.INTERNAL])
def test_what_is_hidden_is_not_there_for_others(client: Client, visibility: Visibility):
    row = InitiativeFactory.create(visibility=visibility)
    for person in (None, PersonFactory.create()):
        if person:
            client.force_login(person)
        assert client.get(url("initiative", row)).status_code == HTTPStatus.NOT_FOUND
    client.force_login(member_of(row, Role.COORDINATOR))
    assert client.get(url("initiative", row)).status_code == HTTPStatus.OK


@pytest.mark.parametrize("name", [*COORDINATORS, *STEWARDS])
def test_who_may_not_is_told_so_and_a_visitor_is_asked_to_sign_in(client: Client, name: str):
    row = InitiativeFactory.create()
    visitor = client.get(url(name, row))
    assert visitor.status_code == HTTPStatus.FOUND
    assert unquote(visitor.url) == f"/account/sign-in/?next=/initiatives/{row.slug}/{name}/"
    client.force_login(member_of(row, Role.CONTRIBUTOR))
    for answer in (client.get(url(name, row)), client.post(url(name, row))):
        assert answer.status_code == HTTPStatus.FORBIDDEN
    assert url(name, row) not in client.get(url("initiative", row)).content.decode()


@pytest.mark.parametrize("name", STEWARDS)
def test_a_coordinator_may_not_what_takes_a_steward(client: Client, name: str):
    row = InitiativeFactory.create()
    client.force_login(member_of(row, Role.COORDINATOR))
    assert client.get(url(name, row)).status_code == HTTPStatus.FORBIDDEN
    client.force_login(member_of(row, Role.STEWARD))
    assert client.get(url(name, row)).status_code == HTTPStatus.OK


def test_an_initiative_is_started_with_little(client: Client):
    load_vocabularies()
    city = CityFactory.create(name="Rosario")
    person = PersonFactory.create()
    client.force_login(person)
    told = {"title": "Ríos", "one_line": "Riberas para todos.", "language": "es", "status": "running",
            "lead_city": "Rosario, AR", "topics": ["rivers-canals"]}  # fmt: skip
    answer = client.post(reverse("workspaces:add"), told, follow=True)
    row = Initiative.objects.get()
    assert answer.redirect_chain == [(row.get_absolute_url(), 302)]
    assert (row.lead_city, row.visibility, row.terms.get().code) == (city, "draft", "rivers-canals")
    assert "as a draft" in answer.content.decode()


def test_a_wrong_form_keeps_what_was_typed_and_says_what_to_do(client: Client):
    client.force_login(PersonFactory.create())
    answer = client.post(reverse("workspaces:add"), {"title": "Ríos", "lead_city": "Atlantis", "started_on": "soon"})
    page = answer.content.decode()
    assert "Please correct this" in page
    assert 'value="Ríos"' in page
    assert "No city called Atlantis" in page or "Atlantis" in page
    assert "Write a year, a month or a day" in page
    assert not Initiative.objects.exists()


def test_everything_can_be_edited_and_an_emptied_row_is_gone(client: Client):
    load_vocabularies()
    CityFactory.create(name="Agra", country="IN")
    row = InitiativeFactory.create(
        figures=[{"label": "Length", "text": "1,500 km"}, {"label": "Years", "text": "7", "source": "Plan"}]
    )
    client.force_login(member_of(row, Role.COORDINATOR))
    shown = client.get(url("change", row)).content.decode()
    assert 'value="1,500 km"' in shown
    told = EMPTY_LISTS | {
        "title": "New", "one_line": "Line", "language": "en", "status": "ended", "cities": "Agra, IN\n",
        "working_languages": ["es", "hi"], "sdgs": [],
        "figures-TOTAL_FORMS": "3", "figures-INITIAL_FORMS": "2",
        "figures-0-label": "", "figures-0-text": "", "figures-0-source": "",
        "figures-1-label": "Years", "figures-1-text": "8", "figures-1-source": "",
        "partners-TOTAL_FORMS": "2",
        "partners-0-city": "Agra, IN", "partners-0-part": "learns", "partners-1-organisation": "A club",
        "links-TOTAL_FORMS": "1", "links-0-title": "Plan", "links-0-url": "example.org/plan",
        "sources-TOTAL_FORMS": "1", "sources-0-title": "Report", "sources-0-year": "2014",
    }  # fmt: skip
    assert client.post(url("change", row), told).status_code == HTTPStatus.FOUND
    row.refresh_from_db()
    assert row.figures == [{"label": "Years", "text": "8"}]
    assert [str(partner) for partner in row.partners.all()] == ["Agra, India", "A club"]
    assert row.links == [{"title": "Plan", "url": "https://example.org/plan"}]
    assert row.sources == [{"title": "Report", "year": 2014}]
    assert (row.title, row.status, row.working_languages, row.cities.get().name) == (
        "New",
        "ended",
        ["es", "hi"],
        "Agra",
    )
    assert "A club" in client.get(url("initiative", row)).content.decode()


@pytest.mark.parametrize(
    ("told", "problem"),
    [
        ({"story": "x" * 20_001}, "at most 20000 characters"),
        ({"cities": "\n".join(f"Town {number}, AR" for number in range(201))}, "Name at most 200 cities."),
    ],
)
def test_no_text_and_no_list_is_without_end(client: Client, told: dict[str, str], problem: str):
    row = InitiativeFactory.create()
    client.force_login(member_of(row, Role.COORDINATOR))
    given = EMPTY_LISTS | {"title": "New", "one_line": "Line", "language": "en", "status": "ended"} | told
    assert problem in client.post(url("change", row), given).content.decode()


def test_a_half_filled_row_is_asked_for_the_rest(client: Client):
    row = InitiativeFactory.create()
    client.force_login(member_of(row, Role.COORDINATOR))
    told = EMPTY_LISTS | {"title": "New", "one_line": "Line", "language": "en", "status": "ended",
                          "links-TOTAL_FORMS": "1", "links-0-title": "Plan",
                          "partners-TOTAL_FORMS": "1", "partners-0-part": "learns"}  # fmt: skip
    page = client.post(url("change", row), told).content.decode()
    assert "Fill this in, or empty the whole row." in page
    assert "Name a city or an organisation." in page
    row.refresh_from_db()
    assert row.title != "New"


def test_a_script_is_no_link(client: Client):
    row = InitiativeFactory.create()
    client.force_login(member_of(row, Role.COORDINATOR))
    told = EMPTY_LISTS | {"title": "New", "one_line": "Line", "language": "en", "status": "ended"}
    told |= {"links-TOTAL_FORMS": "1", "links-0-title": "Plan", "links-0-url": "javascript:alert(1)"}
    assert client.post(url("change", row), told).status_code == HTTPStatus.OK
    row.refresh_from_db()
    assert row.links == []


def test_publishing_makes_it_public(client: Client):
    row = InitiativeFactory.create(visibility=Visibility.DRAFT)
    client.force_login(member_of(row, Role.COORDINATOR))
    client.post(url("visibility", row), {"visibility": "public"})
    client.logout()
    assert client.get(url("initiative", row)).status_code == HTTPStatus.OK


def test_a_steward_invites_somebody_who_accepts_gets_another_role_and_is_taken_out(client: Client):
    row = InitiativeFactory.create(title="River banks", visibility=Visibility.DRAFT)
    steward = member_of(row, Role.STEWARD)
    person = confirmed(PersonFactory.create(email="officer@example.org"))
    client.force_login(steward)
    page = client.post(url("members", row), {"email": "Officer@Example.org", "role": Role.VIEWER}, follow=True)
    assert "Officer@Example.org" in page.content.decode()
    assert not row.members.filter(person=person).exists()
    mail = Mail.objects.get(to="Officer@Example.org")
    assert "River banks" in mail.text
    assert reverse("workspaces:own") in mail.text

    client.force_login(person)
    assert "River banks" in client.get(reverse("workspaces:own")).content.decode()
    answer = client.post(reverse("workspaces:invitation", args=[row.invitations.get().pk]))
    assert answer.url == row.get_absolute_url()
    assert row.members.get(person=person).role == Role.VIEWER
    assert not row.invitations.exists()

    client.force_login(steward)
    one = reverse("workspaces:member", args=[row.slug, person.pk])
    client.post(one, {"role": Role.COORDINATOR})
    assert row.members.get(person=person).role == Role.COORDINATOR
    client.post(one, {"remove": "1"})
    assert not row.members.filter(person=person).exists()
    too_large = reverse("workspaces:member", args=[row.slug, 10**30])
    assert client.post(too_large, {"remove": "1"}).status_code == 404


def test_an_invitation_does_not_tell_who_has_an_account(client: Client):
    row = InitiativeFactory.create()
    PersonFactory.create(email="known@example.org")
    client.force_login(member_of(row, Role.STEWARD))
    told = ({"email": email, "role": Role.VIEWER} for email in ("known@example.org", "nobody@example.org"))
    first, second = (client.post(url("members", row), one) for one in told)
    assert (first.status_code, first.url) == (second.status_code, second.url)


def test_an_invitation_is_declined_or_taken_back(client: Client):
    row = InitiativeFactory.create()
    steward = member_of(row, Role.STEWARD)
    person = confirmed(PersonFactory.create())
    for address, who in (("invitation", person), ("revoke_invitation", steward)):
        asked = operations.invite_member(slug=row.slug, actor=steward, email=person.email, role=Role.VIEWER)
        client.force_login(who)
        given = [asked.pk] if who == person else [row.slug, asked.pk]
        client.post(reverse(f"workspaces:{address}", args=given), {"decline": "1"})
        assert not row.invitations.exists()
    assert not row.members.filter(person=person).exists()


def test_who_belongs_to_an_initiative_leaves_it_by_themselves(client: Client):
    row = InitiativeFactory.create()
    person = member_of(row, Role.CONTRIBUTOR)
    client.force_login(person)
    assert "Leave" in client.get(reverse("workspaces:own")).content.decode()
    client.post(reverse("workspaces:member", args=[row.slug, person.pk]), {"remove": "1"})
    assert not row.members.exists()


@pytest.mark.parametrize("page", ["members", "own"])
def test_a_page_with_three_invitations_asks_as_much_as_with_one(client: Client, page: str):
    row = InitiativeFactory.create()
    steward = member_of(row, Role.STEWARD)
    person = steward if page == "members" else confirmed(PersonFactory.create())
    client.force_login(person)
    address = url("members", row) if page == "members" else reverse("workspaces:own")

    def invited(number: int) -> int:
        email, home = (
            (f"{number}@example.org", row) if page == "members" else (person.email, InitiativeFactory.create())
        )
        actor = steward if home == row else member_of(home, Role.STEWARD)
        operations.invite_member(slug=home.slug, actor=actor, email=email, role=Role.VIEWER)
        return queries_of(lambda: client.get(address))

    client.get(address)
    one, _two, three = invited(1), invited(2), invited(3)
    assert three == one


def test_a_member_cannot_raise_their_own_role(client: Client):
    row = InitiativeFactory.create()
    person = member_of(row, Role.COORDINATOR)
    client.force_login(person)
    answer = client.post(reverse("workspaces:member", args=[row.slug, person.pk]), {"role": Role.STEWARD})
    assert answer.status_code == HTTPStatus.FORBIDDEN
    assert Member.objects.get(person=person).role == Role.COORDINATOR


def test_tools_are_chosen_and_asked_for(client: Client):
    row = InitiativeFactory.create()
    row.tools_in_use.create(tool="map")
    client.force_login(member_of(row, Role.COORDINATOR))
    client.post(url("tools", row), {"asked_for": ["fund"]})
    assert [use.tool for use in row.tools_in_use.all()] == ["fund"]
    wrong = client.post(url("tools", row), {"in_use": ["fund"]})
    assert wrong.status_code == HTTPStatus.OK, "what is planned cannot be switched on"


def test_stopping_asks_why_and_shows_it(client: Client):
    row = InitiativeFactory.create()
    client.force_login(member_of(row, Role.STEWARD))
    assert "This field is required." in client.post(url("stop", row), {"on": "2020"}).content.decode()
    page = client.post(url("stop", row), {"on": "2020", "why": "The grant ended."}, follow=True).content.decode()
    assert "The grant ended." in page


def test_deleting_asks_first(client: Client):
    row = InitiativeFactory.create()
    client.force_login(member_of(row, Role.STEWARD))
    assert "This cannot be undone." in client.get(url("delete", row)).content.decode()
    assert Initiative.objects.exists()
    assert client.post(url("delete", row)).status_code == HTTPStatus.FOUND
    assert not Initiative.objects.exists()


def test_ones_own_page_lists_drafts_one_may_see_and_asks_a_visitor_to_sign_in(client: Client):
    assert client.get(reverse("workspaces:own")).status_code == HTTPStatus.FOUND
    row = InitiativeFactory.create(visibility=Visibility.DRAFT)
    client.force_login(member_of(row, Role.STEWARD))
    assert row.title in client.get(reverse("workspaces:own")).content.decode()


def test_a_translation_is_written_beside_the_original_and_only_what_is_translated_is_kept(client: Client):
    row = InitiativeFactory.create(title="Green ways", story="A story.")
    client.force_login(member_of(row, Role.COORDINATOR))
    assert "Into which language?" in client.get(url("translate", row)).content.decode()
    address = f"{url('translate', row)}?language=fr"
    assert "Translation: French" in client.get(address).content.decode()
    client.post(address, {"title": "Voies vertes", "story": "", "origin": "author"})
    again = client.get(address).content.decode()
    assert "Voies vertes" in again
    assert ">A story.</textarea>" not in " ".join(again.split())
    client.post(address, {"title": "", "story": "", "origin": "author"})
    assert "Voies vertes" not in client.get(address).content.decode()


def test_the_table_of_rights_is_a_page(client: Client):
    page = client.get(reverse("workspaces:rights")).content.decode()
    for right, role in (("Give roles and add or remove members", "Steward"), ("Decide on suggested terms", "Editor")):
        assert re.search(rf"{right}</th>\s*<td[^>]*>\s*<bdi>{role}</bdi>", page)


@pytest.mark.parametrize("method", ["put", "delete", "patch"])
def test_only_get_and_post_are_taken(client: Client, method: str):
    answer = getattr(client, method)(reverse("workspaces:initiatives"))
    assert answer.status_code == HTTPStatus.METHOD_NOT_ALLOWED
