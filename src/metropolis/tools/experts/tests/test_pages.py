"""Every page of the tool, by HTTP, as visitor, member, expert and coordinator."""

import re
from html import unescape

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from metropolis.foundation.accounts.models import Person
from metropolis.foundation.accounts.tests.factories import PersonFactory
from metropolis.foundation.records.values import Visibility
from metropolis.foundation.workspaces.models import Initiative, ToolInUse
from metropolis.foundation.workspaces.tests.factories import CityFactory, member_of
from metropolis.foundation.workspaces.values import Role
from metropolis.tools.experts import queries
from metropolis.tools.experts.models import Consent, ContactRequest, Expert, Topic
from metropolis.tools.experts.tests.factories import HomeFactory, knows, publish_expert
from metropolis.tools.experts.values import Shared


def signed_in(person: Person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def at(name: str, *args: str) -> str:
    return reverse(f"experts:{name}", args=args)


def text_of(answer: HttpResponse) -> str:
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", answer.content.decode())))


def form_of(initiative: Initiative, **told: object) -> dict[str, object]:
    """What a browser sends of the form for a new profile."""
    empty = {
        f"{rows}-{count}": number
        for rows in ("topics", "languages", "evidence")
        for count, number in (("TOTAL_FORMS", 3), ("INITIAL_FORMS", 0))
    }
    return {
        "initiative": initiative.slug,
        "name": "Ada Ejemplo",
        "language": "es",
        "topics-0-topic": "water",
        "topics-0-level": "3",
        **{f"share_{part}": "nobody" for part in Shared},
        **empty,
        **told,
    }


# Reading


def test_the_list_shows_cards_and_how_many_there_are(client: Client, initiative: Initiative):
    publish_expert(initiative, {"name": "public"}, topics=knows("water"))
    publish_expert(initiative, {"name": "members"}, name="Bea Muestra", topics=knows("heat"))
    answer = client.get(at("experts"))
    assert "2 experts" in text_of(answer)
    assert "Ada Ejemplo" in text_of(answer)
    assert "Bea Muestra" not in text_of(answer)
    assert "Bea Muestra" in text_of(signed_in(PersonFactory.create()).get(at("experts")))


def test_filters_and_page_live_in_the_address(client: Client, initiative: Initiative):
    for _number in range(21):
        publish_expert(initiative, topics=knows("water"))
    publish_expert(initiative, topics=knows("heat"))
    answer = client.get(at("experts"), {"topic": "water", "page": "2"})
    assert "21 experts" in text_of(answer)
    assert answer.content.count(b'<article class="card"') == 1
    assert b"?topic=water&amp;page=1" in answer.content


@pytest.mark.parametrize("query", [{"page": "x"}, {"page": "999"}, {"topic": "'; DROP"}])
def test_nonsense_in_the_address_is_answered_calmly(client: Client, initiative: Initiative, query: dict[str, str]):
    publish_expert(initiative)
    assert client.get(at("experts"), query).status_code == 200


def test_an_empty_list_says_what_to_do(client: Client, initiative: Initiative):
    assert "No experts yet" in text_of(client.get(at("experts")))
    publish_expert(initiative)
    assert "1 expert" in text_of(client.get(at("experts"), {"topic": "mobility"}))


def test_filters_that_leave_nothing_can_be_taken_off_one_by_one(client: Client, initiative: Initiative):
    publish_expert(initiative, topics=knows("water"))
    answer = client.get(at("experts"), {"topic": ["water", "heat"], "country": "PE", "availability": "limited"})
    assert "No expert fits these filters" in text_of(answer)
    assert b'href="?topic=water&amp;topic=heat&amp;availability=limited"' in answer.content
    assert b'href="?topic=heat&amp;country=PE&amp;availability=limited"' in answer.content


def test_a_page_shows_what_is_shared_and_unknown_for_the_rest(client: Client, initiative: Initiative):
    slug, _person = publish_expert(initiative, {"availability": "public"}, availability="limited", bio="Secret.")
    text = text_of(client.get(at("expert", slug)))
    assert "Available for little" in text
    assert "unknown" in text.lower()
    assert "Secret." not in text
    assert "Sign in to see it" in text


def test_the_text_of_a_profile_is_never_taken_for_html(client: Client, initiative: Initiative):
    slug, _person = publish_expert(
        initiative, {"bio": "public", "name": "public"}, name="<b>x", bio="<script>x</script>"
    )
    assert b"<script>x" not in client.get(at("expert", slug)).content
    assert b"<b>x" not in client.get(at("experts")).content


@pytest.mark.parametrize("name", ["expert", "edit", "validate", "ask", "delete"])
def test_a_draft_is_not_there_for_others(initiative: Initiative, name: str):
    slug, _person = publish_expert(initiative)
    Expert.objects.update(visibility=Visibility.DRAFT)
    address = at(name, slug, "mobility") if name == "validate" else at(name, slug)
    assert signed_in(PersonFactory.create()).get(address).status_code == 404
    assert Client().get(at("expert", slug)).status_code == 404


@pytest.mark.parametrize("name", ["add", "edit", "validate", "ask", "delete"])
def test_a_visitor_is_asked_to_sign_in_first(client: Client, initiative: Initiative, name: str):
    slug, _person = publish_expert(initiative)
    args = {"add": (), "validate": (slug, "mobility")}.get(name, (slug,))
    answer = client.get(at(name, *args))
    assert answer.status_code == 302
    assert answer["Location"].startswith(reverse("accounts:sign_in"))
    assert client.post(at(name, *args)).status_code == 403


@pytest.mark.parametrize(("name", "args"), [("visibility", ()), ("withdraw", ("name",)), ("unvalidate", ("mobility",))])
def test_what_changes_something_is_not_done_by_a_link(initiative: Initiative, name: str, args: tuple[str, ...]):
    slug, person = publish_expert(initiative)
    assert signed_in(person).get(at(name, slug, *args)).status_code == 405


def test_a_form_from_another_site_is_refused(initiative: Initiative):
    slug, person = publish_expert(initiative)
    client = Client(enforce_csrf_checks=True)
    client.force_login(person)
    assert client.post(at("delete", slug)).status_code == 403
    assert Expert.objects.exists()


# Adding and changing


def test_a_member_adds_their_own_profile_with_a_consent_for_each_part(initiative: Initiative):
    CityFactory.create(name="Rosario")
    person = PersonFactory.create()
    client = signed_in(person)
    page = text_of(client.get(at("add")))
    assert "Name: who sees it" in page
    assert "Whose profile" not in page
    told = {
        "city": "Rosario, AR",
        "share_city": "public",
        "share_name": "members",
        "languages-1-language": "pt",
        "languages-1-level": "B2",
        "evidence-0-reference": f"https://example.org/initiatives/{initiative.slug}/",
        "evidence-0-note": "I led it.",
        "regions": ["005"],
    }
    answer = client.post(at("add"), form_of(initiative, **told))
    row = Expert.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, at("expert", row.slug))
    assert (row.person, row.visibility) == (person, Visibility.DRAFT)
    assert dict(row.consents.values_list("field", "audience")) == {"city": "public", "name": "members"}
    content = queries.profile_input(row.slug, person)
    assert [str(shows.reference) for shows in content.evidence] == [f"initiative:{initiative.slug}"]
    assert [(spoken.language, spoken.level) for spoken in content.languages] == [("pt", "B2")]
    assert content.regions == ("005",)


