import pytest
from django.conf import LazySettings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from metropolis.engine_kit import Conflict, NotAllowed, NotFound
from metropolis.foundation.accounts.models import AccountClosing, NetworkRole, Person
from metropolis.foundation.accounts.operations import close_account, register_organisation, set_organisation_confirmed
from metropolis.foundation.accounts.tests.factories import PersonFactory, editor
from metropolis.foundation.contact import operations, queries
from metropolis.foundation.contact.models import Message, Problem
from metropolis.foundation.contact.operations import MESSAGES_AN_HOUR, PROBLEMS_AN_HOUR
from metropolis.foundation.contact.values import LONGEST_MESSAGE, Outcome, Topic
from metropolis.foundation.human_check.tests.replies import answer_to, right_reply, token_in
from metropolis.foundation.mail.models import Mail
from metropolis.foundation.records.values import Reference, Visibility
from metropolis.foundation.workspaces.models import Initiative
from metropolis.foundation.workspaces.tests.factories import CityFactory, InitiativeFactory, member_of
from metropolis.foundation.workspaces.values import Role
from metropolis.web.environment import Environment

pytestmark = pytest.mark.django_db

WRITE = "/contact/"
MESSAGE = {"topic": "press", "name": "Núria Vidal", "email": "nuria@press.example", "text": "May we visit the banks?"}
PROBLEM = {"reason": "wrong", "text": "The bridge was opened in 2014."}


@pytest.fixture
def secretary() -> Person:
    return PersonFactory.create(network_role=NetworkRole.SECRETARIAT, language="ca")


def send(client: Client, **fields: str) -> object:
    return client.post(WRITE, MESSAGE | right_reply() | fields)


def report_on(initiative: Initiative) -> str:
    return reverse("contact:report", args=["initiative", initiative.slug])


def problem_with(initiative: Initiative, **fields: object) -> Problem:
    told = {
        "author": None,
        "language": "en",
        "sent_by": (),
        "reference": Reference(kind="initiative", key=initiative.slug),
    }
    return operations.report_problem(**PROBLEM | told | fields)


def rows_of(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as found:
        assert client.get(address).status_code == 200
    return len(found)


# Messages


def test_a_visitor_s_message_is_kept_and_sent_to_the_secretariat_who_answer_straight_back(
    client: Client, secretary: Person
):
    answer = send(client)
    assert (answer.status_code, answer["Location"]) == (302, WRITE)
    row = Message.objects.get()
    assert (row.name, row.text, row.answered_at) == (MESSAGE["name"], MESSAGE["text"], None)
    mail = Mail.objects.get()
    assert (mail.to, mail.language) == (secretary.email, "ca")
    assert mail.headers["Reply-To"] == MESSAGE["email"]
    assert MESSAGE["text"] in mail.text
    assert f"/contact/messages/{row.pk}/" in mail.text
    assert "Núria Vidal" in mail.subject


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("name", "Núria\r\nBcc: all@city.example", "Write the name in one line."),
        ("email", f"{'n' * 60}@{'city.' * 40}example", "at most 254 characters"),
    ],
)
def test_what_is_wrong_is_told_at_its_field_before_the_human_check_is_used_up_and_the_message_counted(
    client: Client, monkeypatch: pytest.MonkeyPatch, field: str, value: str, told: str
):
    monkeypatch.setattr(operations, "MESSAGES_AN_HOUR", 1)
    reply = right_reply()
    answer = client.post(WRITE, MESSAGE | reply | {field: value})
    assert told in answer.context["form"].errors[field][0]
    assert f"{field}: " not in answer.content.decode()
    assert client.post(WRITE, MESSAGE | reply).status_code == 302
    assert Message.objects.get().name == MESSAGE["name"]


def test_a_message_finds_the_readers_of_its_topic(client: Client, secretary: Person, settings: LazySettings):
    settings.CONTACT_ADDRESSES = {"press": ["press@city.example", "second@city.example"]}
    send(client)
    send(client, topic="privacy")
    assert {mail.to for mail in Mail.objects.all()} == {"press@city.example", "second@city.example", secretary.email}


