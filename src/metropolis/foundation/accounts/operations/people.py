"""Opening accounts and signing in."""

from datetime import timedelta

from django.contrib.auth import authenticate
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from metropolis.engine_kit import Conflict, InvalidInput
from metropolis.foundation.accounts.models import FailedSignIn, NetworkRole, Person
from metropolis.foundation.history.operations import record
from metropolis.foundation.records.operations import require_valid
from metropolis.foundation.records.values import Reference

GUESSES_WITHIN = timedelta(hours=1)


GUESSES_PER_ACCOUNT = 20


GUESSES_PER_ADDRESS = 100


@transaction.atomic
def open_account(
    *, email: str, name: str, password: str, language: str = "", network_role: str = NetworkRole.MEMBER
) -> Person:
    """Create a person who signs in with `email` and `password`.

    `Conflict` when the address is taken, `InvalidInput` when the password is weak or a field is wrong.
    """
    if Person.objects.filter(email__iexact=email).exists():
        raise Conflict(_("There is an account with this e-mail address already; sign in instead."), field="email")
    person = Person(email=email.strip(), name=name.strip(), language=language, network_role=network_role)
    _set_password(person, password, field="password")
    require_valid(person)
    person.save()
    record(actor=person, verb="open_account", reference=Reference(kind="person", key=str(person.pk)))
    return person


def _set_password(person: Person, password: str, *, field: str) -> None:
    try:
        validate_password(password, person)
    except ValidationError as error:
        raise InvalidInput(" ".join(error.messages), field=field) from error
    person.set_password(password)


def check_sign_in(*, email: str, password: str, address: str | None, is_known_device: bool) -> Person:
    """The person who signs in with this address and password.

    `InvalidInput`, the same whether there is such an account or not, for a wrong one; `Conflict` after
    `GUESSES_PER_ACCOUNT` wrong ones for the account or `GUESSES_PER_ADDRESS` from the address within an hour. Not
    atomic, because a guess has to be counted before its password is looked at.
    """
    since = timezone.now() - GUESSES_WITHIN
    FailedSignIn.objects.filter(at__lte=since).delete()
    guess = FailedSignIn.objects.create(email=email.lower(), address=address, is_known_device=is_known_device)
    of_account = FailedSignIn.objects.filter(email=guess.email, is_known_device=is_known_device)
    of_address = FailedSignIn.objects.filter(address=address)
    if of_account.count() > GUESSES_PER_ACCOUNT or of_address.count() > GUESSES_PER_ADDRESS:
        guess.delete()
        raise Conflict(_("There were too many wrong passwords. Wait an hour, then try again."))
    person = authenticate(username=email, password=password)
    if not isinstance(person, Person):
        raise InvalidInput(_("The e-mail address or the password is not right."))
    of_account.filter(address=address).delete()
    return person


@transaction.atomic
def change_account(*, person: Person, name: str, language: str) -> Person:
    """Change what a person says of themselves; `InvalidInput` names the field that is wrong."""
    person.name, person.language = name.strip(), language
    require_valid(person)
    person.save()
    record(actor=person, verb="change_account", reference=Reference(kind="person", key=str(person.pk)))
    return person


@transaction.atomic
def change_password(*, person: Person, password: str, new_password: str) -> Person:
    """Set another password; it ends the person's other sessions. `InvalidInput` when the present one is not right."""
    if not person.check_password(password):
        raise InvalidInput(_("This is not your present password."), field="password")
    _set_password(person, new_password, field="new_password")
    person.save(update_fields=["password"])
    record(actor=person, verb="change_password", reference=Reference(kind="person", key=str(person.pk)))
    return person
