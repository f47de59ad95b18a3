"""Translations and links, in batches: one query for any number of records."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from hashlib import sha256

from django.db import models
from django.utils.text import slugify

from metropolis.engine_kit import Value
from metropolis.foundation.records.models import Link, Translation
from metropolis.foundation.records.values import Reference


class TranslatedField(Value):
    """A translated field; `is_stale` when the original has changed since."""

    text: str
    origin: str
    source_hash: str

    def is_stale(self, original: str) -> bool:
        """Tell whether `original` is no longer the text this was translated from."""
        return self.source_hash != hash_of(original)


#: key → language → field → translation
Translations = Mapping[str, Mapping[str, Mapping[str, TranslatedField]]]


def hash_of(text: str) -> str:
    """The SHA-256 of a source text, kept beside its translations to see when they go stale."""
    return sha256(text.encode()).hexdigest()


def translations(kind: str, keys: Iterable[str]) -> Translations:
    """Every translation of the records of one kind, by key, language and field."""
    found: dict[str, dict[str, dict[str, TranslatedField]]] = defaultdict(lambda: defaultdict(dict))
    for row in Translation.objects.filter(kind=kind, key__in=list(keys)):
        value = TranslatedField(text=row.text, origin=row.origin, source_hash=row.source_hash)
        found[row.key][row.language][row.field] = value
    return found


def links_from(reference: Reference, relation: str | None = None) -> list[Reference]:
    """The records this one points to, oldest link first."""
    rows = Link.objects.filter(from_kind=reference.kind, from_key=reference.key).order_by("id")
    if relation is not None:
        rows = rows.filter(relation=relation)
    return [Reference(kind=row.to_kind, key=row.to_key) for row in rows]


def free_slug(model: type[models.Model], text: str) -> str:
    """A slug made of `text` that no row of `model` has yet: the words themselves, then -2, -3 and so on."""
    stem = slugify(text, allow_unicode=True)[:80].strip("-") or model.__name__.lower()
    taken = set(model._default_manager.filter(slug__startswith=stem).values_list("slug", flat=True))  # noqa: SLF001
    numbered = (f"{stem}-{number}" for number in range(2, len(taken) + 3))
    return stem if stem not in taken else next(slug for slug in numbered if slug not in taken)
