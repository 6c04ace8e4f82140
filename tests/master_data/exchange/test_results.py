"""The result of a dry run: the same file with what was found in its cells, and nothing else changed."""

from __future__ import annotations

import csv
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.chart import BarChart, Reference
from openpyxl.comments import Comment
from openpyxl.formatting.rule import CellIsRule
from openpyxl.styles import Font, PatternFill
from openpyxl.worksheet.datavalidation import DataValidation

from hub.db import Database
from master_data.exchange import errors
from master_data.exchange.marking import mark
from master_data.exchange.reading import read_file
from master_data.exchange.styles import GRAVE, TOLD
from master_data.exchange.templates import make_template
from tests.master_data.exchange.conftest import HEADER, checked
from tests.master_data.exchange.raw import workbook_of
from tests.master_data.exchange.test_bad_files import old_workbook

Write = Callable[..., Path]
LINES = (("M-1", "物料M-1", "raw", "KGM", None), ("m 3", "阀", "metal", "KGM", None), ("M-4", None, "raw", "QQQ", "=1+1"))


def marks(path: Path, sheet: int = 0) -> dict[str, str]:
    """The marked cells: place and colour."""
    cells = (cell for row in load_workbook(path).worksheets[sheet].iter_rows() for cell in row)
    return {cell.coordinate: cell.fill.fgColor.rgb for cell in cells if cell.fill.fgColor.rgb in (GRAVE, TOLD)}


async def test_errors_stand_in_their_cells_with_a_note_in_the_chosen_language(dictionary: Database, xlsx: Write, tmp_path: Path) -> None:
    report = await checked(dictionary, xlsx(*LINES))
    for language, word in (("zh", "不符合编码规则"), ("en", "breaks the code rule")):
        out = mark(report, tmp_path / f"{language}.xlsx", language=language)
        assert marks(out) == {"A3": GRAVE, "C3": GRAVE, "B4": GRAVE, "D4": GRAVE, "E4": GRAVE}
        sheet = load_workbook(out).worksheets[0]
        assert word in sheet["A3"].comment.text
        assert all(sheet[place].comment for place in marks(out))


async def test_the_summary_counts_and_lists_everything(dictionary: Database, xlsx: Write, tmp_path: Path) -> None:
    out = mark(await checked(dictionary, xlsx(*LINES)), tmp_path / "out.xlsx", language="zh")
    rows = list(load_workbook(out)["导入检查结果"].iter_rows(values_only=True))
    told = dict(row[:2] for row in rows[:6])
    assert (told["行数"], told["无变化"], told["有错误"]) == ("3", "1", "2")
    assert [row[2] for row in rows if row[0] == "Sheet"] == ["A3", "C3", "E4", "B4", "D4"]


def rich(sheet: Any) -> None:
    """What people have in their workbooks."""
    sheet["A2"].font, sheet["B3"].fill = Font(bold=True, color="FF0000FF"), PatternFill("solid", fgColor="FF00FF00")
    sheet["A3"].number_format, sheet["A3"].font = "@", Font(italic=True)
    sheet["B2"].comment = Comment("看一下", "王")
    sheet["C3"].comment = Comment("自己的备注", "王")
    sheet["H1"], sheet["H2"] = 3, "=H1*2"
    sheet["G2"] = datetime(2026, 3, 4, tzinfo=UTC).replace(tzinfo=None)
    sheet.merge_cells("J1:K2")
    sheet.freeze_panes, sheet.auto_filter.ref = "B2", "A1:E4"
    sheet.column_dimensions["B"].width = 33
    sheet.conditional_formatting.add("A1:A9", CellIsRule("equal", ["1"], font=Font(bold=True)))
    choice = DataValidation("list", formula1='"raw,semi"')
    choice.add("C2:C9")
    sheet.add_data_validation(choice)
    chart = BarChart()
    chart.add_data(Reference(sheet, min_col=8, min_row=1, max_row=2))
    sheet.add_chart(chart, "M2")
    other = sheet.parent.create_sheet("别的")
    other["A1"] = "不动"
    other["A1"].fill = PatternFill("solid", fgColor="FF123456")


