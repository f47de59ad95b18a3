"""The gate to practices: every query starts from what the viewer may see."""

from collections.abc import Iterable

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet
from django.utils.translation import gettext as _

from metropolis.engine_kit import NotAllowed, NotFound
from metropolis.foundation.accounts.models import Person
from metropolis.foundation.accounts.queries import Viewer
from metropolis.foundation.history.queries import kept
from metropolis.foundation.places.models import City
from metropolis.foundation.taxonomy.queries import branch
from metropolis.foundation.workspaces.access import Workspace, at_home_in, enter, role_in, visible_to
from metropolis.foundation.workspaces.models import Initiative, ToolInUse
from metropolis.foundation.workspaces.queries import initiatives, workspaces_for
from metropolis.tools.practices.models import Practice, Result
from metropolis.tools.practices.values import PracticeFilter

TOOL = "practices"
#: What is translated, and read for search, in this order.
TRANSLATABLE = (
    "title", "one_line", "summary", "stopped_why", "situation", "problem", "objectives", "actions", "methods",
    "participation", "target_groups", "powers_needed", "evaluation", "co_benefits", "success_factors",
    "limiting_factors", "failures", "lessons", "preconditions",
)  # fmt: skip
_ORDERS = {
    "": ("-updated_at", "-id"),
    "title": ("title", "id"),
    "city": ("city__name", "title", "id"),
    "newest_start": ("-started_on", "-id"),
    "completeness": ("-completeness", "-id"),
}


def practices(viewer: Viewer) -> QuerySet[Practice]:
    """The practices a viewer may see, with what a list of them shows."""
    return _visible(viewer).select_related("city").prefetch_related("initiative", "terms")


def _visible(viewer: Viewer) -> QuerySet[Practice]:
    collecting = ToolInUse.objects.filter(tool=TOOL).values("initiative")
    return Practice.objects.filter(visible_to(viewer), at_home_in(collecting))


def addresses() -> QuerySet[Practice, tuple[str]]:
    """The slug of every public practice, oldest first."""
    return _visible(None).order_by("pk").values_list("slug")


def listed_practices(viewer: Viewer, wanted: PracticeFilter | None) -> QuerySet[Practice]:
    """The practices a viewer may see, narrowed down and in the order wanted; None wants what there is not."""
    if wanted is None:
        return practices(viewer).none()
    columns = {
        "status": wanted.status,
        "language": wanted.language,
        "city__country": wanted.country,
        "initiative__slug": wanted.initiative,
    }
    rows = practices(viewer).filter(**{column: value for column, value in columns.items() if value})
    for vocabulary, code in (("theme", wanted.theme), ("topic", wanted.topic), ("sdg", wanted.sdg)):
        if code:
            tagged = Practice.terms.through.objects.filter(term__in=branch(vocabulary, code))
            # A theme has too many practices to gather and sort them all; other terms have too few to look at each.
            many = Exists(tagged.filter(practice=OuterRef("pk")))
            rows = rows.filter(many if vocabulary == "theme" else Q(pk__in=tagged.values("practice")))
    return rows.order_by(*_ORDERS[wanted.sort])


def practice(slug: str, viewer: Viewer) -> tuple[Practice, Workspace]:
    """One whole practice and the workspace it lives in; `NotFound` when the viewer may not see it."""
    found = _with_parts(_visible(viewer)).filter(slug=slug).first()
    if found is None:
        raise NotFound(_("There is no such practice."), field="practice")
    return found, enter(found.initiative, viewer=viewer)


def practice_to_read(slug: str, viewer: Viewer) -> tuple[Practice, Workspace]:
    """The same for who changes nothing in the row: it may be kept, and then takes two queries."""
    key = _visible(viewer).filter(slug=slug).values_list("pk", flat=True).first()
    found = None if key is None else _whole(key)
    if found is None:
        raise NotFound(_("There is no such practice."), field="practice")
    return found, enter(found.initiative, viewer=viewer)


@kept(100)
def _whole(key: int) -> Practice | None:
    return _with_parts(Practice.objects.all()).filter(pk=key).first()


def _with_parts(rows: QuerySet[Practice]) -> QuerySet[Practice]:
    results = Prefetch("results", Result.objects.select_related("source"))
    parts = ("terms", "building_blocks", "sources", results, "key_dates", "partners", "adopters")
    return rows.select_related("city", "initiative", "author").prefetch_related(*parts)


def practice_to_change(slug: str, viewer: Viewer, right: str) -> tuple[Practice, Person]:
    """One whole practice for a form, and who may use it; `NotAllowed` without the right `practices.<right>` to it."""
    row, workspace = practice(slug, viewer)
    # Who wrote a practice is not who checks it, even where they may change it.
    author = None if right == "review_practice" else row.author
    return row, workspace.require(f"practices.{right}", author=author)


def initiatives_to_add_to(viewer: Viewer) -> tuple[list[Initiative], Person]:
    """The initiatives to which a practice may be added, open ones first, and who may; `NotAllowed` without any."""
    if viewer is None:
        raise NotAllowed(_("Sign in first: this is for members."), data={"sign_in": True})
    found = list(workspaces_for(viewer, TOOL))
    if not found:
        raise NotAllowed(_("You are not yet a contributor of an initiative that collects practices."))
    return found, viewer


def initiatives_to_import_to(viewer: Viewer) -> list[Initiative]:
    """The initiatives into which a viewer may take a file of practices; `NotAllowed` when there is none."""
    found, person = initiatives_to_add_to(viewer)
    workspaces = (Workspace(row, person, role_in(row, person)) for row in found)
    open_to = [workspace.initiative for workspace in workspaces if workspace.allows("practices.import_practices")]
    if not open_to:
        raise NotAllowed(_("Coordinators of an initiative take in files of practices; ask one of them."))
    return open_to


@kept(100)
def initiatives_with_practices(viewer: Viewer) -> list[tuple[str, str]]:
    """The slug and title of each initiative that collects practices and that the viewer may see, by title."""
    rows = initiatives(viewer).filter(tools_in_use__tool=TOOL)
    return list(rows.order_by("title").values_list("slug", "title"))


@kept(100)
def countries_of_practices(viewer: Viewer) -> list[str]:
    """The countries, as two letters, from which the viewer may see a practice."""
    cities = City.objects.filter(pk__in=_visible(viewer).values("city"))
    return list(cities.order_by("country").values_list("country", flat=True).distinct())


@kept(100)
def languages_of_practices(viewer: Viewer) -> list[str]:
    """The original languages of the practices the viewer may see."""
    return sorted(_visible(viewer).order_by().values_list("language", flat=True).distinct())


def visible_keys(viewer: Viewer, keys: Iterable[str]) -> set[str]:
    """Those of the slugs whose practice the viewer may see."""
    rows = _visible(viewer).filter(slug__in=list(keys)).order_by()
    return set(rows.values_list("slug", flat=True))
