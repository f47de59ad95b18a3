"""The search index: a directory that can be rebuilt from the documents at any time.

One process writes at a time; any number read. A commit replaces one small file, so readers see either the state before
or the state after it, and a process killed at any moment leaves the last commit in force.
"""

import shutil
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Self, cast

from metropolis.tools.exchange.engine.answer import answer, quote
from metropolis.tools.exchange.engine.encoders import Progress, VectorCache, Vectors, open_encoder
from metropolis.tools.exchange.engine.graph import GRAPH_FROM
from metropolis.tools.exchange.engine.hubness import QueryBank, shipped_bank
from metropolis.tools.exchange.engine.language import detect_language
from metropolis.tools.exchange.engine.manifest import Manifest, read_manifest, sole_writer, stamp, write_manifest
from metropolis.tools.exchange.engine.passages import passages, whole
from metropolis.tools.exchange.engine.ranking import LEGS, Leg, Ranking
from metropolis.tools.exchange.engine.snapshot import Snapshot, filter_key
from metropolis.tools.exchange.engine.values import Document, Hit, Query, Results
from metropolis.tools.exchange.engine.wording import Wording, wording
from metropolis.tools.exchange.engine.writer import GenerationWriter, VectorSource, rows_of, with_graphs

CHUNK = 500
REMEMBERED = 256  # vectors of questions kept: the same question comes again with another filter or page
ATTEMPTS = 5
WORN_ROWS = 500


