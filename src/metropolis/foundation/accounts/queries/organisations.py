"""Reaching organisations."""

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from metropolis.engine_kit import NotFound
from metropolis.foundation.accounts.models import Membership, Organisation, Person
from metropolis.foundation.accounts.queries.people import Viewer


def organisations() -> list[Organisation]:
    """Every organisation with its city, by name."""
    return list(Organisation.objects.select_related("city").order_by("name"))


def organisations_found(*, text: str = "", kind: str = "") -> QuerySet[Organisation]:
    """The organisations with `text` in their name and of `kind`, where given, by name, each with its city."""
    rows = Organisation.objects.select_related("city").order_by("name", "pk")
    if text:
        rows = rows.filter(name__icontains=text)
    return rows.filter(kind=kind) if kind else rows


def organisation(slug: str) -> Organisation:
    """One organisation; `NotFound` when there is none."""
    found = Organisation.objects.select_related("city").filter(slug=slug).first()
    if found is None:
        raise NotFound(_("There is no such organisation."), field="organisation")
    return found


def member_count(organisation: Organisation) -> int:
    """How many people belong to an organisation."""
    return organisation.memberships.count()


def belongs_to(viewer: Viewer, organisation: Organisation) -> bool:
    """Whether the viewer is a member of an organisation."""
    return viewer is not None and organisation.memberships.filter(person=viewer).exists()


def memberships(person: Person) -> list[Membership]:
    """The organisations a person belongs to."""
    rows = Membership.objects.filter(person=person).select_related("organisation__city")
    return list(rows.order_by("organisation__name"))
