"""A framework with several mistakes: all of them are named at once, with row and column."""

from pathlib import Path

import pytest

from metropolis.engine_kit import InvalidInput
from metropolis.tools.barometer.engine.framework_mistakes import read_framework_with_mistakes
from metropolis.tools.barometer.engine.reading import read_framework

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


MISNAMED = """iCode,Parent,Type,Denominator
beds,care,Indicator,people
nurses,beds,Indicator,
trust,care,Indicator,
calm,care,Aggregate,
care,,Aggregate,
"""


def test_a_type_that_the_tree_belies_and_a_denominator_without_a_row_are_named(tmp_path: Path) -> None:
    path = written(tmp_path, MISNAMED)
    _meta, findings = read_framework_with_mistakes(path)
    assert [(one.row, one.column) for one in findings] == [(2, "Type"), (2, "Denominator"), (5, "Type")]
    assert findings[0].message == "'beds' is an Indicator, but the Parent of 'nurses': make it an Aggregate."
    with pytest.raises(InvalidInput, match="row 2, column Type: 'beds' is an Indicator"):
        read_framework(path)
    path = written(tmp_path, MISNAMED.replace("beds,care,Indicator", "beds,care,Aggregate"))
    with pytest.raises(InvalidInput, match="row 2, column Denominator: 'people' is no row's code"):
        read_framework(path)
    path = written(tmp_path, MISNAMED.replace("beds,care,Indicator,people", "beds,care,,"))
    with pytest.raises(InvalidInput, match="row 5, column Type: 'calm' is an Aggregate, but no row names it"):
        read_framework(path)


AS_R_WRITES = """iCode,iName,Parent,Type,Denominator,Unit,Weight
beds,NA,care,Indicator,NA,n/a,1
fear,Fear,care,NA,null,%,1
care,Care,NA,Aggregate,NA,NA,NA
"""


def test_words_for_nothing_are_nothing_but_a_code_is_a_code(tmp_path: Path) -> None:
    meta, findings = read_framework_with_mistakes(written(tmp_path, AS_R_WRITES))
    assert findings == ()
    beds = meta.framework.by_code["beds"]
    assert (beds.label, beds.unit, beds.denominator) == ("beds", "", None)
    assert meta.framework.root.code == "care"
    twice = AS_R_WRITES + "heat,Heat,fall,,,,\n"
    _meta, findings = read_framework_with_mistakes(written(tmp_path, twice))
    assert [one.value for one in findings] == ["fall"], "also beside other mistakes"
    namibia = read_framework(written(tmp_path, "iCode,Parent\nbeds,NA\nNA,care\ncare,\n")).framework
    assert namibia.by_code["beds"].parent == "NA"


def test_goalposts_are_refused_by_the_names_the_file_gives_them(tmp_path: Path) -> None:
    for cells, told in (
        ("x,4", "row 2, column Min: 'x' is not a number"),
        ("3,3", "row 2, column Min: both goalposts are 3; they have to differ.$"),
        (",3", "row 2, column Min: there is one goalpost; give both or none"),
    ):
        with pytest.raises(InvalidInput, match=told):
            read_framework(written(tmp_path, f"iCode,Parent,Min,Max\na,i,{cells}\ni,,,\n"))


def test_a_file_without_any_indicator_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput):
        read_framework_with_mistakes(written(tmp_path, "iCode,Parent\n"))
