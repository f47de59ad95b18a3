"""Asking to belong to an organisation, and being asked."""

from datetime import timedelta

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from metropolis.engine_kit import Conflict, InvalidInput, NotFound
from metropolis.foundation.accounts.models import Invitation, JoinRequest, Organisation, Person
from metropolis.foundation.accounts.operations.organisations import join_organisation, reference
from metropolis.foundation.accounts.queries import (
    belongs_to,
    deciders,
    invitation_to,
    invitations_to,
    join_request,
    organisation,
    stewarded,
)
from metropolis.foundation.history.operations import record
from metropolis.foundation.limits.operations import spend
from metropolis.foundation.mail.operations import send_mail

LONGEST_MESSAGE = 1000
A_DAY = timedelta(days=1)
REQUESTS_A_DAY = 10
INVITATIONS_A_DAY = 50
INVITATION_LASTS = timedelta(days=14)


def ask_to_join(*, slug: str, person: Person, message: str) -> JoinRequest:
    """Ask an organisation to take one in; its stewards are told, or the secretariat where it has none.

    `Conflict` for a member, for who is invited, and while a request waits; `TooMany` after `REQUESTS_A_DAY`.
    """
    row = organisation(slug)
    if belongs_to(person, row):
        raise Conflict(_("You belong to it already."))
    if row.join_requests.filter(person=person, state=JoinRequest.State.WAITING).exists():
        raise Conflict(_("Your request waits for an answer already."))
    if invitation_to(row, person) is not None:
        raise Conflict(_("You are invited to it already: accept the invitation."))
    text = _text(message, "message")
    spend(limit="ask-to-join", key=str(person.pk), most=REQUESTS_A_DAY, within=A_DAY)
    return _ask(row, person, text)


@transaction.atomic
def _ask(row: Organisation, person: Person, message: str) -> JoinRequest:
    asked = JoinRequest.objects.create(organisation=row, person=person, message=message)
    record(actor=person, verb="ask_to_join", reference=reference(row))
    for decider in deciders(row):
        _tell(decider, "join_request", asked, key=f"join request {asked.pk} {decider.pk}")
    return asked


@transaction.atomic
def withdraw_join_request(*, slug: str, person: Person) -> None:
    """Take back a request that waits; `NotFound` when there is none."""
    row = organisation(slug)
    if not row.join_requests.filter(person=person, state=JoinRequest.State.WAITING).delete()[0]:
        raise NotFound(_("No request of yours waits there."), field="request")
    record(actor=person, verb="withdraw_join_request", reference=reference(row))


@transaction.atomic
def approve_join_request(*, slug: str, request_id: int, actor: Person) -> None:
    """Take in who asked to join, and tell them; `Conflict` when it was decided before."""
    asked = _decide(slug, request_id, actor, JoinRequest.State.APPROVED)
    join_organisation(person=asked.person, organisation=asked.organisation)


@transaction.atomic
def decline_join_request(*, slug: str, request_id: int, actor: Person, reason: str) -> None:
    """Decline a request with a reason, which is told to who asked; `Conflict` when it was decided before."""
    _decide(slug, request_id, actor, JoinRequest.State.DECLINED, _text(reason, "reason"))


def _decide(slug: str, request_id: int, actor: Person, state: JoinRequest.State, reason: str = "") -> JoinRequest:
    asked = join_request(slug, request_id, actor)
    decision = {"state": state, "reason": reason, "decided_by": actor, "decided_at": timezone.now()}
    if not JoinRequest.objects.filter(pk=asked.pk, state=JoinRequest.State.WAITING).update(**decision):
        raise Conflict(_("Somebody has decided this request already."))
    asked.refresh_from_db(fields=list(decision))
    verb = "approve_join_request" if state == JoinRequest.State.APPROVED else "decline_join_request"
    record(actor=actor, verb=verb, reference=reference(asked.organisation), data={"person": asked.person_id})
    _tell(asked.person, f"join_{state}", asked, key=f"join request {asked.pk} {state}")
    return asked


def _text(text: str, field: str) -> str:
    if not text.strip() or len(text) > LONGEST_MESSAGE:
        raise InvalidInput(_("Write between one and 1,000 characters."), field=field)
    return text.strip()


def _tell(person: Person, template: str, asked: JoinRequest, *, key: str) -> None:
    if asked.state == JoinRequest.State.WAITING:
        path = reverse("accounts:join_request", args=[asked.organisation.slug, asked.pk])
    else:
        path = asked.organisation.get_absolute_url()
    send_mail(
        to=person.email,
        template=f"accounts/mail/{template}",
        context={"person": person, "asked": asked, "organisation": asked.organisation, "path": path},
        language=person.language,
        key=key,
    )


