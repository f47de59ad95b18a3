"""One practice as it is read: in a language, section by section, and how full it is."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from metropolis.engine_kit import NotFound
from metropolis.foundation.accounts.queries import Viewer
from metropolis.foundation.history.queries import kept
from metropolis.foundation.records.models import Translation
from metropolis.foundation.records.queries import TranslatedField, Translations, translations
from metropolis.foundation.workspaces.access import Workspace
from metropolis.tools.practices.engine import Completeness, Record, completeness
from metropolis.tools.practices.models import Practice
from metropolis.tools.practices.queries.practices import TRANSLATABLE, practice, practice_to_read
from metropolis.tools.practices.values import PracticeInput

#: The columns of a practice that `PracticeInput` has under the same name and in the same form.
COLUMNS = tuple(
    field.name
    for field in Practice._meta.concrete_fields  # noqa: SLF001 - Django's public name for it
    if field.name in PracticeInput.model_fields and field.name not in {"city", "links"}
)
_ROWS = {
    "building_blocks": ("title", "description", "kind"),
    "sources": ("title", "publisher", "year", "url", "language", "quote", "accessed_on"),
    "results": ("indicator", "baseline", "baseline_on", "value", "unit", "measured_on", "method"),
    "key_dates": ("on", "event"),
    "partners": ("name", "support"),
}


@dataclass(frozen=True, slots=True)
class Version:
    """A language in which a practice can be read; an original has no `origin`."""

    language: str
    origin: str = ""
    is_stale: bool = False

    @property
    def origin_label(self) -> str:
        """Who made the translation, in the reader's language."""
        return str(Translation.Origin(self.origin).label) if self.origin else ""


@dataclass(frozen=True, slots=True)
class Text:
    """One field's text and the language it is in, which is the original's where it is not translated."""

    text: str
    language: str


@dataclass(frozen=True, slots=True)
class Reading:
    """A practice as one viewer reads it; `texts` holds what can be translated, by field."""

    practice: Practice
    workspace: Workspace
    version: Version
    versions: tuple[Version, ...]
    texts: Mapping[str, Text]
    content: PracticeInput
    completeness: Completeness

    def allows(self, right: str) -> bool:
        """Whether the viewer has the right `practices.<right>` to this practice."""
        return self.workspace.allows(f"practices.{right}", author=self.practice.author)


def reading(slug: str, viewer: Viewer, language: str = "") -> Reading:
    """A practice in `language`: by default the reader's if it is translated, else the original.

    `NotFound` when the viewer may not see the practice, or when it cannot be read in the language asked for.
    """
    row, workspace = practice_to_read(slug, viewer)
    translated = _translations(slug).get(slug, {})
    versions = (Version(row.language), *(_version(row, *item) for item in sorted(translated.items())))
    by_language = {version.language: version for version in versions}
    if language and language not in by_language:
        raise NotFound(_("This practice has no translation into that language."), field="language")
    shown = by_language.get(language or (get_language() or ""), versions[0])
    fields = translated.get(shown.language, {})
    texts = {
        name: Text(fields[name].text, shown.language) if name in fields else Text(str(getattr(row, name)), row.language)
        for name in TRANSLATABLE
    }
    content = practice_content(row)
    return Reading(row, workspace, shown, versions, texts, content, practice_completeness(content))


@kept(100)
def _translations(slug: str) -> Translations:
    return translations("practice", [slug])


def _version(row: Practice, language: str, fields: Mapping[str, TranslatedField]) -> Version:
    origin = next(iter(fields.values())).origin
    stale = any(field.is_stale(str(getattr(row, name))) for name, field in fields.items())
    return Version(language, origin, stale)


def practice_versions(slug: str, viewer: Viewer) -> dict[str, dict[str, tuple[str, str, bool]]]:
    """A practice's translations: language → field → (text, origin, stale); `NotFound` for who may not see it."""
    row, _workspace = practice(slug, viewer)
    return {
        language: {
            name: (field.text, field.origin, field.is_stale(str(getattr(row, name)))) for name, field in fields.items()
        }
        for language, fields in translations("practice", [slug]).get(slug, {}).items()
    }


def practice_completeness(content: PracticeInput) -> Completeness:
    """How full a practice's record is."""
    return completeness(Record(fields=content.model_dump()))


def practice_content(row: Practice) -> PracticeInput:
    """What a practice says, in the shape in which it came in; give it a row of `practice` to save queries."""
    codes: dict[str, list[str]] = {"theme": [], "topic": [], "sdg": []}
    for term in row.terms.all():
        codes[term.vocabulary].append(term.code)
    fields: dict[str, Any] = {name: getattr(row, name) for name in COLUMNS}
    for part, names in _ROWS.items():
        fields[part] = [{name: getattr(item, name) for name in names} for item in getattr(row, part).all()]
    places = {source.pk: place for place, source in enumerate(row.sources.all())}
    for result, item in zip(fields["results"], row.results.all(), strict=True):
        result["source"] = None if item.source_id is None else places[item.source_id]
    for source in fields["sources"]:
        source["accessed_on"] = source["accessed_on"] and str(source["accessed_on"])
    return PracticeInput(
        city=row.city.label,
        adopters=tuple(city.label for city in row.adopters.all()),
        themes=tuple(codes["theme"]),
        topics=tuple(codes["topic"]),
        sdgs=tuple(codes["sdg"]),
        links=row.links,
        **fields,
    )
