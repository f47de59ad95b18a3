"""Marking the words of a question in a quote."""

import re
from functools import lru_cache

from metropolis.foundation.places.engine import fold

_WORD = re.compile(r"\w+")
#: Letters two inflections of a word have in common at least; shorter words say little.
_STEM = 5


def marked(quote: str, text: str) -> list[tuple[str, bool]]:
    """The quote in pieces, each with whether it is a word of the question, accents and endings left aside.

    >>> [part for part, found in marked("El plan recupera las riberas.", "recuperar riberas de canales") if found]
    ['recupera', 'riberas']
    """
    asked = {_stem(word) for word in _WORD.findall(text) if len(word) >= _STEM}
    pieces: list[tuple[str, bool]] = []
    end = 0
    for word in _WORD.finditer(quote):
        if _stem(word.group()) in asked:
            pieces += [(quote[end : word.start()], False), (word.group(), True)]
            end = word.end()
    return [*pieces, (quote[end:], False)]


@lru_cache(maxsize=20_000)
def _stem(word: str) -> str:
    return fold(word)[:_STEM]
