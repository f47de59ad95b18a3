"""The published tables the engine is held against, read from beside the project."""

import csv
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from metropolis.tools.barometer.engine import Meta, Table, read_data, read_framework

FOLDER = Path(__file__).resolve().parents[5] / "../shared/data/barometer"
ASEM, HDI, TAI = FOLDER / "asem", FOLDER / "hdi", FOLDER / "tai"

needs_published = pytest.mark.skipif(not FOLDER.exists(), reason="skipped: no ../shared with the published tables")


def rows(path: Path) -> list[dict[str, str]]:
    """The rows of a CSV file by its heading."""
    with path.open(encoding="utf-8-sig") as file:
        return list(csv.DictReader(file))


@cache
def asem() -> tuple[Table, Meta]:
    """COINr's example: 51 countries by 49 indicators, and their framework."""
    meta = read_framework(ASEM / "iMeta.csv")
    return read_data(ASEM / "iData.csv", meta), meta


def table(name: str) -> Table:
    """One of the result tables of ASEM; Inf and NA as COINr writes them."""
    found = rows(ASEM / name)
    columns = [c for c in found[0] if c not in {"uCode", "uName", "Time"} and not c.endswith("_group")]
    figures = [[np.nan if row[c] in {"", "NA"} else float(row[c]) for c in columns] for row in found]
    times = tuple(int(row["Time"]) for row in found) if "Time" in found[0] else ()
    units = tuple(row["uCode"] for row in found)
    return Table(units, tuple(columns), np.array(figures), times=times if len(set(times)) > 1 else ())


def agree(found: Table, name: str, tolerance: float = 1e-9) -> None:
    """Assert that `found` is the published table, gaps included, relative where figures are large."""
    expected = table(name)
    places = [expected.units.index(unit) for unit in found.units]
    assert set(expected.units) == set(found.units)
    wanted = expected.select(found.columns).values[places]
    assert np.array_equal(np.isnan(found.values), np.isnan(wanted))
    with np.errstate(invalid="ignore"):
        apart = np.where(found.values == wanted, 0.0, np.abs(found.values - wanted) / np.maximum(1, np.abs(wanted)))
    assert np.nanmax(apart) <= tolerance
