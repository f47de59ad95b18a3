"""A contributor tells what their city tried, others read, translate and check it."""

from collections.abc import Callable

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from metropolis.foundation.accounts.models import Person
from metropolis.foundation.workspaces.tests.factories import member_of
from metropolis.foundation.workspaces.values import Role
from metropolis.tools.practices.tests.factories import initiative, practice_in

pytestmark = pytest.mark.django_db(transaction=True)


def enter(page: Page, person: Person, live_server_url: str) -> None:
    """Sign in without the form, which has a journey of its own."""
    client = Client()
    client.force_login(person)
    value = client.cookies[settings.SESSION_COOKIE_NAME].value
    page.context.clear_cookies()
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": value, "url": live_server_url}])


def test_from_a_snapshot_to_a_full_case(page: Page, axe: Callable[..., None], live_server: LiveServer):
    home = initiative()
    page.goto("/practices/")
    expect(page.get_by_text("No practices yet")).to_be_visible()
    axe()

    enter(page, member_of(home, Role.CONTRIBUTOR), live_server.url)
    page.goto("/practices/add/")
    axe()
    page.get_by_role("button", name="Publish").click()
    expect(page.get_by_role("alert")).to_contain_text("Please correct this")
    axe()
    page.get_by_label("Title").fill("Open streets on Sundays")
    page.get_by_label("In one line").fill("No cars on the avenue, for whoever walks or rides.")
    page.get_by_label("Summary").fill("Every Sunday the avenue is closed to cars and opened to people.")
    page.get_by_label("City", exact=False).first.fill("Rosario, AR")
    page.locator("summary", has_text="Mobility and transport").click()
    page.get_by_label("Cycling", exact=True).check()
    page.get_by_role("button", name="Publish").click()
    expect(page.get_by_role("status")).to_contain_text("published")
    expect(page.get_by_role("heading", level=1)).to_have_text("Open streets on Sundays")
    axe()
    address = page.url

    axe(page.get_by_role("link", name="Edit"))
    axe(page.get_by_role("link", name="Results"))
    page.get_by_label("Indicator").first.fill("Visitors")
    page.get_by_label("Value").first.fill("40,000")
    page.get_by_role("button", name="Save and go on").click()
    expect(page.get_by_role("status")).to_contain_text("saved")
    page.get_by_label("What failed").fill("The first route crossed a bus line.")
    page.get_by_role("button", name="Save", exact=True).click()

    page.context.clear_cookies()
    page.goto("/practices/?topic=cycling")
    page.get_by_role("link", name="Open streets on Sundays").click()
    expect(page.get_by_role("table")).to_contain_text("40,000")
    expect(page.get_by_text("The first route crossed a bus line.")).to_be_visible()
    axe()
    axe(page.get_by_role("link", name="History"))

    enter(page, member_of(home, Role.COORDINATOR), live_server.url)
    page.goto(address)
    axe(page.get_by_role("link", name="Note a check"))
    page.get_by_role("button", name="Note the check").click()
    expect(page.get_by_text("Checked against its sources")).to_be_visible()


def test_a_practice_is_translated_and_deleted(page: Page, axe: Callable[..., None], live_server: LiveServer):
    row = practice_in(initiative())
    enter(page, row.author, live_server.url)
    page.goto(row.get_absolute_url())
    axe()
    axe(page.get_by_role("link", name="Translate"))
    page.get_by_label("Language").select_option(label="Spanish")
    axe(page.get_by_role("button", name="Go on"))
    page.get_by_label("Title").fill("Calles abiertas los domingos")
    page.get_by_role("button", name="Save the translation").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Calles abiertas los domingos")
    axe()
    page.get_by_role("link", name="English (original)").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Open streets on Sundays")
    axe(page.get_by_role("link", name="Delete"))
    page.get_by_role("button", name="Delete", exact=True).click()
    expect(page.get_by_role("status")).to_contain_text("is deleted")
