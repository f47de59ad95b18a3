"""Weights moved by hand: what an address asks for, and what would become of the ranking."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import isfinite
from typing import NamedTuple

from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from metropolis.engine_kit import InvalidInput
from metropolis.tools.barometer import queries
from metropolis.tools.barometer.engine.framework import Framework
from metropolis.tools.barometer.engine.reweighing import GREATEST, Reweighed
from metropolis.tools.barometer.pages.frame import Opened
from metropolis.tools.barometer.queries.standings import Standing, standings
from metropolis.tools.barometer.queries.units import places
from metropolis.tools.barometer.queries.words import listed, number

_NAME = "w."


@dataclass
class Weights:
    """The weights an address asks for, by code: as `typed`, those `moved` away from the edition's, and `errors`."""

    typed: dict[str, str] = field(default_factory=dict)
    moved: dict[str, float] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, query: QueryDict, framework: Framework) -> "Weights":
        """Those of a query's `w.<code>`; codes that are none, and the index, which has no weight, are passed over."""
        found = cls()
        for node in framework.nodes:
            text = query.get(f"{_NAME}{node.code}", "").strip()
            if not text or node.parent is None:
                continue
            found.typed[node.code] = text
            weight = _number(text)
            if weight is None:
                most = number(GREATEST, 0)
                found.errors[node.code] = _("Give a number from 0 to %(most)s.") % {"most": most}
            elif weight != node.weight:
                found.moved[node.code] = weight
        return found

    def are_shared_by(self, query: QueryDict) -> bool:
        """Whether a query holds what was moved, and no weight that is as in the edition."""
        return {name for name in query if name.startswith(_NAME)} == {_NAME + code for code in self.moved}

    def address(self, request: HttpRequest) -> str:
        """The page's address with the moved weights alone, to be shared."""
        query = request.GET.copy()
        for name in [name for name in query if name.startswith(_NAME)]:
            del query[name]
        for code, weight in self.moved.items():
            query[_NAME + code] = plain(weight)
        return f"{request.path}?{query.urlencode()}" if query else request.path


class Line(NamedTuple):
    """One unit under other weights beside its place in the edition; `up` is how many places it went up."""

    standing: Standing
    rank: int | None
    is_tied: bool
    score: float | None
    up: int | None

    @property
    def down(self) -> int:
        """How many places it went down."""
        return -(self.up or 0)

    @property
    def score_text(self) -> str | None:
        """The score as the reader writes it."""
        return None if self.score is None else number(self.score)


class Result(NamedTuple):
    """The ranking under the weights asked for, best first, in one sentence, and with the part each node then has."""

    lines: Sequence[Line]
    words: str
    shares: Mapping[str, float]


def plain(weight: float) -> str:
    """A weight as an input of numbers takes it.

    >>> plain(1.0), plain(0.25)
    ('1', '0.25')
    """
    return repr(int(weight)) if weight.is_integer() else repr(weight)


def result(found: Opened, weights: Weights) -> Result:
    """The edition's ranking, or that under the weights moved by hand; adds to `weights.errors` what is refused."""
    published = standings(found.shown, places(found.edition))
    reweighed = _reweighed(found, weights)
    if reweighed is None:
        lines = [Line(one, one.rank, one.is_tied, one.score, 0 if one.rank else None) for one in published]
        words = " ".join(weights.errors.values()) or _("These are the weights of the edition.")
        return Result(lines, words, found.figures.shares)
    lines = _lines(published, reweighed)
    return Result(lines, _words(lines), reweighed.framework.shares())


def _reweighed(found: Opened, weights: Weights) -> Reweighed | None:
    if weights.errors or not weights.moved:
        return None
    try:
        return queries.reweighing_of(found.edition).with_weights(weights.moved, found.shown.year)
    except InvalidInput as error:
        weights.errors[error.field or ""] = _refusal(error, weights, found.used_framework)
        return None


def _refusal(error: InvalidInput, weights: Weights, framework: Framework) -> str:
    for node in framework.aggregates:
        parts = framework.children[node.code]
        if not sum(weights.moved.get(part.code, part.weight) for part in parts):
            return _("All that makes up “%(name)s” weighs nothing: give one of its parts a weight.") % {
                "name": node.label
            }
    return error.message


def _lines(published: Sequence[Standing], reweighed: Reweighed) -> list[Line]:
    ranks = [int(rank) if isfinite(rank) else None for rank in reweighed.ranks.tolist()]
    known = dict(zip(reweighed.units, zip(ranks, reweighed.scores.tolist(), strict=True), strict=True))
    counts = Counter(ranks)
    lines = []
    for one in published:
        rank, score = known.get(one.code, (None, None))
        up = one.rank - rank if one.rank is not None and rank is not None else None
        lines.append(Line(one, rank, counts[rank] > 1, score if rank is not None else None, up))
    return sorted(lines, key=lambda line: (line.rank is None, line.rank))


def _words(lines: Sequence[Line]) -> str:
    moves = [line for line in lines if line.up]
    if not moves:
        return _("With these weights every city stays where it is.")
    count, total = len(moves), len(lines)
    told = [
        ngettext(
            "With these weights %(count)s of %(total)s cities changes its place.",
            "With these weights %(count)s of %(total)s cities change their place.",
            count,
        )
        % {"count": count, "total": total},
        _first([line.standing.place.name for line in lines if line.rank == 1]),
    ]
    best, worst = max(moves, key=lambda line: line.up or 0), min(moves, key=lambda line: line.up or 0)
    if best.up and best.up > 0:
        told.append(_("Furthest up: %(name)s, by %(count)s.") % {"name": best.standing.place.name, "count": best.up})
    if worst.up and worst.up < 0:
        down = {"name": worst.standing.place.name, "count": -worst.up}
        told.append(_("Furthest down: %(name)s, by %(count)s.") % down)
    return " ".join(told)


def _first(names: Sequence[str]) -> str:
    return _("First: %(names)s.") % {"names": listed(names)} if names else ""


def _number(text: str) -> float | None:
    try:
        weight = float(text.replace(",", "."))
    except ValueError:
        return None
    return weight if isfinite(weight) and 0 <= weight <= GREATEST else None
