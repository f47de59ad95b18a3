"""Writing to the index: a generation is built beside the one in use, or grows at its end."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple, Protocol
from urllib.parse import quote

import numpy as np

from metropolis.tools.exchange.engine.analysis import Token, tokens
from metropolis.tools.exchange.engine.columns import Columns, ColumnWriter
from metropolis.tools.exchange.engine.encoders import Encoder, Progress, Vectors, open_encoder
from metropolis.tools.exchange.engine.graph import Graph
from metropolis.tools.exchange.engine.hubness import Correction, QueryBank, Sums
from metropolis.tools.exchange.engine.lexical import forget_rows, lexical_row, open_lexical
from metropolis.tools.exchange.engine.manifest import Manifest, graph_name, keep_on_disk
from metropolis.tools.exchange.engine.passages import passages, summary, whole
from metropolis.tools.exchange.engine.semantic import quantised
from metropolis.tools.exchange.engine.values import Document, LanguageText

CHUNK = 4096  # rows corrected at a time
HEAP = 100_000_000


class VectorSource(Protocol):
    """Where vectors come from: a `VectorCache`, or whatever knows them already."""

    def encode(
        self, encoder: Encoder, texts: Sequence[str], *, query: bool = False, progress: Progress | None = None
    ) -> Vectors:
        """The vectors of `texts`, shape (len(texts), encoder.dim), each of length 1."""


class _Row(NamedTuple):
    number: int
    version: int
    document: Document
    text: LanguageText


class GenerationWriter:
    """Adds documents to one generation. Readers see nothing of it before the manifest it gives is committed."""

    def __init__(self, path: Path, manifest: Manifest, vectors: VectorSource) -> None:
        self._manifest = manifest
        self._directory = path / manifest.generation
        self._vectors = vectors
        self._encoders = [open_encoder(name) for name in manifest.encoders]
        self._columns = ColumnWriter(self._directory, manifest.columns)
        self._terms: dict[str, dict[str, int]] = {}
        self._added: dict[str, int] = {}
        self._documents, self._rows, self._dead = manifest.documents, manifest.rows, manifest.dead
        index = open_lexical(self._directory / "lexical")
        self._lexical = index.writer(HEAP, 1)
        forget_rows(self._lexical, index.schema, self._rows_of_the_dead(), manifest.rows)

    def add(self, documents: Sequence[Document]) -> None:
        """Add documents; one added before under the same id is dead from now on."""
        rows: list[_Row] = []
        entries: dict[str, list[tuple[int, int]]] = {}
        for document in documents:
            self.kill([self._added[document.id]] if document.id in self._added else [])
            number = self._added[document.id] = self._documents
            self._documents += 1
            for name, values in facets_of(document).items():
                terms = [(number, self._term(f"terms.{_safe(name)}", value)) for value in values]
                entries.setdefault(_safe(name), []).extend(terms)
            rows += [_Row(number, place, document, text) for place, text in enumerate(document.texts)]
        for name, found in entries.items():
            numbers = np.array(found, dtype=np.int32).reshape(-1, 2)
            self._columns.append(f"facet.{name}", numbers[:, 0])
            self._columns.append(f"entry.{name}", numbers[:, 1])
        self._columns.append_texts("id", [document.id for document in documents])
        self._columns.append_texts("document", [document.model_dump_json() for document in documents])
        self._add_rows(rows)
        self._columns.write()

    def kill(self, numbers: Iterable[int]) -> None:
        """The documents with these numbers are no longer there."""
        dead = np.fromiter(numbers, dtype=np.int32)
        self._columns.append("dead", dead)
        self._dead += len(dead)

    def fit(self, bank: QueryBank) -> None:
        """Learn each encoder's correction from the bank and all rows, and keep the bank with the generation."""
        (self._directory / "bank.json").write_text(bank.model_dump_json(), encoding="utf-8")
        texts = [question.text for question in bank.questions]
        languages = [question.language for question in bank.questions]
        for place, encoder in enumerate(self._encoders):
            sums = Sums(encoder.dim)
            for vectors, kinds in self._raw_rows(place, 0):
                sums.add(vectors, kinds)
            asked = (
                self._vectors.encode(encoder, texts, query=True) if texts else np.zeros((0, encoder.dim), np.float32)
            )
            Correction.fitted(asked, languages, sums, bank.strength).save(self._correction(place))

    def commit(self, *, built: bool = False) -> Manifest:
        """Put everything on disk and give the manifest that makes it visible; `built` if all rows are new."""
        old = self._manifest
        self._columns.write()
        self._correct(0 if built else old.rows)
        lengths = self._columns.flush()
        self._lexical.commit()
        self._lexical.wait_merging_threads()
        changes = {
            "commit": old.commit + 1,
            "documents": self._documents,
            "rows": self._rows,
            "dead": self._dead,
            "purged": old.dead,
            "rows_when_built": self._rows if built else old.rows_when_built,
            "columns": lengths,
        }
        return old.model_copy(update=changes)

    def _add_rows(self, rows: Sequence[_Row]) -> None:
        quotable = [passages(row.text) for row in rows]
        for number, row in enumerate(rows, start=self._rows):
            document = lexical_row(number, row.document.id, _indexed(row.text), facets_of(row.document))
            self._lexical.add_document(document)
        self._rows += len(rows)
        self._columns.append("row.document", np.array([row.number for row in rows], dtype=np.int32))
        self._columns.append("row.version", np.array([row.version for row in rows], dtype=np.int32))
        languages = [self._term("languages", row.text.language) for row in rows]
        self._columns.append("row.language", np.array(languages, dtype=np.int32))
        ends = self._passages_before() + np.cumsum([len(found) for found in quotable], dtype=np.int64)
        self._columns.append("row.passages", ends)
        self._add_vectors([whole(row.text) for row in rows], [text for found in quotable for text in found])

    def _add_vectors(self, wholes: Sequence[str], quotable: Sequence[str]) -> None:
        for place, encoder in enumerate(self._encoders):
            texts = [*wholes, *quotable] if place == 0 else wholes
            vectors = self._vectors.encode(encoder, texts)
            self._columns.append(f"encoder{place}.vectors", vectors[: len(wholes)].astype(np.float16))
            if place == 0:
                self._columns.append("passages", quantised(vectors[len(wholes) :]).codes)

    def _correct(self, from_row: int) -> None:
        for place in range(len(self._encoders)):
            correction = Correction.load(self._correction(place))
            for vectors, languages in self._raw_rows(place, from_row):
                documents = correction.documents(vectors, languages)
                codes, scales = quantised(documents)
                self._columns.append(f"encoder{place}.codes", codes)
                self._columns.append(f"encoder{place}.scales", scales)
                self._columns.append(f"encoder{place}.hubs", correction.hubs(documents))
                self._columns.write()

    def _raw_rows(self, place: int, from_row: int) -> Iterator[tuple[Vectors, list[str]]]:
        written = Columns(self._directory, self._columns.lengths)
        vectors = written.read(f"encoder{place}.vectors", np.float16, self._encoders[place].dim)
        names = tuple(written.texts("languages"))
        languages = written.read("row.language", np.int32)
        for start in range(from_row, len(vectors), CHUNK):
            chunk = slice(start, start + CHUNK)
            yield vectors[chunk].astype(np.float32), [names[number] for number in languages[chunk]]

    def _term(self, column: str, term: str) -> int:
        if column not in self._terms:
            known = Columns(self._directory, self._columns.lengths).texts(column)
            self._terms[column] = {name: number for number, name in enumerate(known)}
        terms = self._terms[column]
        if term not in terms:
            terms[term] = len(terms)
            self._columns.append_texts(column, [term])
        return terms[term]

    def _rows_of_the_dead(self) -> Iterable[int]:
        old = Columns(self._directory, self._manifest.columns)
        return rows_of(old.read("row.document", np.int32), old.read("dead", np.int32)[self._manifest.purged :])

    def _passages_before(self) -> int:
        ends = Columns(self._directory, self._columns.lengths).read("row.passages", np.int64)
        return int(ends[-1]) if len(ends) else 0

    def _correction(self, place: int) -> Path:
        return self._directory / f"encoder{place}.correction.npz"


