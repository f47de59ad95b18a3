"""Charts of an edition to take away: each says in the picture itself what it is and where it comes from."""

import re
from collections.abc import Sequence
from dataclasses import replace
from xml.sax.saxutils import escape

from django.utils.translation import gettext as _

from metropolis.foundation.pages.engine import Look
from metropolis.foundation.pages.engine.charts import IntervalRow, SensitivityRow, interval_chart, sensitivity_chart
from metropolis.foundation.pages.engine.drawing import SMALL, clean, lines_of, palette
from metropolis.foundation.pages.engine.printing import WIDEST, chart_png
from metropolis.foundation.pages.values import look
from metropolis.tools.barometer.engine.figures import Influence
from metropolis.tools.barometer.pages.frame import Opened
from metropolis.tools.barometer.pages.steps import input_name
from metropolis.tools.barometer.queries.standings import standings
from metropolis.tools.barometer.queries.units import places

Notes = Sequence[tuple[str, str]]
_HEAD = re.compile(r'(<svg [^>]*?width=")(\d+)(" height=")(\d+)(" viewBox="0 0 \d+ )(\d+)(")')
_GROUND = re.compile(r'(<rect width="\d+" height=")(\d+)(")')
_LEADING = 16
#: The greatest part of a printed page's pixels for each unit of the drawing.
_FINE = 2.0


def ranking_svg(found: Opened, lines: Sequence[str], notes: Notes) -> str:
    """The ranking of the year asked for, with intervals; `lines` are written beneath it, `notes` describe it."""
    rows = [
        IntervalRow(
            label=row.place.name, value=row.score, lower=row.lower, upper=row.upper, rank=row.rank_text, tie=row.group
        )
        for row in standings(found.shown, places(found.edition))
    ]
    seen = look()
    title = found.told(_("Scores with their %(level)s intervals") % {"level": seen.share(0.9, 0)})
    return _signed(interval_chart(title, rows, look=seen).svg, [title, *lines], notes, seen)


def sensitivity_svg(found: Opened, lines: Sequence[str], notes: Notes) -> str:
    """Which choices move the ranks of all cities together; `lines` are written beneath it, `notes` describe it."""
    title, seen = replace(found, wanted_year=None).told(_("What moves the ranks")), look()
    drawn = sensitivity_chart(title, influence_rows(found.figures.whole), look=seen)
    return _signed(drawn.svg, [title, *lines], notes, seen)


def influence_rows(influences: Sequence[Influence]) -> list[SensitivityRow]:
    """Sobol's indices, the input that matters most first."""
    ordered = sorted(influences, key=lambda one: -(one.total or 0.0))
    return [
        SensitivityRow(
            label=input_name(one.name),
            first=one.first,
            total=one.total,
            first_interval=one.first_interval,
            total_interval=one.total_interval,
        )
        for one in ordered
    ]


def png(svg: str) -> bytes:
    """A drawing as a picture of pixels, as fine as a printer needs or as its height allows."""
    size = _HEAD.match(svg)
    longest = max(int(size[2]), int(size[4])) if size else WIDEST
    return chart_png(svg, scale=min(_FINE, WIDEST / longest))


def _signed(svg: str, told: Sequence[str], notes: Notes, seen: Look) -> str:
    """The drawing with its title and what must be known as text beneath it, and with the notes as its description."""
    size = _HEAD.match(svg)
    if size is None:
        return svg
    width, height = int(size[2]), int(size[4])
    lines = [line for text in told for line in lines_of(text, width - 8, SMALL, most=6)]
    taller = height + _LEADING * len(lines) + 12
    svg = _HEAD.sub(rf"\g<1>\g<2>\g<3>{taller}\g<5>{taller}\g<7>", svg, count=1)
    svg = _GROUND.sub(rf"\g<1>{taller}\g<3>", svg, count=1)
    described = escape(clean("\n".join(f"{title}: {text}" for title, text in notes)))
    svg = re.sub(r"<desc>.*?</desc>", lambda _found: f"<desc>{described}</desc>", svg, count=1, flags=re.DOTALL)
    mark = "\u2067" if seen.from_right else "\u2068"  # each line in its own direction
    place = f'x="{width - 4}" text-anchor="end"' if seen.from_right else 'x="4"'
    ink = palette()["ink-soft"]
    drawn = "".join(
        f'<text {place} y="{height + 10 + _LEADING * number}" font-size="{SMALL:g}" fill="{ink}">'
        f"{mark}{escape(clean(line))}\u2069</text>"
        for number, line in enumerate(lines)
    )
    return svg.removesuffix("</svg>") + drawn + "</svg>"
