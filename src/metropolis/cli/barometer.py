"""``metropolis barometer``: composite indicators from files."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from metropolis.cli.progress import progress_bar
from metropolis.engine_kit import InvalidInput

if TYPE_CHECKING:
    from metropolis.tools.barometer.engine import Framework, Recipe, Table
    from metropolis.tools.barometer.engine.varying import Variation

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


def of_an_index(command: Callable[..., None]) -> Callable[..., None]:
    """The options that say what an index is made of, and where results go."""
    options = (
        click.option(
            "--data", required=True, type=FILE, help="Figures: a table like COINr's iData, a long one, SDMX-CSV."
        ),
        click.option(
            "--meta", required=True, type=FILE, help="The framework: a table like COINr's iMeta, a row a node."
        ),
        click.option("--recipe", type=FILE, help="The steps, TOML or JSON; without it min-max and arithmetic means."),
        click.option(
            "--out", required=True, type=click.Path(file_okay=False, path_type=Path), help="The folder to write to."
        ),
    )
    for option in reversed(options):
        command = option(command)
    return command


def of_what_varies(command: Callable[..., None]) -> Callable[..., None]:
    """The options that say what is uncertain."""
    usual = "What varies, TOML or JSON; without it every weight by a quarter, and each indicator left out."
    options = (
        click.option("--vary", type=FILE, help=usual),
        click.option("--year", type=int, help="The year, where the data has several."),
        click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True, help="Of the random numbers."),
    )
    for option in reversed(options):
        command = option(command)
    return command


@click.group()
def barometer() -> None:
    """Compute and explain composite indicators."""


@barometer.command()
@of_an_index
def build(*, data: Path, meta: Path, recipe: Path | None, out: Path) -> None:
    """Build an index: scores.csv, ranks.csv, weights.csv, recipe.json and the table of each step in steps/."""
    from metropolis.tools.barometer.engine import build as build_index
    from metropolis.tools.barometer.engine import write_index

    table, framework, steps = read(data, meta, recipe)
    index = build_index(table, framework, steps)
    write_index(index, out)
    units, nodes = index.scores.values.shape
    click.echo(f"{units} units by {nodes} nodes written to {out}.")


@barometer.command()
@of_an_index
@of_what_varies
@click.option("--replications", type=click.IntRange(min=2), default=10_000, show_default=True)
@click.option("--level", type=click.FloatRange(0.5, 0.999), default=0.9, show_default=True, help="Of the intervals.")
@click.option(
    "--workers", type=click.IntRange(1, 256), default=1, show_default=True, help="Processes; needs Dask if > 1."
)
def uncertainty(*, replications: int, level: float, workers: int, out: Path, **told: Any) -> None:
    """Say how sure scores and ranks are, by computing the index again and again.

    Writes scores.csv and ranks.csv with intervals, and parameters.csv, variation.json and recipe.json, from which every
    replication can be computed again.
    """
    from metropolis.tools.barometer.engine import spreading
    from metropolis.tools.barometer.engine.uncertainty import simulate
    from metropolis.tools.barometer.engine.writing import write_uncertainty

    index, variation = read_varied(**told)
    asked: dict[str, Any] = {"variation": variation, "replications": replications, "seed": told["seed"]}
    with progress_bar("Replications") as progress:
        if workers == 1:
            found = simulate(*index, **asked, progress=progress)
        else:
            with spreading.workers(workers) as client:
                found = spreading.spread(client, *index, **asked, progress=progress)
    write_uncertainty(found, out, level=level)
    click.echo(f"{replications} replications of {found.scores.shape[1]} units written to {out}.")


@barometer.command()
@of_an_index
@of_what_varies
@click.option(
    "--base", type=click.IntRange(min=2), default=512, show_default=True, help="Size of the sample: a power of 2."
)
def sensitivity(*, base: int, out: Path, **told: Any) -> None:
    """Say which input moves scores and ranks: Sobol's indices in sobol.csv, by unit and for all ranks together."""
    from metropolis.tools.barometer.engine.sensitivity import sensitivity as judge
    from metropolis.tools.barometer.engine.writing import write_sensitivity

    index, variation = read_varied(**told)
    with progress_bar("Replications") as progress:
        found = judge(*index, variation=variation, base=base, seed=told["seed"], progress=progress)
    write_sensitivity(found, out)
    click.echo(f"{len(found.found.rows)} replications of {len(found.names)} inputs written to {out}.")


def read(data: Path, meta: Path, recipe: Path | None) -> "tuple[Table, Framework, Recipe | None]":
    """What an index is made of."""
    from metropolis.tools.barometer.engine import read_data, read_framework, read_recipe

    told = read_framework(meta)
    return read_data(data, told), told.framework, read_recipe(recipe) if recipe else None


def read_varied(
    *, data: Path, meta: Path, recipe: Path | None, vary: Path | None, year: int | None, seed: int
) -> "tuple[tuple[Table, Framework, Recipe | None], Variation]":
    """Likewise, of one year, and what varies in it."""
    from metropolis.tools.barometer.engine.varying import read_variation, usual_variation

    del seed
    table, framework, steps = read(data, meta, recipe)
    if year is not None:
        table = table.of_year(year)
    if table.times:
        years = ", ".join(map(str, table.years))
        raise InvalidInput(f"{data.name} holds several years; choose one with --year: {years}.", field="year")
    variation = read_variation(vary) if vary else usual_variation(framework)
    return (table, framework, steps), variation


COMMANDS = (barometer,)
