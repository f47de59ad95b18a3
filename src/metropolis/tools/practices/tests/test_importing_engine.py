"""From a file of somebody else's to the fields of practices."""

import json
import re
import zipfile
from datetime import date, datetime
from html import escape
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metropolis.engine_kit import InvalidInput
from metropolis.tools.practices.engine.importing import (
    ImportMapping,
    Rule,
    TableFormat,
    TableRow,
    map_row,
    mapped_rows,
    plain_text,
    read_mapping,
    survey,
    table_rows,
)
from metropolis.tools.practices.values import PracticeInput

TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), max_size=60)


def rule(**options: object) -> Rule:
    return Rule.model_validate(options)


def write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def rows(path: Path, **form: str) -> list[TableRow]:
    return list(table_rows(path, TableFormat(**form)))


# Plain text


@given(TEXT)
def test_text_survives_being_html(text: str):
    assert plain_text(f"<p>{escape(text)}</p>") == " ".join(text.split())


@given(st.text(max_size=200))
def test_no_text_is_too_broken_to_read(text: str):
    assert isinstance(plain_text(text), str)


def test_blocks_become_lines_and_scripts_nothing():
    source = "<style>p {}</style><ul><li>Trees<li>Ponds</ul><script>steal()</script><p>A&nbsp;park<br/>a river</p>"
    assert plain_text(source) == "Trees\nPonds\nA park\na river"


# Rules


def test_a_mere_text_is_the_name_of_a_column():
    assert Rule.model_validate("Name").apply({"Name": " Open streets "}) == "Open streets"


def test_columns_are_joined_and_empty_ones_left_out():
    joined = rule(**{"from": ["a", "b", "c"], "joined_by": " / "})
    assert joined.apply({"a": "one", "b": None, "c": "three"}) == "one / three"


def test_a_template_holds_columns():
    assert rule(template="{city}, {land}").apply({"city": "Rosario", "land": "AR"}) == "Rosario, AR"


def test_exactly_one_origin_is_given():
    for options in ({}, {"from": "a", "template": "{a}"}, {"from": "a", "value": "b"}):
        with pytest.raises(ValueError, match="one of from, template and value"):
            rule(**options)


def test_a_value_that_is_not_foreseen_is_refused_skipped_or_kept():
    known = {"from": "sector", "split": ";", "values": {"Agua": "water"}}
    cells = {"sector": "Agua; Aire"}
    assert rule(**known, others="skip").apply(cells) == ["water"]
    assert rule(**known, others="keep").apply(cells) == ["water", "Aire"]
    with pytest.raises(InvalidInput, match="'Aire'"):
        rule(**known).apply(cells)


def test_every_row_may_have_a_value_besides():
    also = rule(**{"from": "topics", "split": ",", "also": ["climate"]})
    assert also.apply({"topics": "water,water"}) == ["water", "climate"]
    assert also.apply({"topics": None}) == ["climate"]


@pytest.mark.parametrize(
    ("text", "formats", "expected"),
    [
        ("30/07/2014", ["%d/%m/%Y"], "2014-07-30"),
        ("07/2014", ["%d/%m/%Y", "%m/%Y"], "2014-07"),
        ("2014", ["%d/%m/%Y", "%Y"], "2014"),
    ],
)
def test_dates_keep_their_precision(text: str, formats: list[str], expected: str):
    assert rule(**{"from": "day", "dates": formats}).apply({"day": text}) == expected


def test_a_date_in_no_expected_form_is_refused():
    with pytest.raises(InvalidInput, match="2014 or so"):
        rule(**{"from": "day", "dates": ["%Y"]}).apply({"day": "2014 or so"})


@pytest.mark.parametrize(
    ("text", "mark", "expected"),
    [("1.234,50 €", ",", "1234.50"), ("1,234.50", ".", "1234.50"), ("1 234", ",", "1234"), ("-5", ".", "-5")],
)
def test_numbers_are_read_with_their_decimal_mark(text: str, mark: str, expected: str):
    assert rule(**{"from": "cost", "decimal": mark}).apply({"cost": text}) == expected


@pytest.mark.parametrize("text", ["about a million", "1,2,3"])
def test_what_is_no_number_is_refused(text: str):
    with pytest.raises(InvalidInput, match="is not a number"):
        rule(**{"from": "cost", "decimal": ","}).apply({"cost": text})


