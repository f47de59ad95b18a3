"""For whom something is drawn or printed: language, direction, numbers, and the few words drawings write themselves."""

from collections.abc import Sequence
from functools import lru_cache
from math import isfinite
from typing import Annotated, Any

from babel import Locale, UnknownLocaleError
from babel.numbers import format_decimal
from pydantic import BeforeValidator

from metropolis.engine_kit import Value

FROM_RIGHT = frozenset({"ar", "fa", "he", "ps", "ur"})
#: Below this width of a drawing, in its own units, a label stands above its line and not before it.
NARROW = 480
#: From here on a number is written by its power of ten.
_HUGE = 1e15
_MINUS, _NO_BREAK, _FROM_LEFT = "\N{MINUS SIGN}", "\N{NO-BREAK SPACE}", "\N{LEFT-TO-RIGHT MARK}"


def _known(value: Any) -> Any:
    return None if isinstance(value, float) and not isfinite(value) else value


#: A number, or None where it is not known; what is not finite counts as not known.
Figure = Annotated[float | None, BeforeValidator(_known)]


class Words(Value):
    """The words that charts and reports write by themselves, in the reader's language."""

    unknown: str = "unknown"
    name: str = "Name"
    measure: str = "Measure"
    rank: str = "Rank"
    value: str = "Value"
    lower: str = "From"
    upper: str = "To"
    tie: str = "Not told apart"
    tied: str = "Neighbours with a letter in common are not told apart"
    year: str = "Year"
    break_: str = "Break in series"
    adds: str = "Adds"
    takes: str = "Takes away"
    rest: str = "Remainder"
    minimum: str = "Least"
    quartile_1: str = "Lower quartile"
    median: str = "Median"
    quartile_3: str = "Upper quartile"
    maximum: str = "Greatest"
    half: str = "Middle half of all, and median"
    all: str = "All, least to greatest"
    peers: str = "Median of peers"
    first: str = "First order"
    total: str = "Total effect"
    interval: str = "Interval"
    part_of: str = "Part of"
    share: str = "Share of the whole"
    beside: str = "Share of the part"
    notice: str = "Notice"
    sources: str = "Sources"
    citation: str = "How to cite"
    page: str = "Page %(page)s of %(pages)s"


class Look(Value):
    """How something is drawn: for which reader, how wide, and where.

    `width` is in units of the drawing, a letter of the text being 13 high; below 480 a drawing is made for a phone.
    `inline` is for a page of ours, whose styles give the colours, light or dark, and where names are links. `language`
    is a code such as `ar` or `pt-br`. `foot` are lines written below a drawing that goes out alone, as its title, its
    source and what must be known; `description` goes with it unseen.
    """

    language: str = "en"
    width: int = 640
    dark: bool = False
    inline: bool = False
    foot: tuple[str, ...] = ()
    description: str = ""
    words: Words = Words()

    @property
    def from_right(self) -> bool:
        """Whether the language is written from the right."""
        return self.language.partition("-")[0] in FROM_RIGHT

    @property
    def is_narrow(self) -> bool:
        """Whether labels stand above their lines."""
        return self.width < NARROW

    def number(self, value: float | None, digits: int = 1, *, signed: bool = False) -> str:
        """A number as this reader writes it, with so many `digits` after the decimal sign.

        >>> Look(language="es").number(-12345.678), Look().number(0.25, 2, signed=True), Look().number(None)
        ('−12.345,7', '+0.25', 'unknown')
        """
        if value is None:
            return self.words.unknown
        rounded = round(value, digits) + 0.0
        pattern = "0.00E0" if abs(rounded) >= _HUGE else "#,##0" + ("." + "0" * digits if digits else "")
        text = format_decimal(abs(rounded), format=pattern, locale=locale_of(self.language))
        sign = _MINUS if rounded < 0 else "+" if signed and rounded > 0 else ""
        # Among letters that run from the right, a sign would go behind its number.
        sign = f"{_FROM_LEFT}{sign}" if sign and self.from_right else sign
        return sign + text.replace("\N{NARROW NO-BREAK SPACE}", _NO_BREAK)

    def known(self, value: float | None, digits: int = 1) -> str | None:
        """The number, or None where there is none."""
        return None if value is None else self.number(value, digits)

    def share(self, value: float | None, digits: int = 1) -> str:
        """A share of 1 as a percentage.

        >>> Look().share(0.125)
        '12.5\N{NO-BREAK SPACE}%'
        """
        return self.words.unknown if value is None else f"{self.number(100 * value, digits)}{_NO_BREAK}%"


@lru_cache(maxsize=32)
def locale_of(language: str) -> Locale:
    """How a language writes numbers and days; English for one that is not known."""
    try:
        return Locale.parse("en-gb" if language == "en" else language, sep="-")
    except (UnknownLocaleError, ValueError):
        return Locale.parse("en")


class Chart(Value):
    """A drawing, and the same figures as a table: `rows` of as many cells as there are `columns`, None for unknown.

    `svg` is whole by itself. `links` are the addresses of the rows' heads, where they have one.
    """

    title: str
    unit: str = ""
    svg: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str | None, ...], ...]
    links: tuple[str, ...] = ()


#: A drawing by itself, light, in English.
PLAIN = Look()


def with_table(
    title: str,
    svg: str,
    columns: Sequence[tuple[str, Sequence[str | None]]],
    *,
    unit: str = "",
    links: Sequence[str] = (),
) -> Chart:
    """A drawing with its figures: columns by name and cells, those of no cells left out."""
    kept = [(name, cells) for number, (name, cells) in enumerate(columns) if number == 0 or cells]
    rows = zip(*(cells for _name, cells in kept), strict=True)
    return Chart(
        title=title,
        unit=unit,
        svg=svg,
        columns=tuple(name for name, _cells in kept),
        rows=tuple(tuple(cell or None for cell in row) for row in rows),
        links=tuple(links) if any(links) else (),
    )


def if_any(cells: Sequence[str | None]) -> Sequence[str | None]:
    """The cells of a column that a chart may do without: none, where no cell says anything."""
    return cells if any(cells) else ()
