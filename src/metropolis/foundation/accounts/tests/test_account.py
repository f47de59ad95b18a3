from collections.abc import Callable
from datetime import timedelta
from http import HTTPStatus
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value, yield_hotp_counters_from_time
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import get_resolver, reverse
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks

from metropolis.foundation.accounts import operations
from metropolis.foundation.accounts.models import Person
from metropolis.foundation.accounts.operations import people
from metropolis.foundation.accounts.tests.factories import PASSWORD
from metropolis.foundation.accounts.tests.visitors import (
    ACCOUNT,
    SIGN_IN,
    SIGN_UP,
    confirm_password,
    deeds,
    is_in,
    last_mail,
    mailed_code,
    member,
    newcomer,
    normal,
    sign_in,
)
from metropolis.foundation.accounts.urls import ways_in_urls
from metropolis.foundation.mail.models import Mail

pytestmark = pytest.mark.django_db

# Passwords


def test_a_forgotten_password_is_replaced_by_a_mailed_code_and_ends_all_sessions(client: Client):
    person = member()
    elsewhere = Client()
    sign_in(elsewhere, person.email)
    answer = client.post("/account/password/forgotten/", {"email": person.email})
    answer = client.post(answer.url, {"code": mailed_code(person.email)})
    assert answer.url == "/account/password/forgotten/new/"
    assert "too short" in client.post(answer.url, {"password1": "short"}).content.decode()
    client.post(answer.url, {"password1": "quite another thing"})
    assert is_in(client)
    assert elsewhere.get(ACCOUNT).status_code == HTTPStatus.FOUND
    assert not is_in(elsewhere)
    assert "password" in last_mail(person.email).text
    assert "change_password" in deeds(person)
    client.post(reverse("accounts:sign_out"))
    sign_in(client, person.email, "quite another thing")
    assert is_in(client)


def test_the_new_password_takes_the_code_first(client: Client):
    client.post("/account/password/forgotten/", {"email": member().email})
    answer = client.post("/account/password/forgotten/new/", {"password1": "quite another thing"})
    assert answer.url == "/account/password/forgotten/code/"


def test_a_changed_password_ends_the_other_sessions_only(client: Client):
    person = member()
    elsewhere = Client()
    for one in (client, elsewhere):
        sign_in(one, person.email)
    told = {"oldpassword": "wrong", "password1": "quite another thing"}
    assert "This is not your present password." in client.post("/account/password/", told).content.decode()
    client.post("/account/password/", told | {"oldpassword": PASSWORD})
    assert client.get(ACCOUNT).status_code == HTTPStatus.OK
    assert elsewhere.get(ACCOUNT).status_code == HTTPStatus.FOUND
    assert len(client.get("/account/sessions/").context["sessions"]) == 1


def test_who_has_no_password_chooses_a_first_one(client: Client):
    person = member()
    Person.objects.update(password="!")
    answer = client.post("/account/sign-in/code/", {"email": person.email})
    client.post(answer.url, {"code": mailed_code(person.email)})
    assert client.get("/account/password/").url == "/account/password/first/"
    client.post("/account/password/first/", {"password1": "quite another thing"})
    person.refresh_from_db()
    assert person.check_password("quite another thing")


def signed_up(client: Client) -> str:
    answer = client.post(SIGN_UP, newcomer())
    client.post(answer.url, {"code": mailed_code("ana@example.org")})
    return "ana@example.org"


def signed_in_by_password(client: Client) -> str:
    person = member()
    sign_in(client, person.email)
    return person.email


@pytest.mark.parametrize("come_in", [signed_up, signed_in_by_password])
def test_nobody_is_asked_once_more_within_ten_minutes_of_coming_in(client: Client, come_in: Callable[[Client], str]):
    begun = timezone.now()
    come_in(client)
    another = {"action_add": "1", "email": "new@example.org"}
    for minutes, is_asked in ((0, False), (9, False), (11, True)):
        with time_machine.travel(begun + timedelta(minutes=minutes)):
            for page in ("security/passkeys/add/", "security/app/add/"):
                answer = client.get(f"/account/{page}")
                assert (answer.status_code == HTTPStatus.FOUND) is is_asked
            answer = client.post("/account/email/", another)
            assert answer.url.startswith("/account/confirm/?next=" if is_asked else "/account/confirm-email/")


