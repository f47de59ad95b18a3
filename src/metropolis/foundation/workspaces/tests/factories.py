"""Cities, initiatives and their members for tests."""

from typing import Any

import factory
from factory.django import DjangoModelFactory

from metropolis.foundation.accounts.models import Person
from metropolis.foundation.accounts.tests.factories import PersonFactory
from metropolis.foundation.places.engine import fold
from metropolis.foundation.places.models import City, CityName
from metropolis.foundation.records.values import Visibility
from metropolis.foundation.workspaces.models import Initiative, Member
from metropolis.foundation.workspaces.values import Role


class CityFactory(DjangoModelFactory[City]):
    class Meta:
        model = City

    id = factory.Sequence(lambda number: 9_000_000 + number)
    slug = factory.Sequence(lambda number: f"city-{number}")
    name = factory.Sequence(lambda number: f"City {number}")
    country = "AR"
    latitude = -32.9
    longitude = -60.6

    @classmethod
    def _create(cls, model_class: type[City], *args: Any, **fields: Any) -> City:
        city = super()._create(model_class, *args, **fields)
        CityName.objects.create(city=city, folded=fold(city.name), is_own=True)
        return city


class InitiativeFactory(DjangoModelFactory[Initiative]):
    """A public initiative without members."""

    class Meta:
        model = Initiative

    slug = factory.Sequence(lambda number: f"initiative-{number}")
    title = factory.Sequence(lambda number: f"Initiative {number}")
    one_line = "Cities work together."
    status = Initiative.Status.RUNNING
    visibility = Visibility.PUBLIC


def member_of(initiative: Initiative, role: Role) -> Person:
    person = PersonFactory.create()
    Member.objects.create(initiative=initiative, person=person, role=role)
    return person
