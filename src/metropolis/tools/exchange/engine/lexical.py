"""The lexical leg: BM25 over forms and stems, in a tantivy index whose rows are numbered by us."""

import math
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import tantivy
from numpy.typing import NDArray

from metropolis.tools.exchange.engine.analysis import Token, tokens

Rows = NDArray[np.int64]
Filters = Mapping[str, Sequence[str]]

BOUNDARY = " ¶ "
COMMON_ROWS = 10_000
FUZZY_LENGTH = 5  # shorter words have too many neighbours one letter away


class Found(NamedTuple):
    """Rows by falling score. A score of 1 is that of an average row that holds every word of the query once."""

    rows: Rows
    scores: NDArray[np.float32]
    bm25: NDArray[np.float32]


NOTHING = Found(np.zeros(0, np.int64), np.zeros(0, np.float32), np.zeros(0, np.float32))


def open_lexical(path: Path) -> tantivy.Index:
    """The tantivy index in the directory `path`, made if there is none.

    Per row: its number, its document's id, forms with positions (for phrases), stems, and facet terms for filters.
    """
    path.mkdir(exist_ok=True)
    builder = tantivy.SchemaBuilder()
    builder.add_unsigned_field("row", indexed=True, fast=True)
    builder.add_text_field("id", tokenizer_name="raw", index_option="basic")
    builder.add_text_field("form", tokenizer_name="whitespace", index_option="position")
    builder.add_text_field("stem", tokenizer_name="whitespace", index_option="freq")
    builder.add_text_field("facet", tokenizer_name="raw", index_option="basic")
    index = tantivy.Index(builder.build(), str(path))
    index.config_reader("manual")
    return index


def lexical_row(row: int, document_id: str, parts: Sequence[Sequence[Token]], facets: Filters) -> tantivy.Document:
    """What is indexed of one row; no phrase reaches from one part of its text into the next."""
    document = tantivy.Document()
    document.add_unsigned("row", row)
    document.add_text("id", document_id)
    document.add_text("form", BOUNDARY.join(" ".join(word.form for word in part) for part in parts))
    document.add_text("stem", " ".join(word.stem for part in parts for word in part))
    for name, values in facets.items():
        for value in values:
            document.add_text("facet", f"{name}={value}")
    return document


def forget_rows(writer: tantivy.IndexWriter, schema: tantivy.Schema, rows: Iterable[int], from_row: int) -> None:
    """Take out `rows`, and whatever a writer killed before its commit left from `from_row` on."""
    for row in rows:
        writer.delete_documents_by_term("row", int(row))
    kind = tantivy.FieldType.Unsigned
    writer.delete_documents_by_query(tantivy.Query.range_query(schema, "row", kind, lower_bound=from_row))


class Lexical:
    """A snapshot of the lexical index to search in."""

    def __init__(self, index: tantivy.Index) -> None:
        index.reload()
        self._schema = index.schema
        self._searcher = index.searcher()

    def best(self, words: Sequence[Token], filters: Filters, limit: int) -> Found:
        """The `limit` rows that share most of `words`, among those that pass `filters`."""
        unique = self._telling(list(dict.fromkeys(words)))
        if not unique or not limit:
            return NOTHING
        query = _all_of([_any_of([self._word(word) for word in unique]), *self._filters(filters)])
        hits = self._searcher.search(query, limit=limit, count=False).hits
        bm25 = np.array([score for score, _ in hits], dtype=np.float32)
        ceiling = sum(self._rarity(word) for word in unique)
        return Found(self._rows([address for _, address in hits]), bm25 / np.float32(ceiling), bm25)

    def containing(self, phrase: str, language: str) -> Rows:
        """All rows in which the words of `phrase` stand side by side; for a single word, its stem will do."""
        words = tokens(phrase, language)
        if not words:
            return NOTHING.rows
        if len(words) == 1:
            return self._all(self._exact(words[0]))
        return self._all(tantivy.Query.phrase_query(self._schema, "form", [word.form for word in words]))

    def of_document(self, document_id: str) -> Rows:
        """All rows of a document."""
        return self._all(tantivy.Query.term_query(self._schema, "id", document_id, "basic"))

    def _telling(self, words: list[Token]) -> list[Token]:
        # Reading the rows of a word that every tenth row holds takes long and tells little, if there are others.
        common = max(COMMON_ROWS, self._searcher.num_docs // 10)
        return [word for word in words if self._frequency(word) <= common] or words

    def _word(self, word: Token) -> tantivy.Query:
        if len(word.form) < FUZZY_LENGTH or self._frequency(word):
            return self._exact(word)
        near = tantivy.Query.fuzzy_term_query(self._schema, "form", word.form, distance=1)
        return tantivy.Query.boost_query(near, self._rarity(word) / 2)

    def _exact(self, word: Token) -> tantivy.Query:
        form = tantivy.Query.term_query(self._schema, "form", word.form, "freq")
        stem = tantivy.Query.term_query(self._schema, "stem", word.stem, "freq")
        return tantivy.Query.disjunction_max_query([form, stem])

    def _filters(self, filters: Filters) -> Iterable[tantivy.Query]:
        for name, values in filters.items():
            terms = [f"{name}={value}" for value in values]
            # A single term's rows are read as they are needed, those of a set all at once beforehand.
            having = (
                tantivy.Query.term_query(self._schema, "facet", terms[0], "basic")
                if len(terms) == 1
                else tantivy.Query.term_set_query(self._schema, "facet", terms)
            )
            yield tantivy.Query.const_score_query(having, 0.0)

    def _frequency(self, word: Token) -> int:
        count = self._searcher.doc_freq
        return max(count("form", word.form), count("stem", word.stem))

    def _rarity(self, word: Token) -> float:
        frequency = self._frequency(word)
        return math.log1p((self._searcher.num_docs - frequency + 0.5) / (frequency + 0.5))

    def _all(self, query: tantivy.Query) -> Rows:
        hits = self._searcher.search(query, limit=max(1, self._searcher.num_docs), count=False).hits
        return self._rows([address for _, address in hits])

    def _rows(self, addresses: list[tantivy.DocAddress]) -> Rows:
        return np.array(self._searcher.fast_field_values("row", addresses), dtype=np.int64)


def _any_of(queries: Sequence[tantivy.Query]) -> tantivy.Query:
    return tantivy.Query.boolean_query([(tantivy.Occur.Should, query) for query in queries])


def _all_of(queries: Sequence[tantivy.Query]) -> tantivy.Query:
    return tantivy.Query.boolean_query([(tantivy.Occur.Must, query) for query in queries])
