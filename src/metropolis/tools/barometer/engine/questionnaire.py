"""A questionnaire in several languages: asked on paper or by an XLSForm, and what its answers measure."""

import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from html import escape
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal, Self

import xlsxwriter
from pydantic import Field, model_validator

from metropolis.engine_kit import InvalidInput, Value
from metropolis.tools.barometer.engine.surveys import Measure

DATA = files("metropolis.tools.barometer.engine") / "data"
#: Answers that say nothing on what was asked.
NO_ANSWER = ("unknown", "unused", "withheld")
RIGHT_TO_LEFT = {"ar", "fa", "he", "ur"}


class Choice(Value):
    """One of the answers to choose from, with its words by language."""

    code: str
    words: dict[str, str]


class Question(Value):
    """A question with its words by language, answered by one of the `choices` of that name, or freely without.

    The percentage of those who answer one of `counted` is an indicator, of which more is better, or less where
    `direction` is -1.
    """

    code: str
    words: dict[str, str]
    choices: str = ""
    counted: tuple[str, ...] = ()
    direction: Literal[1, -1] = 1


class Questionnaire(Value):
    """Questions in their order, the first of which asks for consent; texts are complete in every language.

    `languages` are codes with each language's own name; `texts` are "title", "introduction" and "thanks".
    """

    code: str
    version: str
    languages: dict[str, str]
    texts: dict[Literal["title", "introduction", "thanks"], dict[str, str]]
    choices: dict[str, tuple[Choice, ...]]
    questions: tuple[Question, ...] = Field(min_length=2)

    @model_validator(mode="after")
    def _is_complete(self) -> Self:
        texts = {f"the {name}": words for name, words in self.texts.items()}
        texts |= {question.code: question.words for question in self.questions}
        texts |= {f"{name}/{one.code}": one.words for name, some in self.choices.items() for one in some}
        for what, words in texts.items():
            missing = [name for code, name in self.languages.items() if not words.get(code, "").strip()]
            if missing:
                raise InvalidInput(f"{what} has no words in {', '.join(missing)}.", field=what)
        for question in self.questions:
            known = {choice.code for choice in self.choices.get(question.choices, ())}
            if (question.choices and not known) or not set(question.counted) <= known:
                message = f"{question.code} counts or offers answers that its choices {question.choices!r} lack."
                raise InvalidInput(message, field=question.code)
        return self

    @property
    def measures(self) -> tuple[Measure, ...]:
        """What `estimate` makes of the answers: a percentage for each question that counts some."""
        return tuple(
            Measure(code=one.code, question=one.code, counted=one.counted, ignored=NO_ANSWER)
            for one in self.questions
            if one.counted
        )


@cache
def caring_city() -> Questionnaire:
    """The questionnaire of a caring city: safety, trust, being heard, loneliness, help, care, dignity, time, moving.

    In English, Spanish, French, Portuguese, Catalan and Arabic.

    >>> caring_city().questions[5].words["en"]
    'How safe do you feel in your own home?'
    """
    return read_questionnaire(tomllib.loads((DATA / "caring_city.toml").read_text(encoding="utf-8")))


def read_questionnaire(told: Mapping[str, Any]) -> Questionnaire:
    """A questionnaire out of its TOML: words stand beside the fields of a question or choice, by language.

    >>> told = tomllib.loads((DATA / "caring_city.toml").read_text(encoding="utf-8"))
    >>> read_questionnaire(told) == caring_city()
    True
    """
    languages = told["languages"]

    def with_words(entry: Mapping[str, Any]) -> dict[str, Any]:
        fields = {name: value for name, value in entry.items() if name not in languages}
        return {**fields, "words": {code: entry[code] for code in languages if code in entry}}

    choices = {name: [with_words(one) for one in some] for name, some in told["choices"].items()}
    questions = [with_words(one) for one in told["questions"]]
    return Questionnaire.model_validate({**told, "choices": choices, "questions": questions})


