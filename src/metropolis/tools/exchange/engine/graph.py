"""The graphs that a large index is asked by: which rows are likely to be nearest to a question in meaning.

Each is a hierarchical navigable small world (Malkov and Yashunin 2018, arXiv:1603.09320) of usearch's, over a piece of
the rows, as 8-bit vectors with the hubness correction as one more dimension, so that its order is that of the corrected
similarities. It is one file, mapped into memory. Nothing is believed of it but which rows to look at: those are scanned
as all rows are elsewhere. Pieces keep the recall from falling as the index grows, are asked side by side, and let the
rows that come later have a graph without a rebuild.
"""

import logging
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from usearch.index import Index

from metropolis.tools.exchange.engine.encoders import Vectors

GRAPH_FROM = 1_000_000  # rows: docs/decisions/0010-graphs-above-a-million.md
PIECES = 4  # graphs of an index of that size
NEAR = 1500  # rows named by each graph for a question
CONNECTIVITY = 24
EXPANSION = 128  # rows looked at to find the neighbours of a new one
STRETCH = 3.0  # the hubness correction is far smaller than a similarity: at this length, 8 bits hold it well
BATCH = 10_000
THREADS = 2
STEPS = 127.0
NOTHING = 1e-30

log = logging.getLogger(__name__)

Codes = NDArray[np.int8]
Numbers = NDArray[np.float32]


class Graph:
    """A graph over a piece of one encoder's rows."""

    def __init__(self, index: Index) -> None:
        self._index = index

    def __len__(self) -> int:
        return len(self._index)

    @classmethod
    def drawn(cls, first: int, codes: Codes, scales: Numbers, hubs: Numbers) -> "Graph":
        """Over rows from number `first` on: 8-bit vectors, shape (n, dim), the factor and the correction of each."""
        index = _index(codes.shape[1] + 1)
        largest = STEPS * float(scales.max(initial=0.0))
        middle = hubs.mean()
        for start in range(0, len(codes), BATCH):
            batch = slice(start, start + BATCH)
            vectors = np.column_stack([codes[batch] * scales[batch, None], (middle - hubs[batch]) / 2 * STRETCH])
            rows = np.arange(first + start, first + start + len(vectors), dtype=np.uint64)
            index.add(rows, _stepped(vectors, largest), threads=THREADS)
        return cls(index)

    @classmethod
    def opened(cls, path: Path, size: int, dim: int) -> "Graph | None":
        """The graph in a file of `size` bytes, mapped into memory; None, and a line in the log, if it is damaged."""
        index = _index(dim + 1)
        try:
            found = path.stat().st_size
            if found == size:
                index.view(path)
        except (OSError, RuntimeError) as error:
            log.warning("%s cannot be read (%s), so all rows are scanned. Rebuild the index.", path, error)
            return None
        if found != size:
            log.warning("%s is damaged, so all rows are scanned. Rebuild the index.", path)
            return None
        return cls(index)

    def save(self, path: Path) -> None:
        """Write it to a file."""
        self._index.save(path)

    def near(self, question: Vectors) -> NDArray[np.int64]:
        """The `NEAR` rows likely to have the highest corrected similarity to a question, shape (dim,)."""
        asked = np.append(question, np.float32(1 / STRETCH))
        return self._index.search(_stepped(asked, float(np.abs(asked).max())), NEAR, threads=1).keys.astype(np.int64)


def _index(dim: int) -> Index:
    return Index(
        ndim=dim,
        metric="ip",
        dtype="i8",
        connectivity=CONNECTIVITY,
        expansion_add=EXPANSION,
        expansion_search=NEAR,
        enable_key_lookups=False,
    )


def _stepped(vectors: Numbers, largest: float) -> Codes:
    steps = np.rint(vectors * (STEPS / max(largest, NOTHING)))
    return np.asarray(np.clip(steps, -STEPS, STEPS), dtype=np.int8)
