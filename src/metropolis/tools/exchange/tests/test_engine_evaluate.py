"""The evaluation, and the figures it must reach on a small part of the SDG texts."""

import json
from pathlib import Path

import pytest

from metropolis.engine_kit import InvalidInput
from metropolis.tools.exchange.engine import (
    COMPUTATIONS,
    Collection,
    Document,
    LanguageText,
    evaluate_collection,
    read_bank,
    read_collection,
    shipped_bank,
)
from metropolis.tools.exchange.engine.collection import Asked
from metropolis.tools.exchange.engine.evaluate import _folds

SDG = Path(__file__).parents[5].parent / "shared" / "data" / "exchange" / "sdg_multilingual.json"
needs_texts = pytest.mark.skipif(not SDG.exists(), reason="skipped: no ../shared with the SDG texts")


def written(directory: Path, **files: str) -> Path:
    for name, content in files.items():
        (directory / name.replace("_", ".")).write_text(content, encoding="utf-8")
    return directory


def lines(*rows: dict[str, str]) -> str:
    return "".join(f"{json.dumps(row)}\n" for row in rows)


CORPUS = lines(
    {"_id": "d1", "title": "Cycle lanes", "text": "Safe lanes for bicycles on main streets.", "language": "en"},
    {"_id": "d2", "title": "Compost", "text": "Kitchen waste is turned into compost for gardens.", "language": "en"},
    {"_id": "d3", "title": "Bibliothèques", "text": "Les bibliothèques de quartier ouvrent le soir."},
)
QUERIES = lines(
    {"_id": "q1", "text": "carriles seguros para bicicletas", "language": "es"},
    {"_id": "q2", "text": "what to do with kitchen waste"},
    {"_id": "q3", "text": "nothing answers this"},
)
QRELS = "query-id\tcorpus-id\tscore\nq1\td1\t1\nq2\td2\t2\nq2\td3\t0\n"


def test_a_directory_in_the_beir_layout_is_read(tmp_path: Path) -> None:
    collection = read_collection(written(tmp_path, corpus_jsonl=CORPUS, queries_jsonl=QUERIES, qrels_tsv=QRELS))
    assert [document.texts[0].language for document in collection.documents] == ["en", "en", "fr"]
    assert [query.id for query in collection.queries] == ["q1", "q2"]
    assert collection.relevant["q2"] == {"d2": 2}


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({"corpus_jsonl": "{}\n"}, "corpus.jsonl, line 1: _id and text"),
        ({"corpus_jsonl": "no json\n"}, "corpus.jsonl, line 1: not JSON"),
        ({"corpus_jsonl": CORPUS, "qrels_tsv": "q1 d1 1\n"}, "qrels.tsv: a line must have"),
        ({"corpus_jsonl": "[]\n"}, "corpus.jsonl, line 1: _id and text"),
        ({"corpus_jsonl": CORPUS, "qrels_tsv": f"{QRELS}q3\td1\tabc\n"}, "qrels.tsv, line 5: the score must be"),
        ({"corpus_jsonl": CORPUS, "qrels_tsv": QRELS}, "no queries.jsonl"),
        ({}, "no corpus.jsonl"),
    ],
)
def test_a_broken_collection_is_refused_with_the_place(tmp_path: Path, files: dict[str, str], message: str) -> None:
    with pytest.raises(InvalidInput, match=message):
        read_collection(written(tmp_path, **files))


def test_judgements_of_what_is_not_there_and_queries_without_an_answer_are_counted(tmp_path: Path) -> None:
    qrels = f"{QRELS}q1\td9\t1\nq9\td1\t1\nq3\td9\t2\n"
    directory = written(tmp_path, corpus_jsonl=CORPUS, queries_jsonl=QUERIES, qrels_tsv=qrels)
    found = evaluate_collection(directory, bank="none")
    assert (found.queries, found.dropped_judgements, found.unanswered_queries) == (2, 3, 1)
    assert found.overall["fused"]["ndcg@10"] == 1.0


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "nosuch.jsonl cannot be read: No such file"),
        ("no json\n", "nosuch.jsonl, line 1: not JSON"),
        ('{"text": "one"}\n{"language": "en"}\n', "nosuch.jsonl, line 2: text must be given"),
        ('"one"\n', "nosuch.jsonl, line 1: text must be given"),
    ],
)
def test_a_bank_that_cannot_be_read_is_refused_with_the_place(
    tmp_path: Path, content: str | None, message: str
) -> None:
    file = tmp_path / "nosuch.jsonl"
    if content is not None:
        file.write_text(content, encoding="utf-8")
    with pytest.raises(InvalidInput, match=message):
        read_bank(file)


