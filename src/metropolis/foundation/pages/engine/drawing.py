"""A drawing as SVG: it reads from either side, and takes its colours from the tokens of the design.

Alone it has them as they are, light or dark; in a page it names them, and the reader's colours are used.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from functools import cache, lru_cache
from pathlib import Path
from typing import Literal
from xml.sax.saxutils import escape, quoteattr

from PIL import ImageFont

from metropolis.foundation.pages.engine.look import Look

Side = Literal["start", "middle", "end"]
#: A line's two places: across and down, across and down.
Ends = tuple[float, float, float, float]

PAGES = Path(__file__).resolve().parent.parent
FONT = "Public Sans, Noto Sans, Vazirmatn, sans-serif"
TEXT, SMALL = 13.0, 11.5
_TOKEN = re.compile(r"--([\w-]+):\s*(#[0-9a-f]{6});")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
#: Text of people keeps its own direction; ours is set in that of the language. Drawings know no other way to say it.
_OF_ITSELF, _FROM_RIGHT, _ENDS = "\u2068", "\u2067", "\u2069"
_OTHER_SIDE: Mapping[Side, Side] = {"start": "end", "middle": "middle", "end": "start"}


@cache
def palette(*, dark: bool = False) -> Mapping[str, str]:
    """The colours of the design's tokens, as #rrggbb."""
    light, dark_form = (PAGES / "static/pages/tokens.css").read_text().split("@media (prefers-color-scheme: dark)")
    return dict(_TOKEN.findall(light)) | (dict(_TOKEN.findall(dark_form)) if dark else {})


@cache
def _letters(*, bold: bool) -> ImageFont.FreeTypeFont:
    name = "PublicSans-Bold.ttf" if bold else "PublicSans-Regular.ttf"
    return ImageFont.truetype(PAGES / "data/vendor/print" / name, 100, layout_engine=ImageFont.Layout.BASIC)


@lru_cache(maxsize=8192)
def width_of(text: str, size: float, *, bold: bool = False) -> float:
    """How wide a text is, in units of the drawing; near enough for scripts whose letters the font lacks."""
    wide = sum(unicodedata.east_asian_width(letter) in "WF" for letter in text)
    return (_letters(bold=bold).getlength(text) + 40 * wide) * size / 100


def lines_of(text: str, width: float, size: float = TEXT, most: int = 1) -> list[str]:
    """The text in at most `most` lines of a width, cut off with an ellipsis where it does not fit."""
    found = [""]
    for word in text.split():
        longer = f"{found[-1]} {word}".strip()
        if found[-1] and width_of(longer, size) > width and len(found) < most:
            found.append(word)
        else:
            found[-1] = longer
    return [_cut(line, width, size) for line in found]


def _cut(line: str, width: float, size: float) -> str:
    if width_of(line, size) <= width:
        return line
    while line and width_of(f"{line}…", size) > width:
        line = line[:-1]
    return f"{line.rstrip()}…"