def write_xlsform(questionnaire: Questionnaire, path: Path) -> None:
    """The questionnaire as an XLSForm (xlsform.org), which ODK, KoboToolbox and others take: all languages in one.

    After a refusal of consent nothing more is asked. No answer is required.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     write_xlsform(caring_city(), Path(folder) / "caring_city.xlsx")
    ...     [path.name for path in Path(folder).iterdir()]
    ['caring_city.xlsx']
    """
    labels = [f"label::{name} ({code})" for code, name in questionnaire.languages.items()]

    def words(of: Mapping[str, str]) -> list[str]:
        return [of[code] for code in questionnaire.languages]

    first, *others = questionnaire.questions
    survey = [["type", "name", *labels, "relevant"], ["today", "today"], ["note", "introduction"]]
    survey[2] += words(questionnaire.texts["introduction"])
    survey.append([*_asked(first), *words(first.words)])
    nothing = [""] * len(labels)
    survey.append(["begin_group", "questions", *nothing, f"${{{first.code}}} = 'yes'"])
    survey += [[*_asked(question), *words(question.words)] for question in others]
    survey += [["end_group", ""], ["note", "thanks", *words(questionnaire.texts["thanks"])]]
    choices = [["list_name", "name", *labels]]
    choices += [
        [name, choice.code, *words(choice.words)] for name, some in questionnaire.choices.items() for choice in some
    ]
    start, name = next(iter(questionnaire.languages.items()))
    settings = [["form_title", "form_id", "version", "default_language"]]
    settings += [[questionnaire.texts["title"][start], questionnaire.code, questionnaire.version, f"{name} ({start})"]]
    with xlsxwriter.Workbook(path, {"strings_to_formulas": False, "strings_to_urls": False}) as book:
        for title, rows in (("survey", survey), ("choices", choices), ("settings", settings)):
            _write_sheet(book, title, rows)


def _asked(question: Question) -> list[str]:
    return [f"select_one {question.choices}" if question.choices else "text", question.code]


def _write_sheet(book: xlsxwriter.Workbook, title: str, rows: Sequence[Sequence[str]]) -> None:
    sheet = book.add_worksheet(title)
    sheet.freeze_panes(1, 2)
    for number, row in enumerate(rows):
        for place, cell in enumerate(row):
            if cell:
                sheet.write_string(number, place, cell)


def paper(questionnaire: Questionnaire, language: str, *, stylesheet: str = "") -> str:
    """The questionnaire as a page of HTML to print, with boxes to tick; `InvalidInput` for a language it lacks.

    The page holds its style, or leads to a `stylesheet` at an address, which serves `paper_style()`.

    >>> '<html lang="es"' in paper(caring_city(), "es")
    True
    """
    if language not in questionnaire.languages:
        known = ", ".join(questionnaire.languages)
        raise InvalidInput(f"There is no {language!r} questionnaire; there are: {known}.", field="language")
    texts = {name: escape(words[language]) for name, words in questionnaire.texts.items()}
    style = f'<link rel="stylesheet" href="{escape(stylesheet)}">' if stylesheet else f"<style>{paper_style()}</style>"
    direction = "rtl" if language in RIGHT_TO_LEFT else "ltr"
    questions = "\n".join(_on_paper(questionnaire, question, language) for question in questionnaire.questions)
    return f"""<!doctype html>
<html lang="{language}" dir="{direction}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>{texts["title"]}</title>{style}</head>
<body>
<h1>{texts["title"]}</h1>
<p>{texts["introduction"]}</p>
<ol>
{questions}
</ol>
<p>{texts["thanks"]}</p>
</body>
</html>
"""


def paper_style() -> str:
    """The style sheet of `paper`.

    >>> "@page" in paper_style()
    True
    """
    return (DATA / "paper.css").read_text(encoding="utf-8")


def _on_paper(questionnaire: Questionnaire, question: Question, language: str) -> str:
    asked = escape(question.words[language])
    if not question.choices:
        return f'<li class="question">{asked}<div class="line"></div></li>'
    boxes = "".join(f"<li>{escape(one.words[language])}</li>" for one in questionnaire.choices[question.choices])
    return f'<li class="question"><fieldset><legend>{asked}</legend><ul>{boxes}</ul></fieldset></li>'
