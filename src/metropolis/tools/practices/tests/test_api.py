"""The API: what the pages show, for programs."""

import json
from typing import Any

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext

from metropolis.foundation.accounts.models import Person
from metropolis.foundation.accounts.tests.factories import PersonFactory
from metropolis.foundation.records.values import Visibility
from metropolis.foundation.workspaces.tests.factories import member_of
from metropolis.foundation.workspaces.values import Role
from metropolis.tools.practices.models import Practice
from metropolis.tools.practices.operations import change_practice, translate_practice
from metropolis.tools.practices.tests.factories import WHOLE, initiative, practice_in, whole

pytestmark = pytest.mark.django_db
ROOT = "/api/practices"


def program(person: Person | None = None) -> Client:
    client = Client()
    if person is not None:
        client.force_login(person)
    return client


def send(client: Client, method: str, path: str, body: object) -> HttpResponse:
    return client.generic(method, f"{ROOT}{path}", json.dumps(body), content_type="application/json")


def error_of(answer: HttpResponse) -> dict[str, Any]:
    return dict(json.loads(answer.content)["error"])


def test_a_list_can_be_filtered_and_read_in_slices():
    home = initiative()
    for number in range(3):
        practice_in(home, title=f"Practice {number}", topics=("cycling",))
    practice_in(home, Visibility.DRAFT, title="A secret draft")
    answer = program().get(ROOT, {"topic": "mobility", "sort": "title", "limit": 2, "offset": 1}).json()
    assert answer["count"] == 3
    assert [item["title"] for item in answer["items"]] == ["Practice 1", "Practice 2"]
    assert answer["items"][0]["city"] == "Rosario, AR"
    assert answer["items"][0]["url"] == "/practices/practice-1/"


@pytest.mark.parametrize(
    ("query", "field"),
    [({"limit": 0}, "limit"), ({"limit": 101}, "limit"), ({"offset": -1}, "offset"), ({"status": "unheard"}, "status"),
     ({"country": "Argentina"}, "country"), ({"sort": "luck"}, "sort")],
)  # fmt: skip
def test_a_wrong_question_names_its_field(query: dict[str, object], field: str):
    answer = program().get(ROOT, query)
    assert answer.status_code == 422
    assert error_of(answer)["field"] == field


def test_the_list_takes_as_many_queries_for_three_as_for_one():
    home = initiative()
    taken = []
    for _ in range(3):
        practice_in(home)
        with CaptureQueriesContext(connection) as queries:
            program().get(ROOT)
        taken.append(len(queries))
    assert taken[0] == taken[2]


def test_one_practice_is_read_whole_and_in_another_language():
    row = practice_in(initiative())
    translate_practice(slug=row.slug, actor=row.author, language="es", fields={"title": "Calles"}, origin="machine")
    answer = program().get(f"{ROOT}/{row.slug}", {"language": "es"}).json()
    assert answer["content"]["title"] == "Open streets on Sundays"
    assert answer["content"]["results"][0]["source"] == 0
    assert (answer["language"], answer["languages"], answer["translation_origin"]) == ("es", ["en", "es"], "machine")
    assert (answer["texts"]["title"], answer["texts"]["summary"]) == ("Calles", WHOLE["summary"])
    assert 0 < answer["completeness"] < 1
    assert "objectives" in {name for section in answer["sections"] for name in section["missing"]}
    translations = program().get(f"{ROOT}/{row.slug}/translations").json()
    assert translations == {"es": {"title": {"text": "Calles", "origin": "machine", "is_stale": False}}}


@pytest.mark.parametrize("visibility", [Visibility.DRAFT, Visibility.INTERNAL])
def test_what_is_not_public_is_not_there_for_others(visibility: Visibility):
    row = practice_in(initiative(), visibility)
    for client in (program(), program(PersonFactory.create())):
        assert client.get(ROOT).json() == {"items": [], "count": 0}
        for answer in (
            client.get(f"{ROOT}/{row.slug}"),
            client.get(f"{ROOT}/{row.slug}/translations"),
        ):
            assert answer.status_code == 404
            assert row.title not in answer.content.decode()
    stranger = program(PersonFactory.create())
    body = {"content": whole().model_dump(mode="json"), "version": 1}
    assert send(stranger, "PUT", f"/{row.slug}", body).status_code == 404
    assert send(stranger, "PUT", f"/{row.slug}/visibility", {"visibility": "public"}).status_code == 404