def invite(*, slug: str, actor: Person, email: str, is_steward: bool = False) -> Invitation:
    """Invite whoever holds an e-mail address; they have `INVITATION_LASTS` to accept.

    Whether there is an account with this address is not told. `Conflict` when it is invited, asks or belongs already.
    """
    row, _steward = stewarded(slug, actor)
    address = email.strip()
    try:
        validate_email(address)
    except ValidationError as error:
        raise InvalidInput(_("Write one e-mail address, such as name@city.example."), field="email") from error
    if row.invitations.filter(email__iexact=address).exists():
        raise Conflict(_("This address is invited already; you can send the invitation again."), field="email")
    # Who asks and who belongs is seen by stewards anyway.
    if row.join_requests.filter(state=JoinRequest.State.WAITING, person__email__iexact=address).exists():
        raise Conflict(_("This person asks to join already: answer the request."), field="email")
    if row.memberships.filter(person__email__iexact=address).exists():
        raise Conflict(_("This person belongs to it already."), field="email")
    spend(limit="invite", key=str(actor.pk), most=INVITATIONS_A_DAY, within=A_DAY)
    return _invite(row, actor, address, is_steward=is_steward)


@transaction.atomic
def _invite(row: Organisation, actor: Person, address: str, *, is_steward: bool) -> Invitation:
    now = timezone.now()
    told = {"email": address, "is_steward": is_steward, "invited_by": actor}
    invitation = Invitation.objects.create(organisation=row, sent_at=now, expires_at=now + INVITATION_LASTS, **told)
    record(actor=actor, verb="invite", reference=reference(row), data={"invitation": invitation.pk})
    _send(invitation, actor)
    return invitation


def resend_invitation(*, slug: str, invitation_id: int, actor: Person) -> None:
    """Send an invitation once more, also one that has expired; it is open for another `INVITATION_LASTS`."""
    invitation = _invitation(slug, invitation_id, actor)
    spend(limit="invite", key=str(actor.pk), most=INVITATIONS_A_DAY, within=A_DAY)
    with transaction.atomic():
        invitation.sent_at = timezone.now()
        invitation.expires_at = invitation.sent_at + INVITATION_LASTS
        invitation.save(update_fields=["sent_at", "expires_at"])
        about = {"invitation": invitation.pk}
        record(actor=actor, verb="resend_invitation", reference=reference(invitation.organisation), data=about)
        _send(invitation, actor)


@transaction.atomic
def revoke_invitation(*, slug: str, invitation_id: int, actor: Person) -> None:
    """Take an invitation back; its address is forgotten."""
    invitation = _invitation(slug, invitation_id, actor)
    about = {"invitation": invitation.pk}
    record(actor=actor, verb="revoke_invitation", reference=reference(invitation.organisation), data=about)
    invitation.delete()


def _invitation(slug: str, invitation_id: int, actor: Person) -> Invitation:
    row, _steward = stewarded(slug, actor)
    found = row.invitations.select_related("organisation").filter(pk=invitation_id).first()
    if found is None:
        raise NotFound(_("There is no such invitation any more."), field="invitation")
    return found


def _send(invitation: Invitation, actor: Person) -> None:
    send_mail(
        to=invitation.email,
        template="accounts/mail/invitation",
        context={
            "invitation": invitation,
            "organisation": invitation.organisation,
            "actor": actor,
            "path": reverse("accounts:own_organisations"),
        },
        # Nobody knows the language of who is invited: it is more likely that of who invites than any other.
        language=actor.language,
        key=f"invitation {invitation.pk} {invitation.sent_at.timestamp()}",
    )


@transaction.atomic
def accept_invitation(*, invitation_id: int, person: Person) -> Organisation:
    """Become a member, and a steward where one was invited as that, by an invitation to a confirmed address of one's.

    `NotFound` for one to another address, and for one that has expired, was revoked or is used.
    """
    invitation = _invited(invitation_id, person)
    membership = join_organisation(
        person=person, organisation=invitation.organisation, is_steward=invitation.is_steward
    )
    if invitation.is_steward and not membership.is_steward:
        membership.is_steward = True
        membership.save(update_fields=["is_steward"])
    return _settle(invitation, person, "accept_invitation")


@transaction.atomic
def decline_invitation(*, invitation_id: int, person: Person) -> Organisation:
    """Say no to an invitation to a confirmed address of one's own."""
    return _settle(_invited(invitation_id, person), person, "decline_invitation")


def _invited(invitation_id: int, person: Person) -> Invitation:
    for invitation in invitations_to(person):
        if invitation.pk == invitation_id:
            return invitation
    message = _("There is no such invitation to a confirmed address of yours, or it is no longer open.")
    raise NotFound(message, field="invitation")


def _settle(invitation: Invitation, person: Person, verb: str) -> Organisation:
    if not Invitation.objects.filter(pk=invitation.pk).delete()[0]:
        raise Conflict(_("This invitation was taken back or used a moment ago."))
    record(actor=person, verb=verb, reference=reference(invitation.organisation))
    return invitation.organisation