@pytest.mark.parametrize("page", ["password/first/", "email/", "security/passkeys/add/", "security/app/add/"])
def test_a_session_left_open_adds_no_way_into_an_account_without_a_password(client: Client, page: str):
    person = member()
    Person.objects.update(password="!")
    answer = client.post("/account/sign-in/code/", {"email": person.email})
    client.post(answer.url, {"code": mailed_code(person.email)})
    assert client.get(f"/account/{page}").status_code == HTTPStatus.OK
    with time_machine.travel(timezone.now() + timedelta(minutes=11)):
        assert client.get(f"/account/{page}").url == ACCOUNT
        assert client.post(f"/account/{page}", {"password1": "quite another thing"}).url == ACCOUNT


# E-mail address


def test_an_address_is_changed_by_password_and_mailed_code(client: Client):
    person = member(email="old@example.org")
    sign_in(client, person.email)
    with time_machine.travel(timezone.now() + timedelta(minutes=11)):
        answer = client.post("/account/email/", {"action_add": "1", "email": "new@example.org"})
        assert answer.url.startswith("/account/confirm/")
        answer = client.post(answer.url, {"password": PASSWORD})
        answer = client.post(answer.url, {"action_add": "1", "email": "new@example.org"})
    assert answer.url == "/account/confirm-email/"
    person.refresh_from_db()
    assert person.email == "old@example.org"
    client.post(answer.url, {"code": mailed_code("new@example.org")})
    person.refresh_from_db()
    assert person.email == "new@example.org"
    assert list(EmailAddress.objects.values_list("email", "verified")) == [("new@example.org", True)]
    assert "another e-mail address" in last_mail("old@example.org").text
    assert "change_email" in deeds(person)


def test_an_address_of_somebody_else_is_not_given_away(client: Client):
    other, person = member(), member()
    sign_in(client, person.email)
    seen = []
    for email in (other.email, "free@example.org"):
        client.post("/account/confirm/", {"password": PASSWORD})
        seen.append(normal(client.post("/account/email/", {"action_add": "1", "email": email})))
        Mail.objects.all().delete()
    assert seen[0] == seen[1]


# Sessions


def test_sessions_are_listed_and_ended_one_by_one_or_all(client: Client):
    person = member()
    others = [Client() for _number in range(3)]
    for one in (client, *others):
        sign_in(one, person.email, **{"User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Firefox/140.0"})
    listed = client.get("/account/sessions/")
    assert "Firefox, Linux" in listed.content.decode()
    sessions = listed.context["sessions"]
    assert [session.is_current for session in sessions] == [False, False, False, True]
    client.post("/account/sessions/", {"session": sessions[0].id})
    assert [one.get(ACCOUNT).status_code == HTTPStatus.OK for one in others] == [True, True, False]
    client.post("/account/sessions/")
    assert [one.get(ACCOUNT).status_code == HTTPStatus.OK for one in (client, *others)] == [True, False, False, False]
    assert deeds(person)[-2:] == ["end_session", "end_other_sessions"]


def test_sessions_that_have_expired_are_forgotten(client: Client):
    person, other = member(), member()
    sign_in(client, person.email)
    operations.forget_sessions(now=timezone.now())
    assert UserSession.objects.count() == 1
    with time_machine.travel(timezone.now() + timedelta(days=13)):
        sign_in(Client(), other.email)
        operations.forget_sessions(now=timezone.now() + timedelta(days=2))
    assert UserSession.objects.get().user == other
    assert Session.objects.count() == 1


