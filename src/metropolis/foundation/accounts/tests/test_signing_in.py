from datetime import timedelta
from http import HTTPStatus

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from metropolis.foundation.accounts.models import Person
from metropolis.foundation.accounts.operations import people
from metropolis.foundation.accounts.pages.cookies import KNOWN_DEVICE
from metropolis.foundation.accounts.tests.factories import PASSWORD
from metropolis.foundation.accounts.tests.visitors import (
    CODE,
    SIGN_IN,
    SIGN_UP,
    deeds,
    is_in,
    last_mail,
    mailed_code,
    member,
    newcomer,
    sign_in,
)
from metropolis.foundation.human_check.values import Challenge
from metropolis.foundation.limits.models import Allowance
from metropolis.foundation.mail.models import Mail

pytestmark = pytest.mark.django_db

# Signing in with a password


def test_signing_in_leads_to_where_one_wanted_to_go(client: Client):
    person = member()
    answer = sign_in(client, person.email.upper(), query="?next=/initiatives/mine/%3Fpage%3D2")
    assert answer.url == "/initiatives/mine/?page=2"
    assert client.session["_auth_user_id"] == str(person.pk)


@pytest.mark.parametrize(
    "wanted",
    [
        "https://evil.example/",
        "//evil.example/",
        "///evil.example",
        "\\\\evil.example",
        "/\\evil.example",
        "http:evil.example",
        "javascript:alert(1)",
        " //evil.example",
        "https://testserver@evil.example/",
        "http://localhost/",
        "",
    ],
)
@pytest.mark.parametrize("where", ["query", "form"])
def test_signing_in_never_leads_to_another_site(client: Client, wanted: str, where: str):
    told = {"email": member().email, "password": PASSWORD}
    if where == "query":
        answer = client.post(SIGN_IN, told, query_params={"next": wanted})
    else:
        answer = client.post(SIGN_IN, told | {"next": wanted})
    assert answer.url == reverse("exchange:home")


def test_the_session_is_another_one_after_signing_in(client: Client):
    session = client.session
    session["basket"] = "something"
    session.save()
    before = session.session_key
    sign_in(client, member().email)
    assert is_in(client)
    assert client.session.session_key != before


def test_a_wrong_password_is_said_without_saying_what_was_wrong(client: Client):
    person = member()
    page = sign_in(client, person.email, "wrong").content.decode()
    assert "The e-mail address or the password is not right." in page
    assert f'value="{person.email}"' in page
    assert 'value="wrong"' not in page
    assert not is_in(client)


def test_a_closed_account_lets_nobody_in(client: Client):
    person = member()
    Person.objects.update(is_active=False)
    sign_in(client, person.email)
    client.post("/account/sign-in/code/", {"email": person.email})
    assert not is_in(client)
    assert not CODE.search(last_mail(person.email).text)


def test_signing_in_takes_a_form_of_this_site():
    strict = Client(enforce_csrf_checks=True)
    assert sign_in(strict, member().email).status_code == HTTPStatus.FORBIDDEN


def test_signing_out_takes_a_form(client: Client):
    client.force_login(member())
    assert client.get(reverse("accounts:sign_out")).status_code == HTTPStatus.METHOD_NOT_ALLOWED
    client.post(reverse("accounts:sign_out"))
    assert not is_in(client)


# Guesses


def test_guessing_is_stopped_and_the_owner_gets_in_on_a_device_that_is_known(client: Client):
    person = member()
    sign_in(client, person.email)
    client.post(reverse("accounts:sign_out"))
    attacker = Client(REMOTE_ADDR="203.0.113.5")
    answers = [sign_in(attacker, person.email, f"guess {number}").status_code for number in range(15)]
    assert answers == [HTTPStatus.OK] * 11 + [HTTPStatus.TOO_MANY_REQUESTS] * 4
    assert sign_in(attacker, person.email).status_code == HTTPStatus.TOO_MANY_REQUESTS
    sign_in(client, person.email)
    assert is_in(client)


def guess_all(person: Person) -> int:
    """Try passwords and codes in new browsers as often as the site lets one; how often that was."""
    tried = 0
    for number in range(15):
        answer = sign_in(Client(), person.email, f"guess {number}")
        tried += answer.status_code != HTTPStatus.TOO_MANY_REQUESTS
    for _round in range(10):
        client = Client()
        client.post("/account/sign-in/code/", {"email": person.email})
        for _time in range(4):
            takes_a_code = client.get("/account/sign-in/code/confirm/").status_code == HTTPStatus.OK
            client.post("/account/sign-in/code/confirm/", {"code": "BBBB-BBBB"})
            tried += takes_a_code
    return tried


