"""Reading: whole documents, every state, late commits, cut pages."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from hub.sdk import Cursor, Record, SignatureRejected, WebhookRequest
from hub.sdk.simulation import Fault
from tests.connectors.kingdee.conftest import Plant

ORDER = {
    "material": "M-1", "quantity": {"value": "12.5", "unit": "Pcs"}, "state": "released", "planned_start_at": "2026-11-22T18:00:00Z",
    "demands": [
        {"order": "SO-1", "line": 10, "quantity": {"value": "8", "unit": "Pcs"}},
        {"order": "SO-2", "line": 20, "quantity": {"value": "4.5", "unit": "Pcs"}},
    ],
}  # fmt: skip


async def read(plant: Plant, entity: str, cursor: Cursor | None = None, **settings: Any) -> tuple[list[Record], Cursor | None]:
    system = await plant.open(**settings)
    assert system.source is not None
    records: list[Record] = []
    async for chunk in system.source.read(entity, cursor):
        records += chunk.records
        cursor = chunk.cursor
    return records, cursor


def numbers(records: list[Record]) -> list[str]:
    return list(dict.fromkeys(record.payload["FBillNo"] for record in records))


async def test_a_production_order_comes_whole_with_its_demand(plant: Plant) -> None:
    plant.books.save("production_order", "100", "MO-1", {**ORDER, "number": "MO-1"}, status="audited")
    records, _ = await read(plant, "PRD_MO")
    payload = records[0].payload
    assert [(row["FSaleOrderNo"], row["F_HUB_ORDERLINE"], row["F_HUB_DEMANDQTY"]) for row in payload["entries"]] == [
        ("SO-1", 10, 8), ("SO-2", 20, "4.5"),
    ]  # fmt: skip
    assert payload["entries"][0]["FMaterialId"] == {"FNumber": "M-1"}
    assert payload["entries"][0]["FQty"] == "12.5"
    assert payload["entries"][0]["FPlanStartDate"] == "2026-11-23T02:00:00"
    assert (payload["FDocumentStatus"], payload["entries"][0]["FStatus"]) == ("C", "3")


async def test_the_version_is_the_modification_time_in_utc_and_whole_seconds(plant: Plant) -> None:
    entry = plant.books.save("production_order", "100", "MO-1", ORDER, status="audited")
    records, _ = await read(plant, "PRD_MO")
    assert records[0].version == entry.modified_at.replace(microsecond=0).isoformat()
    assert records[0].changed_at == entry.modified_at.replace(microsecond=0)
    assert (records[0].organisation, records[0].lane) == ("100", "100/MO-1")


async def test_an_unaudit_is_seen(plant: Plant) -> None:
    plant.books.save("production_order", "100", "MO-1", ORDER, status="audited")
    _, cursor = await read(plant, "PRD_MO")
    plant.books.set_status("production_order", "100", "MO-1", "draft")
    records, _ = await read(plant, "PRD_MO", cursor)
    assert records[-1].payload["FDocumentStatus"] == "D"


async def test_orders_cut_by_a_page_come_whole(plant: Plant) -> None:
    for number in range(7):
        plant.books.save("production_order", "100", f"MO-{number}", ORDER, status="audited")
    records, _ = await read(plant, "PRD_MO", page=3)
    assert len(numbers(records)) == 7
    assert all(len(record.payload["entries"]) == 2 for record in records)


async def test_pages_within_one_second_lose_nothing(plant: Plant) -> None:
    at = datetime(2026, 11, 22, 2, tzinfo=UTC)
    plant.books._clock = lambda: at
    for number in range(9):
        plant.books.save("production_order", "100", f"MO-{number}", ORDER, status="audited")
    at += timedelta(seconds=5)
    plant.books.save("production_order", "100", "MO-last", ORDER, status="audited")
    records, _ = await read(plant, "PRD_MO", page=4)
    assert len(numbers(records)) == 10


async def test_a_document_longer_than_a_page_comes_whole(plant: Plant) -> None:
    long = {**ORDER, "demands": [{"order": f"SO-{i}", "line": 1, "quantity": {"value": "1", "unit": "Pcs"}} for i in range(10)]}
    plant.books.save("production_order", "100", "MO-1", ORDER, status="audited")
    plant.books.save("production_order", "100", "MO-2", long, status="audited")
    plant.books.save("production_order", "100", "MO-3", ORDER, status="audited")
    records, _ = await read(plant, "PRD_MO", page=4)
    assert sorted(numbers(records)) == ["MO-1", "MO-2", "MO-3"]
    assert max(len(record.payload["entries"]) for record in records) == 10


async def test_a_late_commit_behind_the_watermark_is_seen(plant: Plant) -> None:
    plant.faults.force(Fault.LATE_COMMIT)
    plant.books.save("production_order", "100", "MO-late", ORDER, status="audited")
    plant.books.save("production_order", "100", "MO-2", ORDER, status="audited")
    records, cursor = await read(plant, "PRD_MO")
    assert numbers(records) == ["MO-2"]
    while "MO-late" not in numbers(records):
        records, cursor = await read(plant, "PRD_MO", cursor)


async def test_reading_starts_before_the_cursor_and_not_from_the_beginning(plant: Plant) -> None:
    now = datetime.now(UTC)
    plant.books._clock = lambda: now - timedelta(hours=1)
    plant.books.save("production_order", "100", "MO-old", ORDER, status="audited")
    plant.books._clock = lambda: now
    plant.books.save("production_order", "100", "MO-new", ORDER, status="audited")
    _, cursor = await read(plant, "PRD_MO")
    records, _ = await read(plant, "PRD_MO", cursor)
    assert numbers(records) == ["MO-new"]


async def test_a_date_in_the_future_does_not_hide_what_changes_until_then(plant: Plant) -> None:
    plant.books._clock = lambda: datetime.now(UTC) + timedelta(days=300)
    plant.books.save("production_order", "100", "MO-future", ORDER, status="audited")
    _, cursor = await read(plant, "PRD_MO")
    plant.books._clock = lambda: datetime.now(UTC)
    plant.books.save("production_order", "100", "MO-now", ORDER, status="audited")
    records, _ = await read(plant, "PRD_MO", cursor)
    assert "MO-now" in numbers(records)


async def test_other_organisations_are_not_read(plant: Plant) -> None:
    plant.books.save("production_order", "300", "MO-1", ORDER, status="audited")
    assert (await read(plant, "PRD_MO"))[0] == []


async def test_the_same_number_in_two_organisations_is_two_records(plant: Plant) -> None:
    for organisation in ("100", "200"):
        plant.books.save("production_order", organisation, "MO-1", ORDER, status="audited")
    records, _ = await read(plant, "PRD_MO")
    assert len({record.key for record in records}) == len({record.lane for record in records}) == 2


async def test_a_document_of_ours_is_told_by_its_key_and_lies_in_its_orders_lane(plant: Plant) -> None:
    data = {"production_order": "MO-1", "material": "M-1", "quantity": {"value": "5", "unit": "Pcs"}, "declared_at": "2026-11-22T02:00:00Z"}
    plant.books.save("goods_receipt", "100", "R-1", data, status="submitted", custom={"key": "goods_receipt/P1/R-1"})
    entry = plant.books.set_status("goods_receipt", "100", "R-1", "audited")
    records, _ = await read(plant, "PRD_INSTOCK")
    assert (records[0].document_key, records[0].lane) == ("goods_receipt/P1/R-1", "100/MO-1")
    approved = datetime.fromisoformat(records[0].payload["FApproveDate"] + "+08:00")
    assert approved == entry.modified_at.replace(microsecond=0)


@pytest.mark.parametrize("session", ["signed", "session"])
async def test_one_record_is_fetched_by_number_or_key(plant: Plant, session: str) -> None:
    entry = plant.books.save("production_order", "100", "MO-1", ORDER, status="audited")
    system = await plant.open(mode=session)
    assert system.source is not None
    for key in ("MO-1", str(entry.id)):
        record = await system.source.fetch("PRD_MO", "100", key)
        assert record is not None and record.payload["FBillNo"] == "MO-1"
    assert await system.source.fetch("PRD_MO", "100", "MO-9") is None
    assert await system.source.fetch("PRD_MO", "100", "x' or '1'='1") is None


async def test_a_passing_fault_while_reading_is_tried_again_later(plant: Plant) -> None:
    from hub.sdk import TransientError

    plant.books.save("production_order", "100", "MO-1", ORDER, status="audited")
    for fault in (Fault.RATE_LIMITED, Fault.GARBAGE):
        plant.faults.force(fault)
        with pytest.raises(TransientError):
            await read(plant, "PRD_MO")
    assert numbers((await read(plant, "PRD_MO"))[0]) == ["MO-1"]


async def test_whatever_comes_as_a_webhook_is_not_from_k3cloud(plant: Plant) -> None:
    system = await plant.open()
    assert system.source is not None
    with pytest.raises(SignatureRejected):
        system.source.receive(WebhookRequest({}, {}, b"{}"))


@pytest.mark.parametrize(
    ("form", "kind", "data"),
    [
        ("BD_MATERIAL", "material", {"code": "M-2", "name": "轴", "type": "raw", "base_unit": "kg", "state": "active"}),
        ("ENG_BOM", "bom", {"material": "M-1", "version": "V1", "base_quantity": {"value": "1", "unit": "Pcs"},
                            "lines": [{"line": 10, "material": "M-2", "quantity": {"value": "2", "unit": "kg"}}]}),
        ("ENG_Route", "routing", {"material": "M-1", "version": "V1", "operations": [{"sequence": 10, "operation": "OP1"}]}),
        ("PLN_PLANORDER", "production_plan", {"material": "M-1", "quantity": {"value": "1", "unit": "Pcs"}, "state": "firm"}),
        ("PRD_PickMtrl", "material_issue", {"production_order": "MO-1", "issued_at": "2026-11-22T02:00:00Z",
                                            "lines": [{"line": 1, "material": "M-2", "quantity": {"value": "2", "unit": "kg"}}]}),
        ("STK_InStock", "purchase_receipt", {"received_at": "2026-11-22T02:00:00Z",
                                             "lines": [{"line": 1, "material": "M-2", "quantity": {"value": "2", "unit": "kg"}}]}),
        ("STK_Inventory", "stock_balance", {"material": "M-1", "warehouse": "W1", "quantity": {"value": "2", "unit": "kg"}}),
        ("SAL_OUTSTOCK", "shipment", {"customer": "C-1", "shipped_at": "2026-11-22T02:00:00Z",
                                      "lines": [{"line": 1, "material": "M-1", "quantity": {"value": "2", "unit": "Pcs"}}]}),
        ("AR_receivable", "invoice", {"customer": "C-1", "invoiced_at": "2026-11-22T02:00:00Z", "total": "226",
                                      "lines": [{"line": 1, "material": "M-1", "quantity": {"value": "2", "unit": "Pcs"}}]}),
    ],
)  # fmt: skip
async def test_every_form_is_read(plant: Plant, form: str, kind: str, data: dict[str, Any]) -> None:
    entry = plant.books.save(kind, "100", "X-1", data, status="audited")
    records, _ = await read(plant, form)
    found = [record for record in records if record.key == str(entry.id)]
    assert found and found[0].organisation == "100"
