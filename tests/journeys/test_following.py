"""Somebody saves a search, is written to when a practice answers it, and wants no more mails."""

import re
import shutil
from collections.abc import Callable
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from django.conf import settings
from django.test import Client
from playwright.sync_api import Page, expect
from pytest_django.fixtures import Settings
from pytest_django.live_server_helper import LiveServer

from metropolis.foundation.accounts.tests.factories import PersonFactory
from metropolis.foundation.background.operations import enqueue, work_off
from metropolis.foundation.mail.tests.conftest import Postbox, start_server
from metropolis.foundation.workspaces.models import Initiative
from metropolis.tools.exchange.engine import SearchIndex
from metropolis.tools.exchange.operations import keep_up, match_waiting, rebuild_index
from metropolis.tools.practices.tests.factories import initiative, practice_in

pytestmark = pytest.mark.django_db(transaction=True)

__all__ = ["start_server"]


@pytest.fixture(scope="module")
def index_of_nothing(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Made once: what takes time is embedding the questions that correct hubness."""
    folder = tmp_path_factory.mktemp("search")
    SearchIndex.create(folder / "index", ("use",))
    return folder


@pytest.fixture
def postbox(start_server: Callable[[Postbox], Controller], settings: Settings, live_server: LiveServer) -> Postbox:
    settings.SITE_ADDRESS = live_server.url
    start_server(box := Postbox())
    return box


def workers_have_their_turn() -> None:
    keep_up()
    while match_waiting():
        pass
    enqueue("metropolis.foundation.following.tasks.tell", key="this minute")
    work_off()


@pytest.fixture
def home(transactional_db: None, index_of_nothing: Path, tmp_path: Path, settings: Settings) -> Initiative:
    """An initiative in a network whose index is built."""
    shutil.copytree(index_of_nothing, tmp_path / "search")
    settings.SEARCH_FOLDER = tmp_path / "search"
    row = initiative()
    rebuild_index()
    return row


def test_from_a_saved_search_to_the_last_mail(
    page: Page, axe: Callable[..., None], live_server: LiveServer, postbox: Postbox, home: Initiative
) -> None:
    enter(page, live_server)

    page.goto("/search/?q=avenue+closed+to+cars+on+Sundays&country=AR")
    axe()
    axe(page.get_by_role("link", name="Save this search"))
    page.get_by_label("Name").fill("Car-free Sundays")
    page.get_by_role("main").get_by_role("button", name="Save").click()
    expect(page.get_by_role("status").first).to_contain_text("Saved.")

    page.goto("/searches/")
    expect(page.get_by_role("button", name="Stop following Car-free Sundays")).to_be_visible()
    axe()
    page.get_by_role("link", name="What you follow, and the mails you get").click()
    expect(page.get_by_role("link", name="Car-free Sundays")).to_be_visible()
    axe()
    page.get_by_label("At once").check()
    page.get_by_role("main").get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved.")).to_be_visible()

    practice_in(home)
    workers_have_their_turn()
    (envelope,) = postbox.received
    assert isinstance(envelope.content, bytes)
    message = message_from_bytes(envelope.content, policy=policy.default)
    assert isinstance(message, EmailMessage)
    assert message["Subject"] == "Open streets on Sundays"
    text = message.get_body(("plain",))
    assert text is not None
    assert "It answers your saved search “Car-free Sundays”." in text.get_content()

    page.goto("/following/inbox/")
    axe()
    page.get_by_role("main").get_by_role("link", name="Open streets on Sundays").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Open streets on Sundays")
    page.get_by_role("button", name="Follow").click()
    expect(page.get_by_role("button", name="Stop following")).to_be_visible()
    axe()
    page.goto("/following/inbox/")
    expect(page.get_by_role("button", name="Mark as read")).to_have_count(0)

    page.context.clear_cookies()
    ways_out = re.findall(r"http://\S+/mails/end/\S+", text.get_content())
    page.goto(ways_out[0])
    axe()
    page.get_by_role("button", name="No more mails").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("You get no more mails with what is new")
    axe()


def enter(page: Page, live_server: LiveServer) -> None:
    """Sign in without the form, which has a journey of its own."""
    client = Client()
    client.force_login(PersonFactory.create(name="An officer"))
    value = client.cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": value, "url": live_server.url}])
