"""What a check of an upload finds: every mistake planted, and no more than a handful in data that are sound."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from metropolis.engine_kit import InvalidInput
from metropolis.tools.barometer.engine import (
    Finding,
    Framework,
    Goalposts,
    Meta,
    Node,
    Place,
    Report,
    Table,
    check,
    read_data,
    read_sheet,
)
from metropolis.tools.barometer.engine.findings import CODES, LISTED
from metropolis.tools.barometer.tests.published import ASEM, HDI, asem, needs_published, rows
from metropolis.tools.barometer.tests.test_published_hdi import INPUTS, TREE, figures

CODES_OF = ("clinics", "trust", "income", "beds")
NODES = (
    Node(code="clinics", parent="index", unit="Number of clinics", denominator="people"),
    Node(code="trust", parent="index", unit="%", is_soft=True),
    Node(code="income", parent="index", unit="USD", goalposts=Goalposts(lower=100, upper=60_000)),
    Node(code="beds", parent="index", unit="per 1,000 inhabitants"),
    Node(code="index"),
)
META = Meta(Framework(nodes=NODES), ("people",), ("region",))
COLUMNS = (*CODES_OF, "people")
YEARS = (2022, 2023, 2024)
CITIES = tuple(f"C{place:02d}" for place in range(30))


def sound() -> np.ndarray:
    """Thirty cities over three years with nothing wrong, shape (cities, years, columns)."""
    draw = np.random.default_rng(3)
    level = draw.uniform([20, 30, 5_000, 2, 100_000], [80, 80, 20_000, 6, 400_000], (30, 1, 5))
    found: np.ndarray = np.round(level * np.exp(draw.normal(0, 0.02, (30, 3, 5))), 3)
    return found


def panel(change: Callable[[np.ndarray], None]) -> Table:
    values = sound()
    change(values)
    return Table(tuple(np.repeat(CITIES, 3).tolist()), COLUMNS, values.reshape(-1, 5), times=YEARS * 30)


def found_in(change: Callable[[np.ndarray], None]) -> list[tuple[str, str]]:
    return [(one.code, one.where) for one in check(panel(change), META).findings]


def put(where: object, value: object) -> Callable[[np.ndarray], None]:
    """Plant one value, or what a function makes of the value there."""

    def change(values: np.ndarray) -> None:
        values[where] = value(values[where]) if callable(value) else value

    return change


def test_sound_data_have_no_findings():
    assert found_in(put((0, 0, 0), lambda x: x)) == []


@pytest.mark.parametrize(
    ("change", "code", "where"),
    [
        (put((4, 1, 2), lambda x: 1000 * x), "wrong-scale", "C04, 2023, income"),
        (put((4, 1, 3), lambda x: x / 10), "wrong-scale", "C04, 2023, beds"),
        (put(np.s_[:, 2, 4], lambda x: x / 1000), "wrong-scale-year", "2024, people"),
        (put(np.s_[:, :, 1], lambda x: x / 100), "share-for-percent", "trust"),
        (put((7, 0, 1), 104.0), "above-hundred", "C07, 2022, trust"),
        (put((7, 0, 3), -4.0), "negative", "C07, 2022, beds"),
        (put((7, 0, 0), -4.0), "negative", "C07, 2022, clinics"),
        (put((9, np.s_[:], 2), lambda x: x / x * 61_000), "beyond-goalposts", "C09, 2022, income"),
        (put((2, np.s_[:], 3), lambda x: x / x + 89), "outlier", "C02, 2022, beds"),
        (put((3, 2, 1), lambda x: x / 3), "jump", "C03, 2024, trust"),
        (put(np.s_[:, :, 3], 4.0), "constant", "beds"),
        (put(np.s_[:, :, 2], 900.0), "constant-between-goalposts", "income"),
        (put(np.s_[:, :, 3], np.nan), "no-value", "beds"),
        (put((5, 1, 4), 0.0), "zero-denominator", "C05, 2023, people"),
        (put((8, np.s_[:], np.s_[1:4]), np.nan), "gaps-in-unit", "C08"),
        (put(np.s_[:11, :, 0], np.nan), "gaps-in-indicator", "clinics"),
        (put(np.s_[:, :, 3], lambda x: x**12), "skewed", "2024, beds"),
    ],
)  # fmt: skip
def test_a_planted_mistake_is_found_where_it_is(change: Callable[[np.ndarray], None], code: str, where: str):
    assert (code, where) in found_in(change)


def test_a_mistake_is_named_once_and_nothing_else_with_it():
    assert found_in(put((4, 1, 2), lambda x: 1000 * x)) == [
        ("wrong-scale", "C04, 2023, income"), ("beyond-goalposts", "C04, 2023, income")
    ]  # fmt: skip
    assert found_in(put((3, 1, 1), lambda x: x / 3)) == [("jump", "C03, 2023, trust")]


def test_a_city_that_tells_shares_for_percentages_in_every_year_is_named_for_each():
    assert found_in(put((4, np.s_[:], 1), lambda x: x / 100)) == [("wrong-scale", f"C04, {y}, trust") for y in YEARS]


def test_units_years_and_columns_that_are_the_same_are_named():
    def change(values: np.ndarray) -> None:
        values[5] = values[4]
        values[9, 2] = values[9, 1]
        values[:, :, 3] = values[:, :, 1]

    assert found_in(change) == [
        *[("identical-units", f"C05, {year}") for year in YEARS],
        ("identical-years", "C09, 2024"), ("identical-columns", "beds"),
    ]  # fmt: skip


def test_a_year_without_a_row_is_noted_by_unit():
    whole = panel(put((0, 0, 0), lambda x: x))
    rest = whole.keep(~((np.array(whole.units) == "C03") & (np.array(whole.times) > 2022)))
    (finding,) = check(rest, META).findings
    assert (finding.message, finding.severity) == ("There is no row of 'C03' for 2023, 2024.", "note")


def test_of_a_single_year_a_figure_ten_times_too_large_is_found_among_other_units():
    values = sound()[:, 0]
    values[11, 3] *= 100
    data = Table(CITIES, COLUMNS, values)
    assert [(one.code, one.where) for one in check(data, META).findings if one.severity == "warning"] == [
        ("wrong-scale", "C11, beds")
    ]


TEXT = """uCode,uName,region,Time,clinics,trust,income,bed,people,mayor
LIM,Lima,S,2024,40,"55,5",9000,3.1,100000,A
QUI,Quito,S,2024,n.d.,61,1 200,3.4,200000,B
BOG,Bogotá,S,2O24,44,58,8000,2.9,300000,C
,Nowhere,S,2024,44,58,8000,2.9,300000,D
LIM,Lima,S,2024,41,56,9100,3.0,100000,E
CAL,Cali,S,2024,30,inf,8100,2.0,150000,F
LAP,La Paz,S,2024,31,52%,7100,2.2,150000,F,G
Cal,Cali,S,2024,35,51,8300,2.2,170000,F
"""


def test_every_wrong_cell_of_a_file_is_listed_at_once_by_row_and_column(tmp_path: Path):
    path = tmp_path / "data.csv"
    path.write_text(TEXT, encoding="utf-8")
    report = check(read_sheet(path, META), META)
    told = {(one.code, one.row, one.column, one.perhaps) for one in report.findings}
    assert told >= {
        ("not-a-number", 2, "trust", ("55.5",)),
        ("not-a-number", 3, "clinics", ()),
        ("not-a-number", 3, "income", ("1200",)),
        ("not-a-year", 4, "Time", ()),
        ("no-unit", 5, "uCode", ()),
        ("repeated-unit", 6, "", ()),
        ("not-a-number", 7, "trust", ()),
        ("broken-row", 8, "", ()),
        ("alike-units", 9, "", ()),
        ("no-column", None, "beds", ("bed",)),
        ("unknown-column", None, "bed", ()),
        ("unknown-column", None, "mayor", ()),
    }
    assert report.has_errors
    assert report.findings[0].severity == "error"
    assert report.counts["not-a-number"] == 4
    (repeated,) = [one for one in report.findings if one.code == "repeated-unit"]
    assert repeated.message == "'LIM' stands there more than once; first in row 2."


def test_a_table_may_call_its_cities_cities_and_its_years_years(tmp_path: Path):
    path = tmp_path / "data.csv"
    keys = [(place, city, year) for place, city in enumerate("XYZ") for year in (2024, 2025)]
    lines = [f"{city},{year},9,{place + year % 7},{2000 + 90 * place},3.{place},1000" for place, city, year in keys]
    path.write_text("\n".join(["City,Year," + ",".join(COLUMNS), *lines]))
    data = read_data(path, META)
    assert (data.units[::2], data.names[::2], data.years) == (("X", "Y", "Z"), ("X", "Y", "Z"), (2024, 2025))
    sheet = read_sheet(path, META)
    assert (sheet.units, sheet.times, sheet.others) == (data.units, data.times, ())
    own = Meta(Framework(nodes=(Node(code="Year", parent="i"), Node(code="i"))), (), ())
    with pytest.raises(InvalidInput, match="'X' stands there twice, first in row 2"):
        read_data(path, own)  # where the year is an indicator, it tells no rows apart


def test_a_long_file_is_checked_likewise(tmp_path: Path):
    path = tmp_path / "data.csv"
    lines = ["REF_AREA,INDICATOR,TIME_PERIOD,OBS_VALUE"]
    lines += [f"{city},{code},2024,{k}{place}" for place, city in enumerate("XYZ") for k, code in enumerate(COLUMNS, 1)]
    lines += ["X,trust,2024,9", "Y,trust,year,9", "Z,height,2024,3"]
    lines[3] = "X,income,2024,many"
    path.write_text("\n".join(lines), encoding="utf-8")
    report = check(read_sheet(path, META), META)
    assert [(one.code, one.where) for one in (*report.of("error"), *report.of("warning"))] == [
        ("not-a-number", "row 4, X, 2024, income"),
        ("repeated-value", "row 17, X, 2024, trust"),
        ("not-a-year", "row 18, Y, TIME_PERIOD"),
        ("unknown-column", "height"),
    ]


def test_a_table_with_nothing_of_the_framework_in_it_is_all_unknown_columns():
    report = check(Table(("X", "Y"), ("height",), np.array([[1.0], [2.0]])), META)
    assert set(report.counts) - {"survey-to-come"} == {"no-column", "unknown-column"}


def test_names_of_places_are_resolved_or_listed_with_what_they_may_be():
    known = {"Lima": Place(key="3936456"), "LIM": Place(key="3936456"), "Santiago": Place(candidates=("CL", "ES"))}
    names = ("Lima", "Limaa", "Santiago", "LIM")
    data = Table(("1", "2", "3", "4"), COLUMNS, sound()[:4, 0], names=names)
    report = check(data, META, places=lambda name: known.get(name, Place()))
    found = [
        (one.code, one.unit, one.perhaps) for one in report.findings if one.code in CODES and one.severity == "error"
    ]
    assert found == [
        ("unknown-place", "2", ()), ("ambiguous-place", "3", ("CL", "ES")), ("repeated-place", "4", ())
    ]  # fmt: skip
    assert report.places == {"1": "3936456", "4": "3936456"}


def test_many_mistakes_of_a_kind_are_counted_and_some_of_them_listed(tmp_path: Path):
    path = tmp_path / "data.csv"
    lines = [f"{city},1,{place},2,3,4" for place, city in enumerate(CITIES)]
    path.write_text("\n".join(["uCode," + ",".join(COLUMNS), *[line.replace(",1,", ",x,") for line in lines]]))
    report = check(read_sheet(path, META), META)
    assert report.counts["not-a-number"] >= 30
    assert len([one for one in report.findings if (one.code, one.column) == ("not-a-number", "clinics")]) == LISTED


def test_every_code_has_a_sentence_that_its_findings_can_fill():
    told = {
        "share": 0.5,
        "indicator": "a",
        "first": 1,
        "name": "a",
        "other": "b",
        "place": "c",
        "before": 1,
        "factor": 10,
    }
    told |= {"count": 1, "measured": "%", "median": 1.0, "times": 30, "skewness": 2.0, "kurtosis": 3.0, "lower": 1.0}
    told |= {"upper": 2.0, "years": "2024"}
    for code in CODES:
        assert "{" not in Finding(code=code, value=3.0, parameters=told).message


odd = st.sampled_from([np.nan, 0.0, 1.0, -2.5, 40.0, 1e-9, 1e9])


@settings(max_examples=80, deadline=None)
@given(arrays(np.float64, st.tuples(st.integers(1, 9), st.just(5)), elements=odd), st.integers(1, 3))
def test_whatever_the_figures_are_a_report_can_be_made_told_and_stored(values: np.ndarray, years: int):
    cities = tuple(f"C{place // years}" for place in range(len(values)))
    times = tuple(2022 + place % years for place in range(len(values)))
    report = check(Table(cities, COLUMNS, values, times=times if years > 1 else ()), META)
    assert all(finding.message for finding in report.findings)
    assert Report.model_validate_json(report.model_dump_json()) == report


@needs_published
def test_published_data_give_no_more_than_a_handful_of_warnings():
    data, meta = asem()
    report = check(data, meta)
    assert not report.has_errors
    assert len(report.of("warning")) == 8
    assert len(check(read_sheet(ASEM / "iData_panel.csv", meta), meta).of("warning")) == 7
    found = [row for row in rows(HDI / "hdi_panel_1990_2022.csv") if row["hdi"] and all(row[c] for c in INPUTS)]
    units, years = tuple(row["iso3"] for row in found), tuple(int(row["year"]) for row in found)
    report = check(Table(units, INPUTS, figures(found, INPUTS), times=years), Meta(TREE, (), ()))
    # Haiti's earthquake, free schools in Malawi, after the storm in Myanmar, Syria's war.
    told = ["HTI, 2010, le", "MWI, 1995, eys", "MMR, 2009, le", "SYR, 2012, le", "SYR, 2013, eys"]
    assert [one.where for one in report.of("warning")] == told
