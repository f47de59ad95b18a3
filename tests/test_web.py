"""What every answer of the site has in common, whichever room gives it."""

import pytest
from django.test import Client
from pydantic import ValidationError

from metropolis.foundation.accounts.tests.factories import PersonFactory
from metropolis.web.environment import Environment


@pytest.mark.parametrize("address", ["/initiatives/a%00b/", "/needs/?topic=%00", "/api/practices?theme=a%00"])
@pytest.mark.django_db
def test_an_address_with_a_nul_is_refused_before_a_database_sees_it(client: Client, address: str):
    assert client.get(address).status_code == 400


@pytest.mark.django_db
def test_what_was_made_for_somebody_is_kept_by_no_cache_on_the_way(client: Client):
    assert "Cache-Control" not in client.get("/needs/")
    client.force_login(PersonFactory.create())
    assert client.get("/needs/")["Cache-Control"] == "private, no-cache"


def test_a_key_that_could_be_guessed_stops_the_start():
    assert Environment(secret_key="k" * 50).secret_key
    with pytest.raises(ValidationError, match="secret_key"):
        Environment(secret_key="changeme")