class SearchIndex:
    """Documents, findable by words and by meaning.

    >>> import tempfile
    >>> index = SearchIndex.create(Path(tempfile.mkdtemp()) / "index")
    >>> text = {"language": "es", "title": "Domingos sin coches en la avenida"}
    >>> index.update([Document.model_validate({"id": "practice:1", "kind": "practice", "texts": [text]})])
    >>> [hit.id for hit in index.search(Query(text="car-free Sundays")).hits]
    ['practice:1']
    """

    def __init__(self, path: Path, vectors: VectorSource | None = None) -> None:
        self.path = path
        self._vectors: VectorSource = vectors or VectorCache(path / "vectors.sqlite")
        self._loading = threading.Lock()
        self._seen: tuple[int, int, int] | None = None
        self._snapshot: Snapshot | None = None
        self._asked: dict[tuple[str, str], Vectors] = {}
        self._last: tuple[Snapshot, Wording, str, Ranking] | None = None

    @classmethod
    def create(
        cls,
        path: Path,
        encoders: Sequence[str] = ("use",),
        *,
        bank: QueryBank | None = None,
        vectors: VectorSource | None = None,
        graph_from: int = GRAPH_FROM,
    ) -> Self:
        """An empty index in the directory `path`, or the one already there, as it is.

        `bank` are questions to correct hubness with (default: the shipped ones); `vectors` a source of ready vectors
        in place of the index's own cache; `graph_from` the number of rows from which on `draw_graphs` draws.
        """
        path.mkdir(parents=True, exist_ok=True)
        with sole_writer(path):
            if not (path / "manifest.json").exists():
                index = cls(path, vectors)
                manifest = Manifest(generation="g0", encoders=tuple(encoders), graph_from=graph_from)
                index._build((), manifest, bank or shipped_bank(), None)
        return cls.open(path, vectors=vectors)

    @classmethod
    def open(cls, path: Path, *, vectors: VectorSource | None = None) -> Self:
        """The index in the directory `path`; NotFound if there is none."""
        read_manifest(path)
        return cls(path, vectors)

    @property
    def encoders(self) -> tuple[str, ...]:
        """The names of the encoders whose likeness of meaning is used."""
        return read_manifest(self.path).encoders

    @property
    def worn(self) -> bool:
        """Whether so much has changed since the last rebuild that `rebuild()` would pay."""
        manifest = read_manifest(self.path)
        grown = manifest.rows - manifest.rows_when_built
        return (manifest.dead > WORN_ROWS and manifest.dead * 4 > manifest.documents) or (
            grown > WORN_ROWS and grown > manifest.rows_when_built
        )

    def update(
        self, documents: Iterable[Document], deleted_ids: Iterable[str] = (), *, progress: Progress | None = None
    ) -> None:
        """Add or replace `documents` and remove `deleted_ids`, all at once for every reader.

        Texts not seen before are embedded first, while others may still write; `progress(done, total)` counts them.
        An unchanged document costs next to nothing.
        """
        gone = set(deleted_ids)
        wanted = {document.id: document for document in documents if document.id not in gone}
        self.embed(wanted.values(), progress=progress)
        with sole_writer(self.path):
            manifest = read_manifest(self.path)
            if not manifest.rows:
                self._build(list(wanted.values()), manifest, self._bank(manifest), None)
                return
            snapshot = self.snapshot()
            old = {name: _number(snapshot, name) for name in {*wanted, *gone}}
            same = {name for name, one in wanted.items() if _same(snapshot, old[name], one)}
            dying = [number for name, number in old.items() if number is not None and name not in same]
            coming = [one for name, one in wanted.items() if name not in same]
            if dying or coming:
                writer = GenerationWriter(self.path, manifest, self._vectors)
                writer.kill(dying)
                for chunk in _chunks(coming):
                    writer.add(chunk)
                write_manifest(self.path, writer.commit())

    def rebuild(
        self,
        documents: Iterable[Document] | None = None,
        *,
        encoders: Sequence[str] | None = None,
        bank: QueryBank | None = None,
        progress: Progress | None = None,
    ) -> None:
        """Build the index anew beside the one in use, then switch.

        From `documents`, which are read once nobody else can write, or from those it holds. New `encoders` and a new
        `bank` may be given. A second encoder is slow: call `embed` before, which keeps nobody waiting. `progress`
        counts the documents.
        """
        with sole_writer(self.path):
            old = read_manifest(self.path)
            kept = self._living() if documents is None else documents
            manifest = old.model_copy(update={"encoders": tuple(encoders or old.encoders)})
            self._build(kept, manifest, bank or self._bank(old), progress)

    def draw_graphs(self, *, progress: Progress | None = None) -> None:
        """Draw the graphs that searches of a large index ask, those that it lacks: minutes for each million rows.

        Others may search and write meanwhile; what is not drawn yet is scanned, and drawing may be stopped and begun
        again. `progress` counts the rows.
        """
        while piece := (snapshot := self.snapshot()).manifest.undrawn:
            graphs = [snapshot.semantic[name].draw(*piece) for name in snapshot.manifest.encoders]
            with sole_writer(self.path):
                manifest = read_manifest(self.path)
                # Another process may have drawn it as well, or have rebuilt the index.
                if (manifest.generation, manifest.undrawn) == (snapshot.manifest.generation, piece):
                    write_manifest(self.path, with_graphs(self.path, manifest, graphs))
            if progress:
                progress(piece[1], snapshot.manifest.rows)

    def embed(
        self,
        documents: Iterable[Document] | None = None,
        *,
        encoders: Sequence[str] | None = None,
        progress: Progress | None = None,
    ) -> None:
        """Compute and keep the vectors of `documents` (default: those it holds), so that a rebuild finds them ready.

        It may be stopped and called again; what was computed is kept.
        """
        chosen = self._living() if documents is None else documents
        texts = [text for document in chosen for text in document.texts]
        for place, name in enumerate(encoders or self.encoders):
            quotable = [passage for text in texts for passage in passages(text)] if place == 0 else []
            self._vectors.encode(open_encoder(name), [*map(whole, texts), *quotable], progress=progress)

    def search(self, query: Query) -> Results:
        """The documents that answer `query`, best first, with counts by facet."""
        asked = wording(query.text)
        language = query.language or detect_language(asked.text, query.reader)
        snapshot = self.snapshot()
        return answer(snapshot, self._ranking(snapshot, asked, language), query, language)

    def quoted(self, query: Query, hits: Iterable[Hit]) -> list[Hit]:
        """Hits of a query that was not to be `quoted`, with their quotes; those changed since stay without."""
        asked = wording(query.text)
        language = query.language or detect_language(asked.text, query.reader)
        snapshot = self.snapshot()
        ranking = self._ranking(snapshot, asked, language)
        return [hit.model_copy(update={"quote": _quote(snapshot, ranking, hit)}) for hit in hits]

    def ids(self, filters: Mapping[str, Sequence[str]]) -> list[str]:
        """The ids of all documents that pass the filters, in the order in which they came."""
        snapshot = self.snapshot()
        return [snapshot.ids[number] for number in snapshot.allowed(filter_key(filters)).nonzero()[0]]

    def rank(self, text: str, language: str, depth: int = 100) -> dict[Leg, list[str]]:
        """The ids of the best `depth` documents of each leg, relevant or not: what an evaluation compares."""
        snapshot = self.snapshot()
        ranking = Ranking(snapshot, wording(text)._replace(phrases=(), excluded=()), language, self._question)
        return {leg: [snapshot.ids[number] for number in ranking.leg(leg, depth)] for leg in LEGS}

    def snapshot(self) -> Snapshot:
        """The last committed state. It does not change; ask again for the next."""
        if self._snapshot is None or self._seen != stamp(self.path):
            with self._loading:
                self._load()
        return cast("Snapshot", self._snapshot)

    def _load(self) -> None:
        for attempt in range(ATTEMPTS):
            seen = stamp(self.path)
            if self._snapshot is not None and self._seen == seen:
                return
            try:
                self._snapshot = Snapshot(self.path, read_manifest(self.path))
            except (FileNotFoundError, ValueError):  # the generation was replaced while it was being opened
                if attempt == ATTEMPTS - 1:
                    raise
            else:
                self._seen = seen
                return

    def _build(self, documents: Iterable[Document], old: Manifest, bank: QueryBank, progress: Progress | None) -> None:
        number = int(old.generation.removeprefix("g")) + 1
        kept = {"encoders": old.encoders, "commit": old.commit, "graph_from": old.graph_from}
        manifest = Manifest.model_validate({"generation": f"g{number}", **kept})
        self._sweep(keep=old.generation)
        (self.path / manifest.generation).mkdir()
        writer = GenerationWriter(self.path, manifest, self._vectors)
        total = len(documents) if isinstance(documents, Sequence) else 0
        done = 0
        for chunk in _chunks(documents):
            writer.add(chunk)
            done += len(chunk)
            if progress:
                progress(done, max(total, done))
        writer.fit(bank)
        write_manifest(self.path, writer.commit(built=True))
        self._sweep(keep=manifest.generation)

    def _sweep(self, keep: str) -> None:
        for directory in self.path.glob("g*"):
            if directory.is_dir() and directory.name != keep:
                shutil.rmtree(directory)

    def _bank(self, manifest: Manifest) -> QueryBank:
        return QueryBank.model_validate_json((self.path / manifest.generation / "bank.json").read_bytes())

    def _living(self) -> Sequence[Document]:
        return _Stored(self.snapshot())

    def _ranking(self, snapshot: Snapshot, asked: Wording, language: str) -> Ranking:
        # The last one is kept: a page puts one question several times, to other kinds of record each time.
        last = self._last
        if last is None or last[0] is not snapshot or last[1:3] != (asked, language):
            last = self._last = (snapshot, asked, language, Ranking(snapshot, asked, language, self._question))
        return last[3]

    def _question(self, encoder: str, text: str) -> Vectors:
        key = (encoder, text)
        vector = self._asked.get(key)
        if vector is None:
            if len(self._asked) >= REMEMBERED:
                self._asked.clear()
            vector = self._asked[key] = open_encoder(encoder).encode([text], query=True)[0]
        return vector


