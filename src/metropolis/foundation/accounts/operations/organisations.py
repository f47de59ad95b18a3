"""Registering, joining and leaving organisations."""

from django.db import transaction

from metropolis.engine_kit import InvalidInput
from metropolis.foundation.accounts.models import Membership, Organisation, Person
from metropolis.foundation.history.operations import record
from metropolis.foundation.records.operations import require_valid
from metropolis.foundation.records.queries import free_slug
from metropolis.foundation.records.values import Reference


@transaction.atomic
def register_organisation(
    *, name: str, kind: str, city_id: int | None = None, website: str = "", actor: Person | None = None
) -> Organisation:
    """The organisation of this name in this city, made when it is not there yet."""
    if kind not in Organisation.Kind.values:
        message = f"{kind!r} is not a kind of organisation; choose one of {', '.join(Organisation.Kind.values)}."
        raise InvalidInput(message, field="kind")
    found = Organisation.objects.filter(name__iexact=name.strip(), city=city_id).first()
    if found is not None:
        return found
    slug = free_slug(Organisation, name, reserved={"add"})
    row = Organisation(slug=slug, name=name.strip(), kind=kind, city_id=city_id, website=website)
    require_valid(row)
    row.save()
    record(actor=actor, verb="register_organisation", reference=Reference(kind="organisation", key=slug))
    return row


@transaction.atomic
def join_organisation(*, person: Person, organisation: Organisation, is_steward: bool = False) -> Membership:
    """Make a person a member; joining twice changes nothing."""
    membership, is_new = Membership.objects.get_or_create(
        person=person, organisation=organisation, defaults={"is_steward": is_steward}
    )
    if is_new:
        reference = Reference(kind="organisation", key=organisation.slug)
        record(actor=person, verb="join_organisation", reference=reference)
    return membership


@transaction.atomic
def leave_organisation(*, person: Person, organisation: Organisation) -> None:
    """End a person's membership; leaving twice changes nothing."""
    if Membership.objects.filter(person=person, organisation=organisation).delete()[0]:
        reference = Reference(kind="organisation", key=organisation.slug)
        record(actor=person, verb="leave_organisation", reference=reference)
