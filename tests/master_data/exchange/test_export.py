"""Export and templates: what goes out comes back as no change, and never as a formula."""

from __future__ import annotations

import csv
import tempfile
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from hub.db import Database
from master_data.exchange.reading import read_file
from master_data.exchange.states import Filters
from master_data.exchange.templates import make_template
from master_data.exchange.writing import export_codes
from master_data.proposed import AddCrossReference, ChangeCode, CreateCode, EndCrossReference, RetireCode
from master_data.seeds import take_over
from tests.master_data.conftest import agree, make_material, make_reference
from tests.master_data.exchange.conftest import checked

CHINA = timezone(timedelta(hours=8))


def codes_in(path: Path) -> list[str]:
    return [str(cells[0]) for number, cells in read_file(path).tables[0] if number > 1]


@pytest.fixture
async def full(dictionary: Database) -> Database:
    """Codes with everything that a code can have."""
    await take_over(
        dictionary,
        [
            CreateCode(
                kind="material", code="0M-1", zh="=abs(1) + @x", en="-40 valve", organisations=("P1", "P2"),
                attributes={"type": "raw", "base_unit": "KGM", "spec": "+5V", "drawing": "@D-1", "sellable": True, "dual_unit": False,
                            "shelf_life_days": 30, "class": "0101", "brand": "'=x"},
                valid_from=datetime(2026, 1, 31, 16, tzinfo=UTC), valid_to=datetime(2027, 1, 1, 4, 30, tzinfo=UTC),
            ),
            make_reference("A;1", "M-1"), make_reference(" b ", "M-1"), make_reference('["P1","红"]', "M-1"), make_reference('q"', "M-2"),
            make_reference("=1+1", "M-2", organisation="P1"), make_reference("=2", "M-2", system="mes"),
            AddCrossReference(kind="material", system="mes", local_code="x", code="M-1", state="unaudited"),
        ],
        by="go-live",
    )  # fmt: skip
    await agree(dictionary, RetireCode(kind="material", code="M-2"))
    return dictionary


@pytest.mark.parametrize("ending", ["xlsx", "csv"])
@pytest.mark.parametrize("kind", ["material", "unit", "organisation"])
async def test_an_export_comes_back_as_no_change(full: Database, tmp_path: Path, ending: str, kind: str) -> None:
    out = tmp_path / f"all.{ending}"
    count = await export_codes(full, kind, out, zone=CHINA)
    report = await checked(full, out, kind, zone=CHINA)
    assert count == report.rows > 1
    assert report.verdicts == {"unchanged": count}, [(row.code, row.findings, row.changes) for row in report if row.verdict != "unchanged"]
    assert not report.notices and not report.codes


async def test_nothing_goes_out_as_a_formula(full: Database, tmp_path: Path) -> None:
    await export_codes(full, "material", tmp_path / "a.xlsx")
    book = load_workbook(tmp_path / "a.xlsx")
    cells = [cell for row in book.worksheets[0].iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} == {"s"} and {cell.number_format for cell in cells if cell.row > 1} == {"@"}
    assert "=abs(1) + @x" in {cell.value for cell in cells}
    await export_codes(full, "material", tmp_path / "a.csv")
    with (tmp_path / "a.csv").open(encoding="utf-8-sig", newline="") as file:
        assert not [cell for row in csv.reader(file) for cell in row if cell.startswith(("=", "+", "-", "@"))]


NAMES = st.text(alphabet=st.sampled_from("=+-@'\"阀aB1 ,;()（）"), min_size=1, max_size=8)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(names=st.lists(NAMES, min_size=1, max_size=4), ending=st.sampled_from(["xlsx", "csv"]))
async def test_any_names_come_back_as_no_change(database: Database, names: list[str], ending: str) -> None:
    async with database.read() as session:
        from sqlalchemy import select

        from master_data.tables import codes
        begin = len((await session.execute(select(codes.c.code).where(codes.c.kind == "organisation"))).all())
    good = [name for name in names if name.strip()]
    await take_over(
        database, [CreateCode(kind="organisation", code=f"P{begin + place}", zh=f"{name}.") for place, name in enumerate(good)], by="x"
    )
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / f"a.{ending}"
        count = await export_codes(database, "organisation", out)
        if count:
            assert (await checked(database, out, "organisation")).verdicts == {"unchanged": count}


