"""A text in passages, of which the one closest to the question is shown as the quote."""

import re
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from metropolis.tools.exchange.engine.values import LanguageText

MOST = 24
LONGEST = 320
SHORTEST = 25
WHOLE = 1000  # characters of a version that are embedded as one; what follows is found by its words

# A full stop ends a sentence only after a word of several letters or a closing bracket: "St. Louis", "U.S." go on.
# Each alternative begins with the mark itself, which makes the search several times quicker.
_END = re.compile(r"[。！？]+|[!?؟…]+(?=\s)|\.(?<=\w{3}\.)(?=\s+[^\W\d_a-z])|\.(?<=[\])”»\"\d%]\.)(?=\s)|\n+")
_WIDE = re.compile("[\u2e80-\U0010ffff]")


def whole(text: LanguageText) -> str:
    """What stands for a whole language version: title, summary and the beginning of the body."""
    parts = (text.title, summary(text), *text.body)
    return ". ".join(part.strip().rstrip(".") for part in parts if part.strip())[:WHOLE]


def summary(text: LanguageText) -> str:
    """The summary of a language version with its keywords."""
    return "\n".join(filter(None, (text.summary, text.keywords)))


def sentences(text: str) -> list[str]:
    """The sentences of `text`, in any of our languages; short ones stay with the one before, long ones are cut.

    >>> sentences("St. Louis opened its river banks. It cost US$ 3.5 million in all! Well spent.")
    ['St. Louis opened its river banks.', 'It cost US$ 3.5 million in all! Well spent.']
    >>> sentences("河道两岸重新开放。市民可以沿着河边步行。")
    ['河道两岸重新开放。', '市民可以沿着河边步行。']
    """
    found: list[str] = []
    ends = [0, *(match.end() for match in _END.finditer(text)), len(text)]
    pieces = (text[start:end].strip() for start, end in pairwise(ends))
    for piece in filter(None, pieces):
        if found and (_weight(piece) < SHORTEST or _weight(found[-1]) < SHORTEST) and len(found[-1] + piece) < LONGEST:
            found[-1] += ("" if found[-1][-1] in "。！？" else " ") + piece
        else:
            found += _cut(piece)
    return found


def passages(text: LanguageText) -> tuple[str, ...]:
    """The passages of one language version that may be quoted, in reading order.

    If there are none, its keywords, and in the end its title.
    """
    own, read = sentences(text.summary), sentences(summary(text))
    # What runs on into the keywords, as a short job title does, is left out with them.
    found = [sentence for sentence in read if sentence in own]
    found += [sentence for part in text.body for sentence in sentences(part)]
    return tuple(dict.fromkeys(found or read))[:MOST] or (text.title,)


def best_passage(query: NDArray[np.float32], vectors: NDArray[np.int8], shared: Sequence[float]) -> int:
    """The number of the passage closest to the query: its cosine, plus the share of the query's words it holds."""
    lengths = np.linalg.norm(vectors.astype(np.float32), axis=1)
    closeness = (vectors @ query) / np.maximum(lengths, 1.0)
    return int(np.argmax(closeness + 0.5 * np.asarray(shared, dtype=np.float32)))


def _weight(text: str) -> int:
    return len(text) + 2 * len(_WIDE.findall(text))  # a Chinese character says as much as three letters


def _cut(sentence: str) -> list[str]:
    parts: list[str] = []
    while len(sentence) > LONGEST:
        place = max(sentence.rfind(mark, SHORTEST, LONGEST) for mark in " ,;،，、")
        place = place if place > 0 else LONGEST
        parts.append(sentence[: place + 1].strip())
        sentence = sentence[place + 1 :].strip()
    return [*parts, sentence]