def test_twenty_guesses_at_an_account_are_let_through_in_all_and_its_owner_still_gets_in(client: Client):
    person = member()
    assert guess_all(person) == 20
    refused = sign_in(client, person.email)
    assert refused.status_code == HTTPStatus.TOO_MANY_REQUESTS
    assert int(refused.headers["Retry-After"]) > 0
    page = refused.content.decode()
    assert "Have a code sent to you by e-mail, or use a passkey: both work at once." in page
    assert 'href="/account/sign-in/code/"' in page

    page = client.post("/account/sign-in/code/", {"email": person.email}).content.decode()
    assert "Show first that you are human." in page
    assert f'value="{person.email}"' in page
    wrong = client.post("/account/sign-in/code/", {"email": person.email, "human_check_token": "forged"})
    assert wrong.status_code == HTTPStatus.OK
    challenge = Challenge.new()
    check = {"human_check": challenge.answer, "human_check_token": challenge.token}
    answer = client.post("/account/sign-in/code/", {"email": person.email} | check)
    client.post(answer.url, {"code": mailed_code(person.email)})
    assert is_in(client)


def test_a_forged_cookie_makes_no_device_known(client: Client):
    person = member()
    client.cookies[KNOWN_DEVICE] = "forged:value"
    for _time in range(people.GUESSES_PER_ACCOUNT):
        sign_in(Client(), person.email, "wrong")
    assert sign_in(client, person.email).status_code == HTTPStatus.TOO_MANY_REQUESTS


def test_counting_keeps_no_address():
    person = member()
    sign_in(Client(), person.email, "wrong")
    assert not any(person.email in row.key or "127.0.0.1" in row.key for row in Allowance.objects.all())


# Signing in by mailed code


def test_somebody_signs_in_by_a_mailed_code(client: Client):
    person = member()
    answer = client.post("/account/sign-in/code/?next=/initiatives/mine/", {"email": person.email.upper()})
    answer = client.post(answer.url, {"code": mailed_code(person.email)})
    assert answer.url == "/initiatives/mine/"
    assert is_in(client)
    assert deeds(person) == ["sign_in"]


@pytest.mark.parametrize("start", ["/account/sign-in/code/", "/account/password/forgotten/"])
def test_programs_get_three_codes_sent_and_the_owner_gets_one_on_a_device_that_is_known(client: Client, start: str):
    person = member()
    sign_in(client, person.email)
    client.post("/account/sign-out/")
    answers = [Client().post(start, {"email": person.email}).status_code for _time in range(5)]
    assert answers == [HTTPStatus.FOUND] * 3 + [HTTPStatus.OK] * 2
    assert Mail.objects.filter(to=person.email).count() == 3
    assert client.post(start, {"email": person.email}).status_code == HTTPStatus.FOUND


def test_a_password_that_a_stranger_chose_for_the_address_is_void_once_its_owner_comes(client: Client):
    Client().post(SIGN_UP, newcomer("victim@example.org"))
    answer = client.post("/account/sign-in/code/", {"email": "victim@example.org"})
    client.post(answer.url, {"code": mailed_code("victim@example.org")})
    assert is_in(client)
    assert not Person.objects.get().has_usable_password()
    stranger = Client()
    sign_in(stranger, "victim@example.org")
    assert not is_in(stranger)


def test_a_password_that_a_stranger_chose_is_void_once_its_owner_types_in_the_code_for_another(client: Client):
    Client().post(SIGN_UP, newcomer("victim@example.org"))
    answer = client.post("/account/password/forgotten/", {"email": "victim@example.org"})
    client.post(answer.url, {"code": mailed_code("victim@example.org")})
    stranger = Client()
    sign_in(stranger, "victim@example.org")
    assert not is_in(stranger)


def test_another_code_makes_the_first_one_void(client: Client):
    person = member()
    answer = client.post("/account/sign-in/code/", {"email": person.email})
    first = mailed_code(person.email)
    client.post(answer.url, {"action": "resend"})
    client.post(answer.url, {"code": first})
    assert not is_in(client)
    client.post(answer.url, {"code": mailed_code(person.email)})
    assert is_in(client)


@pytest.mark.parametrize("start", ["/account/sign-in/code/", "/account/password/forgotten/", SIGN_UP])
def test_a_code_is_good_for_a_quarter_of_an_hour(client: Client, start: str):
    email = "ana@example.org" if start == SIGN_UP else member().email
    answer = client.post(start, newcomer(email))
    code = mailed_code(email)
    with time_machine.travel(timezone.now() + timedelta(minutes=16)):
        client.post(answer.url, {"code": code})
        client.post("/account/password/forgotten/new/", {"password1": "quite another thing"})
    assert not is_in(client)


def test_a_code_is_good_in_the_browser_that_asked_for_it_only(client: Client):
    person = member()
    answer = client.post("/account/sign-in/code/", {"email": person.email})
    other = Client()
    other.post(answer.url, {"code": mailed_code(person.email)})
    assert not is_in(other)


def test_one_can_turn_back_half_way(client: Client):
    answer = client.post("/account/sign-in/code/", {"email": member().email})
    assert 'name="cancel"' in client.get(answer.url).content.decode()
    assert client.post(reverse("accounts:sign_out"), {"cancel": "1"}).url == SIGN_IN
    assert client.get(SIGN_IN).status_code == HTTPStatus.OK
