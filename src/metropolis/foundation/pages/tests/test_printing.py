"""Reports as PDF and charts as PNG: what is in them can be read back, and what people write is never code."""

import io
import re
from datetime import date
from typing import Any

import pytest
from PIL import Image
from pydantic import ValidationError
from pypdf import PdfReader

from metropolis.engine_kit import InvalidInput
from metropolis.foundation.pages.engine import PLAIN, Chart, Look
from metropolis.foundation.pages.engine.charts import IntervalRow, interval_chart
from metropolis.foundation.pages.engine.printing import LONGEST_REPORT, chart_png, pdf
from metropolis.foundation.pages.engine.report import (
    Report,
    ReportChart,
    ReportFact,
    ReportSection,
    ReportSource,
    ReportTable,
)
from metropolis.foundation.pages.tests.test_files import PAGES

DAY = date(2026, 11, 24)
HOSTILE = '#include "x" #read("/etc/passwd") #eval("1") ] } $x$ *b* \\ <label> @ref // /* ` "'


def chart(rows: int = 2, look: Look = PLAIN) -> Chart:
    return interval_chart(
        "Caring cities",
        [IntervalRow(label=f"City {row}", value=50.0 + row, lower=41, upper=60) for row in range(rows)],
        look=look,
    )


def report(**changes: Any) -> Report:
    values = {"title": "Rosario: how it cares", "made_on": DAY, "author": "Metropolis", **changes}
    return Report(**values)


def drawn(one: Chart) -> ReportSection:
    return ReportSection(
        title="Scores", charts=(ReportChart(chart=one, alternative="Both cities, one above the other."),)
    )


def read(one: Report) -> PdfReader:
    return PdfReader(io.BytesIO(pdf(one)))


def text_of(one: Report) -> str:
    return "\n".join(page.extract_text() for page in read(one).pages)


def test_all_that_a_report_says_can_be_read_back():
    said = report(
        subtitle="Caring city index 2024",
        lead="The city cares well.",
        notice="Synthetic values.",
        facts=(ReportFact(label="People", value="1,276,000", note="GeoNames, 2024"), ReportFact(label="Area")),
        sections=(
            drawn(chart()),
            ReportSection(
                title="Peers",
                paragraphs=("Cities of its size.",),
                tables=(ReportTable(title="All", columns=("City", "Score"), rows=(("Agra", "54.25"), ("Łódź", None))),),
            ),
        ),
        sources=(ReportSource(title="GeoNames", licence="CC BY 4.0", url="https://example.org/data"),),
        citation="Metropolis, 2026.",
    )
    text = text_of(said)
    for words in (
        *("Rosario: how it cares", "Caring city index 2024", "The city cares well.", "Synthetic values.", "1,276,000"),
        *("unknown", "Caring cities", "City 1", "51.0", "Peers", "Cities of its size.", "Agra", "54.25", "Łódź"),
        *(
            "GeoNames, 2024",
            "CC BY 4.0",
            "https://example.org/data",
            "Metropolis, 2026.",
            "24 November 2026",
            "Page 1 of",
        ),
    ):
        assert words in text, words


def test_a_report_is_tagged_and_names_its_title_language_and_day():
    made = read(report(language="pt-br", title="Recife"))
    catalogue = made.trailer["/Root"]
    assert made.metadata is not None
    assert made.metadata.title == "Recife"
    assert made.metadata.author == "Metropolis"
    assert str(catalogue["/Lang"]) == "pt-BR"
    assert catalogue["/MarkInfo"]["/Marked"]
    assert "/StructTreeRoot" in catalogue
    described = catalogue["/Metadata"].get_data().decode()
    assert re.search(r"pdfuaid:part\W+1", described)
    assert re.search(r"pdfaid:part\W+2", described)
    assert "2026-11-24" in described


def test_a_drawing_in_a_report_has_the_text_that_stands_for_it():
    assert "Both cities, one above the other." in str(_alternatives(read(report(sections=(drawn(chart()),)))))


def _alternatives(made: PdfReader) -> list[str]:
    found, waiting = [], [made.trailer["/Root"]["/StructTreeRoot"]]
    while waiting:
        node = waiting.pop().get_object()
        if isinstance(node, list):
            waiting.extend(node)
        elif isinstance(node, dict):
            found += [str(node["/Alt"])] if "/Alt" in node else []
            waiting += [node["/K"]] if "/K" in node else []
    return found


def test_hostile_text_is_printed_as_it_was_written():
    fact = ReportFact(label=HOSTILE, value=HOSTILE)
    table = ReportTable(title=HOSTILE, columns=(HOSTILE,), rows=((HOSTILE,),))
    section = ReportSection(title=HOSTILE, paragraphs=(HOSTILE,), tables=(table,))
    hostile = report(
        title=HOSTILE,
        notice=HOSTILE,
        facts=(fact,),
        sections=(section,),
        sources=(ReportSource(title=HOSTILE, url="javascript:alert(1)"),),
    )
    text = text_of(hostile)
    assert "root:" not in text
    assert '#read("/etc/passwd")' in text
    assert "$x$ *b*" in text
    assert "javascript:alert(1)" in text
    assert not [note for page in read(hostile).pages for note in page.get("/Annots", [])]


