"""The material list and the operation plan of a production order: read with it, as it, and noticed when only they change."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from connectors.kingdee.forms import PRODUCTION_ORDER
from connectors.kingdee.parts import attach, times_of
from hub.sdk import Cursor, Record
from hub.sdk.simulation import Fault
from tests.connectors.kingdee.conftest import Plant

LIST = [{"line": 1, "material": "M-2", "quantity": {"value": "3.6", "unit": "kg"}, "issue_method": "back_flush", "sequence": 10}]
STEPS = [{"sequence": 10, "operation": "OP1", "work_center": "CJ1"}, {"sequence": 20, "operation": "OP2", "subcontracted": True}]
BARE = {"number": "MO-1", "material": "M-1", "quantity": {"value": "10", "unit": "Pcs"}, "state": "released"}
ORDER = {**BARE, "bom_snapshot": LIST, "routing_snapshot": STEPS}
MORE = [*LIST, {"line": 2, "material": "M-3", "quantity": {"value": "1", "unit": "Pcs"}}]


@pytest.fixture
def clock(plant: Plant) -> list[datetime]:
    """The vendor's clock, which stands until it is set; it began an hour ago."""
    clock = [datetime.now(UTC).replace(microsecond=0) - timedelta(hours=1)]
    plant.books._clock = lambda: clock[0]
    return clock


async def read(plant: Plant, cursor: Cursor | None = None, **settings: Any) -> tuple[list[Record], Cursor | None]:
    source = (await plant.open(**settings)).source
    assert source is not None
    records: list[Record] = []
    async for chunk in source.read("PRD_MO", cursor):
        records += chunk.records
        cursor = chunk.cursor
    return records, cursor


def save(plant: Plant, number: str = "MO-1", **changes: Any) -> Any:
    return plant.books.save("production_order", "100", number, {**ORDER, "number": number, **changes}, status="audited")


def components(record: Record) -> list[str]:
    return [row["FMaterialID2"]["FNumber"] for row in record.payload["PRD_PPBOM"]["entries"]]


async def test_an_order_comes_with_its_material_list_and_operation_plan(plant: Plant) -> None:
    save(plant)
    records, _ = await read(plant)
    assert len(records) == 1
    line, plan = records[0].payload["PRD_PPBOM"]["entries"][0], records[0].payload["SFC_OperationPlanning"]
    assert (line["FMaterialID2"], line["FNumerator"], line["FUnitID2"], line["FIssueType"], line["FOperID"]) == (
        {"FNumber": "M-2"}, "3.6", {"FNumber": "kg"}, "2", 10,
    )  # fmt: skip
    assert [(row["FOperNumber"], row["FProcessId"], row["FIsOutSrc"]) for row in plan["entries"]] == [
        (10, {"FNumber": "OP1"}, False), (20, {"FNumber": "OP2"}, True),
    ]  # fmt: skip
    assert (plan["FMONumber"], plan["FBillNo"], plan["FModifyDate"]) == ("MO-1", "OPMO-1", None)


async def test_an_order_without_them_comes_alone(plant: Plant) -> None:
    plant.books.save("production_order", "100", "MO-1", BARE, status="audited")
    records, _ = await read(plant)
    assert not {"PRD_PPBOM", "SFC_OperationPlanning"} & records[0].payload.keys()


@pytest.mark.parametrize("change", [{"bom_snapshot": MORE}, {"routing_snapshot": STEPS[:1]}])
async def test_a_change_of_a_part_alone_is_a_new_version_of_the_order(plant: Plant, clock: list[datetime], change: dict[str, Any]) -> None:
    save(plant)
    (before,), cursor = await read(plant)
    clock[0] += timedelta(minutes=10)
    save(plant, **change)
    (after,), _ = await read(plant, cursor)
    assert (after.key, after.version) == (before.key, clock[0].isoformat())
    assert after.payload["FModifyDate"] == before.payload["FModifyDate"] and after.payload != before.payload


async def test_a_part_that_was_made_later_is_noticed_though_nobody_has_changed_it(plant: Plant, clock: list[datetime]) -> None:
    save(plant, bom_snapshot=[], routing_snapshot=[])
    _, cursor = await read(plant)
    clock[0] += timedelta(minutes=10)
    save(plant)
    (made,), _ = await read(plant, cursor)
    assert made.payload["PRD_PPBOM"]["FModifyDate"] is None and components(made) == ["M-2"]
    assert made.version == clock[0].isoformat()


