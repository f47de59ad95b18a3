"""Whatever kind of record is public, its page leads to where a problem with it is reported, and back."""

import pytest
from django.test import Client
from django.urls import reverse

from metropolis.foundation.accounts.models import Person
from metropolis.foundation.accounts.tests.factories import PersonFactory
from metropolis.foundation.contact.models import Problem
from metropolis.foundation.documents.tests.factories import publish
from metropolis.foundation.records.values import Reference, Visibility
from metropolis.foundation.workspaces.cards import findables, record_kinds
from metropolis.foundation.workspaces.models import Initiative, ToolInUse
from metropolis.foundation.workspaces.tests.factories import member_of
from metropolis.foundation.workspaces.values import Role
from metropolis.tools.barometer.operations import add_barometer, set_barometer_visibility
from metropolis.tools.barometer.tests.factories import content as barometer
from metropolis.tools.exchange.tests.factories import a_need
from metropolis.tools.experts.tests.factories import publish_expert
from metropolis.tools.practices.tests.factories import initiative as initiative_with_practices
from metropolis.tools.practices.tests.factories import practice_in


@pytest.fixture
def records(db: None) -> dict[str, str]:
    """The key of a public record of each kind."""
    home = initiative_with_practices(is_open=True)
    ToolInUse.objects.create(initiative=home, tool="exchange")
    author = PersonFactory.create()
    return {
        "initiative": home.slug,
        "practice": practice_in(home).slug,
        "expert": publish_expert(home)[0],
        "publication": publish(home).slug,
        "need": a_need(home, author=author, kind="need").slug,
        "offer": a_need(home, author=author, kind="offer").slug,
        "barometer": a_barometer(home),
    }


def a_barometer(home: Initiative) -> str:
    ToolInUse.objects.create(initiative=home, tool="barometer")
    maker = member_of(home, Role.COORDINATOR)
    slug = add_barometer(initiative=home.slug, actor=maker, content=barometer()).slug
    return set_barometer_visibility(slug=slug, actor=maker, visibility=Visibility.PUBLIC).slug


@pytest.fixture
def reader() -> Person:
    return PersonFactory.create()


def test_a_problem_can_be_reported_on_every_kind_of_public_record(
    records: dict[str, str], reader: Person, client: Client
):
    assert records.keys() == record_kinds().keys()
    client.force_login(reader)
    for kind, key in records.items():
        reference = Reference(kind=kind, key=key)
        page = findables([reference])[reference].url
        address = reverse("contact:report", args=[kind, key])
        assert f'href="{address}"' in client.get(page).content.decode(), kind
        answer = client.post(address, {"reason": "outdated", "text": "This has changed."})
        assert answer["Location"] == page
        assert Problem.objects.latest("pk").initiative.slug == records["initiative"]
