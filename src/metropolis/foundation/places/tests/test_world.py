"""The world's outline is fit for a flat map: small, closed, cut at the 180th meridian, with known country codes."""

import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from metropolis.foundation import pages
from metropolis.foundation.places.engine import country_facts

FOLDER = Path(pages.__file__).parent / "static/pages/vendor/world"


@pytest.fixture(params=["countries-110m.geojson", "countries-50m.geojson"])
def file(request: pytest.FixtureRequest) -> Path:
    path: Path = FOLDER / request.param
    return path


def features(file: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(file.read_text(encoding="utf-8"))["features"]
    return found


def test_the_outline_is_small(file: Path):
    assert file.stat().st_size < 400_000


def test_every_ring_is_closed_stays_on_earth_and_does_not_run_around_it(file: Path):
    for feature in features(file):
        for polygon in feature["geometry"]["coordinates"]:
            for ring in polygon:
                assert ring[0] == ring[-1]
                assert len(ring) >= 4
                assert all(abs(x) <= 180 and abs(y) <= 90 for x, y in ring)
                assert all(abs(x - before) < 180 for (before, _), (x, _) in pairwise(ring))


def test_country_codes_are_those_of_the_gazetteer(file: Path):
    codes = {feature["properties"]["iso2"] for feature in features(file)} - {None}
    assert codes <= country_facts().keys()
    assert {"AR", "CL", "ES", "IN", "UG", "XK"} <= codes
