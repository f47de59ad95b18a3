import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.db import connection
from django.utils import timezone

from metropolis.engine_kit import Conflict, InvalidInput, MetropolisError, NotAllowed, NotFound, TooMany
from metropolis.foundation.accounts import operations, queries
from metropolis.foundation.accounts.models import Invitation, JoinRequest, Membership, NetworkRole, Organisation, Person
from metropolis.foundation.accounts.tests.factories import PersonFactory, confirmed
from metropolis.foundation.history.models import Entry
from metropolis.foundation.mail.models import Mail

pytestmark = pytest.mark.django_db


@pytest.fixture
def steward() -> Person:
    return PersonFactory.create(name="The steward")


@pytest.fixture
def club(steward: Person) -> Organisation:
    return operations.register_organisation(name="Club", kind="club", actor=steward)


def secretary() -> Person:
    return PersonFactory.create(network_role=NetworkRole.SECRETARIAT)


def addressees() -> set[str]:
    return set(Mail.objects.values_list("to", flat=True))


def asks(club: Organisation, person: Person | None = None, message: str = "I run there.") -> JoinRequest:
    return operations.ask_to_join(slug=club.slug, person=person or PersonFactory.create(), message=message)


def roles(club: Organisation) -> dict[Person, bool]:
    return {row.person: row.is_steward for row in club.memberships.select_related("person")}


def test_who_founds_an_organisation_is_its_steward_and_who_names_it_again_is_not(club: Organisation, steward: Person):
    other = PersonFactory.create()
    assert operations.register_organisation(name=" CLUB", kind="club", actor=other) == club
    assert roles(club) == {steward: True}


def test_five_organisations_a_day_are_registered_and_those_that_are_there_do_not_count(steward: Person):
    for number in range(5):
        for _time in range(2):
            operations.register_organisation(name=f"Club {number}", kind="club", actor=steward)
        with pytest.raises(InvalidInput):
            operations.register_organisation(name="Two\nlines", kind="club", actor=steward)
    with pytest.raises(TooMany, match="24 hours"):
        operations.register_organisation(name="Club 5", kind="club", actor=steward)
    operations.register_organisation(name="Club 5", kind="club", actor=PersonFactory.create())
    with time_machine.travel(timezone.now() + timedelta(days=1, minutes=1)):
        operations.register_organisation(name="Club 6", kind="club", actor=steward)
    assert Organisation.objects.count() == 7


def test_who_asks_is_answered_and_not_invited(club: Organisation, steward: Person):
    person = PersonFactory.create()
    asked = asks(club, person)
    with pytest.raises(Conflict, match="answer the request") as refusal:
        operations.invite(slug=club.slug, actor=steward, email=person.email.upper())
    assert refusal.value.field == "email"
    operations.decline_join_request(slug=club.slug, request_id=asked.pk, actor=steward, reason="Not now.")
    operations.invite(slug=club.slug, actor=steward, email=person.email)


def test_who_is_invited_accepts_and_does_not_ask(club: Organisation, steward: Person):
    person = confirmed(PersonFactory.create())
    operations.invite(slug=club.slug, actor=steward, email=person.email)
    with pytest.raises(Conflict, match="accept the invitation"):
        asks(club, person)
    assert not JoinRequest.objects.exists()
    with time_machine.travel(timezone.now() + timedelta(days=15)):
        assert asks(club, person)


def test_an_invitation_to_another_address_of_who_asks_answers_the_request(club: Organisation, steward: Person):
    person = confirmed(PersonFactory.create())
    person.emailaddress_set.create(email="other@city.example", verified=True)
    asked = asks(club, person)
    operations.invite(slug=club.slug, actor=steward, email="other@city.example")
    operations.accept_invitation(invitation_id=club.invitations.get().pk, person=person)
    asked.refresh_from_db()
    assert asked.state == JoinRequest.State.APPROVED
    assert asked.decided_at


def test_a_request_is_told_to_the_stewards_and_approved_by_one(club: Organisation, steward: Person):
    person = PersonFactory.create(language="es")
    asked = asks(club, person)
    assert addressees() == {steward.email}
    assert "I run there." in Mail.objects.get().text
    operations.approve_join_request(slug=club.slug, request_id=asked.pk, actor=steward)
    assert roles(club) == {steward: True, person: False}
    assert addressees() == {steward.email, person.email}
    assert Mail.objects.get(to=person.email).language == "es"
    verbs = set(Entry.objects.filter(kind="organisation").values_list("verb", flat=True))
    assert {"ask_to_join", "approve_join_request"} <= verbs


