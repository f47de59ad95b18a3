"""Looking through tables before an edition takes them in, and through what it holds."""

from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from django.utils.translation import gettext as _

from metropolis.engine_kit import InvalidInput, MetropolisError
from metropolis.foundation.places.queries import find_city
from metropolis.tools.barometer.engine import Finding, Framework, Meta, Node, Place, Report, Table, check, read_data
from metropolis.tools.barometer.engine.checking import Places
from metropolis.tools.barometer.engine.findings import reported
from metropolis.tools.barometer.engine.framework_mistakes import read_framework_with_mistakes
from metropolis.tools.barometer.engine.sheet import read_sheet
from metropolis.tools.barometer.models import Edition, Unit
from metropolis.tools.barometer.queries.computed import material_of

#: What stops nobody here: which city a unit is can be said afterwards, a survey comes on its own.
_LATER = {"unknown-place": "unknown-city", "ambiguous-place": "ambiguous-city", "repeated-place": "repeated-city"}
#: Names of which near ones are looked for: each takes about a millisecond.
_LOOKED_FOR = 500
#: Rows of one edition at most: every one is scored some thousand times.
MOST_ROWS = 10_000
#: The index over the columns that are read.
_ROOT = "*"


class Checked(NamedTuple):
    """What was read, None where nothing was given or it cannot be taken, and the report on it."""

    framework: Framework | None
    data: Table | None
    report: Report

    @property
    def is_taken(self) -> bool:
        """Whether nothing stands in the way."""
        return not self.report.has_errors


def checked_tables(row: Edition, framework: Path | None, data: Path | None) -> Checked:
    """Read a framework, data or both; what is not given is what the edition has.

    `InvalidInput` when a file cannot be read at all, or data come before any framework.
    """
    stored = material_of(row)
    mistakes: tuple[Finding, ...] = ()
    if framework is not None:
        meta, mistakes = read_framework_with_mistakes(framework)
    elif stored.framework is None:
        raise InvalidInput(_("Upload the framework first, or both tables together."), field="framework")
    else:
        meta = meta_of(stored.framework, stored.data.table if stored.data else None)
    if data is not None:
        sheet = read_sheet(data, meta)
        refuse_too_many_rows(len(sheet.units))
        found = _for_cities(check(sheet, meta, places=_place), meta)
    elif stored.data is not None and not mistakes:
        found = _for_cities(check(stored.data.table, meta, places=_places_of(row)), meta)
    else:
        found = Report()
    report = _joined(mistakes, found)
    tree = meta.framework if framework is not None and not mistakes else None
    table = read_data(data, _present(meta, found)) if data is not None and not report.has_errors else None
    return Checked(tree, table, report)


def refuse_too_many_rows(count: int) -> None:
    """`InvalidInput` for more rows than a page can compute."""
    if count > MOST_ROWS:
        message = _("The data have %(count)s rows; a page takes %(most)s. Use the command line.")
        raise InvalidInput(message % {"count": count, "most": MOST_ROWS}, field="data")


def report_on(row: Edition) -> Report | None:
    """The report on what an edition holds, made anew; None as long as it lacks framework or data."""
    material = material_of(row)
    if material.framework is None or material.data is None:
        return None
    table = material.data.table
    meta = meta_of(material.framework, table)
    return _for_cities(check(table, meta, places=_places_of(row)), meta)


def meta_of(framework: Framework, table: Table | None) -> Meta:
    """A framework with the columns of denominators and groups that the data have to it."""
    denominators = dict.fromkeys(node.denominator for node in framework.nodes if node.denominator)
    return Meta(framework, tuple(denominators), tuple(table.groups) if table else ())


def _present(meta: Meta, report: Report) -> Meta:
    """The columns that are there to be read: without those of a survey that is to come."""
    absent = {finding.column for finding in report.findings if finding.code == "survey-to-come"}
    nodes = (
        node.model_copy(update={"parent": _ROOT, "weight": 1.0})
        for node in meta.framework.indicators
        if node.code not in absent
    )
    return Meta(Framework(nodes=(*nodes, Node(code=_ROOT))), meta.denominators, meta.groups)


def _for_cities(report: Report, meta: Meta) -> Report:
    """A report in which nothing is an error that is settled in a later step."""
    soft = {node.code for node in meta.framework.indicators if node.is_soft}

    def later(finding: Finding) -> str:
        if finding.code == "no-column" and finding.column in soft:
            return "survey-to-come"
        return _LATER.get(finding.code, finding.code)

    findings = tuple(finding.model_copy(update={"code": later(finding)}) for finding in report.findings)
    counts = {_LATER.get(code, code): count for code, count in report.counts.items() if code != "no-column"}
    for code in ("no-column", "survey-to-come"):
        count = sum(finding.code == code for finding in findings)
        counts |= {code: count} if count else {}
    return Report(findings=_sorted(findings), counts=counts, places=report.places)


def _joined(mistakes: tuple[Finding, ...], report: Report) -> Report:
    own = reported(mistakes, {})
    # Without the tree, which columns are indicators is a guess.
    guesses = {"no-column", "unknown-column", "survey-to-come"} if mistakes else set()
    findings = tuple(finding for finding in report.findings if finding.code not in guesses)
    counts = {code: count for code, count in report.counts.items() if code not in guesses}
    return Report(findings=(*own.findings, *findings), counts={**own.counts, **counts}, places=report.places)


def _sorted(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    grades = ("error", "warning", "note")
    return tuple(sorted(findings, key=lambda finding: grades.index(finding.severity)))


def likely_cities(units: Iterable[Unit]) -> dict[str, tuple[str, ...]]:
    """What units whose city is not known may be, by their names; not of more than are mended in one go."""
    unknown = [unit.name for unit in units if unit.city_id is None]
    found = {name: _place(name).candidates for name in unknown[:_LOOKED_FOR]}
    return {name: labels for name, labels in found.items() if labels}


def _place(text: str) -> Place:
    try:
        return Place(key=find_city(text).label)
    except MetropolisError as error:
        named = [one["label"] for one in error.data.get("candidates", ())]
        return Place(candidates=tuple([*named, *error.data.get("suggestions", ())][:5]))


def _places_of(row: Edition) -> Places:
    """What has been found or said already, and what the others may be."""
    units = list(row.units.select_related("city"))
    known = {unit.code: unit.city.label for unit in units if unit.city is not None}
    likely = likely_cities(units)
    return lambda text: Place(key=known.get(text, ""), candidates=likely.get(text, ()))
