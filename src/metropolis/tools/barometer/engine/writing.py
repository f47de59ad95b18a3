"""Writing a result into a folder, in full precision, so that anybody can check and rebuild it."""

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from metropolis.tools.barometer.engine.building import Index
from metropolis.tools.barometer.engine.reading import Meta
from metropolis.tools.barometer.engine.sensitivity import Sensitivity
from metropolis.tools.barometer.engine.table import Matrix, Table
from metropolis.tools.barometer.engine.uncertainty import Uncertainty

Row = tuple[str | float | int | None, ...]


def write_index(index: Index, folder: Path) -> None:
    """Write scores, ranks, weights, recipe and steps.

    `scores.csv` and `ranks.csv` have a unit a row and every node's code as a column; `steps/` holds the table each step
    left, numbered in their order, and `touched.csv`, which lists every outlier moved.

    >>> from metropolis.tools.barometer.engine.building import build
    >>> from metropolis.tools.barometer.engine.example import example
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     write_index(build(*example()), Path(folder))
    ...     sorted(path.name for path in Path(folder).iterdir())
    ['ranks.csv', 'recipe.json', 'scores.csv', 'steps', 'weights.csv']
    """
    (folder / "steps").mkdir(parents=True, exist_ok=True)
    for old in (folder / "steps").glob("*.csv"):
        old.unlink()
    write_table(index.scores, folder / "scores.csv")
    write_table(index.ranks, folder / "ranks.csv", whole=True)
    _write_rows(folder / "weights.csv", weight_rows(index))
    (folder / "recipe.json").write_text(index.recipe.model_dump_json(indent=2) + "\n", encoding="utf-8")
    for number, stage in enumerate(index.stages, start=1):
        write_table(stage.table, folder / "steps" / f"{number:02d}_{stage.name}.csv")
    _write_rows(folder / "steps" / "touched.csv", touched_rows(index))


def weight_rows(index: Index) -> Iterator[Row]:
    """Under a heading, each node's weight as used and the part it has in the index.

    >>> from metropolis.tools.barometer.engine.building import build
    >>> from metropolis.tools.barometer.engine.example import example
    >>> list(weight_rows(build(*example())))[3]
    ('trust', 'calm', 2.0, 0.3333333333333333)
    """
    yield ("iCode", "Parent", "Weight", "EffectiveWeight")
    shares = index.framework.shares()
    for node in index.framework.nodes:
        yield (node.code, node.parent or "", node.weight, shares[node.code])


def write_framework(meta: Meta, path: Path) -> None:
    """Write a framework as a table like COINr's iMeta (CSV), from which `read_framework` gives the same.

    >>> from tempfile import TemporaryDirectory
    >>> from metropolis.tools.barometer.engine.example import META
    >>> from metropolis.tools.barometer.engine.reading import read_framework
    >>> with TemporaryDirectory() as folder:
    ...     write_framework(read_framework(META), Path(folder) / "iMeta.csv")
    ...     read_framework(Path(folder) / "iMeta.csv") == read_framework(META)
    True
    """
    _write_rows(path, framework_rows(meta))


def framework_csv(meta: Meta) -> str:
    """The same as text.

    >>> from metropolis.tools.barometer.engine.framework import Framework, Node
    >>> meta = Meta(Framework(nodes=[Node(code="beds", parent="care"), Node(code="care")]), (), ())
    >>> framework_csv(meta).splitlines()[1]
    'beds,,care,Indicator,1.0,1,,,,,,0,,,,,'
    """
    text = io.StringIO()
    csv.writer(text).writerows(_exact(row) for row in framework_rows(meta))
    return text.getvalue()


def framework_rows(meta: Meta) -> Iterator[Row]:
    """Under a heading, a row a node, and one for each denominator and each group of units.

    >>> from metropolis.tools.barometer.engine.example import example
    >>> next(framework_rows(Meta(example()[1], (), ())))[:4]
    ('iCode', 'iName', 'Parent', 'Type')
    """
    yield (
        "iCode", "iName", "Parent", "Type", "Weight", "Direction", "Unit", "Denominator", "Target", "goalpost_lower",
        "goalpost_upper", "Soft", "Year", "Source", "Licence", "Topic", "Description",
    )  # fmt: skip
    parents = meta.framework.children
    for node in meta.framework.nodes:
        lower, upper = (node.goalposts.lower, node.goalposts.upper) if node.goalposts else (None, None)
        yield (
            node.code, node.name, node.parent or "", "Aggregate" if node.code in parents else "Indicator", node.weight,
            node.direction, node.unit, node.denominator or "", node.target, lower, upper, int(node.is_soft), node.year,
            node.source, node.licence, node.topic, node.description,
        )  # fmt: skip
    for kind, codes in (("Denominator", meta.denominators), ("Group", meta.groups)):
        for code in codes:
            yield (code, "", "", kind)


