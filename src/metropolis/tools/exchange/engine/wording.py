"""How a query is worded: what it asks for, what must be there as it stands, and what must not."""

import re
from typing import NamedTuple

_QUOTED = re.compile(r'(?P<no>(?<!\S)-|\bNOT\s+)?["“„«](?P<phrase>[^"“”„«»]+)["”“»]')
_EXCLUDED = re.compile(r"(?:(?<!\S)-|\bNOT\s+)(?P<word>[^\s\"“„«-]\S*)")


class Wording(NamedTuple):
    """`text` is what is asked for, phrases included; `phrases` must occur, `excluded` words and phrases must not."""

    text: str
    phrases: tuple[str, ...]
    excluded: tuple[str, ...]


def wording(text: str) -> Wording:
    """Take a query apart: `"quoted phrases"`, `-word`, `NOT word`, `-"a phrase"`.

    A hyphen inside a word excludes nothing, and an open quotation mark is ignored.

    >>> wording('car-free "old town" -tram NOT metro')
    Wording(text='car-free old town', phrases=('old town',), excluded=('tram', 'metro'))
    """
    phrases: list[str] = []
    excluded: list[str] = []

    def quoted(match: re.Match[str]) -> str:
        phrase = match["phrase"].strip()
        (excluded if match["no"] else phrases).append(phrase)
        return " " if match["no"] else f" {phrase} "

    def unwanted(match: re.Match[str]) -> str:
        excluded.append(match["word"])
        return " "

    rest = _EXCLUDED.sub(unwanted, _QUOTED.sub(quoted, text))
    return Wording(" ".join(rest.replace('"', " ").split()), tuple(filter(None, phrases)), tuple(excluded))
