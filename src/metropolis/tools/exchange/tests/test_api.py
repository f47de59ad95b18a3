"""The API: the same answers for programs."""

import pytest
from django.test import Client

from metropolis.foundation.places.models import City
from metropolis.foundation.records.values import Reference, Visibility
from metropolis.foundation.workspaces.models import Initiative
from metropolis.tools.exchange.models import Need
from metropolis.tools.exchange.operations import keep_up, mark_match, set_need_visibility
from metropolis.tools.exchange.tests.factories import PersonFactory, a_city, a_need, an_initiative

STORY = "El plan convierte las riberas de ríos y canales en vías verdes para peatones."
NEED = {
    "kind": "need",
    "title": "Riberas para peatones",
    "text": "Queremos convertir las riberas de los canales en vías verdes para peatones.",
    "language": "es",
    "city": "Rosario, AR",
    "publish": True,
}


@pytest.fixture
def plan(network: Initiative) -> Initiative:
    row = an_initiative("Plan de Vías Verdes", city="Santiago", story=STORY, language="es", slug="plan")
    a_city("Rosario")
    keep_up()
    return row


def test_an_answer_has_kind_id_title_city_score_factors_quote_and_reason(client: Client, plan: Initiative) -> None:
    asked = {"q": "canales y riberas para peatones", "city": "Rosario, AR", "reader": "en"}
    body = client.get("/api/search", asked).json()
    best = body["items"][0]
    assert (best["kind"], best["id"], best["title"], best["city"]) == (
        "initiative", "plan", "Plan de Vías Verdes", "Santiago, Chile",
    )  # fmt: skip
    assert 0 < best["score"] <= 1
    assert best["quote"] == STORY
    assert best["reason"].startswith("From Santiago (Chile), for Rosario:")
    factors = {factor["name"]: factor["value"] for factor in best["fit"]["factors"]}
    assert factors["preconditions"] is None
    assert factors["language"] == 1.0
    assert body["language"] == "es"
    assert [city["label"] for city in body["cities"]] == ["Santiago, CL"]
    assert "workspace" not in body["facets"]


def test_filters_weights_and_paging_are_parameters(client: Client, plan: Initiative) -> None:
    a_need(plan, author=plan.author)
    assert client.get("/api/search", {"kind": ["need", "offer"]}).json()["total"] == 1
    assert client.get("/api/search", {"country": "CL"}).json()["total"] == 1
    assert len(client.get("/api/search", {"limit": 1, "offset": 1}).json()["items"]) == 1
    asked = {"q": "canales", "city": "Rosario, AR", "weight_need": 0, "weight_climate": 5, "sort": "fit"}
    assert client.get("/api/search", asked).status_code == 200


@pytest.mark.parametrize(
    ("asked", "status", "field"),
    [
        ({"limit": 1000}, 422, "asked.limit"),
        ({"sort": "price"}, 422, "asked.sort"),
        ({"weight_need": -1}, 422, "weights.weight_need"),
        ({"city": "Atlantis"}, 404, "city"),
        ({"reader": "xx"}, 422, "reader"),
        ({"kind": "foo"}, 422, "kind"),
        ({"language": "xx"}, 422, "language"),
        ({"year": "abc"}, 422, "year"),
        ({"country": "XX"}, 422, "country"),
        ({"topic": "no-such-topic"}, 422, "topic"),
        ({"text": "water"}, 422, "text"),
        ({"q": "water", "page": "2"}, 422, "page"),
    ],
)
def test_what_is_wrong_is_answered_in_the_one_shape(
    client: Client, plan: Initiative, asked: dict[str, object], status: int, field: str
) -> None:
    answer = client.get("/api/search", asked)
    assert answer.status_code == status
    error = answer.json()["error"]
    assert error["field"].split(".")[-1] == field.rpartition(".")[2]


def test_a_refusal_names_what_is_allowed(client: Client, plan: Initiative) -> None:
    kind = client.get("/api/search", {"kind": "foo"}).json()["error"]
    assert {"practice", "expert", "need", "city"} <= set(kind["data"]["allowed"])
    assert "practice" in kind["message"]
    assert "q" in client.get("/api/search", {"text": "water"}).json()["error"]["data"]["allowed"]


def test_a_year_or_a_language_without_records_is_no_error(client: Client, plan: Initiative) -> None:
    for asked in ({"year": "1950"}, {"language": "sw"}, {"country": "AQ"}, {"reader": "pt-BR"}):
        assert client.get("/api/search", asked).status_code == 200


