"""The design page in a real browser: every component, and what scripts add to it."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from pytest_django import Settings

from metropolis.foundation.places.models import City, CityName


@pytest.fixture
def design(page: Page, settings: Settings) -> Page:
    settings.DEBUG = True
    page.goto("/design/")
    return page


def test_every_component_can_be_used_by_everybody(design: Page, axe: Callable[[], None]):
    design.locator("metropolis-map").scroll_into_view_if_needed()
    expect(design.locator(".map__cluster")).not_to_have_count(0)
    design.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true; })")
    axe()


@pytest.mark.parametrize("direction", ["ltr", "rtl"])
def test_no_page_is_wider_than_its_screen(design: Page, direction: str):
    design.evaluate("(direction) => { document.documentElement.dir = direction; }", direction)
    assert design.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_the_map_is_walked_by_keyboard(design: Page):
    design.locator("metropolis-map").scroll_into_view_if_needed()
    agra = design.get_by_role("button", name="Piloting digital technologies")
    agra.focus()
    design.keyboard.press("Enter")
    expect(design.locator(".map__records").get_by_role("link")).to_be_focused()
    design.keyboard.press("Escape")
    expect(agra).to_be_focused()


def test_a_cluster_opens_into_its_records(design: Page):
    design.locator("metropolis-map").scroll_into_view_if_needed()
    design.get_by_role("button", name="4 records here").press("Enter")
    expect(design.get_by_role("button", name="Green Ways")).to_be_visible()
    expect(design.get_by_role("button", name="4 records here")).to_have_count(0)


def test_the_navigation_is_reached_on_every_screen_without_a_script(design: Page):
    navigation = design.get_by_role("navigation", name="Main")
    menu = design.locator(".menu > summary")
    if menu.is_visible():
        expect(navigation).to_be_hidden()
        menu.click()
    expect(navigation.get_by_role("link", name="About")).to_be_visible()


def test_the_dark_form_is_worn_when_it_is_asked_for(design: Page):
    light = design.evaluate("getComputedStyle(document.body).backgroundColor")
    design.emulate_media(color_scheme="dark")
    assert design.evaluate("getComputedStyle(document.body).backgroundColor") != light


def test_a_city_is_chosen_from_what_is_suggested(design: Page):
    for id, division, country in ((1, "Santa Fe", "AR"), (2, "", "PH")):
        place = {"division": division, "country": country, "latitude": 0, "longitude": 0}
        city = City.objects.create(id=id, slug=f"rosario-{id}", name="Rosario", population=1_000 // id, **place)
        CityName.objects.create(city=city, folded="rosario", is_own=True)
    field = design.get_by_role("combobox", name="Your city")
    field.fill("")
    field.press_sequentially("rosa")
    expect(design.get_by_role("option")).to_have_text(["RosarioSanta Fe, Argentina", "RosarioPhilippines"])
    field.press("ArrowDown")
    field.press("ArrowDown")
    expect(design.get_by_role("option", name="Philippines")).to_have_attribute("aria-selected", "true")
    field.press("Enter")
    expect(field).to_have_value("Rosario, PH")
    expect(design.get_by_role("listbox")).to_be_hidden()


def test_a_city_that_is_not_suggested_can_still_be_typed(design: Page):
    field = design.get_by_role("combobox", name="Your city")
    field.fill("Nowhere, XX")
    expect(design.get_by_role("status").filter(has_text="No city of that name")).to_have_count(1)
    field.press("Escape")
    expect(field).to_have_value("Nowhere, XX")