def test_a_request_is_declined_with_a_reason_that_the_person_reads(club: Organisation, steward: Person):
    person = PersonFactory.create()
    asked = asks(club, person)
    with pytest.raises(InvalidInput) as refusal:
        operations.decline_join_request(slug=club.slug, request_id=asked.pk, actor=steward, reason=" ")
    assert refusal.value.field == "reason"
    operations.decline_join_request(slug=club.slug, request_id=asked.pk, actor=steward, reason="We are full.")
    assert person not in roles(club)
    assert "We are full." in Mail.objects.get(to=person.email).text
    assert queries.last_request(club, person).reason == "We are full."
    assert asks(club, person).state == "waiting"


def test_a_request_is_decided_once(club: Organisation, steward: Person):
    asked = asks(club)
    operations.approve_join_request(slug=club.slug, request_id=asked.pk, actor=steward)
    with pytest.raises(Conflict):
        operations.decline_join_request(slug=club.slug, request_id=asked.pk, actor=steward, reason="No.")


def test_nobody_asks_twice_at_a_time_nor_where_they_belong(club: Organisation, steward: Person):
    person = PersonFactory.create()
    asks(club, person)
    for asker in (person, steward):
        with pytest.raises(Conflict):
            asks(club, asker)


@pytest.mark.parametrize("message", ["", "  ", "a" * 1001])
def test_a_request_has_a_message_that_can_be_read(club: Organisation, message: str):
    with pytest.raises(InvalidInput) as refusal:
        asks(club, message=message)
    assert refusal.value.field == "message"


def test_nobody_asks_all_organisations_there_are():
    person = PersonFactory.create()
    for number in range(11):
        row = operations.register_organisation(name=f"Club {number}", kind="club")
        if number < 10:
            asks(row, person)
    with pytest.raises(TooMany):
        asks(row, person)


def test_a_request_is_taken_back(club: Organisation):
    person = PersonFactory.create()
    asks(club, person)
    operations.withdraw_join_request(slug=club.slug, person=person)
    assert not JoinRequest.objects.exists()
    with pytest.raises(NotFound):
        operations.withdraw_join_request(slug=club.slug, person=person)


def test_an_organisation_without_stewards_is_handled_by_the_secretariat():
    row = operations.register_organisation(name="Orphan", kind="university")
    desk, person = secretary(), PersonFactory.create()
    asked = asks(row, person)
    assert addressees() == {desk.email}
    assert list(queries.requests_to_decide(desk)) == [asked]
    operations.approve_join_request(slug=row.slug, request_id=asked.pk, actor=desk)
    operations.set_organisation_role(slug=row.slug, actor=desk, person=person, is_steward=True)
    assert roles(row) == {person: True}


def test_the_secretariat_is_not_bothered_where_there_is_a_steward(club: Organisation, steward: Person):
    desk = secretary()
    asked = asks(club)
    assert addressees() == {steward.email}
    assert list(queries.requests_to_decide(desk)) == []
    assert list(queries.requests_to_decide(steward)) == [asked]


@pytest.mark.parametrize("deed", ["leave", "demote", "remove"])
def test_the_last_steward_stays_until_there_is_another(club: Organisation, steward: Person, deed: str):
    successor = PersonFactory.create()
    operations.join_organisation(person=successor, organisation=club)
    deeds: dict[str, Callable[[], object]] = {
        "leave": lambda: operations.leave_organisation(person=steward, organisation=club),
        "demote": lambda: operations.set_organisation_role(
            slug=club.slug, actor=steward, person=steward, is_steward=False
        ),
        "remove": lambda: operations.remove_from_organisation(slug=club.slug, actor=steward, person=steward),
    }
    with pytest.raises(Conflict):
        deeds[deed]()
    assert roles(club)[steward]
    operations.set_organisation_role(slug=club.slug, actor=steward, person=successor, is_steward=True)
    deeds[deed]()
    assert not roles(club).get(steward, False)


@pytest.mark.parametrize("deed", ["demote", "remove"])
def test_who_is_a_steward_no_more_comes_back_by_no_invitation_of_their_own(
    club: Organisation, steward: Person, deed: str
):
    other = PersonFactory.create()
    operations.join_organisation(person=other, organisation=club, is_steward=True)
    operations.invite(slug=club.slug, actor=other, email="other@home.example", is_steward=True)
    operations.invite(slug=club.slug, actor=other, email="member@home.example")
    if deed == "demote":
        operations.set_organisation_role(slug=club.slug, actor=steward, person=other, is_steward=False)
    else:
        operations.remove_from_organisation(slug=club.slug, actor=steward, person=other)
    assert [invitation.email for invitation in club.invitations.all()] == ["member@home.example"]


