"""What practices offer to the rest of the house: to search, and to the page of their initiative."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from django.db.models import Prefetch
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from metropolis.foundation.accounts.queries import Viewer
from metropolis.foundation.places.models import City
from metropolis.foundation.records.queries import Translations, text_versions, translations
from metropolis.foundation.records.values import Fact, Findable, Reference
from metropolis.foundation.taxonomy.models import Term
from metropolis.foundation.workspaces.cards import Panel, latest_of
from metropolis.foundation.workspaces.models import Initiative
from metropolis.tools.practices.models import Practice
from metropolis.tools.practices.queries.practices import TRANSLATABLE, practices
from metropolis.tools.practices.queries.sections import amount

#: Practices read into memory at once when all are offered to the index.
BATCH = 1000


class _Words(NamedTuple):
    """What the facts of all practices are called; translated once and not for every row."""

    labels: tuple[str, ...]
    statuses: dict[str, str]
    scales: dict[str, str]


def findable(keys: Iterable[str] | None = None) -> Iterator[Findable]:
    """What public practices offer to search, read in batches of a thousand."""
    # Every page of answers asks for twenty of them, and of what surrounds them only these columns.
    rows = practices(None).select_related(None).prefetch_related(None).order_by("pk")
    rows = rows.prefetch_related(
        Prefetch("initiative", Initiative.objects.only("slug")),
        Prefetch("terms", Term.objects.only("vocabulary", "code")),
        Prefetch("adopters", City.objects.only("pk")),
        *("results", "building_blocks"),
    )
    if keys is not None:
        rows = rows.filter(slug__in=list(keys))
    words = _words()
    last = 0
    while batch := list(rows.filter(pk__gt=last)[:BATCH]):
        texts = translations("practice", [row.slug for row in batch])
        for row in batch:
            yield _findable(row, texts, words)
        if len(batch) < BATCH:
            return
        last = batch[-1].pk


def _findable(row: Practice, texts: Translations, words: _Words) -> Findable:
    codes: dict[str, list[str]] = {"theme": [], "topic": [], "sdg": []}
    for term in row.terms.all():
        codes[term.vocabulary].append(term.code)
    return Findable(
        reference=Reference(kind="practice", key=row.slug),
        url=row.get_absolute_url(),
        texts=text_versions(row, texts.get(row.slug, {}), summary=("one_line", "summary"), body=TRANSLATABLE[3:]),
        workspace=row.initiative.slug,
        city_ids=(row.city_id,),
        adopter_city_ids=tuple(city.pk for city in row.adopters.all()),
        involvement="ran" if row.status in {Practice.Status.ENDED, Practice.Status.STOPPED} else "runs",
        themes=tuple(codes["theme"]),
        topics=tuple(codes["topic"]),
        status=row.status,
        year=int(row.started_on[:4]) if row.started_on else None,
        requires=_requires(row),
        facts=_facts(row, words),
    )


def _requires(row: Practice) -> dict[str, str]:
    """What a city needs to copy the practice, where it is told."""
    told = {name: getattr(row, name) for name in ("powers_needed", "preconditions", "minimum_capacity")}
    return {name: text for name, text in told.items() if text}


def _words() -> _Words:
    return _Words(
        labels=(
            _("Status"),
            _("Start"),
            _("Scale"),
            _("Organisation"),
            _("Results"),
            _("Total cost"),
            _("Powers needed"),
            _("Preconditions"),
            _("What made it succeed"),
            _("What limited it"),
            _("Re-usable parts"),
        ),
        statuses={value: str(label) for value, label in Practice.Status.choices},
        scales={value: str(label) for value, label in Practice.Scale.choices},
    )


def _facts(row: Practice, words: _Words) -> tuple[Fact, ...]:
    told = (
        words.statuses.get(row.status),
        row.started_on,
        words.scales.get(row.scale),
        row.organisation,
        "; ".join(str(result) for result in row.results.all()),
        amount(row),
        row.powers_needed,
        row.preconditions,
        row.success_factors,
        row.limiting_factors,
        "; ".join(str(block) for block in row.building_blocks.all()),
    )
    return tuple(Fact(label=label, text=text or None) for label, text in zip(words.labels, told, strict=True))


def panel(initiative_id: int, viewer: Viewer) -> Panel:
    """The latest practices of an initiative, for its page."""
    records, total = latest_of(practices(viewer).filter(initiative_id=initiative_id))
    slug = Initiative.objects.values_list("slug", flat=True).get(pk=initiative_id)
    query = urlencode({"initiative": slug})
    return Panel(
        title=_("Practices"),
        records=records,
        total=total,
        url=f"{reverse('practices:practices')}?{query}",
        add_url=reverse("practices:add"),
    )
