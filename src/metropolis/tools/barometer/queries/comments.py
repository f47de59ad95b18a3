"""What cities say of their own data before these are published."""

from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext as _

from metropolis.engine_kit import NotFound
from metropolis.foundation.accounts.models import Person
from metropolis.foundation.accounts.queries import Viewer, spokespeople
from metropolis.foundation.workspaces.access import Workspace
from metropolis.foundation.workspaces.models import Member
from metropolis.foundation.workspaces.values import Role
from metropolis.tools.barometer.models import Comment, Edition
from metropolis.tools.barometer.queries.barometers import edition, own_units


def comments(row: Edition, workspace: Workspace) -> QuerySet[Comment]:
    """The comments on an edition, those without an answer first.

    All of them for the initiative's members, else those on one's own cities.
    """
    found = row.comments.order_by(F("answered_at").asc(nulls_first=True), "id")
    if hears_cities(workspace):
        return found
    return found.filter(unit__in=[unit.code for unit in own_units(row, workspace.viewer)])


def hears_cities(workspace: Workspace) -> bool:
    """Whether the viewer reads what every city says: a member, or an editor of the network.

    Not everybody who may contribute to an open initiative: cities speak to those who make the barometer.
    """
    home, viewer = workspace.initiative, workspace.viewer
    if viewer is None or workspace.role is None:
        return False
    return not home.is_open or viewer.is_editor or Member.objects.filter(initiative=home, person=viewer).exists()


def comment(slug: str, label: str, id: int, viewer: Viewer) -> tuple[Comment, Workspace]:
    """One comment on an edition that the viewer may see."""
    row, workspace = edition(slug, label, viewer)
    found = comments(row, workspace).filter(pk=id).first()
    if found is None:
        raise NotFound(_("There is no such comment."), field="comment")
    found.edition = row
    return found, workspace


def makers(row: Edition) -> list[Person]:
    """Who is told of comments: the initiative's coordinators and stewards, and who began the barometer."""
    home = row.barometer
    leading = Member.objects.filter(initiative=home.initiative, role__gte=Role.COORDINATOR).values("person")
    return list(Person.objects.filter(Q(pk__in=leading) | Q(pk=home.author_id), is_active=True).order_by("pk"))


def people_of_cities(row: Edition) -> list[Person]:
    """Whoever speaks for a city in the edition."""
    cities = row.units.exclude(city=None).values("city")
    members = spokespeople().filter(organisation__city__in=cities).values("person")
    return list(Person.objects.filter(pk__in=members, is_active=True).order_by("pk"))


def units_to_comment_on(row: Edition, workspace: Workspace) -> set[str]:
    """The codes of the units the viewer may comment on: any for a contributor of the initiative, else one's own."""
    if workspace.allows("barometer.comment") and hears_cities(workspace):
        return set(row.units.values_list("code", flat=True))
    return {unit.code for unit in own_units(row, workspace.viewer)}
