"""Registering organisations, and who belongs to them."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from metropolis.engine_kit import Conflict, InvalidInput
from metropolis.foundation.accounts.access import may_in_network, require_in_network
from metropolis.foundation.accounts.models import JoinRequest, Membership, Organisation, Person
from metropolis.foundation.accounts.queries import member_of, organisation, organisation_by_name, stewarded
from metropolis.foundation.history.operations import record
from metropolis.foundation.limits.operations import spend
from metropolis.foundation.records.operations import require_valid
from metropolis.foundation.records.queries import free_slug
from metropolis.foundation.records.values import Reference

REGISTERED_A_DAY = 5


def reference(organisation: Organisation) -> Reference:
    """The address of an organisation in the history."""
    return Reference(kind="organisation", key=organisation.slug)


def register_organisation(
    *, name: str, kind: str, city_id: int | None = None, website: str = "", actor: Person | None = None
) -> Organisation:
    """The organisation of this name in this city; when it is not there yet, it is made and the actor is its steward.

    `TooMany` for somebody who made `REGISTERED_A_DAY`.
    """
    if actor is not None:
        require_in_network(actor, "accounts.register_organisation")
    found = organisation_by_name(name, city_id)
    if found is not None:
        return found
    slug = free_slug(Organisation, name, reserved={"add"})
    row = Organisation(slug=slug, name=name.strip(), kind=kind, city_id=city_id, website=website)
    _require_sound(row)
    if actor is not None:
        spend(limit="register-organisation", key=str(actor.pk), most=REGISTERED_A_DAY, within=timedelta(days=1))
    return _register(row, actor)


@transaction.atomic
def _register(row: Organisation, actor: Person | None) -> Organisation:
    row.save()
    record(actor=actor, verb="register_organisation", reference=reference(row))
    if actor is not None:
        join_organisation(person=actor, organisation=row, is_steward=True)
    return row


@transaction.atomic
def change_organisation(
    *, slug: str, actor: Person, name: str, kind: str, city_id: int | None = None, website: str = ""
) -> Organisation:
    """Change what an organisation says of itself; its address stays. `Conflict` when there is one of that name.

    With another name, kind or city it is no longer what the secretariat confirmed, unless that makes the change.
    """
    row, _steward = stewarded(slug, actor)
    twin = organisation_by_name(name, city_id)
    if twin is not None and twin != row:
        raise Conflict(_("There is an organisation of this name in this city already."), field="name")
    before = {field: getattr(row, field) for field in ("name", "kind", "city_id", "website")}
    row.name, row.kind, row.city_id, row.website = name.strip(), kind, city_id, website
    _require_sound(row)
    is_another = any(getattr(row, field) != before[field] for field in ("name", "kind", "city_id"))
    is_doubtful = is_another and not may_in_network(actor, "accounts.confirm_organisation")
    row.save(update_fields=["name", "kind", "city_id", "website"])
    record(actor=actor, verb="change_organisation", reference=reference(row), data={"before": before})
    if is_doubtful:
        _set_confirmed(row, actor, is_confirmed=False)
    return row


@transaction.atomic
def set_organisation_confirmed(*, slug: str, actor: Person, is_confirmed: bool) -> None:
    """Say for the secretariat that an organisation is what it says, or not any more; said twice changes nothing.

    A government of a city speaks for it from then on.
    """
    require_in_network(actor, "accounts.confirm_organisation")
    _set_confirmed(organisation(slug), actor, is_confirmed=is_confirmed)


def _set_confirmed(row: Organisation, actor: Person, *, is_confirmed: bool) -> None:
    now = timezone.now() if is_confirmed else None
    others = Organisation.objects.filter(pk=row.pk, confirmed_at__isnull=is_confirmed)
    if others.update(confirmed_at=now):
        data = {"is_confirmed": is_confirmed}
        record(actor=actor, verb="set_organisation_confirmed", reference=reference(row), data=data)


def _require_sound(row: Organisation) -> None:
    if row.kind not in Organisation.Kind.values:
        message = f"{row.kind!r} is not a kind of organisation; choose one of {', '.join(Organisation.Kind.values)}."
        raise InvalidInput(message, field="kind")
    require_valid(row)


@transaction.atomic
def join_organisation(*, person: Person, organisation: Organisation, is_steward: bool = False) -> Membership:
    """Make a person a member without asking anybody; joining twice changes nothing. What they asked for is answered.

    For what has been decided already: a request, an invitation, a verified domain, or who is in a demonstration.
    """
    membership, is_new = Membership.objects.get_or_create(
        person=person, organisation=organisation, defaults={"is_steward": is_steward}
    )
    if is_new:
        asked = organisation.join_requests.filter(person=person, state=JoinRequest.State.WAITING)
        asked.update(state=JoinRequest.State.APPROVED, decided_at=timezone.now())
        record(actor=person, verb="join_organisation", reference=reference(organisation))
    return membership


@transaction.atomic
def leave_organisation(*, person: Person, organisation: Organisation) -> None:
    """End a person's membership; leaving twice changes nothing, the last steward may not leave (`Conflict`)."""
    _require_another_steward(organisation, person)
    if Membership.objects.filter(person=person, organisation=organisation).delete()[0]:
        record(actor=person, verb="leave_organisation", reference=reference(organisation))


@transaction.atomic
def set_organisation_role(*, slug: str, actor: Person, person: Person, is_steward: bool) -> None:
    """Make a member of an organisation its steward, or no longer; `Conflict` for the last one.

    The secretariat may end also the last steward's role: it then decides for the organisation itself.
    """
    row, _steward = stewarded(slug, actor)
    member_of(row, person.pk)
    if not is_steward and not may_in_network(actor, "accounts.steward_organisations"):
        _require_another_steward(row, person)
    Membership.objects.filter(organisation=row, person=person).update(is_steward=is_steward)
    if not is_steward:
        _take_back_invitations(row, person)
    data = {"person": person.pk, "is_steward": is_steward}
    record(actor=actor, verb="set_organisation_role", reference=reference(row), data=data)


@transaction.atomic
def remove_from_organisation(*, slug: str, actor: Person, person: Person) -> None:
    """Take somebody out of an organisation; the last steward only by the secretariat (`Conflict` otherwise)."""
    row, _steward = stewarded(slug, actor)
    member_of(row, person.pk)
    if not may_in_network(actor, "accounts.steward_organisations"):
        _require_another_steward(row, person)
    Membership.objects.filter(organisation=row, person=person).delete()
    _take_back_invitations(row, person)
    record(actor=actor, verb="remove_from_organisation", reference=reference(row), data={"person": person.pk})


def _take_back_invitations(organisation: Organisation, person: Person) -> None:
    """Whoever is a steward no more may have invited other stewards: themselves under another address, for one."""
    organisation.invitations.filter(invited_by=person, is_steward=True).delete()


def _require_another_steward(organisation: Organisation, person: Person) -> None:
    """Keep at least one steward, also when the last two step down at the same moment."""
    stewards = Membership.objects.select_for_update().filter(organisation=organisation, is_steward=True)
    people = {row.person_id for row in stewards.order_by("pk")}
    if people == {person.pk}:
        message = _("An organisation needs a steward: make somebody else one first, or write to the secretariat.")
        raise Conflict(message, field="role")
