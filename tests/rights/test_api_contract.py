"""The API keeps to its description: whatever is sent, allowed or forbidden by it, gets an answer that it tells of."""

import json
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import hypothesis
import hypothesis.errors
import hypothesis.strategies as st
import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from schemathesis.config import SchemathesisConfig
from schemathesis.generation.case import Case
from schemathesis.generation.modes import GenerationMode

from metropolis.web.api import api

from .world import World, undone

#: Generated for each route, as somebody who may do much and as a visitor, of what is allowed and of what is not; and
#: how many there are at least in all: of some routes nothing is forbidden.
CASES, AT_LEAST = 36, {GenerationMode.POSITIVE: 600, GenerationMode.NEGATIVE: 450}
#: Beside these, what the description allows has to be taken: 422 is for what it cannot tell, such as a city that is
#: written wrongly or a term that is not in its vocabulary, 400 for an address with the character NUL.
ANSWERS_TO_ALLOWED = ["2xx", "400", "401", "403", "404", "409", "422"]
CONFIG = {"checks": {"positive_data_acceptance": {"expected-statuses": ANSWERS_TO_ALLOWED}}}
TOKEN = "t" * 32


@pytest.fixture
def one_connection() -> Iterator[None]:
    """Requests use the connection of the test, as those of Django's own client do, and do not close it."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def description() -> Any:
    config = SchemathesisConfig.from_dict(CONFIG)
    schema = schemathesis.openapi.from_dict(api.get_openapi_schema(), config=config)
    schema.app = get_wsgi_application()
    return schema


def headers(world: World, who: str) -> dict[str, str]:
    """The session of a browser in which somebody of this role is signed in, and what proves that a form is ours."""
    cookies = {name: cookie.value for name, cookie in world.client(who).cookies.items()} | {"csrftoken": TOKEN}
    cookie = "; ".join(f"{name}={value}" for name, value in cookies.items())
    # Whoever asks without a network does not take compressed answers apart.
    return {"Cookie": cookie, "X-CSRFToken": TOKEN, "Accept-Encoding": "identity"}


def cases(route: Any, mode: GenerationMode, world: World) -> st.SearchStrategy[Case]:
    """Addresses of nothing, and those of what is there."""
    room = route.path.split("/")[2]
    kinds = ("initiative", "expert", "practice", "barometer")
    kind = next((one for one in kinds if room == f"{one}s"), "need")
    there = {
        "slug": f"the-{kind}",
        "city_id": world.city.pk,
        "language": "fr",
        "label": "the-edition",
        "unit": "aurelia",
    }
    named = {name: value for name, value in there.items() if f"{{{name}}}" in route.path}
    anywhere = route.as_strategy(generation_mode=mode)
    return anywhere | route.as_strategy(generation_mode=mode, path_parameters=named) if named else anywhere


@pytest.mark.parametrize("mode", GenerationMode)
@pytest.mark.parametrize("who", ["visitor", "steward"])
@pytest.mark.usefixtures("one_connection")
def test_every_answer_is_one_that_the_description_tells_of(world: World, who: str, mode: GenerationMode):
    world.show("public")
    sent = headers(world, who)
    tried = 0

    for found in description().get_all_operations():
        route = found.ok()

        @hypothesis.settings(
            max_examples=CASES,
            derandomize=True,
            database=None,
            deadline=None,
            suppress_health_check=list(hypothesis.HealthCheck),
        )
        @hypothesis.given(case=cases(route, mode, world))
        def try_it(case: Case) -> None:
            nonlocal tried
            tried += 1
            with undone():
                case.call_and_validate(headers=sent)

        with suppress(hypothesis.errors.Unsatisfiable):  # a route that nothing is forbidden to
            try_it()
    assert tried >= AT_LEAST[mode]


@pytest.mark.parametrize(
    ("method", "address", "body"),
    [
        (
            "POST",
            "/api/needs",
            {"title": "Green banks", "text": "We open\0the banks.", "language": "en", "city": "R, AR"},
        ),
        ("PUT", "/api/practices/the-practice/translations/fr", {"origin": "author", "fields": {"title": "a\0b"}}),
    ],
)
def test_a_nul_in_a_body_is_refused_for_postgresql_does_not_take_it(world: World, method: str, address: str, body: Any):
    answer = world.client("steward").generic(method, address, json.dumps(body), "application/json")
    assert answer.status_code == 422
    assert "NUL" in answer.json()["error"]["message"]


@pytest.mark.parametrize("number", [-1, 0, 2**31, 2**63, 10**30])
def test_a_number_that_no_database_has_is_nowhere(world: World, number: int):
    client = world.client("visitor")
    assert client.get(f"/api/cities/{number}").status_code == 404
    assert client.get(f"/api/practices?offset={number}").status_code in {200, 422}
