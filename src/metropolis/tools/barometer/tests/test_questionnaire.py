"""The questionnaire of a caring city: complete in six languages, on paper, as an XLSForm, and to its indicators."""

import re
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
from python_calamine import CalamineWorkbook

from metropolis.engine_kit import InvalidInput
from metropolis.tools.barometer.engine.questionnaire import caring_city, paper, write_xlsform
from metropolis.tools.barometer.engine.surveys import Survey, estimate

LANGUAGES = ("en", "es", "fr", "pt", "ca", "ar")


def test_it_asks_about_twenty_things_in_six_languages():
    asked = caring_city()
    assert tuple(asked.languages) == LANGUAGES
    assert 20 <= len(asked.measures) <= 25
    assert [question.code for question in asked.questions[:4]] == ["consent", "age", "gender", "district"]
    for question in asked.questions[4:]:
        assert len(set(question.words.values())) == 6
        assert re.search(r"[\u0600-\u06ff]", question.words["ar"])


def test_no_text_is_missing_and_an_incomplete_one_is_refused():
    asked = caring_city().model_dump()
    del asked["questions"][3]["words"]["ar"]
    with pytest.raises(InvalidInput, match="district has no words in العربية"):
        type(caring_city()).model_validate(asked)


def test_the_xlsform_read_back_has_every_question_choice_and_language(tmp_path: Path):
    asked = caring_city()
    write_xlsform(asked, tmp_path / "form.xlsx")
    book = CalamineWorkbook.from_path(tmp_path / "form.xlsx")
    assert book.sheet_names == ["survey", "choices", "settings"]
    survey, choices, settings = (book.get_sheet_by_name(name).to_python() for name in book.sheet_names)
    labels = [f"label::{name} ({code})" for code, name in asked.languages.items()]
    assert survey[0] == ["type", "name", *labels, "relevant"]
    assert choices[0] == ["list_name", "name", *labels]
    assert dict(zip(*settings, strict=True)) == {
        "form_title": "A caring city",
        "form_id": "caring_city",
        "version": "2026-11",
        "default_language": "English (en)",
    }
    lists = {(row[0], row[1]): row[2:] for row in choices[1:]}
    assert lists == {(name, one.code): list(one.words.values()) for name, some in asked.choices.items() for one in some}
    rows = {row[1]: row for row in survey[1:] if row[1]}
    for question in asked.questions:
        kind, _, words = rows[question.code][0], question.code, rows[question.code][2:8]
        assert words == list(question.words.values())
        assert kind == (f"select_one {question.choices}" if question.choices else "text")
        assert not question.choices or question.choices in {name for name, _ in lists}
    assert rows["questions"][0] == "begin_group"
    assert rows["questions"][8] == "${consent} = 'yes'"
    kinds = [row[0] for row in survey]
    assert kinds.index("begin_group") < kinds.index("select_one age") < kinds.index("end_group")
    names = [row[1] for row in survey[1:] if row[1]]
    assert len(set(names)) == len(names)
    assert all(re.fullmatch(r"[a-z][a-z0-9_]*", name) for name in names)


class Counted(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:  # noqa: ARG002 the parser's own signature
        self.tags.append(tag)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_paper_asks_everything_and_runs_the_way_its_language_does(language: str):
    asked = caring_city()
    page = paper(asked, language)
    assert f'<html lang="{language}" dir="{"rtl" if language == "ar" else "ltr"}">' in page
    found = Counted()
    found.feed(page)
    offered = [asked.choices[question.choices] for question in asked.questions if question.choices]
    assert found.tags.count("fieldset") == len(offered)
    assert found.tags.count("li") == len(asked.questions) + sum(map(len, offered))
    assert "<style>" in page


def test_the_paper_can_lead_to_a_style_sheet_and_refuses_an_unknown_language():
    page = paper(caring_city(), "fr", stylesheet="/paper.css")
    assert '<link rel="stylesheet" href="/paper.css">' in page
    assert "<style>" not in page
    with pytest.raises(InvalidInput, match="no 'xx' questionnaire; there are: en, es"):
        paper(caring_city(), "xx")


def test_its_answers_become_indicators():
    answers = {question.code: ("",) * 40 for question in caring_city().questions}
    answers["loneliness"] = ("often",) * 5 + ("always",) * 5 + ("rarely",) * 10 + ("unknown",) * 20
    survey = Survey(units=("Lima",) * 40, answers=answers, weights=np.ones(40))
    found = estimate(survey, caring_city().measures)
    assert found.table.column("loneliness")[0] == 50
    assert np.isnan(found.table.column("heard")[0])
