"""Reaching people and organisations."""

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from metropolis.engine_kit import NotAllowed, NotFound
from metropolis.foundation.accounts.models import Membership, Organisation, Person

Viewer = Person | None


def viewer_of(user: object) -> Viewer:
    """The signed-in person behind a request's `user`, or None for a visitor."""
    return user if isinstance(user, Person) and user.is_active else None


def signed_in(user: object) -> Person:
    """The person behind a request's `user`; `NotAllowed`, which asks to sign in, for a visitor."""
    person = viewer_of(user)
    if person is None:
        raise NotAllowed(_("Sign in first: this is for members."), data={"sign_in": True})
    return person


def person_by_email(email: str) -> Person:
    """The person who signs in with `email`, whatever its letters' case."""
    person = Person.objects.filter(email__iexact=email).first()
    if person is None:
        raise NotFound(_("Nobody has an account with this e-mail address."), field="email")
    return person


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
