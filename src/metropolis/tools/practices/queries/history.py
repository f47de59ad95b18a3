"""How a practice came to be what it is: who did what, and which words changed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from difflib import SequenceMatcher
from itertools import takewhile
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from metropolis.foundation.accounts.queries import Viewer, name_of
from metropolis.foundation.history.models import Entry
from metropolis.foundation.history.queries import entries
from metropolis.foundation.records.values import Reference
from metropolis.tools.practices.queries.labels import field_label
from metropolis.tools.practices.queries.practices import practice

_DEEDS: dict[str, str | Promise] = {
    "add_practice": _("Added"),
    "import_practice": _("Imported"),
    "change_practice": _("Changed"),
    "set_practice_visibility": _("Visibility changed"),
    "review_practice": _("Checked against its sources"),
    "translate_practice": _("Translated"),
}
#: Longer texts are only said to have changed: comparing them word by word takes too long.
_LONGEST = 20_000


@dataclass(frozen=True, slots=True)
class Difference:
    """What changed in one field: runs of words, each "same", "out" or "in"; none when the text is too long for that."""

    label: str
    runs: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Deed:
    """One entry of a practice's history; `who` and `differences` are for those who may change the practice."""

    at: datetime
    title: str
    note: str
    who: str
    differences: tuple[Difference, ...]


def practice_history(slug: str, viewer: Viewer) -> list[Deed]:
    """The latest fifty deeds on a practice, newest first; `NotFound` when the viewer may not see it."""
    row, workspace = practice(slug, viewer)
    inside = workspace.allows("practices.change_practice", author=row.author)
    deeds = entries(reference=Reference(kind="practice", key=slug))
    # A practice of the same address may have been deleted before: what it said is nobody's to read here.
    own = takewhile(lambda entry: entry.verb != "delete_practice", deeds)
    return [_deed(entry, inside=inside) for entry in own]


def _deed(entry: Entry, *, inside: bool) -> Deed:
    changed: Mapping[str, list[Any]] = entry.data.get("changed", {}) if inside else {}
    return Deed(
        at=entry.at,
        title=str(_DEEDS.get(entry.verb, entry.verb)),
        note=entry.data.get("note", ""),
        who=name_of(entry.actor) if inside else "",
        differences=tuple(
            Difference(field_label(name), word_differences(_as_text(before), _as_text(after)))
            for name, (before, after) in changed.items()
        ),
    )


def _as_text(value: Any) -> str:
    if isinstance(value, list | tuple):
        return "\n".join(map(_as_text, value))
    if isinstance(value, Mapping):
        return " · ".join(_as_text(each) for each in value.values() if each not in (None, ""))
    return "" if value is None else str(value)


def word_differences(before: str, after: str) -> tuple[tuple[str, str], ...]:
    """The way from one text to another as runs of words: "same", "out" (gone) and "in" (new).

    >>> word_differences("Two buses an hour", "Six buses an hour")
    (('out', 'Two'), ('in', 'Six'), ('same', 'buses an hour'))
    """
    if len(before) + len(after) > _LONGEST:
        return ()
    old, new = before.split(), after.split()
    runs: list[tuple[str, str]] = []
    for kind, a, b, c, d in SequenceMatcher(a=old, b=new).get_opcodes():
        if kind == "equal":
            runs.append(("same", " ".join(old[a:b])))
            continue
        runs += [(name, " ".join(words)) for name, words in (("out", old[a:b]), ("in", new[c:d])) if words]
    return tuple(runs)
