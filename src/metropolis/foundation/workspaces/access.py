"""THE gate: the only way into a workspace and the only judge of rights in it."""

from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from metropolis.engine_kit import NotAllowed, NotFound
from metropolis.foundation.accounts.models import Person
from metropolis.foundation.accounts.queries import Viewer
from metropolis.foundation.records.values import Visibility
from metropolis.foundation.workspaces.cards import cards
from metropolis.foundation.workspaces.models import Initiative, Member
from metropolis.foundation.workspaces.values import Role

#: Rights over the initiative itself, beside those on the tools' cards.
NEEDS = {
    "workspaces.change_initiative": Role.COORDINATOR,
    "workspaces.publish_initiative": Role.COORDINATOR,
    "workspaces.change_members": Role.STEWARD,
    "workspaces.change_tools": Role.COORDINATOR,
    "workspaces.translate_initiative": Role.COORDINATOR,
    "workspaces.stop_initiative": Role.STEWARD,
    "workspaces.delete_initiative": Role.STEWARD,
    "documents.add_publication": Role.CONTRIBUTOR,
    "documents.change_publication": Role.COORDINATOR,
    "documents.publish_publication": Role.COORDINATOR,
    "documents.translate_publication": Role.COORDINATOR,
    "documents.delete_publication": Role.COORDINATOR,
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
        return self.role >= needs()[right]

    def require(self, right: str, *, author: Person | None = None) -> Person:
        """Give the viewer, or refuse with `NotAllowed` naming the role it takes."""
        if self.viewer is None:
            raise NotAllowed(_("Sign in first: this is for members."), data={"sign_in": True})
        if not self.allows(right, author=author):
            least = needs()[right].label
            message = _("This takes the role of %(role)s in “%(initiative)s”; ask one of its stewards.")
            raise NotAllowed(message % {"role": least, "initiative": self.initiative.title})
        return self.viewer


def needs() -> dict[str, Role]:
    """The whole table of rights: each with the least role that has it."""
    return NEEDS | {right: role for card in cards() for right, role in card.needs.items()}


def open_workspace(slug: str, *, viewer: Viewer, tool: str | None = None) -> Workspace:
    """Enter an initiative, and one of its tools.

    `NotFound` when there is none, when the viewer may not know of it, or when the tool is not switched on there.
    """
    initiative = Initiative.objects.filter(slug=slug).first()
    role = None if initiative is None else role_in(initiative, viewer)
    if initiative is None or (role is None and initiative.visibility != Visibility.PUBLIC):
        raise NotFound(_("There is no such initiative."), field="initiative")
    if tool is not None and not initiative.tools_in_use.filter(tool=tool).exists():
        raise NotFound(_("This initiative does not use that tool."), field="tool")
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


def visible_to(viewer: Viewer, *, initiative: str = "initiative") -> Q:
    """The condition under which a record with an author, a visibility and an initiative may be seen.

    Public records of public initiatives by everybody; internal ones by members; drafts by their author and by
    coordinators; all by the network's editors. Pass an empty `initiative` for initiatives themselves, which their
    members always see.
    """
    public = Q(visibility=Visibility.PUBLIC)
    # Not joined: with a join, the database may begin with the initiatives and sort all the records of a large one.
    home = Initiative.objects.filter(pk=OuterRef(f"{initiative}_id"), visibility=Visibility.PUBLIC)
    entered = Q(Exists(home)) if initiative else Q()
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
