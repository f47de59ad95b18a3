"""A test collection in the BEIR layout: documents, queries, and which documents answer which query."""

import csv
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from metropolis.engine_kit import InvalidInput
from metropolis.tools.exchange.engine.language import detect_language
from metropolis.tools.exchange.engine.values import Document, LanguageText


class Asked(NamedTuple):
    """A query of a collection."""

    id: str
    language: str
    text: str


class Collection(NamedTuple):
    """Documents, queries, and by query the relevance of each document that answers it (1 or more).

    `dropped` counts the judgements of documents or queries that are not in the collection, `unanswered` the queries
    that were left out because nothing in the corpus answers them.
    """

    documents: tuple[Document, ...]
    queries: tuple[Asked, ...]
    relevant: Mapping[str, Mapping[str, int]]
    dropped: int = 0
    unanswered: int = 0


def read_collection(directory: Path) -> Collection:
    """The collection in `directory`: `corpus.jsonl`, `queries.jsonl` and `qrels.tsv` (or `qrels/test.tsv`).

    A line without a `language` gets the one its text seems to be in. Queries nothing answers are left out.
    """
    documents = tuple(_document(line) for line in _lines(directory / "corpus.jsonl"))
    qrels = directory / "qrels.tsv"
    relevant = _qrels(qrels if qrels.exists() else directory / "qrels" / "test.tsv")
    known = {document.id for document in documents}
    answered = {
        query: {one: grade for one, grade in grades.items() if one in known} for query, grades in relevant.items()
    }
    asked = [Asked(line["_id"], _language(line), line["text"]) for line in _lines(directory / "queries.jsonl")]
    queries = tuple(query for query in asked if answered.get(query.id))
    names = {query.id for query in asked}
    judged = [(query, document) for query, grades in relevant.items() for document in grades]
    dropped = sum(query not in names or document not in known for query, document in judged)
    return Collection(documents, queries, answered, dropped, len(asked) - len(queries))


def _document(line: Mapping[str, Any]) -> Document:
    text = LanguageText(language=_language(line), title=line.get("title", ""), body=(line["text"],))
    return Document(id=line["_id"], kind="document", texts=(text,))


def _language(line: Mapping[str, Any]) -> str:
    return str(line.get("language") or detect_language(f"{line.get('title', '')} {line['text']}"))


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    with _opened(path) as file:
        for number, line in enumerate(file, start=1):
            if line.strip():
                yield _parsed(line, f"{path.name}, line {number}")


def _parsed(line: str, where: str) -> dict[str, Any]:
    try:
        fields = json.loads(line)
    except json.JSONDecodeError as error:
        raise InvalidInput(f"{where}: not JSON ({error.msg}).", field=where) from error
    given = fields if isinstance(fields, dict) else {}
    missing = [name for name in ("_id", "text") if not isinstance(given.get(name), str)]
    if missing:
        raise InvalidInput(f"{where}: {' and '.join(missing)} must be given, as text.", field=where)
    return dict(fields)


def _qrels(path: Path) -> dict[str, dict[str, int]]:
    relevant: dict[str, dict[str, int]] = {}
    with _opened(path) as file:
        for number, row in enumerate(csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE), start=1):
            query, document, grade = _judgement(row, number, path.name)
            if grade > 0:
                relevant.setdefault(query, {})[document] = grade
    return relevant


def _judgement(row: list[str], number: int, name: str) -> tuple[str, str, int]:
    """Of three columns (BEIR) or four (TREC); a heading, the first line, counts as not relevant."""
    if len(row) not in {3, 4}:
        raise InvalidInput(
            f"{name}: a line must have query, document and score, parted by tabs; not {row!r}.", field=name
        )
    try:
        grade = int(row[-1])
    except ValueError as error:
        if number > 1:
            message = f"{name}, line {number}: the score must be a whole number, not {row[-1]!r}."
            raise InvalidInput(message, field=name) from error
        grade = 0
    return row[0], row[-2], grade


def _opened(path: Path) -> Any:
    try:
        return path.open(encoding="utf-8", newline="")
    except FileNotFoundError:
        raise InvalidInput(f"There is no {path.name} in {path.parent}.", field="directory") from None
