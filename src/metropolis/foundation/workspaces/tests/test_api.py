from http import HTTPStatus

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from metropolis.foundation.accounts.tests.factories import editor
from metropolis.foundation.records.values import Visibility
from metropolis.foundation.workspaces import operations
from metropolis.foundation.workspaces.models import Partner
from metropolis.foundation.workspaces.tests.factories import CityFactory, InitiativeFactory, member_of
from metropolis.foundation.workspaces.values import Role

pytestmark = pytest.mark.django_db


def test_a_page_of_the_list_with_its_count(client: Client):
    for _number in range(3):
        Partner.objects.create(initiative=InitiativeFactory.create(), city=CityFactory.create())
    InitiativeFactory.create(visibility=Visibility.DRAFT)
    answer = client.get("/api/initiatives", {"limit": 2, "offset": 2}).json()
    assert answer["count"] == 3
    assert len(answer["items"]) == 1
    assert answer["items"][0]["url"].startswith("/initiatives/")


def test_the_list_takes_the_filters_of_the_page(client: Client):
    InitiativeFactory.create(status="ended", lead_city=CityFactory.create(country="CL"))
    InitiativeFactory.create()
    assert client.get("/api/initiatives?status=ended&status=planned&country=CL").json()["count"] == 1


@pytest.mark.parametrize("query", ["limit=0", "limit=201", "offset=-1", "limit=many"])
def test_limits_have_bounds(client: Client, query: str):
    answer = client.get(f"/api/initiatives?{query}")
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert answer.json()["error"]["field"] == query.partition("=")[0]


def test_one_initiative_with_everything(client: Client):
    city = CityFactory.create(name="Rosario")
    row = InitiativeFactory.create(lead_city=city, figures=[{"label": "Length", "text": "1,500 km"}])
    Partner.objects.create(initiative=row, organisation="Club", part="helps")
    row.tools_in_use.create(tool="map")
    operations.translate_initiative(
        slug=row.slug, actor=editor(), language="es", fields={"title": "Otro"}, origin="author"
    )
    answer = client.get(f"/api/initiatives/{row.slug}").json()
    assert answer["lead_city"] == {"id": city.pk, "name": "Rosario", "country": "AR"}
    assert answer["partners"] == [{"organisation": "Club", "city": None, "part": "helps"}]
    assert (answer["tools"], answer["followers"]) == (["map"], 0)
    assert answer["translations"] == {"es": {"title": "Otro"}}
    assert answer["figures"] == [{"label": "Length", "text": "1,500 km"}]


def test_a_draft_is_there_for_its_coordinator_only(client: Client):
    row = InitiativeFactory.create(visibility=Visibility.DRAFT)
    answer = client.get(f"/api/initiatives/{row.slug}")
    assert answer.status_code == HTTPStatus.NOT_FOUND
    assert answer.json()["error"]["code"] == "not_found"
    client.force_login(member_of(row, Role.COORDINATOR))
    assert client.get(f"/api/initiatives/{row.slug}").json()["slug"] == row.slug


def test_three_cost_as_much_as_one(client: Client):
    def row() -> None:
        Partner.objects.create(initiative=InitiativeFactory.create(), city=CityFactory.create())

    row()
    with CaptureQueriesContext(connection) as one:
        client.get("/api/initiatives")
    row(), row()
    with CaptureQueriesContext(connection) as three:
        client.get("/api/initiatives")
    assert len(three) == len(one)
