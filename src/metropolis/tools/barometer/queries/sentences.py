"""What a check found, and what an edition's history tells, in the reader's language."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from metropolis.foundation.accounts.queries import name_of
from metropolis.foundation.history.queries import entries
from metropolis.foundation.records.values import Reference
from metropolis.tools.barometer.engine import Finding, Report
from metropolis.tools.barometer.models import Edition
from metropolis.tools.barometer.queries.words import share, significant

#: Findings about the framework's own file.
_OF_FRAMEWORK = {"framework-cell", "repeated-code", "unknown-parent", "circle", "tops", "framework"}
_SENTENCES: Mapping[str, Promise] = {
    "framework-cell": _("%(value)s"),
    "framework": _("%(value)s"),
    "repeated-code": _("The code “%(value)s” is given to more than one row; first in row %(first)s."),
    "unknown-parent": _("The parent of “%(name)s” is “%(value)s”, which is no row's code."),
    "circle": _("The tree goes round in a circle: %(value)s."),
    "tops": _("One row has to be without a parent, the index; there are %(count)s: %(value)s."),
    "broken-row": _("%(value)s"),
    "no-unit": _("There is no code of a city in this row."),
    "not-a-year": _("“%(value)s” is not a year."),
    "not-a-number": _("“%(value)s” is not a number."),
    "no-column": _("The framework names “%(column)s”, but the data have no such column."),
    "no-value": _("There is no value at all of “%(column)s”."),
    "constant": _("Every city has the same value, %(value)s: it cannot tell them apart without goalposts."),
    "zero-denominator": _("It is zero, and “%(indicator)s” is divided by it."),
    "repeated-unit": _("“%(unit)s” stands there more than once; first in row %(first)s."),
    "repeated-value": _("“%(column)s” of “%(unit)s” stands there more than once; first in row %(first)s."),
    "unknown-city": _("There is no city called “%(name)s”. Say which one it is."),
    "ambiguous-city": _("No single city is called “%(name)s”. Say which one it is."),
    "repeated-city": _("“%(name)s” is the same city as “%(other)s”: %(place)s."),
    "unknown-column": _("The framework does not name the column “%(column)s”; it is left out."),
    "alike-units": _("“%(unit)s” and “%(other)s” differ only in how they are written."),
    "identical-units": _("All figures are those of “%(other)s”."),
    "identical-years": _("All figures are those of %(before)s."),
    "identical-columns": _("All figures are those of “%(other)s”."),
    "gaps-in-unit": _("Only %(share)s of the indicators are known."),
    "gaps-in-indicator": _("It is known of only %(share)s of the cities."),
    "wrong-scale": _("%(value)s is about %(factor)s times what was to be expected: a wrong unit of measure?"),
    "wrong-scale-year": _("All figures of this year are about %(factor)s times those of the others."),
    "share-for-percent": _("It is told in per cent, but no value is greater than 1: are these shares?"),
    "above-hundred": _("%(value)s per cent is more than all; values of this kind: %(count)s."),
    "negative": _("%(value)s is less than zero, which “%(measured)s” cannot be; values of this kind: %(count)s."),
    "outlier": _("%(value)s stands far apart from the others, whose median is %(median)s."),
    "jump": _("From %(before)s to %(value)s: %(times)s times the usual change in a year."),
    "survey-to-come": _("The data have no “%(column)s”: it comes from residents' answers. Upload the survey next."),
    "skewed": _(
        "Some cities stand far out (skewness %(skewness)s, kurtosis %(kurtosis)s): treating outliers would act on them."
    ),
    "beyond-goalposts": _("Values beyond the goalposts %(lower)s and %(upper)s: %(count)s; the furthest is %(value)s."),
    "constant-between-goalposts": _("Every city has the same value, %(value)s."),
    "missing-years": _("There is no row of “%(unit)s” for %(years)s."),
    "resolved-place": _("“%(name)s” is taken to be %(place)s."),
}
_SEVERITIES: Mapping[str, Promise] = {
    "error": pgettext_lazy("severity", "Error"),
    "warning": pgettext_lazy("severity", "To be looked at"),
    "note": pgettext_lazy("severity", "Good to know"),
}
_DEEDS: Mapping[str, Promise] = {
    "begin_edition": pgettext_lazy("edition", "Begun"),
    "revise_edition": _("Text changed"),
    "revise_material": pgettext_lazy("edition", "Changed"),
    "undo_change": _("The last change undone"),
    "set_unit_cities": _("Cities said"),
    "set_edition_state": _("Given to the cities, or taken back"),
    "comment_on_edition": _("Commented on"),
    "answer_comment": _("A comment answered"),
    "publish_edition": pgettext_lazy("edition", "Published"),
}
_PARTS: Mapping[str, Promise] = {
    "framework": _("framework"),
    "data": pgettext_lazy("figures", "data"),
    "errors": _("survey"),
    "answers": _("survey"),
    "recipe": _("recipe"),
    "variation": _("what varies"),
    "breaks": _("breaks in series"),
}


class Told(NamedTuple):
    """A finding as people read it; `where` is the table, the row (as a spreadsheet counts) and the column."""

    severity: str
    where: str
    unit: str
    year: int | None
    sentence: str
    perhaps: tuple[str, ...]


class Deed(NamedTuple):
    """One entry of an edition's history."""

    at: datetime
    title: str
    note: str
    who: str


def told(finding: Finding) -> Told:
    """A finding in the reader's language."""
    own: dict[str, Any] = {"column": finding.column, "unit": finding.unit, "value": finding.value}
    words = {name: _shown(value, name) for name, value in {**own, **finding.parameters}.items()}
    places: list[object] = [_("framework") if finding.code in _OF_FRAMEWORK else pgettext_lazy("figures", "data")]
    if finding.row is not None:
        places.append(_("row %(row)s") % {"row": finding.row})
    if finding.column:
        places.append(_("column %(column)s") % {"column": finding.column})
    return Told(
        severity=str(_SEVERITIES[finding.severity]),
        where=", ".join(map(str, places)),
        unit=finding.unit,
        year=finding.year,
        sentence=str(_SENTENCES[finding.code]) % words,
        perhaps=finding.perhaps,
    )


def unlisted(report: Report) -> int:
    """How many findings are counted but not listed, because nobody reads more of a kind."""
    return sum(report.counts.values()) - len(report.findings)


def _shown(value: object, name: str) -> object:
    """A number in the reader's format, with six figures at most."""
    if isinstance(value, float) and name == "share":
        return share(value)
    if isinstance(value, float):
        return significant(value, 6 if name in {"value", "before"} else 4)
    return "" if value is None else value


def edition_history(row: Edition) -> list[Deed]:
    """The latest deeds on an edition, newest first: for its makers."""
    deeds = entries(reference=Reference(kind="barometer", key=row.barometer.slug), limit=200)
    return list(_deeds(row, deeds))


def _deeds(row: Edition, found: list[Any]) -> Iterator[Deed]:
    for entry in found:
        if entry.data.get("edition") == row.label and entry.verb in _DEEDS and entry.at >= row.created_at:
            parts = dict.fromkeys(str(_PARTS[part]) for part in entry.data.get("parts", ()) if part in _PARTS)
            about = ", ".join(parts) or entry.data.get("unit", "")
            yield Deed(entry.at, str(_DEEDS[entry.verb]), about, name_of(entry.actor))
