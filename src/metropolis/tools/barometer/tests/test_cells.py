"""Tables as spreadsheets leave them: numbers for codes, decimal commas, other encodings, words for nothing."""

from pathlib import Path

import pytest
import xlsxwriter

from metropolis.engine_kit import InvalidInput
from metropolis.tools.barometer.engine import read_data, read_framework


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
