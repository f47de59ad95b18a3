"""What barometers say, in the reader's language as far as it is translated.

A barometer's title, line and summary are translated by their names. The texts of its framework and the notes of its
editions are translated text by text: the same words, at any node and in any edition, have one translation.
"""

from collections.abc import Iterable, Iterator, Mapping
from copy import copy

from django.utils.translation import get_language

from metropolis.engine_kit import Value
from metropolis.foundation.accounts.queries import Viewer
from metropolis.foundation.records.queries import TranslatedField, hash_of, labels_of, language_name, translations
from metropolis.tools.barometer.engine.framework import WORDS, Framework
from metropolis.tools.barometer.models import Barometer, Edition
from metropolis.tools.barometer.queries.barometers import editions
from metropolis.tools.barometer.queries.computed import material_of

KIND = "barometer"
#: What a barometer says of itself.
OWN_WORDS = ("title", "one_line", "summary")
#: What an edition says of its data.
NOTES = ("synthetic_note", "source_note")
#: A translation's field holds that many characters.
_KEY = 40


class Wording(Value):
    """The translations of one barometer into `language`, each by the name or the key of what it translates.

    It `is_stale` when what the barometer says of itself has changed since; a framework's text that has changed is
    another one, and not translated yet.
    """

    language: str
    fields: Mapping[str, TranslatedField]
    translated_from: str = ""
    is_stale: bool = False

    @property
    def origin(self) -> str:
        """Who translated it, as `records.Translation` says it; "original" where nobody did."""
        return next((field.origin for field in self.fields.values()), "original")

    @property
    def translated_from_name(self) -> str:
        """What the reader calls the language it was written in."""
        return language_name(self.translated_from)

    def of(self, text: str) -> str:
        """A text of a framework or an edition, translated if it is."""
        found = self.fields.get(text_key(text)) if text else None
        return found.text if found else text

    def framework(self, original: Framework) -> Framework:
        """A framework whose nodes are called and described in this language, as far as they are translated."""
        return original.reworded(self.of) if self.fields else original

    def edition(self, original: Edition) -> Edition:
        """A copy of an edition, and of its barometer, that says what it says in this language; not to be saved."""
        if not self.fields:
            return original
        told = copy(original)
        for name in NOTES:
            setattr(told, name, self.of(getattr(original, name)))
        told.barometer = self.barometer(original.barometer)
        return told

    def barometer(self, original: Barometer) -> Barometer:
        """A copy of a barometer likewise."""
        own = {name: self.fields[name].text for name in OWN_WORDS if name in self.fields}
        if not own:
            return original
        told = copy(original)
        for name, text in own.items():
            setattr(told, name, text)
        told.language = self.language
        return told


#: A barometer as it was written.
ORIGINAL = Wording(language="", fields={})


def wording(row: Barometer, language: str | None = None) -> Wording:
    """A barometer's translations into a language, or the reader's; none where that is the original's."""
    wanted = language or (get_language() or "en").split("-")[0]
    if wanted == row.language:
        return ORIGINAL
    return wording_of(row, wanted, translations(KIND, [row.slug])[row.slug].get(wanted, {}))


def wording_of(row: Barometer, language: str, fields: Mapping[str, TranslatedField]) -> Wording:
    """The translations of a barometer that were read already."""
    stale = any(fields[name].is_stale(getattr(row, name)) for name in OWN_WORDS if name in fields)
    return Wording(language=language, fields=fields, translated_from=row.language, is_stale=stale)


def own_labels() -> dict[str, str]:
    """What a barometer's own words are called, by name."""
    return labels_of(Barometer, OWN_WORDS)


def text_key(text: str) -> str:
    """The name under which the translations of a framework's or an edition's text are kept."""
    return hash_of(text)[:_KEY]


def texts_to_translate(rows: Iterable[Edition]) -> list[str]:
    """Every text of these editions and of their frameworks, once, in the order in which they are read."""
    return list(dict.fromkeys(text for row in rows for text in _texts(row)))


def _texts(row: Edition) -> Iterator[str]:
    framework = material_of(row).framework
    nodes = framework.nodes if framework else ()
    yield from (text for name in WORDS for node in nodes if (text := getattr(node, name)))
    yield from (text for name in NOTES if (text := getattr(row, name)))


class TranslatedText(Value):
    """A text as written and its translation, "" where there is none; stale when the original has changed since."""

    original: str
    text: str
    is_stale: bool = False


class TranslationTold(Value):
    """All that can be translated of a barometer, in one language: what it says of itself by name, and the rest."""

    language: str
    origin: str
    fields: dict[str, TranslatedText]
    texts: tuple[TranslatedText, ...]


def translation(row: Barometer, viewer: Viewer, language: str) -> TranslationTold:
    """A barometer's translation into a language, of what the viewer may see of it."""
    found = wording(row, language)
    own = {name: _told(found.fields.get(name), getattr(row, name)) for name in OWN_WORDS}
    texts = texts_to_translate(editions(row, viewer))
    return TranslationTold(
        language=language,
        origin=found.origin,
        fields=own,
        texts=tuple(_told(found.fields.get(text_key(text)), text) for text in texts),
    )


def _told(found: TranslatedField | None, original: str) -> TranslatedText:
    if found is None:
        return TranslatedText(original=original, text="")
    return TranslatedText(original=original, text=found.text, is_stale=found.is_stale(original))
