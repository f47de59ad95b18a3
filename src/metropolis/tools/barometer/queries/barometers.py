"""The gate to barometers and editions: every query starts from what the viewer may see."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet
from django.utils.translation import gettext as _

from metropolis.engine_kit import Conflict, NotAllowed, NotFound
from metropolis.foundation.accounts.models import Membership, Person
from metropolis.foundation.accounts.queries import Viewer, spokespeople
from metropolis.foundation.workspaces.access import Workspace, at_home_in, enter, role_in, visible_to
from metropolis.foundation.workspaces.models import Initiative, Member, ToolInUse
from metropolis.foundation.workspaces.queries import workspaces_for
from metropolis.foundation.workspaces.values import Role
from metropolis.tools.barometer.models import Barometer, Edition, Unit

TOOL = "barometer"
#: What lists of editions do not read: it may weigh megabytes.
_HEAVY = ("material", "outcome", "former", "refused")


def barometers(viewer: Viewer) -> QuerySet[Barometer]:
    """The barometers a viewer may see, with what a list of them shows, and their last published edition."""
    published = Edition.objects.filter(state=Edition.State.PUBLISHED).defer(*_HEAVY)
    last = Prefetch("editions", published, to_attr="published_editions")
    return _visible(viewer).select_related("initiative").prefetch_related("terms", last)


def _visible(viewer: Viewer) -> QuerySet[Barometer]:
    using = ToolInUse.objects.filter(tool=TOOL).values("initiative")
    return Barometer.objects.filter(visible_to(viewer), at_home_in(using))


def visible_keys(viewer: Viewer, keys: Iterable[str]) -> set[str]:
    """Those of the slugs whose barometer the viewer may see."""
    return set(_visible(viewer).filter(slug__in=list(keys)).order_by().values_list("slug", flat=True))


def addresses() -> QuerySet[Barometer, tuple[str]]:
    """The slug of every public barometer, oldest first."""
    return _visible(None).order_by("pk").values_list("slug")


def barometer(slug: str, viewer: Viewer) -> tuple[Barometer, Workspace]:
    """One barometer and the workspace it lives in; `NotFound` when the viewer may not see it."""
    found = _visible(viewer).select_related("initiative", "author").filter(slug=slug).first()
    if found is None:
        raise NotFound(_("There is no such barometer."), field="barometer")
    return found, enter(found.initiative, viewer=viewer)


def barometer_to_change(slug: str, viewer: Viewer, right: str) -> tuple[Barometer, Person]:
    """One barometer for a form, and who may use it; `NotAllowed` without the right `barometer.<right>` to it."""
    row, workspace = barometer(slug, viewer)
    return row, workspace.require(f"barometer.{right}", author=row.author)


def initiatives_to_add_to(viewer: Viewer) -> tuple[list[Initiative], Person]:
    """The initiatives in which the viewer may begin a barometer, and who that is; `NotAllowed` without any."""
    if viewer is None:
        raise NotAllowed(_("Sign in first: this is for members."), data={"sign_in": True})
    homes = [Workspace(row, viewer, role_in(row, viewer)) for row in workspaces_for(viewer, TOOL)]
    found = [home.initiative for home in homes if home.allows("barometer.add_barometer")]
    if not found:
        raise NotAllowed(_("Coordinators begin barometers in initiatives that use the tool; you are in none."))
    return found, viewer


def _editions(viewer: Viewer) -> QuerySet[Edition]:
    """The editions a viewer may see.

    A published one as its barometer; one that is with the cities also by the initiative's members and by whoever
    speaks for a city in it; a draft by coordinators and the barometer's author.
    """
    using = ToolInUse.objects.filter(tool=TOOL).values("initiative")
    rows = Edition.objects.filter(at_home_in(using, "barometer__initiative"))
    published = Q(state=Edition.State.PUBLISHED, barometer__in=_visible(viewer).order_by().values("pk"))
    if viewer is None:
        return rows.filter(published)
    if viewer.is_editor:
        return rows
    member = Member.objects.filter(initiative=OuterRef("barometer__initiative"), person=viewer)
    makers = Exists(member.filter(role__gte=Role.COORDINATOR)) | Exists(member) & Q(barometer__author=viewer)
    consulted = Exists(member) | Exists(Unit.objects.filter(edition=OuterRef("pk"), city__in=_own_cities(viewer)))
    return rows.filter(published | makers | Q(state=Edition.State.CONSULTATION) & consulted)


def editions(row: Barometer, viewer: Viewer) -> list[Edition]:
    """The editions of a barometer that the viewer may see, newest first, without what they are computed from."""
    return list(_editions(viewer).filter(barometer=row).defer(*_HEAVY))


def consultations(viewer: Viewer) -> list[Edition]:
    """The editions that wait for a comment of a city the viewer speaks for, newest first."""
    if viewer is None:
        return []
    mine = Unit.objects.filter(city__in=_own_cities(viewer)).values("edition")
    rows = _editions(viewer).filter(state=Edition.State.CONSULTATION, pk__in=mine)
    return list(rows.select_related("barometer").defer(*_HEAVY))


def edition(slug: str, label: str, viewer: Viewer) -> tuple[Edition, Workspace]:
    """One edition, without what it is computed from, and its workspace; `NotFound` when the viewer may not see it."""
    rows = _editions(viewer).select_related("barometer__initiative", "barometer__author").defer(*_HEAVY)
    found = rows.filter(barometer__slug=slug, label=label).first()
    if found is None:
        raise NotFound(_("There is no such edition."), field="edition")
    initiative = found.barometer.initiative
    # Not by `enter`: somebody of a city in it need not know of the initiative otherwise.
    return found, Workspace(initiative, viewer, role_in(initiative, viewer))


def latest_edition(slug: str, viewer: Viewer) -> Edition | None:
    """The last published edition of a barometer, or None."""
    rows = _editions(viewer).filter(barometer__slug=slug, state=Edition.State.PUBLISHED)
    return rows.select_related("barometer__initiative").defer(*_HEAVY).first()


def edition_to_change(slug: str, label: str, viewer: Viewer, right: str = "change_edition") -> tuple[Edition, Person]:
    """One edition that is not published, for a form or an operation, and who may change it.

    `NotAllowed` without the right `barometer.<right>`; `Conflict` for a published one: nothing of it ever changes.
    """
    row, workspace = edition(slug, label, viewer)
    # Whoever began a barometer makes its editions; publishing one for good takes a steward all the same.
    author = row.barometer.author if right == "change_edition" else None
    person = workspace.require(f"barometer.{right}", author=author)
    if row.state == Edition.State.PUBLISHED:
        raise Conflict(_("A published edition stays as it is: make a new one to correct it."), field="edition")
    return row, person


def own_units(row: Edition, viewer: Viewer) -> list[Unit]:
    """The units of an edition that the viewer speaks for: those of the cities they speak for (`spokespeople`)."""
    if viewer is None:
        return []
    return list(row.units.filter(city__in=_own_cities(viewer)).select_related("city"))


def _own_cities(person: Person) -> QuerySet[Membership, Any]:
    """The cities for which somebody speaks, as a part of a query."""
    return spokespeople().filter(person=person).values("organisation__city")
