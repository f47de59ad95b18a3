"""Reaching initiatives."""

from collections.abc import Iterable, Iterator

from django.db.models import Count, QuerySet

from metropolis.foundation.accounts.queries import Viewer
from metropolis.foundation.records.queries import Translations, translations
from metropolis.foundation.records.values import Fact, Findable, Reference, TextVersion, Visibility
from metropolis.foundation.workspaces.access import Workspace, open_workspace, visible_to
from metropolis.foundation.workspaces.models import Initiative, ToolInUse

TRANSLATABLE = ("title", "one_line", "story", "seeks", "offers")


def initiatives(viewer: Viewer) -> QuerySet[Initiative]:
    """The initiatives a viewer may see, with what a list of them shows."""
    rows = Initiative.objects.filter(visible_to(viewer, initiative=""))
    return rows.select_related("lead_city").prefetch_related("terms", "partners__city")


def initiative(slug: str, viewer: Viewer) -> Workspace:
    """One initiative with its partners, tools and number of followers; `NotFound` when the viewer may not see it."""
    workspace = open_workspace(slug, viewer=viewer)
    rows = Initiative.objects.select_related("lead_city").annotate(follower_count=Count("followers"))
    full = rows.prefetch_related("terms", "cities", "partners__city", "tools_in_use")
    return Workspace(full.get(pk=workspace.initiative.pk), viewer, workspace.role)


def workspaces_for(viewer: Viewer, tool: str) -> QuerySet[Initiative]:
    """The initiatives with this tool in which the viewer may contribute, open ones first."""
    using = ToolInUse.objects.filter(tool=tool).values("initiative")
    rows = initiatives(viewer).filter(pk__in=using)
    if viewer is None:
        return rows.none()
    if not viewer.is_editor:
        mine = Initiative.objects.filter(members__person=viewer, members__role__gte=2).values("pk")
        rows = rows.filter(pk__in=mine) | rows.filter(is_open=True)
    return rows.order_by("-is_open", "title")


def is_following(slug: str, viewer: Viewer) -> bool:
    """Whether the viewer follows an initiative."""
    return viewer is not None and Initiative.objects.filter(slug=slug, followers__person=viewer).exists()


def visible_keys(viewer: Viewer, keys: Iterable[str]) -> set[str]:
    """Those of the slugs whose initiative the viewer may see."""
    rows = Initiative.objects.filter(visible_to(viewer, initiative=""), slug__in=list(keys))
    return set(rows.values_list("slug", flat=True))


def findable(keys: Iterable[str] | None = None) -> Iterator[Findable]:
    """What public initiatives offer to search."""
    rows = initiatives(None).prefetch_related("cities")
    if keys is not None:
        rows = rows.filter(slug__in=list(keys))
    found = list(rows)
    texts = translations("initiative", [row.slug for row in found])
    for row in found:
        yield _findable(row, texts)


def _findable(row: Initiative, texts: Translations) -> Findable:
    versions = [_version(row.language, {field: getattr(row, field) for field in TRANSLATABLE}, "original")]
    for language, fields in texts.get(row.slug, {}).items():
        origin = next(iter(fields.values())).origin
        versions.append(_version(language, {name: field.text for name, field in fields.items()}, origin))
    cities = [city.pk for city in row.cities.all()] + [p.city_id for p in row.partners.all() if p.city_id]
    if row.lead_city_id:
        cities.insert(0, row.lead_city_id)
    codes: dict[str, tuple[str, ...]] = {
        vocabulary: tuple(term.code for term in row.terms.all() if term.vocabulary == vocabulary)
        for vocabulary in ("theme", "topic")
    }
    return Findable(
        reference=Reference(kind="initiative", key=row.slug),
        url=row.get_absolute_url(),
        texts=tuple(versions),
        workspace=row.slug,
        city_ids=tuple(dict.fromkeys(cities)),
        themes=codes["theme"],
        topics=codes["topic"],
        status=row.status,
        year=int(row.started_on[:4]) if row.started_on else None,
        facts=tuple(
            Fact(label=str(figure["label"]), text=str(figure["text"])) for figure in row.figures if "text" in figure
        ),
    )


def _version(language: str, fields: dict[str, str], origin: str) -> TextVersion:
    paragraphs = "\n".join(fields.get(name, "") for name in ("story", "seeks", "offers")).splitlines()
    return TextVersion(
        language=language,
        title=fields.get("title", ""),
        summary=fields.get("one_line", ""),
        paragraphs=tuple(line.strip() for line in paragraphs if line.strip()),
        origin=origin,
    )


def public_count() -> int:
    """How many initiatives everybody can see."""
    return Initiative.objects.filter(visibility=Visibility.PUBLIC).count()
