"""The API: lists and single experts, errors in the one shape."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from metropolis.foundation.records.values import Visibility
from metropolis.foundation.workspaces.models import Initiative
from metropolis.foundation.workspaces.tests.factories import CityFactory
from metropolis.tools.experts.models import Expert
from metropolis.tools.experts.tests.factories import knows, publish_expert, spoken

SHARED = dict.fromkeys(("name", "role", "city", "languages", "evidence"), "public")


def test_one_expert_is_told_in_full(client: Client, initiative: Initiative):
    city = CityFactory.create(name="Lima", country="PE")
    slug, _person = publish_expert(
        initiative,
        SHARED,
        role="Ingeniera",
        language="es",
        city="Lima, PE",
        languages=[spoken("es", "native")],
        evidence=[{"reference": f"initiative:{initiative.slug}", "note": "I led it."}],
    )
    told = client.get(f"/api/experts/{slug}").json()
    assert (told["slug"], told["name"], told["title"], told["bio"]) == (slug, "Ada Ejemplo", "Ada Ejemplo", "")
    assert told["city"] == {"id": city.pk, "title": "Lima, Peru", "country": "PE"}
    assert told["languages"] == [{"language": "es", "level": "native"}]
    assert (told["topics"][0]["code"], told["topics"][0]["is_validated"]) == ("mobility", False)
    assert (told["role"], told["text_language"]) == ("Ingeniera", "es")
    assert told["evidence"] == [
        {
            "reference": f"initiative:{initiative.slug}",
            "title": initiative.title,
            "url": initiative.get_absolute_url(),
            "note": "I led it.",
        }
    ]
    assert not {"consents", "may", "contact_email"} & told.keys()


def test_a_list_is_filtered_and_read_in_parts(client: Client, initiative: Initiative):
    for _number in range(3):
        publish_expert(initiative, topics=knows("water"))
    publish_expert(initiative, topics=knows("heat"))
    told = client.get("/api/experts", {"topic": ["water"], "limit": 2, "offset": 2}).json()
    assert (told["count"], len(told["items"])) == (3, 1)
    assert client.get("/api/experts", {"topic": ["water", "heat"]}).json()["count"] == 4


@pytest.mark.parametrize("query", [{"limit": 0}, {"limit": 101}, {"offset": -1}, {"limit": "many"}, {"topic": "a b"}])
def test_a_part_out_of_bounds_is_refused(client: Client, initiative: Initiative, query: dict[str, object]):
    answer = client.get("/api/experts", query)
    assert answer.status_code == 422
    assert answer.json()["error"]["code"] == "invalid_input"


def test_a_draft_is_not_found(client: Client, initiative: Initiative):
    slug, _person = publish_expert(initiative)
    Expert.objects.update(visibility=Visibility.DRAFT)
    answer = client.get(f"/api/experts/{slug}")
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "not_found")
    assert client.get("/api/experts").json() == {"count": 0, "items": []}


@pytest.mark.parametrize("path", ["/api/experts", "/experts/"])
def test_three_experts_take_no_more_queries_than_one(client: Client, initiative: Initiative, path: str):
    CityFactory.create(name="Lima", country="PE")

    def count() -> int:
        publish_expert(initiative, SHARED, city="Lima, PE", languages=[spoken("es")], topics=knows("water", "heat"))
        with CaptureQueriesContext(connection) as taken:
            client.get(path)
        return len(taken)

    assert count() == count() == count()