def test_the_result_has_the_shape_that_others_read(tmp_path: Path) -> None:
    directory = written(tmp_path, corpus_jsonl=CORPUS, queries_jsonl=QUERIES, qrels_tsv=QRELS)
    computation = next(one for one in COMPUTATIONS if one.name == "evaluate-search")
    result = computation.run({"directory": directory, "bank": "none"}).model_dump(mode="json")
    assert result["overall"]["fused"] == {"ndcg@10": 1.0, "recall@100": 1.0, "mrr@10": 1.0}
    assert set(result["pairs"]) == {"es-en", "en-en"}
    assert set(result["pairs"]["es-en"]) == {"lexical", "semantic", "fused"}


def test_queries_that_share_an_answer_share_a_half_and_no_bank_holds_a_query_it_scores() -> None:
    queries = tuple(
        Asked(f"{number} {language}", language, f"Question {number} in {language}")
        for number in range(20)
        for language in ("en", "es")
    )
    relevant = {query.id: {query.id.split()[0]: 1} for query in queries}
    halves = _folds(queries, Collection((), queries, relevant), "folds")
    assert sorted(query.id for half, _ in halves for query in half) == sorted(query.id for query in queries)
    for half, bank in halves:
        numbers = {query.id.split()[0] for query in half}
        assert len(half) == 20
        assert not numbers & {question.text.split()[1] for question in bank.questions}


def test_a_bank_from_a_file_loses_the_queries_that_are_scored(tmp_path: Path) -> None:
    file = tmp_path / "bank.jsonl"
    file.write_text(lines({"text": "one", "language": "en"}, {"text": "two", "language": "en"}), encoding="utf-8")
    queries = (Asked("q", "en", "two"),)
    ((_, bank),) = _folds(queries, Collection((), queries, {"q": {"d": 1}}), str(file))
    assert [question.text for question in bank.questions] == ["one"]
    assert len(read_bank(file).questions) == 2


def test_the_shipped_bank_holds_as_many_questions_in_each_language() -> None:
    by_language: dict[str, set[str]] = {}
    for question in shipped_bank().questions:
        by_language.setdefault(question.language, set()).add(question.text)
    assert set(map(len, by_language.values())) == {48}
    assert {"en", "es", "fr", "pt", "ca", "de", "ar", "zh"} <= by_language.keys()


def test_an_unknown_profile_is_refused() -> None:
    with pytest.raises(InvalidInput, match="default, quality"):
        evaluate_collection(Collection((), (), {}), profile="best")  # type: ignore[arg-type]


# A fifth of the targets in four languages asks for its own indicators: 34 targets are enough to notice a fault.


@pytest.fixture(scope="module")
def small() -> Collection:
    texts = json.loads(SDG.read_text(encoding="utf-8"))
    chosen = list(texts["targets"])[::5]
    own = {target: [one for one in texts["indicators"] if one.rpartition("-")[0] == target] for target in chosen}
    documents = tuple(
        Document(id=number, kind="document", texts=(LanguageText(language="en", title="", body=(text["en"],)),))
        for number, text in texts["indicators"].items()
    )
    queries = tuple(
        Asked(f"{target} {language}", language, texts["targets"][target][name])
        for target in chosen
        if own[target]
        for language, name in (("en", "en"), ("es", "es"), ("fr", "fr"), ("zh", "zh-Hans"))
    )
    return Collection(documents, queries, {query.id: dict.fromkeys(own[query.id.split()[0]], 1) for query in queries})


@needs_texts
def test_targets_find_their_indicators_across_languages(small: Collection, tmp_path: Path) -> None:
    with_bank = evaluate_collection(small, cache=tmp_path)
    without = evaluate_collection(small, bank="none", cache=tmp_path)
    fused = with_bank.overall["fused"]["ndcg@10"]
    assert fused >= 0.53
    assert fused >= max(with_bank.overall[leg]["ndcg@10"] for leg in ("lexical", "semantic")) - 0.01
    assert fused > without.overall["fused"]["ndcg@10"] + 0.03
    assert all(pair["fused"]["recall@100"] >= 0.9 for pair in with_bank.pairs.values())