def test_addresses_get_their_scheme_and_broken_ones_are_left_out():
    links = rule(**{"from": "sites", "split": ",", "without": ["..."], "address": True})
    cells = {"sites": "www.example.org, http://example.org/long..., https://example.org"}
    assert links.apply(cells) == ["https://www.example.org", "https://example.org"]


def test_nothing_is_shortened_unless_asked():
    long = "word " * 100
    assert rule(**{"from": "text"}).apply({"text": long}) == long.strip()
    assert rule(**{"from": "text", "shorten": 12}).apply({"text": long}) == "word word…"


@given(TEXT, st.integers(2, 40))
def test_a_shortened_text_fits_and_begins_as_it_did(text: str, limit: int):
    short = rule(**{"from": "text", "shorten": limit}).apply({"text": text})
    assert len(short) <= limit
    assert text.replace("\xa0", " ").strip().startswith(short.removesuffix("…"))


def test_an_empty_field_may_become_something():
    assert rule(**{"from": "text", "otherwise": "unknown"}).apply({"text": "  "}) == "unknown"


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        (2014.0, "2014"),
        (0.5, "0.5"),
        (date(2014, 7, 30), "2014-07-30"),
        (datetime(2014, 7, 30), "2014-07-30"),  # noqa: DTZ001 - a workbook's dates have no time zone
        (True, "True"),
        (None, ""),
    ],
)
def test_cells_become_text_as_a_reader_would_write_it(cell: object, expected: str):
    assert rule(**{"from": "cell"}).apply({"cell": cell}) == expected


def test_records_of_json_stay_records():
    blocks = [{"title": "Volunteers", "kind": "core"}]
    assert rule(**{"from": "blocks"}).apply({"blocks": blocks}) == blocks


# Mappings


MAPPING = ImportMapping.model_validate(
    {
        "collection": "test",
        "key": "id",
        "fields": {"title": "title", "topics": {"from": "topics", "split": ","}},
        "parts": {
            "sources": [
                {
                    "each": {"from": "sites", "split": " "},
                    "title": {"template": "{title}: {each}"},
                    "url": {"from": "each", "address": True},
                    "language": {"value": "es"},
                },
                {"title": "report", "url": "report_address"},
            ]
        },
        "overrides": {"7": {"title": "A better title"}},
        "leave_out": ["note"],
    }
)
CELLS = {"id": 6, "title": "Open streets", "topics": "cycling", "sites": "a.example b.example", "report": "Report"}


def test_a_row_becomes_fields_and_parts():
    row = map_row(TableRow(number=3, cells=CELLS), MAPPING)
    assert (row.number, row.key, row.problems) == (3, "test:6", ())
    assert row.fields == {
        "title": "Open streets",
        "topics": ["cycling"],
        "sources": [
            {"title": "Open streets: a.example", "url": "https://a.example", "language": "es"},
            {"title": "Open streets: b.example", "url": "https://b.example", "language": "es"},
            {"title": "Report"},
        ],
    }


def test_a_part_of_which_nothing_is_told_is_left_out():
    row = map_row(TableRow(number=3, cells={"id": "1", "title": "Open streets"}), MAPPING)
    assert row.fields == {"title": "Open streets"}


def test_what_a_person_has_settled_goes_before_the_rule():
    assert map_row(TableRow(number=3, cells=CELLS | {"id": "7"}), MAPPING).fields["title"] == "A better title"


def test_a_row_without_a_key_is_refused():
    row = map_row(TableRow(number=3, cells=CELLS | {"id": " "}), MAPPING)
    assert [problem.field for problem in row.problems] == ["id"]
    assert not row.fields


def test_all_that_is_wrong_with_a_row_is_told_at_once():
    mapping = ImportMapping.model_validate(
        {
            "collection": "test",
            "key": "id",
            "fields": {
                "started_on": {"from": "start", "dates": ["%Y"]},
                "cost_total": {"from": "cost", "decimal": ","},
            },
        }
    )
    row = map_row(TableRow(number=2, cells={"id": "1", "start": "soon", "cost": "much"}), mapping)
    assert [problem.field for problem in row.problems] == ["started_on", "cost_total"]


@given(st.dictionaries(st.sampled_from(["id", "title", "topics", "sites", "report"]), st.none() | TEXT | st.floats()))
def test_no_row_is_too_odd_to_be_told_apart(cells: dict[str, object]):
    row = map_row(TableRow(number=1, cells=cells), MAPPING)
    assert bool(row.problems) != bool(row.key)


