"""Somebody signs up with a mailed code, makes a passkey and signs in with it, and ends a session they do not know."""

import re
from collections.abc import Callable, Iterator
from email import message_from_bytes, policy
from time import time

import pytest
from aiosmtpd.controller import Controller
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.core.cache import cache
from django.test import Client
from playwright.sync_api import Browser, Page, expect
from pytest_django.fixtures import Settings
from pytest_django.live_server_helper import LiveServer

from metropolis.foundation.accounts.models import Person
from metropolis.foundation.accounts.tests.factories import PASSWORD, PersonFactory, confirmed
from metropolis.foundation.background.operations import work_off
from metropolis.foundation.human_check.values import Challenge
from metropolis.foundation.mail.tests.conftest import Postbox, free_port

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _no_counts(transactional_db: None) -> None:
    """Forget how often the journey before tried something: the cache is no model, so no test empties it by itself."""
    cache.clear()


@pytest.fixture
def postbox(settings: Settings) -> Iterator[Postbox]:
    """A mail server on this machine, to which the site delivers."""
    box = Postbox()
    server = Controller(box, hostname="127.0.0.1", port=free_port())
    server.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = server.hostname, server.port
    yield box
    server.stop(no_assert=True)


def mailed_code(box: Postbox, to: str) -> str:
    """What stands in the last mail that the server was handed."""
    work_off()
    envelope = box.received[-1]
    assert envelope.rcpt_tos == [to]
    content = envelope.content
    assert isinstance(content, bytes)
    found = re.search(r"\b[A-Z]{4}-[A-Z]{4}\b", message_from_bytes(content, policy=policy.default).get_content())
    assert found
    return found[0]


def press(page: Page, name: str) -> None:
    page.get_by_role("main").get_by_role("button", name=name, exact=True).click()


def follow(page: Page, name: str) -> None:
    page.get_by_role("main").get_by_role("link", name=name, exact=True).click()


