"""What is written of an edition reads back as the same: with denominators, groups and one year or several."""

from pathlib import Path

import numpy as np
import pytest

from metropolis.tools.barometer.engine import (
    Framework,
    Goalposts,
    Node,
    Recipe,
    Table,
    build,
    read_data,
    read_framework,
)
from metropolis.tools.barometer.engine.exporting import data_csv, framework_csv, parameters_csv
from metropolis.tools.barometer.engine.figures import build_of, replications
from metropolis.tools.barometer.engine.material import Material, StoredTable
from metropolis.tools.barometer.engine.recipe import Aggregate, Denominate, Impute, Normalise, Treat

TREE = Framework(
    nodes=(
        Node(code="beds", name="Beds, all", parent="care", denominator="people", weight=1 / 3, unit="%"),
        Node(code="fear", parent="care", direction=-1, goalposts=Goalposts(lower=0.1, upper=99.7), is_soft=True),
        Node(code="trees", parent="green", target=1e-17, year=2020, source='A "source",\nof two lines'),
        Node(code="lawns", parent="green", weight=0.1),
        Node(code="care", parent="all", weight=2),
        Node(code="green", parent="all", direction=-1),
        Node(code="all"),
    )
)
RECIPE = Recipe(
    steps=(Denominate(), Impute(group="region"), Treat(points=2), Normalise(), Aggregate(but={"all": "power"}))
)


def material(years: tuple[int, ...]) -> Material:
    chance = np.random.default_rng(5)
    units = tuple(f"city {number}" for number in range(12))
    rows = len(units) * max(1, len(years))
    values = chance.lognormal(3, 1.5, (rows, 5))
    values[2, 0] = values[5, 2] = np.nan
    table = Table(
        units * max(1, len(years)),
        ("lawns", "beds", "people", "fear", "trees"),
        values,
        times=tuple(year for year in years for _unit in units),
        groups={"region": tuple("north" if number % 3 else "south" for number in range(rows))},
    )
    return Material(framework=TREE, data=StoredTable.of(table), recipe=RECIPE)


@pytest.mark.parametrize("years", [(), (2024,), (2023, 2024, 2025)])
def test_tables_read_back_give_the_same_index_to_the_last_bit(tmp_path: Path, years: tuple[int, ...]) -> None:
    given = material(years)
    (tmp_path / "data.csv").write_text(data_csv(given), encoding="utf-8")
    (tmp_path / "framework.csv").write_text(framework_csv(given), encoding="utf-8")
    meta = read_framework(tmp_path / "framework.csv")
    assert meta.framework == TREE
    again = build(read_data(tmp_path / "data.csv", meta), meta.framework, RECIPE)
    known = build_of(given)
    assert np.array_equal(again.scores.values, known.scores.values, equal_nan=True)
    assert again.scores.units == known.scores.units


def test_parameters_are_those_of_the_replications() -> None:
    given = material((2024,)).model_copy(update={"replications": 100})
    found = replications(given)
    heading, *rows = parameters_csv(given).splitlines()
    assert heading == "replication,Weights,Leaving out"
    assert [[int(cell) for cell in row.split(",")[1:]] for row in rows] == found.rows.tolist()
