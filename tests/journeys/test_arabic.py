"""The whole tour in Arabic, from right to left: ask, read, compare, sign in, follow, write."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("demonstration")]

QUESTION = "تحويل القنوات وضفاف الأنهار إلى ممرات خضراء للمشاة"
#: Words that are written in Latin letters in Arabic as well: names, file formats, codes and what people wrote.
LATIN = re.compile(r"[A-Za-z]{4,}")


@pytest.fixture(params=["desktop", "phone"])
def page(request: pytest.FixtureRequest, browser: Browser, demonstration: str, screens: dict) -> Iterator[Page]:
    context = browser.new_context(
        base_url=demonstration, locale="ar", reduced_motion="reduce", **screens[request.param]
    )
    context.set_default_timeout(20_000)
    yield context.new_page()
    context.close()


def in_arabic(page: Page, axe: Callable[[], None]) -> None:
    """The page is in Arabic from right to left, its headings, labels and buttons too, and accessible."""
    expect(page.locator("html")).to_have_attribute("lang", "ar")
    expect(page.locator("html")).to_have_attribute("dir", "rtl")
    words = page.locator("label:visible, legend:visible, main button:visible, nav a:visible").all_inner_texts()
    assert [text for text in words if LATIN.search(text) and not re.search(r"[\u0600-\u06ff]", text)] == []
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    axe()


def test_the_whole_tour_in_arabic(page: Page, axe: Callable[[], None]):
    page.goto("/")
    in_arabic(page, axe)
    page.locator(".hero [name=q]").fill(QUESTION)
    page.locator(".hero [name=city]").fill("Rosario, AR")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/search/"))
    in_arabic(page, axe)
    first = page.locator(".card").first.get_by_role("heading").get_by_role("link")
    expect(first).to_have_attribute("href", re.compile("/initiatives/green-ways-plan/"))
    first.click()
    in_arabic(page, axe)
    page.goto("/practices/iztapalapa-utopias/")
    in_arabic(page, axe)
    page.goto("/compare/?item=city:3838583&item=city:3871336")
    in_arabic(page, axe)
    page.goto("/account/sign-up/")
    in_arabic(page, axe)
    page.goto("/account/sign-in/")
    in_arabic(page, axe)
    page.locator("input[type=email]").fill("officer.kampala@demo.example")
    page.locator("input[type=password]").fill("invented-for-all")
    page.locator("input[type=password]").press("Enter")
    expect(page).not_to_have_url(re.compile("sign-in"))
    # The account is that of somebody who reads English: the language is chosen again, as on every page.
    menu = page.locator("details.menu > summary")
    if menu.is_visible():
        menu.click()
    page.locator("details.dropdown > summary", has_text="English").click()
    page.locator("button[value=ar]").click()
    for address in ("/following/", "/following/inbox/", "/account/data/", "/needs/add/", "/contact/"):
        page.goto(address)
        in_arabic(page, axe)
