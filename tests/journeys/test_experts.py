"""A member shares what they choose, another one finds and asks them, and a coordinator confirms what they know."""

from collections.abc import Callable

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from metropolis.foundation.accounts.models import Person
from metropolis.foundation.accounts.tests.factories import PersonFactory
from metropolis.foundation.taxonomy.operations import load_vocabularies
from metropolis.foundation.workspaces.models import Initiative
from metropolis.foundation.workspaces.tests.factories import CityFactory, member_of
from metropolis.foundation.workspaces.values import Role
from metropolis.tools.experts.tests.factories import HomeFactory, publish_expert

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def initiative(transactional_db: None) -> Initiative:
    load_vocabularies()
    CityFactory.create(name="Rosario")
    return HomeFactory.create()


def enter(page: Page, person: Person, live_server_url: str) -> None:
    """Sign in without the form, which has a journey of its own."""
    client = Client()
    client.force_login(person)
    value = client.cookies[settings.SESSION_COOKIE_NAME].value
    page.context.clear_cookies()
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": value, "url": live_server_url}])


def test_from_a_profile_to_a_request(
    page: Page, axe: Callable[..., None], initiative: Initiative, live_server: LiveServer
):
    site = live_server.url
    page.goto("/experts/")
    expect(page.get_by_text("No experts yet")).to_be_visible()
    axe()

    enter(page, PersonFactory.create(name="Ada Ejemplo"), site)
    page.goto("/experts/add/")
    axe()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("alert")).to_contain_text("Choose at least one topic")
    axe()
    page.get_by_label("Topic").first.select_option(label="Rivers, canals and waterfronts")
    page.get_by_label("Level").first.select_option(label="Experienced")
    page.get_by_label("City", exact=False).first.fill("Rosario, AR")
    page.get_by_label("Name: who sees it").select_option(label="Members of the network")
    page.get_by_label("Who may write to you here").select_option(label="Members of the network")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("status")).to_contain_text("saved as a draft")
    axe()
    page.get_by_role("link", name="See it as a visitor").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Expert in Rivers, canals and waterfronts")
    axe()
    page.get_by_role("link", name="Back to your own view").click()
    page.get_by_role("button", name="Publish").click()
    expect(page.get_by_role("status")).to_contain_text("published")
    address = page.url

    page.context.clear_cookies()
    page.goto("/experts/?topic=rivers-canals")
    expect(page.get_by_role("link", name="Expert in Rivers")).to_be_visible()
    axe()

    enter(page, PersonFactory.create(), site)
    page.goto("/experts/")
    axe(page.get_by_role("link", name="Ada Ejemplo"))
    axe(page.get_by_role("link", name="Write to this expert"))
    page.get_by_label("Your message").fill("May we visit?")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("status")).to_contain_text("waiting for the expert")

    enter(page, member_of(initiative, Role.COORDINATOR), site)
    page.goto(address)
    axe(page.get_by_role("link", name="Validate"))
    page.get_by_role("button", name="Validate").click()
    expect(page.get_by_text("Validated until")).to_be_visible()
    axe()


def test_what_is_withdrawn_is_gone_and_a_profile_can_be_deleted(
    page: Page, axe: Callable[..., None], initiative: Initiative, live_server: LiveServer
):
    slug, person = publish_expert(initiative, {"name": "public"})
    enter(page, person, live_server.url)
    page.goto(f"/experts/{slug}/")
    page.get_by_role("button", name="Withdraw Name").click()
    expect(page.get_by_role("status")).to_contain_text("no longer shared")
    axe(page.get_by_role("link", name="Change"))
    page.goto(f"/experts/{slug}/")
    axe(page.get_by_role("link", name="Delete the profile"))
    page.get_by_role("button", name="Delete").click()
    expect(page.get_by_role("status")).to_contain_text("deleted")
