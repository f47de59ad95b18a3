"""What a list shows of each practice."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import get_language

from metropolis.foundation.records.models import Translation
from metropolis.foundation.taxonomy.models import Term
from metropolis.foundation.taxonomy.queries import labels
from metropolis.tools.practices.models import Practice

#: vocabulary → code → label
Labels = Mapping[str, Mapping[str, str]]


def card_rows(rows: QuerySet[Practice]) -> QuerySet[Practice]:
    """The practices with no more than what their cards show."""
    shown = rows.only("slug", "title", "one_line", "language", "status", "started_on", "city")
    terms = Prefetch("terms", Term.objects.only("vocabulary", "code"))
    return shown.prefetch_related(None).prefetch_related(terms)


def practice_cards(rows: Iterable[Practice]) -> list[dict[str, Any]]:
    """A card of each practice, as the card component takes them; title and line in the reader's language if translated.

    The translations of all of them are one query; `card_rows` has the rows.
    """
    listed = list(rows)
    language = get_language() or ""
    wanted = Translation.objects.filter(
        kind="practice", key__in=[row.slug for row in listed], language=language, field__in=("title", "one_line")
    )
    translated = {(row.key, row.field): row.text for row in wanted}
    named = _labels()
    return [_card(row, translated, language, named) for row in listed]


def _labels() -> Labels:
    return {vocabulary: labels(vocabulary) for vocabulary in ("theme", "topic")}


def _card(row: Practice, translated: Mapping[tuple[str, str], str], language: str, named: Labels) -> dict[str, Any]:
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
        "tags": _tags(row, named),
    }


def practice_tags(row: Practice) -> list[dict[str, str]]:
    """The themes and topics of a practice, each with the address that lists others like it."""
    return _tags(row, _labels())


def _tags(row: Practice, named: Labels) -> list[dict[str, str]]:
    address = reverse("practices:practices")
    return [
        {
            "label": named[term.vocabulary][term.code],
            "url": f"{address}?{urlencode({term.vocabulary: term.code})}",
            # "social-inclusion" has the tone "inclusion"; topics have none.
            "tone": term.code.rpartition("-")[2] if term.vocabulary == "theme" else "",
        }
        for term in row.terms.all()
        if term.vocabulary in named
    ]
