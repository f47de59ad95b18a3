"""What figures mean, in sentences of the reader's language."""

from collections.abc import Iterable, Sequence
from decimal import Decimal

from babel.lists import format_list
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from metropolis.foundation.pages.engine import Look
from metropolis.foundation.pages.engine.look import locale_of
from metropolis.tools.barometer.engine.advancing import Move, Progress
from metropolis.tools.barometer.engine.framework import Framework, Node
from metropolis.tools.barometer.models import Edition
from metropolis.tools.barometer.queries.explained import NOTHING, Explained, Part, Standout
from metropolis.tools.barometer.queries.figures import Measured
from metropolis.tools.barometer.queries.standings import TOLD_APART, Standing, told_apart

#: What the probability of being better says, from the probability on that stands before it.
_BETTER: tuple[tuple[float, Promise], ...] = (
    (0.95, gettext_lazy("Yes, almost surely")),
    (0.8, gettext_lazy("Yes, probably")),
    (0.2, gettext_lazy("That cannot be told")),
    (0.05, gettext_lazy("No, probably not")),
    (0.0, gettext_lazy("No, almost surely not")),
)
_NEARLY = 0.99
#: Names in a sentence.
_NAMED = 3


def number(value: float | None, digits: int = 1, *, signed: bool = False) -> str:
    """A number as the reader writes it."""
    return _("unknown") if value is None else _reader().number(value, digits, signed=signed)


def figure(value: float, digits: int = 4) -> str:
    """A number with as many digits as it has, at most so many after the decimal sign."""
    return number(value, next((count for count in range(digits) if round(value, count) == value), digits))


def significant(value: float, digits: int) -> str:
    """A number in so many figures at most."""
    rounded = Decimal(f"{value:.{digits}g}").normalize()
    return number(float(rounded), max(0, -int(rounded.as_tuple().exponent)))


def share(value: float | None) -> str:
    """A share as a percentage."""
    return _("unknown") if value is None else _reader().share(value, 0)


def probability(value: float | None) -> str:
    """A probability as a percentage; none is said to be certain, because replications are no more than many."""
    if value is None:
        return _("unknown")
    if value > _NEARLY:
        return _("more than %(share)s") % {"share": _reader().share(_NEARLY, 0)}
    if value < 1 - _NEARLY:
        return _("less than %(share)s") % {"share": _reader().share(1 - _NEARLY, 0)}
    return _reader().share(value, 0)


def interval(lower: float | None, upper: float | None, digits: int = 1) -> str:
    """An interval as "61.0–65.3", "" where there is none."""
    if lower is None or upper is None:
        return ""
    return f"{number(lower, digits)}\N{EN DASH}{number(upper, digits)}"


def listed(names: Iterable[object]) -> str:
    """Names one after another: "A, B and C"."""
    return format_list([str(name) for name in names], locale=locale_of(get_language() or "en"))


def measured(value: float, node: Node) -> str:
    """A figure of an indicator with its unit."""
    return f"{number(value, _digits(value))} {node.unit}".strip()


def _digits(value: float) -> int:
    size = abs(value)
    return 0 if size >= 100 or value == int(value) else 1 if size >= 1 else 2  # noqa: PLR2004


def _reader() -> Look:
    return Look(language=get_language() or "en")


def place_words(row: Standing, total: int) -> str:
    """Which place a unit has, in one sentence without a full stop: never more surely than it is known."""
    told = {"total": number(total, 0), "best": number(row.best, 0), "worst": number(row.worst, 0)}
    if row.rank is None:
        return _("no place: too little is known")
    if row.best is None:
        return _("place %(rank)s of %(total)s; how sure that is, is being computed") % {
            **told,
            "rank": row.rank_text,
        }
    if row.best == row.worst:
        return _("place %(best)s of %(total)s") % told
    return _("between place %(best)s and place %(worst)s of %(total)s") % told


def summary(rows: Sequence[Standing], framework: Framework) -> list[str]:
    """What a ranking says, in two or three sentences."""
    scored = [row for row in rows if row.rank is not None]
    told = {
        "cities": number(len(scored), 0),
        "indicators": number(len(framework.indicators), 0),
        "pillars": number(len(framework.children[framework.root.code]), 0),
    }
    said = [_("%(cities)s cities are compared on %(indicators)s indicators in %(pillars)s pillars.") % told]
    top = [row.place.short for row in scored if (row.top_quarter or 0) >= _NEARLY]
    if top:
        message = ngettext(
            "%(cities)s is in the best quarter almost surely.",
            "%(cities)s are in the best quarter almost surely.",
            len(top),
        )
        others = [_("%(count)s others") % {"count": number(len(top) - _NAMED, 0)}] if len(top) > _NAMED + 1 else []
        named = top[: _NAMED if others else _NAMED + 1]
        said.append(message % {"cities": listed([*named, *others])})
    apart, pairs = told_apart(rows)
    if pairs:
        message = _("Of %(pairs)s pairs of neighbours in the ranking %(apart)s can be told apart.")
        said.append(message % {"pairs": number(pairs, 0), "apart": number(apart, 0)})
    return said