class _Stored(Sequence[Document]):
    """The living documents of a snapshot, read as they are needed."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        self._numbers = snapshot.alive.nonzero()[0]

    def __len__(self) -> int:
        return len(self._numbers)

    def __getitem__(self, place: int) -> Document:  # type: ignore[override]  # nobody slices it
        return self._snapshot.document(int(self._numbers[place]))


def _chunks(documents: Iterable[Document]) -> Iterator[list[Document]]:
    rest = iter(documents)
    while chunk := list(islice(rest, CHUNK)):
        yield chunk


def _number(snapshot: Snapshot, document_id: str) -> int | None:
    rows = snapshot.lexical.of_document(document_id)
    numbers = {int(number) for number in snapshot.row_documents[rows[rows < snapshot.manifest.rows]]}
    return next((number for number in numbers if snapshot.alive[number]), None)


def _quote(snapshot: Snapshot, ranking: Ranking, hit: Hit) -> str:
    number = _number(snapshot, hit.id)
    if number is None:
        return ""
    texts = snapshot.document(number).texts
    versions = zip(texts, rows_of(snapshot.row_documents, [number]), strict=True)
    return next(
        (quote(snapshot, ranking, text, row) for text, row in versions if text.language == hit.quote_language), ""
    )


def _same(snapshot: Snapshot, number: int | None, document: Document) -> bool:
    return number is not None and snapshot.content(number) == document.model_dump_json()
