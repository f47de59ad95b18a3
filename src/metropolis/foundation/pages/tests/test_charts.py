"""Charts: what is drawn, and that every figure can also be read."""

import re
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any
from xml.etree.ElementTree import Element

import pytest
from defusedxml.ElementTree import fromstring
from django.template import Context, Template
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st

from metropolis.engine_kit import InvalidInput
from metropolis.foundation.pages.engine import Chart, Look, Words
from metropolis.foundation.pages.engine.charts import (
    End,
    HeatCell,
    HeatRow,
    IntervalRow,
    Part,
    Point,
    ProfileRow,
    SensitivityRow,
    Series,
    TreeNode,
    heat_table,
    interval_chart,
    line_chart,
    parts_chart,
    profile_chart,
    sensitivity_chart,
    tree_chart,
)
from metropolis.foundation.pages.engine.drawing import palette, placed
from metropolis.foundation.pages.engine.scale import scale
from metropolis.foundation.pages.values import look

SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = "\"'><script>alert(1)</script>&#x0;\x00\ud800"
INLINE, ARABIC, PHONE = Look(inline=True), Look(language="ar"), Look(width=328)

Drawn = Callable[[Sequence[float | None], str, Look], Chart]


def intervals(figures: Sequence[float | None], label: str, seen: Look) -> Chart:
    rows = [IntervalRow(label=label, value=each, lower=each, upper=each, tie="a", url="/x/") for each in figures]
    return interval_chart(label, rows, digits=3, look=seen)


def lines(figures: Sequence[float | None], label: str, seen: Look) -> Chart:
    points = tuple(Point(year=2000 + year, value=each, lower=each, upper=each) for year, each in enumerate(figures))
    return line_chart(label, [Series(name=label, points=points, breaks=(2001,))], digits=3, look=seen)


def parts(figures: Sequence[float | None], label: str, seen: Look) -> Chart:
    drawn = [Part(label=label, value=each, url="/x/") for each in figures]
    return parts_chart(
        label, drawn, start=End(label=label, value=1), end=End(label=label, value=2), digits=3, look=seen
    )


def profile(figures: Sequence[float | None], label: str, seen: Look) -> Chart:
    rows = [ProfileRow(label=label, value=each, minimum=each, maximum=each, peers=each, digits=3) for each in figures]
    return profile_chart(label, rows, name=label, look=seen)


def sensitivity(figures: Sequence[float | None], label: str, seen: Look) -> Chart:
    rows = [SensitivityRow(label=label, first=each, total=each, first_interval=(each, each)) for each in figures]
    return sensitivity_chart(label, rows, digits=3, look=seen)


def tree(figures: Sequence[float | None], label: str, seen: Look) -> Chart:
    nodes = [TreeNode(code=str(place), label=label, parent="0" if place else "") for place in range(len(figures) + 1)]
    return tree_chart(label, nodes, look=seen)


def heat(figures: Sequence[float | None], label: str, seen: Look) -> Chart:
    cells = tuple(HeatCell(text="" if each is None else seen.number(each, 3), tone="good") for each in figures)
    return heat_table(label, [label] * len(cells), [HeatRow(label=label, cells=cells)], look=seen)


ALL: tuple[Drawn, ...] = (intervals, lines, parts, profile, sensitivity, tree, heat)
OF_FIGURES = tuple(each for each in ALL if each is not tree)


def elements(chart: Chart, name: str) -> list[Element]:
    return fromstring(chart.svg).findall(f".//{SVG}{name}")


def texts(chart: Chart) -> list[str]:
    return [re.sub("[\u2066-\u2069]", "", each.text or "") for each in elements(chart, "text")]


