"""Setting a title in the script it is written in: the font that has its letters, and lines that fit."""

import re
import unicodedata
from functools import lru_cache
from pathlib import Path

from PIL import ImageFont, features

FONTS = Path(__file__).resolve().parent.parent / "data/vendor/noto"
#: Which font a text takes: the first of those whose letters it has, else that of Latin, Greek and Cyrillic.
_SCRIPTS = (
    ("NotoSansKR", re.compile("[\uac00-\ud7a3]")),
    ("NotoSansSC", re.compile("[\u3040-\u30ff\u4e00-\u9fff]")),
    ("NotoSansArabic", re.compile("[\u0600-\u06ff\u0750-\u077f\u08a0-\u08ff\ufb50-\ufdff\ufe70-\ufefc]")),
)
_DEVANAGARI = "\u0900-\u097f"
_DRAWN = re.compile(
    f"[\u0020-\u024f\u0300-\u052f{_DEVANAGARI}\u1e00-\u1fff\u2010-\u2060\u20a0-\u20bf\u2116\u2122"
    "\u3000-\u303f\uff00-\uffef]"
)
#: Scripts whose letters change with their neighbours, or run from the right: drawn letter by letter they are wrong.
_SHAPED = re.compile(f"[{_DEVANAGARI}\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
#: Chinese and Japanese break between any two characters; a mark that closes stays with what it closes.
_WIDE = "\u3040-\u30ff\u4e00-\u9fff"
_PIECES = re.compile(
    rf"[{_WIDE}\uff00-\uffef][\u3001-\u3011\uff01\uff09\uff0c\uff1a-\uff1f]*|\S+?(?=[{_WIDE}])|\S+|\s+"
)
_MORE = "…"


def drawable(text: str) -> str:
    """The text without signs no font here has; nothing if that would take letters from it."""
    shaper = features.check("raqm")
    kept = []
    for letter in " ".join(unicodedata.normalize("NFC", text).split()):
        has_font = _DRAWN.match(letter) or any(script.match(letter) for _font, script in _SCRIPTS)
        if has_font and (shaper or not _SHAPED.match(letter)):
            kept.append(letter)
        elif unicodedata.category(letter)[0] in "LM":
            return ""
    return " ".join("".join(kept).split())


def font(text: str, size: int) -> ImageFont.FreeTypeFont:
    """The font that has the letters of `text`, `size` pixels high."""
    name = next((name for name, script in _SCRIPTS if script.search(text)), "NotoSans")
    return _opened(name, size)


@lru_cache(maxsize=32)
def _opened(name: str, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(FONTS / f"{name}-Bold.woff2", size)


def lines(text: str, size: int, width: float, most: int) -> tuple[list[str], bool]:
    """The text broken into at most `most` lines of `width` pixels, and whether all of it is in them."""
    found = [""]
    letters = font(text, size)
    for piece in _PIECES.findall(text):
        if letters.getlength(found[-1] + piece.rstrip()) <= width or not found[-1]:
            found[-1] += piece
        elif piece.strip():
            found.append(piece)
    whole = [_cut(line.strip(), letters, width) for line in found]
    if len(whole) <= most:
        return whole, all(line == kept.strip() for line, kept in zip(whole, found, strict=True))
    return [*whole[: most - 1], _cut(f"{whole[most - 1]} {_MORE}", letters, width)], False


def _cut(line: str, letters: ImageFont.FreeTypeFont, width: float) -> str:
    """A line that is too wide, cut off before its last words, or letters."""
    if letters.getlength(line) <= width:
        return line
    line = line.removesuffix(f" {_MORE}")
    while line and letters.getlength(f"{line} {_MORE}") > width:
        line = line.rpartition(" ")[0] or line[:-1]
    return f"{line} {_MORE}"
