"""What may be asked for: filters and languages that exist, so that nothing is silently ignored."""

import re
from collections.abc import Collection, Mapping, Sequence

from babel import Locale, UnknownLocaleError
from django.utils.translation import gettext as _

from metropolis.engine_kit import InvalidInput
from metropolis.foundation.places.engine import country_facts
from metropolis.foundation.taxonomy.queries import labels
from metropolis.foundation.workspaces.cards import record_kinds
from metropolis.tools.exchange.queries.documents import SIZES
from metropolis.tools.exchange.queries.facets import STATUSES
from metropolis.tools.exchange.values import CITY

_CLIMATES = ("A", "B", "C", "D", "E")
_YEAR = re.compile(r"[0-9]{4}")
#: More values than this are not all told of.
_TOLD = 30


def check_filters(filters: Mapping[str, Sequence[str]]) -> None:
    """`InvalidInput` for a value no record can have, naming the filter and what is allowed.

    A year, a language or a topic of which there just are no records is no error.
    """
    for name, values in filters.items():
        for value in values:
            _check(name, value)


def check_reader(language: str) -> None:
    """`InvalidInput` unless it is the code of a language somebody may read: "en", "pt-BR"."""
    if not _is_language(language):
        message = _("reader must be the code of a language, such as en or pt-BR, not “%(value)s”.")
        raise InvalidInput(message % {"value": language}, field="reader")


def _check(name: str, value: str) -> None:
    if name == "year":
        if not _YEAR.fullmatch(value):
            message = _("year must be a year of four digits, such as 2024, not “%(value)s”.")
            raise InvalidInput(message % {"value": value}, field=name)
    elif name == "language":
        if not _is_language(value):
            message = _("language must be the code of a language, such as en or pt-BR, not “%(value)s”.")
            raise InvalidInput(message % {"value": value}, field=name)
    elif value not in (allowed := _allowed(name)):
        told = ", ".join(sorted(allowed)[:_TOLD]) + (" …" if len(allowed) > _TOLD else "")
        message = _("%(name)s must be one of %(allowed)s; not “%(value)s”.")
        raise InvalidInput(
            message % {"name": name, "allowed": told, "value": value}, field=name, data={"allowed": sorted(allowed)}
        )


def _allowed(name: str) -> Collection[str]:
    if name in {"theme", "topic"}:
        return labels(name)
    if name == "region":
        return {country.region for country in country_facts().values() if country.region}
    known: dict[str, Collection[str]] = {
        "kind": {*record_kinds(), CITY},
        "country": country_facts(),
        "size": SIZES,
        "climate": _CLIMATES,
        "status": STATUSES,
    }
    return known[name]


def _is_language(code: str) -> bool:
    try:
        Locale.parse(code, sep="-")
    except (ValueError, UnknownLocaleError):
        return False
    return True
