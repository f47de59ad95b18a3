"""Writing a result into a folder, in full precision, so that anybody can check and rebuild it."""

import csv
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from metropolis.tools.barometer.engine.building import Index
from metropolis.tools.barometer.engine.table import Table


def write_index(index: Index, folder: Path) -> None:
    """Write scores, ranks, weights, recipe and steps.

    `scores.csv` and `ranks.csv` have a unit a row and every node's code as a column; `steps/` holds the table each step
    left, numbered in their order, and `touched.csv`, which lists every outlier moved.
    """
    (folder / "steps").mkdir(parents=True, exist_ok=True)
    for old in (folder / "steps").glob("*.csv"):
        old.unlink()
    write_table(index.scores, folder / "scores.csv")
    write_table(index.ranks, folder / "ranks.csv", whole=True)
    shares = index.framework.shares()
    weights = ((node.code, node.parent or "", node.weight, shares[node.code]) for node in index.framework.nodes)
    _write(folder / "weights.csv", ("iCode", "Parent", "Weight", "EffectiveWeight"), weights)
    (folder / "recipe.json").write_text(index.recipe.model_dump_json(indent=2) + "\n", encoding="utf-8")
    for number, stage in enumerate(index.stages, start=1):
        write_table(stage.table, folder / "steps" / f"{number:02d}_{stage.name}.csv")
    _write(folder / "steps" / "touched.csv", ("uCode", "iCode", "before", "after", "by"), _touched(index))


def write_table(table: Table, path: Path, *, whole: bool = False) -> None:
    """One table as CSV; empty where nothing is known. `whole` numbers are written without a fraction."""
    about = ("uCode", "Time") if table.times else ("uCode",)

    def rows() -> Iterator[list[object]]:
        for place, unit in enumerate(table.units):
            told: list[object] = [unit, table.times[place]] if table.times else [unit]
            figures = table.values[place].tolist()
            told += ["" if np.isnan(figure) else int(figure) if whole else repr(figure) for figure in figures]
            yield told

    _write(path, (*about, *table.columns), rows())


def _touched(index: Index) -> Iterator[tuple[object, ...]]:
    codes = [node.code for node in index.framework.indicators]
    for stage in index.stages:
        for point in stage.touched:
            unit = stage.table.units[point.row]
            yield unit, codes[point.column], repr(point.before), repr(point.after), "winsorising"
        for code, how in zip(codes, stage.transformed, strict=False):
            if how != "none":
                yield "", code, "", "", how


def _write(path: Path, heading: tuple[str, ...], rows: Iterator[object]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(heading)
        writer.writerows(rows)  # type: ignore[arg-type]
