"""Who belongs to an initiative, and who is asked to."""

from datetime import timedelta

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from metropolis.engine_kit import Conflict, NotFound
from metropolis.foundation.accounts.models import Person
from metropolis.foundation.history.operations import record
from metropolis.foundation.limits.operations import spend
from metropolis.foundation.mail.operations import send_mail
from metropolis.foundation.records.operations import require_valid
from metropolis.foundation.workspaces.access import open_workspace
from metropolis.foundation.workspaces.models import Initiative, Invitation, Member
from metropolis.foundation.workspaces.operations.initiatives import reference
from metropolis.foundation.workspaces.queries import invitations_to
from metropolis.foundation.workspaces.values import Role

INVITATIONS_A_DAY = 50
INVITATION_LASTS = timedelta(days=14)


def invite_member(*, slug: str, actor: Person, email: str, role: Role) -> Invitation:
    """Invite whoever holds an e-mail address; they have `INVITATION_LASTS` to accept.

    Whether there is an account with this address is not told. To invite an address again sends another mail, and the
    role is the one given last. `InvalidInput` for what is no address, `Conflict` for a member's.
    """
    workspace = open_workspace(slug, viewer=actor)
    workspace.require("workspaces.change_members")
    initiative, address = workspace.initiative, email.strip()
    if initiative.members.filter(person__email__iexact=address).exists():
        raise Conflict(_("This person is a member already."), field="email")
    row = initiative.invitations.filter(email__iexact=address).first() or Invitation(
        initiative=initiative, email=address
    )
    row.role, row.invited_by, row.expires_at = role, actor, timezone.now() + INVITATION_LASTS
    require_valid(row)
    spend(limit="invite", key=str(actor.pk), most=INVITATIONS_A_DAY, within=timedelta(days=1))
    _send(row, actor)
    return row


@transaction.atomic
def _send(row: Invitation, actor: Person) -> None:
    row.save()
    _note(row.initiative, actor, "invite_member", invitation=row.pk)
    send_mail(
        to=row.email,
        template="workspaces/mail/invitation",
        context={
            "invitation": row,
            "initiative": row.initiative,
            "actor": actor,
            "path": reverse("workspaces:own"),
        },
        # Nobody knows the language of who is invited: it is more likely that of who invites than any other.
        language=actor.language,
        key=f"initiative invitation {row.pk} {row.expires_at.timestamp()}",
    )


@transaction.atomic
def revoke_invitation(*, slug: str, invitation_id: int, actor: Person) -> None:
    """Take an invitation back; its address is forgotten. `NotFound` when it is used or taken back already."""
    workspace = open_workspace(slug, viewer=actor)
    workspace.require("workspaces.change_members")
    if not workspace.initiative.invitations.filter(pk=invitation_id).delete()[0]:
        raise NotFound(_("There is no such invitation any more."), field="invitation")
    _note(workspace.initiative, actor, "revoke_invitation", invitation=invitation_id)


@transaction.atomic
def accept_invitation(*, invitation_id: int, person: Person) -> Initiative:
    """Become a member by an invitation to a confirmed address of one's own; who is one keeps a role that may more.

    `NotFound` for one to another address, and for one that has expired, was taken back or is used.
    """
    invitation = _used(invitation_id, person)
    member = join_initiative(initiative=invitation.initiative, person=person, role=Role(invitation.role))
    if member.role < invitation.role:
        member.role = invitation.role
        member.save(update_fields=["role"])
    return invitation.initiative


@transaction.atomic
def decline_invitation(*, invitation_id: int, person: Person) -> Initiative:
    """Say no to an invitation to a confirmed address of one's own."""
    initiative = _used(invitation_id, person).initiative
    _note(initiative, person, "decline_invitation")
    return initiative


def _used(invitation_id: int, person: Person) -> Invitation:
    """An open invitation to a person, which by now is gone."""
    for invitation in invitations_to(person):
        if invitation.pk == invitation_id and Invitation.objects.filter(pk=invitation_id).delete()[0]:
            return invitation
    message = _("There is no such invitation to a confirmed address of yours, or it is no longer open.")
    raise NotFound(message, field="invitation")


@transaction.atomic
def join_initiative(*, initiative: Initiative, person: Person, role: Role) -> Member:
    """Make a person a member without asking anybody; joining twice changes nothing.

    For what has been decided already: an invitation, or who is in a demonstration.
    """
    member, is_new = Member.objects.get_or_create(initiative=initiative, person=person, defaults={"role": role})
    if is_new:
        _note(initiative, person, "join_initiative", role=int(role))
    return member


@transaction.atomic
def set_role(*, slug: str, actor: Person, person: Person, role: Role) -> Member:
    """Give a member another role; `NotFound` for who is none, `Conflict` for the last steward."""
    workspace = open_workspace(slug, viewer=actor)
    workspace.require("workspaces.change_members")
    member = workspace.initiative.members.filter(person=person).first()
    if member is None:
        raise NotFound(_("This person is not a member of the initiative."), field="person")
    if role != Role.STEWARD:
        _require_another_steward(workspace.initiative, person)
        _take_back_invitations(workspace.initiative, person)
    member.role = role
    member.save(update_fields=["role"])
    _note(workspace.initiative, actor, "set_role", person=person.pk, role=int(role))
    return member


@transaction.atomic
def remove_member(*, slug: str, actor: Person, person: Person) -> None:
    """Take a person out of an initiative; everybody may leave it, but for its last steward (`Conflict`)."""
    workspace = open_workspace(slug, viewer=actor)
    if person != actor:
        workspace.require("workspaces.change_members")
    _require_another_steward(workspace.initiative, person)
    if not workspace.initiative.members.filter(person=person).delete()[0]:
        raise NotFound(_("This person is not a member of the initiative."), field="person")
    _take_back_invitations(workspace.initiative, person)
    _note(workspace.initiative, actor, "remove_member", person=person.pk)


def _take_back_invitations(initiative: Initiative, person: Person) -> None:
    """Whoever is a steward no more may have invited other stewards: themselves under another address, for one."""
    initiative.invitations.filter(invited_by=person, role=Role.STEWARD).delete()


def _require_another_steward(initiative: Initiative, person: Person) -> None:
    """Keep at least one steward, also when the last two step down at the same moment."""
    stewards = Member.objects.select_for_update().filter(initiative=initiative, role=Role.STEWARD)
    if {row.person_id for row in stewards.order_by("pk")} == {person.pk}:
        raise Conflict(_("An initiative needs a steward: make somebody else one first."), field="role")


def _note(initiative: Initiative, actor: Person, verb: str, **data: int) -> None:
    record(actor=actor, verb=verb, reference=reference(initiative), workspace=initiative.slug, data=data)
