"""From text to the tokens that are indexed and searched.

A word becomes two tokens: its *form* (lower case, accents folded), which is the same in every language and so finds
names and quoted titles anywhere; and its *stem* (Snowball, by language), which finds its inflections. Scripts written
without spaces become pairs of neighbouring characters, which need no dictionary.
"""

import re
import unicodedata
from functools import lru_cache
from threading import get_ident
from typing import Any, NamedTuple

import snowballstemmer  # type: ignore[import-untyped]  # ships no types

_STEMMERS = {
    "ar": "arabic",
    "ca": "catalan",
    "da": "danish",
    "de": "german",
    "el": "greek",
    "en": "english",
    "es": "spanish",
    "fi": "finnish",
    "fr": "french",
    "hu": "hungarian",
    "hy": "armenian",
    "id": "indonesian",
    "it": "italian",
    "ne": "nepali",
    "nl": "dutch",
    "no": "norwegian",
    "pt": "portuguese",
    "ro": "romanian",
    "ru": "russian",
    "sv": "swedish",
    "tr": "turkish",
}
# Letters that Unicode does not take apart into a base and an accent.
_LETTERS = str.maketrans({"ı": "i", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ħ": "h"})
# Soft hyphen, tatweel, zero width; and the accents, points and vowel signs that no letter has taken in.
_INVISIBLE = re.compile(
    "[\u00ad\u0640\u200b-\u200f\u2060\ufeff\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670]"
)
_ARABIC_LETTERS = str.maketrans("أإآٱىة", "ااااي\u0647")
# Indic scripts have spaces, but vowel signs that `\w` does not take for letters: pairs serve them as well.
_SPACELESS = "\u0900-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff"
_WORD = re.compile(rf"[{_SPACELESS}]+|[^\W_{_SPACELESS}]+(?:['’ʼ·.](?=\w)[^\W_{_SPACELESS}]+)*")
_SPACELESS_RUN = re.compile(rf"[{_SPACELESS}]")
_ELISION = re.compile(r"^(?:[cdjlmnst]|qu|lorsqu|puisqu|jusqu|dell|nell|sull|all|dall|un)['’ʼ](?=\w)")
_MAX_LENGTH = 40
_FIRST_SPACELESS = "\u0900"


class Token(NamedTuple):
    """A word as the index knows it: `form` in any language, `stem` in its own."""

    form: str
    stem: str


def tokens(text: str, language: str) -> list[Token]:
    """The tokens of `text`, in order, analysed as `language` (an ISO 639 code; one without a stemmer is not stemmed).

    >>> [token.stem for token in tokens("Les canaux récupérés de l’Aguada", "fr")]
    ['le', 'canal', 'recuper', 'de', 'aguad']
    >>> [token.form for token in tokens("城市绿道", "zh")]
    ['城市', '市绿', '绿道']
    """
    found: list[Token] = []
    for word in _WORD.findall(normalised(text)):
        if word >= _FIRST_SPACELESS and _SPACELESS_RUN.match(word):
            found += [Token(pair, pair) for pair in _pairs(word)]
        else:
            found.append(_token(word, language))
    return found


def normalised(text: str) -> str:
    """`text` in Unicode's compatibility form (NFKC), lower case, without invisible characters.

    >>> normalised("Ｓmart‑cities\u00ad")
    'smart‐cities'
    """
    return _INVISIBLE.sub("", unicodedata.normalize("NFKC", text).lower())


def folded(word: str) -> str:
    """`word` without accents and with like letters made one.

    >>> folded("İstanbul"), folded("Kraków"), folded("straße")
    ('istanbul', 'krakow', 'strasse')
    """
    plain = unicodedata.normalize("NFKD", word.casefold().translate(_ARABIC_LETTERS))
    bare = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return unicodedata.normalize("NFC", bare.translate(_LETTERS))


def _pairs(run: str) -> list[str]:
    return [run[place : place + 2] for place in range(len(run) - 1)] or [run]


@lru_cache(maxsize=200_000)
def _token(word: str, language: str) -> Token:
    word = _ELISION.sub("", word)[:_MAX_LENGTH]
    form = folded(word)
    stemmer = _stemmer(language)
    return Token(form, folded(stemmer.stemWord(word)) if stemmer else form)


def _stemmer(language: str) -> Any:
    return _stemmer_of(get_ident(), language)


# A stemmer holds the word it is at: two threads that share one get wrong stems, or none.
@lru_cache(maxsize=256)
def _stemmer_of(thread: int, language: str) -> Any:  # noqa: ARG001 each thread has its own
    name = _STEMMERS.get(language.partition("-")[0])
    return snowballstemmer.stemmer(name) if name else None
