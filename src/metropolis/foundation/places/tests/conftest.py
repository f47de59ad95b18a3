"""The whole gazetteer, loaded once for a module and rolled back after it: loading takes about ten seconds."""

from collections.abc import Iterator

import pytest
from django.db import transaction
from pytest_django import DjangoDbBlocker


@pytest.fixture(scope="module")
def gazetteer(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[int]:
    """The number of cities loaded."""
    from metropolis.foundation.places.operations import load_places  # noqa: PLC0415  # needs Django set up

    with django_db_blocker.unblock(), transaction.atomic():
        yield load_places()
        transaction.set_rollback(True)