def test_a_mapping_that_is_wrong_names_the_rule(tmp_path: Path):
    path = write(tmp_path / "m.toml", 'collection = "c"\nkey = "id"\n[fields.title]\nfrom = "title"\nhmtl = true\n')
    with pytest.raises(InvalidInput, match=r"m\.toml: fields\.title\.hmtl"):
        read_mapping(path)
    with pytest.raises(InvalidInput, match="cannot be read"):
        read_mapping(write(tmp_path / "m.toml", "key = "))


def test_a_column_the_file_lacks_is_named(tmp_path: Path):
    file = write(tmp_path / "practices.csv", "id,titel\n1,Open streets\n")
    mapping = ImportMapping.model_validate(
        {"collection": "test", "key": "id", "fields": {"title": "title"}, "leave_out": ["titel"]}
    )
    with pytest.raises(InvalidInput, match="does not have: title"):
        survey(file, mapping)


def test_a_column_the_mapping_forgets_is_named(tmp_path: Path):
    file = write(tmp_path / "practices.csv", "id,title,lessons\n1,Open streets,Many\n")
    mapping = ImportMapping.model_validate({"collection": "test", "key": "id", "fields": {"title": "title"}})
    with pytest.raises(InvalidInput, match="these columns: lessons"):
        survey(file, mapping)


# Files


def workbook(path: Path, last_row: str = "") -> Path:
    """A workbook with a text, a date, a number and a formula, whose last value was 42."""
    names = {"sheet1": "Notes", "sheet2": "Practices"}
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    sheets = "".join(f'<sheet name="{name}" sheetId="{n}" r:id="r{n}"/>' for n, name in enumerate(names.values(), 1))
    links = "".join(
        f'<Relationship Id="r{n}" Type="{office}/worksheet" Target="worksheets/{file}.xml"/>'
        for n, file in enumerate(names, 1)
    )
    cells = "".join(
        f'<c r="{column}1" t="inlineStr"><is><t>{name}</t></is></c>'
        for column, name in zip("ABC", ("id", "day", "sum"), strict=True)
    )
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{package}/content-types"><Default Extension="xml" '
        'ContentType="application/xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{package}/relationships"><Relationship Id="r1" '
        f'Type="{office}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{office}"><sheets>{sheets}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{package}/relationships">{links}'
        f'<Relationship Id="r9" Type="{office}/styles" Target="styles.xml"/></Relationships>',
        "xl/styles.xml": f'<styleSheet xmlns="{main}"><cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="14"/>'
        "</cellXfs></styleSheet>",
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{main}"><sheetData/></worksheet>',
        "xl/worksheets/sheet2.xml": f'<worksheet xmlns="{main}"><sheetData><row r="1">{cells}</row><row r="2">'
        '<c r="A2" t="inlineStr"><is><t>one</t></is></c><c r="B2" s="1"><v>41850</v></c>'
        '<c r="C2"><f>HYPERLINK("http://example.org")</f><v>42</v></c></row>'
        f"{last_row}</sheetData></worksheet>",
    }
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in parts.items():
            archive.writestr(name, f'<?xml version="1.0" encoding="UTF-8"?>{text}')
    return path


def test_a_workbook_gives_its_saved_values(tmp_path: Path):
    path = workbook(tmp_path / "practices.xlsx")
    (row,) = rows(path, sheet="Practices")
    assert (row.number, row.cells) == (2, {"id": "one", "day": "2014-07-30", "sum": 42.0})
    with pytest.raises(InvalidInput, match="no sheet 'Praxis'; there are Notes, Practices"):
        rows(path, sheet="Praxis")


def test_a_file_that_only_claims_to_be_a_workbook_is_refused(tmp_path: Path):
    with pytest.raises(InvalidInput, match="cannot be read"):
        rows(write(tmp_path / "practices.xlsx", "id,title"))


def test_a_workbook_packed_so_as_to_fill_the_memory_is_refused(tmp_path: Path):
    path = workbook(tmp_path / "practices.xlsx", last_row='<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>')
    assert path.stat().st_size < 10_000
    with pytest.raises(InvalidInput, match="too large when unpacked"):
        rows(path, sheet="Practices")


