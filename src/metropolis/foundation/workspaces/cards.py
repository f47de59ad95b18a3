"""A tool's card: what the rest of the house knows of it, and all it knows."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from django.apps import apps
from django.db.models import QuerySet
from django.utils.functional import Promise

from metropolis.engine_kit import InvalidInput
from metropolis.foundation.accounts.queries import Viewer
from metropolis.foundation.records.values import Findable, Reference
from metropolis.foundation.workspaces.values import Right

#: Keys asked for in one query: databases take no more than some ten thousand values.
_AT_ONCE = 5000
#: Records that a panel shows.
_SHOWN = 6


@dataclass(frozen=True, slots=True)
class RecordKind:
    """A kind of record a tool offers to the exchange.

    `findable(keys)` yields what the records of these keys offer to search, in batches, only the public ones; all of
    them when `keys` is None. `visible(viewer, keys)` narrows keys down to those the viewer may see now. A room of the
    foundation has no card: what an initiative's page shows of it is the `panel` of its kind.
    """

    kind: str
    title: Promise
    plural: Promise
    findable: Callable[[Iterable[str] | None], Iterator[Findable]]
    visible: Callable[[Viewer, Iterable[str]], set[str]]
    panel: "Callable[[int, Viewer], Panel] | None" = None


@dataclass(frozen=True, slots=True)
class Panel:
    """What a tool shows on the page of an initiative that uses it: its latest records, and where they all are."""

    title: str
    records: tuple[tuple[str, str], ...]
    total: int
    url: str
    add_url: str = ""


def latest_of(rows: QuerySet[Any]) -> tuple[tuple[tuple[str, str], ...], int]:
    """The title and page of the first six of these records, and how many there are: one query for fewer than six."""
    shown = rows.select_related(None).prefetch_related(None).only("slug", "title")
    first = tuple((row.title, row.get_absolute_url()) for row in shown[:_SHOWN])
    return first, len(first) if len(first) < _SHOWN else rows.count()


@dataclass(frozen=True, slots=True)
class ToolCard:
    """A tool's title, purpose, rights and what it offers.

    `needs` is the whole table of rights: each right with the least role that has it. `panel(initiative_id, viewer)`
    is what an initiative's page shows of the tool. `inner_deeds` are the verbs of what its history tells members alone,
    such as work on a draft. A tool that is planned and not built yet has only the words.

    An app declares its cards in its AppConfig as `cards`; a room of the foundation whose records can be found declares
    their kinds there as `record_kinds`.
    """

    slug: str
    title: Promise
    purpose: Promise
    needs: Mapping[str, Right] = field(default_factory=dict)
    kinds: tuple[RecordKind, ...] = ()
    panel: Callable[[int, Viewer], Panel] | None = None
    inner_deeds: frozenset[str] = frozenset()

    @property
    def is_built(self) -> bool:
        """Whether there is more of the tool than the words."""
        return bool(self.needs or self.kinds or self.panel)


@cache
def cards() -> tuple[ToolCard, ...]:
    """The cards of all installed apps that have one, in the order of the settings."""
    return tuple(card for config in apps.get_app_configs() for card in getattr(config, "cards", ()))


def card(slug: str) -> ToolCard:
    """The card of one tool; `InvalidInput` when there is no such tool."""
    for found in cards():
        if found.slug == slug:
            return found
    message = f"There is no tool {slug!r}; the tools are {', '.join(found.slug for found in cards())}."
    raise InvalidInput(message, field="tool")


@cache
def record_kinds() -> dict[str, RecordKind]:
    """Every kind of record that can be found, by its name."""
    of_rooms = (kind for config in apps.get_app_configs() for kind in getattr(config, "record_kinds", ()))
    of_tools = (kind for found in cards() for kind in found.kinds)
    return {kind.kind: kind for kind in (*of_rooms, *of_tools)}


def findables(references: Iterable[Reference]) -> dict[Reference, Findable]:
    """What the public ones among `references` offer to search, by reference."""
    keys: dict[str, list[str]] = {}
    for reference in references:
        keys.setdefault(reference.kind, []).append(reference.key)
    kinds = record_kinds()
    found = (item for kind, wanted in keys.items() if kind in kinds for item in kinds[kind].findable(wanted))
    return {item.reference: item for item in found}


def visible_references(viewer: Viewer, references: Iterable[Reference]) -> set[Reference]:
    """Those of `references` that exist and that the viewer may see now: one query a kind and some thousands."""
    keys: dict[str, list[str]] = {}
    for reference in references:
        keys.setdefault(reference.kind, []).append(reference.key)
    kinds = record_kinds()
    return {
        Reference(kind=kind, key=key)
        for kind, wanted in keys.items()
        if kind in kinds
        for start in range(0, len(wanted), _AT_ONCE)
        for key in kinds[kind].visible(viewer, wanted[start : start + _AT_ONCE])
    }
