"""Opening accounts and registering organisations."""

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction

from metropolis.engine_kit import Conflict, InvalidInput
from metropolis.foundation.accounts.models import Membership, NetworkRole, Organisation, Person
from metropolis.foundation.history.operations import record
from metropolis.foundation.records.queries import free_slug
from metropolis.foundation.records.values import Reference


@transaction.atomic
def open_account(
    *, email: str, name: str, password: str, language: str = "", network_role: str = NetworkRole.MEMBER
) -> Person:
    """Create a person who signs in with `email` and `password`.

    `Conflict` when the address is taken, `InvalidInput` when the password is weak or a field is wrong.
    """
    if Person.objects.filter(email__iexact=email).exists():
        message = "There is an account with this e-mail address already; sign in instead."
        raise Conflict(message, field="email")
    person = Person(email=email.strip(), name=name.strip(), language=language, network_role=network_role)
    try:
        validate_password(password, person)
        person.set_password(password)
        person.full_clean()
    except ValidationError as error:
        field = "password" if not hasattr(error, "error_dict") else next(iter(error.error_dict))
        raise InvalidInput(" ".join(error.messages), field=field) from error
    person.save()
    record(actor=person, verb="open_account", reference=Reference(kind="person", key=str(person.pk)))
    return person


@transaction.atomic
def register_organisation(*, name: str, kind: str, city_id: int | None = None, website: str = "") -> Organisation:
    """The organisation of this name in this city, made when it is not there yet."""
    if kind not in Organisation.Kind.values:
        message = f"{kind!r} is not a kind of organisation; choose one of {', '.join(Organisation.Kind.values)}."
        raise InvalidInput(message, field="kind")
    found = Organisation.objects.filter(name__iexact=name, city_id=city_id).first()
    if found is not None:
        return found
    slug = free_slug(Organisation, name)
    return Organisation.objects.create(slug=slug, name=name, kind=kind, city_id=city_id, website=website)


def join_organisation(*, person: Person, organisation: Organisation, is_steward: bool = False) -> Membership:
    """Make a person a member; joining twice changes nothing."""
    return Membership.objects.get_or_create(
        person=person, organisation=organisation, defaults={"is_steward": is_steward}
    )[0]
