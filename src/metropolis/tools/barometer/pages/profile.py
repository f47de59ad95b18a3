"""One city in an edition: where it stands, why, whether it gets on, and what would bring it up."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from metropolis.engine_kit import NotFound
from metropolis.foundation.pages.engine.charts import End, IntervalRow, Part, Point, ProfileRow, Series
from metropolis.tools.barometer import queries
from metropolis.tools.barometer.engine.figures import YearFigures
from metropolis.tools.barometer.engine.framework import Framework, Node
from metropolis.tools.barometer.pages.frame import Opened, opened
from metropolis.tools.barometer.queries import Explained, Measured, Place, Standing, words

#: Units times indicators up to which what would bring a city up is computed unasked.
_AT_ONCE = 3000
_MOVES = 5


@dataclass(frozen=True)
class Profile:
    """One city of an edition in the year asked for."""

    found: Opened
    places: Mapping[str, Place]
    ranked: Sequence[Standing]
    row: Standing
    peers: tuple[str, ...]

    @property
    def unit(self) -> str:
        """The city's code."""
        return self.row.code

    @property
    def name(self) -> str:
        """The city's name."""
        return self.row.place.name

    @property
    def short(self) -> str:
        """The city's name in a sentence."""
        return self.row.place.short

    @property
    def year(self) -> YearFigures:
        """The figures of the year."""
        return self.found.shown

    @property
    def framework(self) -> Framework:
        """The tree of nodes."""
        return self.found.framework

    @property
    def total(self) -> int:
        """How many cities have a place."""
        return sum(row.rank is not None for row in self.ranked)


def profile_of(found: Opened, unit: str) -> Profile:
    """One city of an edition; `NotFound` for a unit that has no figures in the year."""
    places = queries.places(found.edition)
    ranked = queries.standings(found.shown, places)
    row = next((row for row in ranked if row.code == unit), None)
    if row is None:
        raise NotFound(_("This edition has no figures of this city in this year."), field="unit")
    return Profile(found, places, ranked, row, queries.peers_of(places, unit))


@require_safe
def unit(request: HttpRequest, slug: str, label: str, unit: str) -> HttpResponse:
    """One city: its score, why, and what would move it up."""
    seen = profile_of(opened(request, slug, label), unit)
    found = seen.found
    context = found.context(
        "unit",
        seen=seen,
        city_url=_city_url(seen.row.place),
        addresses={
            "report": found.address("report", unit),
            "compare": found.address("compare", city=unit),
            "peers": found.address("edition", like=unit),
        },
        in_short=in_short(seen),
        pillar_rows=profile_rows(seen, found.framework.children[found.framework.root.code]),
        pillars=_pillars(seen),
        strong=standouts(seen, strong=True),
        weak=standouts(seen, strong=False),
        gap=_gap(seen, request.GET.get("against", "")),
        others=sorted(((row.code, row.place.name) for row in seen.ranked if row.code != unit), key=lambda one: one[1]),
        progress=progress(seen),
        can_move=not found.material.takes_long,
        moves=moves(seen) if _moves_asked(request, seen) else None,
        related=queries.practices_on(_weak_nodes(seen), seen.row.place.city),
        figures=[_figure(each) for each in queries.measured_of(found.edition, found.framework, seen.year.year, unit)],
        peer_rows=_peer_rows(seen),
        captions=_captions(seen),
    )
    return render(request, "barometer/unit.html", context)


def _captions(seen: Profile) -> dict[str, str]:
    told = seen.found.told
    name = {"name": seen.short}
    return {
        "pillars": told(_("%(name)s among all cities, by pillar") % name),
        "line": told(_("%(name)s over the years") % name, of_all_years=True),
        "peers": told(_("%(name)s and its peers") % name),
    }


def _city_url(place: Place) -> str:
    if place.city is None:
        return ""
    try:
        return reverse("exchange:city", args=[place.city.pk, place.city.slug])
    except NoReverseMatch:  # the tool that has the cities' pages is not installed
        return ""


