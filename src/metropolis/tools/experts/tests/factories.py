"""Cities, people, initiatives and experts for the tests of this tool."""

from typing import Any

import factory
from factory.django import DjangoModelFactory

from metropolis.foundation.accounts.models import Person
from metropolis.foundation.places.engine import fold
from metropolis.foundation.places.models import City, CityName
from metropolis.foundation.records.values import Visibility
from metropolis.foundation.workspaces.models import Initiative, Member, ToolInUse
from metropolis.foundation.workspaces.values import Role
from metropolis.tools.experts.operations import add_expert, set_expert_visibility
from metropolis.tools.experts.values import ExpertInput, LanguageInput, TopicInput


class CityFactory(DjangoModelFactory[City]):
    class Meta:
        model = City

    id = factory.Sequence(lambda number: 9_000_000 + number)
    slug = factory.Sequence(lambda number: f"city-{number}")
    name = factory.Sequence(lambda number: f"City {number}")
    country = "AR"
    latitude = 0.0
    longitude = 0.0

    @classmethod
    def _create(cls, model_class: type[City], *args: Any, **fields: Any) -> City:
        city = super()._create(model_class, *args, **fields)
        CityName.objects.create(city=city, folded=fold(city.name), is_own=True)
        return city


class PersonFactory(DjangoModelFactory[Person]):
    class Meta:
        model = Person

    email = factory.Sequence(lambda number: f"person{number}@example.org")
    name = factory.Sequence(lambda number: f"Account holder {number}")


class InitiativeFactory(DjangoModelFactory[Initiative]):
    class Meta:
        model = Initiative

    slug = factory.Sequence(lambda number: f"initiative-{number}")
    title = factory.Sequence(lambda number: f"Initiative {number}")
    one_line = "Cities work together."
    visibility = Visibility.PUBLIC
    is_open = True

    @classmethod
    def _create(cls, model_class: type[Initiative], *args: Any, **fields: Any) -> Initiative:
        initiative = super()._create(model_class, *args, **fields)
        ToolInUse.objects.create(initiative=initiative, tool="experts")
        # A second tool, so that a join over the tools would double what is found.
        ToolInUse.objects.create(initiative=initiative, tool="practices")
        return initiative


def member_of(initiative: Initiative, role: Role) -> Person:
    person = PersonFactory.create()
    Member.objects.create(initiative=initiative, person=person, role=role)
    return person


def content(**told: object) -> ExpertInput:
    return ExpertInput.model_validate({"name": "Ada Ejemplo", "topics": [{"topic": "mobility", "level": 3}], **told})


def spoken(language: str, level: str = "C1") -> LanguageInput:
    return LanguageInput.model_validate({"language": language, "level": level})


def knows(*topics: str) -> tuple[TopicInput, ...]:
    return tuple(TopicInput(topic=topic, level=3) for topic in topics)


def publish_expert(
    initiative: Initiative, consents: dict[str, str] | None = None, **told: object
) -> tuple[str, Person]:
    """A published profile and the person it is about."""
    person = PersonFactory.create()
    slug = add_expert(initiative=initiative.slug, actor=person, content=content(**told), consents=consents)
    set_expert_visibility(slug=slug, actor=person, visibility=Visibility.PUBLIC)
    return slug, person
