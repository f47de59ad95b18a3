from datetime import timedelta

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.core.management import call_command
from django.utils import timezone

from metropolis.engine_kit import Conflict, InvalidInput, TooMany
from metropolis.foundation.accounts import operations
from metropolis.foundation.accounts.models import Membership, Organisation, Person
from metropolis.foundation.accounts.operations import people
from metropolis.foundation.accounts.tests.factories import PASSWORD, PersonFactory
from metropolis.foundation.history.models import Entry
from metropolis.foundation.limits.models import Allowance
from metropolis.foundation.mail.models import Mail

pytestmark = pytest.mark.django_db

WRONG = "wrong"


def guess(email: str, password: str = WRONG, address: str = "192.0.2.1", *, known: bool = False) -> Person:
    return operations.check_sign_in(email=email, password=password, address=address, is_known_device=known)


def test_an_account_is_opened_and_signs_in_whatever_the_letters_case():
    person = operations.open_account(email="Ana@Example.org", name=" Ana ", password=PASSWORD)
    assert (person.name, person.network_role) == ("Ana", "member")
    assert person.email == "ana@example.org"
    assert guess("aNA@example.org", PASSWORD) == person
    assert not Allowance.objects.exclude(moments=[]).exists()
    assert not EmailAddress.objects.exists()


def test_an_account_can_be_opened_with_an_address_that_is_confirmed_and_without_a_password():
    person = operations.open_account(email="ana@example.org", name="Ana", is_confirmed=True)
    assert EmailAddress.objects.get().verified
    assert not person.has_usable_password()
    with pytest.raises(InvalidInput):
        guess(person.email, "")


@pytest.mark.parametrize(
    ("told", "kind", "field"),
    [
        ({"email": "PERSON@example.org"}, Conflict, "email"),
        ({"email": "nonsense"}, InvalidInput, "email"),
        ({"name": ""}, InvalidInput, "name"),
        ({"password": "short"}, InvalidInput, "password"),
        ({"password": "password1234"}, InvalidInput, "password"),
        ({"password": "newcomer@example.org"}, InvalidInput, "password"),
    ],
)
def test_an_account_that_cannot_be_opened_names_the_field(told: dict[str, str], kind: type[Exception], field: str):
    PersonFactory.create(email="person@example.org")
    with pytest.raises(kind) as refusal:
        operations.open_account(**{"email": "newcomer@example.org", "name": "Ana", "password": PASSWORD} | told)
    assert refusal.value.field == field
    assert Person.objects.count() == 1


def test_a_wrong_password_and_an_unknown_address_are_answered_alike():
    person = PersonFactory.create()
    messages = set()
    for email in (person.email, "nobody@example.org"):
        with pytest.raises(InvalidInput) as refusal:
            guess(email)
        messages.add((refusal.value.message, refusal.value.field))
    assert len(messages) == 1


def test_an_account_that_was_closed_does_not_sign_in():
    person = PersonFactory.create(is_active=False)
    with pytest.raises(InvalidInput):
        guess(person.email, PASSWORD)


def test_after_eleven_wrong_passwords_even_the_right_one_is_refused_for_an_hour():
    person = PersonFactory.create()
    for number in range(people.GUESSES_PER_ACCOUNT):
        with pytest.raises(InvalidInput):
            guess(person.email.upper(), address=f"192.0.2.{number}")
    with pytest.raises(TooMany) as refusal:
        guess(person.email, PASSWORD)
    assert 0 < refusal.value.data["retry_after"] <= 3600
    with time_machine.travel(timezone.now() + timedelta(minutes=61)):
        assert guess(person.email, PASSWORD) == person


def test_ten_thousand_guesses_from_everywhere_let_eleven_through(monkeypatch: pytest.MonkeyPatch):
    person = PersonFactory.create()
    looked_at: list[str] = []
    monkeypatch.setattr(people, "authenticate", lambda **told: looked_at.append(told["password"]))
    for number in range(10_000):
        with pytest.raises((InvalidInput, TooMany)):
            guess(person.email, str(number), address=f"10.0.{number // 250}.{number % 250}")
    assert len(looked_at) == people.GUESSES_PER_ACCOUNT


def test_the_owner_is_not_locked_out_on_a_device_that_is_known():
    person = PersonFactory.create()
    for number in range(people.GUESSES_PER_ACCOUNT + 1):
        with pytest.raises((InvalidInput, TooMany)):
            guess(person.email, address=f"192.0.2.{number}")
    assert guess(person.email, PASSWORD, known=True) == person


def test_an_address_that_tries_many_accounts_is_stopped():
    person = PersonFactory.create()
    for number in range(people.GUESSES_PER_ADDRESS):
        with pytest.raises(InvalidInput):
            guess(f"nobody{number}@example.org")
    with pytest.raises(TooMany):
        guess(person.email, PASSWORD)
    assert guess(person.email, PASSWORD, address="192.0.2.2") == person


def test_a_password_is_set_and_the_owner_is_written_to():
    person = PersonFactory.create()
    with pytest.raises(InvalidInput) as refusal:
        operations.set_password(person=person, password="short")
    assert refusal.value.field == "password"
    operations.set_password(person=person, password="quite another thing")
    assert guess(person.email, "quite another thing") == person
    assert Mail.objects.get().to == person.email
    assert Entry.objects.get(kind="person").verb == "change_password"


def test_a_name_is_changed_and_must_not_be_empty():
    person = PersonFactory.create()
    operations.change_account(person=person, name="Ana", language="es")
    person.refresh_from_db()
    assert (person.name, person.language) == ("Ana", "es")
    with pytest.raises(InvalidInput):
        operations.change_account(person=person, name=" ", language="")


def test_an_organisation_is_registered_once():
    told = {"name": "City of Rosario", "kind": "city"}
    person = PersonFactory.create()
    first = operations.register_organisation(**told, actor=person)
    assert operations.register_organisation(**told | {"name": " city of rosario"}) == first
    assert Organisation.objects.count() == 1
    assert Entry.objects.get(verb="register_organisation").actor == person


@pytest.mark.parametrize(
    ("told", "field"),
    [
        ({"kind": "gang"}, "kind"),
        ({"website": "javascript:alert(1)"}, "website"),
        ({"name": ""}, "name"),
        ({"name": "Club\n\nPay here"}, "name"),
    ],
)
def test_an_organisation_that_cannot_be_names_the_field(told: dict[str, str], field: str):
    with pytest.raises(InvalidInput) as refusal:
        operations.register_organisation(**{"name": "Club", "kind": "club"} | told)
    assert refusal.value.field == field


def test_joining_and_leaving_twice_changes_nothing():
    organisation = operations.register_organisation(name="Club", kind="club")
    person = PersonFactory.create()
    for _time in range(2):
        operations.join_organisation(person=person, organisation=organisation)
    assert Membership.objects.count() == 1
    for _time in range(2):
        operations.leave_organisation(person=person, organisation=organisation)
    assert Membership.objects.count() == 0
    assert Entry.objects.filter(kind="organisation").count() == 3


def test_a_new_site_gets_its_secretariat_from_the_command_line(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", "several words to remember")
    call_command("createsuperuser", interactive=False, email="desk@example.org", name="Desk", verbosity=0)
    person = Person.objects.get(email="desk@example.org")
    assert person.is_editor
    assert EmailAddress.objects.get(user=person).verified
    assert person.check_password("several words to remember")
