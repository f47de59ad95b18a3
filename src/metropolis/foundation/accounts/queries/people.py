"""Reaching people."""

from django.utils.translation import gettext as _

from metropolis.engine_kit import NotAllowed, NotFound
from metropolis.foundation.accounts.models import Person

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
