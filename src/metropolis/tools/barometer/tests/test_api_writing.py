"""A barometer is made by the API, from its first word to a published edition."""

from typing import Any

import pytest
from django.test import Client

from metropolis.foundation.accounts.tests.factories import PersonFactory
from metropolis.foundation.background.operations import work_off
from metropolis.foundation.workspaces.models import Member
from metropolis.foundation.workspaces.tests.factories import CityFactory
from metropolis.tools.barometer.engine import Recipe

from .factories import CITIES, content, home
from .test_making import DATA, META

pytestmark = pytest.mark.django_db
EDITION = "/api/barometers/care-barometer/editions/2025"
ESTIMATES = "uCode,iCode,value,answers\n" + "".join(
    f"{city.lower()},trust,{40 + place},200\n" for place, city in enumerate(CITIES)
)


@pytest.fixture
def steward(client: Client) -> None:
    person = PersonFactory.create()
    Member.objects.create(initiative=home(), person=person, role=4)
    client.force_login(person)


def send(client: Client, method: str, address: str, **told: Any) -> Any:
    return getattr(client, method)(address, told, content_type="application/json")


@pytest.mark.usefixtures("steward")
def test_a_barometer_is_made_and_its_edition_published(client: Client) -> None:
    told = {"initiative": "care", "content": content().model_dump(mode="json")}
    assert send(client, "post", "/api/barometers", **told).json()["slug"] == "care-barometer"
    made = send(client, "post", "/api/barometers/care-barometer/editions", content={"label": "2025"})
    assert (made.status_code, made.json()["progress"]) == (201, "nothing")
    taken = send(client, "put", f"{EDITION}/tables", framework=META, data=DATA).json()
    assert {one["code"] for one in taken["findings"]} >= {"survey-to-come", "unknown-city"}
    assert send(client, "post", f"{EDITION}/estimates", estimates=ESTIMATES).json()["progress"] == "waiting"
    city = CityFactory.create(name="Nova Bellano")
    assert send(client, "put", f"{EDITION}/cities", cities={"bellano": city.label}).status_code == 200
    recipe = Recipe().model_dump(mode="json")
    recipe["steps"][-1]["method"] = "median"
    assert send(client, "put", f"{EDITION}/method", recipe=recipe).json()["progress"] == "waiting"
    work_off()
    assert send(client, "put", f"{EDITION}/state", state="consultation").json()["state"] == "consultation"
    said = send(client, "post", f"{EDITION}/comments", unit="aurelia", node="places", text="Two more opened.").json()
    refused = send(client, "post", f"{EDITION}/publish")
    assert refused.status_code == 409
    answered = send(client, "put", f"{EDITION}/comments/{said['id']}", answer="Taken in.")
    assert answered.json()["answer"] == "Taken in."
    assert [one["id"] for one in client.get(f"{EDITION}/comments").json()] == [said["id"]]
    assert send(client, "post", f"{EDITION}/publish").json()["state"] == "published"
    assert send(client, "put", "/api/barometers/care-barometer/visibility", visibility="public").status_code == 200
    assert send(client, "post", f"{EDITION}/undo").status_code == 409


@pytest.mark.usefixtures("steward")
def test_tables_with_errors_are_refused_with_every_one_of_them(client: Client) -> None:
    told = {"initiative": "care", "content": content().model_dump(mode="json")}
    send(client, "post", "/api/barometers", **told)
    send(client, "post", "/api/barometers/care-barometer/editions", content={"label": "2025"})
    wrong = META.replace("waiting,services", "waiting,servces")
    refused = send(client, "put", f"{EDITION}/tables", framework=wrong, data=DATA.replace(",20.5,", ",many,"))
    assert refused.status_code == 422
    found = [(one["code"], one["row"], one["column"]) for one in refused.json()["error"]["data"]["findings"]]
    assert ("unknown-parent", 3, "Parent") in found
    assert ("not-a-number", 2, "places") in found


def test_making_takes_a_session(client: Client) -> None:
    refused = send(client, "post", "/api/barometers", initiative="care", content={})
    assert refused.status_code == 401
