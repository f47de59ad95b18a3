"""Every string of the interface is translated into every language, and what is served is what was translated."""

import ast
import re
import runpy
from datetime import UTC, datetime
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po
from django.utils.formats import date_format, number_format
from django.utils.translation import override

import metropolis

LOCALE = Path(metropolis.__file__).parent / "locale"
LANGUAGES = ("ar", "ca", "es", "fr", "pt")
TRANSLATORS = {"_", "gettext", "gettext_lazy", "ngettext", "ngettext_lazy", "pgettext", "pgettext_lazy", "npgettext"}
SCRIPT = runpy.run_path(str(Path(__file__).resolve().parent.parent / "scripts/languages.py"))


def translated(language: str) -> Catalog:
    with (LOCALE / language / "LC_MESSAGES/django.po").open("rb") as file:
        return read_po(file, locale=language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_string_is_left_in_english_by_oversight(language: str):
    catalog = translated(language)
    left = [str(message.id) for message in catalog if message.id and (message.fuzzy or not all_of(message.string))]
    assert len(catalog) > 1000
    assert left == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_string_of_the_interface_is_in_the_catalogue(language: str):
    """`make languages` brings it up to date."""
    wanted = {(message.context, message.id) for message in SCRIPT["template"]() if message.id}
    assert wanted ^ {(message.context, message.id) for message in translated(language) if message.id} == set()


def test_a_language_is_added_by_one_command(tmp_path: Path):
    update = runpy.run_path(SCRIPT["__file__"])["update"]
    update.__globals__["LOCALE"] = tmp_path
    strings = SCRIPT["template"]()
    assert update("de", strings) == len(strings)
    assert (tmp_path / "de/LC_MESSAGES/django.mo").exists()


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_compiled_catalogue_is_that_of_the_translation(language: str):
    with (LOCALE / language / "LC_MESSAGES/django.mo").open("rb") as file:
        served = read_mo(file)
    assert strings(served) == strings(translated(language))


@pytest.mark.parametrize(
    ("language", "month", "written"),
    [
        ("ca", 4, "2 d’abril de 2026 a les 17:24"),
        ("ca", 11, "2 de novembre de 2026 a les 17:24"),
        ("ar", 11, "2 نوفمبر 2026، 5:24 م"),
    ],
)
def test_a_date_is_written_as_the_language_has_it(language: str, month: int, written: str):
    with override(language):
        assert date_format(datetime(2026, month, 2, 17, 24, tzinfo=UTC), "DATETIME_FORMAT") == written


@pytest.mark.parametrize("language", LANGUAGES)
def test_thousands_are_set_apart(language: str):
    with override(language):
        assert re.fullmatch(r"1[.,\s]234[.,\s]567", number_format(1234567, force_grouping=True))


def test_no_string_to_translate_hides_in_a_formatted_one():
    """There the catalogues of some versions of Python miss it."""
    sources = Path(metropolis.__file__).parent.rglob("*.py")
    formatted = [(path, one) for path in sources for one in ast.walk(ast.parse(path.read_text())) if is_formatted(one)]
    calls = [(path, one) for path, whole in formatted for one in ast.walk(whole) if isinstance(one, ast.Call)]
    hidden = [f"{path.name}:{one.lineno}" for path, one in calls if ast.unparse(one.func) in TRANSLATORS]
    assert formatted
    assert hidden == []


def is_formatted(node: ast.AST) -> bool:
    return isinstance(node, ast.JoinedStr)


def all_of(string: str | tuple[str, ...] | list[str]) -> bool:
    return all(string) if isinstance(string, tuple | list) else bool(string)


def strings(catalog: Catalog) -> dict[tuple[str | None, ...], tuple[str, ...]]:
    def context_of(message: Message) -> str | None:
        # Babel reads it from a compiled catalogue as bytes.
        return message.context.decode() if isinstance(message.context, bytes) else message.context

    return {(context_of(one), *tuple_of(one.id)): tuple_of(one.string) for one in catalog if one.id}


def tuple_of(text: str | tuple[str, ...] | list[str]) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else tuple(text)
