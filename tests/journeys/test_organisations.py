"""Somebody joins an organisation, takes their data along and deletes their account."""

import json
from collections.abc import Callable
from zipfile import ZipFile

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from metropolis.foundation.accounts import operations
from metropolis.foundation.accounts.models import AccountClosing, Person
from metropolis.foundation.accounts.tests.factories import PASSWORD, PersonFactory
from metropolis.foundation.workspaces.tests.factories import CityFactory

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def enter(page: Page, live_server: LiveServer) -> Callable[[Person], None]:
    """Sign in without the form, which has a journey of its own."""

    def sign_in(person: Person) -> None:
        client = Client()
        client.force_login(person)
        value = client.cookies[settings.SESSION_COOKIE_NAME].value
        page.context.clear_cookies()
        page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": value, "url": live_server.url}])

    return sign_in


def press(page: Page, name: str) -> None:
    page.get_by_role("main").get_by_role("button", name=name, exact=True).click()


def follow(page: Page, name: str) -> None:
    page.get_by_role("main").get_by_role("link", name=name, exact=True).click()


def test_a_request_is_approved(page: Page, axe: Callable[[], None], enter: Callable[[Person], None]):
    steward, person = PersonFactory.create(name="A steward"), PersonFactory.create(name="An officer")
    city = operations.register_organisation(name="City of Rosario", kind="city", actor=steward)
    enter(person)
    page.goto(city.get_absolute_url())
    axe()
    follow(page, "Ask to join")
    press(page, "Send")
    expect(page.get_by_role("alert")).to_be_visible()
    axe()
    page.get_by_label("Message to its stewards").fill("I work in the mobility department.")
    press(page, "Send")
    expect(page.get_by_role("status")).to_contain_text("Your request is sent.")
    axe()

    enter(steward)
    page.goto("/account/my-organisations/")
    axe()
    follow(page, "An officer, City of Rosario")
    axe()
    press(page, "Approve")
    expect(page.get_by_role("status")).to_contain_text("An officer is a member now.")
    axe()
    follow(page, "Invitations")
    page.get_by_label("E-mail address").fill("another@city.example")
    press(page, "Send the invitation")
    expect(page.get_by_text("another@city.example", exact=True).first).to_be_visible()
    axe()
    page.goto(f"{city.get_absolute_url()}domains/")
    page.get_by_label("Domain").fill("rosario.example")
    press(page, "Add")
    expect(page.get_by_text("_metropolis.rosario.example")).to_be_visible()
    axe()


def test_an_organisation_is_registered_and_confirmed(
    page: Page, axe: Callable[[], None], enter: Callable[[Person], None]
):
    CityFactory.create(name="Rosario")
    operations.register_organisation(name="City of Rosario", kind="club")
    enter(PersonFactory.create(name="An officer"))
    page.goto("/account/organisations/add/")
    page.get_by_label("Name").fill("City of Rosario")
    page.locator("[name=city]").fill("Rosario")
    page.locator("[name=city]").press("Tab")
    press(page, "Register")
    expect(page.get_by_role("heading", name="There is one of this name already")).to_be_visible()
    axe()
    press(page, "Register another one")
    expect(page.get_by_text("Not confirmed", exact=True)).to_be_visible()
    axe()
    address = page.url

    enter(PersonFactory.create(network_role="secretariat"))
    page.goto("/account/organisations/?confirmed=no")
    expect(page.get_by_text("Not confirmed", exact=True)).to_have_count(2)
    axe()
    page.goto(address)
    axe()
    press(page, "Confirm that it is what it says")
    expect(page.get_by_role("button", name="Take the confirmation back")).to_be_visible()
    expect(page.get_by_text("Not confirmed", exact=True)).to_have_count(0)
    axe()


def test_an_account_is_taken_along_and_deleted(page: Page, axe: Callable[[], None], enter: Callable[[Person], None]):
    person = PersonFactory.create(email="officer@city.example")
    operations.register_organisation(name="City of Rosario", kind="city", actor=person)
    enter(person)
    page.goto("/account/")
    follow(page, "My data: see it, take it along, delete the account")
    axe()
    press(page, "Download my data")
    expect(page.get_by_role("heading", level=1)).to_have_text("Is it you?")
    page.get_by_label("Password").fill(PASSWORD)
    press(page, "Go on")
    with page.expect_download() as download:
        press(page, "Download my data")
    with ZipFile(download.value.path()) as archive:
        assert json.loads(archive.read("data.json"))["person"] == "officer@city.example"
    follow(page, "Organisations you belong to")
    expect(page.get_by_text("City of Rosario").first).to_be_visible()
    axe()
    page.goto("/account/data/delete-account/")
    axe()
    page.get_by_label("Password").fill(PASSWORD)
    press(page, "Delete my account")
    expect(page.get_by_role("button", name="Keep my account")).to_be_visible()
    axe()
    closing = AccountClosing.objects.get(person=person)
    operations.close_account(closing=closing.pk, now=closing.due_at)
    page.goto("/account/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
