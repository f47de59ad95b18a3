"""The pages on which searches are saved."""

from http import HTTPStatus

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.http import urlencode

from metropolis.foundation.following.queries import own_follows
from metropolis.foundation.taxonomy.models import Term
from metropolis.foundation.workspaces.models import Initiative
from metropolis.tools.exchange.models import SavedSearch
from metropolis.tools.exchange.tests.factories import PersonFactory, a_city
from metropolis.tools.exchange.tests.test_saved import a_search

QUERY = "q=canal+banks&country=AR&country=CL&page=3&elsewhere=1"
KEPT = "q=canal+banks&country=AR&country=CL"


def at(name: str, *parts: object) -> str:
    return reverse(f"exchange:{name}", args=parts)


def test_a_search_is_saved_from_its_page_with_its_filters(network: Initiative, client: Client) -> None:
    link = f"{at('save_search')}?{QUERY}"
    assert link.replace("&", "&amp;") in client.get(f"{at('search')}?{QUERY}").content.decode()
    assert client.get(link)["Location"] == f"{reverse('accounts:sign_in')}?{urlencode({'next': link})}"
    person = PersonFactory.create()
    client.force_login(person)
    page = client.get(link).content.decode()
    assert 'value="canal banks, Argentina, Chile"' in page
    answer = client.post(link, {"name": "Our canals"}, follow=True)
    assert answer.redirect_chain == [(f"{at('search')}?{KEPT}", HTTPStatus.FOUND)]
    row = SavedSearch.objects.get()
    assert (row.name, row.query, row.person) == ("Our canals", KEPT, person)
    assert row.question["filters"] == {"country": ["AR", "CL"]}
    assert [follow.kind for follow in own_follows(person)] == ["search"]
    page = client.get(at("saved")).content.decode()
    assert "Our canals" in page
    assert "canal banks · Argentina · Chile" in page
    assert "Our canals" in client.get(reverse("following:follows")).content.decode()


def test_a_search_is_renamed_and_asks_something_else_in_its_place(network: Initiative, client: Client) -> None:
    row = a_search()
    client.force_login(row.person)
    client.post(at("change_search", row.pk), {"name": "Banks"})
    row.refresh_from_db()
    assert (row.name, row.query) == ("Banks", "q=canals")
    client.post(f"{at('save_search')}?q=trees", {"name": "Trees", "instead_of": row.pk})
    row.refresh_from_db()
    assert (row.name, row.query, SavedSearch.objects.count()) == ("Trees", "q=trees", 1)


def test_deleting_a_search_asks_first(network: Initiative, client: Client) -> None:
    row = a_search()
    client.force_login(row.person)
    assert "Delete the search “Walkers”?" in client.get(at("delete_search", row.pk)).content.decode()
    assert SavedSearch.objects.exists()
    client.post(at("delete_search", row.pk))
    assert not SavedSearch.objects.exists()
    assert "You keep no search yet" in client.get(at("saved")).content.decode()


def test_what_is_wrong_is_said_and_what_was_typed_is_kept(network: Initiative, client: Client) -> None:
    row = a_search()
    client.force_login(row.person)
    answer = client.post(f"{at('save_search')}?q=trees", {"name": "", "instead_of": "999"})
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert SavedSearch.objects.count() == 1
    many = "&".join(f"year={year}" for year in range(1000, 1400))
    assert client.post(f"{at('save_search')}?{many}", {"name": "x"}).status_code == HTTPStatus.UNPROCESSABLE_ENTITY


@pytest.mark.parametrize("name", ["change_search", "delete_search"])
def test_a_stranger_finds_no_search_of_others(network: Initiative, client: Client, name: str) -> None:
    row = a_search()
    assert client.get(at(name, row.pk))["Location"].startswith(reverse("accounts:sign_in"))
    client.force_login(PersonFactory.create())
    for method in (client.get, client.post):
        assert method(at(name, row.pk)).status_code == HTTPStatus.NOT_FOUND
    assert row.name not in client.get(at("saved")).content.decode()


def test_the_list_takes_as_many_queries_for_three_searches_as_for_one(network: Initiative, client: Client) -> None:
    row = a_search()
    client.force_login(row.person)

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            client.get(at("saved"))
        return len(captured)

    first = queries()
    a_search(row.person)
    a_search(row.person)
    assert queries() == first


def test_a_city_and_a_topic_have_a_button(network: Initiative, client: Client) -> None:
    client.force_login(PersonFactory.create())
    city = a_city("Rosario")
    page = client.get(at("city", city.pk, city.slug)).content.decode()
    assert f'name="reference" value="city:{city.pk}"' in page
    code = Term.objects.filter(vocabulary="topic")[0].code
    assert f'value="topic:{code}"' in client.get(f"{at('search')}?topic={code}").content.decode()
    assert "following/follow" not in client.get(f"{at('search')}?topic={code}&q=trees").content.decode()
    client.post(reverse("following:follow"), {"reference": f"topic:{code}", "following": "1"})
    assert "Stop following" in client.get(f"{at('search')}?topic={code}").content.decode()