def in_short(seen: Profile) -> list[str]:
    """Where the city stands, in two or three sentences."""
    row = seen.row
    if row.rank is None:
        return [_("Too little is known of %(name)s for a score.") % {"name": seen.short}]
    told = {"name": seen.short, "place": words.place_words(row, seen.total), "score": words.number(row.score)}
    span = words.interval(row.lower, row.upper)
    if not span:
        return [_("%(name)s scores %(score)s: %(place)s.") % told]
    said = [_("%(name)s is %(place)s, with a score of %(score)s (%(span)s at 90 %%).") % {**told, "span": span}]
    said.append(
        _("The probability that it is in the best quarter is %(share)s.")
        % {"share": words.probability(row.top_quarter)}
    )
    if row.is_tied:
        said.append(_("Others have exactly the same score."))
    return said


def profile_rows(seen: Profile, nodes: Sequence[Node]) -> list[ProfileRow]:
    """The city's scores in some nodes beside all cities', for the chart."""
    found = queries.spreads(seen.year, nodes, seen.found.figures.nodes, seen.unit, seen.peers)
    return [
        ProfileRow(
            label=each.node.label, value=each.value, minimum=each.minimum, quartile_1=each.quartile_1,
            median=each.median, quartile_3=each.quartile_3, maximum=each.maximum, peers=each.peers, digits=0,
        )
        for each in found
    ]  # fmt: skip


def _pillars(seen: Profile) -> list[dict[str, Any]]:
    tree = seen.framework
    return [
        {
            "label": pillar.label,
            "caption": seen.found.told(pillar.label),
            "rows": profile_rows(seen, tree.leaves(pillar.code)),
        }
        for pillar in tree.children[tree.root.code]
        if pillar.code in tree.children
    ]


def standouts(seen: Profile, *, strong: bool) -> list[dict[str, str]]:
    """Strengths or weaknesses, each with how it stands out."""
    found = (queries.strengths if strong else queries.weaknesses)(seen.year, seen.framework, seen.unit)
    return [{"label": each.node.label, "text": words.standout_words(each, strong=strong)} for each in found]


def _weak_nodes(seen: Profile) -> list[Node]:
    return [each.node for each in queries.weaknesses(seen.year, seen.framework, seen.unit)]


def above(seen: Profile) -> Standing | None:
    """The city that comes before this one in the ranking."""
    if seen.row.rank is None:
        return None
    before = [row for row in seen.ranked if row.rank is not None and row.rank < seen.row.rank]
    return before[-1] if before else None


def _gap(seen: Profile, asked: str) -> dict[str, Any] | None:
    """Why the city scores otherwise than the typical one, the one above it, or one that is asked for."""
    upper = above(seen)
    against = upper.code if asked == "above" and upper else asked
    known = {row.code: row.place.short for row in seen.ranked if row.code != seen.unit}
    found = queries.gap(
        seen.found.edition, seen.framework, seen.year.year, seen.unit, against if against in known else None
    )
    if found is None:
        return None
    other = known.get(against, _("the typical city"))
    return {
        **gap_told(seen.found, found, seen.short, other),
        "asked": against if against in known else "",
        "above": upper.place.short if upper else "",
    }


def gap_told(found: Opened, gap: Explained, name: str, other: str) -> dict[str, Any]:
    """A gap between two cities in words, and its parts for the charts."""
    told = {"other": other, "name": name}
    return {
        "words": words.gap_words(gap, name, other),
        "start": End(label=other, value=gap.second),
        "end": End(label=name, value=gap.first),
        "pillars": _parts(gap.pillars),
        "parts": _parts(gap.parts),
        "caption": found.told(_("From %(other)s to %(name)s, by pillar") % told),
        "closer": found.told(_("From %(other)s to %(name)s, by indicator") % told),
    }


