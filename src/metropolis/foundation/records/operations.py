"""What writing a record of any tool takes; the tool that owns the record has checked the right to change it."""

from collections.abc import Collection, Mapping

from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import models, transaction
from django.utils.translation import gettext as _

from metropolis.engine_kit import InvalidInput
from metropolis.foundation.records.models import Follow, Link, Translation
from metropolis.foundation.records.queries import hash_of
from metropolis.foundation.records.values import LANGUAGE, LONGEST_TEXT, Reference


def require_valid(row: models.Model, *, exclude: Collection[str] = ()) -> None:
    """Check a row by the rules of its model; `InvalidInput` says what is wrong, its `field` where, if it is one field.

    `exclude` are the fields that nobody has filled in, such as the author, whose account may be gone.
    """
    try:
        row.full_clean(exclude=exclude)
    except ValidationError as error:
        name, messages = next(iter(error.message_dict.items()))
        if name == NON_FIELD_ERRORS:
            raise InvalidInput(messages[0]) from error
        raise InvalidInput(messages[0], field=name) from error


def require_translation(row: models.Model, *, language: str, fields: Mapping[str, str], origin: str) -> None:
    """Check a translation of a record's `fields` before it is kept; `InvalidInput` names what is wrong.

    That is the original's own language, what is no language's code, an unknown origin, or a text that is longer than
    the original may be.
    """
    own = {field.name: getattr(field, "max_length", None) for field in row._meta.fields}  # noqa: SLF001
    if language == getattr(row, "language", None):
        raise InvalidInput(_("This is the language of the original."), field="language")
    if not LANGUAGE.fullmatch(language):
        raise InvalidInput(_("Write the code of a language, such as es or pt-BR."), field="language")
    if origin not in Translation.Origin.values:
        message = _("%(origin)s is not an origin; choose one of %(origins)s.")
        details = {"origin": origin, "origins": ", ".join(Translation.Origin.values)}
        raise InvalidInput(message % details, field="origin")
    for name, text in fields.items():
        most = own.get(name) or LONGEST_TEXT
        if len(text) > most:
            message = _("%(name)s: at most %(most)s characters, not %(count)s.")
            raise InvalidInput(message % {"name": name, "most": most, "count": len(text)}, field=name)
        if "\0" in text:
            raise InvalidInput(_("A text must not contain the character NUL."), field=name)


@transaction.atomic
def save_translation(
    *,
    reference: Reference,
    language: str,
    fields: Mapping[str, str],
    originals: Mapping[str, str],
    origin: str,
    author: AbstractBaseUser | None,
) -> None:
    """Keep the translated `fields`, each with the hash of the original it was made from; an empty one is forgotten."""
    for field in fields:
        if field not in originals:
            message = f"{field} is not a field that can be translated; choose one of {', '.join(sorted(originals))}."
            raise InvalidInput(message, field=field)
    place = {"kind": reference.kind, "key": reference.key, "language": language}
    emptied = [field for field, text in fields.items() if not text.strip()]
    Translation.objects.filter(**place, field__in=emptied).delete()
    told = {"origin": origin, "author_id": author.pk if author else None}
    rows = [
        Translation(**place, **told, field=field, text=text, source_hash=hash_of(originals[field]))
        for field, text in fields.items()
        if text.strip()
    ]
    Translation.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["kind", "key", "field", "language"],
        update_fields=["text", "origin", "source_hash", "author", "updated_at"],
    )


def link_records(*, source: Reference, relation: str, target: Reference) -> None:
    """Point from one record to another; a link that is there already stays as it is."""
    Link.objects.get_or_create(
        from_kind=source.kind, from_key=source.key, relation=relation, to_kind=target.kind, to_key=target.key
    )


@transaction.atomic
def forget_record(*, reference: Reference) -> None:
    """Take away a deleted record's translations, links and followers: its address may be another record's one day."""
    forget_followers(reference=reference)
    Translation.objects.filter(kind=reference.kind, key=reference.key).delete()
    unlink_record(source=reference)


def forget_followers(*, reference: Reference) -> None:
    """Have nobody follow a record any more, such as when it is deleted."""
    Follow.objects.filter(kind=reference.kind, key=reference.key).delete()


def unlink_record(*, source: Reference) -> None:
    """Take away every link from a record to others, such as when it is deleted."""
    Link.objects.filter(from_kind=source.kind, from_key=source.key).delete()
