"""What is written can be read again: frameworks, SDMX-CSV to the last bit, and a workbook whose texts stay texts."""

import csv
import io
import zipfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from metropolis.engine_kit import InvalidInput
from metropolis.engine_kit.tables import TableFormat
from metropolis.tools.barometer.engine import Framework, Goalposts, Meta, Node, Table, build, read_data, read_framework
from metropolis.tools.barometer.engine.cells import GREATEST, MISSING
from metropolis.tools.barometer.engine.sdmx import sdmx_csv
from metropolis.tools.barometer.engine.uncertainty import simulate
from metropolis.tools.barometer.engine.varying import Variation, WeightNoise
from metropolis.tools.barometer.engine.workbook import Intervals, workbook
from metropolis.tools.barometer.engine.writing import framework_csv, write_framework
from metropolis.tools.barometer.tests.published import asem, needs_published

words = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zl", "Zp", "Zs")), max_size=12).filter(
    lambda word: not word or word.lower() not in MISSING
)
numbers = st.floats(-GREATEST, GREATEST)


@st.composite
def indicators(draw: st.DrawFn, code: str) -> Node:
    ends = sorted(draw(st.tuples(numbers, numbers).filter(lambda pair: pair[0] != pair[1])))
    return Node(
        code=code, parent="index", name=draw(words), weight=draw(st.floats(0.1, 1e6)),
        direction=draw(st.sampled_from([1, -1])), unit=draw(words), target=draw(st.none() | numbers),
        denominator=draw(st.sampled_from([None, "people"])), is_soft=draw(st.booleans()),
        goalposts=draw(st.sampled_from([None, Goalposts(lower=ends[0], upper=ends[1])])),
        year=draw(st.none() | st.integers(1900, 2100)), source=draw(words), licence=draw(words), topic=draw(words),
        description=draw(words),
    )  # fmt: skip


@settings(max_examples=40, deadline=None)
@given(indicators("a"), indicators("b,\"'"), st.sampled_from([(), ("region",)]))
def test_a_framework_that_is_written_and_read_again_is_the_same(
    tmp_path_factory: pytest.TempPathFactory, one: Node, other: Node, groups: tuple[str, ...]
):
    path = tmp_path_factory.mktemp("meta") / "iMeta.csv"
    meta = Meta(Framework(nodes=(one, Node(code="index"), other)), ("people",), groups)
    write_framework(meta, path)
    assert read_framework(path) == meta
    assert path.read_bytes().decode() == framework_csv(meta)


@needs_published
def test_the_framework_of_a_published_index_comes_back(tmp_path: Path):
    _, meta = asem()
    write_framework(meta, tmp_path / "iMeta.csv")
    assert read_framework(tmp_path / "iMeta.csv") == meta


def test_goalposts_that_fall_say_that_less_is_better(tmp_path: Path):
    path = tmp_path / "iMeta.csv"
    path.write_text("iCode,Parent,goalpost_lower,goalpost_upper\nwaiting,index,90,5\nindex,,,\n")
    (waiting,) = read_framework(path).framework.indicators
    assert (waiting.direction, waiting.goalposts) == (-1, Goalposts(lower=5, upper=90))
    path.write_text("iCode,Parent,Direction,goalpost_lower,goalpost_upper\nwaiting,index,1,90,5\nindex,,,,\n")
    with pytest.raises(InvalidInput, match=r"row 2, column goalpost_lower: the goalposts fall from 90 to 5, but"):
        read_framework(path)


@settings(max_examples=30, deadline=None)
@given(arrays(np.float64, (6, 2), elements=st.just(np.nan) | numbers), st.booleans())
def test_sdmx_csv_read_again_is_the_same_to_the_last_bit(
    tmp_path_factory: pytest.TempPathFactory,
    values: np.ndarray,
    is_panel: bool,  # noqa: FBT001 Hypothesis gives it by place
):
    path = tmp_path_factory.mktemp("sdmx") / "data.csv"
    units = ("Lima", "Lima", "São Paulo", "São Paulo", "a,b", "a,b") if is_panel else tuple("ABCDEF")
    table = Table(units, ("beds", "trust"), values, units, times=(2023, 2024) * 3 if is_panel else ())
    path.write_text(sdmx_csv(table, year=None if is_panel else 2024), encoding="utf-8")
    found = read_data(path)
    assert (found.units, found.columns, found.times) == (table.units, table.columns, table.times)
    assert np.where(np.isnan(found.values), 0.5, found.values).tobytes() == (
        np.where(np.isnan(values), 0.5, values).tobytes()
    )