def with_graphs(path: Path, manifest: Manifest, graphs: Iterable[Graph]) -> Manifest:
    """Save the next graph of each encoder beside the columns, and give the manifest that makes them visible."""
    columns = dict(manifest.columns)
    for place, graph in enumerate(graphs):
        file = path / manifest.generation / graph_name(place, manifest.graphs)
        graph.save(file)
        keep_on_disk(file)
        columns[file.name] = file.stat().st_size
    return manifest.model_copy(update={"commit": manifest.commit + 1, "columns": columns})


def facets_of(document: Document) -> Mapping[str, tuple[str, ...]]:
    """All facets of a document, its kind and languages among them, each value once."""
    languages = tuple(text.language for text in document.texts)
    facets = {**document.facets, "kind": (document.kind,), "language": languages}
    return {name: tuple(dict.fromkeys(values)) for name, values in facets.items()}


def rows_of(row_documents: np.ndarray[tuple[int], np.dtype[np.int32]], numbers: Iterable[int]) -> list[int]:
    """The rows of the documents with these numbers; the rows are sorted by document."""
    rows: list[int] = []
    for number in numbers:
        start, end = np.searchsorted(row_documents, [number, number + 1])
        rows += range(int(start), int(end))
    return rows


def _indexed(text: LanguageText) -> list[list[Token]]:
    # The title stands twice: its words say more of the whole than those of the body.
    parts = (text.title, text.title, summary(text), *text.body)
    return [tokens(part, text.language) for part in parts if part]


@cache
def _safe(name: str) -> str:
    return quote(name, safe="").replace(".", "%2E")
