"""Charts as pictures and reports as PDF, set in this process by typst.

What people wrote reaches the typesetter as data only and is never read as markup; the template alone is code, and opens
no file. Fonts are our own, so that a report looks the same on every machine.
"""

import json
import re
import unicodedata
from functools import cache
from pathlib import Path
from typing import Any

import typst
from babel.dates import format_date

from metropolis.engine_kit import InvalidInput
from metropolis.foundation.pages.engine.drawing import palette
from metropolis.foundation.pages.engine.look import FROM_RIGHT, locale_of
from metropolis.foundation.pages.engine.report import Report, ReportChart

_DATA = Path(__file__).resolve().parent.parent / "data"
_FONTS = _DATA / "vendor/print"
_FAMILIES = ("Public Sans", "Noto Sans", "Vazirmatn")
#: Tagged for screen readers (PDF/UA-1) and made to last (PDF/A-2a).
STANDARDS = ["ua-1", "a-2a"]
#: How much a drawing and a whole report may weigh, in letters.
LONGEST_DRAWING, LONGEST_REPORT = 1_000_000, 2_000_000
WIDEST = 8_000

_PICTURE = """#set page(width: auto, height: auto, margin: 0pt)
#image(bytes(sys.inputs.svg), format: "svg", width: float(sys.inputs.width) * 1pt)
"""
_SIZE = re.compile(r'^<svg xmlns="http://www\.w3\.org/2000/svg" width="(\d+)" height="(\d+)" ')
#: All a drawing of ours consists of: nothing that loads, links or runs.
_FOREIGN = re.compile(r"<(?!/?(?:svg|title|desc|rect|line|circle|path|polygon|polyline|text)\b)|\bvar\(")
_LONG_WORD = re.compile(r"[^\s\u200b]{28}(?=[^\s\u200b]{4})")
#: A drawing so many times as tall as wide fits a page in full width, and one so many times if it is made smaller.
_FITS, _FITS_SMALLER = 1.2, 2.0
#: So many letters of the title stand at the head of each page.
_SHORT = 80


def chart_png(svg: str, *, scale: float = 2) -> bytes:
    """A drawing as a PNG, `scale` pixels for each of its units. `InvalidInput` unless it was drawn here, not inline."""
    width, height = _size(svg)
    largest = WIDEST / max(width, height)
    if not 0 < scale <= largest:
        raise InvalidInput(f"scale must be more than 0 and at most {largest:.1f}, not {scale}.", field="scale")
    inputs = {"svg": _printable(svg), "width": str(width)}
    return _compiled(_PICTURE, inputs, format="png", ppi=72 * scale)


def pdf(report: Report) -> bytes:
    """The report as a PDF: tagged, with title and language. `InvalidInput` where it is too long or a chart is not ours.

    Characters that no font here has, as Chinese, are printed as a mark for what is missing. A drawing too tall for a
    page is left to its table.
    """
    for section in report.sections:
        for drawn in section.charts:
            _size(drawn.chart.svg)
    text = json.dumps(_values(report), ensure_ascii=False)
    if len(text) > LONGEST_REPORT:
        raise InvalidInput(f"The report is too long: {len(text)} letters of at most {LONGEST_REPORT}.", field="report")
    template = (_DATA / "print/report.typ").read_text(encoding="utf-8")
    return _compiled(template, {"report": text}, format="pdf", pdf_standards=STANDARDS)


def _compiled(template: str, inputs: dict[str, str], **how: Any) -> bytes:
    # Without files: an empty root, and fonts opened once.
    made = typst.compile(template.encode(), root=_FONTS, font_paths=_fonts(), sys_inputs=inputs, **how)
    if not isinstance(made, bytes):
        raise InvalidInput("The drawing must fit one page.", field="svg")
    return made


def _size(svg: str) -> tuple[int, int]:
    found = _SIZE.match(svg)
    if not found or _FOREIGN.search(svg) or len(svg) > LONGEST_DRAWING:
        raise InvalidInput("Give a chart as it was drawn, not inline, of at most a million letters.", field="svg")
    return int(found[1]), int(found[2])


def _values(report: Report) -> dict[str, Any]:
    values = report.model_dump(exclude={"sections", "sources", "made_on"})
    language, _, region = report.language.partition("-")
    colours = palette()
    plain: dict[str, Any] = _breakable(values)
    return plain | {
        "sections": [
            _breakable(section.model_dump(exclude={"charts"})) | {"charts": [_chart(each) for each in section.charts]}
            for section in report.sections
        ],
        "sources": [
            _breakable(source.model_dump(exclude={"url"})) | {"url": _address(source.url)} for source in report.sources
        ],
        "url": _address(report.url),
        "short_title": f"{report.title[:_SHORT]}…" if len(report.title) > _SHORT else report.title,
        "made_on": {"year": report.made_on.year, "month": report.made_on.month, "day": report.made_on.day},
        "day": format_date(report.made_on, "long", locale=locale_of(report.language)),
        "lang": language,
        "region": region.upper() or None,
        "is_from_right": language in FROM_RIGHT,
        "fonts": _FAMILIES,
        "colours": {
            "action": colours["action"],
            "soft": colours["ink-soft"],
            "line": colours["line"],
            "notice": colours["caution-tint"],
        },
    }


def _address(url: str) -> dict[str, str]:
    """An address as it is shown, and where it leads if that is the web."""
    return {"shown": _breakable(url), "leads": url if url.startswith(("https://", "http://")) else ""}


def _chart(drawn: ReportChart) -> dict[str, Any]:
    width, height = _size(drawn.chart.svg)
    fits = "width" if height <= _FITS * width else "height" if height <= _FITS_SMALLER * width else ""
    values: dict[str, Any] = _breakable(drawn.model_dump())
    values["chart"]["svg"] = _printable(drawn.chart.svg)
    return values | {"fits": fits, "with_figures": drawn.with_figures or not fits}


def _breakable(value: Any) -> Any:
    """The same values, words of them that no line would hold given places to break."""
    if isinstance(value, dict):
        return {name: _breakable(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_breakable(each) for each in value]
    if not isinstance(value, str):
        return value
    return _LONG_WORD.sub("\\g<0>\u200b", _printable(unicodedata.normalize("NFC", value)))


def _printable(text: str) -> str:
    return "".join(_sign(letter) for letter in text)


@cache
def _sign(letter: str) -> str:
    """The letter, if one of our fonts has it."""
    if ord(letter) in _characters() or letter in "\n\t":
        return letter
    return "" if unicodedata.category(letter) in {"Cf", "Cc", "Cs", "Mn"} else "\N{REPLACEMENT CHARACTER}"


@cache
def _characters() -> frozenset[int]:
    lines = (_FONTS / "characters.txt").read_text().split()
    ranges = [[int(end, 16) for end in line.split("-")] for line in lines]
    return frozenset(letter for first, last in ranges for letter in range(first, last + 1))


@cache
def _fonts() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[_FONTS])