def test_sdmx_csv_says_what_was_imputed_and_what_is_missing():
    table = Table(("Lima",), ("beds", "trust", "fear"), np.array([[1.5, np.nan, 3.0]]))
    told = sdmx_csv(table, imputed=np.array([[False, False, True]]), measured_in={"fear": "%"})
    rows = list(csv.DictReader(io.StringIO(told)))
    assert [row["OBS_STATUS"] for row in rows] == ["A", "O", "I"]
    assert [row["OBS_VALUE"] for row in rows] == ["1.5", "", "3.0"]
    assert [row["UNIT_MEASURE"] for row in rows] == ["", "", "%"]
    assert "TIME_PERIOD" not in rows[0]
    with pytest.raises(InvalidInput, match="not of the form AGENCY:ID"):
        sdmx_csv(table, structure="barometer")


TREE = Framework(
    nodes=(
        Node(code="beds", parent="care", denominator="people", name="=1+1", goalposts=Goalposts(lower=0, upper=1)),
        Node(code="trust", parent="care", direction=-1, topic="care"),
        Node(code="care", name="@care"),
    )
)


def table() -> Table:
    values = np.array([[4, 30, 100], [8, 12, 100], [6, np.nan, 200]], dtype=float)
    groups = {"region": ("S", "S", "N")}
    return Table(("LIM", "QUI", "OSL"), ("beds", "trust", "people"), values, ("Lima", "=cmd()", "Oslo"), groups=groups)


def test_a_workbook_holds_the_result_and_what_it_was_made_of(tmp_path: Path):
    path = tmp_path / "care.xlsx"
    index = build(table(), TREE)
    found = simulate(table(), TREE, variation=Variation(inputs=(WeightNoise(spread=0.5),)), replications=50)
    written = workbook(index, table(), Intervals.of(found), notes=[("licence", "CC BY 4.0")])
    assert written == workbook(index, table(), Intervals.of(found), notes=[("licence", "CC BY 4.0")])
    path.write_bytes(written)
    meta = read_framework(path, TableFormat(sheet="framework"))
    assert meta == Meta(TREE, ("people",), ("region",))
    data = read_data(path, meta, TableFormat(sheet="data"))
    assert (data.units, data.names, data.groups) == (table().units, table().names, table().groups)
    assert np.array_equal(data.values, table().values, equal_nan=True)
    scores = read_data(path, form=TableFormat(sheet="scores"))
    assert scores.column("care") == pytest.approx(index.of("care"), rel=1e-14)
    assert scores.column("lower") == pytest.approx(found.score_interval()[0], rel=1e-14)
    ranks = read_data(path, form=TableFormat(sheet="ranks"))
    assert ranks.column("care").tolist() == index.ranks.column("care").tolist()
    assert ranks.column("worst").tolist() == found.rank_interval()[2].tolist()


def test_a_text_in_a_workbook_is_no_formula(tmp_path: Path):
    with zipfile.ZipFile(io.BytesIO(workbook(build(table(), TREE), table()))) as book:
        sheets = [book.read(name) for name in book.namelist() if name.startswith("xl/worksheets/")]
    assert len(sheets) == 8
    assert not any(b"<f>" in sheet for sheet in sheets)


def test_intervals_of_other_units_are_refused():
    short = Intervals(*(np.zeros(2) for _ in Intervals._fields))
    with pytest.raises(InvalidInput, match="not of the units"):
        workbook(build(table(), TREE), table(), short)


@needs_published
def test_published_data_come_back_from_sdmx_csv(tmp_path: Path):
    data, meta = asem()
    (tmp_path / "data.csv").write_text(sdmx_csv(data), encoding="utf-8")
    found = read_data(tmp_path / "data.csv", meta)
    assert np.array_equal(found.values, data.values, equal_nan=True)
