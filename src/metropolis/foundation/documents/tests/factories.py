"""Publications for tests."""

from typing import Any

from metropolis.foundation.accounts.models import Person
from metropolis.foundation.accounts.tests.factories import PersonFactory
from metropolis.foundation.documents.models import Publication
from metropolis.foundation.documents.operations import add_publication, set_publication_visibility
from metropolis.foundation.documents.values import PublicationInput
from metropolis.foundation.records.values import Visibility
from metropolis.foundation.workspaces.models import Initiative
from metropolis.foundation.workspaces.tests.factories import InitiativeFactory, member_of
from metropolis.foundation.workspaces.values import Role


def content(**told: Any) -> PublicationInput:
    return PublicationInput.model_validate({"title": "Initiatives Report", "language": "en", **told})


def publish(
    initiative: Initiative | None = None,
    visibility: Visibility = Visibility.PUBLIC,
    author: Person | None = None,
    file: bytes | None = None,
    cover: bytes | None = None,
    **told: Any,
) -> Publication:
    """A publication of a contributor, in an initiative of its own unless one is given."""
    initiative = initiative or InitiativeFactory.create()
    author = author or member_of(initiative, Role.CONTRIBUTOR)
    row = add_publication(initiative=initiative.slug, actor=author, content=content(**told), file=file, cover=cover)
    return set_publication_visibility(slug=row.slug, actor=author, visibility=visibility)


def stranger() -> Person:
    return PersonFactory.create()
