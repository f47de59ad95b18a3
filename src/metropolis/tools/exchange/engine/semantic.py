"""The semantic leg: the likeness in meaning of a question to every row, or to some, by an exact scan.

Every row is kept twice: as 8-bit integers, which are scanned, and as 16-bit floats, with which the best of the scan are
measured again. The scan reads 51 MB per 100,000 rows of 512 dimensions: 4 ms on one core, 33 ms for a million on two.
Above that graphs tell which rows to scan.
"""

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from typing import NamedTuple

import numkong
import numpy as np
from numpy.typing import NDArray

from metropolis.tools.exchange.engine.encoders import Vectors
from metropolis.tools.exchange.engine.graph import Graph
from metropolis.tools.exchange.engine.hubness import Correction

NOTHING = 1e-30  # of this size, a float32 has no digits left
PIECE = 25_000  # rows scanned by a thread at a time: their results stay in the processor's cache


class Quantised(NamedTuple):
    """Vectors as 8-bit integers, shape (n, dim), and the factor that gives each row its length back, shape (n,)."""

    codes: NDArray[np.int8]
    scales: NDArray[np.float32]


def quantised(vectors: Vectors) -> Quantised:
    """Each row stretched to the whole range of 8 bits.

    >>> codes, scales = quantised(np.float32([[0.6, -0.8]]))
    >>> codes.tolist(), (codes * scales[:, None]).round(2)
    ([[95, -127]], array([[ 0.6, -0.8]], dtype=float32))
    """
    largest = np.abs(vectors).max(axis=1, initial=0.0)
    factors = np.divide(127.0, largest, out=np.zeros_like(largest), where=largest > NOTHING)
    codes = np.rint(vectors * factors[:, None]).astype(np.int8)
    return Quantised(codes, np.asarray(largest / 127.0, dtype=np.float32))


class Semantic:
    """A snapshot of one encoder's rows to search in."""

    def __init__(
        self,
        rows: Quantised,
        raw: NDArray[np.float16],
        hubs: NDArray[np.float32],
        correction: Correction,
        graphs: Sequence[Graph] = (),
    ) -> None:
        self._rows = rows
        self._raw = raw
        self._hubs = hubs
        self._correction = correction
        self._graphs = graphs

    @property
    def drawn(self) -> int:
        """How many of the rows, the first ones, are in graphs."""
        return sum(map(len, self._graphs))

    def draw(self, first: int, end: int) -> Graph:
        """A graph over the rows from `first` to before `end`."""
        rows = slice(first, end)
        return Graph.drawn(first, self._rows.codes[rows], self._rows.scales[rows], self._hubs[rows])

    def question(self, vector: Vectors, language: str) -> Vectors:
        """The vector of a question as the rows are compared with it, shape (dim,)."""
        return self._correction.questions(vector[None], [language]).reshape(-1)

    def scan(self, question: Vectors, rows: NDArray[np.int64] | None = None) -> Callable[[], NDArray[np.float32]]:
        """Begin to measure `rows`, or every row; call what is given for the corrected similarities, to about 0.01.

        Many rows are scanned by two threads, while the caller may do something else.
        """
        asked = quantised(question[None])
        starts = range(0, len(self._hubs) if rows is None else len(rows), PIECE)
        pieces = [slice(start, start + PIECE) if rows is None else rows[start : start + PIECE] for start in starts]
        if not pieces:
            return lambda: np.zeros(0, dtype=np.float32)
        if len(pieces) == 1:
            return lambda: self._scan_piece(asked, pieces[0])
        found = _threads(os.getpid()).map(lambda piece: self._scan_piece(asked, piece), pieces)
        return lambda: np.concatenate(list(found))

    def near(self, question: Vectors) -> Callable[[], NDArray[np.int64]]:
        """Begin to ask the graphs, of which there must be some; call what is given for the rows that they name."""
        found = _threads(os.getpid()).map(lambda graph: graph.near(question), self._graphs)
        return lambda: np.concatenate(list(found))

    def _scan_piece(self, asked: Quantised, piece: slice | NDArray[np.int64]) -> NDArray[np.float32]:
        products = np.asarray(numkong.cdist(asked.codes, self._rows.codes[piece], "dot"), dtype=np.float32).reshape(-1)
        products *= (2 * asked.scales[0]) * self._rows.scales[piece]
        products -= self._hubs[piece]
        return products

    def measure(self, question: Vectors, rows: NDArray[np.int64], languages: Sequence[str]) -> NDArray[np.float32]:
        """The corrected similarity of some rows, exactly, shape (len(rows),); `languages` are those of the rows."""
        if not len(rows):
            return np.zeros(0, dtype=np.float32)
        vectors = self._correction.documents(self._raw[rows].astype(np.float32), languages)
        return np.asarray(2 * (vectors @ question) - self._hubs[rows], dtype=np.float32)


@lru_cache(maxsize=1)
def _threads(process: int) -> ThreadPoolExecutor:  # noqa: ARG001 threads do not survive a fork: each process has its own
    return ThreadPoolExecutor(2, "semantic-scan")
