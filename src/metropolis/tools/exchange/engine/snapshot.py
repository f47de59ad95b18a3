"""One committed state of the index, as a reader sees it: it never changes."""

from collections.abc import Mapping, Sequence
from functools import cached_property, lru_cache
from pathlib import Path
from urllib.parse import unquote

import numpy as np
from numpy.typing import NDArray

from metropolis.tools.exchange.engine.columns import Columns
from metropolis.tools.exchange.engine.encoders import open_encoder
from metropolis.tools.exchange.engine.facets import Facet, Mask, allowed
from metropolis.tools.exchange.engine.graph import Graph
from metropolis.tools.exchange.engine.hubness import Correction
from metropolis.tools.exchange.engine.lexical import Lexical, open_lexical
from metropolis.tools.exchange.engine.manifest import Manifest, graph_name
from metropolis.tools.exchange.engine.semantic import Quantised, Semantic
from metropolis.tools.exchange.engine.values import Document

SAMPLE = 10_000
ENOUGH = 3 / 4  # of the rows must be in graphs


class Snapshot:
    """The columns of a generation up to a commit.

    A *document number* counts documents as they were added, a *row* one language version of one of them. A document
    that was changed or deleted keeps its number and is dead.
    """

    def __init__(self, path: Path, manifest: Manifest) -> None:
        self.manifest = manifest
        self.directory = path / manifest.generation
        columns = Columns(self.directory, manifest.columns)
        self._columns = columns
        self.row_documents: NDArray[np.int32] = columns.read("row.document", np.int32)
        self.row_languages: NDArray[np.int32] = columns.read("row.language", np.int32)
        self.row_versions: NDArray[np.int32] = columns.read("row.version", np.int32)
        self.passage_ends: NDArray[np.int64] = columns.read("row.passages", np.int64)
        self._contents = columns.texts("document", mapped=False)
        self._passages = columns.pieces("passages")
        self.ids = columns.texts("id")
        self.dead: NDArray[np.int32] = columns.read("dead", np.int32)
        self.alive: Mask = np.ones(manifest.documents, dtype=np.bool_)
        self.alive[self.dead] = False
        self.lexical = Lexical(open_lexical(self.directory / "lexical"))
        names = [name.removeprefix("facet.") for name in columns.names("facet.")]
        self.facets = {unquote(name): self._facet(name) for name in names}
        self.languages: Sequence[str] = tuple(columns.texts("languages"))
        self.semantic = {name: self._semantic(place, name) for place, name in enumerate(manifest.encoders)}
        #: How many rows, the first ones, are in the graphs to be asked; 0 if scanning all rows is quicker.
        self.drawn = min(semantic.drawn for semantic in self.semantic.values())
        if self.drawn < ENOUGH * manifest.rows:
            self.drawn = 0
        self.allowed = lru_cache(maxsize=64)(self._allowed)
        self.document = lru_cache(maxsize=1000)(self._document)

    def _document(self, number: int) -> Document:
        """The document with that number; one page asks for some of them twice, and the next for many again."""
        return Document.model_validate_json(self.content(number))

    def content(self, number: int) -> str:
        """The document with that number, as JSON."""
        return str(self._contents[number])

    @cached_property
    def row_alive(self) -> Mask:
        """Which rows belong to a living document, shape (rows,)."""
        return self.alive[self.row_documents]

    @cached_property
    def sample(self) -> NDArray[np.int64]:
        """Living rows from the first to the last, enough of them to tell what is usual."""
        rows = np.flatnonzero(self.row_alive)
        return rows[:: max(1, len(rows) // SAMPLE)]

    def passages_of(self, row: int) -> NDArray[np.int8]:
        """The 8-bit vectors of one row's passages, shape (passages, dim)."""
        dim = open_encoder(self.manifest.encoders[0]).dim
        start = int(self.passage_ends[row - 1]) if row else 0
        held = self._passages[start * dim : int(self.passage_ends[row]) * dim]
        return np.frombuffer(held, dtype=np.int8).reshape(-1, dim)

    def _allowed(self, filters: tuple[tuple[str, tuple[str, ...]], ...]) -> Mask:
        return self.alive & allowed(self.facets, dict(filters), self.manifest.documents)

    def _facet(self, name: str) -> Facet:
        documents = self._columns.read(f"facet.{name}", np.int32)
        numbers = self._columns.read(f"entry.{name}", np.int32)
        return Facet(documents, numbers, tuple(self._columns.texts(f"terms.{name}")))

    def _semantic(self, place: int, name: str) -> Semantic:
        dim = open_encoder(name).dim
        rows = Quantised(
            self._columns.read(f"encoder{place}.codes", np.int8, dim),
            self._columns.read(f"encoder{place}.scales", np.float32),
        )
        raw = self._columns.read(f"encoder{place}.vectors", np.float16, dim)
        hubs = self._columns.read(f"encoder{place}.hubs", np.float32)
        correction = Correction.load(self.directory / f"encoder{place}.correction.npz")
        return Semantic(rows, raw, hubs, correction, self._graphs(place, dim))

    def _graphs(self, place: int, dim: int) -> list[Graph]:
        """All graphs of an encoder, or none if one of them is damaged."""
        names = [graph_name(place, number) for number in range(self.manifest.graphs)]
        opened = (Graph.opened(self.directory / name, self.manifest.columns[name], dim) for name in names)
        whole = [graph for graph in opened if graph]
        return whole if len(whole) == len(names) else []


def filter_key(filters: Mapping[str, Sequence[str]]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Filters in the form `Snapshot.allowed` remembers them by."""
    return tuple(sorted((name, tuple(sorted(set(values)))) for name, values in filters.items()))