def part_words(parts: Sequence[Part]) -> str:
    """Parts one after another: "Trust (+2.1) and Homicides (−0.4)"."""
    return listed(f"{part.node.label} ({number(part.value, 1, signed=True)})" for part in parts)


def gap_words(found: Explained, name: str, other: str) -> list[str]:
    """Why a unit scores otherwise than another, in two or three sentences."""
    told = {"name": name, "other": other, "first": number(found.first), "second": number(found.second)}
    told["gap"] = number(abs(found.gap))
    if abs(found.gap) < NOTHING:
        said = [_("%(name)s scores %(first)s, about the same as %(other)s.") % told]
    elif found.gap > 0:
        said = [_("%(name)s scores %(first)s, which is %(gap)s more than %(other)s (%(second)s).") % told]
    else:
        said = [_("%(name)s scores %(first)s, which is %(gap)s less than %(other)s (%(second)s).") % told]
    if ahead := found.ahead():
        said.append(_("What puts it ahead most: %(parts)s.") % {"parts": part_words(ahead)})
    if behind := found.behind():
        said.append(_("What holds it back most: %(parts)s.") % {"parts": part_words(behind)})
    return said


def change_words(found: Explained) -> list[str]:
    """What made a score change, in up to two sentences."""
    said = []
    if ahead := found.ahead():
        said.append(_("What went up most: %(parts)s.") % {"parts": part_words(ahead)})
    if behind := found.behind():
        said.append(_("What went down most: %(parts)s.") % {"parts": part_words(behind)})
    return said


def progress_words(before: int, after: int, found: Progress) -> str:
    """Whether a unit is really better than before, in one paragraph that says how sure that is."""
    answer = next(words for least, words in _BETTER if found.probability >= least)
    told = {
        "answer": answer,
        "share": probability(found.probability),
        "before": before,
        "after": after,
        "first": number(found.before),
        "second": number(found.after),
        "low": number(found.interval[0], signed=True),
        "high": number(found.interval[1], signed=True),
    }
    return (
        _(
            "%(answer)s: the probability that the score really rose from %(before)s to %(after)s is %(share)s. It went "
            "from %(first)s to %(second)s, and the change lies between %(low)s and %(high)s."
        )
        % told
    )


def standout_words(found: Standout, *, strong: bool) -> str:
    """How an indicator stands out: "better than 92 % of the other cities"."""
    if found.share == 1:
        return _("better than all other cities") if strong else _("worse than all other cities")
    said = _("better than %(share)s of the other cities") if strong else _("worse than %(share)s of the other cities")
    return said % {"share": share(found.share)}


def move_words(move: Move, node: Node) -> str:
    """What would bring a unit up a place by one indicator alone, and how often as much was done."""
    digits = max(_digits(move.change), _digits(move.value))
    told = {
        "value": number(move.value, digits),
        "needed": f"{number(move.needed, digits)} {node.unit}".strip(),
        "change": number(move.change, digits, signed=True),
    }
    said = _("from %(value)s to %(needed)s (%(change)s)") % told
    if move.precedent is None:
        return said
    if not move.precedent:
        return _("%(change)s; no city has changed as much from one year to the next") % {"change": said}
    often = _("%(change)s; %(share)s of all changes from one year to the next were as large")
    return often % {"change": said, "share": share(move.precedent)}


def figure_notes(found: Measured) -> list[str]:
    """What is to be known of a figure before it is used."""
    said = []
    if found.is_withheld:
        said.append(_("withheld: too few answers"))
    if found.is_filled:
        filled = None if found.filled is None else measured(found.filled, found.node)
        said.append(_("filled in: %(value)s") % {"value": filled} if filled else _("filled in for the score"))
    elif found.value is None:
        said.append(_("left out of the score"))
    if found.error is not None:
        said.append(_("survey: ± %(error)s at 90 %%") % {"error": number(1.645 * found.error)})
    if found.answers is not None and found.value is not None:
        said.append(_("worth %(answers)s answers") % {"answers": number(found.answers, 0)})
    if found.rests_on_few:
        said.append(_("rests on few answers"))
    if found.moved_to is not None:
        said.append(_("an outlier, taken as %(value)s") % {"value": measured(found.moved_to, found.node)})
    return said or [_("as measured")]


def above_words(chance: float, first: str, second: str) -> str:
    """How sure it is that one unit stands above another, by the probability that it does."""
    name, other = (first, second) if chance >= 0.5 else (second, first)  # noqa: PLR2004
    told = {"name": name, "other": other, "share": probability(max(chance, 1 - chance))}
    if max(chance, 1 - chance) >= TOLD_APART:
        return _("%(name)s is above %(other)s with a probability of %(share)s.") % told
    return _("%(name)s and %(other)s cannot be told apart: the first is above with a probability of %(share)s.") % told


def citation(row: Edition, site: str) -> str:
    """How an edition is cited, on the site of this address; the digest is that of all it is computed from."""
    moment = row.published_at or row.created_at
    return _("%(publisher)s (%(year)s). %(title)s, edition %(label)s. %(address)s (digest %(digest)s).") % {
        "publisher": row.barometer.initiative.title,
        "year": moment.year,
        "title": row.barometer.title,
        "label": row.label,
        "address": f"{site}{row.get_absolute_url()}",
        "digest": row.digest[:16],
    }