@pytest.mark.parametrize("drawn", ALL)
@pytest.mark.parametrize("seen", [Look(), INLINE, ARABIC, PHONE, Look(dark=True, language="ar", width=328)], ids=str)
def test_a_drawing_is_xml_without_style_or_script_and_hostile_text_stays_text(drawn: Drawn, seen: Look):
    chart = drawn([12.5, None, -3.25], HOSTILE, seen)
    for element in fromstring(chart.svg).iter():
        assert element.tag.removeprefix(SVG) in {
            *("svg", "title", "desc", "rect", "path", "circle", "polygon", "polyline", "text"),
            *(["a"] if seen.inline else []),
        }
        assert not [name for name in element.attrib if name == "style" or name.startswith("on")]
    assert any("alert(1)" in text for text in [*texts(chart), chart.title])


@pytest.mark.parametrize("drawn", OF_FIGURES)
def test_every_figure_of_a_chart_stands_in_its_table(drawn: Drawn):
    chart = drawn([12.5, None, -3.25], "Agra", Look())
    cells = " ".join(cell or "" for row in chart.rows for cell in row)
    assert "12.500" in cells
    assert "−3.250" in cells
    assert any(None in row for row in chart.rows)
    assert all(len(row) == len(chart.columns) for row in chart.rows)


@pytest.mark.parametrize("drawn", ALL)
@given(
    figures=st.lists(st.one_of(st.none(), st.floats(width=32)), max_size=6),
    language=st.sampled_from(["en", "ar"]),
    width=st.sampled_from([328, 640]),
)
@settings(max_examples=40, deadline=None)
def test_any_figures_are_drawn_within_the_drawing(drawn: Drawn, figures: list[float | None], language: str, width: int):
    seen = Look(language=language, width=width)
    root = fromstring(drawn(figures, "A", seen).svg)
    height = float(root.attrib["height"])
    for element in root.iter():
        for across, down in re.findall(r"(-?[\d.e+]+),(-?[\d.e+]+)", element.get("d", element.get("points", ""))):
            assert -1 <= float(across) <= seen.width + 1
            assert -1 <= float(down) <= height + 1
        for name in ("x", "cx", "width"):
            assert -1 <= float(element.attrib.get(name, 0)) <= seen.width + 1
        for name in ("y", "cy", "height"):
            assert -1 <= float(element.attrib.get(name, 0)) <= height + 1


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False, width=32), min_size=1))
def test_a_scale_holds_all_values_between_its_ticks(values: list[float]):
    found = scale(values)
    hair = 1e-8 * (found.high - found.low)
    assert found.low - hair <= min(values) <= max(values) <= found.high + hair
    assert 2 <= len(found.ticks) <= 12
    assert all(one < other for one, other in pairwise(found.ticks))


def test_a_chart_is_mirrored_for_those_who_read_from_the_right():
    dots = [
        [float(dot.attrib["cx"]) for dot in elements(intervals([20, 80], "A", seen), "circle")]
        for seen in (Look(), ARABIC)
    ]
    assert dots[0][0] < dots[0][1]
    assert dots[1] == pytest.approx([640 - across for across in dots[0]])


def test_a_drawing_alone_has_its_colours_and_one_in_a_page_names_them():
    alone, dark, inline = (intervals([1, 2], "A", seen).svg for seen in (Look(), Look(dark=True), INLINE))
    assert palette()["action"] in alone
    assert palette(dark=True)["action"] in dark
    assert palette()["page"] not in dark
    assert "#" not in inline
    assert "var(--action)" in inline
    assert "var(" not in alone


def test_names_are_links_only_in_a_page_and_then_it_is_no_picture():
    alone, inline = (intervals([1], "Agra", seen).svg for seen in (Look(), INLINE))
    assert "<a " not in alone
    assert 'role="img"' in alone
    assert '<a href="/x/"><text' in inline
    assert 'role="group"' in inline


def test_a_drawing_that_goes_out_alone_says_what_it_is_and_where_it_is_from():
    foot = ("Caring cities 2024", "Synthetic values. " * 12)
    plain, signed = (intervals([1], "Agra", Look(foot=lines, description="CC BY 4.0")) for lines in ((), foot))
    assert "Caring cities 2024" in texts(signed)
    assert " ".join(texts(signed)).count("Synthetic values.") == 12
    heights = [float(fromstring(each.svg).attrib["height"]) for each in (plain, signed)]
    assert heights[1] > heights[0] + 3 * 16
    assert "<desc>CC BY 4.0</desc>" in plain.svg


