"""A framework with several mistakes: all of them are named at once, with row and column."""

from pathlib import Path

import pytest

from metropolis.engine_kit import InvalidInput
from metropolis.tools.barometer.engine.framework_mistakes import read_framework_with_mistakes

SOUND = """iCode,Parent,Weight,Direction,Unit
places,services,1,1,per 100
waiting,services,1,-1,days
services,care,1,1,
care,,,,
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "iMeta.csv"
    path.write_text(text)
    return path


def test_a_sound_framework_has_none(tmp_path: Path) -> None:
    meta, findings = read_framework_with_mistakes(written(tmp_path, SOUND))
    assert findings == ()
    assert meta.framework.root.code == "care"


def test_every_mistake_is_named_at_once(tmp_path: Path) -> None:
    wrong = (
        SOUND.replace("waiting,services,1,-1", "waiting,servces,heavy,2")
        .replace("services,care,1,1,", "services,,1,1,")
        .replace("places,", "trust,services,1,1,%,\nplaces,", 1)
        .replace("%,\n", "%\ntrust,services,1,1,%\n")
    )
    meta, findings = read_framework_with_mistakes(written(tmp_path, wrong))
    assert [(one.code, one.row, one.column) for one in findings] == [
        ("framework-cell", 5, "Direction"),
        ("repeated-code", 3, "iCode"),
        ("unknown-parent", 5, "Parent"),
        ("tops", None, "Parent"),
    ]
    assert findings[2].perhaps == ("services",)
    assert {node.code for node in meta.framework.indicators} == {"trust", "places", "waiting", "care"}


def test_a_circle_is_shown_round(tmp_path: Path) -> None:
    _meta, findings = read_framework_with_mistakes(written(tmp_path, SOUND.replace("care,,,,", "care,services,,,")))
    assert ("circle", "services → care → services") in [(one.code, one.value) for one in findings]


def test_a_file_without_any_indicator_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput):
        read_framework_with_mistakes(written(tmp_path, "iCode,Parent\n"))
