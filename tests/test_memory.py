"""Pages that are kept for other visitors: none is old, and none is somebody else's."""

from collections.abc import Callable

import pytest
import time_machine
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from metropolis.foundation.records.values import Visibility
from metropolis.tools.practices.models import Practice
from metropolis.tools.practices.operations import change_practice, set_practice_visibility
from metropolis.tools.practices.queries import practice_content
from metropolis.tools.practices.tests.factories import initiative, place, practice_in
from metropolis.web import memory

pytestmark = pytest.mark.django_db

Visit = Callable[..., HttpResponse]


@pytest.fixture
def practice(settings: Settings) -> Practice:
    settings.PAGE_MEMORY = 30
    place()
    return practice_in(initiative(), Visibility.PUBLIC)


@pytest.fixture
def visit() -> Visit:
    """Get a page as a visitor who has never been here; all of them are answered by one process."""
    handler = Client().handler

    def get(path: str, **headers: str) -> HttpResponse:
        client = Client(headers=headers)
        client.handler = handler
        return client.get(path)  # type: ignore[return-value]

    return get


def _queries(visit: Visit, path: str, **headers: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert visit(path, **headers).status_code == 200
    return len(captured)


def test_the_second_visitor_gets_the_page_of_the_first(visit: Visit, practice: Practice):
    first = visit(practice.get_absolute_url())
    with CaptureQueriesContext(connection) as captured:
        second = visit(practice.get_absolute_url())
    assert len(captured) == 1
    assert second.content == first.content
    assert second.headers.keys() == first.headers.keys()
    assert "Cookie" in second.headers["Vary"]
    assert not second.cookies


def test_what_is_changed_or_withdrawn_is_seen_so_at_once(visit: Visit, practice: Practice):
    path, author = practice.get_absolute_url(), practice.author
    assert author is not None
    visit(path)
    visit("/practices/")
    content = practice_content(practice).model_copy(update={"title": "A title nobody has seen"})
    change_practice(slug=practice.slug, actor=author, content=content)
    assert "A title nobody has seen" in visit(path).content.decode()
    assert "A title nobody has seen" in visit("/practices/").content.decode()
    set_practice_visibility(slug=practice.slug, actor=author, visibility=Visibility.DRAFT)
    assert visit(path).status_code == 404
    assert "A title nobody has seen" not in visit("/practices/").content.decode()


def test_a_member_s_page_is_never_a_visitor_s(visit: Visit, practice: Practice):
    path, author = practice.get_absolute_url(), practice.author
    assert author is not None
    visitor, member = Client(), Client()
    member.handler = visitor.handler
    member.force_login(author)
    for _ in range(2):
        assert f"{path}edit/" in member.get(path).content.decode()
        assert f"{path}edit/" not in visitor.get(path).content.decode()


@pytest.mark.parametrize("cookie", ["sessionid", "csrftoken", "anything"])
def test_who_sends_a_cookie_is_not_anybody(visit: Visit, practice: Practice, cookie: str):
    visit(practice.get_absolute_url())
    assert _queries(visit, practice.get_absolute_url(), Cookie=f"{cookie}=1") > 1


@pytest.mark.django_db(transaction=True)  # what a transaction sees is not kept
def test_what_a_page_says_for_sharing_is_kept_for_members_too_until_it_changes(practice: Practice):
    path, author = practice.get_absolute_url(), practice.author
    assert author is not None
    member = Client()
    member.force_login(author)
    counts = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as captured:
            member.get(path)
        counts.append(len(captured))
    assert counts[1] <= counts[0] - 8
    content = practice_content(practice).model_copy(update={"title": "A title nobody has seen"})
    change_practice(slug=practice.slug, actor=author, content=content)
    assert '<meta property="og:title" content="A title nobody has seen">' in member.get(path).content.decode()


@pytest.mark.django_db(transaction=True)
def test_a_member_s_pages_take_few_queries_while_nothing_is_done(practice: Practice):
    member = Client()
    member.force_login(practice.author)
    for path, most in (
        (practice.get_absolute_url(), 10),
        (practice.initiative.get_absolute_url(), 19),
        ("/practices/", 10),
        ("/initiatives/", 9),
    ):
        member.get(path)
        with CaptureQueriesContext(connection) as captured:
            assert member.get(path).status_code == 200
        assert len(captured) <= most, path


def test_each_language_and_each_address_has_its_own_page(visit: Visit, practice: Practice):
    visit("/practices/")
    assert 'lang="ar"' in visit("/practices/", **{"Accept-Language": "ar"}).content.decode()
    assert 'lang="es"' in visit("/practices/", Cookie="django_language=es").content.decode()
    assert practice.title not in visit("/practices/?status=planned").content.decode()
    assert practice.title in visit("/practices/").content.decode()


def test_a_page_with_a_form_is_made_for_each(visit: Visit, settings: Settings):
    settings.PAGE_MEMORY = 30
    first, second = visit("/account/sign-in/"), visit("/account/sign-in/")
    assert first.cookies
    assert first.content != second.content


def test_what_the_history_does_not_tell_is_seen_a_little_later(visit: Visit, practice: Practice):
    path = practice.get_absolute_url()
    with time_machine.travel(0, tick=False) as clock:
        visit(path)
        Practice.objects.update(title="Told to nobody")
        assert "Told to nobody" not in visit(path).content.decode()
        clock.shift(31)
        assert "Told to nobody" in visit(path).content.decode()


def test_no_more_pages_are_kept_than_fit(visit: Visit, practice: Practice, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(memory, "MOST", 2)
    visit(practice.get_absolute_url())
    for number in range(3):
        visit(f"/practices/?page={number}")
    assert _queries(visit, practice.get_absolute_url()) > 1
