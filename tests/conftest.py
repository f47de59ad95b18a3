"""A real browser for the journeys: every page on a desktop and on a phone, without errors in its console."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright
from pytest_django.live_server_helper import LiveServer

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
AXE = Path(__file__).parent / "vendor/axe/axe.min.js"

SCREENS: dict[str, dict[str, Any]] = {
    "desktop": {"viewport": {"width": 1280, "height": 800}},
    "phone": {"viewport": {"width": 360, "height": 740}, "is_mobile": True, "has_touch": True},
}


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("chromium is not installed, so the browser journeys are skipped (apt-get install chromium)")
    quiet = (
        "--disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update "
        "--disable-sync"
    )
    with sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", *quiet.split()])


@pytest.fixture
def console_errors() -> list[str]:
    """What the pages of this journey complained of; a journey that provokes an error clears it."""
    return []


@pytest.fixture(params=list(SCREENS))
def page(
    request: pytest.FixtureRequest, browser: Browser, live_server: LiveServer, console_errors: list[str]
) -> Iterator[Page]:
    """A page of the running site, once a screen: ``page.goto("/search")``.

    Fails in the end if a script failed, a file was missing or the Content-Security-Policy refused something.
    ``--screenshots FOLDER`` keeps what was last seen.
    """
    context = browser.new_context(base_url=live_server.url, reduced_motion="reduce", **SCREENS[request.param])
    context.set_default_timeout(10_000)
    context.on("console", lambda line: console_errors.append(line.text) if line.type == "error" else None)
    context.on("weberror", lambda error: console_errors.append(str(error.error)))
    page = context.new_page()
    yield page
    if folder := request.config.getoption("screenshots"):
        page.screenshot(path=Path(folder, f"{request.node.originalname}-{request.param}.png"), full_page=True)
    context.close()
    assert not console_errors


@pytest.fixture
def axe(page: Page) -> Callable[[], None]:
    """Call it on a page that is ready: it fails with each accessibility rule broken and where."""

    def check() -> None:
        page.evaluate(AXE.read_text())
        result = page.evaluate("axe.run({resultTypes: ['violations']})")
        found = [
            f"{rule['id']}: {rule['help']}\n    " + "\n    ".join(node["html"] for node in rule["nodes"])
            for rule in result["violations"]
        ]
        assert not found, f"{page.url}\n" + "\n".join(found)

    return check
