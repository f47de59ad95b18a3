"""Reaching organisations."""

from django.db.models import Exists, OuterRef, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from metropolis.engine_kit import NotAllowed, NotFound
from metropolis.foundation.accounts.access import may_in_network
from metropolis.foundation.accounts.models import Membership, NetworkRole, Organisation, Person
from metropolis.foundation.accounts.queries.people import Viewer, signed_in


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


def organisation_by_name(name: str, city_id: int | None) -> Organisation | None:
    """The organisation of this name in this city, whatever the letters' case."""
    return Organisation.objects.filter(name__iexact=name.strip(), city=city_id).first()


def member_count(organisation: Organisation) -> int:
    """How many people belong to an organisation."""
    return organisation.memberships.count()


def belongs_to(viewer: Viewer, organisation: Organisation) -> bool:
    """Whether the viewer is a member of an organisation."""
    return viewer is not None and organisation.memberships.filter(person=viewer).exists()


def members_of(organisation: Organisation, viewer: Viewer) -> QuerySet[Membership]:
    """Who belongs to an organisation, stewards first: for its members and the secretariat, and nobody for others."""
    rows = organisation.memberships.select_related("person").order_by("-is_steward", "person__name", "pk")
    return rows if belongs_to(viewer, organisation) or may_steward(viewer, organisation) else rows.none()


def member_of(organisation: Organisation, person_id: int) -> Person:
    """The person of this id who belongs to an organisation; `NotFound` when there is none."""
    # Of a key, unlike an id, Django does not see that it is larger than the database's numbers get.
    people = Person.objects.filter(pk=person_id)
    found = organisation.memberships.filter(person__in=people).select_related("person").first()
    if found is None:
        raise NotFound(_("This person does not belong to the organisation."), field="person")
    return found.person


def may_steward(viewer: Viewer, organisation: Organisation) -> bool:
    """Whether the viewer decides for an organisation: its stewards do, and the secretariat in their place."""
    if may_in_network(viewer, "accounts.steward_organisations"):
        return True
    return viewer is not None and organisation.memberships.filter(person=viewer, is_steward=True).exists()


def stewarded(slug: str, viewer: object) -> tuple[Organisation, Person]:
    """An organisation for which the viewer decides, and the viewer; `NotFound` or `NotAllowed` otherwise."""
    person = signed_in(viewer)
    found = organisation(slug)
    if not may_steward(person, found):
        raise NotAllowed(_("This is for the stewards of %(organisation)s; ask one of them.") % {"organisation": found})
    return found, person


def stewarded_alone(person: Person) -> list[tuple[str, str]]:
    """The organisations of which a person is the only steward, each with the page of its people."""
    stewards = Membership.objects.filter(organisation=OuterRef("pk"), is_steward=True)
    rows = Organisation.objects.filter(Exists(stewards.filter(person=person))).order_by("name")
    alone = rows.exclude(Exists(stewards.exclude(person=person)))
    return [(row.name, reverse("accounts:organisation_people", args=[row.slug])) for row in alone]


def deciders(organisation: Organisation) -> list[Person]:
    """Who is told when an organisation has to decide: its stewards, or the secretariat where it has none."""
    active = Person.objects.filter(is_active=True).order_by("pk")
    stewards = active.filter(memberships__organisation=organisation, memberships__is_steward=True)
    return list(stewards) or list(active.filter(network_role=NetworkRole.SECRETARIAT))


def memberships(person: Person) -> list[Membership]:
    """The organisations a person belongs to."""
    rows = Membership.objects.filter(person=person).select_related("organisation__city")
    return list(rows.order_by("organisation__name"))
