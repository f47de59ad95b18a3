"""``metropolis barometer``: composite indicators from files."""

from pathlib import Path
from typing import Any

import click

from metropolis.cli import barometer_answers
from metropolis.cli.barometer_inputs import of_an_index, of_what_varies, read, read_varied, written_to
from metropolis.cli.progress import progress_bar


@click.group()
def barometer() -> None:
    """Compute and explain composite indicators."""


@barometer.command()
@of_an_index
@click.option(
    "--format", "forms", type=click.Choice(["csv", "xlsx", "sdmx"]), multiple=True, default=["csv"], show_default=True,
    help="Of what is written; give it again for several.",
)  # fmt: skip
def build(*, data: Path, meta: Path, recipe: Path | None, out: Path, forms: tuple[str, ...]) -> None:
    """Build an index.

    As CSV: scores.csv, ranks.csv, weights.csv, recipe.json and the table of each step in steps/. As XLSX: one workbook,
    index.xlsx. As SDMX-CSV: scores.sdmx.csv and data.sdmx.csv.
    """
    from metropolis.tools.barometer.engine import build as build_index
    from metropolis.tools.barometer.engine import sdmx_csv, workbook, write_index

    table, framework, steps = read(data, meta, recipe)
    index = build_index(table, framework, steps)
    with written_to(out):
        if "csv" in forms:
            write_index(index, out)
        if "xlsx" in forms:
            (out / "index.xlsx").write_bytes(workbook(index, table))
        if "sdmx" in forms:
            units = {node.code: node.unit for node in framework.nodes}
            (out / "data.sdmx.csv").write_text(sdmx_csv(table, measured_in=units), encoding="utf-8")
            (out / "scores.sdmx.csv").write_text(sdmx_csv(index.scores), encoding="utf-8")
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
    with written_to(out):
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
    with written_to(out):
        write_sensitivity(found, out)
    click.echo(f"{len(found.found.rows)} replications of {len(found.names)} inputs written to {out}.")


for _command in (barometer_answers.explain, barometer_answers.compare, barometer_answers.check):
    barometer.add_command(_command)

COMMANDS = (barometer,)