def test_who_has_a_profile_is_led_to_it(initiative: Initiative):
    slug, person = publish_expert(initiative)
    answer = signed_in(person).get(at("add"))
    assert (answer.status_code, answer["Location"]) == (302, at("edit", slug))
    assert "Your profile" in text_of(signed_in(person).get(at("experts")))


def test_a_coordinator_adds_somebody_without_an_account(initiative: Initiative):
    client = signed_in(member_of(initiative, Role.COORDINATOR))
    assert "Whose profile" in text_of(client.get(at("add")))
    client.post(at("add"), form_of(initiative, whose="other", share_name="public"))
    row = Expert.objects.get()
    assert row.person is None
    client.post(at("visibility", row.slug), {"visibility": "public"})
    assert queries.expert(row.slug, None).name == "Ada Ejemplo"


def test_a_member_cannot_claim_to_add_somebody_else(initiative: Initiative):
    person = PersonFactory.create()
    signed_in(person).post(at("add"), form_of(initiative, whose="other"))
    assert Expert.objects.get().person == person


def test_without_an_initiative_to_add_to_the_page_says_so(initiative: Initiative):
    ToolInUse.objects.all().delete()
    answer = signed_in(PersonFactory.create()).get(at("add"))
    assert answer.status_code == 403
    assert "No initiative" in text_of(answer)


