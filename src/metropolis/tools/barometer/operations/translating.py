"""Translating what a barometer says, its framework and the notes of its editions."""

from collections.abc import Mapping

from django.db import transaction
from django.utils.translation import gettext as _
from pydantic import TypeAdapter, ValidationError

from metropolis.engine_kit import InvalidInput
from metropolis.foundation.accounts.models import Person
from metropolis.foundation.history.operations import record
from metropolis.foundation.records.models import Translation
from metropolis.foundation.records.operations import save_translation
from metropolis.foundation.records.values import LONGEST_TEXT
from metropolis.tools.barometer import queries
from metropolis.tools.barometer.models import Barometer
from metropolis.tools.barometer.operations.barometers import reference_to
from metropolis.tools.barometer.values import Language


@transaction.atomic
def translate_barometer(
    *, slug: str, actor: Person, language: str, fields: Mapping[str, str], texts: Mapping[str, str], origin: str
) -> None:
    """Keep a translation of what a barometer says, with its origin and the hash of its source.

    `fields` are what it says of itself, by name (`queries.OWN_WORDS`); `texts` what the frameworks and notes of its
    editions say, by the text as written. An empty translation takes one away; what is left out stays as it is.
    `InvalidInput` for the original's language, an unknown origin, a text that is nowhere, or one too long.
    """
    row, workspace = queries.barometer(slug, actor)
    workspace.require("barometer.translate_barometer", author=row.author)
    _require_other_language(language, row.language)
    if origin not in Translation.Origin.values:
        message = _("%(origin)s is not an origin; choose one of %(origins)s.")
        details = {"origin": origin, "origins": ", ".join(Translation.Origin.values)}
        raise InvalidInput(message % details, field="origin")
    known = set(queries.texts_to_translate(queries.editions(row, actor)))
    unknown = next((text for text in texts if text not in known), None)
    if unknown is not None:
        message = _("No edition says “%(text)s”: give each text as it is written there.")
        raise InvalidInput(message % {"text": unknown[:80]}, field="texts")
    told = {name: text.strip() for name, text in fields.items()}
    told |= {queries.text_key(original): text.strip() for original, text in texts.items()}
    _require_fitting(told)
    reference = reference_to(row)
    save_translation(
        reference=reference,
        language=language,
        fields=told,
        originals={name: getattr(row, name) for name in queries.OWN_WORDS}
        | {queries.text_key(text): text for text in known},
        origin=origin,
        author=actor,
    )
    data = {"language": language, "note": language}
    record(actor=actor, verb="translate_barometer", reference=reference, workspace=workspace.initiative.slug, data=data)


def _require_other_language(language: str, original: str) -> None:
    if language == original:
        raise InvalidInput(_("This is the language of the original."), field="language")
    try:
        TypeAdapter(Language).validate_python(language)
    except ValidationError as error:
        raise InvalidInput(_("Write the code of a language, such as es or pt-BR."), field="language") from error


def _require_fitting(texts: Mapping[str, str]) -> None:
    """What a barometer says of itself is no longer in another language than it may be in its own."""
    for name, text in texts.items():
        most = LONGEST_TEXT
        if name in queries.OWN_WORDS:
            most = getattr(Barometer._meta.get_field(name), "max_length", most)  # noqa: SLF001
        if len(text) > most:
            message = _("%(name)s: at most %(most)s characters, not %(count)s.")
            raise InvalidInput(message % {"name": name, "most": most, "count": len(text)}, field=name)
        if "\0" in text:
            raise InvalidInput(_("A text must not contain the character NUL."), field=name)