def give_device(page: Page) -> None:
    """A device that keeps passkeys and finds every finger right."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    device = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    session.send("WebAuthn.addVirtualAuthenticator", {"options": device})


def sign_out(page: Page) -> None:
    page.context.clear_cookies()
    page.goto("/account/sign-in/")


def test_somebody_signs_up_with_the_code_of_a_real_mail(page: Page, axe: Callable[[], None], postbox: Postbox):
    page.goto("/account/sign-in/")
    axe()
    follow(page, "Open one")
    page.get_by_label("Name").fill("Ana")
    page.get_by_label("E-mail address").fill("ana@example.org")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_label("Are you human?").fill("nonsense")
    press(page, "Open an account")
    expect(page.get_by_role("alert")).to_contain_text("Are you human?")
    axe()
    page.get_by_label("Password").fill(PASSWORD)
    answer = Challenge.of(page.locator("[name=human_check_token]").input_value()).answer
    page.get_by_label("Are you human?").fill(answer.lower())
    press(page, "Open an account")
    expect(page.get_by_role("heading", level=1)).to_have_text("Confirm your e-mail address")
    axe()
    page.get_by_label("Code").fill("BBBB-BBBB")
    press(page, "Go on")
    expect(page.get_by_role("alert")).to_contain_text("This is not the code.")
    axe()
    page.get_by_label("Code").fill(mailed_code(postbox, "ana@example.org"))
    press(page, "Go on")
    expect(page.get_by_role("heading", level=1)).to_have_text("Your account")
    axe()
    assert Person.objects.get().name == "Ana"


def test_a_passkey_is_made_and_signed_in_with_and_stands_in_for_the_second_step(page: Page, axe: Callable[[], None]):
    person = confirmed(PersonFactory.create())
    give_device(page)
    page.goto("/account/sign-in/")
    page.get_by_label("E-mail address").fill(person.email)
    page.get_by_label("Password").fill(PASSWORD)
    press(page, "Sign in")
    page.goto("/account/")
    follow(page, "Passkeys and second step")
    axe()
    follow(page, "Add a passkey")
    expect(page.get_by_role("heading", level=1)).to_have_text("Add a passkey")
    page.goto("/account/confirm/?next=/account/security/passkeys/add/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Is it you?")
    axe()
    page.get_by_label("Password").fill(PASSWORD)
    press(page, "Go on")
    page.get_by_label("Name").fill("My telephone")
    axe()
    press(page, "Add a passkey")
    expect(page.get_by_role("heading", level=1)).to_have_text("Recovery codes")
    expect(page.get_by_role("main").get_by_role("listitem")).to_have_count(10)
    axe()
    follow(page, "I have kept them")
    expect(page.get_by_role("link", name="Remove My telephone")).to_be_visible()
    axe()

    sign_out(page)
    press(page, "Sign in with a passkey")
    expect(page).not_to_have_url(re.compile("sign-in"))
    page.goto("/account/")
    expect(page.get_by_text(person.email)).to_be_visible()

    sign_out(page)
    page.get_by_label("E-mail address").fill(person.email)
    page.get_by_label("Password").fill(PASSWORD)
    press(page, "Sign in")
    expect(page.get_by_role("heading", level=1)).to_have_text("One step more")
    axe()
    press(page, "Use your passkey")
    expect(page).not_to_have_url(re.compile("sign-in"))


def test_somebody_without_a_password_sees_to_every_way_in(page: Page, axe: Callable[[], None], postbox: Postbox):
    give_device(page)
    page.goto("/account/sign-up/passkey/")
    page.get_by_label("Name").fill("Ana")
    page.get_by_label("E-mail address").fill("ana@example.org")
    page.get_by_role("main").locator("form .button").first.click()
    page.get_by_label("Code").fill(mailed_code(postbox, "ana@example.org"))
    press(page, "Go on")
    expect(page.get_by_role("heading", level=1)).to_have_text("Make your passkey")
    axe()
    page.get_by_label("Name").fill("My telephone")
    press(page, "Make your passkey")
    expect(page.get_by_role("heading", level=1)).not_to_have_text("Make your passkey")
    page.goto("/account/confirm/passkey/?next=/account/security/app/add/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Is it you?")
    axe()
    press(page, "Go on")
    expect(page.get_by_role("heading", level=1)).to_have_text("Add an authenticator app")
    axe()
    secret = page.get_by_role("main").locator("code").inner_text()
    page.get_by_label("Code").fill(shown_by_app(secret))
    press(page, "Go on")
    expect(page.get_by_role("heading", level=1)).to_have_text("Recovery codes")
    follow(page, "Make new ones")
    axe()
    for address in ("password/first", "confirm/code", "security/app/remove"):
        page.goto(f"/account/{address}/")
        expect(page).to_have_url(re.compile(f"/{address}/$"))
        axe()
    page.goto("/account/security/")
    follow(page, "Remove My telephone")
    axe()


def shown_by_app(secret: str) -> str:
    """The code of this half minute."""
    return format_hotp_value(hotp_value(secret, int(time()) // 30))


def test_a_device_without_passkeys_is_told_to_choose_another_way(
    page: Page, axe: Callable[[], None], console_errors: list[str]
):
    page.add_init_script("navigator.credentials.get = () => Promise.reject(new DOMException('', 'NotAllowedError'))")
    page.goto("/account/sign-in/")
    press(page, "Sign in with a passkey")
    expect(page.get_by_role("alert")).to_contain_text("choose another way")
    axe()


def test_without_a_script_a_passkey_is_not_offered(browser: Browser, live_server: LiveServer):
    page = browser.new_context(base_url=live_server.url, java_script_enabled=False).new_page()
    page.goto("/account/sign-in/")
    expect(page.get_by_role("link", name="Send me a code by e-mail")).to_be_visible()
    expect(page.get_by_role("button", name="Sign in with a passkey")).to_be_hidden()


def test_a_session_that_one_does_not_know_is_ended(page: Page, axe: Callable[[], None]):
    person = confirmed(PersonFactory.create())
    stranger = Client()
    stranger.post("/account/sign-in/", {"email": person.email, "password": PASSWORD})
    page.goto("/account/sign-in/?next=/account/sessions/")
    page.get_by_label("E-mail address").fill(person.email)
    page.get_by_label("Password").fill(PASSWORD)
    press(page, "Sign in")
    expect(page.get_by_text("You are here", exact=True)).to_be_visible()
    axe()
    press(page, "Sign out A browser")
    expect(page.get_by_text("You are signed out there.")).to_be_visible()
    assert "_auth_user_id" not in stranger.session
    axe()