def test_the_template_opens_no_file_and_fetches_no_package():
    code = (PAGES / "data/print/report.typ").read_text()
    assert not re.findall(r"\b(?:read|include|import|csv|yaml|xml|toml|cbor|plugin|eval|bibliography)\b\s*[(\"]", code)
    assert re.findall(r"\b(?:json|image)\((?!bytes\()", code) == []


@pytest.mark.parametrize(
    "inside",
    [
        '<image href="/etc/passwd"/>',
        '<image xlink:href="file:///etc/passwd"/>',
        "<style>*{fill:red}</style>",
        "<script>alert(1)</script>",
        '<a href="https://example.org"><text>x</text></a>',
        "<foreignObject/>",
    ],
)
def test_a_drawing_that_loads_or_runs_something_is_refused(inside: str):
    forged = chart()
    forged = forged.model_copy(update={"svg": forged.svg.replace("</svg>", f"{inside}</svg>")})
    with pytest.raises(InvalidInput, match="as it was drawn"):
        chart_png(forged.svg)
    with pytest.raises(InvalidInput, match="as it was drawn"):
        pdf(report(sections=(drawn(forged),)))


def test_a_drawing_made_for_a_page_is_refused():
    with pytest.raises(InvalidInput, match="not inline"):
        chart_png(chart(look=Look(inline=True)).svg)


def test_arabic_is_read_from_the_right_and_can_be_read_back():
    arabic = report(title="مدينة روساريو", lead="مؤشر الرعاية 2024", language="ar")
    text = text_of(arabic.model_copy(update={"sections": (drawn(chart(look=Look(language="ar"))),)}))
    assert "روساريو" in text
    assert "الرعاية" in text
    assert "24 نوفمبر 2026" in text


def test_a_character_no_font_has_is_marked_and_does_not_stop_the_report():
    text = text_of(report(lead="Beijing 北京 \U0001f600 e\u0301 fin"))
    assert "Beijing \ufffd\ufffd \ufffd é fin" in text


def test_a_long_table_repeats_its_head_on_each_page():
    rows = tuple((f"City {row}", str(row)) for row in range(120))
    table = ReportTable(title="All", columns=("Name of the city", "Score"), rows=rows, numbers=(1,))
    made = read(report(sections=(ReportSection(title="Peers", tables=(table,)),)))
    pages = [page.extract_text() for page in made.pages]
    assert len(pages) > 2
    assert all("Name of the city" in page for page in pages)
    assert "City 119" in pages[-1]


def test_a_column_of_words_keeps_its_room_beside_long_ones():
    row = (
        "Good and affordable care",
        "places per 100 children under 3",
        "survey; worth 61 answers; rests on few answers",
    )
    table = ReportTable(title="All", columns=("Indicator", "Figure", "To be known"), rows=(row,))
    assert row[0] in text_of(report(sections=(ReportSection(title="Figures", tables=(table,)),)))


@pytest.mark.parametrize("count", range(20, 60))
def test_how_to_cite_it_never_stands_on_a_page_alone(count: int):
    section = ReportSection(title="Method", paragraphs=tuple(f"Step {number}." for number in range(count)))
    last = read(report(sections=(section,), sources=(ReportSource(title="GeoNames"),), citation="Me, 2026.")).pages[-1]
    assert "GeoNames" in last.extract_text()


def test_a_drawing_taller_than_a_page_is_left_to_its_table():
    def pictures(rows: int) -> int:
        made = read(report(sections=(drawn(chart(rows)),)))
        return len(_alternatives(made))

    assert pictures(20) == 1
    assert pictures(200) == 0
    assert "City 199" in text_of(report(sections=(drawn(chart(200)),)))


def test_words_too_long_for_a_line_stay_within_the_page():
    made = read(report(lead="x" * 500))
    assert made.pages[0].extract_text().count("\n") > 4


def test_the_same_report_is_the_same_file():
    assert pdf(report(sections=(drawn(chart()),))) == pdf(report(sections=(drawn(chart()),)))


def test_a_report_too_long_is_refused():
    long = ReportSection(title="Long", paragraphs=("x " * 9_999,) * 100)
    with pytest.raises(InvalidInput, match=f"at most {LONGEST_REPORT}"):
        pdf(report(sections=(long,) * 4))
    with pytest.raises(ValidationError):
        report(sections=(long,) * 61)


@pytest.mark.parametrize("scale", [0.5, 1, 2, 3])
def test_a_picture_has_the_size_asked_for(scale: float):
    one = chart()
    height = int(re.search(r'height="(\d+)"', one.svg)[1])  # type: ignore[index]
    picture = Image.open(io.BytesIO(chart_png(one.svg, scale=scale)))
    assert picture.format == "PNG"
    assert picture.size == (640 * scale, pytest.approx(height * scale, abs=1))


def test_a_picture_shows_what_was_drawn():
    colours = Image.open(io.BytesIO(chart_png(chart().svg))).convert("RGB").getcolors(100_000)
    assert colours is not None
    assert {(255, 255, 255), (0x1C, 0x48, 0xB8)} <= {colour for _count, colour in colours}


@pytest.mark.parametrize("scale", [0, -1, float("nan"), 1000])
def test_a_picture_of_no_size_or_too_large_is_refused(scale: float):
    with pytest.raises(InvalidInput, match="scale must be"):
        chart_png(chart().svg, scale=scale)
