"""The simulated server's FilterString: what it understands, and that it refuses the rest inside the array of rows."""

from __future__ import annotations

import pytest

from connectors.kingdee.simulated_query import FilterUnreadable, matcher, ordered
from hub.sdk import TransientError
from tests.connectors.kingdee.conftest import Plant

ROW = {"FID": 7, "FBillNo": "A'1", "FModifyDate": "2026-11-22T10:00:00", "FOrg.FNumber": "100", "F_HUB_KEY": ""}


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("", True),
        ("FModifyDate>='2026-11-22 10:00:00'", True),
        ("FModifyDate>='2026-11-22 10:00:01'", False),
        ("FModifyDate='2026-11-22 10:00:00' and FID>=7", True),
        ("FID>=8", False),
        ("FBillNo='A''1' and FOrg.FNumber in ('100','200')", True),
        ("FOrg.FNumber in ('300')", False),
        ("F_HUB_KEY=''", True),
    ],
)
def test_a_filter_holds(text: str, holds: bool) -> None:
    assert matcher(text)(ROW) is holds


@pytest.mark.parametrize("text", ["FID<>7", "FID>=7 or FID>=8", "FID>=7 and", "FBillNo like 'A%'", "FID in 7", "1=1; drop"])
def test_any_other_filter_is_refused(text: str) -> None:
    with pytest.raises(FilterUnreadable):
        matcher(text)


def test_rows_are_ordered_by_all_keys() -> None:
    rows = [{"a": 1, "b": 2}, {"a": 0, "b": 9}, {"a": 1, "b": 1}]
    assert ordered(rows, "a ASC,b ASC") == [{"a": 0, "b": 9}, {"a": 1, "b": 1}, {"a": 1, "b": 2}]


async def test_an_unknown_field_is_refused_inside_the_rows(plant: Plant) -> None:
    system = await plant.open()
    with pytest.raises(TransientError) as refused:
        await system._client.query("PRD_MO", ["FNothing"], "", order="FID ASC")
    assert "FNothing" in refused.value.text("zh")


async def test_a_header_query_has_one_row_a_document_and_top_row_is_an_absolute_end(plant: Plant) -> None:
    demands = [{"order": f"S{i}", "line": 1, "quantity": {"value": "1", "unit": "Pcs"}} for i in range(3)]
    for number in range(4):
        plant.books.save("production_order", "100", f"MO-{number}", {"demands": demands}, status="audited")
    client = (await plant.open())._client
    assert len(await client.query("PRD_MO", ["FID"], "", order="FID ASC")) == 4
    assert len(await client.query("PRD_MO", ["FID", "FSaleOrderNo"], "", order="FID ASC")) == 12
    body = {"data": {"FormId": "PRD_MO", "FieldKeys": "FID", "OrderString": "FID ASC", "TopRowCount": 3, "StartRow": 2, "Limit": 2000}}
    assert len(await client.execute("ExecuteBillQuery", body, safe=True)) == 1
