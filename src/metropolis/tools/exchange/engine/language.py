"""Which language a text is in."""

import re
from functools import lru_cache
from typing import Any

from py3langid.langid import (  # type: ignore[import-untyped]  # ships no types
    MODEL_FILE,
    LanguageIdentifier,
)

LANGUAGES = ("en", "es", "fr", "pt", "ca", "de", "it", "nl", "ar", "zh", "ja", "ru", "tr")
UNKNOWN = "und"
FAVOUR = 3.0  # added to the log-probability of the reader's language

# A script that only one of our languages uses decides alone, and better than statistics on a short query.
_SCRIPTS = (
    ("ja", re.compile("[\u3040-\u30ff]")),
    ("zh", re.compile("[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")),
    ("ko", re.compile("[\u1100-\u11ff\uac00-\ud7af]")),
    ("th", re.compile("[\u0e00-\u0e7f]")),
    ("hi", re.compile("[\u0900-\u097f]")),
    ("el", re.compile("[\u0370-\u03ff]")),
    ("he", re.compile("[\u0590-\u05ff]")),
    ("hy", re.compile("[\u0530-\u058f]")),
    ("ka", re.compile("[\u10a0-\u10ff]")),
    ("km", re.compile("[\u1780-\u17ff]")),
    ("ar", re.compile("[\u0600-\u06ff\u0750-\u077f]")),
    ("ru", re.compile("[\u0400-\u04ff]")),
)
_LATIN = re.compile("[a-zA-Z\u00c0-\u024f]")
_LETTERS = re.compile(r"[^\W\d_]")


def detect_language(text: str, likely: str = "en") -> str:
    """The ISO 639 code of the language `text` is written in; "und" if it holds no letters.

    Told apart: en es fr pt ca de it nl tr by letter statistics (py3langid, after Lui & Baldwin 2012), the others by
    their script. `likely`, the reader's language, decides where a word or two leave doubt. When it is the right one, of
    single words 95 in 100 are recognised, of three words 99; when it is another, 93 of three words and 99 of six.

    >>> [detect_language(text) for text in ("recuperar los canales", "水と緑のまち", "2030")]
    ['es', 'ja', 'und']
    >>> detect_language("transport public"), detect_language("transport public", likely="fr")
    ('en', 'fr')
    """
    letters = len(_LETTERS.findall(text))
    if not letters:
        return UNKNOWN
    for language, script in _SCRIPTS:
        if len(script.findall(text)) * 3 >= letters:
            return language
    if not _LATIN.search(text):
        return UNKNOWN
    scores = {str(language): float(score) for language, score in _identifier().rank(text)}
    if likely in scores:
        scores[likely] += FAVOUR
    return max(scores, key=lambda language: (scores[language], language == likely))


@lru_cache(maxsize=1)
def _identifier() -> Any:
    identifier = LanguageIdentifier.from_model_file(MODEL_FILE)
    identifier.set_languages([language for language in LANGUAGES if language not in {"ar", "zh", "ja", "ru"}])
    return identifier