def test_an_initiative_one_may_not_contribute_to_cannot_be_chosen(initiative: Initiative):
    closed = HomeFactory.create(is_open=False)
    answer = signed_in(PersonFactory.create()).post(at("add"), form_of(closed))
    assert answer.status_code == 200
    assert not Expert.objects.exists()


@pytest.mark.parametrize(
    ("told", "message"),
    [
        ({"name": ""}, "This field is required"),
        ({"topics-0-topic": "", "topics-0-level": ""}, "Choose at least one topic"),
        ({"topics-0-level": ""}, "Fill this in"),
        ({"topics-1-topic": "water", "topics-1-level": "1"}, "already"),
        ({"topics-0-topic": "alchemy"}, "Select a valid choice"),
        ({"city": "Nowhere, AR"}, "No city called"),
        ({"evidence-0-reference": "https://example.org/elsewhere"}, "Copy the address"),
        ({"evidence-0-reference": "/initiatives/not-there/"}, "not-there"),
        ({"evidence-0-note": "I led it."}, "Fill this in"),
        ({"share_contact": "public"}, "Select a valid choice"),
        ({"share_name": ""}, "This field is required"),
        ({"contact_email": "nonsense"}, "valid email"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_is_kept(initiative: Initiative, told: dict[str, str], message: str):
    answer = signed_in(PersonFactory.create()).post(at("add"), form_of(initiative, **{"bio": "Kept words."} | told))
    text = text_of(answer)
    assert answer.status_code == 200
    assert "Please correct this" in text
    assert message in text
    assert "Kept words." in text
    assert not Expert.objects.exists()


def test_more_than_twelve_topics_are_refused(initiative: Initiative):
    codes = [
        "water",
        "sanitation",
        "mobility",
        "cycling",
        "walking",
        "planning",
        "waste",
        "recycling",
        "climate",
        "heat",
        "energy",
        "housing",
        "care",
    ]
    rows = {
        f"topics-{at}-{name}": value for at, code in enumerate(codes) for name, value in (("topic", code), ("level", 1))
    }
    answer = signed_in(PersonFactory.create()).post(
        at("add"), form_of(initiative, **rows | {"topics-TOTAL_FORMS": len(codes)})
    )
    assert "too many rows" in text_of(answer)


def test_a_profile_is_changed_and_keeps_what_its_form_shows(initiative: Initiative):
    slug, person = publish_expert(
        initiative,
        {"bio": "public"},
        bio="Before.",
        languages=[{"language": "qu", "level": "native"}],
        evidence=[{"reference": f"initiative:{initiative.slug}"}],
    )
    client = signed_in(person)
    shown = client.get(at("edit", slug))
    form = shown.context["profile"]
    sent = {field.html_name: field.value() for field in form if field.value() not in (None, "")}
    for rows in form.lists.values():
        sent |= {field.html_name: field.value() for field in rows.management_form}
    before = queries.profile_input(slug, person)
    answer = client.post(at("edit", slug), sent | {"bio": "After."})
    assert answer["Location"] == at("expert", slug)
    assert queries.profile_input(slug, person) == before.model_copy(update={"bio": "After."})
    assert queries.expert(slug, None).bio == "After."


def test_a_coordinator_changes_a_profile_without_being_asked_for_consents(initiative: Initiative):
    slug, _person = publish_expert(initiative, {"name": "members"})
    client = signed_in(member_of(initiative, Role.COORDINATOR))
    assert "who sees it" not in text_of(client.get(at("edit", slug)))
    client.post(at("edit", slug), form_of(initiative, name="Ada Corregida", share_name="public"))
    assert Consent.objects.get().audience == "members"
    assert Expert.objects.get().name == "Ada Corregida"


def test_others_get_no_form(initiative: Initiative):
    slug, _person = publish_expert(initiative)
    client = signed_in(member_of(initiative, Role.CONTRIBUTOR))
    assert {client.get(at(name, slug)).status_code for name in ("edit", "delete")} == {403}
    assert client.get(at("validate", slug, "mobility")).status_code == 403
    page = client.get(at("expert", slug)).content.decode()
    assert not [name for name in ("edit", "delete", "validate") if f"/{name}/" in page]


# Sharing, publishing, deleting


def test_an_expert_withdraws_a_part_with_one_button(initiative: Initiative):
    slug, person = publish_expert(initiative, {"name": "public"})
    client = signed_in(person)
    assert at("withdraw", slug, "name") in client.get(at("expert", slug)).content.decode()
    answer = client.post(at("withdraw", slug, "name"), follow=True)
    assert "no longer shared" in text_of(answer)
    assert "Ada Ejemplo" not in text_of(Client().get(at("expert", slug)))


@pytest.mark.parametrize(
    ("visibility", "status", "said"),
    [("public", 200, "published"), ("internal", 404, "members of the initiative"), ("draft", 404, "draft")],
)
def test_an_expert_says_who_may_find_the_profile(initiative: Initiative, visibility: str, status: int, said: str):
    slug, person = publish_expert(initiative)
    answer = signed_in(person).post(at("visibility", slug), {"visibility": visibility}, follow=True)
    assert said in text_of(answer)
    assert Client().get(at("expert", slug)).status_code == status


def test_a_visibility_that_does_not_exist_is_refused(initiative: Initiative):
    slug, person = publish_expert(initiative)
    assert signed_in(person).post(at("visibility", slug), {"visibility": "secret"}).status_code == 422


def test_deleting_asks_once(initiative: Initiative):
    slug, person = publish_expert(initiative)
    client = signed_in(person)
    assert "Delete this profile?" in text_of(client.get(at("delete", slug)))
    assert Expert.objects.exists()
    assert "deleted" in text_of(client.post(at("delete", slug), follow=True))
    assert not Expert.objects.exists()


# Validating


def test_a_coordinator_validates_a_topic_and_takes_it_back(initiative: Initiative):
    slug, _person = publish_expert(initiative)
    client = signed_in(member_of(initiative, Role.COORDINATOR))
    shown = text_of(client.get(at("validate", slug, "mobility")))
    assert "The expert declares: Experienced" in shown
    client.post(at("validate", slug, "mobility"), {"level": "4", "expires_on": "2027-12-31"})
    assert "Validated until Dec. 31, 2027" in text_of(Client().get(at("expert", slug))).replace(
        "31 December", "Dec. 31,"
    )
    client.post(at("unvalidate", slug, "mobility"))
    assert "as the expert declares" in text_of(Client().get(at("expert", slug)))


def test_a_wrong_validation_is_said_at_its_field(initiative: Initiative):
    slug, _person = publish_expert(initiative)
    client = signed_in(member_of(initiative, Role.COORDINATOR))
    answer = client.post(at("validate", slug, "mobility"), {"level": "4", "expires_on": "2001-01-01"})
    assert "at most five years later" in text_of(answer)
    assert client.get(at("validate", slug, "water")).status_code == 404
    assert not Topic.objects.filter(validated_level__isnull=False).exists()


# Asking


def test_a_member_asks_and_the_expert_reads_it(initiative: Initiative):
    slug, person = publish_expert(initiative, {"contact": "members"}, contact_email="hidden@example.org")
    sender = PersonFactory.create()
    client = signed_in(sender)
    form = text_of(client.get(at("ask", slug)))
    assert sender.email in form
    answer = client.post(at("ask", slug), {"message": "May we visit?"}, follow=True)
    assert "waiting for the expert" in text_of(answer)
    assert "hidden@example.org" not in form + text_of(answer)
    assert "May we visit?" in text_of(signed_in(person).get(at("expert", slug)))
    assert "May we visit?" not in text_of(client.get(at("expert", slug)))


def test_one_message_too_many_is_said_and_kept(initiative: Initiative):
    slug, _person = publish_expert(initiative, {"contact": "members"})
    client = signed_in(PersonFactory.create())
    for _number in range(2):
        client.post(at("ask", slug), {"message": "Hello"})
    text = text_of(client.post(at("ask", slug), {"message": "A third one"}))
    assert "try again tomorrow" in text
    assert "A third one" in text
    assert ContactRequest.objects.count() == 2


def test_who_takes_no_requests_has_no_button(initiative: Initiative):
    slug, _person = publish_expert(initiative)
    client = signed_in(PersonFactory.create())
    assert "Write to this expert" not in text_of(client.get(at("expert", slug)))
    assert client.get(at("ask", slug)).status_code == 403
    assert client.post(at("ask", slug), {"message": "Hello"}).status_code == 403
