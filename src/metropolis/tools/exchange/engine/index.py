"""The search index: a directory that can be rebuilt from the documents at any time."""

import json
import sqlite3
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Self

import numpy as np

from metropolis.engine_kit import NotFound
from metropolis.tools.exchange.engine.encoders import Progress, VectorCache, open_encoder
from metropolis.tools.exchange.engine.values import Document, Hit, Query, Results


class SearchIndex:
    """Documents, findable by words and by meaning.

    >>> import tempfile
    >>> index = SearchIndex.create(Path(tempfile.mkdtemp()) / "index")
    >>> text = {"language": "es", "title": "Domingos sin coches en la avenida"}
    >>> index.update([Document.model_validate({"id": "practice:1", "kind": "practice", "texts": [text]})])
    >>> [hit.id for hit in index.search(Query(text="car-free Sundays")).hits]
    ['practice:1']
    """

    def __init__(self, path: Path, encoders: Sequence[str]) -> None:
        self.path = path
        self.encoders = tuple(encoders)
        self._cache = VectorCache(path / "vectors.sqlite")

    @classmethod
    def create(cls, path: Path, encoders: Sequence[str] = ("use",)) -> Self:
        """An empty index in the directory `path`, or the one already there."""
        path.mkdir(parents=True, exist_ok=True)
        manifest = path / "manifest.json"
        if not manifest.exists():
            with closing(sqlite3.connect(path / "documents.sqlite")) as connection:
                connection.execute("CREATE TABLE document (id TEXT PRIMARY KEY, content TEXT)")
            manifest.write_text(json.dumps({"encoders": list(encoders)}))
        return cls.open(path)

    @classmethod
    def open(cls, path: Path) -> Self:
        """The index in the directory `path`; NotFound if there is none."""
        try:
            manifest = json.loads((path / "manifest.json").read_text())
        except FileNotFoundError:
            message = f"There is no search index in {path}: create it first."
            raise NotFound(message, field="path") from None
        return cls(path, manifest["encoders"])

    def update(
        self, documents: Iterable[Document], deleted_ids: Iterable[str] = (), *, progress: Progress | None = None
    ) -> None:
        """Add or replace `documents` and remove `deleted_ids`; searches see all of it at once."""
        documents = list(documents)
        self._cache.encode(open_encoder(self.encoders[0]), [_text(document) for document in documents], progress=progress)
        with closing(self._connect()) as connection, connection:
            connection.executemany("DELETE FROM document WHERE id = ?", [(name,) for name in deleted_ids])
            rows = [(document.id, document.model_dump_json()) for document in documents]
            connection.executemany("INSERT OR REPLACE INTO document VALUES (?, ?)", rows)

    def rebuild(self, documents: Iterable[Document], *, progress: Progress | None = None) -> None:
        """Replace everything by `documents`; until it is done searches see the old state."""
        documents = list(documents)
        with closing(self._connect()) as connection:
            known = {name for (name,) in connection.execute("SELECT id FROM document")}
        self.update(documents, known - {document.id for document in documents}, progress=progress)

    def search(self, query: Query) -> Results:
        """The documents that answer `query`, best first."""
        documents = [document for document in self._documents() if _kept(document, query)]
        if query.text and documents:
            encoder = open_encoder(self.encoders[0])
            vectors = self._cache.encode(encoder, [_text(document) for document in documents])
            meaning = vectors @ encoder.encode([query.text], query=True)[0]
            words = _words(query.text)
            shared = np.array([len(words & _words(_text(document))) / max(1, len(words)) for document in documents])
            score = np.clip(0.5 * meaning + 0.5 * shared, 0, 1)
        else:
            score = np.zeros(len(documents))
        order = np.argsort(-score, kind="stable")[query.offset : query.offset + query.limit]
        return Results(
            total=len(documents),
            hits=tuple(_hit(documents[place], float(score[place])) for place in order),
            facets=_counts(documents),
            language=query.language or "en",
        )

    def _documents(self) -> list[Document]:
        with closing(self._connect()) as connection:
            rows = connection.execute("SELECT content FROM document ORDER BY rowid DESC")
            return [Document.model_validate_json(content) for (content,) in rows]

    def _connect(self) -> sqlite3.Connection:
        return sqlite3.connect(self.path / "documents.sqlite", timeout=60)


def _text(document: Document) -> str:
    first = document.texts[0]
    return ". ".join(part for part in (first.title, first.summary, *first.body) if part)


def _words(text: str) -> set[str]:
    folded = "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))
    return set(folded.split())


def _facets(document: Document) -> dict[str, tuple[str, ...]]:
    languages = tuple(text.language for text in document.texts)
    return {**document.facets, "kind": (document.kind,), "language": languages}


def _kept(document: Document, query: Query) -> bool:
    facets = _facets(document)
    wanted = {**query.filters, **({"kind": query.kinds} if query.kinds else {})}
    return all(set(values) & set(facets.get(name, ())) for name, values in wanted.items())


def _counts(documents: Sequence[Document]) -> dict[str, dict[str, int]]:
    counts: dict[str, Counter[str]] = {}
    for document in documents:
        for name, values in _facets(document).items():
            counts.setdefault(name, Counter()).update(values)
    return {name: dict(counter) for name, counter in counts.items()}


def _hit(document: Document, score: float) -> Hit:
    first = document.texts[0]
    return Hit(
        id=document.id,
        kind=document.kind,
        title=first.title,
        score=score,
        semantic=score,
        language=first.language,
        quote=first.summary or first.title,
        quote_language=first.language,
        facets=document.facets,
        place_ids=document.place_ids,
    )
