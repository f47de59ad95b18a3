from http import HTTPStatus

import pytest
from django.test import Client
from django.urls import reverse

from metropolis.foundation.accounts.models import Person
from metropolis.foundation.accounts.operations import people
from metropolis.foundation.accounts.tests.factories import PASSWORD, PersonFactory
from metropolis.foundation.accounts.tests.visitors import (
    ACCOUNT,
    CODE,
    SIGN_IN,
    SIGN_UP,
    deeds,
    is_in,
    last_mail,
    mailed_code,
    member,
    newcomer,
    normal,
    sign_in,
)

pytestmark = pytest.mark.django_db

# Signing up


def test_somebody_signs_up_confirms_the_address_and_reads_in_their_language(client: Client):
    answer = client.post(SIGN_UP, newcomer(network_role="editor"))
    assert answer.url == "/account/confirm-email/"
    assert not is_in(client)
    answer = client.post(answer.url, {"code": mailed_code("ana@example.org").lower().replace("-", "")})
    assert answer.url == ACCOUNT
    assert is_in(client)
    person = Person.objects.get()
    assert (person.name, person.language, person.network_role) == ("Ana", "es", "member")
    assert client.cookies["django_language"].value == "es"
    assert deeds(person) == ["open_account", "confirm_email", "sign_in"]


def test_whoever_signs_up_on_the_way_gets_where_they_wanted_to_go(client: Client):
    page = client.get(f"{SIGN_IN}?next=/initiatives/add/").content.decode()
    address = f"{SIGN_UP}?next=%2Finitiatives%2Fadd%2F"
    assert address in page
    answer = client.post(address, newcomer())
    answer = client.post(answer.url, {"code": mailed_code("ana@example.org")})
    assert answer.url == "/initiatives/add/"


def test_signing_up_never_leads_to_another_site(client: Client):
    answer = client.post(f"{SIGN_UP}?next=//evil.example", newcomer())
    assert client.post(answer.url, {"code": mailed_code("ana@example.org")}).url == ACCOUNT


def test_without_the_characters_nobody_signs_up_and_what_was_typed_is_kept(client: Client):
    page = client.post(SIGN_UP, newcomer(human_check="wrong")).content.decode()
    assert 'value="ana@example.org"' in page
    assert PASSWORD not in page
    assert "Type your password again." in page
    assert not Person.objects.exists()


def test_a_password_is_asked_for_again_only_from_who_typed_one(client: Client):
    told = newcomer()
    told["human_check_new"] = "1"
    page = client.post(SIGN_UP, told).content.decode()
    assert "field--wrong" not in page
    assert "Type your password again. At least ten characters" in page
    for seldom in (client.get(SIGN_UP), client.post(SIGN_UP, newcomer(password1="", human_check="wrong"))):
        assert "Type your password again." not in seldom.content.decode()


def test_who_can_neither_see_nor_hear_signs_up_by_a_mailed_code_and_few_at_a_time(client: Client):
    address = reverse("accounts:sign_up_by_mail")
    assert address in client.get(SIGN_UP).content.decode()
    for number in range(people.UNCHECKED_SIGN_UPS):
        email = f"ana{number}@example.org"
        told = {"name": "Ana", "email": email}
        answer = Client().post(address, told)
        assert answer.url == "/account/confirm-email/"
        assert mailed_code(email)
    assert not Person.objects.latest("pk").has_usable_password()
    assert client.post(address, told | {"email": "more@example.org"}).status_code == HTTPStatus.TOO_MANY_REQUESTS


def test_who_signed_up_by_mail_alone_comes_in_again_by_mail(client: Client):
    page = client.get(reverse("accounts:sign_up_by_mail")).content.decode()
    assert 'name="password1"' not in page
    assert "human_check" not in page
    answer = client.post(reverse("accounts:sign_up_by_mail"), {"name": "Ana", "email": "ana@example.org"})
    client.post(answer.url, {"code": mailed_code("ana@example.org")})
    assert is_in(client)
    client.post("/account/sign-out/")
    answer = client.post("/account/sign-in/code/", {"email": "ana@example.org"})
    client.post(answer.url, {"code": mailed_code("ana@example.org")})
    assert is_in(client)


@pytest.mark.parametrize(
    ("told", "text"),
    [
        ({"password1": "short"}, "too short"),
        ({"password1": "password1234"}, "too common"),
        ({"email": "nonsense"}, "valid email"),
        ({"name": ""}, "required"),
        ({"name": "Ana\n\nYour account is closed, pay here"}, "in one line"),
    ],
)
def test_a_form_that_is_wrong_says_what_is(client: Client, told: dict[str, str], text: str):
    page = client.post(SIGN_UP, newcomer(**told)).content.decode()
    assert text in page
    assert not Person.objects.exists()


def test_a_wrong_code_opens_nothing_and_the_third_ends_the_attempt(client: Client):
    client.post(SIGN_UP, newcomer())
    for _time in range(2):
        page = client.post("/account/confirm-email/", {"code": "BBBB-BBBB"}).content.decode()
        assert "This is not the code." in page
    assert client.post("/account/confirm-email/", {"code": "BBBB-BBBB"}).url == SIGN_IN
    assert client.post("/account/confirm-email/", {"code": mailed_code("ana@example.org")}).url == SIGN_IN
    assert not is_in(client)


def test_who_has_not_confirmed_the_address_does_so_at_the_next_sign_in(client: Client):
    person = PersonFactory.create()
    assert sign_in(client, person.email).url == "/account/confirm-email/"
    assert not is_in(client)
    client.post("/account/confirm-email/", {"code": mailed_code(person.email)})
    assert is_in(client)


# Nobody learns who has an account


@pytest.mark.parametrize(
    ("address", "told"),
    [
        (SIGN_IN, {"password": "wrong"}),
        (SIGN_UP, {}),
        ("/account/sign-in/code/", {}),
        ("/account/password/forgotten/", {}),
    ],
)
def test_the_answer_is_the_same_whether_there_is_an_account_or_not(address: str, told: dict[str, str]):
    member(email="known@example.org")
    seen = []
    for email in ("known@example.org", "nobody@example.org"):
        client = Client()
        form = newcomer() if address == SIGN_UP else {}
        answer = client.post(address, form | told | {"email": email})
        steps = [normal(answer)]
        if answer.status_code == HTTPStatus.FOUND:
            steps.append(normal(client.get(answer.url)))
            steps.append(normal(client.post(answer.url, {"code": "BBBB-BBBB"})))
            steps.append(normal(client.post(answer.url, {"action": "resend"})))
        seen.append(steps)
    assert seen[0] == seen[1]


def test_the_owner_of_an_address_is_told_by_mail(client: Client):
    person = member()
    client.post(SIGN_UP, newcomer(person.email))
    assert "/account/sign-in/" in last_mail(person.email).text
    assert not CODE.search(last_mail(person.email).text)
    Client().post("/account/sign-in/code/", {"email": "nobody@example.org"})
    assert "/account/sign-up/" in last_mail("nobody@example.org").text
    assert Person.objects.count() == 1