async def test_everything_else_in_the_workbook_stays(dictionary: Database, xlsx: Write, tmp_path: Path) -> None:
    source = xlsx(*LINES, change=rich)
    out = mark(await checked(dictionary, source), tmp_path / "out.xlsx")
    before, after = load_workbook(source), load_workbook(out)
    assert after.sheetnames == [*before.sheetnames, "导入检查结果"]
    marked = marks(out)
    for name in before.sheetnames:
        for row in before[name].iter_rows():
            for cell in row:
                same = after[name][cell.coordinate]
                assert looks(same) == looks(cell)
                if name != "Sheet" or cell.coordinate not in marked:
                    assert repr(same.fill) == repr(cell.fill)
    one, other = before.worksheets[0], after.worksheets[0]
    assert other["B2"].comment.text == "看一下" and other["C3"].comment.text == "自己的备注", "somebody's own note stays, alone"
    assert (other.freeze_panes, other.auto_filter.ref) == (one.freeze_panes, one.auto_filter.ref)
    assert other.merged_cells.ranges == one.merged_cells.ranges
    assert other.column_dimensions["B"].width == 33 and len(other._charts) == 1
    assert len(other.conditional_formatting) == 1 and len(other.data_validations.dataValidation) == 1
    assert untouched_parts(source, out) >= {"xl/worksheets/sheet2.xml", "xl/charts/chart1.xml", "xl/theme/theme1.xml"}


def looks(cell: Any) -> tuple[Any, ...]:
    return cell.value, cell.number_format, repr(cell.font), repr(cell.border), repr(cell.alignment)


def untouched_parts(source: Path, out: Path) -> set[str]:
    with zipfile.ZipFile(source) as one, zipfile.ZipFile(out) as other:
        return {name for name in one.namelist() if one.read(name) == other.read(name)}


async def test_the_bytes_of_what_is_not_marked_are_the_same(dictionary: Database, tmp_path: Path) -> None:
    rows = '<row r="2" spans="1:3"  ht="20"><c  r="A2" t="inlineStr" foo="1"><is><t>M-1</t></is></c></row><row r="9"/>'
    source = workbook_of(tmp_path / "raw.xlsx", rows, ("编码", "名称"))
    mark(await checked(dictionary, source), tmp_path / "out.xlsx")
    assert "xl/worksheets/sheet1.xml" in untouched_parts(source, tmp_path / "out.xlsx")


@pytest.mark.parametrize("prefix", ["", "x"])
async def test_a_workbook_without_styles_or_with_prefixes_is_marked_with_notes(dictionary: Database, tmp_path: Path, prefix: str) -> None:
    rows = "<row><c t=\"inlineStr\"><is><t>m 1</t></is></c></row>"
    out = mark(await checked(dictionary, workbook_of(tmp_path / "raw.xlsx", rows, ("编码", "名称"), prefix)), tmp_path / "out.xlsx")
    sheet = load_workbook(out).worksheets[0]
    assert "code-rule-broken" in sheet["A2"].comment.text and "name-rule-broken" in sheet["B2"].comment.text


