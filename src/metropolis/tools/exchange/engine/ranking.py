"""From a query to the documents that answer it, best first."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from typing import Literal, NamedTuple, get_args

import numpy as np
from numpy.typing import NDArray

from metropolis.tools.exchange.engine.analysis import tokens
from metropolis.tools.exchange.engine.encoders import Vectors
from metropolis.tools.exchange.engine.facets import Mask
from metropolis.tools.exchange.engine.fusion import RELEVANT, fused
from metropolis.tools.exchange.engine.lexical import NOTHING, Found
from metropolis.tools.exchange.engine.meaning import DEPTH, Meaning
from metropolis.tools.exchange.engine.snapshot import Snapshot, filter_key
from metropolis.tools.exchange.engine.wording import Wording
from metropolis.tools.exchange.engine.writer import rows_of

Filters = Mapping[str, Sequence[str]]
Encode = Callable[[str, str], Vectors]
Leg = Literal["lexical", "semantic", "fused"]
LEGS: tuple[Leg, ...] = get_args(Leg)
LOOSE = 2  # filters that keep more than one document in so many are loose
MEASURED = 300  # of them, by the scan's estimate, are measured exactly


class Ranked(NamedTuple):
    """Document numbers by falling score; of each its best row, that row's BM25 (nan: not found) and its deviations."""

    documents: NDArray[np.int64]
    rows: NDArray[np.int64]
    scores: NDArray[np.float32]
    lexical: NDArray[np.float32]
    semantic: NDArray[np.float32]