def test_the_deployment_may_name_readers_for_every_topic_and_for_nothing_else():
    named = {topic: ["somebody@city.example"] for topic in [*Topic.values, "problems"]}
    assert Environment(contact_addresses=named).contact_addresses == named
    with pytest.raises(ValueError, match="contact_addresses"):
        Environment(contact_addresses={"weather": ["somebody@city.example"]})


def test_nothing_is_lost_where_nobody_reads_mail(client: Client):
    send(client)
    assert Message.objects.exists()
    assert not Mail.objects.exists()


def test_a_wrong_answer_to_the_human_check_keeps_what_was_typed_and_the_right_one_then_sends_it(client: Client):
    page = client.post(WRITE, MESSAGE | right_reply() | {"human_check": "nonsense"}).content.decode()
    assert not Message.objects.exists()
    assert "These were not the characters" in page
    for typed in MESSAGE.values():
        assert typed in page
    client.post(WRITE, MESSAGE | {"human_check_token": token_in(page), "human_check": answer_to(page).lower()})
    assert Message.objects.count() == 1


def test_without_the_human_check_a_visitor_sends_nothing(client: Client):
    client.post(WRITE, MESSAGE)
    assert not Message.objects.exists()


def test_a_member_is_known_and_is_not_asked_whether_they_are_human(client: Client):
    person = PersonFactory.create()
    client.force_login(person)
    page = client.get(WRITE).content.decode()
    assert person.email in page
    assert "human_check" not in page
    client.post(WRITE, MESSAGE)
    assert Message.objects.get().author == person


@pytest.mark.parametrize("field", ["name", "email", "topic"])
@pytest.mark.parametrize("end", ["\r\nBcc: all@example.org", "\nTo: all@example.org", "\x0bSubject: hello", "\x00"])
def test_nobody_writes_a_header_of_our_mails(client: Client, secretary: Person, field: str, end: str):
    answer = send(client, **{field: MESSAGE[field] + end})
    assert answer.status_code in {200, 400}
    assert not Message.objects.exists()
    assert not Mail.objects.exists()


def test_a_name_may_hold_the_joiners_that_its_script_needs(client: Client):
    send(client, name="علی\u200cرضا")
    assert Message.objects.get().name == "علی\u200cرضا"


def test_what_a_member_wrote_goes_with_the_account_whatever_address_it_named(client: Client):
    person = PersonFactory.create()
    client.force_login(person)
    client.post(WRITE, MESSAGE)
    assert Message.objects.get().author == person
    closing = AccountClosing.objects.create(person=person, due_at=timezone.now())
    close_account(closing=closing.pk, now=closing.due_at)
    assert not Message.objects.exists()


def test_a_text_may_hold_whatever_people_write_and_stays_a_text(client: Client, secretary: Person):
    text = "From here\n\n.\nBcc: all@example.org\n<b>&amp;</b> {{ site }}"
    send(client, text=text)
    assert text in Mail.objects.get().text
    client.force_login(secretary)
    page = client.get(reverse("contact:message", args=[Message.objects.get().pk])).content.decode()
    assert "&lt;b&gt;&amp;amp;" in page
    assert "<b>" not in page


def test_a_message_too_long_is_refused(client: Client):
    send(client, text="a" * (LONGEST_MESSAGE + 1))
    assert not Message.objects.exists()


def test_who_writes_too_often_is_told_to_wait_and_keeps_what_was_typed(client: Client):
    for _ in range(MESSAGES_AN_HOUR):
        send(client)
    page = send(client).content.decode()
    assert "tried too often" in page
    assert MESSAGE["text"] in page
    assert Message.objects.count() == MESSAGES_AN_HOUR


def test_the_secretariat_notes_what_is_answered(client: Client, secretary: Person):
    send(client)
    row = Message.objects.get()
    client.force_login(secretary)
    address = reverse("contact:message", args=[row.pk])
    assert "Núria Vidal" in client.get(reverse("contact:messages")).content.decode()
    client.post(address, {"answered": "1"})
    row.refresh_from_db()
    assert row.answered_by == secretary
    assert "Núria Vidal" not in client.get(reverse("contact:messages")).content.decode()
    assert "Núria Vidal" in client.get(reverse("contact:messages") + "?state=answered").content.decode()
    assert "Núria Vidal" not in client.get(reverse("contact:messages") + "?state=answered&topic=join").content.decode()
    client.post(address)
    row.refresh_from_db()
    assert (row.answered_at, row.answered_by) == (None, None)
    verbs = [entry.verb for entry in queries.entries(reference=queries.reference_of(row))]
    assert verbs == ["reopen_message", "answer_message", "write_message"]


