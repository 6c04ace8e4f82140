"""The dry run: what a file would change, and everything that is wrong in it, by row and cell; nothing is written."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
import xlwt
from sqlalchemy import func, select

from hub.db import Database
from master_data.exchange import errors
from master_data.exchange.checking import dry_run
from master_data.exchange.findings import Finding
from master_data.proposals import Means
from master_data.seeds import take_over
from master_data.spelling import Spellings, SystemSpelling
from master_data.tables import changes
from tests.master_data.conftest import make_material
from tests.master_data.exchange.conftest import HEADER, checked, codes_at, rows_of

Write = Callable[..., Path]
DAY = datetime(2026, 3, 4, tzinfo=UTC).replace(tzinfo=None)   # workbooks know no zones


async def test_a_row_is_new_changed_or_no_change(dictionary: Database, xlsx: Write) -> None:
    lines = (("M-1", "物料M-1", "raw", "KGM", None), ("M-2", "新名", None, None, "E2"), ("M-3", "阀", "raw", "KGM", "E3;E4"))
    report = await checked(dictionary, xlsx(*lines))
    assert [row.verdict for row in report] == ["unchanged", "changed", "new"]
    assert [change["action"] for change in rows_of(report)[3].changes] == ["change_code", "add_cross_reference"]
    assert [change.get("local_code") for change in rows_of(report)[4].changes] == [None, "E3", "E4"]


async def test_a_dry_run_writes_nothing(dictionary: Database, xlsx: Write) -> None:
    await checked(dictionary, xlsx(("M-3", "阀", "raw", "KGM", "E3")))
    async with dictionary.read() as session:
        assert (await session.execute(select(func.count()).select_from(changes))).scalar() == 1


HEADERS = [
    ("物料编码", "中文名称", "物料类别", "基本单位"),
    ("Material code", "Chinese name", "Type", "Base unit"),
    ("code", "zh", "type", "base_unit"),
    ("* 物料编码 / Material code", "中文名称 /Chinese name", " TYPE ", "Ｂase unit"),
]


@pytest.mark.parametrize("header", HEADERS, ids=["zh", "en", "names", "both"])
async def test_headers_are_known_in_either_language_or_by_name(dictionary: Database, xlsx: Write, header: tuple[str, ...]) -> None:
    report = await checked(dictionary, xlsx(("M-3", "阀", "raw", "KGM"), header=header))
    assert report.verdicts == {"new": 1} and not report.notices


async def test_columns_stand_in_any_order_below_a_title_and_merged_headers(dictionary: Database, xlsx: Write) -> None:
    def change(sheet: Any) -> None:
        sheet.merge_cells("A1:D1")
        sheet.merge_cells("A2:A3")
        sheet.merge_cells("C2:D2")

    headers = (("物料清单", None, None, None), ("编码", "单位", "名称", None), (None, "基本单位", "中文", "英文"))
    path = xlsx(*headers, ("M-3", "KGM", "阀", "Valve"), header=None, change=change)
    created = rows_of(await checked(dictionary, path))[4]
    assert created.code == "M-3"
    assert [finding.facts["attribute"] for finding in created.findings] == ["type"], "names and unit are read from the merged header"


async def test_a_second_header_row_in_the_other_language_is_no_data(dictionary: Database, xlsx: Write) -> None:
    lines = (("编码", "名称", "物料类别", "基本单位"), ("Code", "Name", "Type", "Base unit"), ("M-3", "阀", "raw", "KGM"))
    assert (await checked(dictionary, xlsx(*lines, header=None))).verdicts == {"new": 1}


async def test_an_unknown_column_is_told_with_its_place(dictionary: Database, xlsx: Write) -> None:
    report = await checked(dictionary, xlsx(("M-1", "物料M-1", "x"), header=("编码", "名称", "颜色")))
    assert [(notice.code, notice.facts["place"], notice.facts["header"]) for notice in report.notices] == [("column-unknown", "C1", "颜色")]
    assert report.verdicts == {"unchanged": 1}


EXCEL: list[tuple[int, Any, str, str]] = [
    (4, DAY, "yyyy-mm-dd", "cell-date"),
    (0, DAY, "m/d", "cell-date"),
    (4, 1.2e15, "0.00E+00", "cell-scientific"),
    (4, 12345678901234567890, "General", "cell-digits-lost"),
    (4, 1.5, "General", "cell-number"),
    (4, True, "General", "cell-not-text"),
    (0, "M\u200b-3", "@", "cell-invisible"),
    (0, "Ｍ-3", "@", "cell-full-width"),
    (0, " M-3", "@", "cell-blanks"),
    (4, "1.23457E+15", "@", "cell-scientific"),
    (4, "3月4日", "@", "cell-date-text"),
    (4, "4-Mar", "@", "cell-date-text"),
    (1, "=cmd|' /C calc'!A0", "@", "cell-formula-refused"),
    (4, 'a"b";"c', "@", "cell-quotes"),
    (1, "#N/A", "General", "cell-error"),
]


@pytest.mark.parametrize(("column", "value", "format_", "code"), EXCEL, ids=lambda each: str(each)[:20])
async def test_what_excel_or_a_keyboard_did_is_found_in_its_cell(
    dictionary: Database, xlsx: Write, column: int, value: Any, format_: str, code: str
) -> None:
    def change(sheet: Any) -> None:
        cell = sheet.cell(2, column + 1, value)
        cell.number_format = format_
        if isinstance(value, str) and value.startswith("="):
            cell.data_type = "s"
        if value == "#N/A":
            cell.data_type = "e"

    report = await checked(dictionary, xlsx(["M-3", "阀", "raw", "KGM", "E3"], change=change))
    assert codes_at(report, 2, column) == [code]
    assert report.refused == 1


async def test_lost_zeros_are_seen_by_the_neighbours(dictionary: Database, xlsx: Write) -> None:
    lines = [("M-1", "0010"), ("M-2", "0011"), ("M-1", 12)]
    report = await checked(dictionary, xlsx(*lines, header=("编码", "本地编码 erp")))
    assert [(finding.code, finding.facts["padded"]) for finding in rows_of(report)[4].findings if finding.column == 1] == [
        ("cell-zeros-lost", "0012")
    ]


async def test_lost_zeros_are_seen_by_what_the_dictionary_has(stocked: Database, xlsx: Write) -> None:
    report = await checked(stocked, xlsx((7, "新部门"), ("001", "部门1"), header=("编码", "名称")), "department")
    assert codes_at(report, 2, 0) == ["cell-zeros-lost"]
    assert rows_of(report)[3].verdict == "unchanged"


async def test_zeros_that_are_only_format_are_read_as_they_are_seen(stocked: Database, xlsx: Write) -> None:
    def change(sheet: Any) -> None:
        sheet["A2"].number_format = "000"

    assert (await checked(stocked, xlsx((1, "部门1"), header=("编码", "名称"), change=change), "department")).verdicts == {"unchanged": 1}


async def test_a_code_that_looks_like_a_date_but_is_in_the_dictionary_is_no_fault(dictionary: Database, text: Write) -> None:
    await take_over(dictionary, [make_material("2026/3/4")], by="go-live")
    path = text(("2026/3/4", "物料2026/3/4", "raw", "KGM", ""), ("2026/3/5", "x", "raw", "KGM", ""))
    assert [row.verdict for row in await checked(dictionary, path)] == ["unchanged", "refused"]


async def test_a_formula_is_taken_by_its_last_value_and_told(dictionary: Database, tmp_path: Path) -> None:
    from tests.master_data.exchange.raw import workbook_of

    cells = (
        '<c r="A2" t="str"><f>B9&amp;"-3"</f><v>M-3</v></c><c r="B2" t="str"><f>X1</f></c>'
        "<c r=\"C2\" t=\"str\"><f>cmd|'/C calc'!A0</f><v>1</v></c>"
    )
    path = workbook_of(tmp_path / "f.xlsx", f'<row r="2">{cells}</row>', ("编码", "名称", "物料类别"))
    report = await checked(dictionary, path)
    row = rows_of(report)[2]
    assert row.code == "M-3"
    assert [(each.column, each.code, each.grave) for each in row.findings if each.code.startswith("cell")] == [
        (0, "cell-formula", False), (1, "cell-formula-empty", True), (2, "cell-formula-refused", True),
    ]  # fmt: skip


async def test_the_same_code_twice_is_told_at_each_with_the_other(dictionary: Database, xlsx: Write) -> None:
    report = await checked(dictionary, xlsx(("M-3", "a", "raw", "KGM"), ("M-4", "b", "raw", "KGM"), ("m-3", "c", "raw", "KGM")))
    twice = {row.row: [each.facts["rows"] for each in row.findings if each.code == "code-twice"] for row in report}
    assert twice == {2: ["4"], 3: [], 4: ["2"]}


async def test_what_the_kind_refuses_is_told_at_the_field(dictionary: Database, xlsx: Write) -> None:
    report = await checked(dictionary, xlsx(("m 3", None, "metal", "QQQ"), ("M-1", None, None, "TNE;x")))
    assert [(each.column, each.code) for each in rows_of(report)[2].findings] == [
        (0, "code-rule-broken"), (1, "name-rule-broken"), (2, "attribute-wrong"), (3, "no-such-code"),
    ]  # fmt: skip
    assert [(each.column, each.code) for each in rows_of(report)[3].findings] == [(3, "no-such-code")]


async def test_a_missing_mandatory_attribute_without_a_column_is_told_at_the_code(dictionary: Database, xlsx: Write) -> None:
    report = await checked(dictionary, xlsx(("M-3", "阀"), header=("编码", "名称")))
    assert [(each.column, each.code, each.facts["attribute"]) for each in rows_of(report)[2].findings] == [
        (0, "attribute-missing", "type"), (0, "attribute-missing", "base_unit"),
    ]  # fmt: skip


async def test_a_local_code_that_means_something_else_is_refused_with_both_named(stocked: Database, xlsx: Write) -> None:
    lines = (("M-1", None, None, None, "01.002"), ("M-3", "a", "raw", "KGM", "E;F"), ("M-4", "b", "raw", "KGM", "F"))
    report = await checked(stocked, xlsx(*lines))
    first, third = rows_of(report)[2].findings[0], rows_of(report)[4].findings[0]
    assert (first.code, first.facts["there"], first.facts["wanted"]) == ("cross-reference-collision", "M-2", "M-1")
    assert (third.code, third.facts["there"], third.facts["row"]) == ("local-twice", "M-3", "3")


async def test_a_local_code_that_is_left_out_stays_and_is_told(stocked: Database, xlsx: Write) -> None:
    report = await checked(stocked, xlsx(("M-2", None, None, None, "01.002")))
    assert rows_of(report)[2].verdict == "unchanged"
    assert [(each.code, each.facts["local"], each.grave) for each in rows_of(report)[2].findings] == [("local-left-out", "02.002", False)]


async def test_clearing_is_said_and_not_left_empty(stocked: Database, xlsx: Write) -> None:
    report = await checked(stocked, xlsx(("M-2", "", "（清空）", "", "(clear)"), ("(clear)", "x")))
    assert [change["action"] for change in rows_of(report)[2].changes] == [], "a mandatory attribute cannot be emptied"
    assert codes_at(report, 2, 2) == ["attribute-missing"]
    assert codes_at(report, 3, 0) == ["not-cleared"]
    ended = await checked(stocked, xlsx(("M-2", None, None, None, "(clear)")))
    assert [change["local_code"] for change in rows_of(ended)[2].changes] == ["01.002", "02.002"]


async def test_blanks_in_local_codes_count_unless_the_system_says_otherwise(dictionary: Database, xlsx: Write) -> None:
    path = xlsx(("M-1", None, None, None, "a1; b2"))
    assert codes_at(await checked(dictionary, path), 2, 4) == ["cell-blanks"]
    means = Means(spellings=Spellings.of(SystemSpelling(system="erp", trim=True, fold=True)))
    report = await dry_run(dictionary, path, "material", means=means)
    assert [change["local_code"] for change in rows_of(report)[2].changes] == ["A1", "B2"]


async def test_a_day_is_midnight_in_the_plants_zone(dictionary: Database, xlsx: Write) -> None:
    path = xlsx(("M-1", "2026/3/4"), ("M-2", DAY), header=("编码", "生效日期"))
    report = await checked(dictionary, path, zone=timezone(timedelta(hours=8)))
    begins = [datetime.fromisoformat(row.changes[0]["valid_from"]).astimezone(UTC) for row in report]
    assert begins == [datetime(2026, 3, 3, 16, tzinfo=UTC)] * 2


async def test_validity_that_ends_before_it_begins_is_told(dictionary: Database, xlsx: Write) -> None:
    report = await checked(dictionary, xlsx(("M-1", "2026-03-04", "2026-03-03"), header=("编码", "生效日期", "失效日期")))
    assert codes_at(report, 2, 2) == ["window-turned"]


async def test_a_status_moves_only_as_it_may(dictionary: Database, xlsx: Write) -> None:
    header = ("编码", "名称", "状态", "物料类别", "基本单位")
    lines = (
        ("M-1", "", "冻结"), ("M-2", "", "draft"), ("M-3", "a", "作废", "raw", "KGM"), ("M-4", "a", "blocked", "raw", "KGM"),
        ("M-5", "a", "草稿"),
    )  # fmt: skip
    report = await checked(dictionary, xlsx(*lines, header=header))
    assert [row.verdict for row in report] == ["changed", "refused", "refused", "new", "new"]
    assert codes_at(report, 3, 2) == ["status-change-not-allowed"] and codes_at(report, 4, 2) == ["new-obsolete"]
    assert [change["action"] for change in rows_of(report)[5].changes] == ["create_code", "change_code"]
    assert rows_of(report)[6].changes[0]["status"] == "draft", "a draft may lack what is mandatory"


async def test_a_row_without_a_code_is_told_and_an_empty_one_is_none(dictionary: Database, xlsx: Write) -> None:
    report = await checked(dictionary, xlsx((None, "阀"), (None, None), ("M-1", None)))
    assert {number: row.verdict for number, row in rows_of(report).items()} == {2: "refused", 4: "unchanged"}
    assert codes_at(report, 2, 0) == ["code-missing"]


async def test_a_system_or_organisation_that_is_not_there_is_refused(dictionary: Database, xlsx: Write) -> None:
    with pytest.raises(errors.SystemUnknown):
        await checked(dictionary, xlsx(("M-1", "x"), header=("编码", "本地编码 eRP9")), systems=["erp"])
    with pytest.raises(Exception, match="P9"):
        await checked(dictionary, xlsx(("M-1", "x"), header=("编码", "本地编码 erp/P9")))


async def test_two_sheets_with_the_same_header_are_asked_about_or_both_taken(dictionary: Database, xlsx: Write) -> None:
    def change(sheet: Any) -> None:
        other = sheet.parent.create_sheet("第二页")
        other.append(list(HEADER))
        other.append(["M-4", "b", "raw", "KGM"])

    path = xlsx(("M-3", "a", "raw", "KGM"), change=change)
    with pytest.raises(errors.SheetsAlike, match="第二页"):
        await checked(dictionary, path)
    both = await checked(dictionary, path, sheets=["Sheet", "第二页"])
    assert both.verdicts == {"new": 2} and [notice.code for notice in both.notices] == ["sheets-taken"]
    one = await checked(dictionary, path, sheets=["第二页"])
    assert [row.code for row in one] == ["M-4"] and [notice.code for notice in one.notices] == ["sheets-left-out"]
    with pytest.raises(errors.NoSuchSheet):
        await checked(dictionary, path, sheets=["第三页"])


@pytest.mark.parametrize(("encoding", "delimiter"), [("utf-8", ","), ("utf-8-sig", ";"), ("gbk", ","), ("gb18030", "\t"), ("utf-16", "\t")])
async def test_a_csv_is_read_in_its_encoding_and_with_its_delimiter(
    dictionary: Database, text: Write, encoding: str, delimiter: str
) -> None:
    path = text(("M-1", "物料M-1", "raw", "KGM", ""), ("M-3", "阀,门", "raw", "KGM", '="007"'), encoding=encoding, delimiter=delimiter)
    report = await checked(dictionary, path)
    assert [row.verdict for row in report] == ["unchanged", "new"]
    assert rows_of(report)[3].changes[1]["local_code"] == "007"


async def test_an_xls_is_read_with_formulas_dates_and_merged_cells(dictionary: Database, tmp_path: Path) -> None:
    book = xlwt.Workbook()
    sheet = book.add_sheet("S")
    sheet.write_merge(0, 0, 0, 4, "清单")
    for column, header in enumerate(HEADER):
        sheet.write(1, column, header)
    for column, value in enumerate(("M-3", "阀", "raw", "KGM")):
        sheet.write(2, column, value)
    sheet.write(2, 4, DAY, xlwt.easyxf(num_format_str="YYYY-MM-DD"))
    sheet.write(3, 0, "M-1")
    sheet.write(3, 1, xlwt.Formula("1+2"))
    book.save(str(tmp_path / "old.xls"))
    report = await checked(dictionary, tmp_path / "old.xls")
    assert codes_at(report, 3, 4) == ["cell-date"]
    assert codes_at(report, 4, 1) == ["cell-formula-empty"]


async def test_every_sentence_of_a_finding_is_there_in_both_languages(dictionary: Database, xlsx: Write) -> None:
    report = await checked(dictionary, xlsx(("m 3", None, "metal", "QQQ"), ("Ｍ", None, None, None, "3月4日")))
    findings: list[Finding] = [finding for row in report for finding in row.findings]
    assert len(findings) >= 6
    for finding in findings:
        for language in ("zh", "en"):
            said = finding.text(language)
            assert said.startswith(f"[{finding.code}] ") and "{" not in said and len(said) > len(finding.code) + 10
