"""The questionnaire of a caring city, to be read, printed and asked."""

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from metropolis.tools.barometer.engine.questionnaire import RIGHT_TO_LEFT, caring_city, write_xlsform


@require_safe
def questionnaire(request: HttpRequest) -> HttpResponse:
    """Every question with its answers, in the language that `?language=` asks for, or the reader's, or English."""
    asked = caring_city()
    wanted = request.GET.get("language", get_language() or "")
    language = wanted if wanted in asked.languages else "en"
    languages = [
        {"label": name, "url": f"?language={code}", "here": code == language} for code, name in asked.languages.items()
    ]
    context = {
        "language": language,
        "direction": "rtl" if language in RIGHT_TO_LEFT else "ltr",
        "languages": languages,
        "texts": {name: words[language] for name, words in asked.texts.items()},
        "questions": [_told(question, language) for question in asked.questions],
        "measures": [(one.code, one.question, ", ".join(one.counted)) for one in asked.measures],
        "version": asked.version,
    }
    return render(request, "barometer/questionnaire.html", context)


def _told(question: Any, language: str) -> dict[str, Any]:
    choices = caring_city().choices.get(question.choices, ())
    return {
        "code": question.code,
        "words": question.words[language],
        "choices": [one.words[language] for one in choices],
    }


@require_safe
def xlsform(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 - Django's form
    """The questionnaire as an XLSForm, with all its languages."""
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    response = HttpResponse(_workbook(), content_type=kind)
    response.headers["Content-Disposition"] = 'attachment; filename="caring-city.xlsx"'
    return response


@cache
def _workbook() -> bytes:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "caring-city.xlsx"
        write_xlsform(caring_city(), path)
        return path.read_bytes()