@pytest.mark.django_db(transaction=True)
def test_the_last_two_stewards_do_not_leave_at_the_same_moment():
    stewards = PersonFactory.create_batch(2)
    club = operations.register_organisation(name="Club", kind="club", actor=stewards[0])
    operations.join_organisation(person=stewards[1], organisation=club, is_steward=True)
    together = threading.Barrier(2)

    def leave(person: Person) -> bool:
        try:
            together.wait(timeout=10)
            operations.leave_organisation(person=person, organisation=club)
        except Conflict:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(leave, stewards)) == [False, True]
    assert club.memberships.filter(is_steward=True).count() == 1


def test_the_secretariat_may_end_the_last_steward(club: Organisation, steward: Person):
    operations.remove_from_organisation(slug=club.slug, actor=secretary(), person=steward)
    assert not Membership.objects.exists()


def test_an_invitation_is_accepted_by_who_holds_its_address(club: Organisation, steward: Person):
    invitation = operations.invite(slug=club.slug, actor=steward, email="Ana@City.example", is_steward=True)
    sent = Mail.objects.get()
    assert sent.to == "Ana@City.example"
    assert "/account/my-organisations/" in sent.text
    stranger = confirmed(PersonFactory.create(email="ben@city.example"))
    unconfirmed = PersonFactory.create(email="ana@city.example")
    for person in (stranger, unconfirmed):
        assert queries.invitations_to(person) == []
        with pytest.raises(NotFound):
            operations.accept_invitation(invitation_id=invitation.pk, person=person)
    holder = confirmed(unconfirmed)
    assert queries.invitations_to(holder) == [invitation]
    operations.accept_invitation(invitation_id=invitation.pk, person=holder)
    assert roles(club)[holder]
    with pytest.raises(NotFound):
        operations.accept_invitation(invitation_id=invitation.pk, person=holder)


def test_an_invitation_makes_a_member_a_steward_and_no_steward_a_member(club: Organisation, steward: Person):
    member, other = confirmed(PersonFactory.create()), confirmed(PersonFactory.create())
    first = operations.invite(slug=club.slug, actor=steward, email=member.email, is_steward=True)
    second = operations.invite(slug=club.slug, actor=steward, email=other.email)
    operations.join_organisation(person=member, organisation=club)
    operations.join_organisation(person=other, organisation=club, is_steward=True)
    operations.accept_invitation(invitation_id=first.pk, person=member)
    operations.accept_invitation(invitation_id=second.pk, person=other)
    assert roles(club) == {steward: True, member: True, other: True}


def test_an_invitation_expires_and_is_sent_again(club: Organisation, steward: Person):
    holder = confirmed(PersonFactory.create())
    invitation = operations.invite(slug=club.slug, actor=steward, email=holder.email)
    with time_machine.travel(timezone.now() + timedelta(days=15)):
        assert queries.invitations_to(holder) == []
        with pytest.raises(NotFound):
            operations.accept_invitation(invitation_id=invitation.pk, person=holder)
        operations.resend_invitation(slug=club.slug, invitation_id=invitation.pk, actor=steward)
        assert Mail.objects.filter(to=holder.email).count() == 2
        operations.accept_invitation(invitation_id=invitation.pk, person=holder)
    assert holder in roles(club)


def test_an_invitation_that_is_revoked_or_declined_is_forgotten(club: Organisation, steward: Person):
    holder = confirmed(PersonFactory.create())
    for end in (
        lambda pk: operations.revoke_invitation(slug=club.slug, invitation_id=pk, actor=steward),
        lambda pk: operations.decline_invitation(invitation_id=pk, person=holder),
    ):
        end(operations.invite(slug=club.slug, actor=steward, email=holder.email).pk)
        assert not Invitation.objects.exists()
        assert not any(holder.email in str(entry.data) for entry in Entry.objects.all())
    assert holder not in roles(club)


