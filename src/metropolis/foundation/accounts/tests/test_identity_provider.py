import re
from collections.abc import Iterator
from http import HTTPStatus
from urllib.parse import urlsplit

import pytest
import requests
from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from metropolis.foundation.accounts.models import Organisation, Person
from metropolis.foundation.accounts.tests.factories import PersonFactory, confirmed
from metropolis.foundation.accounts.tests.identity_provider import CLIENT, SECRET, Provider
from metropolis.foundation.accounts.tests.visitors import mailed_code, member, sign_in
from metropolis.foundation.history.models import Entry
from metropolis.foundation.mail.models import Mail
from metropolis.web.environment import Environment
from metropolis.web.settings import openid_connect

pytestmark = pytest.mark.django_db

START = "/account/sign-in/with/rosario/"
ANA = {"sub": "7", "email": "ana@rosario.example", "name": "Ana of Rosario"}


@pytest.fixture(scope="module")
def running() -> Iterator[Provider]:
    with Provider() as provider:
        yield provider


@pytest.fixture
def provider(running: Provider, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Provider:
    """A city's identity provider, told to the site as a deployment tells it."""
    monkeypatch.setenv(
        "METROPOLIS_IDENTITY_PROVIDERS",
        f'[{{"id": "rosario", "name": "City of Rosario", "server": "{running.address}", "client_id": "{CLIENT}",'
        f' "client_secret": "{SECRET}", "domains": ["rosario.example"]}}]',
    )
    settings.SOCIALACCOUNT_PROVIDERS = openid_connect(Environment().identity_providers)
    running.claims, running.refuses = dict(ANA), False
    return running


def come_back(client: Client, query: str = "") -> HttpResponse:
    """Sign in through the provider, as a browser does that follows where it is led."""
    there = client.get(f"{START}{query}")
    back = requests.get(there.url, allow_redirects=False, timeout=5).headers["Location"]
    return client.get(back.removeprefix("http://testserver"))


def is_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def test_an_officer_comes_in_by_the_citys_provider_and_has_an_account(client: Client, provider: Provider):
    page = client.get("/account/sign-in/?next=/initiatives/mine/").content.decode()
    assert re.search(rf'href="{START}\?next=%2Finitiatives%2Fmine%2F">\s*Sign in through City of Rosario', page)
    assert come_back(client, "?next=/initiatives/mine/").url == "/initiatives/mine/"
    assert is_in(client)
    person = Person.objects.get()
    assert (person.email, person.name, person.has_usable_password()) == (ANA["email"], ANA["name"], False)
    assert EmailAddress.objects.get().verified
    verbs = Entry.objects.filter(kind="person").order_by("pk").values_list("verb", flat=True)
    assert list(verbs) == ["open_account", "confirm_email", "sign_in"]
    assert SocialAccount.objects.get().extra_data == {}
    client.logout()
    come_back(client)
    assert is_in(client)
    assert Person.objects.count() == 1


def test_an_officer_belongs_to_the_organisation_that_holds_the_domain(client: Client, provider: Provider):
    city = Organisation.objects.create(slug="rosario", name="City of Rosario", kind="city")
    city.domains.create(domain="rosario.example", token="-", proof="dns", verified_at=timezone.now())
    come_back(client)
    assert city.memberships.get().person.email == ANA["email"]


def test_an_officer_who_has_an_account_gets_into_it_and_is_written_to(client: Client, provider: Provider):
    person = confirmed(PersonFactory.create(email=ANA["email"]))
    come_back(client)
    assert client.session["_auth_user_id"] == str(person.pk)
    assert "identity provider" in Mail.objects.get(to=person.email).text
    assert Entry.objects.filter(verb="connect_identity_provider").exists()


def test_the_ways_in_of_a_stranger_who_opened_an_account_for_the_address_are_void(client: Client, provider: Provider):
    person = PersonFactory.create(email=ANA["email"])
    SocialAccount.objects.create(user=person, provider="elsewhere", uid="the stranger")
    come_back(client)
    person.refresh_from_db()
    assert not person.has_usable_password()
    assert not SocialAccount.objects.filter(provider="elsewhere").exists()


@pytest.mark.parametrize("is_verified", [True, False])
def test_a_provider_is_not_believed_about_addresses_of_others(
    client: Client,
    provider: Provider,
    is_verified: bool,  # noqa: FBT001 - pytest gives it by name
):
    person = confirmed(PersonFactory.create(email="mayor@barcelona.example"))
    provider.claims |= {"email": person.email, "email_verified": is_verified}
    assert come_back(client).url == "/account/confirm-email/"
    assert not is_in(client)
    assert Person.objects.count() == 1
    assert "There is one already" in Mail.objects.get(to=person.email).text


def test_a_newcomer_with_an_address_of_another_domain_confirms_it_by_code(client: Client, provider: Provider):
    provider.claims |= {"email": "ana@elsewhere.example", "email_verified": True}
    assert come_back(client).url == "/account/confirm-email/"
    assert not is_in(client)
    assert not EmailAddress.objects.get().verified


@pytest.mark.parametrize("way", ["sign-in/code/", "password/forgotten/"])
def test_a_stranger_whose_provider_named_the_address_of_somebody_is_kept_out_once_that_one_comes(
    client: Client, provider: Provider, way: str
):
    provider.claims |= {"email": "victim@elsewhere.example", "email_verified": True}
    come_back(Client())
    answer = client.post(f"/account/{way}", {"email": "victim@elsewhere.example"})
    client.post(answer.url, {"code": mailed_code("victim@elsewhere.example")})
    stranger = Client()
    come_back(stranger)
    assert not is_in(stranger)


def test_no_link_from_elsewhere_gives_a_stranger_a_way_into_the_account_of_who_follows_it(
    client: Client, provider: Provider
):
    sign_in(client, member().email)
    provider.claims |= {"sub": "the stranger", "email": "stranger@rosario.example"}
    assert come_back(client, "?process=connect").url == "/account/sign-in/failed/"
    assert not SocialAccount.objects.exists()


def test_who_comes_without_an_address_is_refused(client: Client, provider: Provider):
    del provider.claims["email"]
    assert come_back(client).status_code == HTTPStatus.FORBIDDEN
    assert not Person.objects.exists()


def test_who_turns_back_at_the_provider_is_told_so(client: Client, provider: Provider):
    provider.refuses = True
    answer = come_back(client)
    assert answer.url == "/account/sign-in/cancelled/"
    assert "You are not signed in" in client.get(answer.url).content.decode()


def test_what_another_browser_brings_back_lets_nobody_in(client: Client, provider: Provider):
    there = client.get(START)
    back = requests.get(there.url, allow_redirects=False, timeout=5).headers["Location"]
    other = Client()
    assert "You are not signed in" in other.get(back.removeprefix("http://testserver")).content.decode()
    assert not is_in(other)


def test_a_provider_that_is_not_there_is_not_found(client: Client, provider: Provider):
    assert client.get("/account/sign-in/with/nobody/").status_code == HTTPStatus.NOT_FOUND


def test_a_provider_never_leads_to_another_site(client: Client, provider: Provider):
    answer = come_back(client, "?next=https://evil.example/")
    assert urlsplit(answer.url).netloc == ""
    assert is_in(client)
