"""What practices offer to the rest of the house: to search, and to the page of their initiative."""

from collections.abc import Iterable, Iterator

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from metropolis.foundation.accounts.queries import Viewer
from metropolis.foundation.records.queries import Translations, translations
from metropolis.foundation.records.values import Fact, Findable, Reference, TextVersion
from metropolis.foundation.workspaces.cards import Panel
from metropolis.foundation.workspaces.models import Initiative
from metropolis.tools.practices.models import Practice
from metropolis.tools.practices.queries.practices import TRANSLATABLE, practices
from metropolis.tools.practices.queries.sections import amount

#: Practices read into memory at once when all are offered to the index.
BATCH = 1000


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
        if len(batch) < BATCH:
            return
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
    results = "; ".join(str(result) for result in row.results.all())
    blocks = "; ".join(str(block) for block in row.building_blocks.all())
    return (
        Fact(label=_("Status"), text=row.get_status_display() or None),
        Fact(label=_("Start"), text=row.started_on or None),
        Fact(label=_("Scale"), text=row.get_scale_display() or None),
        Fact(label=_("Organisation"), text=row.organisation or None),
        Fact(label=_("Results"), text=results or None),
        Fact(label=_("Total cost"), text=amount(row)),
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
    slug = Initiative.objects.values_list("slug", flat=True).get(pk=initiative_id)
    query = urlencode({"initiative": slug})
    return Panel(
        title=_("Practices"),
        records=tuple((row.title, row.get_absolute_url()) for row in latest),
        total=rows.count(),
        url=f"{reverse('practices:practices')}?{query}",
        add_url=f"{reverse('practices:add')}?{query}",
    )
