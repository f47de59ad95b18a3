"""THE gate: the only way into a workspace and the only judge of rights in it."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.lookups import In
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from metropolis.engine_kit import NotAllowed, NotFound
from metropolis.foundation.accounts.models import Person
from metropolis.foundation.accounts.queries import Viewer
from metropolis.foundation.records.values import Visibility
from metropolis.foundation.workspaces.cards import cards
from metropolis.foundation.workspaces.models import Initiative, Member
from metropolis.foundation.workspaces.values import Right, Role

#: Rights over the initiative itself, beside those on the tools' cards.
NEEDS = {
    "workspaces.change_initiative": Right(Role.COORDINATOR, gettext_lazy("Change what the initiative says of itself")),
    "workspaces.publish_initiative": Right(Role.COORDINATOR, gettext_lazy("Choose who may see the initiative")),
    "workspaces.change_members": Right(Role.STEWARD, gettext_lazy("Give roles and add or remove members")),
    "workspaces.change_tools": Right(Role.COORDINATOR, gettext_lazy("Switch tools on and off")),
    "workspaces.translate_initiative": Right(Role.COORDINATOR, gettext_lazy("Translate the initiative")),
    "workspaces.stop_initiative": Right(Role.STEWARD, gettext_lazy("Say that the initiative has stopped")),
    "workspaces.delete_initiative": Right(Role.STEWARD, gettext_lazy("Delete the initiative")),
    "contact.settle_problem": Right(Role.COORDINATOR, gettext_lazy("Settle problems reported with its records")),
    "documents.add_publication": Right(Role.CONTRIBUTOR, gettext_lazy("Add a publication")),
    "documents.change_publication": Right(Role.COORDINATOR, gettext_lazy("Change a publication")),
    "documents.publish_publication": Right(Role.COORDINATOR, gettext_lazy("Choose who may see a publication")),
    "documents.translate_publication": Right(Role.COORDINATOR, gettext_lazy("Translate a publication")),
    "documents.delete_publication": Right(Role.COORDINATOR, gettext_lazy("Delete a publication")),
}


@dataclass(frozen=True, slots=True)
class Workspace:
    """An initiative as one viewer may enter it; `role` is None for who only sees what is public."""

    initiative: Initiative
    viewer: Viewer
    role: Role | None

    def allows(self, right: str, *, author: Person | None = None) -> bool:
        """Whether the viewer has `right`; an author who may contribute may also change what is their own."""
        if self.role is None:
            return False
        if author is not None and author == self.viewer and self.role >= Role.CONTRIBUTOR:
            return True
        return self.role >= needs()[right].least

    def require(self, right: str, *, author: Person | None = None) -> Person:
        """Give the viewer, or refuse with `NotAllowed` naming the role it takes."""
        if self.viewer is None:
            raise NotAllowed(_("Sign in first: this is for members."), data={"sign_in": True})
        if not self.allows(right, author=author):
            least = needs()[right].least.label
            message = _("This takes the role of %(role)s in “%(initiative)s”; ask one of its stewards.")
            raise NotAllowed(message % {"role": least, "initiative": self.initiative.title})
        return self.viewer


def needs() -> dict[str, Right]:
    """The whole table of rights: each with the least role that has it."""
    return NEEDS | {name: right for card in cards() for name, right in card.needs.items()}


def open_workspace(slug: str, *, viewer: Viewer, tool: str | None = None) -> Workspace:
    """Enter an initiative, and one of its tools.

    `NotFound` when there is none, when the viewer may not know of it, or when the tool is not switched on there.
    """
    initiative = Initiative.objects.filter(slug=slug).first()
    if initiative is None:
        raise NotFound(_("There is no such initiative."), field="initiative")
    workspace = enter(initiative, viewer=viewer)
    if tool is not None and not initiative.tools_in_use.filter(tool=tool).exists():
        raise NotFound(_("This initiative does not use that tool."), field="tool")
    return workspace


def enter(initiative: Initiative, *, viewer: Viewer) -> Workspace:
    """Enter an initiative that is at hand: one query. `NotFound` when the viewer may not know of it."""
    role = role_in(initiative, viewer)
    if role is None and initiative.visibility != Visibility.PUBLIC:
        raise NotFound(_("There is no such initiative."), field="initiative")
    return Workspace(initiative, viewer, role)


def role_in(initiative: Initiative, viewer: Viewer) -> Role | None:
    """The viewer's role: as a member, as an editor of the network, or as anybody in an open initiative."""
    if viewer is None:
        return None
    if viewer.is_editor:
        return Role.STEWARD
    member = Member.objects.filter(initiative=initiative, person=viewer).first()
    if member is not None:
        return Role(member.role)
    return Role.CONTRIBUTOR if initiative.is_open and initiative.visibility == Visibility.PUBLIC else None


def at_home_in(initiatives: QuerySet[Any, Any], initiative: str = "initiative") -> Q:
    """The condition under which a record's initiative is among `initiatives`, a query of their keys.

    They are listed once and not looked up for each record: that takes a quarter of the time where many are counted. The
    zero keeps databases from beginning with the initiatives and then sorting all the records of a large one.
    """
    return Q(In(F(f"{initiative}_id") + 0, initiatives.query))


def visible_to(viewer: Viewer, *, initiative: str = "initiative") -> Q:
    """The condition under which a record with an author, a visibility and an initiative may be seen.

    Public records of public initiatives by everybody; internal ones by members; drafts by their author and by
    coordinators; all by the network's editors. Pass an empty `initiative` for initiatives themselves, which their
    members always see.
    """
    public = Q(visibility=Visibility.PUBLIC)
    open_homes = Initiative.objects.filter(visibility=Visibility.PUBLIC).values("pk")
    entered = at_home_in(open_homes, initiative) if initiative else Q()
    if viewer is None:
        return public & entered
    if viewer.is_editor:
        return Q()
    member = Member.objects.filter(initiative=OuterRef(f"{initiative}_id" if initiative else "pk"), person=viewer)
    if not initiative:
        return public | Q(Exists(member))
    own = Q(author=viewer) & (entered | Q(Exists(member)))
    internal = Q(Exists(member)) & ~Q(visibility=Visibility.DRAFT)
    drafts = Q(Exists(member.filter(role__gte=Role.COORDINATOR)))
    return public & entered | own | internal | drafts
