"""Reaching organisations."""

from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from metropolis.engine_kit import NotAllowed, NotFound
from metropolis.foundation.accounts.access import may_in_network
from metropolis.foundation.accounts.models import Membership, NetworkRole, Organisation, Person, VerifiedDomain
from metropolis.foundation.accounts.queries.people import Viewer, signed_in


def organisations() -> list[Organisation]:
    """Every organisation with its city, by name."""
    return list(Organisation.objects.select_related("city").order_by("name"))


def confirmed_organisations() -> QuerySet[Organisation]:
    """Those that the secretariat confirmed or that hold a verified domain: no others are shown to everybody."""
    held = VerifiedDomain.objects.filter(organisation=OuterRef("pk"), verified_at__isnull=False)
    return Organisation.objects.filter(Q(confirmed_at__isnull=False) | Exists(held))


def is_confirmed(organisation: Organisation) -> bool:
    """Whether an organisation is one of `confirmed_organisations`."""
    return confirmed_organisations().filter(pk=organisation.pk).exists()


def spokespeople() -> QuerySet[Membership]:
    """The memberships by which people speak for cities: those of governments of a city which the secretariat confirmed.

    A verified domain is not enough: it shows that somebody holds the domain, and anybody can buy one.
    """
    governing = {"kind__in": Organisation.GOVERNMENTS, "city__isnull": False, "confirmed_at__isnull": False}
    return Membership.objects.filter(organisation__in=Organisation.objects.filter(**governing))


def organisations_found(viewer: Viewer, *, text: str = "", kind: str = "", confirmed: str = "") -> QuerySet[Any]:
    """The organisations with `text` in their name and of `kind`, where given, by name, each with its city.

    Those that are not confirmed only for who is signed in; `confirmed` is "yes" or "no" to see one sort alone. Each
    knows whether it `is_confirmed`.
    """
    sure = Exists(confirmed_organisations().filter(pk=OuterRef("pk")))
    rows = Organisation.objects.annotate(is_confirmed=sure).select_related("city").order_by("name", "pk")
    if viewer is None:
        rows = rows.filter(is_confirmed=True)
    if confirmed:
        rows = rows.filter(is_confirmed=confirmed == "yes")
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


def namesakes(name: str) -> list[Organisation]:
    """The organisations of this name in any city or none, each with its city."""
    rows = Organisation.objects.select_related("city").filter(name__iexact=name.strip())
    return list(rows.order_by("pk")[:20])


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