def test_nobody_ends_the_session_of_somebody_else(client: Client):
    person, other = member(), member()
    theirs = Client()
    sign_in(theirs, other.email)
    session = theirs.get("/account/sessions/").context["sessions"][0]
    sign_in(client, person.email)
    assert client.post("/account/sessions/", {"session": session.id}).status_code == HTTPStatus.NOT_FOUND
    assert theirs.get(ACCOUNT).status_code == HTTPStatus.OK


def test_the_list_of_sessions_asks_as_much_for_three_as_for_one(client: Client):
    person = member()
    sign_in(client, person.email)
    with CaptureQueriesContext(connection) as one:
        client.get("/account/sessions/")
    for _number in range(2):
        sign_in(Client(), person.email)
    with CaptureQueriesContext(connection) as three:
        client.get("/account/sessions/")
    assert len(three) == len(one)


# Second step


def totp_code(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))


def test_an_authenticator_app_is_added_and_asked_and_a_recovery_code_serves_once(
    client: Client, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
):
    person = member()
    sign_in(client, person.email)
    with time_machine.travel(timezone.now() + timedelta(minutes=11)):
        page = confirm_password(client, "/account/security/app/add/")
    with django_capture_on_commit_callbacks(execute=True):
        answer = client.post("/account/security/app/add/", {"code": totp_code(page.context["form"].secret)})
    assert answer.url == "/account/security/recovery-codes/"
    codes = client.get(answer.url).context["unused_codes"]
    assert len(codes) == 10
    assert "add_authenticator_app" in deeds(person)
    once, twice = Client(), Client()
    for one in (once, twice):
        answer = sign_in(one, person.email)
        assert answer.url == "/account/sign-in/second-step/"
        assert not is_in(one)
        answer = one.post(answer.url, {"code": codes[0]})
    assert is_in(once)
    assert not is_in(twice)
    assert "This is not the code." in answer.content.decode()


def test_guesses_at_the_second_step_are_counted(client: Client):
    person = member()
    TOTP.activate(person, "A" * 32)
    sign_in(client, person.email)
    answers = [client.post("/account/sign-in/second-step/", {"code": "000000"}).content.decode() for _time in range(25)]
    assert sum("This is not the code." in answer for answer in answers) == 20
    assert "tried too often" in answers[-1]


def test_recovery_codes_are_shown_to_who_gives_the_password_and_made_anew(client: Client):
    person = member()
    TOTP.activate(person, "A" * 32)
    RecoveryCodes.activate(person)
    client.force_login(person)
    before = confirm_password(client, "/account/security/recovery-codes/").context["unused_codes"]
    client.post("/account/security/recovery-codes/make/")
    after = client.get("/account/security/recovery-codes/").context["unused_codes"]
    assert not set(before) & set(after)


def test_an_authenticator_app_is_removed(client: Client):
    person = member()
    TOTP.activate(person, "A" * 32)
    client.force_login(person)
    confirm_password(client, "/account/security/app/remove/")
    client.post("/account/security/app/remove/")
    assert not Authenticator.objects.exists()
    assert "removed" in last_mail(person.email).text


# Passkeys: what takes no browser


def test_a_passkey_is_asked_for_that_the_device_keeps_and_checks_its_user_for(client: Client):
    client.force_login(member())
    page = confirm_password(client, "/account/security/passkeys/add/")
    wanted = page.context["js_data"]["creation_options"]["publicKey"]["authenticatorSelection"]
    assert (wanted["residentKey"], wanted["userVerification"]) == ("required", "required")


@pytest.mark.parametrize(
    "credential",
    [
        "",
        "{}",
        "[]",
        "nonsense",
        '{"id": "x", "response": {"userHandle": "MQ"}}',
        '{"id": "eA", "rawId": "eA", "type": "public-key", "response": {"userHandle": "MQ"}}',
        '{"id": "eA", "rawId": "eA", "response": {"userHandle": "MQ", "clientDataJSON": "e30", "signature": "eA"}}',
    ],
)
def test_an_invented_passkey_lets_nobody_in(client: Client, credential: str):
    options = client.get("/account/sign-in/passkey/", headers={"Accept": "application/json"}).json()
    assert options["request_options"]["publicKey"]["userVerification"] == "required"
    assert client.post("/account/sign-in/passkey/", {"credential": credential}).url == SIGN_IN
    assert not is_in(client)


