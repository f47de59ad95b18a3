"""Translations and links, in batches: one query for any number of records."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Generic, TypeVar

from django.db import models
from django.utils.text import capfirst, slugify
from django.utils.translation import get_language

from metropolis.engine_kit import Value
from metropolis.foundation.places import engine as places
from metropolis.foundation.records.models import Follow, Link, Translation
from metropolis.foundation.records.values import Reference, TextVersion

Key = TypeVar("Key")
Row = TypeVar("Row", bound=models.Model)


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


def translations(kind: str, keys: Iterable[str], *, fields: Collection[str] = ()) -> Translations:
    """Every translation of the records of one kind, or of these `fields`, by key, language and field."""
    found: dict[str, dict[str, dict[str, TranslatedField]]] = defaultdict(lambda: defaultdict(dict))
    rows = Translation.objects.filter(kind=kind, key__in=list(keys))
    if fields:
        rows = rows.filter(field__in=fields)
    columns = ("key", "language", "field", "text", "origin", "source_hash")
    for key, language, field, text, origin, source_hash in rows.values_list(*columns):
        found[key][language][field] = TranslatedField(text=text, origin=origin, source_hash=source_hash)
    return found


class Rendering(Value):
    """A record's text as one reader gets it: `fields` in `language`, those not `translated` in the original's.

    `languages` are all it can be read in, the original's first; `is_stale` when the original has changed since.
    """

    language: str
    fields: dict[str, str]
    translated: tuple[str, ...] = ()
    origin: str = "original"
    is_stale: bool = False
    languages: tuple[str, ...]


def renderings(
    kind: str, originals: Mapping[str, tuple[str, Mapping[str, str]]], *, wanted: str
) -> dict[str, Rendering]:
    """Each record in the language `wanted` where there is a translation, else as it was written.

    `originals` gives the language and the fields of the original by key. One query, whatever the number of records.
    """
    names = {name for _language, fields in originals.values() for name in fields}
    translated = translations(kind, originals, fields=names)
    found = {}
    for key, (language, fields) in originals.items():
        others = translated.get(key, {})
        chosen = others.get(wanted, {}) if wanted != language else {}
        origin = next((field.origin for field in chosen.values()), "original")
        found[key] = Rendering(
            language=wanted if chosen else language,
            fields={name: chosen[name].text if name in chosen else text for name, text in fields.items()},
            translated=tuple(chosen),
            origin=origin,
            is_stale=any(field.is_stale(fields.get(name, "")) for name, field in chosen.items()),
            languages=(language, *sorted(set(others) - {language})),
        )
    return found


def texts_of(
    kind: str, rows: Iterable[Any], names: Collection[str], language: str | None = None
) -> dict[str, Rendering]:
    """The fields `names` of records in `language` or the reader's, as far as they are translated, by slug."""
    originals = {row.slug: (row.language, {name: getattr(row, name) for name in names}) for row in rows}
    wanted = (language or get_language() or "en").split("-")[0]
    return renderings(kind, originals, wanted=wanted)


def text_versions(
    row: Any,
    translated: Mapping[str, Mapping[str, TranslatedField]],
    *,
    summary: Sequence[str],
    body: Sequence[str] = (),
) -> tuple[TextVersion, ...]:
    """A record's text for search, the original first; `summary` and `body` name the fields they are made of."""
    names = ("title", *summary, *body)
    versions = [(row.language, {name: str(getattr(row, name)) for name in names}, "original")]
    for language, fields in translated.items():
        origin = next(iter(fields.values())).origin
        versions.append((language, {name: field.text for name, field in fields.items()}, origin))
    return tuple(
        TextVersion(
            language=language,
            title=fields.get("title", row.title),
            summary="\n".join(_lines(fields, summary)),
            paragraphs=_lines(fields, body),
            origin=origin,
        )
        for language, fields, origin in versions
    )


def _lines(fields: Mapping[str, str], names: Iterable[str]) -> tuple[str, ...]:
    """The lines of these fields that say something."""
    lines = (line.strip() for name in names for line in fields.get(name, "").splitlines())
    return tuple(line for line in lines if line)


def labels_of(model: type[models.Model], names: Iterable[str]) -> dict[str, str]:
    """What fields of a model are called."""
    fields = {field.name: field for field in model._meta.fields}  # noqa: SLF001 - Django's public name for it
    return {name: str(capfirst(fields[name].verbose_name)) for name in names}


@dataclass(frozen=True, slots=True)
class Catalogue(Generic[Row]):
    """The records that fit the chosen filters, and how many each further choice would give."""

    rows: models.QuerySet[Row]
    counts: dict[str, Counter[str]]


def narrowed(
    traits: Mapping[Key, Mapping[str, Collection[str]]], facets: Iterable[str], chosen: Mapping[str, Collection[str]]
) -> tuple[list[Key], dict[str, Counter[str]]]:
    """The records that have one of the chosen values in every facet chosen in, and each facet's further choices.

    `traits` gives a record's values by facet. The counts of a facet are those under the choices in all other facets.

    >>> water, waste = {"topic": {"water"}, "year": {"2014"}}, {"topic": {"waste"}, "year": {"2014"}}
    >>> narrowed({"a": water, "b": waste}, ("topic", "year"), {"topic": ["water"]})
    (['a'], {'topic': Counter({'water': 1, 'waste': 1}), 'year': Counter({'2014': 1})})
    """
    facets = list(facets)
    wanted = {facet: set(chosen.get(facet, ())) for facet in facets if chosen.get(facet)}

    def fits(one: Mapping[str, Collection[str]], but: str = "") -> bool:
        return all(values.intersection(one[facet]) for facet, values in wanted.items() if facet != but)

    counts = {
        facet: Counter(value for one in traits.values() if fits(one, facet) for value in one[facet]) for facet in facets
    }
    return [key for key, one in traits.items() if fits(one)], counts


def language_name(code: str) -> str:
    """What the reader calls the language of a code such as `es`; the code itself if it has no name."""
    return places.language_name(code, get_language() or "en")


def any_language(value: str, viewer: Any) -> bool:  # noqa: ARG001 - a filter's form
    """The filter of a list that has every language with a name, spoken anywhere."""
    language = value.partition("-")[0]
    return places.language_name(language) != language


def links_from(reference: Reference, relation: str | None = None) -> list[Reference]:
    """The records this one points to, oldest link first."""
    rows = Link.objects.filter(from_kind=reference.kind, from_key=reference.key).order_by("id")
    if relation is not None:
        rows = rows.filter(relation=relation)
    return [Reference(kind=row.to_kind, key=row.to_key) for row in rows]


def follower_count(reference: Reference) -> int:
    """How many people follow a record."""
    return Follow.objects.filter(kind=reference.kind, key=reference.key).count()


def free_slug(model: type[models.Model], text: str, *, reserved: Collection[str] = ()) -> str:
    """A slug made of `text` that no row of `model` has yet: the words themselves, then -2, -3 and so on.

    `reserved` are the words that are addresses of pages beside those of the records.
    """
    stem = slugify(text, allow_unicode=True)[:80].strip("-") or model.__name__.lower()
    taken = set(model._default_manager.filter(slug__startswith=stem).values_list("slug", flat=True))  # noqa: SLF001
    taken.update(reserved)
    numbered = (f"{stem}-{number}" for number in range(2, len(taken) + 3))
    return stem if stem not in taken else next(slug for slug in numbered if slug not in taken)
