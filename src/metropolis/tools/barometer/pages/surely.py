"""How sure a ranking is: which choices move it, for all cities and for one."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
from django.utils.translation import gettext as _

from metropolis.engine_kit import InvalidInput
from metropolis.tools.barometer import queries
from metropolis.tools.barometer.engine.figures import Influence
from metropolis.tools.barometer.engine.reweighing import LeftOut
from metropolis.tools.barometer.pages.frame import Opened
from metropolis.tools.barometer.pages.pictures import influence_rows
from metropolis.tools.barometer.pages.steps import input_name, share, varied
from metropolis.tools.barometer.queries.standings import Standing
from metropolis.tools.barometer.queries.words import interval, listed, number, place_words, probability

#: From which part of all movement on an input is said to matter.
_MATTERS = 0.05
#: Indicators shown without which ranks change most.
_MOST = 8


class Without(NamedTuple):
    """What leaving one indicator out does: the mean change of rank, and the city that it moves furthest."""

    label: str
    shift: float
    furthest: str
    up: int

    @property
    def down(self) -> int:
        """How many places the city moved down."""
        return -self.up

    @property
    def shift_text(self) -> str:
        """The mean change as the reader writes it."""
        return number(self.shift)


class Elsewhere(NamedTuple):
    """Where a city would stand without one indicator; `worse` is how many places further down."""

    label: str
    rank: int
    worse: int


def influences(found: Opened, rows: Sequence[Standing]) -> dict[str, Any]:
    """What the page says of all cities together."""
    return {
        "rows": [
            {"standing": row, "scores": interval(row.lower, row.upper), "quarter": probability(row.top_quarter)}
            for row in rows
        ],
        "whole": influence_rows(found.figures.whole),
        "words": influence_words(found.figures.whole),
        "inputs": varied_inputs(found),
        "without": _all_without(found, rows, _left_out(found)),
        "latest": found.figures.latest.year,
        "level": share(0.9),
        "caption": _of_latest(found).told(_("Part of the movement of all ranks")),
    }


def one_city(found: Opened, rows: Sequence[Standing], code: str) -> dict[str, Any]:
    """What the page says of the city asked for, if there is one."""
    chosen = next((row for row in rows if row.code == code), None)
    choices = sorted(((row.code, row.place.name) for row in rows), key=lambda one: one[1])
    if chosen is None:
        return {"choices": choices, "chosen": None}
    return {
        "choices": choices,
        "chosen": chosen,
        "chosen_words": place_words(chosen, len(rows)),
        "chosen_scores": interval(chosen.lower, chosen.upper),
        "chosen_quarter": probability(chosen.top_quarter),
        "chosen_caption": _of_latest(found).told(_("What moves the score of %(name)s") % {"name": chosen.place.name}),
        "chosen_influences": influence_rows(found.figures.by_unit.get(code, ())),
        "chosen_without": _one_without(found, chosen, _left_out(found)),
    }


def varied_inputs(found: Opened) -> list[dict[str, str]]:
    """What is varied, and how."""
    return [{"label": input_name(one.name), "value": varied(one, found)} for one in found.material.varying.inputs]


def influence_words(found: Sequence[Influence]) -> list[str]:
    """Which choices move the ranks, in two or three sentences."""
    ordered = sorted(found, key=lambda one: -(one.total or 0.0))
    mattering = [one for one in ordered if (one.total or 0.0) >= _MATTERS]
    if not mattering:
        return [_("None of the choices moves the ranks much.")] if found else []
    first = mattering[0]
    told = {"name": input_name(first.name), "first": share(max(0.0, first.first or 0.0)), "total": share(first.total)}
    said = [
        _(
            "“%(name)s” moves the ranks most: by itself it makes %(first)s of their movement, "
            "together with the others %(total)s."
        )
        % told
    ]
    others = [input_name(one.name) for one in mattering[1:]]
    little = [input_name(one.name) for one in ordered if one not in mattering]
    if others:
        said.append(_("Then come: %(names)s.") % {"names": listed(others)})
    if little:
        said.append(_("Hardly anything depends on: %(names)s.") % {"names": listed(little)})
    return said


def _of_latest(found: Opened) -> Opened:
    """The edition in its last year, of which influences are computed."""
    return replace(found, wanted_year=None)


def _left_out(found: Opened) -> LeftOut | None:
    """None where an indicator cannot be left out by setting its weight to nothing."""
    try:
        return queries.reweighing_of(found.edition).without_each(found.shown.year)
    except InvalidInput:
        return None


def _all_without(found: Opened, rows: Sequence[Standing], left_out: LeftOut | None) -> list[Without]:
    """The indicators without which ranks change most."""
    if left_out is None:
        return []
    known = {row.code: row for row in rows}
    usual = np.array([known[unit].rank or np.nan for unit in left_out.units])
    labels = found.framework.by_code
    told = []
    for code, ranks in zip(left_out.codes, left_out.ranks, strict=True):
        moved = usual - ranks
        if np.isnan(moved).all():
            continue
        furthest = int(np.nanargmax(np.abs(moved)))
        name = known[left_out.units[furthest]].place.name
        told.append(Without(labels[code].label, float(np.nanmean(np.abs(moved))), name, int(moved[furthest])))
    return sorted(told, key=lambda one: -one.shift)[:_MOST]


def _one_without(found: Opened, chosen: Standing, left_out: LeftOut | None) -> list[Elsewhere]:
    """The indicators without which one city would stand elsewhere, those that hold it up most first."""
    if left_out is None or chosen.rank is None or chosen.code not in left_out.units:
        return []
    ranks = left_out.ranks[:, left_out.units.index(chosen.code)]
    moves = [
        Elsewhere(found.framework.by_code[code].label, rank, rank - chosen.rank)
        for code, rank in zip(left_out.codes, map(int, np.nan_to_num(ranks).tolist()), strict=True)
        if rank not in {0, chosen.rank}
    ]
    return sorted(moves, key=lambda one: -abs(one.worse))[:_MOST]
