"""Translating what a barometer says, its framework and the notes of its editions."""

from collections.abc import Mapping

from django.db import transaction
from django.utils.translation import gettext as _

from metropolis.engine_kit import InvalidInput
from metropolis.foundation.accounts.models import Person
from metropolis.foundation.history.operations import record
from metropolis.foundation.records.operations import require_translation, save_translation
from metropolis.tools.barometer import queries
from metropolis.tools.barometer.operations.barometers import reference_to


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
    known = set(queries.texts_to_translate(queries.editions(row, actor)))
    unknown = next((text for text in texts if text not in known), None)
    if unknown is not None:
        message = _("No edition says “%(text)s”: give each text as it is written there.")
        raise InvalidInput(message % {"text": unknown[:80]}, field="texts")
    told = {name: text.strip() for name, text in fields.items()}
    told |= {queries.text_key(original): text.strip() for original, text in texts.items()}
    require_translation(row, language=language, fields=told, origin=origin)
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
