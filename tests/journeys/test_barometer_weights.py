"""Somebody moves the weights of a barometer, sees the ranking follow, and sends the address to a colleague."""

import re
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Locator, Page, expect
from pytest_django.live_server_helper import LiveServer

from metropolis.foundation.accounts.tests.factories import PersonFactory
from metropolis.foundation.records.values import Visibility
from metropolis.foundation.workspaces.models import Member
from metropolis.tools.barometer.operations import publish_edition, set_barometer_visibility
from metropolis.tools.barometer.tests.factories import an_edition, home

pytestmark = pytest.mark.django_db(transaction=True)
ADDRESS = "/barometers/the-barometer/2025/framework/"
PHONE = 360


@pytest.fixture(autouse=True)
def published() -> None:
    steward = PersonFactory.create()
    Member.objects.create(initiative=home(), person=steward, role=4)
    an_edition(steward, "care")
    publish_edition(barometer_slug="the-barometer", label="2025", actor=steward, now=timezone.now())
    set_barometer_visibility(slug="the-barometer", actor=steward, visibility=Visibility.PUBLIC)


def order_of(page: Page) -> list[str]:
    return page.locator("[data-result] tbody th").all_inner_texts()


def test_the_ranking_follows_a_weight_and_the_address_gives_it_again(page: Page, live_server: LiveServer) -> None:
    page.goto(f"{live_server.url}{ADDRESS}")
    before = order_of(page)
    page.get_by_label("Services", exact=True).fill("0")
    expect(page.get_by_role("status").filter(has_text="With these weights")).to_have_count(1)
    expect(page).to_have_url(re.compile(r"\?w\.services=0$"))
    expect(page.locator(".branch__head", has_text="Bonds").locator("[data-share]")).to_have_text("100\u00a0%")
    moved = order_of(page)
    assert moved != before
    page.reload()
    assert order_of(page) == moved
    page.get_by_label("Services", exact=True).fill("0.5")
    expect(page).to_have_url(re.compile(r"\?w\.services=0\.5$"))
    page.get_by_role("link", name="2024").click()
    expect(page).to_have_url(re.compile(r"\?w\.services=0\.5&year=2024$"))
    page.get_by_role("link", name="2025").click()
    page.get_by_role("link", name="The weights of the edition").first.click()
    expect(page.locator("[data-summary]")).to_have_text("These are the weights of the edition.")
    assert order_of(page) == before


def test_a_wrong_weight_is_said_at_once(page: Page, live_server: LiveServer) -> None:
    page.goto(f"{live_server.url}{ADDRESS}")
    page.get_by_label("Services", exact=True).fill("-1")
    expect(page.get_by_role("status").filter(has_text="Give a number")).to_have_count(1)


def test_without_javascript_a_button_weighs_anew(browser: Browser, live_server: LiveServer) -> None:
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    page = context.new_page()
    page.goto(ADDRESS)
    page.get_by_label("Services", exact=True).fill("0")
    page.get_by_role("button", name="Weigh anew").click()
    expect(page).to_have_url(re.compile(r"\?w\.services=0$"))
    expect(page.locator("[data-summary]")).to_contain_text("With these weights")
    context.close()


def test_on_a_phone_the_news_stay_below_what_is_moved_and_lead_to_the_ranking(
    browser: Browser, live_server: LiveServer, screens: dict[str, dict[str, Any]]
) -> None:
    context = browser.new_context(base_url=live_server.url, reduced_motion="reduce", **screens["phone"])
    page = context.new_page()
    page.goto(ADDRESS)
    for size in ("100%", "200%"):
        page.evaluate("size => document.documentElement.style.fontSize = size", size)
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE
        for label, weight in (("Services", "0.25"), ("Bonds", "0.75")):
            field = page.get_by_label(label, exact=True)
            field.evaluate("field => field.scrollIntoView({block: 'end'})")  # where the news appear
            field.fill(weight)
            expect(page).to_have_url(re.compile(weight))
            expect(page.locator("[data-news]")).to_be_in_viewport()
            assert bottom(field) <= top(page.locator(".explore-news"))
        page.goto(f"{ADDRESS}?w.services=0")
    expect(page.locator("[data-news]")).to_contain_text("With these weights")
    page.get_by_role("link", name="See the ranking").click()
    expect(page.get_by_role("heading", name="The ranking with these weights")).to_be_in_viewport()
    expect(page.locator(".explore-news")).not_to_be_in_viewport()
    context.close()


def top(shown: Locator) -> float:
    return float(shown.evaluate("shown => shown.getBoundingClientRect().top"))


def bottom(shown: Locator) -> float:
    return float(shown.evaluate("shown => shown.getBoundingClientRect().bottom"))