def test_nobody_but_the_secretariat_reads_messages(client: Client):
    send(client)
    row = Message.objects.get()
    addresses = [reverse("contact:messages"), reverse("contact:message", args=[row.pk])]
    assert all(client.get(address)["Location"].startswith("/account/sign-in/") for address in addresses)
    for person in (PersonFactory.create(), editor()):
        client.force_login(person)
        assert [client.get(address).status_code for address in addresses] == [403, 403]
        assert client.post(addresses[1], {"answered": "1"}).status_code == 403
        with pytest.raises(NotAllowed):
            operations.set_message_answered(id=row.pk, actor=person, is_answered=True)
    row.refresh_from_db()
    assert row.answered_at is None


def test_the_lists_ask_the_database_as_often_for_three_rows_as_for_one(client: Client, secretary: Person):
    client.force_login(secretary)
    counts: dict[str, list[int]] = {"messages": [], "problems": []}
    for wanted in (1, 3):
        while Message.objects.count() < wanted:
            operations.write_message(**MESSAGE, language="en", author=None, sent_by=())
            problem_with(InitiativeFactory.create())
        for name, found in counts.items():
            found.append(rows_of(client, reverse(f"contact:{name}")))
    assert all(one == three for one, three in counts.values())


# Problems


@pytest.mark.parametrize("is_confirmed", [True, False])
def test_the_secretariat_hears_of_a_problem_with_an_organisation(
    client: Client, secretary: Person, *, is_confirmed: bool
):
    row = register_organisation(name="City of Rosario", kind="city", actor=PersonFactory.create())
    if is_confirmed:
        set_organisation_confirmed(slug=row.slug, actor=secretary, is_confirmed=True)
    address = reverse("contact:report", args=["organisation", row.slug])
    assert address in client.get(row.get_absolute_url()).content.decode()
    assert "The secretariat reads what you write" in client.get(address).content.decode()
    Mail.objects.all().delete()
    assert client.post(address, PROBLEM | right_reply())["Location"] == row.get_absolute_url()
    assert Problem.objects.get().title == "City of Rosario"
    assert Mail.objects.get().to == secretary.email


@pytest.mark.parametrize("reference", [["organisation", "nowhere"], ["city", "nowhere"], ["person", "1"]])
def test_there_is_nothing_to_report_where_nothing_is_public(client: Client, reference: list[str]):
    assert client.get(reverse("contact:report", args=reference)).status_code == 404


def test_a_city_can_be_reported(client: Client, secretary: Person):
    city = CityFactory.create(name="Aurelia")
    address = reverse("contact:report", args=["city", str(city.pk)])
    assert client.post(address, PROBLEM | right_reply())["Location"].startswith(f"/cities/{city.pk}-")
    assert "Aurelia" in Problem.objects.get().title
    assert Mail.objects.get().to == secretary.email


def test_a_visitor_reports_a_problem_and_is_led_back_to_the_record(client: Client, secretary: Person):
    initiative = InitiativeFactory.create()
    coordinator = member_of(initiative, Role.COORDINATOR)
    member_of(initiative, Role.CONTRIBUTOR)
    page = client.get(initiative.get_absolute_url()).content.decode()
    assert report_on(initiative) in page
    answer = client.post(report_on(initiative), PROBLEM | right_reply() | {"email": "reader@example.org"})
    assert answer["Location"] == initiative.get_absolute_url()
    row = Problem.objects.get()
    assert (row.initiative, row.outcome, row.email) == (initiative, Outcome.OPEN, "reader@example.org")
    assert {mail.to for mail in Mail.objects.all()} == {coordinator.email, secretary.email}
    assert all(PROBLEM["text"] in mail.text and "reader@example.org" not in mail.text for mail in Mail.objects.all())


