"""What a first view of a page weighs, compressed as it is served, with nothing kept from before, and how it moves."""

import re
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, CDPSession, Page, Route

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("demonstration")]

KILOBYTE = 1000
MOST, MOST_SCRIPT, MOST_WITH_MAP = 120, 60, 450
PLAIN = (
    "/", "/about/", "/practices/", "/practices/iztapalapa-utopias/", "/experts/", "/publications/", "/needs/",
    "/topics/", "/compare/?item=practice:iztapalapa-utopias&item=initiative:green-ways-plan", "/initiatives/rights/",
    "/barometers/care-barometer/2025/framework/", "/barometers/care-barometer/2025/sensitivity/?city=Rosario%2C+AR",
    "/barometers/care-barometer/2025/method/", "/barometers/care-barometer/2025/data/?part=caring_city",
    "/barometers/", "/barometers/care-barometer/2025/cities/Rosario,%20AR/",
    "/contact/", "/account/sign-in/", "/account/sign-up/", "/account/organisations/",
)  # fmt: skip
MAPS = (
    "/search/?q=agua", "/initiatives/", "/initiatives/green-ways-plan/", "/cities/3838583-rosario-ar/",
    "/map/search/?q=agua", "/barometers/care-barometer/",
)  # fmt: skip
#: A cumulative layout shift is good below it: https://web.dev/articles/cls
MOST_SHIFT = 0.1
OBSERVE_SHIFT = """
window.shifted = 0;
new PerformanceObserver(list => list.getEntries().forEach(one => shifted += one.hadRecentInput ? 0 : one.value))
    .observe({type: "layout-shift", buffered: true});
"""
HAS_PAINTED = "performance.getEntriesByName('first-contentful-paint').length > 0"


class Weight:
    """Counts the bytes that come over the line, by kind of file."""

    def __init__(self, session: CDPSession) -> None:
        self.kinds: dict[str, str] = {}
        self.bytes: defaultdict[str, int] = defaultdict(int)
        session.send("Network.enable")
        session.on("Network.responseReceived", self._received)
        session.on("Network.loadingFinished", self._finished)

    def _received(self, event: dict[str, Any]) -> None:
        self.kinds[event["requestId"]] = event["type"]

    def _finished(self, event: dict[str, Any]) -> None:
        self.bytes[self.kinds.get(event["requestId"], "Other")] += int(event["encodedDataLength"])

    @property
    def total(self) -> float:
        return sum(self.bytes.values()) / KILOBYTE

    @property
    def script(self) -> float:
        return self.bytes["Script"] / KILOBYTE


@pytest.fixture
def page(browser: Browser, demonstration: str) -> Iterator[Page]:
    context = browser.new_context(base_url=demonstration, locale="en-GB", viewport={"width": 360, "height": 740})
    yield context.new_page()
    context.close()


def weighed(page: Page, address: str) -> Weight:
    weight = Weight(page.context.new_cdp_session(page))
    answer = page.goto(address, wait_until="networkidle")
    assert answer is not None
    assert answer.status == 200
    return weight


@pytest.mark.parametrize("address", PLAIN)
def test_a_page_without_a_map_is_light(page: Page, address: str):
    weight = weighed(page, address)
    assert weight.total <= MOST, dict(weight.bytes)
    assert weight.script <= MOST_SCRIPT, dict(weight.bytes)


@pytest.mark.parametrize("address", MAPS)
def test_a_page_with_a_map_is_not_heavy(page: Page, address: str):
    weight = weighed(page, address)
    assert weight.total <= MOST_WITH_MAP, dict(weight.bytes)


@pytest.mark.parametrize("screen", ["desktop", "phone"])
@pytest.mark.parametrize("address", ["/", "/practices/", "/account/sign-up/", *MAPS])
def test_a_page_stays_where_it_is_when_letters_and_scripts_come_late(
    browser: Browser, demonstration: str, screens: dict[str, dict[str, Any]], address: str, screen: str
):
    context = browser.new_context(base_url=demonstration, locale="en-GB", **screens[screen])
    page = context.new_page()
    page.add_init_script(OBSERVE_SHIFT)
    late: list[Route] = []

    def hold(route: Route) -> None:
        late.append(route)

    page.route(re.compile(r"\.(woff2|m?js)$"), hold)
    page.goto(address, wait_until="commit")
    while not page.evaluate(HAS_PAINTED):
        page.wait_for_timeout(20)
    page.unroute_all()  # which lets go what was held
    page.wait_for_load_state("networkidle")
    assert late
    assert page.evaluate("shifted") < MOST_SHIFT
    context.close()


def test_without_javascript_no_map_is_promised(browser: Browser, demonstration: str):
    context = browser.new_context(base_url=demonstration, java_script_enabled=False)
    page = context.new_page()
    page.goto("/initiatives/")
    assert page.locator("metropolis-map").is_visible()
    assert page.locator(".map__frame").is_hidden()
    context.close()
