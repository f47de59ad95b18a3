"""A real browser for the journeys, on a desktop and on a phone, and the whole site served as `make run` does."""

import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Self

import pytest
from playwright.sync_api import Browser, Locator, Page, sync_playwright
from pytest_django.live_server_helper import LiveServer

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
AXE = Path(__file__).parent / "vendor/axe/axe.min.js"

SCREENS: dict[str, dict[str, Any]] = {
    "desktop": {"viewport": {"width": 1280, "height": 800}},
    "phone": {"viewport": {"width": 360, "height": 740}, "is_mobile": True, "has_touch": True},
}


SERVE = [sys.executable, "-m", "metropolis.cli", "serve"]


class Site:
    """A site that is served while the context lasts, and its process."""

    #: Where one before collected and compressed its static files, which takes seconds and gives the same.
    collected: Path | None = None

    def __init__(self, folder: Path, *, demonstration: bool = False) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self.address = f"http://127.0.0.1:{self.port}"
        self.folder = folder
        self.options = ["--demonstration"] if demonstration else []

    def __enter__(self) -> Self:
        is_new = self.folder.exists() and not (self.folder / "static").exists()
        if is_new and Site.collected and Site.collected.exists():
            shutil.copytree(Site.collected, self.folder / "static")
            shutil.copy(Site.collected.with_name("static.fingerprint"), self.folder)
        environment = os.environ | {"METROPOLIS_DATA_FOLDER": str(self.folder)}
        command = [*SERVE, "--port", str(self.port), *self.options]
        self.process = subprocess.Popen(
            command, env=environment, stdout=subprocess.PIPE, text=True, start_new_session=True
        )
        self.output = self.process.stdout or pytest.fail("there is no output to read")
        self.said = next((line for line in self.output if "Metropolis is at" in line), "")
        Site.collected = self.folder / "static"
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.wait()
        self.output.close()

    def press_ctrl_c(self) -> None:
        os.killpg(self.process.pid, signal.SIGINT)

    def is_listening(self) -> bool:
        with socket.socket() as client:
            return client.connect_ex(("127.0.0.1", self.port)) == 0


@pytest.fixture(scope="session")
def served() -> type[Site]:
    """Serve a site in a process of its own: ``with served(folder) as site``."""
    return Site


@pytest.fixture(scope="session")
def demonstration_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("demonstration")


@pytest.fixture(scope="session")
def demonstration(demonstration_folder: Path) -> Iterator[str]:
    """The address of the demonstration network, served once for all the tests of its group."""
    with Site(demonstration_folder, demonstration=True) as site:
        assert site.said
        yield site.address


@pytest.fixture(scope="session")
def screens() -> dict[str, dict[str, Any]]:
    return SCREENS


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
def axe(page: Page) -> Callable[..., None]:
    """Call it on a page that is ready: it fails with each accessibility rule broken and where.

    With a link or a button it goes first where that leads: ``axe(page.get_by_role("link", name="Edit"))``.
    """

    def check(follow: Locator | None = None) -> None:
        if follow:
            with page.expect_navigation():
                follow.click()
        page.evaluate(AXE.read_text())
        result = page.evaluate("axe.run({rules: {'target-size': {enabled: true}}, resultTypes: ['violations']})")
        found = [
            f"{rule['id']}: {rule['help']}\n    " + "\n    ".join(node["html"] for node in rule["nodes"])
            for rule in result["violations"]
        ]
        assert not found, f"{page.url}\n" + "\n".join(found)

    return check