def test_a_table_counts_rows_as_a_spreadsheet_does(tmp_path: Path):
    path = write(tmp_path / "practices.csv", '\ufeffid;title\n1;"Two\nlines"\n;\n3;Three\n')
    found = rows(path, delimiter=";")
    assert [(row.number, row.cells) for row in found] == [
        (2, {"id": "1", "title": "Two\nlines"}),
        (4, {"id": "3", "title": "Three"}),
    ]


def test_a_row_longer_than_the_heading_is_refused_and_a_shorter_one_filled(tmp_path: Path):
    found = rows(write(tmp_path / "practices.csv", "id,title\n1,One,stray\n2\n"))
    assert found[0].problem == "It has 3 cells, the heading has 2."
    assert found[1].cells == {"id": "2", "title": ""}


def test_two_columns_of_one_name_are_refused(tmp_path: Path):
    with pytest.raises(InvalidInput, match="Two columns are called title"):
        rows(write(tmp_path / "practices.csv", "title,title\na,b\n"))


def test_another_encoding_can_be_named_and_a_wrong_one_is_told(tmp_path: Path):
    path = tmp_path / "practices.csv"
    path.write_bytes("id,city\n1,Córdoba\n".encode("latin-1"))
    assert rows(path, encoding="latin-1")[0].cells["city"] == "Córdoba"
    with pytest.raises(InvalidInput, match="cannot be read"):
        rows(path)


def test_a_line_that_is_no_json_does_not_stop_the_others(tmp_path: Path):
    lines = [json.dumps({"id": 1}), "{broken", "[1]", "", json.dumps({"id": 5})]
    found = rows(write(tmp_path / "practices.jsonl", "\n".join(lines)))
    assert [(row.number, bool(row.problem)) for row in found] == [(1, False), (2, True), (3, True), (5, False)]


def test_another_kind_of_file_is_refused(tmp_path: Path):
    with pytest.raises(InvalidInput, match=r"only \.csv, \.xlsx, \.jsonl"):
        rows(write(tmp_path / "practices.pdf", "%PDF"))


def test_an_empty_file_has_no_rows(tmp_path: Path):
    mapping = ImportMapping.model_validate({"collection": "test", "key": "id", "fields": {"title": "title"}})
    assert survey(write(tmp_path / "empty.csv", ""), mapping).rows == 0
    assert list(mapped_rows(write(tmp_path / "empty.jsonl", ""), mapping)) == []


def test_a_line_that_cannot_be_read_is_told_of_the_line_and_not_of_the_mapping(tmp_path: Path):
    mapping = ImportMapping.model_validate({"collection": "test", "key": "id", "fields": {"title": "name"}})
    file = write(tmp_path / "broken.jsonl", '{"id": 1, "name"\n')
    assert survey(file, mapping).rows == 1
    (row,) = mapped_rows(file, mapping)
    assert (row.number, row.problems[0].reason[:15]) == (1, "It is not JSON:")


# The documentation

DOCUMENT = Path(__file__).parents[5] / "docs/tools/practices.md"


def test_the_mapping_in_the_documentation_is_one(tmp_path: Path):
    (example,) = re.findall(r"^```toml\n(.*?)^```", DOCUMENT.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    mapping = read_mapping(write(tmp_path / "mapping.toml", example))
    heading = "id;internal_note;name;abstract;municipality;country;state;reason;start;sectors;budget;links"
    line = "17;x;Calles;<p>Sin coches</p>;Funes;AR;En marcha;;30/07/2014;Agua;1.000,50;a.example b.example/..."
    (row,) = mapped_rows(write(tmp_path / "cases.csv", f"{heading}\n{line}\n"), mapping)
    assert not row.problems
    assert row.fields == {
        "title": "Calles",
        "one_line": "Sin coches",
        "summary": "Sin coches",
        "language": "es",
        "city": "Rosario, AR",
        "status": "running",
        "started_on": "2014-07-30",
        "topics": ["water"],
        "cost_total": "1000.50",
        "cost_currency": "EUR",
        "sources": [{"title": "Calles", "url": "https://a.example"}],
    }


def test_the_documentation_names_every_option_and_field():
    text = DOCUMENT.read_text("utf-8")
    options = {field.alias or name for name, field in Rule.model_fields.items()}
    missing = [name for name in {*options, *PracticeInput.model_fields} if not re.search(rf"\b{name}\b", text)]
    assert not missing
