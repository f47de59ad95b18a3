"""What barometers offer to search and to the page of their initiative."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from metropolis.foundation.accounts.queries import Viewer
from metropolis.foundation.records.queries import text_versions, translations
from metropolis.foundation.records.values import Findable, Reference, Visibility
from metropolis.foundation.workspaces.cards import Panel, latest_of
from metropolis.tools.barometer.models import Barometer, Edition
from metropolis.tools.barometer.queries.barometers import barometers

KIND = "barometer"


def findable(keys: Iterable[str] | None = None) -> Iterator[Findable]:
    """What public barometers offer to search."""
    rows = barometers(None).order_by("pk")
    if keys is not None:
        rows = rows.filter(slug__in=list(keys))
    for row in rows:
        codes: dict[str, list[str]] = {"theme": [], "topic": [], "sdg": []}
        for term in row.terms.all():
            codes[term.vocabulary].append(term.code)
        yield Findable(
            reference=Reference(kind=KIND, key=row.slug),
            url=row.get_absolute_url(),
            texts=text_versions(row, translations(KIND, [row.slug]).get(row.slug, {}), summary=("one_line", "summary")),
            workspace=row.initiative.slug,
            themes=tuple(codes["theme"]),
            topics=tuple(codes["topic"]),
        )


def panel(initiative_id: int, viewer: Viewer) -> Panel:
    """What an initiative's page shows of its barometers."""
    records, total = latest_of(barometers(viewer).filter(initiative=initiative_id))
    return Panel("barometers", records, total, reverse("barometer:barometers"))


def barometer_cards(rows: Iterable[Barometer]) -> list[dict[str, Any]]:
    """A card of each of the barometers that `barometers` gives, as the card component takes them."""
    return [
        {
            "kind": KIND,
            "title": row.title,
            "line": row.one_line,
            "language": row.language,
            "url": row.get_absolute_url(),
            "status": "" if row.visibility == Visibility.PUBLIC else row.get_visibility_display(),
            "meta": [row.initiative.title, _last(row)],
        }
        for row in rows
    ]


def _last(row: Barometer) -> str:
    published: list[Edition] = getattr(row, "published_editions", [])
    return _("last edition: %(label)s") % {"label": published[0].label} if published else _("no edition yet")
