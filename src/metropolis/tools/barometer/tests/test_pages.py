"""Every page of an edition, as a visitor and as its makers."""

import pytest
from django.test import Client
from django.utils import timezone

from metropolis.foundation.accounts.tests.factories import PersonFactory
from metropolis.foundation.records.values import Visibility
from metropolis.foundation.workspaces.models import Member
from metropolis.tools.barometer import operations

from .factories import an_edition, home

pytestmark = pytest.mark.django_db
PAGES = ("", "compare/", "cities/aurelia/", "framework/", "sensitivity/", "method/", "data/")


@pytest.fixture
def published() -> None:
    initiative = home()
    steward = PersonFactory.create()
    Member.objects.create(initiative=initiative, person=steward, role=4)
    an_edition(steward, "care")
    operations.publish_edition(barometer_slug="the-barometer", label="2025", actor=steward, now=timezone.now())
    operations.set_barometer_visibility(slug="the-barometer", actor=steward, visibility=Visibility.PUBLIC)


@pytest.mark.usefixtures("published")
@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("language", ["en", "es", "ar"])
def test_a_visitor_reads_every_page_of_a_published_edition(client: Client, page: str, language: str) -> None:
    answer = client.get(f"/barometers/the-barometer/2025/{page}", headers={"Accept-Language": language})
    assert answer.status_code == 200
    assert "2025" in answer.text