class Ranking:
    """One question put to one state of the index; it can be answered under several filters."""

    def __init__(self, snapshot: Snapshot, asked: Wording, language: str, encode: Encode) -> None:
        self._snapshot = snapshot
        self._asked = asked
        self._language = language
        self.words = tokens(asked.text, language)
        self._constrained = self._constraint() if asked.phrases or asked.excluded else None
        names = snapshot.manifest.encoders if asked.text else ()
        self._vectors = {name: encode(name, asked.text) for name in names}
        self._meaning = Meaning(snapshot, self._vectors, language)
        self._sought: dict[tuple[tuple[str, tuple[str, ...]], ...], Found] = {}

    @property
    def asks(self) -> bool:
        """Whether there is anything to rank by."""
        return bool(self._vectors)

    @property
    def vector(self) -> Vectors:
        """The question's vector by the first encoder, shape (dim,)."""
        return next(iter(self._vectors.values()))

    def permitted(self, filters: Filters) -> Mask:
        """Which documents are alive and pass the filters, the phrases and the exclusions."""
        allowed = self._snapshot.allowed(filter_key(filters))
        return allowed if self._constrained is None else allowed & self._constrained

    def look_ahead(self, many: Iterable[Filters]) -> None:
        """Seek the words under each of the filters, while the rows are still being scanned for what they mean."""
        for filters in many:
            self._words(filters)

    def relevant(self, filters: Filters) -> Ranked:
        """The documents found: each leg brings its best `DEPTH` rows that are relevant at all."""
        return self._merged(*self._candidates(filters))

    def numbers(self, filters: Filters) -> NDArray[np.int64]:
        """The numbers of all documents found or listed, in rising order."""
        if not self.asks:
            return np.flatnonzero(self.permitted(filters))
        words, meant = self._candidates(filters)
        return np.unique(self._snapshot.row_documents[np.concatenate([words.rows, meant])]).astype(np.int64)

    def listed(self, filters: Filters) -> Ranked:
        """All documents permitted, the newest first, in the reader's language where there is such a version."""
        snapshot = self._snapshot
        documents = np.flatnonzero(self.permitted(filters))[::-1]
        rows = np.searchsorted(snapshot.row_documents, documents)
        nothing = np.full(len(documents), np.nan, dtype=np.float32)
        return Ranked(documents, rows, np.zeros_like(nothing), nothing, nothing)

    def leg(self, name: Leg, depth: int) -> NDArray[np.int64]:
        """The numbers of the best `depth` documents of one leg alone, relevant or not."""
        if not self.asks:
            return NOTHING.rows
        permitted = self.permitted({})
        words = NOTHING if name == "semantic" else self._kept(self._best_in_words({}, DEPTH), permitted)
        meant = NOTHING.rows if name == "lexical" else self._meaning.nearest(permitted, relevant=False)
        ranked = self._merged(words, meant)
        scores = {"lexical": ranked.lexical, "semantic": ranked.semantic, "fused": ranked.scores}[name]
        return ranked.documents[np.argsort(-scores, kind="stable")][:depth]

    def _constraint(self) -> Mask:
        """Which documents hold every phrase and nothing that is excluded."""
        return self._containing(self._asked.phrases) & ~self._containing(self._asked.excluded, any_of=True)

    def _containing(self, phrases: Sequence[str], *, any_of: bool = False) -> Mask:
        mask = np.full(self._snapshot.manifest.documents, not any_of, dtype=np.bool_)
        for phrase in phrases:
            rows = self._snapshot.lexical.containing(phrase, self._language)
            found = np.zeros_like(mask)
            found[self._snapshot.row_documents[rows[rows < self._snapshot.manifest.rows]]] = True
            mask = mask | found if any_of else mask & found
        return mask

    def _candidates(self, filters: Filters) -> tuple[Found, NDArray[np.int64]]:
        permitted = self.permitted(filters)
        words = self._words(filters)
        enough = words.scores >= RELEVANT
        words = Found(words.rows[enough], words.scores[enough], words.bm25[enough])
        return words, self._meaning.nearest(permitted, relevant=not self._asked.phrases)

    def _words(self, filters: Filters) -> Found:
        key = filter_key(filters)
        if key not in self._sought:
            self._sought[key] = self._words_among(self.permitted(filters), filters)
        return self._sought[key]

    def _words_among(self, permitted: Mask, filters: Filters) -> Found:
        # Under filters that keep most documents the rows are mostly those found without, which are sought only once.
        if np.count_nonzero(permitted) * LOOSE > len(permitted):
            found = self._kept(self._in_words, permitted)
            if len(found.rows) >= DEPTH or not self._leaves_some:
                return Found(found.rows[:DEPTH], found.scores[:DEPTH], found.bm25[:DEPTH])
        return self._kept(self._best_in_words(filters, DEPTH), permitted)

    @cached_property
    def _in_words(self) -> Found:
        """What the words find under no filter, so many that half of them will do."""
        return self._best_in_words({}, DEPTH * LOOSE)

    @property
    def _leaves_some(self) -> bool:
        """Whether the words find more that is relevant."""
        return len(self._in_words.rows) >= DEPTH * LOOSE and bool(self._in_words.scores[-1] >= RELEVANT)

    def _best_in_words(self, filters: Filters, count: int) -> Found:
        snapshot = self._snapshot
        doomed = rows_of(snapshot.row_documents, snapshot.dead[snapshot.manifest.purged :])
        return snapshot.lexical.best(self.words, filters, count + len(doomed))

    def _kept(self, found: Found, permitted: Mask) -> Found:
        known = found.rows < self._snapshot.manifest.rows
        known[known] = permitted[self._snapshot.row_documents[found.rows[known]]]
        return Found(found.rows[known], found.scores[known], found.bm25[known])

    def _merged(self, words: Found, meant: NDArray[np.int64]) -> Ranked:
        snapshot = self._snapshot
        rows = np.union1d(words.rows, meant)
        lexical = np.full(len(rows), np.nan, dtype=np.float32)
        share = np.zeros(len(rows), dtype=np.float32)
        places = np.searchsorted(rows, words.rows)
        lexical[places], share[places] = words.bm25, words.scores
        own = snapshot.languages.index(self._language) if self._language in snapshot.languages else -1
        same = snapshot.row_languages[rows] == own
        meaning = self._meaning.estimated(rows)
        best = np.argsort(-fused(share, meaning, same, len(self._vectors)), kind="stable")[:MEASURED]
        meaning[best] = self._meaning.measured(rows[best])
        scores = fused(share, meaning, same, len(self._vectors))
        order = np.lexsort((rows, -scores))
        _, first = np.unique(snapshot.row_documents[rows[order]], return_index=True)
        best = order[np.sort(first)]
        numbers = snapshot.row_documents[rows[best]].astype(np.int64)
        return Ranked(numbers, rows[best], scores[best], lexical[best], meaning[best])
