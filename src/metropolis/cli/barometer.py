"""``metropolis barometer``: composite indicators from files."""

from pathlib import Path

import click

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group()
def barometer() -> None:
    """Compute and explain composite indicators."""


@barometer.command()
@click.option("--data", required=True, type=FILE, help="The figures: a table like COINr's iData, a long one, SDMX-CSV.")
@click.option("--meta", required=True, type=FILE, help="The framework: a table like COINr's iMeta, a row a node.")
@click.option("--recipe", type=FILE, help="The steps, as TOML or JSON; without it min-max and arithmetic means.")
@click.option("--out", required=True, type=click.Path(file_okay=False, path_type=Path), help="The folder to write to.")
def build(*, data: Path, meta: Path, recipe: Path | None, out: Path) -> None:
    """Build an index: scores.csv, ranks.csv, weights.csv, recipe.json and the table of each step in steps/."""
    from metropolis.tools.barometer.engine import build as build_index
    from metropolis.tools.barometer.engine import read_data, read_framework, read_recipe, write_index

    told = read_framework(meta)
    index = build_index(read_data(data, told), told.framework, read_recipe(recipe) if recipe else None)
    write_index(index, out)
    units, nodes = index.scores.values.shape
    click.echo(f"{units} units by {nodes} nodes written to {out}.")


COMMANDS = (barometer,)
