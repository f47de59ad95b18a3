"""Reaching people and organisations."""

from metropolis.engine_kit import NotFound
from metropolis.foundation.accounts.models import Membership, Organisation, Person

Viewer = Person | None


def viewer_of(user: object) -> Viewer:
    """The signed-in person behind a request's `user`, or None for a visitor."""
    return user if isinstance(user, Person) and user.is_active else None


def person_by_email(email: str) -> Person:
    """The person who signs in with `email`, whatever its letters' case."""
    person = Person.objects.filter(email__iexact=email).first()
    if person is None:
        message = "Nobody has an account with this e-mail address."
        raise NotFound(message, field="email")
    return person


def organisations() -> list[Organisation]:
    """Every organisation with its city, by name."""
    return list(Organisation.objects.select_related("city").order_by("name"))


def memberships(person: Person) -> list[Membership]:
    """The organisations a person belongs to."""
    rows = Membership.objects.filter(person=person).select_related("organisation__city")
    return list(rows.order_by("organisation__name"))