def test_an_interval_reaches_from_its_lower_to_its_upper_end_around_its_point():
    chart = interval_chart("A", [IntervalRow(label="Agra", value=50, lower=0, upper=100, rank="1")])
    (dot,) = elements(chart, "circle")
    whisker = elements(chart, "path")[-1].attrib["d"]
    begin, end = re.findall(r"[\d.]+(?=,)", whisker)[:2]
    assert float(begin) < float(end) - 100
    assert float(dot.attrib["cx"]) == pytest.approx((float(begin) + float(end)) / 2, abs=0.2)
    assert chart.columns == ("Name", "Rank", "Value", "From", "To")


def test_an_unknown_value_has_no_point():
    chart = interval_chart("A", [IntervalRow(label="Agra", value=float("nan"))])
    assert elements(chart, "circle") == []
    assert chart.rows == (("Agra", None),)
    assert "unknown" in texts(chart)


def test_a_line_is_cut_where_a_value_is_missing_and_where_the_series_breaks():
    points = tuple(Point(year=year, value=None if year == 2012 else 1.0 * year) for year in range(2010, 2018))
    chart = line_chart("A", [Series(name="Agra", points=points, breaks=(2015,))], digits=0)
    pieces = [each.attrib["points"].split() for each in elements(chart, "polyline")]
    assert [len(piece) for piece in pieces] == [2, 2, 3]
    assert "Break in series" in texts(chart)
    assert chart.rows[5][1] == "2,015 · Break in series"


def test_names_at_the_ends_of_lines_do_not_stand_on_one_another():
    assert placed([50.0, 52.0, 51.0], apart=16, top=0, bottom=100) == [50, 82, 66]
    assert placed([99.0, 100.0], apart=16, top=0, bottom=100) == [84, 100]


@pytest.mark.parametrize("years", [(2019, 2021, 2023), tuple(range(1900, 2024)), (2023,)])
def test_the_years_on_the_axis_are_of_the_series_and_do_not_touch(years: tuple[int, ...]):
    chart = line_chart(
        "A", [Series(name="Agra", points=tuple(Point(year=year, value=1) for year in years))], look=PHONE
    )
    written = {each.text: float(each.attrib["x"]) for each in elements(chart, "text") if (each.text or "").isdigit()}
    assert str(years[-1]) in written
    assert all(other - one >= 40 for one, other in pairwise(sorted(written.values())))


def test_series_whose_names_are_long_have_keys_instead():
    name = "The share of all people who trust most of their neighbours"
    chart = line_chart("A", [Series(name=name, points=(Point(year=2020, value=1),))], look=PHONE)
    assert name in texts(chart)
    assert "1.000" in texts(chart)


def test_parts_that_do_not_add_up_show_the_remainder():
    drawn = [Part(label="Trust", value=5), Part(label="Safety", value=-2)]
    ends = {"start": End(label="Lima", value=50.0), "end": End(label="Oslo", value=60.0)}
    chart = parts_chart("Gap", drawn, **ends, digits=0)
    assert [row[0] for row in chart.rows] == ["Lima", "Trust", "Safety", "Remainder", "Oslo"]
    assert [row[1] for row in chart.rows] == ["50", "+5", "−2", "+7", "60"]
    exact = parts_chart("Gap", drawn, start=End(label="Lima", value=50.0), end=End(label="Oslo", value=53.0))
    assert len(exact.rows) == 4


def test_what_takes_away_is_told_by_more_than_colour():
    chart = parts_chart("Gap", [Part(label="Trust", value=5), Part(label="Safety", value=-2)])
    full, hollow = (
        [bar for bar in elements(chart, "rect") if bar.attrib.get("stroke", "") == stroke]
        for stroke in ("", palette()["bad"])
    )
    assert len(hollow) == 2
    assert palette()["good"] in {bar.attrib["fill"] for bar in full}