@pytest.mark.parametrize("email", ["nonsense", "", "a@b.example\nBcc: c@d.example", "a@b.example, c@d.example"])
def test_an_invitation_goes_to_one_address(club: Organisation, steward: Person, email: str):
    with pytest.raises(InvalidInput) as refusal:
        operations.invite(slug=club.slug, actor=steward, email=email)
    assert refusal.value.field == "email"
    assert not Mail.objects.exists()
    assert mail.outbox == []


def test_an_address_is_invited_once_and_a_member_not_at_all(club: Organisation, steward: Person):
    operations.invite(slug=club.slug, actor=steward, email="ana@city.example")
    for address in ("ANA@city.example", steward.email):
        with pytest.raises(Conflict):
            operations.invite(slug=club.slug, actor=steward, email=address)


def test_an_invitation_to_another_organisation_is_out_of_reach(club: Organisation, steward: Person):
    other = operations.register_organisation(name="Other", kind="club", actor=steward)
    invitation = operations.invite(slug=other.slug, actor=steward, email="ana@city.example")
    with pytest.raises(NotFound):
        operations.revoke_invitation(slug=club.slug, invitation_id=invitation.pk, actor=steward)


#: What stewards do: with which arguments, given an organisation, its steward and a waiting request.
STEWARDS_DEEDS: dict[str, Callable[[Organisation, JoinRequest], dict[str, object]]] = {
    "change_organisation": lambda _club, _asked: {"name": "Club", "kind": "club"},
    "set_organisation_role": lambda club, _asked: {"person": club.memberships.last().person, "is_steward": True},
    "remove_from_organisation": lambda club, _asked: {"person": club.memberships.last().person},
    "approve_join_request": lambda _club, asked: {"request_id": asked.pk},
    "decline_join_request": lambda _club, asked: {"request_id": asked.pk, "reason": "No."},
    "invite": lambda _club, _asked: {"email": "new@city.example"},
    "resend_invitation": lambda club, _asked: {"invitation_id": club.invitations.get().pk},
    "revoke_invitation": lambda club, _asked: {"invitation_id": club.invitations.get().pk},
    "claim_domain": lambda _club, _asked: {"domain": "club.example"},
    "give_up_domain": lambda club, _asked: {"domain_id": club.domains.get().pk},
}


@pytest.mark.parametrize("deed", STEWARDS_DEEDS)
@pytest.mark.parametrize(
    ("who", "may"),
    [("steward", True), ("secretariat", True), ("editor", False), ("member", False), ("stranger", False)],
)
def test_what_stewards_do_is_done_by_them_and_the_secretariat_only(
    club: Organisation, steward: Person, deed: str, who: str, *, may: bool
):
    asked = asks(club)
    operations.invite(slug=club.slug, actor=steward, email="ana@city.example")
    operations.claim_domain(slug=club.slug, actor=steward, domain="runners.example")
    for is_steward in (True, False):
        operations.join_organisation(person=PersonFactory.create(), organisation=club, is_steward=is_steward)
    people = {
        "steward": steward,
        "secretariat": PersonFactory.create(network_role=NetworkRole.SECRETARIAT),
        "editor": PersonFactory.create(network_role=NetworkRole.EDITOR),
        "member": Membership.objects.get(organisation=club, is_steward=False).person,
        "stranger": PersonFactory.create(),
    }
    before = Entry.objects.count()
    refusal: MetropolisError | None = None
    try:
        getattr(operations, deed)(slug=club.slug, actor=people[who], **STEWARDS_DEEDS[deed](club, asked))
    except MetropolisError as error:
        refusal = error
    assert (type(refusal) is NotAllowed) is not may
    assert (Entry.objects.count() > before) is may


def test_an_organisation_is_changed_and_keeps_its_address(club: Organisation, steward: Person):
    operations.register_organisation(name="Other", kind="club")
    with pytest.raises(Conflict) as refusal:
        operations.change_organisation(slug=club.slug, actor=steward, name="other", kind="club")
    assert refusal.value.field == "name"
    operations.change_organisation(slug=club.slug, actor=steward, name="Clubs", kind="association")
    club.refresh_from_db()
    assert (club.slug, club.name, club.kind) == ("club", "Clubs", "association")
    assert Entry.objects.get(verb="change_organisation").data["before"]["name"] == "Club"


def test_who_belongs_is_listed_for_those_who_belong(club: Organisation, steward: Person):
    member = PersonFactory.create()
    operations.join_organisation(person=member, organisation=club)
    assert [row.person for row in queries.members_of(club, member)] == [steward, member]
    assert not queries.members_of(club, PersonFactory.create())
    assert not queries.members_of(club, None)
