"""Test collections made of the Sustainable Development Goals in many languages: not part of the product."""

import json
from pathlib import Path

from metropolis.tools.exchange.engine import Document, LanguageText
from metropolis.tools.exchange.engine.collection import Asked, Collection

TEXTS = Path(__file__).parents[2] / "shared" / "data" / "exchange" / "sdg_multilingual.json"
SEVEN = ("es", "fr", "pt", "ca", "de", "ar", "zh")
NAMES = {"zh": "zh-Hans"}  # as the file calls them
Texts = dict[str, dict[str, dict[str, str]]]


def read_texts(path: Path = TEXTS) -> Texts:
    """Goals, targets and indicators: by kind, by number, by language."""
    return dict(json.loads(path.read_text(encoding="utf-8")))


def targets_to_indicators(texts: Texts, languages: tuple[str, ...]) -> Collection:
    """Every target in `languages` asks for its own indicators among all indicators in English."""
    own: dict[str, dict[str, int]] = {}
    for number in texts["indicators"]:
        own.setdefault("-".join(number.split("-")[:2]), {})[number] = 1
    documents = tuple(_document(number, "en", text["en"]) for number, text in texts["indicators"].items())
    queries = tuple(query for query in _targets(texts, languages) if _number(query) in own)
    return Collection(documents, queries, {query.id: own[_number(query)] for query in queries})


def known_item(texts: Texts, languages: tuple[str, ...]) -> Collection:
    """Every target in `languages` asks for itself among all targets in English."""
    documents = tuple(_document(number, "en", text["en"]) for number, text in texts["targets"].items())
    queries = tuple(_targets(texts, languages))
    return Collection(documents, queries, {query.id: {_number(query): 1} for query in queries})


def mixed_pool(texts: Texts, languages: tuple[str, ...]) -> Collection:
    """Each target stands in the pool once, in one of `languages` by turns, and is asked for in all of them."""
    documents = []
    for place, (number, text) in enumerate(texts["targets"].items()):
        language = languages[place % len(languages)]
        if _in(language) in text:
            documents.append(_document(number, language, text[_in(language)]))
    present = {document.id for document in documents}
    queries = tuple(query for query in _targets(texts, languages) if _number(query) in present)
    return Collection(tuple(documents), queries, {query.id: {_number(query): 1} for query in queries})


def _targets(texts: Texts, languages: tuple[str, ...]) -> list[Asked]:
    return [
        Asked(f"{number} {language}", language, text[_in(language)])
        for language in languages
        for number, text in texts["targets"].items()
        if _in(language) in text
    ]


def _document(number: str, language: str, text: str) -> Document:
    return Document(id=number, kind="document", texts=(LanguageText(language=language, title="", body=(text,)),))


def _number(query: Asked) -> str:
    return query.id.split()[0]


def _in(language: str) -> str:
    return NAMES.get(language, language)
