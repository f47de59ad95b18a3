"""A page of results: hits with their quotes, and counts by facet."""

from collections.abc import Mapping, Sequence
from time import perf_counter

import numpy as np
from numpy.typing import NDArray

from metropolis.tools.exchange.engine.analysis import tokens
from metropolis.tools.exchange.engine.passages import best_passage, passages
from metropolis.tools.exchange.engine.ranking import Ranked, Ranking
from metropolis.tools.exchange.engine.snapshot import Snapshot
from metropolis.tools.exchange.engine.values import Document, Hit, LanguageText, Query, Results

Filters = Mapping[str, Sequence[str]]


def answer(snapshot: Snapshot, ranking: Ranking, query: Query, language: str) -> Results:
    """The page of `query` that its limit and offset ask for."""
    started = perf_counter()
    filters = {name: values for name, values in query.filters.items() if values}
    if query.kinds:
        filters["kind"] = query.kinds
    wanted = [name for name in snapshot.facets if query.counted is None or name in query.counted]
    # Each facet is counted over what is found without its own filter, so that its other values stay in view.
    without = {name: {o: values for o, values in filters.items() if o != name} for name in wanted if name in filters}
    if ranking.asks:
        ranking.look_ahead((filters, *without.values()))
    found = ranking.relevant(filters) if ranking.asks else ranking.listed(filters)
    ranked = perf_counter()
    documents = np.sort(found.documents)
    counts = {
        name: snapshot.facets[name].counts(ranking.numbers(without[name]) if name in without else documents)
        for name in wanted
    }
    counted = perf_counter()
    shown = slice(query.offset, query.offset + query.limit)
    places = range(len(found.documents))[shown]
    read = (language, query.reader)
    hits = tuple(_hit(snapshot, ranking, found, place, read=read, quoted=query.quoted) for place in places)
    return Results(
        total=len(found.documents),
        hits=hits,
        facets=counts,
        language=language,
        legs={
            "rank": _milliseconds(started, ranked),
            "count": _milliseconds(ranked, counted),
            "quote": _milliseconds(counted, perf_counter()),
        },
    )


def _hit(
    snapshot: Snapshot, ranking: Ranking, found: Ranked, place: int, *, read: tuple[str, str], quoted: bool
) -> Hit:
    document = snapshot.document(int(found.documents[place]))
    best_row = int(found.rows[place])
    best = int(snapshot.row_versions[best_row])
    shown = _shown(document, best, read)
    text = document.texts[shown]
    row = best_row - best + shown  # the versions of a document stand one after another
    return Hit(
        id=document.id,
        kind=document.kind,
        title=text.title,
        score=round(min(float(found.scores[place]), 1.0), 4),
        lexical=_number(found.lexical, place),
        semantic=_number(found.semantic, place),
        language=document.texts[best].language,
        quote=quote(snapshot, ranking, text, row) if quoted else "",
        quote_language=text.language,
        languages=tuple(version.language for version in document.texts),
        facets=document.facets,
        place_ids=document.place_ids,
        payload=document.payload,
    )


def _shown(document: Document, best: int, read: tuple[str, str]) -> int:
    """The version to show of a document whose version `best` answers best; `read` is the question's and the reader's.

    One in either language stays; of one in a third that of the reader is shown in its place, or the original.
    """
    languages = [version.language for version in document.texts]
    reader = read[1]
    if languages[best] in read:
        return best
    return languages.index(reader) if reader in languages else 0


def quote(snapshot: Snapshot, ranking: Ranking, text: LanguageText, row: int) -> str:
    """The passage of one row's text that is closest to the question; the first, when nothing is asked."""
    quotable = passages(text)
    if not ranking.asks:
        return quotable[0]
    asked = {word.stem for word in ranking.words}
    held = ({word.stem for word in tokens(passage, text.language)} for passage in quotable)
    shared = [len(asked & stems) / max(len(asked), 1) for stems in held]
    return quotable[best_passage(ranking.vector, snapshot.passages_of(row), shared)]


def _number(values: NDArray[np.float32], place: int) -> float | None:
    return None if np.isnan(values[place]) else round(float(values[place]), 4)


def _milliseconds(start: float, end: float) -> float:
    return round((end - start) * 1000, 2)
