"""What cities say of their own data before these are published."""

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from metropolis.engine_kit import NotFound
from metropolis.foundation.accounts.queries import Viewer
from metropolis.foundation.workspaces.access import Workspace
from metropolis.tools.barometer.models import Comment, Edition
from metropolis.tools.barometer.queries.barometers import edition, own_units


def comments(row: Edition, workspace: Workspace) -> QuerySet[Comment]:
    """The comments on an edition: all of them for the initiative's members, else those on one's own cities."""
    found = row.comments.select_related("author", "answered_by")
    if workspace.role is not None:
        return found
    return found.filter(unit__in=[unit.code for unit in own_units(row, workspace.viewer)])


def comment(slug: str, label: str, id: int, viewer: Viewer) -> tuple[Comment, Workspace]:
    """One comment on an edition that the viewer may see."""
    row, workspace = edition(slug, label, viewer)
    found = comments(row, workspace).filter(pk=id).first()
    if found is None:
        raise NotFound(_("There is no such comment."), field="comment")
    found.edition = row
    return found, workspace


def units_to_comment_on(row: Edition, workspace: Workspace) -> set[str]:
    """The codes of the units the viewer may comment on: any for a contributor of the initiative, else one's own."""
    if workspace.allows("barometer.comment"):
        return set(row.units.values_list("code", flat=True))
    return {unit.code for unit in own_units(row, workspace.viewer)}