class Drawing:
    """What is drawn so far, from the side where the reader starts: a place across is counted from there."""

    def __init__(self, look: Look) -> None:
        self.look = look
        self._colours = palette(dark=look.dark)
        self._parts: list[str] = []
        self._has_links = False

    def line(self, ends: Ends, colour: str = "line-strong", width: float = 1, dashes: str = "") -> None:
        """A line from a place to another: across and down, across and down."""
        self.lines([ends], colour, width, dashes)

    def lines(self, all_ends: Iterable[Ends], colour: str, width: float = 1, dashes: str = "") -> None:
        """Lines of one kind."""
        drawn = "".join(
            f"M{_corners([(self._x(x1), y1)])}L{_corners([(self._x(x2), y2)])}" for x1, y1, x2, y2 in all_ends
        )
        self._parts.append(f'<path d="{drawn}"{self._stroke(colour, width, dashes)}/>')

    def bar(self, box: tuple[float, float, float, float], colour: str, *, edge: str = "", radius: float = 1.5) -> None:
        """A bar from one place across to another, by its top and height, with an edge where one is named."""
        one, other, top, height = box
        left, right = sorted((self._x(one), self._x(other)))
        right = max(right, left + 1)
        if edge:
            # A line lies on both sides of its place, and this one is to lie within.
            left, right, top, height = left + 1, max(right - 1, left + 2), top + 1, height - 2
        places = _places(x=left, y=top, width=right - left, height=height, rx=radius)
        self._parts.append(f"<rect{places}{self._surface(colour, edge)}/>")

    def dot(self, at: tuple[float, float], colour: str, radius: float = 4.5) -> None:
        """A dot around a place."""
        places = _places(cx=self._x(at[0]), cy=at[1], r=radius)
        self._parts.append(f"<circle{places}{self._surface(colour)}/>")

    def diamond(self, at: tuple[float, float], edge: str, radius: float = 5.5) -> None:
        """The edge of a square that stands on its corner."""
        x, y = self._x(at[0]), at[1]
        corners = _corners(((x, y - radius), (x + radius, y), (x, y + radius), (x - radius, y)))
        self._parts.append(f'<polygon points="{corners}"{self._surface("page", edge)}/>')

    def area(self, corners: Iterable[tuple[float, float]], colour: str, opacity: float = 0.16) -> None:
        """A surface between places, through which the rest is seen."""
        placed = _corners((self._x(x), y) for x, y in corners)
        self._parts.append(f'<polygon points="{placed}" fill-opacity="{opacity}" fill="{self._ink(colour)}"/>')

    def path(self, places: Iterable[tuple[float, float]], colour: str, width: float = 2, dashes: str = "") -> None:
        """A line through places."""
        placed = _corners((self._x(x), y) for x, y in places)
        stroke = self._stroke(colour, width, dashes)
        self._parts.append(f'<polyline points="{placed}" fill="none" stroke-linejoin="round"{stroke}/>')

    def text(
        self,
        at: tuple[float, float],
        text: str,
        *,
        side: Side = "start",
        colour: str = "ink",
        size: float = TEXT,
        bold: bool = False,
        url: str = "",
    ) -> None:
        """A text whose start, middle or end is at a place; the place down is that of the line it stands on."""
        anchor = _OTHER_SIDE[side] if self.look.from_right else side
        link = url if self.look.inline else ""
        drawn = (
            f"<text{_places(x=self._x(at[0]), y=at[1])}"
            + (f' text-anchor="{anchor}"' if anchor != "start" else "")
            + (f' font-size="{size:g}"' if size != TEXT else "")
            + (' font-weight="700"' if bold else "")
            + f' fill="{self._ink("link" if link else colour)}">{self._directed(clean(text))}</text>'
        )
        self._parts.append(f"<a href={quoteattr(link)}>{drawn}</a>" if link else drawn)
        self._has_links = self._has_links or bool(link)

    def svg(self, height: float, title: str, description: str = "") -> str:
        """The drawing as SVG, so high; a whole document, with title and description, unless it stands in a page."""
        width, height = self.look.width, round(self._write_foot(height))
        description = self.look.description or description
        # A picture's links could not be reached: with links it is a group.
        role = "group" if self._has_links else "img"
        words, ground, font = "", "", ""
        if not self.look.inline:
            words = f"<title>{escape(clean(title))}</title><desc>{escape(clean(description))}</desc>"
            font = f'font-family="{FONT}" '
            ground = f'<rect width="{width}" height="{height}" fill="{self._ink("page")}"/>'
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
            f'viewBox="0 0 {width} {height}" role="{role}" aria-label={quoteattr(clean(title))} '
            f'{font}font-size="{TEXT:g}" direction="ltr">{words}{ground}{"".join(self._parts)}</svg>'
        )

    def _write_foot(self, below: float) -> float:
        lines = [line for text in self.look.foot for line in lines_of(text, self.look.width - 8, SMALL, most=8)]
        for number, line in enumerate(lines):
            self.text((4, below + 22 + 16 * number), line, size=SMALL, colour="ink-soft")
        return below + 16 * len(lines) + (20 if lines else 0)

    def _x(self, across: float) -> float:
        return self.look.width - across if self.look.from_right else across

    def _ink(self, colour: str) -> str:
        return f"var(--{colour})" if self.look.inline else self._colours[colour]

    def _stroke(self, colour: str, width: float, dashes: str = "") -> str:
        dashed = f' stroke-dasharray="{dashes}"' if dashes else ""
        return f' stroke="{self._ink(colour)}" stroke-width="{width:g}"{dashed}'

    def _surface(self, colour: str, edge: str = "") -> str:
        return f' fill="{self._ink(colour)}"' + (self._stroke(edge, 2) if edge else "")

    def _directed(self, text: str) -> str:
        if self.look.from_right:
            return f"{_FROM_RIGHT}{escape(text)}{_ENDS}"
        # Latin letters need no mark, and are most of what is written.
        return escape(text) if max(text, default="") < "\u0590" else f"{_OF_ITSELF}{escape(text)}{_ENDS}"


def clean(text: str) -> str:
    """The text, its accents joined to their letters, without what no XML may hold."""
    return unicodedata.normalize("NFC", _CONTROL.sub("", text))


def _places(**places: float) -> str:
    return "".join(f' {name}="{round(value, 1):g}"' for name, value in places.items())


def _corners(places: Iterable[tuple[float, float]]) -> str:
    return " ".join(f"{round(x, 1):g},{round(y, 1):g}" for x, y in places)


def placed(texts: Sequence[float], apart: float, top: float, bottom: float) -> list[float]:
    """Places down for texts that want to stand at `texts`, moved so that they are `apart` from one another."""
    order = sorted(range(len(texts)), key=texts.__getitem__)
    found = list(texts)
    last = top - apart
    for each in order:
        found[each] = last = max(found[each], last + apart)
    last = bottom + apart
    for each in reversed(order):
        found[each] = last = min(found[each], last - apart)
    return found
