"""What a list shows of each practice."""

from collections.abc import Iterable
from typing import Any

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import get_language

from metropolis.foundation.records.models import Translation
from metropolis.tools.practices.models import Practice


def practice_cards(rows: Iterable[Practice]) -> list[dict[str, Any]]:
    """A card of each practice, as the card component takes them; title and line in the reader's language if translated.

    The translations of all of them are one query.
    """
    listed = list(rows)
    language = get_language() or ""
    wanted = Translation.objects.filter(
        kind="practice", key__in=[row.slug for row in listed], language=language, field__in=("title", "one_line")
    )
    translated = {(row.key, row.field): row.text for row in wanted}
    return [_card(row, translated, language) for row in listed]


def _card(row: Practice, translated: dict[tuple[str, str], str], language: str) -> dict[str, Any]:
    title = translated.get((row.slug, "title"))
    return {
        "kind": "practice",
        "title": title or row.title,
        "line": translated.get((row.slug, "one_line"), row.one_line),
        "language": language if title else row.language,
        "url": row.get_absolute_url(),
        "status": row.get_status_display(),
        "city": row.city.title,
        "meta": [row.started_on] if row.started_on else [],
        "tags": practice_tags(row),
    }


def practice_tags(row: Practice) -> list[dict[str, str]]:
    """The themes and topics of a practice, each with the address that lists others like it."""
    address = reverse("practices:practices")
    return [
        {
            "label": term.label(),
            "url": f"{address}?{urlencode({term.vocabulary: term.code})}",
            # "social-inclusion" has the tone "inclusion"; topics have none.
            "tone": term.code.rpartition("-")[2] if term.vocabulary == "theme" else "",
        }
        for term in row.terms.all()
        if term.vocabulary in {"theme", "topic"}
    ]