async def test_filters_choose_codes(full: Database, tmp_path: Path) -> None:
    out = tmp_path / "a.csv"
    expected = [
        (Filters(statuses=["obsolete"]), ["M-2"]), (Filters(like="m-2"), ["M-2"]), (Filters(like="料M-2"), ["M-2"]),
        (Filters(system="mes"), ["M-1", "M-2"]), (Filters(system="crm"), []), (Filters(changed_since=datetime(2100, 1, 1, tzinfo=UTC)), []),
    ]  # fmt: skip
    for filters, codes in expected:
        assert await export_codes(full, "material", out, filters=filters) == len(codes)
        assert codes_in(out) == codes


async def test_codes_are_exported_as_they_were(dictionary: Database, tmp_path: Path) -> None:
    await agree(dictionary, make_reference("E1", "M-1"))
    then = datetime.now(UTC)
    await agree(dictionary, ChangeCode(kind="material", code="M-1", zh="新名"))
    await agree(dictionary, EndCrossReference(kind="material", system="erp", local_code="E1"))
    await agree(dictionary, make_material("M-3"))
    out = tmp_path / "then.csv"
    assert await export_codes(dictionary, "material", out, filters=Filters(as_of=then), systems=["erp"]) == 2
    rows = [cells for _, cells in read_file(out).tables[0]]
    assert (rows[1][1], rows[1][-1]) == ("物料M-1", "E1")
    await export_codes(dictionary, "material", out, systems=["erp"])
    assert next(read_file(out).tables[0].__iter__())[1][-1] == "本地编码 erp / Local code erp"
    assert [cells[1] for _, cells in read_file(out).tables[0]][1:] == ["新名", "物料M-2", "物料M-3"]


async def test_more_codes_than_a_page_are_all_there(dictionary: Database, tmp_path: Path) -> None:
    await take_over(dictionary, [CreateCode(kind="department", code=f"D-{n:04d}", zh=f"部门{n}") for n in range(1205)], by="x")
    assert await export_codes(dictionary, "department", tmp_path / "a.xlsx") == 1205
    assert codes_in(tmp_path / "a.xlsx") == [f"D-{n:04d}" for n in range(1205)]


async def test_a_template_has_every_column_with_its_choices_and_notes(full: Database, tmp_path: Path) -> None:
    await make_template(full, "material", tmp_path / "t.xlsx", systems=["erp", ("mes", "P1")])
    book = load_workbook(tmp_path / "t.xlsx")
    sheet = book.worksheets[0]
    headers = {cell.value.split(" / ")[1]: cell for cell in sheet[1]}
    assert {"Material code", "Chinese name", "Status", "Base unit", "Local code erp", "Local code mes/P1"} <= headers.keys()
    assert all(cell.comment and "\n" in cell.comment.text for cell in sheet[1]), "each column is told in both languages"
    assert "必填" in headers["Base unit"].comment.text and "mandatory" in headers["Base unit"].comment.text
    assert all(sheet.column_dimensions[cell.column_letter].number_format == "@" for cell in sheet[1])
    lists = book[book.sheetnames[2]]
    chosen = {str(each.sqref).split(":")[0].rstrip("0123456789"): each for each in sheet.data_validations.dataValidation}
    unit = headers["Base unit"].column_letter
    assert [cell.value for cell in lists[unit] if cell.value][1:] == ["GRM", "H87", "KGM", "MTR", "TNE"]
    assert lists.title in chosen[unit].formula1
    assert {headers[name].column_letter for name in ("Status", "Type", "Class", "Sellable")} <= chosen.keys()


@pytest.mark.parametrize("kind", ["material", "customer", "unit", "equipment", "location", "person", "reason"])
async def test_the_template_of_a_kind_is_read_back_without_a_notice(dictionary: Database, tmp_path: Path, kind: str) -> None:
    await make_template(dictionary, kind, tmp_path / "t.xlsx", systems=["erp"])
    report = await checked(dictionary, tmp_path / "t.xlsx", kind)
    assert (report.rows, report.notices) == (0, [])
    assert len(report.sheets[0].header.fields) == len(load_workbook(tmp_path / "t.xlsx").worksheets[0][1])