def test_a_profile_may_give_each_measure_its_own_scale():
    rows = [ProfileRow(label="A", value=5, minimum=0, maximum=10), ProfileRow(label="B", value=5000, maximum=10_000)]
    rows[1] = rows[1].model_copy(update={"minimum": 0.0})
    dots = {
        is_shared: [
            float(dot.attrib["cx"])
            for dot in elements(profile_chart("P", rows, name="Agra", is_shared=is_shared), "circle")
        ][1:]
        for is_shared in (True, False)
    }
    assert dots[False][0] == dots[False][1]
    assert dots[True][0] < dots[True][1] - 50


def test_weights_are_shares_of_the_whole_within_their_parents():
    nodes = [
        TreeNode(code="care", label="Care"),
        TreeNode(code="trust", label="Trust", parent="care", weight=3),
        TreeNode(code="fear", label="Fear", parent="care", weight=1),
        TreeNode(code="own", label="Neighbours", parent="trust"),
        TreeNode(code="city", label="City", parent="trust"),
    ]
    rows = [[(cell or "").replace("\xa0", " ") for cell in row] for row in tree_chart("W", nodes).rows]
    assert rows[1] == ["Trust", "Care", "75.0 %", "75.0 %"]
    assert rows[2] == ["Neighbours", "Trust", "50.0 %", "37.5 %"]
    assert rows[4] == ["Fear", "Care", "25.0 %", "25.0 %"]


def test_a_tree_that_is_a_circle_is_not_drawn_for_ever():
    nodes = [TreeNode(code="a", label="A", parent="b"), TreeNode(code="b", label="B", parent="a")]
    assert tree_chart("W", nodes).rows == ()
    deep = [TreeNode(code=str(depth), label="A", parent=str(depth - 1) if depth else "") for depth in range(2_000)]
    assert len(tree_chart("W", deep).rows) == 2_000


def test_two_hundred_rows_are_drawn_and_stay_light():
    rows = [
        IntervalRow(
            label=f"City {rank}", value=rank, lower=rank - 5, upper=rank + 5, rank=str(rank), url=f"/cities/{rank}/"
        )
        for rank in range(200)
    ]
    assert len(interval_chart("A", rows, look=INLINE).svg) < 200_000


def test_numbers_are_written_as_the_reader_writes_them():
    chart = intervals([1234.5], "A", Look(language="fr"))
    assert "1\xa0234,500" in chart.rows[0]


def test_a_row_with_too_few_cells_is_refused():
    with pytest.raises(InvalidInput, match="Agra has 1 cells for 2 columns"):
        heat_table("A", ["One", "Two"], [HeatRow(label="Agra", cells=(HeatCell(),))])


def test_every_word_of_a_chart_can_be_translated():
    with translation.override("en"):
        assert look().words == Words()


def tag(source: str, **parameters: Any) -> str:
    return Template("{% load charts %}" + source).render(Context(parameters))


def test_a_chart_in_a_page_is_drawn_for_the_column_and_for_the_phone_with_its_table():
    html = tag(
        "{% interval_chart caption rows 'points' %}",
        caption=translation.gettext_lazy("Search"),
        rows=[{"label": "Łódź", "value": 61.25, "lower": 50, "upper": 70, "url": "/x/?a=1&b=2"}],
    )
    assert html.count("<svg") == 2
    assert html.count("61.2") == 3
    assert '<th scope="row"><a href="/x/?a=1&amp;b=2">Łódź</a></th>' in html
    assert "(points)" in html


def test_a_wrong_field_of_a_row_is_an_error():
    with pytest.raises(ValueError, match="colour"):
        tag("{% interval_chart 'A' rows %}", rows=[{"label": "A", "colour": "red"}])


def test_a_cell_of_a_heat_table_has_its_text_and_its_tone():
    row = HeatRow(label="Agra", cells=(HeatCell(text="3", tone="bad"), HeatCell()))
    html = tag("{% heat_table 'Ranks' columns rows %}", columns=["One", "Two"], rows=[row])
    assert '<td class="heat__bad">' in html
    assert "<bdi>3</bdi>" in html
    assert "unknown" in html
