"""``metropolis barometer explain``, ``compare`` and ``check``: answers about units and about data."""

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from metropolis.cli import barometer_inputs as inputs
from metropolis.cli.progress import progress_bar
from metropolis.engine_kit import InvalidInput, Value

if TYPE_CHECKING:
    from metropolis.tools.barometer.engine.answering import Case


@click.command()
@inputs.of_answers
@click.option("--city", required=True, help="The unit, by its code or its name.")
@click.option("--against", help="Another one: what makes the gap between them.")
@click.option("--since", type=int, help="An earlier year: what has changed since.")
@click.option("--rank", type=click.IntRange(min=1), help="The rank it wants to reach; one up if not given.")
def explain(*, city: str, against: str | None, since: int | None, rank: int | None, as_json: bool, **told: Any) -> None:
    """Explain a city's score: its parts, strengths and weaknesses, and what would move it up."""
    from metropolis.cli.barometer_words import Words

    case = _case(**told)
    unit = case.unit(city)
    asked: dict[str, Any] = {"against": against and case.unit(against), "since": since, "rank": rank}
    case.check_question(unit, **asked)
    case = _replicated(case, **told)
    with progress_bar("What would move it up") as progress:
        found = case.explanation(unit, **asked, told=progress)
    _tell(found, Words(case.index.framework).explanation(found), as_json=as_json)


@click.command()
@inputs.of_answers
@click.option("--city", "cities", required=True, multiple=True, help="A unit, by its code or name; give two or more.")
def compare(*, cities: tuple[str, ...], as_json: bool, **told: Any) -> None:
    """Compare two cities or more: scores, ranks, who is above whom for certain, and what makes the gap."""
    from metropolis.cli.barometer_words import Words

    case = _case(**told)
    units = [case.unit(city) for city in cities]
    case.comparison(units)  # what it refuses, before anything takes long
    found = _replicated(case, **told).comparison(units)
    _tell(found, Words(case.index.framework).comparison(found), as_json=as_json)


@click.command()
@inputs.data
@inputs.meta
@inputs.as_json
def check(*, data: Path, meta: Path, as_json: bool) -> None:
    """Check a framework and figures before an index is built: all that is wrong or may be, by row and column.

    Exit status 2 if there are errors.
    """
    from metropolis.tools.barometer.engine import check as check_data
    from metropolis.tools.barometer.engine import read_sheet
    from metropolis.tools.barometer.engine.framework_mistakes import read_framework_with_mistakes

    framework, mistakes = read_framework_with_mistakes(meta)
    report = check_data(read_sheet(data, framework), framework)
    findings = [(meta.name, one) for one in mistakes] + [(data.name, one) for one in report.findings]
    left = sum(report.counts.values()) - len(report.findings)
    if as_json:
        told = [
            one.model_dump() | {"file": file, "severity": one.severity, "message": one.message}
            for file, one in findings
        ]
        click.echo(json.dumps({"findings": told, "left_out": left}, indent=2))
    else:
        for file, one in findings:
            click.echo(f"{one.severity}: {file}{one.where and f', {one.where}'}: {one.message}")
        if left:
            click.echo(f"… and {left} more of these kinds.")
        if not findings:
            click.echo("Nothing was found that is wrong or odd.")
    errors = sum(one.severity == "error" for _, one in findings)
    if errors:
        more = " or more" if left else ""
        raise InvalidInput(f"There {'is 1 error' if errors == 1 else f'are {errors}{more} errors'}.", field="data")


def _tell(found: Value, lines: list[str], *, as_json: bool) -> None:
    click.echo(found.model_dump_json(indent=2) if as_json else "\n".join(lines))


def _case(*, data: Path, meta: Path, recipe: Path | None, year: int | None, **_: Any) -> "Case":
    """The index of all years, and the year that is asked about: the last if not told."""
    from metropolis.tools.barometer.engine import build
    from metropolis.tools.barometer.engine.answering import Case

    table, framework, steps = inputs.read(data, meta, recipe)
    if year is None and table.times:
        year = table.years[-1]
    return Case(table, build(table, framework, steps), None, year)


def _replicated(case: "Case", *, vary: Path | None, seed: int, replications: int, **_: Any) -> "Case":
    """The same, computed again and again."""
    from metropolis.tools.barometer.engine import simulate

    given = case.index.given
    asked: dict[str, Any] = {"variation": inputs.read_variation(vary, given), "replications": replications}
    with progress_bar("Replications") as progress:
        found = simulate(case.data, given, case.index.recipe, **asked, seed=seed, progress=progress)
    return replace(case, index=found.nominal, found=found)