async def test_a_corrected_result_comes_back_without_the_old_marks(dictionary: Database, xlsx: Write, tmp_path: Path) -> None:
    first = mark(await checked(dictionary, xlsx(*LINES, change=rich)), tmp_path / "first.xlsx")
    book = load_workbook(first)
    sheet = book.worksheets[0]
    sheet["A3"], sheet["C3"], sheet["E4"] = "M-3", "semi", None
    book.save(tmp_path / "corrected.xlsx")
    report = await checked(dictionary, tmp_path / "corrected.xlsx")
    assert [notice.code for notice in report.notices] == ["column-unknown", "sheets-left-out"]
    second = mark(report, tmp_path / "second.xlsx", language="en")
    assert {place: colour for place, colour in marks(second).items() if colour == GRAVE} == {"B4": GRAVE, "D4": GRAVE}
    book = load_workbook(second)
    assert book.sheetnames == ["Sheet", "别的", "导入检查结果"]
    assert book.worksheets[0]["A3"].comment is None and book.worksheets[0]["B2"].comment.text == "看一下"
    assert book.worksheets[0]["A3"].font.italic and book.worksheets[0]["B3"].fill.fgColor.rgb == "FF00FF00"
    third = mark(await checked(dictionary, second), tmp_path / "third.xlsx")
    assert len(load_workbook(third)._cell_styles) == len(load_workbook(second)._cell_styles), "a result that goes round does not grow"


async def test_a_template_with_its_own_notes_is_marked(dictionary: Database, tmp_path: Path) -> None:
    await make_template(dictionary, "material", tmp_path / "t.xlsx")
    book = load_workbook(tmp_path / "t.xlsx")
    book.worksheets[0]["A2"] = "m 1"
    book.save(tmp_path / "t.xlsx")
    sheet = load_workbook(mark(await checked(dictionary, tmp_path / "t.xlsx"), tmp_path / "out.xlsx")).worksheets[0]
    assert "code-rule-broken" in sheet["A2"].comment.text
    assert sheet["A1"].comment.text and sheet["A2"].comment.author != sheet["A1"].comment.author


async def test_a_file_that_was_changed_after_the_check_is_not_marked(dictionary: Database, xlsx: Write, tmp_path: Path) -> None:
    report = await checked(dictionary, xlsx(*LINES))
    xlsx(*LINES[:2])
    with pytest.raises(errors.FileChanged):
        mark(report, tmp_path / "out.xlsx")


@pytest.mark.parametrize("encoding", ["utf-8", "gbk"])
async def test_a_csv_comes_back_with_two_more_columns(dictionary: Database, text: Write, tmp_path: Path, encoding: str) -> None:
    lines = (("M-1", "物料M-1", "raw", "KGM"), ("m 3", "阀,门", "raw", "KGM", ""))
    report = await checked(dictionary, text(*lines, encoding=encoding, delimiter=";"))
    out = mark(report, tmp_path / "out.csv", language="zh")
    with out.open(encoding="utf-8-sig" if encoding == "utf-8" else "gb18030", newline="") as file:
        rows = list(csv.reader(file, delimiter=";"))
    assert rows[0] == [*HEADER, "结论", "说明"]
    assert rows[1] == ["M-1", "物料M-1", "raw", "KGM", "", "无变化", ""]
    assert rows[2][:6] == ["m 3", "阀,门", "raw", "KGM", "", "有错误"] and "[code-rule-broken]" in rows[2][6]


async def test_an_xls_comes_back_as_xlsx_with_its_values(dictionary: Database, tmp_path: Path) -> None:
    import xlwt

    book = xlwt.Workbook()
    sheet = book.add_sheet("S")
    for row, line in enumerate((("清单",), (), ("编码", "名称", "数"), ("m 1", "=1+1", 2.5))):
        for column, value in enumerate(line):
            sheet.write(row, column, value)
    book.save(str(tmp_path / "old.xls"))
    out = mark(await checked(dictionary, tmp_path / "old.xls"), tmp_path / "out.xls")
    assert out.suffix == ".xlsx" and marks(out)["A4"] == GRAVE
    values = [[cell.value for cell in row] for row in load_workbook(out).worksheets[0].iter_rows()]
    assert values[3][:3] == ["m 1", "=1+1", 2.5]
    assert list(read_file(out).tables[0])[2][1][1] == "=1+1", "a text, no formula"


def test_an_old_workbook_is_one(tmp_path: Path) -> None:
    assert read_file(old_workbook(tmp_path / "a.xls")).form == "xls"
    assert Workbook().active is not None
