from http import HTTPStatus

import pytest
from django.conf import LazySettings
from django.test import Client
from django.urls import reverse

from metropolis.foundation.accounts.models import FailedSignIn, Person
from metropolis.foundation.accounts.pages.people import KNOWN_DEVICE
from metropolis.foundation.accounts.tests.factories import PASSWORD, PersonFactory

pytestmark = pytest.mark.django_db

SIGN_IN = "/account/sign-in/"


def sign_in(client: Client, person: Person, password: str = PASSWORD, query: str = "", **headers: str) -> object:
    return client.post(f"{SIGN_IN}{query}", {"email": person.email, "password": password}, headers=headers)


def test_signing_in_leads_to_where_one_wanted_to_go(client: Client):
    person = PersonFactory.create()
    answer = sign_in(client, person, query="?next=/initiatives/mine/%3Fpage%3D2")
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
        "",
    ],
)
def test_signing_in_never_leads_to_another_site(client: Client, wanted: str):
    answer = client.post(
        SIGN_IN, {"email": PersonFactory.create().email, "password": PASSWORD}, query_params={"next": wanted}
    )
    assert answer.url == reverse("exchange:home")


def test_whoever_opens_an_account_on_the_way_gets_where_they_wanted_to_go(client: Client):
    page = client.get(f"{SIGN_IN}?next=/initiatives/add/").content.decode()
    address = f"{reverse('accounts:sign_up')}?next=%2Finitiatives%2Fadd%2F"
    assert address in page
    told = {"name": "Ana", "email": "ana@example.org", "password": PASSWORD}
    assert client.post(address, told).url == "/initiatives/add/"
    client.logout()
    evil = f"{reverse('accounts:sign_up')}?next=//evil.example"
    assert client.post(evil, told | {"email": "ben@example.org"}).url == reverse("accounts:account")


def test_the_session_is_another_one_after_signing_in(client: Client):
    client.get(SIGN_IN)
    session = client.session
    session["basket"] = "something"
    session.save()
    before = session.session_key
    sign_in(client, PersonFactory.create())
    assert client.session.session_key != before


def test_a_wrong_password_is_said_without_saying_what_was_wrong(client: Client):
    person = PersonFactory.create()
    page = sign_in(client, person, "wrong").content.decode()
    assert "The e-mail address or the password is not right." in page
    assert f'value="{person.email}"' in page
    assert 'value="wrong"' not in page
    assert "_auth_user_id" not in client.session


def test_a_device_that_is_known_is_counted_apart_and_the_cookie_gives_no_right(client: Client):
    person, other = PersonFactory.create(), PersonFactory.create()
    sign_in(client, person)
    assert client.cookies[KNOWN_DEVICE]["httponly"]
    client.post(reverse("accounts:sign_out"))
    assert client.get(reverse("accounts:account")).status_code == HTTPStatus.FOUND
    sign_in(client, person, "wrong")
    sign_in(client, other, "wrong")
    assert list(FailedSignIn.objects.order_by("pk").values_list("is_known_device", flat=True)) == [True, False]


def test_a_forged_cookie_makes_no_device_known(client: Client):
    client.cookies[KNOWN_DEVICE] = "forged:value"
    sign_in(client, PersonFactory.create(), "wrong")
    assert not FailedSignIn.objects.get().is_known_device


def test_an_address_cannot_be_claimed_without_a_proxy_that_is_trusted(client: Client, settings: LazySettings):
    person = PersonFactory.create()
    settings.SECURE_PROXY_SSL_HEADER = None
    sign_in(client, person, "wrong", **{"X-Forwarded-For": "198.51.100.7"})
    assert FailedSignIn.objects.get().address == "127.0.0.1"
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    sign_in(client, person, "wrong", **{"X-Forwarded-For": "203.0.113.5, 198.51.100.7"})
    assert FailedSignIn.objects.latest("pk").address == "198.51.100.7"


def test_signing_out_takes_a_form(client: Client):
    client.force_login(PersonFactory.create())
    assert client.get(reverse("accounts:sign_out")).status_code == HTTPStatus.METHOD_NOT_ALLOWED
    client.post(reverse("accounts:sign_out"))
    assert "_auth_user_id" not in client.session


def test_signing_in_takes_a_form_of_this_site():
    strict = Client(enforce_csrf_checks=True)
    assert sign_in(strict, PersonFactory.create()).status_code == HTTPStatus.FORBIDDEN


def test_somebody_opens_an_account_and_reads_in_their_language(client: Client):
    told = {"name": "Ana", "email": "ana@example.org", "password": PASSWORD, "language": "es", "network_role": "editor"}
    answer = client.post(reverse("accounts:sign_up"), told)
    assert answer.url == reverse("accounts:account")
    person = Person.objects.get()
    assert (person.language, person.network_role) == ("es", "member")
    assert client.cookies["django_language"].value == "es"
    again = client.post(reverse("accounts:sign_up"), told)
    assert again.status_code == HTTPStatus.OK
    assert Person.objects.count() == 1


def test_one_changes_ones_name_and_no_more(client: Client):
    person = PersonFactory.create()
    client.force_login(person)
    client.post(
        reverse("accounts:account"), {"name": "Ana", "language": "fr", "network_role": "editor", "email": "x@y.z"}
    )
    person.refresh_from_db()
    assert (person.name, person.language, person.network_role) == ("Ana", "fr", "member")
    assert person.email != "x@y.z"


def test_a_changed_password_ends_the_other_sessions_only(client: Client):
    person = PersonFactory.create()
    elsewhere = Client()
    for one in (client, elsewhere):
        one.force_login(person)
    client.post(reverse("accounts:password"), {"password": PASSWORD, "new_password": "quite another thing"})
    account = reverse("accounts:account")
    assert client.get(account).status_code == HTTPStatus.OK
    assert elsewhere.get(account).status_code == HTTPStatus.FOUND


@pytest.mark.parametrize("name", ["account", "password", "add_organisation"])
def test_a_visitor_is_asked_to_sign_in(client: Client, name: str):
    assert client.get(reverse(f"accounts:{name}")).url.startswith(f"{SIGN_IN}?next=")