def test_what_is_not_public_cannot_be_reported_and_is_not_known_of(client: Client):
    draft = InitiativeFactory.create(visibility=Visibility.DRAFT)
    unknown = reverse("contact:report", args=["initiative", "there-is-none"])
    for address in (report_on(draft), unknown, reverse("contact:report", args=["person", "1"])):
        for answer in (client.get(address), client.post(address, PROBLEM | right_reply())):
            assert answer.status_code == 404
            assert "There is no such record, or it is not public." in answer.content.decode()
    client.force_login(editor())
    assert report_on(draft) not in client.get(draft.get_absolute_url()).content.decode()
    assert not Problem.objects.exists()


def test_a_coordinator_settles_a_problem_and_whoever_reported_it_is_told(client: Client):
    initiative = InitiativeFactory.create()
    coordinator = member_of(initiative, Role.COORDINATOR)
    reporter = PersonFactory.create(language="es")
    row = problem_with(initiative, author=reporter, language="es")
    Mail.objects.all().delete()
    client.force_login(coordinator)
    assert initiative.title in client.get(reverse("contact:problems")).content.decode()
    address = reverse("contact:problem", args=[row.pk])
    assert PROBLEM["text"] in client.get(address).content.decode()
    client.post(address, {"outcome": "resolved", "note": "It says 2014 now."})
    row.refresh_from_db()
    assert row.outcome == Outcome.RESOLVED
    mail = Mail.objects.get()
    assert (mail.to, mail.language) == (reporter.email, "es")
    assert "It says 2014 now." in mail.text
    assert initiative.title not in client.get(reverse("contact:problems")).content.decode()
    settled = client.get(address).content.decode()
    assert coordinator.name in settled
    assert "Reported" in settled
    assert reporter.name in settled


def test_a_problem_is_settled_once(client: Client):
    initiative = InitiativeFactory.create()
    row = problem_with(initiative)
    operations.settle_problem(id=row.pk, actor=editor(), outcome=Outcome.DISMISSED)
    assert not Mail.objects.exists()
    with pytest.raises(Conflict):
        operations.settle_problem(id=row.pk, actor=editor(), outcome=Outcome.RESOLVED)


@pytest.mark.parametrize("role", [None, Role.VIEWER, Role.CONTRIBUTOR])
def test_nobody_below_a_coordinator_knows_of_a_report(client: Client, role: Role | None):
    initiative = InitiativeFactory.create()
    row = problem_with(initiative)
    other = InitiativeFactory.create()
    person = member_of(initiative, role) if role else member_of(other, Role.STEWARD)
    client.force_login(person)
    assert initiative.title not in client.get(reverse("contact:problems")).content.decode()
    assert client.get(reverse("contact:problem", args=[row.pk])).status_code == 404
    with pytest.raises(NotFound):
        operations.settle_problem(id=row.pk, actor=person, outcome=Outcome.RESOLVED)
    for page in (initiative.get_absolute_url(), reverse("accounts:account")):
        assert PROBLEM["text"] not in client.get(page).content.decode()


def test_a_report_outlives_its_initiative_for_the_editors():
    initiative = InitiativeFactory.create()
    row = problem_with(initiative)
    coordinator = member_of(initiative, Role.STEWARD)
    Initiative.objects.filter(pk=initiative.pk).delete()
    assert queries.problem(row.pk, editor()) == row
    with pytest.raises(NotFound):
        queries.problem(row.pk, coordinator)


def test_the_queue_asks_visitors_to_sign_in(client: Client):
    assert client.get(reverse("contact:problems"))["Location"].startswith("/account/sign-in/")


def test_who_reports_too_often_is_told_to_wait(client: Client):
    initiative = InitiativeFactory.create()
    client.force_login(PersonFactory.create())
    for _ in range(PROBLEMS_AN_HOUR):
        client.post(report_on(initiative), PROBLEM)
    assert "tried too often" in client.post(report_on(initiative), PROBLEM).content.decode()
    assert Problem.objects.count() == PROBLEMS_AN_HOUR