def _parts(parts: Sequence[queries.Part]) -> list[Part]:
    return [Part(label=part.node.label, value=part.value) for part in parts]


def progress(seen: Profile) -> dict[str, Any] | None:
    """How the city got on over the years, the last step first; None where there is one year alone."""
    steps = seen.found.figures.progress.get(seen.unit, ())
    if not steps and len(seen.found.figures.years) < 2:  # noqa: PLR2004
        return None
    breaks = seen.found.material.breaks
    told = []
    for before, after, found in reversed(steps):
        change = queries.change(seen.found.edition, seen.framework, seen.unit, before, after)
        told.append(
            {
                "before": before,
                "after": after,
                "answer": words.progress_words(before, after, found),
                "words": words.change_words(change) if change else [],
                "parts": _parts(change.pillars) if change else [],
                "start": End(label=str(before), value=change.second) if change else None,
                "end": End(label=str(after), value=change.first) if change else None,
                "caption": seen.found.told(
                    _("From %(before)s to %(after)s, by pillar") % {"before": before, "after": after}, of_all_years=True
                ),
                "breaks": [_break_words(seen.framework, each) for each in breaks if before < each.year <= after],
            }
        )
    return {"steps": told, "series": [series(seen)]}


def _break_words(framework: Framework, each: Any) -> str:
    told = {"node": framework.by_code[each.code].label if each.code in framework.by_code else each.code}
    told |= {"year": str(each.year), "note": each.note}
    if each.note:
        return _("%(node)s is measured otherwise from %(year)s on: %(note)s") % told
    return _("%(node)s is measured otherwise from %(year)s on.") % told


def series(seen: Profile) -> Series:
    """The city's score over the years with its interval, cut where an indicator's series breaks."""
    points = []
    for one in seen.found.figures.years:
        if one.year is None or seen.unit not in one.units:
            continue
        place = one.units.index(seen.unit)
        lower, upper = (one.sure.lower[place], one.sure.upper[place]) if one.sure else (None, None)
        points.append(Point(year=one.year, value=one.scores[place][-1], lower=lower, upper=upper))
    breaks = tuple(sorted({each.year for each in seen.found.material.breaks}))
    return Series(name=seen.short, points=tuple(points), breaks=breaks)


def _moves_asked(request: HttpRequest, seen: Profile) -> bool:
    return "moves" in request.GET or are_moves_at_once(seen)


def are_moves_at_once(seen: Profile) -> bool:
    """Whether the edition is small enough for what would bring a city up to be computed unasked."""
    return len(seen.year.units) * len(seen.framework.indicators) <= _AT_ONCE


def moves(seen: Profile) -> list[dict[str, str]]:
    """The easiest ways up one place, by one indicator alone each; none for the first and for those without a score."""
    if seen.row.rank is None or seen.row.rank == 1:
        return []
    found = queries.moves(seen.found.edition, seen.year.year, seen.unit)
    nodes = seen.framework.by_code
    return [
        {"label": nodes[move.code].label, "text": words.move_words(move, nodes[move.code])}
        for move in found
        if move.is_feasible
    ][:_MOVES]


def _figure(each: Measured) -> dict[str, Any]:
    return {
        "label": each.node.label,
        "value": None if each.value is None else words.measured(each.value, each.node),
        "notes": words.figure_notes(each),
        "source": each.node.source,
        "is_soft": each.node.is_soft,
    }


def _peer_rows(seen: Profile) -> list[IntervalRow]:
    shown = {seen.unit, *seen.peers}
    return [chart_row(seen, row) for row in seen.ranked if row.code in shown] if seen.peers else []


def chart_row(seen: Profile, row: Standing) -> IntervalRow:
    """A city for the chart of those around the one that the page is about."""
    return IntervalRow(
        label=row.place.name, value=row.score, lower=row.lower, upper=row.upper, rank=row.rank_text,
        url=seen.found.address("unit", row.code), is_chosen=row.code == seen.unit,
    )  # fmt: skip
