"""A record is shared, shown on another site, and found on a map as large as the window."""

from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from playwright.sync_api import Page, expect

from metropolis.foundation.taxonomy.operations import load_vocabularies
from metropolis.foundation.workspaces.tests.factories import CityFactory, InitiativeFactory

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def elsewhere() -> Iterator[Callable[[str], str]]:
    """Another site: give it the code of a page, get the page's address."""
    shown = {"/": ""}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(f"<!doctype html><link rel=icon href='data:,'>{shown['/']}".encode())

        def log_message(self, *_: object) -> None:
            """Keep the tests' output to the tests."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()

    def show(code: str) -> str:
        shown["/"] = code
        return f"http://127.0.0.1:{server.server_port}/"

    yield show
    server.shutdown()
    server.server_close()


def test_a_record_is_shared_and_shown_on_another_site(
    page: Page, axe: Callable[[], None], transactional_db: None, elsewhere: Callable[[str], str]
):
    load_vocabularies()
    city = CityFactory.create(name="Rosario")
    row = InitiativeFactory.create(title="Green ways", lead_city=city)
    page.goto(row.get_absolute_url())
    page.get_by_text("Share", exact=True).click()
    expect(page.get_by_label("Address of this page")).to_have_value(page.url)
    expect(page.get_by_role("button", name="Copy").first).to_be_visible()
    axe()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    code = page.get_by_label("Card for another website").input_value()

    page.goto(elsewhere(code))
    card = page.frame_locator("iframe")
    expect(card.get_by_role("link", name="Green ways")).to_be_visible()
    expect(card.get_by_text("Rosario, Argentina")).to_be_visible()

    page.goto(f"/embed{row.get_absolute_url()}")
    axe()
    page.goto("/initiatives/?status=running")
    page.get_by_role("link", name="Larger map").click()
    expect(page).to_have_url(page.url.split("/map/")[0] + "/map/initiatives/?status=running")
    expect(page.locator(".map__point, .map__cluster").first).to_be_visible()
    axe()
