"""What becomes of words: languages, tokens, wording, passages."""

import sys
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metropolis.tools.exchange.engine import LanguageText, detect_language
from metropolis.tools.exchange.engine.analysis import _SPACELESS_RUN, _token, folded, tokens
from metropolis.tools.exchange.engine.passages import LONGEST, MOST, passages, sentences, whole
from metropolis.tools.exchange.engine.wording import wording

TEXTS = st.text(max_size=120)
LANGUAGES = st.sampled_from(["en", "es", "fr", "pt", "ca", "de", "it", "nl", "ar", "zh", "ja", "ru", "tr", "sw", "und"])


def stems(text: str, language: str) -> list[str]:
    return [token.stem for token in tokens(text, language)]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "recover the river banks for people on foot"),
        ("es", "recuperar las riberas para los peatones"),
        ("fr", "rendre les berges de la rivière aux piétons"),
        ("pt", "devolver as margens do rio aos pedestres"),
        ("ca", "recuperar les ribes del riu per als vianants"),
        ("de", "die Ufer des Flusses den Fußgängern zurückgeben"),
        ("it", "restituire le rive del fiume ai pedoni"),
        ("nl", "de oevers van de rivier teruggeven aan voetgangers"),
        ("ar", "إعادة ضفاف النهر إلى المشاة"),
        ("zh", "把河岸还给行人"),
        ("ja", "川岸を歩行者に取り戻す"),
        ("ru", "вернуть берега реки пешеходам"),
        ("tr", "nehir kıyılarını yayalara geri vermek"),
    ],
)
def test_a_sentence_is_recognised_in_each_language(language: str, text: str) -> None:
    assert detect_language(text) == language


def test_a_single_word_that_several_languages_share_is_taken_for_the_readers() -> None:
    assert [detect_language("transport", likely=reader) for reader in ("en", "fr", "ca")] == ["en", "fr", "ca"]


def test_keywords_are_found_by_but_not_quoted_where_there_is_anything_else() -> None:
    text = LanguageText(
        language="en", title="Ada", summary="Engineer", keywords="Water, heat", body=("She maps wells.",)
    )
    assert whole(text) == "Ada. Engineer\nWater, heat. She maps wells"
    assert passages(text) == ("She maps wells.",)
    longer = text.model_copy(
        update={"summary": "Engineer of the water company of Lima", "keywords": "Drinking water, heat in cities"}
    )
    assert passages(longer) == ("Engineer of the water company of Lima", "She maps wells.")
    assert passages(text.model_copy(update={"body": ()})) == ("Engineer Water, heat",)


def test_a_readers_language_does_not_outvote_a_clear_text() -> None:
    assert detect_language("recuperar las riberas para los peatones", likely="fr") == "es"


@given(TEXTS, LANGUAGES)
def test_tokens_hold_no_space_no_accent_and_no_capital(text: str, language: str) -> None:
    for token in tokens(text, language):
        assert token.form
        assert not any(letter.isspace() for letter in token.form + token.stem)
        # In scripts written without spaces marks are vowels, so their pairs of signs keep them.
        assert folded(token.form) == token.form or _SPACELESS_RUN.match(token.form)


@given(TEXTS, LANGUAGES)
def test_tokens_do_not_depend_on_capitals_of_plain_letters(text: str, language: str) -> None:
    plain = "".join(letter for letter in text if letter.isascii())
    assert tokens(plain.upper(), language) == tokens(plain.lower(), language)


@pytest.mark.parametrize(
    ("language", "one", "other"),
    [
        ("es", "población", "poblaciones"),
        ("es", "población", "poblacion"),
        ("fr", "récupérés", "récupérer"),
        ("de", "Straßen", "Strasse"),
        ("ca", "inundacions", "inundació"),
        ("ar", "الميـــاه", "المياه"),
        ("en", "river\u00adbank", "riverbanks"),
        ("tr", "İstanbul", "istanbul"),
    ],
)
def test_forms_of_a_word_share_a_stem(language: str, one: str, other: str) -> None:
    assert stems(one, language) == stems(other, language)


def test_a_name_has_the_same_form_in_every_language() -> None:
    forms = {tokens("Bogotá", language)[0].form for language in ("en", "es", "fr", "ca", "sw")}
    assert forms == {"bogota"}


def test_a_french_article_does_not_stick_to_its_word() -> None:
    assert stems("l’eau d'ici", "fr") == ["eau", "ici"]


def test_a_script_without_spaces_becomes_pairs() -> None:
    assert stems("河岸绿道 2030", "zh") == ["河岸", "岸绿", "绿道", "2030"]


@given(TEXTS)
def test_a_wording_never_fails_and_keeps_no_quotation_marks(text: str) -> None:
    assert '"' not in wording(text).text


def test_an_exclusion_may_be_a_word_or_a_phrase_but_no_hyphenated_word() -> None:
    asked = wording('car-free -tram NOT metro -"park and ride" -')
    assert asked.text == "car-free -"
    assert asked.excluded == ("park and ride", "tram", "metro")


def test_quotation_marks_of_other_languages_quote_too() -> None:
    assert wording("«agua potable» “old town”").phrases == ("agua potable", "old town")


@given(st.text(max_size=2000))
def test_sentences_lose_no_letter_and_none_is_longer_than_a_quote_may_be(text: str) -> None:
    found = sentences(text)
    assert "".join("".join(found).split()) == "".join(text.split())
    assert all(len(sentence) <= LONGEST + 1 for sentence in found)


def test_an_abbreviation_does_not_end_a_sentence() -> None:
    text = "The city of St. Louis paid 3.5 million a year. It was worth it, said Mr. Smith of the council."
    assert sentences(text) == [
        "The city of St. Louis paid 3.5 million a year.",
        "It was worth it, said Mr. Smith of the council.",
    ]


def test_a_version_with_nothing_but_a_title_is_quoted_by_it() -> None:
    text = LanguageText(language="en", title="Cycle Sundays")
    assert (passages(text), whole(text)) == (("Cycle Sundays",), "Cycle Sundays")


def test_a_long_body_gives_a_limited_number_of_passages() -> None:
    body = tuple(f"Sentence number {number} says something of its own." for number in range(100))
    assert len(passages(LanguageText(language="en", title="Long", body=body))) == MOST


def test_threads_that_analyse_at_the_same_time_do_not_disturb_one_another() -> None:
    texts = [
        f"{word}isation{number} {word}fulness {word}ousli" for number in range(300) for word in ("organ", "nation")
    ]
    _token.cache_clear()
    expected = [tokens(text, "en") for text in texts]
    _token.cache_clear()
    patience = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(8) as threads:
            found = list(threads.map(lambda text: tokens(text, "en"), texts))
    finally:
        sys.setswitchinterval(patience)
    assert found == expected