def test_a_practice_is_added_changed_and_published():
    home = initiative()
    client = program(member_of(home, Role.CONTRIBUTOR))
    answer = send(client, "POST", "", {"initiative": home.slug, "content": WHOLE})
    assert answer.status_code == 201
    added = json.loads(answer.content)
    assert (added["visibility"], added["version"]) == ("draft", 1)
    body = {"content": added["content"] | {"title": "Another title"}, "version": 1, "updating_note": "Title"}
    assert json.loads(send(client, "PUT", f"/{added['slug']}", body).content)["version"] == 2
    late = send(client, "PUT", f"/{added['slug']}", body)
    assert (late.status_code, error_of(late)["data"]) == (409, {"version": 2})
    published = send(client, "PUT", f"/{added['slug']}/visibility", {"visibility": "public"})
    assert json.loads(published.content)["visibility"] == "public"
    assert Practice.objects.get().title == "Another title"


def test_what_is_read_can_be_sent_back_as_it_is():
    row = practice_in(initiative())
    client = program(row.author)
    read = client.get(f"{ROOT}/{row.slug}").json()
    answer = send(client, "PUT", f"/{row.slug}", {"content": read["content"], "version": read["version"]})
    assert json.loads(answer.content) == read


@pytest.mark.parametrize(
    ("told", "field"),
    [({"title": "A"}, "added.content.title"), ({"city": "Nowhere, AR"}, "city"), ({"topics": ["none"]}, "topics"),
     ({"status": "stopped"}, "added.content.stopped_why"), ({"colour": "red"}, "added.content.colour")],
)  # fmt: skip
def test_what_is_wrong_is_named(told: dict[str, object], field: str):
    home = initiative()
    client = program(member_of(home, Role.CONTRIBUTOR))
    answer = send(client, "POST", "", {"initiative": home.slug, "content": WHOLE | told})
    assert answer.status_code in {404, 422}
    assert error_of(answer)["field"] == field
    assert not Practice.objects.exists()


def test_writing_needs_a_session_a_right_and_our_own_page():
    home = initiative()
    row = practice_in(home)
    body = {"visibility": "draft"}
    assert send(program(), "PUT", f"/{row.slug}/visibility", body).status_code == 401
    assert send(program(member_of(home, Role.CONTRIBUTOR)), "PUT", f"/{row.slug}/visibility", body).status_code == 403
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(row.author)
    assert send(strict, "PUT", f"/{row.slug}/visibility", body).status_code == 403
    assert Practice.objects.get().visibility == "public"


def test_a_translation_is_sent_field_by_field():
    row = practice_in(initiative())
    client = program(row.author)
    body = {"origin": "translator", "fields": {"title": "Calles"}}
    assert json.loads(send(client, "PUT", f"/{row.slug}/translations/es", body).content)["languages"] == ["en", "es"]
    change_practice(slug=row.slug, actor=row.author, content=whole(title="Another title"))
    assert program().get(f"{ROOT}/{row.slug}", {"language": "es"}).json()["translation_is_stale"]
    assert send(client, "PUT", f"/{row.slug}/translations/en", body).status_code == 422
    assert send(client, "PUT", f"/{row.slug}/translations/es", {"origin": "guess", "fields": {}}).status_code == 422


def test_the_description_of_the_api_names_every_door():
    paths = program().get("/api/openapi.json").json()["paths"]
    doors = {(path, method) for path, methods in paths.items() for method in methods if "practices" in path}
    assert doors == {
        ("/api/practices", "get"),
        ("/api/practices", "post"),
        ("/api/practices/{slug}", "get"),
        ("/api/practices/{slug}", "put"),
        ("/api/practices/{slug}/visibility", "put"),
        ("/api/practices/{slug}/translations", "get"),
        ("/api/practices/{slug}/translations/{language}", "put"),
    }
