"""Every step of making an edition, as its makers see it, and a city that comments on its figures."""

from collections.abc import Callable

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from metropolis.foundation.accounts.models import Membership, Organisation, Person
from metropolis.foundation.accounts.tests.factories import PersonFactory
from metropolis.foundation.workspaces.tests.factories import CityFactory, member_of
from metropolis.foundation.workspaces.values import Role
from metropolis.tools.barometer.tests.factories import an_edition, home

pytestmark = pytest.mark.django_db(transaction=True)
MAKE = "/barometers/the-barometer/2025/make/"
STEPS = (
    "", "tables/", "report/", "cities/", "cities/?all", "method/", "method/recipe/", "method/breaks/", "survey/",
    "text/", "publish/", "delete/",
)  # fmt: skip


def enter(page: Page, person: Person, address: str) -> None:
    """Sign in without the form, which has a journey of its own."""
    client = Client()
    client.force_login(person)
    value = client.cookies[settings.SESSION_COOKIE_NAME].value
    page.context.clear_cookies()
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": value, "url": address}])


def test_every_step_can_be_used(page: Page, axe: Callable[[], None], live_server: LiveServer):
    steward = member_of(home(), Role.STEWARD)
    an_edition(steward, "care")
    enter(page, steward, live_server.url)
    for step in STEPS:
        page.goto(MAKE + step)
        axe()
    page.goto(MAKE + "method/")
    page.get_by_label("Another way to fill gaps").check()
    page.get_by_role("button", name="Save and compute").click()
    expect(page.get_by_role("alert")).to_contain_text("no other way to fill them")
    axe()


def test_a_city_comments_on_its_figures(page: Page, axe: Callable[..., None], live_server: LiveServer):
    city = CityFactory.create(name="Aurelia")
    officer = PersonFactory.create()
    told = {"city": city, "confirmed_at": timezone.now()}
    body = Organisation.objects.create(slug="aurelia", name="City of Aurelia", kind="city", **told)
    Membership.objects.create(organisation=body, person=officer)
    steward = member_of(home(), Role.STEWARD)
    an_edition(steward, "care")
    enter(page, steward, live_server.url)
    page.goto("/barometers/the-barometer/2025/comments/")
    page.get_by_role("button", name="Give it to the cities").click()
    expect(page.get_by_role("status")).to_contain_text("The cities can now see")

    enter(page, officer, live_server.url)
    page.goto("/barometers/the-barometer/2025/comments/")
    axe()
    page.get_by_label("It is about").select_option(label="Childcare places")
    page.get_by_label("Comment").fill("Two crèches opened in May.")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("status")).to_contain_text("Thank you")

    enter(page, steward, live_server.url)
    page.goto(MAKE)
    axe(page.get_by_role("link", name="Comments of cities"))
    page.get_by_label("Answer", exact=True).fill("Taken in.")
    page.get_by_role("button", name="Send the answer").click()
    expect(page.get_by_role("status")).to_contain_text("The answer is saved")
