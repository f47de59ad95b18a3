"""The frame of every page, seen on the plainest one."""

from collections.abc import Callable

from playwright.sync_api import Page, expect


def test_a_visitor_reads_what_the_site_is_for(page: Page, axe: Callable[[], None]):
    page.goto("/about/")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    axe()


def test_an_address_that_leads_nowhere_is_told_in_the_design_of_the_site(
    page: Page, axe: Callable[[], None], console_errors: list[str]
):
    page.goto("/about/nothing/")
    expect(page.get_by_role("heading", level=1)).to_contain_text("nothing here")
    axe()
    console_errors.clear()  # the browser notes the status 404
