"""What a check found in data: findings with a code that stays, and the figures a sentence in any language needs."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Final, Literal

from metropolis.engine_kit import Value

Severity = Literal["error", "warning", "note"]
#: Findings listed of one code in one column; the others are only counted.
LISTED: Final = 20
#: Each code: how grave it is, and the English sentence, which `parameters` and the finding's own fields fill in.
CODES: Final[Mapping[str, tuple[Severity, str]]] = {
    # There is no framework to build by.
    "framework-cell": ("error", "{value}"),
    "repeated-code": ("error", "The code {value!r} is given to more than one row; first in row {first}."),
    "unknown-parent": ("error", "The parent of {name!r} is {value!r}, which is no row's code."),
    "circle": ("error", "The tree goes round in a circle: {value}."),
    "tops": ("error", "One row has to be without a parent, the index; there are {count}: {value}."),
    "framework": ("error", "{value}"),
    # An index cannot be built, or not of these units.
    "broken-row": ("error", "{value}"),
    "no-unit": ("error", "There is no code of a unit in this row."),
    "not-a-year": ("error", "{value!r} is not a year."),
    "not-a-number": ("error", "{value!r} is not a number."),
    "no-column": ("error", "The framework names {column!r}, the data have no such column."),
    "no-value": ("error", "There is no value at all of {column!r}."),
    "constant": ("error", "Every unit has the same value, {value}: it cannot tell them apart without goalposts."),
    "zero-denominator": ("error", "It is zero, and {indicator!r} is divided by it."),
    "repeated-unit": ("error", "{unit!r} stands there more than once; first in row {first}."),
    "repeated-value": ("error", "{column!r} of {unit!r} stands there more than once; first in row {first}."),
    "unknown-place": ("error", "There is no place called {name!r}."),
    "ambiguous-place": ("error", "{name!r} may be one of several places."),
    "repeated-place": ("error", "{name!r} is the same place as {other!r}: {place}."),
    # It can be built, and somebody has to look whether it is true.
    "unknown-city": ("warning", "There is no city called {name!r}: say which one it is."),
    "ambiguous-city": ("warning", "No single city is called {name!r}: say which one it is."),
    "repeated-city": ("warning", "{name!r} is the same city as {other!r}: {place}."),
    "unknown-column": ("warning", "The framework does not name {column!r}; it is left out."),
    "alike-units": ("warning", "{unit!r} and {other!r} differ only in how they are written."),
    "identical-units": ("warning", "All figures are those of {other!r}."),
    "identical-years": ("warning", "All figures are those of {before}."),
    "identical-columns": ("warning", "All figures are those of {other!r}."),
    "gaps-in-unit": ("warning", "Only {share:.0%} of the indicators are known."),
    "gaps-in-indicator": ("warning", "It is known of only {share:.0%} of the units."),
    "wrong-scale": ("warning", "{value} is about {factor} times what was to be expected: a wrong unit of measure?"),
    "wrong-scale-year": ("warning", "All figures of this year are about {factor} times those of the others."),
    "share-for-percent": ("warning", "It is told in per cent, but no value is greater than 1: are these shares?"),
    "above-hundred": ("warning", "Values above 100 per cent: {count}; the furthest is {value}."),
    "negative": ("warning", "Values below zero, which {measured!r} cannot be: {count}; the furthest is {value}."),
    "outlier": ("warning", "{value} stands far apart from the others, whose median is {median}."),
    "jump": ("warning", "From {before} to {value}: {times} times the usual change in a year."),
    # Good to know.
    "survey-to-come": ("note", "The data have no {column!r}, of people's answers: upload the survey next."),
    "skewed": ("note", "Some stand far out (skewness {skewness}, kurtosis {kurtosis}): treating would act on them."),
    "beyond-goalposts": ("note", "Values beyond the goalposts {lower} … {upper}: {count}; the furthest is {value}."),
    "constant-between-goalposts": ("note", "Every unit has the same value, {value}."),
    "missing-years": ("note", "There is no row of {unit!r} for {years}."),
}  # fmt: skip


class Finding(Value):
    """One thing to look at: where it is, its `code`, and what a sentence about it needs.

    `row` counts as a spreadsheet does. `perhaps` holds what may have been meant: a number written otherwise, a column
    or a place of a similar name.

    >>> found = Finding(code="not-a-number", column="beds", unit="Lima", row=3, value="3,5", perhaps=("3.5",))
    >>> found.severity, found.where, found.message
    ('error', 'row 3, Lima, beds', "'3,5' is not a number. Perhaps: 3.5.")
    """

    code: str
    column: str = ""
    unit: str = ""
    year: int | None = None
    row: int | None = None
    value: float | str | None = None
    parameters: Mapping[str, float | int | str] = {}
    perhaps: tuple[str, ...] = ()

    @property
    def severity(self) -> Severity:
        """An error stops a build, a warning is to be looked at, a note is good to know."""
        return CODES[self.code][0]

    @property
    def where(self) -> str:
        """Row, unit, year and column, as far as it has them."""
        row = "" if self.row is None else f"row {self.row}"
        return ", ".join(filter(None, (row, self.unit, "" if self.year is None else str(self.year), self.column)))

    @property
    def message(self) -> str:
        """The finding in English."""
        own = {"column": self.column, "unit": self.unit, "value": self.value, **self.parameters}
        told = {name: shown(one) if name != "share" else one for name, one in own.items()}
        sentence = CODES[self.code][1].format(**told)
        return f"{sentence} Perhaps: {', '.join(self.perhaps)}." if self.perhaps else sentence


def shown(value: object) -> object:
    """A number in at most six figures; anything else as it is.

    >>> shown(0.1 + 0.2), shown(1200.0), shown("Lima")
    ('0.3', '1200', 'Lima')
    """
    if not isinstance(value, float):
        return value
    return str(int(value)) if value.is_integer() and abs(value) < 1e15 else f"{value:.6g}"  # noqa: PLR2004 exact


class Report(Value):
    """All that was found, errors first, each severity in the order of the rows.

    `counts` holds how often each code was found; of one code in one column at most twenty are listed. `places` holds
    what each unit's name was resolved to.
    """

    findings: tuple[Finding, ...] = ()
    counts: Mapping[str, int] = {}
    places: Mapping[str, str] = {}

    def of(self, severity: Severity) -> tuple[Finding, ...]:
        """The findings of one severity."""
        return tuple(finding for finding in self.findings if finding.severity == severity)

    @property
    def has_errors(self) -> bool:
        """Whether an index cannot be built from these data as they are."""
        return any(CODES[code][0] == "error" for code in self.counts)


def reported(findings: Iterable[Finding], places: Mapping[str, str]) -> Report:
    """Sort and count findings, and list no more of a kind than anybody reads."""
    counts: Counter[str] = Counter()
    listed: Counter[tuple[str, str]] = Counter()
    kept: list[Finding] = []
    for finding in findings:
        counts[finding.code] += 1
        listed[finding.code, finding.column] += 1
        if listed[finding.code, finding.column] <= LISTED:
            kept.append(finding)
    grades = ("error", "warning", "note")
    kept.sort(key=lambda finding: (grades.index(finding.severity), finding.row or 0))
    return Report(findings=tuple(kept), counts=dict(counts), places=dict(places))
