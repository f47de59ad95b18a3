"""What barometers offer to search and to the page of their initiative."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from metropolis.foundation.accounts.queries import Viewer
from metropolis.foundation.records.queries import Translations, text_versions, texts_of, translations
from metropolis.foundation.records.values import Fact, Findable, Reference, Visibility
from metropolis.foundation.taxonomy.queries import labels
from metropolis.foundation.workspaces.cards import Panel, latest_of
from metropolis.tools.barometer.engine.framework import Framework
from metropolis.tools.barometer.models import Barometer, Edition, Unit
from metropolis.tools.barometer.queries.barometers import barometers
from metropolis.tools.barometer.queries.computed import material_of
from metropolis.tools.barometer.queries.wording import KIND, wording_of


def findable(keys: Iterable[str] | None = None) -> Iterator[Findable]:
    """What public barometers offer to search: their words, and the pillars and cities of their last edition."""
    rows = barometers(None).order_by("pk")
    if keys is not None:
        rows = rows.filter(slug__in=list(keys))
    found = list(rows)
    texts = translations(KIND, [row.slug for row in found])
    last = [edition for row in found if (edition := _published(row)) is not None]
    cities: dict[int, list[int]] = {}
    for issue, city in Unit.objects.filter(edition__in=last).exclude(city=None).values_list("edition", "city"):
        cities.setdefault(issue, []).append(city)
    for row in found:
        yield _findable(row, texts, cities)


def _findable(row: Barometer, texts: Translations, cities: Mapping[int, Sequence[int]]) -> Findable:
    codes: dict[str, list[str]] = {"theme": [], "topic": [], "sdg": []}
    for term in row.terms.all():
        codes[term.vocabulary].append(term.code)
    translated = texts.get(row.slug, {})
    versions = text_versions(row, translated, summary=("one_line", "summary"))
    last = _published(row)
    framework = material_of(last).framework if last else None
    if framework is not None:
        words = {language: wording_of(row, language, fields) for language, fields in translated.items()}
        told = [words[one.language].framework(framework) if one.language in words else framework for one in versions]
        versions = tuple(
            one.model_copy(update={"paragraphs": _paragraphs(tree)}) for one, tree in zip(versions, told, strict=True)
        )
        known = labels("topic")
        codes["topic"] += [node.topic for node in framework.nodes if node.topic in known]
    return Findable(
        reference=Reference(kind=KIND, key=row.slug),
        url=row.get_absolute_url(),
        texts=versions,
        workspace=row.initiative.slug,
        city_ids=tuple(cities.get(last.pk, ())) if last else (),
        involvement="measured",
        themes=tuple(codes["theme"]),
        topics=tuple(dict.fromkeys(codes["topic"])),
        facts=_facts(row, last, framework, len(cities.get(last.pk, ())) if last else 0),
    )


def _paragraphs(framework: Framework) -> tuple[str, ...]:
    """A paragraph a pillar: its name, what it is and what it is measured by."""
    told = []
    for pillar in framework.children[framework.root.code]:
        measures = "; ".join(node.label for node in framework.leaves(pillar.code) if node != pillar)
        told.append(". ".join(filter(None, (pillar.label, pillar.description.rstrip("."), measures))))
    return tuple(told)


def _facts(row: Barometer, last: Edition | None, framework: Framework | None, cities: int) -> tuple[Fact, ...]:
    told = (
        (_("Publisher"), row.initiative.title),
        (_("Last edition"), last.label if last else None),
        (_("Cities measured"), str(cities) if cities else None),
        (_("Indicators"), str(len(framework.indicators)) if framework else None),
        (
            _("Pillars"),
            "; ".join(node.label for node in framework.children[framework.root.code]) if framework else None,
        ),
        (_("Licence"), (last.licence or None) if last else None),
    )
    return tuple(Fact(label=label, text=text) for label, text in told)


def panel(initiative_id: int, viewer: Viewer) -> Panel:
    """What an initiative's page shows of its barometers."""
    records, total = latest_of(barometers(viewer).filter(initiative=initiative_id))
    return Panel(_("Barometers"), records, total, reverse("barometer:barometers"))


def barometer_cards(rows: Iterable[Barometer]) -> list[dict[str, Any]]:
    """A card of each of the barometers that `barometers` gives, in the reader's language if it is translated."""
    listed = list(rows)
    texts = texts_of(KIND, listed, ("title", "one_line"))
    return [
        {
            "kind": KIND,
            "title": texts[row.slug].fields["title"],
            "line": texts[row.slug].fields["one_line"],
            "language": texts[row.slug].language,
            "url": row.get_absolute_url(),
            "status": "" if row.visibility == Visibility.PUBLIC else row.get_visibility_display(),
            "meta": [row.initiative.title, _last(row)],
        }
        for row in listed
    ]


def _published(row: Barometer) -> Edition | None:
    """The last published edition of a row that `barometers` gave."""
    editions: list[Edition] = getattr(row, "published_editions", [])
    return editions[0] if editions else None


def _last(row: Barometer) -> str:
    last = _published(row)
    return _("last edition: %(label)s") % {"label": last.label} if last else _("no edition yet")
