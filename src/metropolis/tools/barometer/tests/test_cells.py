"""Tables as spreadsheets leave them: numbers for codes, decimal commas, other encodings, words for nothing."""

from pathlib import Path

import pytest
import xlsxwriter

from metropolis.engine_kit import InvalidInput
from metropolis.tools.barometer.engine import check, read_data, read_framework, read_sheet


def workbook(path: Path, rows: list[list[str | float]]) -> Path:
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
    return path


def test_whole_numbers_of_a_workbook_are_codes_without_a_point(tmp_path: Path):
    meta = read_framework(workbook(tmp_path / "iMeta.xlsx", [["iCode", "Parent"], [1, 10], [2, 10], [10, ""]]))
    assert [node.code for node in meta.framework.nodes] == ["1", "2", "10"]
    data = read_data(workbook(tmp_path / "iData.xlsx", [["uCode", "1", "2"], [103, 1, 2.5], [104, 3, 4]]), meta)
    assert data.units == ("103", "104")
    assert data.values.tolist() == [[1, 2.5], [3, 4]]


def test_a_long_table_names_the_row_without_a_unit(tmp_path: Path):
    path = tmp_path / "iData.csv"
    path.write_text("uCode,iCode,value\nX,a,1\n,a,3\n")
    with pytest.raises(InvalidInput, match="row 3, column uCode: it is empty"):
        read_data(path)


META = "iCode;Parent;Weight\na;i;0,5\nb;i;1\ni;;\n"


def test_decimal_commas_between_semicolons_are_decimals(tmp_path: Path):
    (tmp_path / "iMeta.csv").write_text(META)
    meta = read_framework(tmp_path / "iMeta.csv")
    assert meta.framework.by_code["a"].weight == 0.5
    path = tmp_path / "iData.csv"
    path.write_text("uCode;uName;a;b\nX;1,5;2,5;-10,25\nY;Oslo;3;4\n")
    data = read_data(path, meta)
    assert data.values.tolist() == [[2.5, -10.25], [3, 4]]
    assert data.names == ("1,5", "Oslo"), "a text stays as it is"
    assert read_data(path).columns == ("a", "b")
    assert read_sheet(path, meta).values.tolist() == data.values.tolist()
    path.write_text("uCode;iCode;value\nX;a;2,5\nX;b;1\n")
    assert read_data(path, meta).values.tolist() == [[2.5, 1]]


def test_commas_beside_points_are_refused_with_the_cause_and_nothing_untrue_is_said(tmp_path: Path):
    (tmp_path / "iMeta.csv").write_text(META)
    meta = read_framework(tmp_path / "iMeta.csv")
    path = tmp_path / "iData.csv"
    path.write_text("uCode;a;b\nX;2,5;1.234\nY;3,5;4\n")
    with pytest.raises(InvalidInput, match="row 2, column a: '2,5' is not a number: decimals are written with a point"):
        read_data(path, meta)
    findings = check(read_sheet(path, meta), meta).of("error")
    assert [(one.code, one.perhaps) for one in findings] == [("not-a-number", ("2.5",)), ("not-a-number", ("3.5",))]
    path.write_text('uCode,a,b\nX,"2,5",1\nY,3,4\n')
    with pytest.raises(InvalidInput, match="'2,5' is not a number"):
        read_data(path, meta)


def test_utf_16_is_read_and_other_encodings_are_refused_with_what_to_do(tmp_path: Path):
    path = tmp_path / "iData.csv"
    text = "uCode\tuName\ta\nQUE\tQuébec\t1\n"
    path.write_bytes(text.encode("utf-16"))
    assert read_data(path).names == ("Québec",)
    path.write_bytes(text.encode("windows-1252"))
    with pytest.raises(InvalidInput, match="is not in UTF-8: save it as CSV UTF-8"):
        read_data(path)


def test_words_for_nothing_in_spreadsheets_are_nothing_and_underscores_make_no_number(tmp_path: Path):
    path = tmp_path / "iData.csv"
    path.write_text("uCode,a\nX,1\nY,#N/A\nZ,—\nV,.\n")
    assert read_data(path).values.ravel().tolist()[1:] == pytest.approx([float("nan")] * 3, nan_ok=True)
    (tmp_path / "iMeta.csv").write_text("iCode,Parent\na,i\ni,\n")
    path.write_text("uCode,a\nX,1_000\n")
    with pytest.raises(InvalidInput, match="'1_000' is not a number"):
        read_data(path, read_framework(tmp_path / "iMeta.csv"))