async def test_a_change_of_a_part_that_shows_late_is_seen(plant: Plant) -> None:
    save(plant)
    save(plant, "MO-2")
    _, cursor = await read(plant)
    plant.faults.force(Fault.LATE_COMMIT)
    save(plant, bom_snapshot=MORE)
    records, cursor = await read(plant, cursor)
    while all(record.payload["FBillNo"] != "MO-1" for record in records):
        records, cursor = await read(plant, cursor)
    assert components(next(record for record in records if record.payload["FBillNo"] == "MO-1")) == ["M-2", "M-3"]


async def test_parts_cut_by_a_page_come_whole(plant: Plant, clock: list[datetime]) -> None:
    many = [{**LIST[0], "line": line, "material": f"M-{line}"} for line in range(1, 8)]
    for number in range(5):
        save(plant, f"MO-{number}", bom_snapshot=many)
    records, cursor = await read(plant, page=3)
    assert {tuple(components(record)) for record in records} == {tuple(f"M-{line}" for line in range(1, 8))}
    clock[0] += timedelta(minutes=10)
    for number in range(5):
        save(plant, f"MO-{number}", bom_snapshot=many[:4])
    changed, _ = await read(plant, cursor, page=3)
    assert {record.payload["FBillNo"] for record in changed} == {f"MO-{number}" for number in range(5)}
    assert all(len(components(record)) == 4 for record in changed)


async def test_nothing_is_told_twice_in_one_reading(plant: Plant) -> None:
    save(plant)
    _, cursor = await read(plant)
    save(plant, state="in_progress", bom_snapshot=MORE)
    records, _ = await read(plant, cursor)
    assert len(records) == 1


async def test_a_cursor_from_before_parts_were_read_brings_them_in(plant: Plant, clock: list[datetime]) -> None:
    save(plant)
    clock[0] += timedelta(minutes=30)
    save(plant, "MO-2")
    (records, _) = await read(plant, {"modified": (clock[0] + timedelta(hours=8)).strftime("%Y-%m-%d %H:%M:%S")})
    assert sorted(record.payload["FBillNo"] for record in records) == ["MO-1", "MO-2"]


async def test_one_order_is_fetched_with_its_parts(plant: Plant) -> None:
    save(plant)
    source = (await plant.open()).source
    assert source is not None
    record = await source.fetch("PRD_MO", "100", "MO-1")
    assert record is not None and components(record) == ["M-2"]


async def test_the_bill_and_the_routing_it_was_made_of_are_named_by_number_and_id(plant: Plant) -> None:
    bill = plant.books.save("bom", "100", "M-1_V1", {"material": "M-1", "lines": LIST}, status="audited")
    save(plant, bom="M-1_V1", routing="M-1_R9")
    (record,), _ = await read(plant)
    entry = record.payload["entries"][0]
    assert entry["FBomId"] == {"FID": bill.id, "FNumber": "M-1_V1"} and entry["FRoutingId"] == {"FID": 0, "FNumber": "M-1_R9"}


class TwoLists:
    """Pages in which an order of two lines has two material lists, and another order has another's number in another organisation."""

    async def with_numbers(self, form: Any, key: str, numbers: Sequence[str]) -> list[dict[str, Any]]:
        if form.form != "PRD_PPBOM":
            return []
        times: list[tuple[str, str | None]] = [("2026-11-22T10:00:00", None), ("2026-11-22T09:00:00", "2026-11-22T12:00:00")]
        lists = [
            {"FPrdOrgId": {"FNumber": "100"}, key: "MO-1", "FCreateDate": made, "FModifyDate": changed, "entries": [{"FEntity_FSeq": at}]}
            for at, (made, changed) in enumerate(times, 1)
        ]
        return [*lists, {**lists[0], "FPrdOrgId": {"FNumber": "200"}}]


async def test_the_lists_of_an_orders_lines_are_one(plant: Plant) -> None:
    order: dict[str, Any] = {"FBillNo": "MO-1", "FPrdOrgId": {"FNumber": "100"}, "FModifyDate": "2026-11-22T11:00:00"}
    pages: Any = TwoLists()
    await attach(pages, PRODUCTION_ORDER, [order])
    assert [row["FEntity_FSeq"] for row in order["PRD_PPBOM"]["entries"]] == [1, 2]
    assert max(times_of(PRODUCTION_ORDER, order)) == "2026-11-22T12:00:00"