def test_signing_up_with_a_passkey_confirms_the_address_first(client: Client):
    told = {"name": "Ana", "email": "ana@example.org", "language": ""}
    answer = client.post("/account/sign-up/passkey/", told)
    assert answer.url == "/account/confirm-email/"
    answer = client.post(answer.url, {"code": mailed_code("ana@example.org")})
    assert answer.url == "/account/sign-up/passkey/make/"
    assert "data-passkey" in client.get(answer.url).content.decode()
    assert not is_in(client)


# One's account, and all pages


def test_one_changes_ones_name_and_no_more(client: Client):
    person = member()
    client.force_login(person)
    client.post(ACCOUNT, {"name": "Ana", "language": "fr", "network_role": "editor", "email": "x@y.z"})
    person.refresh_from_db()
    assert (person.name, person.language, person.network_role) == ("Ana", "fr", "member")
    assert person.email != "x@y.z"


@pytest.mark.parametrize(
    "path", ["", "password/", "email/", "sessions/", "security/", "security/passkeys/add/", "security/app/add/"]
)
def test_a_visitor_is_asked_to_sign_in(client: Client, path: str):
    answer = client.get(f"{ACCOUNT}{path}")
    wanted = urlsplit(answer.url)
    assert wanted.path == SIGN_IN
    assert parse_qs(wanted.query) == {"next": [f"{ACCOUNT}{path}"]}


ADDRESSES = [f"{ACCOUNT}{path.pattern}" for path in ways_in_urls if "<" not in str(path.pattern)]


@pytest.mark.parametrize("address", ADDRESSES)
def test_no_page_fails_and_every_form_has_to_be_of_this_site(address: str):
    strict, visitor, inside = Client(enforce_csrf_checks=True), Client(), Client()
    inside.force_login(member())
    assert strict.post(address).status_code == HTTPStatus.FORBIDDEN
    for one in (visitor, inside):
        for answer in (
            one.get(address),
            one.post(address),
            one.post(address, {"code": "\x00", "email": "@", "name": "x"}),
        ):
            assert answer.status_code < HTTPStatus.INTERNAL_SERVER_ERROR


def test_the_log_tells_nothing_of_anybody(client: Client, caplog: pytest.LogCaptureFixture):
    person = member(email="private@example.org")
    caplog.set_level("INFO")
    for _number in range(people.GUESSES_PER_ACCOUNT + 1):
        sign_in(client, person.email, "a secret guess")
    client.post("/account/sign-in/code/", {"email": person.email})
    code = mailed_code(person.email)
    client.post("/account/sign-in/code/confirm/", {"code": code})
    assert caplog.records
    assert not [secret for secret in (person.email, "a secret guess", code) if secret in caplog.text]


def test_every_page_of_allauth_is_in_our_design():
    pages = {path.name: path.callback for path in ways_in_urls}
    for name, view in pages.items():
        template = getattr(view, "view_initkwargs", {}).get("template_name", "")
        assert template.startswith(("accounts/", "socialaccount/authentication_error")) or name in {
            "mfa_login_webauthn",  # answers a script
            "openid_connect_login",  # leads away
            "openid_connect_callback",  # leads on
        }, name


def test_what_allauth_has_besides_is_switched_off():
    names = {name for name in get_resolver().reverse_dict if isinstance(name, str)}
    assert not names & {"account_logout", "account_inactive", "socialaccount_connections", "socialaccount_signup"}
    assert not names & {
        "usersessions_list",
        "mfa_edit_webauthn",
        "mfa_download_recovery_codes",
        "account_confirm_email",
    }
