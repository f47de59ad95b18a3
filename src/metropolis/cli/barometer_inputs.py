"""What the commands of the barometer take: an index, what varies in it, and a unit of it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from metropolis.engine_kit import InvalidInput

if TYPE_CHECKING:
    from metropolis.tools.barometer.engine import Framework, Recipe, Table
    from metropolis.tools.barometer.engine.varying import Variation

Command = Callable[..., None]
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_USUAL = "What varies, TOML or JSON; without it every weight by a quarter, and each indicator left out."

data = click.option(
    "--data", required=True, type=FILE, help="Figures: a table like COINr's iData, a long one, SDMX-CSV."
)
meta = click.option("--meta", required=True, type=FILE, help="The framework: a table like COINr's iMeta, a row a node.")
recipe = click.option("--recipe", type=FILE, help="The steps, TOML or JSON; without it min-max and arithmetic means.")
out = click.option(
    "--out", required=True, type=click.Path(file_okay=False, path_type=Path), help="The folder to write to."
)
vary = click.option("--vary", type=FILE, help=_USUAL)
year = click.option("--year", type=int, help="The year, where the data has several.")
seed = click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True, help="Of the random numbers.")
as_json = click.option("--json", "as_json", is_flag=True, help="Everything, for programs.")


def of_an_index(command: Command) -> Command:
    """The options that say what an index is made of, and where results go."""
    return data(meta(recipe(out(command))))


def of_what_varies(command: Command) -> Command:
    """The options that say what is uncertain."""
    return vary(year(seed(command)))


def of_answers(command: Command) -> Command:
    """The options of a question about units of an index: what it is made of, and what is uncertain."""
    replications = click.option("--replications", type=click.IntRange(min=100), default=1000, show_default=True)
    return data(meta(recipe(of_what_varies(replications(as_json(command))))))


@contextmanager
def written_to(out: Path) -> Iterator[None]:
    """The folder is made; `InvalidInput` where something cannot be written there."""
    try:
        out.mkdir(parents=True, exist_ok=True)
        yield
    except OSError as error:
        raise InvalidInput(f"{out} cannot be written to: {error.strerror}.", field="out") from error


def read(data: Path, meta: Path, recipe: Path | None) -> "tuple[Table, Framework, Recipe | None]":
    """What an index is made of."""
    from metropolis.tools.barometer.engine import read_data, read_framework, read_recipe

    told = read_framework(meta)
    return read_data(data, told), told.framework, read_recipe(recipe) if recipe else None


def read_varied(
    *, data: Path, meta: Path, recipe: Path | None, vary: Path | None, year: int | None, **_: Any
) -> "tuple[tuple[Table, Framework, Recipe | None], Variation]":
    """Likewise, of one year, and what varies in it."""
    table, framework, steps = read(data, meta, recipe)
    if year is not None:
        table = table.of_year(year)
    if table.times:
        years = ", ".join(map(str, table.years))
        raise InvalidInput(f"{data.name} holds several years; choose one with --year: {years}.", field="year")
    return (table, framework, steps), read_variation(vary, framework)


def read_variation(vary: Path | None, framework: "Framework") -> "Variation":
    """What varies: as a file says, or the usual."""
    from metropolis.tools.barometer.engine import varying

    return varying.read_variation(vary) if vary else varying.usual_variation(framework)
