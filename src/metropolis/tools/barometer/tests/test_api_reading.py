"""Reading editions by the API: the same figures as on the pages, for anybody whom they are shown to."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from metropolis.foundation.accounts.models import Person
from metropolis.foundation.accounts.tests.factories import PersonFactory
from metropolis.foundation.records.values import Visibility
from metropolis.foundation.workspaces.models import Member
from metropolis.tools.barometer import operations, queries
from metropolis.tools.barometer.models import Edition

from .factories import an_edition, home

pytestmark = pytest.mark.django_db
BASE = "/api/barometers/the-barometer/editions/2025"


@pytest.fixture
def steward() -> Person:
    person: Person = PersonFactory.create()
    Member.objects.create(initiative=home(), person=person, role=4)
    an_edition(person, "care")
    return person


@pytest.fixture
def edition(steward: Person) -> Edition:
    operations.publish_edition(barometer_slug="the-barometer", label="2025", actor=steward, now=timezone.now())
    operations.set_barometer_visibility(slug="the-barometer", actor=steward, visibility=Visibility.PUBLIC)
    row, _workspace = queries.edition("the-barometer", "2025", None)
    return row


def test_barometers_and_their_editions_are_found_from_the_list(client: Client, edition: Edition) -> None:
    (item,) = client.get("/api/barometers").json()["items"]
    assert (item["slug"], item["latest"]) == ("the-barometer", "2025")
    barometer = client.get(f"/api/barometers/{item['slug']}").json()
    assert [one["label"] for one in barometer["editions"]] == ["2025"]
    told = client.get(BASE).json()
    assert told["digest"] == edition.digest
    assert (told["index"], told["years"], told["units"]) == ("care", [2024, 2025], 8)
    assert edition.digest[:12] in told["citation"]
    assert "scores.csv" in {file["name"] for file in told["files"]}


def test_the_list_takes_as_many_questions_for_three_barometers_as_for_one(client: Client, steward: Person) -> None:
    counts = []
    for slugs in (("one",), ("two", "three")):
        for slug in slugs:
            an_edition(steward, "care", slug=slug)
            operations.publish_edition(barometer_slug=slug, label="2025", actor=steward, now=timezone.now())
            operations.set_barometer_visibility(slug=slug, actor=steward, visibility=Visibility.PUBLIC)
        with CaptureQueriesContext(connection) as asked:
            assert client.get("/api/barometers").json()["count"] == len(slugs) + (slugs[0] == "two")
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_figures_are_those_of_the_edition_in_full_precision(client: Client, edition: Edition) -> None:
    figures = queries.figures_of(edition)
    assert figures is not None
    latest = figures.latest
    scores = client.get(f"{BASE}/scores", {"limit": 3, "offset": 2}).json()
    assert [item["score"] for item in scores["items"]] == [row[-1] for row in latest.scores[2:5]]
    assert scores["count"] == 8
    ranking = client.get(f"{BASE}/ranking?year=2024").json()
    assert [item["rank"] for item in ranking["items"]] == sorted(item["rank"] for item in ranking["items"])
    first = ranking["items"][0]
    assert first["best"] <= first["rank"] <= first["worst"]
    assert first["lower"] <= first["upper"]
    data = client.get(f"{BASE}/data?year=2025&limit=1").json()
    assert data["count"] == 8
    assert data["items"][0]["values"].keys() == {"places", "waiting", "trust", "parks"}
    sensitivity = client.get(f"{BASE}/sensitivity?unit=aurelia").json()
    assert len(sensitivity["whole"]) == len(sensitivity["unit"]) == 2


def test_framework_and_recipe_can_be_read(client: Client, edition: Edition) -> None:
    nodes = {one["node"]["code"]: one for one in client.get(f"{BASE}/framework").json()["nodes"]}
    assert nodes["care"]["share"] == 1
    assert nodes["trust"]["share"] == pytest.approx(1 / 3)
    recipe = client.get(f"{BASE}/recipe").json()
    assert [step["do"] for step in recipe["recipe"]["steps"]] == ["normalise", "aggregate"]
    assert recipe["replications"] == 1000


def test_parts_add_up_to_the_gap(client: Client, edition: Edition) -> None:
    told = client.get(f"{BASE}/cities/bellano").json()
    assert sum(told["parts"].values()) == pytest.approx(told["standing"]["score"] - told["typical"])
    assert [(one["before"], one["after"]) for one in told["progress"]] == [(2024, 2025)]
    assert told["moves"] is None
    assert isinstance(client.get(f"{BASE}/cities/bellano?moves=true").json()["moves"], list)
    pair = client.get(f"{BASE}/compare?first=aurelia&second=bellano").json()
    other = client.get(f"{BASE}/compare?first=bellano&second=aurelia").json()
    assert sum(pair["parts"].values()) == pytest.approx(pair["gap"])
    assert pair["above"] + other["above"] == pytest.approx(1)


def test_other_weights_are_ranked_without_an_account(client: Client, edition: Edition) -> None:
    told = {"weights": {"services": 0}, "year": 2025}
    answer = client.post(f"{BASE}/what-if", told, content_type="application/json")
    assert answer.status_code == 200
    bonds = {item["unit"]: item["score"] for item in client.get(f"{BASE}/scores?node=bonds").json()["items"]}
    assert {line["unit"]: pytest.approx(line["score"]) for line in answer.json()["ranking"]} == bonds
    assert answer.json()["shares"]["places"] == 0


@pytest.mark.parametrize(
    ("address", "field"),
    [("/scores?node=x", "node"), ("/ranking?year=1900", "year"), ("/compare?first=x&second=aurelia", "first")],
)
def test_a_question_about_what_there_is_not_names_the_field(
    client: Client, edition: Edition, address: str, field: str
) -> None:
    answer = client.get(f"{BASE}{address}")
    assert answer.status_code == 422
    assert answer.json()["error"]["field"] == field
    assert client.get(f"{BASE}/cities/nowhere").status_code == 404


@pytest.mark.parametrize("weights", [{"x": 1}, {"places": 0, "waiting": 0}, {"places": -1}, {"places": 1e9}])
def test_weights_that_cannot_be_are_refused(client: Client, edition: Edition, weights: dict[str, float]) -> None:
    answer = client.post(f"{BASE}/what-if", {"weights": weights}, content_type="application/json")
    assert answer.status_code == 422


def test_a_draft_is_read_by_its_makers_alone(client: Client, steward: Person) -> None:
    pages = ("", "/framework", "/recipe", "/scores", "/ranking", "/data", "/cities/aurelia", "/sensitivity")
    assert {client.get(f"{BASE}{page}").status_code for page in pages} == {404}
    client.force_login(steward)
    assert {client.get(f"{BASE}{page}").status_code for page in pages} == {200}


def test_an_edition_without_figures_says_so(client: Client, steward: Person) -> None:
    from metropolis.tools.barometer.values import EditionInput  # noqa: PLC0415

    operations.add_edition(barometer_slug="the-barometer", actor=steward, content=EditionInput(label="2026"))
    client.force_login(steward)
    base = BASE.replace("2025", "2026")
    assert client.get(base).json()["years"] == []
    for page in ("/framework", "/recipe", "/scores", "/ranking", "/data", "/cities/aurelia", "/sensitivity"):
        assert client.get(f"{base}{page}").status_code == 404
