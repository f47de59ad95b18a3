"""Initiatives and experts for the tests of this tool."""

from typing import Any

from metropolis.foundation.accounts.models import Person
from metropolis.foundation.accounts.tests.factories import PersonFactory
from metropolis.foundation.records.values import Visibility
from metropolis.foundation.workspaces.models import Initiative, ToolInUse
from metropolis.foundation.workspaces.tests.factories import InitiativeFactory
from metropolis.tools.experts.operations import add_expert, set_expert_visibility
from metropolis.tools.experts.values import ExpertInput, LanguageInput, TopicInput


class HomeFactory(InitiativeFactory):
    """An initiative to which every member may add a profile."""

    is_open = True

    @classmethod
    def _create(cls, model_class: type[Initiative], *args: Any, **fields: Any) -> Initiative:
        initiative = super()._create(model_class, *args, **fields)
        ToolInUse.objects.create(initiative=initiative, tool="experts")
        # A second tool, so that a join over the tools would double what is found.
        ToolInUse.objects.create(initiative=initiative, tool="practices")
        return initiative


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
