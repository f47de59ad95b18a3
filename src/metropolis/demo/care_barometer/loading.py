"""Loading the Care barometer: an edition for each year."""

from datetime import datetime, timedelta
from importlib.resources import as_file
from pathlib import Path
from typing import Any

import numpy as np

from metropolis.demo.care_barometer.world import YEARS
from metropolis.demo.files import DATA, read
from metropolis.demo.people import Accounts
from metropolis.engine_kit import Value
from metropolis.foundation.records.values import Visibility
from metropolis.tools.barometer.engine import (
    Table,
    read_data,
    read_estimates,
    read_framework,
    read_recipe,
    read_variation,
)
from metropolis.tools.barometer.operations import (
    add_barometer,
    add_edition,
    add_estimates,
    compute_edition,
    publish_edition,
    set_barometer_visibility,
    set_method,
    set_tables,
    translate_barometer,
)
from metropolis.tools.barometer.values import BarometerInput, EditionInput


class TranslationRow(Value):
    """A file of `translations`: what the barometer and its editions say, in one language."""

    title: str
    one_line: str
    summary: str
    texts: dict[str, str]


class BarometerRow(Value):
    """The file `barometer.json`: what the barometer and each of its editions say of themselves."""

    slug: str
    initiative: str
    content: BarometerInput
    edition: dict[str, str]


def barometer_row() -> BarometerRow:
    """The Care barometer."""
    return BarometerRow.model_validate(read("care_barometer/barometer.json"))


def load_barometer(accounts: Accounts) -> None:
    """Begin the barometer and publish it, as the secretariat."""
    row, actor = barometer_row(), accounts.secretariat
    add_barometer(initiative=row.initiative, actor=actor, content=row.content, slug=row.slug)
    set_barometer_visibility(slug=row.slug, actor=actor, visibility=Visibility.PUBLIC)


def load_edition(year: int, accounts: Accounts, now: datetime) -> None:
    """Make an edition of a year and those before it, and publish it: the last one now, the others years ago."""
    row, actor = barometer_row(), accounts.secretariat
    place: dict[str, Any] = {"barometer_slug": row.slug, "label": str(year), "actor": actor}
    content = EditionInput(label=str(year), **row.edition)
    add_edition(barometer_slug=row.slug, actor=actor, content=content)
    with as_file(DATA / "care_barometer") as folder:
        _fill(place, folder, [one for one in YEARS if one <= year])
    publish_edition(**place, now=now - timedelta(days=365) * (YEARS[-1] - year))


def load_translations(accounts: Accounts) -> None:
    """Translate what the barometer and its editions say."""
    row = barometer_row()
    for path in sorted((DATA / "care_barometer/translations").iterdir(), key=lambda path: path.name):
        told = TranslationRow.model_validate_json(path.read_text(encoding="utf-8"))
        translate_barometer(
            slug=row.slug,
            actor=accounts.secretariat,
            language=path.name.removesuffix(".json"),
            fields=told.model_dump(exclude={"texts"}),
            texts=told.texts,
            origin="translator",
        )


def _fill(place: dict[str, Any], folder: Path, years: list[int]) -> None:
    """Put everything into an edition; the framework comes last, so that its figures are computed once."""
    set_tables(**place, data=_statistics(folder, years))
    for year in years:
        estimates = read_estimates(folder / str(year) / "estimates.csv")
        add_estimates(**place, estimates=estimates, year=year if len(years) > 1 else None)
    recipe, variation = read_recipe(folder / "recipe.toml"), read_variation(folder / "variation.toml")
    set_method(**place, recipe=recipe, variation=variation)
    edition = set_tables(**place, framework=read_framework(folder / "framework.csv").framework)
    compute_edition(id=edition.pk, digest=edition.digest)


def _statistics(folder: Path, years: list[int]) -> Table:
    tables = [read_data(folder / str(year) / "figures.csv") for year in years]
    columns = tables[0].columns
    units = tuple(unit for table in tables for unit in table.units)
    times = tuple(year for year, table in zip(years, tables, strict=True) for _ in table.units)
    values = np.vstack([table.select(columns).values for table in tables])
    return Table(units, columns, values, units, times if len(years) > 1 else ())