def test_what_is_unpublished_is_gone_from_every_door_at_once(client: Client, plan: Initiative) -> None:
    row = a_need(plan, author=plan.author, title="Canal banks", city="Kampala")
    kampala = City.objects.get(name="Kampala")

    def seen() -> list[bool]:
        bodies = (
            client.get("/api/search", {"q": "canal banks", "kind": "need"}).json()["items"],
            client.get("/api/search", {"q": "canal banks"}).json()["cities"],
            client.get(f"/api/cities/{kampala.id}").json()["records"],
            client.get("/api/needs").json()["items"],
        )
        kinds = client.get("/api/search").json()["facets"]["kind"]
        return [any("Canal banks" in str(item) for item in body) or "Canal banks" in str(body) for body in bodies] + [
            "need" in kinds
        ]

    assert all(seen())
    set_need_visibility(slug=row.slug, actor=plan.author, visibility=Visibility.DRAFT)
    assert not any(seen())
    assert client.get(f"/api/needs/{row.slug}").status_code == 404
    assert client.get(f"/api/match/{row.slug}").status_code == 404


def test_a_city_has_its_context_with_sources_and_its_records(client: Client, plan: Initiative) -> None:
    body = client.get("/api/cities/3871336").json()
    assert body["context"]["population"]["value"] == 4_837_295
    assert body["context"]["population"]["source"]
    assert [record["reference"] for record in body["records"]["runs"]] == ["initiative:plan"]
    assert client.get("/api/cities/1").status_code == 404


def test_suggestions_are_records_and_cities(client: Client, plan: Initiative) -> None:
    body = client.get("/api/suggest", {"q": "Rosa"}).json()
    assert [city["label"] for city in body["cities"]] == ["Rosario, AR"]


def test_a_member_adds_a_need_and_reads_its_matches(plan: Initiative) -> None:
    client = Client()
    client.force_login(PersonFactory.create())
    answer = client.post("/api/needs", NEED, content_type="application/json")
    assert answer.status_code == 201
    slug = answer.json()["id"]
    assert client.get(f"/api/needs/{slug}").json()["visibility"] == "public"
    assert [match["reference"] for match in client.get(f"/api/match/{slug}").json()] == ["initiative:plan"]


def test_what_the_author_set_aside_is_the_authors_to_know(client: Client, plan: Initiative) -> None:
    row = a_need(plan, author=plan.author, title="Riberas para peatones", language="es", text=NEED["text"])
    mark_match(slug=row.slug, actor=plan.author, reference=Reference.parse("initiative:plan"), state="dismissed")
    assert client.get(f"/api/match/{row.slug}").json() == []
    client.force_login(plan.author)
    assert [match["state"] for match in client.get(f"/api/match/{row.slug}").json()] == ["dismissed"]


@pytest.mark.parametrize("address", [f"/api/cities/{10**30}", f"/cities/{10**30}-x/", f"/api/needs?offset={10**30}"])
def test_a_number_that_no_database_keeps_is_refused_and_no_failure(
    client: Client, network: Initiative, address: str
) -> None:
    assert client.get(address).status_code in {404, 422}


@pytest.mark.parametrize("strict", [True, False])
def test_without_an_account_nothing_is_written(plan: Initiative, *, strict: bool) -> None:
    answer = Client(enforce_csrf_checks=strict).post("/api/needs", NEED, content_type="application/json")
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"]
    assert answer.json()["error"]["data"] == {"sign_in": True}
    assert not Need.objects.exists()


def test_a_request_that_another_site_sends_in_ones_name_is_refused(plan: Initiative) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(PersonFactory.create())
    answer = client.post("/api/needs", NEED, content_type="application/json")
    assert answer.status_code == 403
    assert answer.json()["error"]["code"] == "refused"
    assert not Need.objects.exists()


def test_before_the_index_is_built_the_api_says_so(client: Client, db: None, search_folder: object) -> None:
    answer = client.get("/api/search", {"q": "water"})
    assert answer.status_code == 409
    assert answer.json()["error"]["data"] == {"index": "building"}


def test_the_documentation_needs_no_other_site_and_no_inline_script(client: Client, db: None) -> None:
    page = client.get("/api/docs").content.decode()
    assert "http://" not in page
    assert "https://" not in page
    assert "/static/ninja/swagger-ui-bundle.js" in page
    schema = client.get("/api/openapi.json").json()
    assert {"/api/search", "/api/suggest", "/api/cities/{city_id}", "/api/needs", "/api/match/{slug}"} <= set(
        schema["paths"]
    )