def write_uncertainty(found: Uncertainty, folder: Path, *, level: float = 0.9) -> None:
    """Write each unit's score and rank with their intervals at a `level`, and what made every replication.

    `scores.csv`, `ranks.csv` (with the probability of being in the best quarter), `parameters.csv` (the option of each
    input in each replication, from 0), `variation.json` (the options and the seed) and `recipe.json`.

    >>> from metropolis.tools.barometer.engine.example import example
    >>> from metropolis.tools.barometer.engine.uncertainty import simulate
    >>> from metropolis.tools.barometer.engine.varying import usual_variation
    >>> data, framework = example()
    >>> found = simulate(data, framework, variation=usual_variation(framework), replications=200)
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     write_uncertainty(found, Path(folder))
    ...     sorted(path.name for path in Path(folder).iterdir())
    ['parameters.csv', 'ranks.csv', 'recipe.json', 'scores.csv', 'variation.json']
    """
    _write_replications(found, folder)
    units, nominal = found.nominal.scores.units, found.nominal
    scores = np.vstack([nominal.scores.values[:, -1], found.score_interval(level)])
    _write(folder / "scores.csv", ("uCode", "score", "lower", "median", "upper"), _by_unit(units, scores))
    ranks = np.vstack([nominal.ranks.values[:, -1], found.rank_interval(level), found.top_quarter()])
    _write(folder / "ranks.csv", ("uCode", "rank", "best", "median", "worst", "topQuartile"), _by_unit(units, ranks))


def write_sensitivity(found: Sensitivity, folder: Path) -> None:
    """Write `sobol.csv`: by unit, of its score and rank, and by input the indices with their 90 % intervals.

    Rows without a unit are of all ranks together. What made the replications is written as by `write_uncertainty`.

    >>> from metropolis.tools.barometer.engine.example import example
    >>> from metropolis.tools.barometer.engine.sensitivity import sensitivity
    >>> from metropolis.tools.barometer.engine.varying import usual_variation
    >>> data, framework = example()
    >>> found = sensitivity(data, framework, variation=usual_variation(framework), base=8)
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     write_sensitivity(found, Path(folder))
    ...     (Path(folder) / "sobol.csv").read_text().splitlines()[0]
    'uCode,of,input,first,firstLower,firstUpper,total,totalLower,totalUpper'
    """
    _write_replications(found.found, folder)
    units = found.found.nominal.scores.units
    of = (("score", units, found.scores), ("rank", units, found.ranks), ("rank shift", ("",), found.whole))

    def rows() -> Iterator[tuple[object, ...]]:
        for what, whose, indices in of:
            for place, unit in enumerate(whose):
                for row, name in enumerate(found.names):
                    first, total = indices.first[row, place], indices.total[row, place]
                    ends = [*indices.first_interval[:, row, place], *indices.total_interval[:, row, place]]
                    yield unit, what, name, *map(_figure, (first, ends[0], ends[1], total, ends[2], ends[3]))

    heading = ("first", "firstLower", "firstUpper", "total", "totalLower", "totalUpper")
    _write(folder / "sobol.csv", ("uCode", "of", "input", *heading), rows())


def _write_replications(found: Uncertainty, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    names = [one.name for one in found.variation.inputs]
    rows = ((number, *row) for number, row in enumerate(found.rows.tolist(), start=1))
    _write(folder / "parameters.csv", ("replication", *names), rows)
    told = {"seed": found.seed, **found.variation.model_dump()}
    (folder / "variation.json").write_text(json.dumps(told, indent=2) + "\n", encoding="utf-8")
    (folder / "recipe.json").write_text(found.nominal.recipe.model_dump_json(indent=2) + "\n", encoding="utf-8")


def _by_unit(units: tuple[str, ...], figures: Matrix) -> Iterator[tuple[object, ...]]:
    for place, unit in enumerate(units):
        yield unit, *map(_figure, figures[:, place])


def _figure(figure: float) -> str:
    return "" if np.isnan(figure) else repr(float(figure))


def write_table(table: Table, path: Path, *, whole: bool = False) -> None:
    """One table as CSV; empty where nothing is known. `whole` numbers are written without a fraction.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder) / "scores.csv"
    ...     write_table(Table(("Lima",), ("care",), np.array([[0.5]])), path)
    ...     path.read_text().splitlines()
    ['uCode,care', 'Lima,0.5']
    """
    about = ("uCode", "Time") if table.times else ("uCode",)

    def rows() -> Iterator[list[object]]:
        for place, unit in enumerate(table.units):
            told: list[object] = [unit, table.times[place]] if table.times else [unit]
            figures = table.values[place].tolist()
            told += ["" if np.isnan(figure) else int(figure) if whole else repr(figure) for figure in figures]
            yield told

    _write(path, (*about, *table.columns), rows())


def touched_rows(index: Index) -> Iterator[Row]:
    """Under a heading, every value that winsorising moved, and every column that was transformed instead.

    >>> from metropolis.tools.barometer.engine.building import build
    >>> from metropolis.tools.barometer.engine.example import example
    >>> list(touched_rows(build(*example())))
    [('uCode', 'iCode', 'before', 'after', 'by')]
    """
    yield ("uCode", "iCode", "before", "after", "by")
    codes = [node.code for node in index.framework.indicators]
    for stage in index.stages:
        for point in stage.touched:
            unit = stage.table.units[point.row]
            yield unit, codes[point.column], point.before, point.after, "winsorising"
        for code, how in zip(codes, stage.transformed, strict=False):
            if how != "none":
                yield "", code, None, None, how


def _write_rows(path: Path, rows: Iterator[Row]) -> None:
    _write(path, next(rows), (_exact(row) for row in rows))


def _exact(row: Row) -> list[object]:
    return ["" if cell is None else repr(cell) if isinstance(cell, float) else cell for cell in row]


def _write(path: Path, heading: Row, rows: Iterator[object]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(heading)
        writer.writerows(rows)  # type: ignore[arg-type]
