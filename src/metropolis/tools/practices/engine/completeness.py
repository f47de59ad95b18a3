"""How full a record is, for its author to see and never to block: a snapshot may be published at any time."""

from collections.abc import Mapping

from metropolis.engine_kit import Value
from metropolis.tools.practices.engine.template import SECTIONS

#: What "transferable" needs beside a building block: limits, costs and preconditions told.
TRANSFER_FIELDS = ("limiting_factors", "cost_total", "preconditions", "building_blocks")


class Record(Value):
    """A practice as plain fields; an empty or missing one counts as not told."""

    fields: dict[str, object]


class Section(Value):
    """A section of the template: the share of its fields that are told (0 to 1), and the ones that are missing."""

    name: str
    weight: int
    share: float
    missing: tuple[str, ...]


class Completeness(Value):
    """The share of the whole template that is told (0 to 1), section by section."""

    share: float
    sections: tuple[Section, ...]
    is_transferable: bool


def completeness(record: Record) -> Completeness:
    """How full a practice's record is.

    Each section counts with its weight, each field of a section alike. `is_transferable` is true when limits, costs,
    preconditions and at least one building block are told, so that the badge cannot be had by a good title alone.

    >>> result = completeness(Record(fields={"title": "Open streets", "one_line": "No cars on Sundays", "summary": ""}))
    >>> result.share
    0.067
    >>> result.sections[0].missing
    ('summary', 'city', 'status', 'started_on', 'organisation', 'scale', 'topics')
    """
    sections = tuple(_section(name, record.fields) for name in SECTIONS)
    share = sum(section.share * section.weight for section in sections) / 100
    told = all(_is_told(record.fields.get(name)) for name in TRANSFER_FIELDS)
    return Completeness(share=round(share, 3), sections=sections, is_transferable=told)


def _section(name: str, fields: Mapping[str, object]) -> Section:
    weight, names = SECTIONS[name]
    missing = tuple(field for field in names if not _is_told(fields.get(field)))
    return Section(name=name, weight=weight, share=1 - len(missing) / len(names), missing=missing)


def _is_told(value: object) -> bool:
    return value not in (None, "", [], ()) and bool(str(value).strip())
