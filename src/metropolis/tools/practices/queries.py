"""Reaching practices: every query starts from what the viewer may see."""

from collections.abc import Iterable, Iterator

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from metropolis.engine_kit import NotFound
from metropolis.foundation.accounts.queries import Viewer
from metropolis.foundation.records.queries import Translations, translations
from metropolis.foundation.records.values import Fact, Findable, Reference, TextVersion
from metropolis.foundation.workspaces.access import Workspace, open_workspace, visible_to
from metropolis.foundation.workspaces.cards import Panel
from metropolis.tools.practices.engine import Completeness, Record, completeness
from metropolis.tools.practices.engine.template import SECTIONS
from metropolis.tools.practices.models import Practice

TOOL = "practices"
#: What is translated, and read for search, in this order.
TRANSLATABLE = (
    "title", "one_line", "summary", "stopped_why", "situation", "problem", "objectives", "actions", "methods",
    "participation", "target_groups", "powers_needed", "evaluation", "co_benefits", "success_factors",
    "limiting_factors", "failures", "lessons", "preconditions",
)  # fmt: skip
#: Practices read into memory at once when all are offered to the index.
BATCH = 1000


def practices(viewer: Viewer) -> QuerySet[Practice]:
    """The practices a viewer may see, with what a list of them shows."""
    rows = Practice.objects.filter(visible_to(viewer), initiative__tools_in_use__tool=TOOL)
    return rows.select_related("city", "initiative").prefetch_related("terms")


def practice(slug: str, viewer: Viewer) -> tuple[Practice, Workspace]:
    """One whole practice and the workspace it lives in; `NotFound` when the viewer may not see it."""
    parts = ("building_blocks", "sources", "results__source", "key_dates", "partners", "adopters")
    found = practices(viewer).prefetch_related(*parts).filter(slug=slug).first()
    if found is None:
        raise NotFound(_("There is no such practice."), field="practice")
    return found, open_workspace(found.initiative.slug, viewer=viewer, tool=TOOL)


def practice_versions(slug: str) -> dict[str, dict[str, tuple[str, str, bool]]]:
    """A practice's translations: language → field → (text, origin, stale)."""
    row = Practice.objects.get(slug=slug)
    return {
        language: {
            name: (field.text, field.origin, field.is_stale(str(getattr(row, name))))
            for name, field in fields.items()
        }
        for language, fields in translations("practice", [slug]).get(slug, {}).items()
    }


def practice_completeness(practice: Practice) -> Completeness:
    """How full a practice's record is, from the rows of one practice."""
    return completeness(Record(fields={name: _told(practice, name) for _w, names in SECTIONS.values() for name in names}))


def _told(practice: Practice, name: str) -> object:
    if name == "topics":
        return [term.code for term in practice.terms.all() if term.vocabulary == "topic"]
    if name in {"building_blocks", "results", "partners"}:
        return len(getattr(practice, name).all())
    return practice.city_id if name == "city" else getattr(practice, name)


def visible_keys(viewer: Viewer, keys: Iterable[str]) -> set[str]:
    """Those of the slugs whose practice the viewer may see."""
    rows = Practice.objects.filter(visible_to(viewer), initiative__tools_in_use__tool=TOOL, slug__in=list(keys))
    return set(rows.values_list("slug", flat=True))


def findable(keys: Iterable[str] | None = None) -> Iterator[Findable]:
    """What public practices offer to search, read in batches of a thousand."""
    rows = practices(None).prefetch_related("results", "building_blocks", "adopters").order_by("pk")
    if keys is not None:
        rows = rows.filter(slug__in=list(keys))
    last = 0
    while batch := list(rows.filter(pk__gt=last)[:BATCH]):
        texts = translations("practice", [row.slug for row in batch])
        for row in batch:
            yield _findable(row, texts)
        last = batch[-1].pk


def _findable(row: Practice, texts: Translations) -> Findable:
    versions = [_version(row.language, {name: str(getattr(row, name)) for name in TRANSLATABLE}, "original")]
    for language, fields in texts.get(row.slug, {}).items():
        origin = next(iter(fields.values())).origin
        versions.append(_version(language, {name: field.text for name, field in fields.items()}, origin))
    codes: dict[str, list[str]] = {"theme": [], "topic": [], "sdg": []}
    for term in row.terms.all():
        codes[term.vocabulary].append(term.code)
    return Findable(
        reference=Reference(kind="practice", key=row.slug),
        url=row.get_absolute_url(),
        texts=tuple(versions),
        workspace=row.initiative.slug,
        city_ids=(row.city_id,),
        adopter_city_ids=tuple(city.pk for city in row.adopters.all()),
        involvement="ran" if row.status in {Practice.Status.ENDED, Practice.Status.STOPPED} else "runs",
        themes=tuple(codes["theme"]),
        topics=tuple(codes["topic"]),
        status=row.status,
        year=int(row.started_on[:4]) if row.started_on else None,
        requires=_requires(row),
        facts=_facts(row),
    )


def _requires(row: Practice) -> dict[str, str]:
    """What a city needs to copy the practice, where it is told."""
    told = {name: getattr(row, name) for name in ("powers_needed", "preconditions", "minimum_capacity")}
    return {name: text for name, text in told.items() if text}


def _facts(row: Practice) -> tuple[Fact, ...]:
    cost = f"{number_format(row.cost_total, 0, force_grouping=True)} {row.cost_currency}" if row.cost_total else None
    year = f" ({row.cost_year})" if cost and row.cost_year else ""
    results = "; ".join(str(result) for result in row.results.all())
    blocks = "; ".join(str(block) for block in row.building_blocks.all())
    return (
        Fact(label=_("Status"), text=row.get_status_display()),
        Fact(label=_("Start"), text=row.started_on or None),
        Fact(label=_("Scale"), text=row.get_scale_display() or None),
        Fact(label=_("Organisation"), text=row.organisation or None),
        Fact(label=_("Results"), text=results or None),
        Fact(label=_("Total cost"), text=f"{cost}{year}" if cost else None),
        Fact(label=_("Powers needed"), text=row.powers_needed or None),
        Fact(label=_("Preconditions"), text=row.preconditions or None),
        Fact(label=_("What made it succeed"), text=row.success_factors or None),
        Fact(label=_("What limited it"), text=row.limiting_factors or None),
        Fact(label=_("Re-usable parts"), text=blocks or None),
    )


def _version(language: str, fields: dict[str, str], origin: str) -> TextVersion:
    body = "\n".join(fields.get(name, "") for name in TRANSLATABLE[3:]).splitlines()
    summary = f"{fields.get('one_line', '')}\n{fields.get('summary', '')}".strip()
    paragraphs = tuple(line.strip() for line in body if line.strip())
    return TextVersion(
        language=language, title=fields.get("title", ""), summary=summary, paragraphs=paragraphs, origin=origin
    )


def panel(initiative_id: int, viewer: Viewer) -> Panel:
    """The latest practices of an initiative, for its page."""
    rows = practices(viewer).filter(initiative_id=initiative_id)
    latest = rows[:6]
    return Panel(
        title=_("Practices"),
        records=tuple((row.title, row.get_absolute_url()) for row in latest),
        total=rows.count(),
        url=reverse("practices:practices"),
        add_url=reverse("practices:add"),
    )
