"""Bring the catalogues of the interface up to date with its strings, and compile them; `--add de` begins a language.

    make languages [ADD=de]

Strings come out of Python and templates by Babel, so gettext need not be installed. What is new is left empty in
`src/metropolis/locale/<language>/LC_MESSAGES/django.po`; a language counts as offered once its catalogue is there.
"""

import argparse
import io
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.utils.translation.template import templatize

PACKAGE = Path(__file__).resolve().parent.parent / "src/metropolis"
LOCALE = PACKAGE / "locale"
TEMPLATES = (".html", ".txt", ".xml")
KEYWORDS = {
    **dict.fromkeys(("_", "gettext", "gettext_lazy", "gettext_noop"), None),
    **dict.fromkeys(("ngettext", "ngettext_lazy"), (1, 2)),
    **dict.fromkeys(("pgettext", "pgettext_lazy"), ((1, "c"), 2)),
    **dict.fromkeys(("npgettext", "npgettext_lazy"), ((1, "c"), 2, 3)),
}


def sources() -> Iterator[Path]:
    """The files whose strings are shown: Python and templates, without tests."""
    for path in sorted(PACKAGE.rglob("*")):
        inside = set(path.relative_to(PACKAGE).parts)
        is_source = path.suffix == ".py" or (path.suffix in TEMPLATES and "templates" in inside)
        if is_source and not inside & {"tests", "migrations", "locale"}:
            yield path


def template() -> Catalog:
    """Every string of the interface, untranslated, in the order of the files."""
    found = Catalog(project="Metropolis", charset="utf-8")
    for path in sources():
        text = path.read_text(encoding="utf-8")
        if path.suffix != ".py":
            # Django makes Python of a template for this; its indentation means nothing there.
            text = "\n".join(line.lstrip() for line in templatize(text, origin=str(path)).splitlines())
        for _line, message, comments, context in extract("python", io.BytesIO(text.encode()), KEYWORDS):
            flags = ("python-format",) if "%(" in str(message) else ()
            found.add(message, context=context, auto_comments=comments, flags=flags)
    return found


def update(language: str, strings: Catalog) -> int:
    """Write the catalogue of a language with these strings, compiled too; how many are not translated."""
    path = LOCALE / language / "LC_MESSAGES/django.po"
    path.parent.mkdir(parents=True, exist_ok=True)
    catalog = Catalog(locale=language, project="Metropolis", charset="utf-8", fuzzy=False)
    if path.exists():
        with path.open("rb") as file:
            catalog = read_po(file, locale=language)
    catalog.update(strings, no_fuzzy_matching=True)
    catalog.obsolete.clear()
    with path.open("wb") as file:
        write_po(file, catalog, no_location=True, width=0)
    with path.with_suffix(".mo").open("wb") as file:
        write_mo(file, catalog)
    return sum(1 for one in catalog if one.id and not (all(one.string) if one.pluralizable else one.string))


def main() -> None:
    """Update every catalogue, and begin one if asked to."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--add", default="", help="the code of a language to begin, such as de")
    added = parser.parse_args().add
    settings.configure(USE_I18N=True)
    strings = template()
    languages = {path.name for path in LOCALE.iterdir() if path.is_dir()} | ({added} if added else set())
    for language in sorted(languages):
        print(f"{language}: {update(language, strings)} of {len(strings)} strings to translate")


if __name__ == "__main__":
    main()
