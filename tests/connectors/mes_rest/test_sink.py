"""Importing work orders: one row a document, in order of revision, and never below what is confirmed."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from decimal import Decimal

import pytest

from connectors.mes_rest.errors import NothingWritten, OperationUnknown
from hub.sdk import Document, DocumentKey, InDoubtError, RefusedError
from hub.sdk.simulation import Fault
from tests.connectors.installation import Installation
from tests.connectors.mes_rest.conftest import ORDER_KEY, make_order, save_report


async def test_a_work_order_carries_our_key_mark_and_revision(mes: Installation) -> None:
    written = await mes.system.sink.write(make_order("m1", 3))
    (entry,) = mes.rows()
    assert entry.custom == {"key": "production_order/P1/MO-1", "mark": "m1", "revision": "3"}
    assert entry.data["quantity"] == {"value": "100", "unit": "PCS"} and entry.data["demands"][0]["order"] == "P1/SO-1"
    assert (written.number, written.mark, written.revision, written.step) == ("MO-1", "m1", 3, "import")
    assert list(await mes.system.sink.find(ORDER_KEY)) == [written]


async def test_a_change_keeps_what_the_mes_owns(mes: Installation) -> None:
    await mes.system.sink.write(make_order())
    entry = mes.rows()[0]
    actuals = {"actual_start_at": "2026-11-23T00:00:00Z", "good": {"value": "5", "unit": "PCS"}}
    mes.books.save("production_order", "F1", "MO-1", {**entry.data, **actuals})
    await mes.system.sink.write(make_order("m2", 2, "90"))
    data = mes.rows()[0].data
    assert data["quantity"]["value"] == "90" and {name: data[name] for name in actuals} == actuals


async def test_a_repeat_changes_nothing(mes: Installation) -> None:
    await mes.system.sink.write(make_order())
    again = await mes.system.sink.write(make_order())
    assert again.mark == "m1" and mes.rows()[0].version == 1


@pytest.mark.parametrize(
    ("fault", "landed_at_once"),
    [(Fault.TIMEOUT_BEFORE, False), (Fault.TIMEOUT_AFTER, True), (Fault.LATE_LANDING, False), (Fault.GARBAGE, False)],
)
async def test_an_import_in_doubt_ends_as_one_row(mes: Installation, fault: Fault, landed_at_once: bool) -> None:
    mes.faults.force(fault)
    with pytest.raises(InDoubtError):
        await mes.hasty.sink.write(make_order())
    assert bool(mes.rows()) is landed_at_once
    await asyncio.sleep(0.3)
    if not await mes.system.sink.find(ORDER_KEY):
        await mes.system.sink.write(make_order())
    assert [(entry.custom["mark"], entry.version) for entry in mes.rows()] == [("m1", 1)]


async def test_a_success_that_did_nothing_is_seen(mes: Installation) -> None:
    mes.faults.force(Fault.NOTHING_DONE)
    with pytest.raises(NothingWritten):
        await mes.system.sink.write(make_order())
    assert await mes.system.sink.find(ORDER_KEY) == []
    assert (await mes.system.sink.write(make_order())).mark == "m1"


async def test_a_change_that_did_nothing_is_seen(mes: Installation) -> None:
    await mes.system.sink.write(make_order())
    mes.faults.force(Fault.NOTHING_DONE)
    with pytest.raises(NothingWritten):
        await mes.system.sink.write(make_order("m2", 2))


async def test_an_older_revision_is_refused_even_if_it_lands_late(mes: Installation) -> None:
    mes.simulator.landing.late_s = 0.5
    mes.faults.force(Fault.LATE_LANDING)
    with pytest.raises(InDoubtError):
        await mes.hasty.sink.write(make_order("m1", 1, "50"))
    await mes.system.sink.write(make_order("m2", 2, "60"))
    await asyncio.sleep(0.6)
    assert [(entry.custom["mark"], entry.data["quantity"]["value"]) for entry in mes.rows()] == [("m2", "60")]
    with pytest.raises(RefusedError) as caught:
        await mes.system.sink.write(make_order("m1", 1, "50"))
    assert "版本 1 早于现有版本 2" in caught.value.facts["words"]


async def test_a_number_belongs_to_one_document(mes: Installation) -> None:
    await mes.system.sink.write(make_order())
    with pytest.raises(RefusedError) as caught:
        await mes.system.sink.write(make_order(key=replace(ORDER_KEY, key="production_order/P1/OTHER")))
    assert "MO-1" in caught.value.facts["words"]


async def test_a_document_has_one_number(mes: Installation) -> None:
    await mes.system.sink.write(make_order())
    with pytest.raises(RefusedError):
        await mes.system.sink.write(make_order("m2", 2, payload={"order_no": "MO-2", "planned_qty": "1", "unit": "PCS"}))
    assert [entry.number for entry in mes.rows()] == ["MO-1"]


async def test_a_row_from_before_the_hub_is_found_by_its_number_and_adopted(mes: Installation) -> None:
    mes.books.save("production_order", "F1", "MO-1", {"number": "MO-1", "quantity": {"value": "1", "unit": "PCS"}})
    (found,) = await mes.system.sink.find(replace(ORDER_KEY, number="MO-1"))
    assert found.mark is None
    await mes.system.sink.write(make_order())
    assert [entry.custom["mark"] for entry in mes.rows()] == ["m1"]


async def test_two_plants_may_share_a_number(mes: Installation) -> None:
    await mes.system.sink.write(make_order())
    other = replace(ORDER_KEY, organisation="F2", key="production_order/P2/MO-1")
    await mes.system.sink.write(make_order(organisation="F2", key=other))
    assert len(mes.rows()) == 2 and len(await mes.system.sink.find(other)) == 1


@pytest.mark.parametrize(("wanted", "accepted"), [("99", False), ("100", True), ("100.5", True)])
async def test_b21_the_least_quantity_is_the_most_confirmed_at_any_operation(mes: Installation, wanted: str, accepted: bool) -> None:
    """Operation 10 has 100 done (good, concession, scrap), operation 20 only 60: the minimum is 100, not 60."""
    await mes.system.sink.write(make_order())
    save_report(mes, "R-1", 10, good="90", concession="4", scrap="6")
    save_report(mes, "R-2", 20, good="60")
    if accepted:
        assert (await mes.system.sink.write(make_order("m2", 2, wanted))).mark == "m2"
        return
    with pytest.raises(RefusedError) as caught:
        await mes.system.sink.write(make_order("m2", 2, wanted))
    assert caught.value.facts["words"] == "planned_qty: 生产工单 MO-1 的数量 99 低于已确认数量,最小为 100 PCS"
    assert mes.rows()[0].data["quantity"]["value"] == "100"


@pytest.mark.parametrize("reversed_as", ["-40", "40"])
async def test_b21_what_was_reversed_does_not_count(mes: Installation, reversed_as: str) -> None:
    save_report(mes, "R-1", good="40")
    save_report(mes, "R-2", good="20")
    save_report(mes, "R-3", good=reversed_as, reverses="R-1")
    assert mes.simulator.confirmed("F1", "MO-1") == Decimal(20)


async def test_b21_pieces_worked_again_count_when_they_are_good(mes: Installation) -> None:
    save_report(mes, "R-1", good="8", rework="2")
    assert mes.simulator.confirmed("F1", "MO-1") == 8
    save_report(mes, "R-2", good="2", type="rework")
    assert mes.simulator.confirmed("F1", "MO-1") == 10


@pytest.mark.parametrize("state", ["on_hold", "cancelled", "closed"])
async def test_hold_cancel_and_close_are_states(mes: Installation, state: str) -> None:
    await mes.system.sink.write(make_order())
    payload = {**make_order().payload, "state": state, "hold_reason": "反审核"}
    await mes.system.sink.write(make_order("m2", 2, payload=payload))
    assert (mes.rows()[0].data["state"], mes.rows()[0].data["hold_reason"]) == (state, "反审核")


async def test_a_row_without_number_or_with_a_strange_quantity_is_refused_by_field(mes: Installation) -> None:
    with pytest.raises(RefusedError) as caught:
        await mes.system.sink.write(make_order(payload={"planned_qty": "1"}))
    assert caught.value.facts["words"] == "order_no: 必填"
    with pytest.raises(RefusedError) as caught:
        await mes.system.sink.write(make_order(quantity="一百"))
    assert "一百" in caught.value.facts["words"]


async def test_one_bad_row_does_not_harm_the_others(mes: Installation) -> None:
    """207: a verdict per row; the refusal of one is told, and the other is there."""
    rows = [{"site_code": "F1", "material_code": "MAT1", "name": "泵"}, {"site_code": "F1", "name": "无编码"}]
    with pytest.raises(RefusedError) as caught:
        await mes.system._client.post("materials/import", {"strategy": "update_or_create", "materials": rows})
    assert caught.value.facts["words"] == "material_code: 必填"
    assert [entry.number for entry in mes.rows("material")] == ["MAT1"]


async def test_an_operation_that_the_mes_does_not_have_is_refused(mes: Installation) -> None:
    with pytest.raises(OperationUnknown):
        await mes.system.sink.write(make_order(operation="close"))


async def test_huge_and_strange_fields_arrive_unchanged(mes: Installation) -> None:
    remark = "备注\u200b🏭“”\n" * 20_000
    await mes.system.sink.write(make_order(payload={**make_order().payload, "remark": remark, "lot": "批/号 1"}))
    assert (mes.rows()[0].data["remark"], mes.rows()[0].data["lot"]) == (remark, "批/号 1")


async def test_a_hold_reaches_the_floor_though_its_new_quantity_cannot(mes: Installation) -> None:
    """反审核 and a change within one poll: what is not audited yet is not in force, and must not keep the order from standing."""
    await mes.system.sink.write(make_order())
    save_report(mes, "R-1", good="40")
    held = {**make_order(quantity="30").payload, "state": "on_hold", "hold_reason": "CHANGE-DEMAND"}
    written = await mes.system.sink.write(make_order("m2", 2, payload=held))
    (row,) = mes.rows()
    stands = (row.data["state"], row.data["hold_reason"], row.data["quantity"]["value"])
    assert (written.mark, *stands) == ("m2", "on_hold", "CHANGE-DEMAND", "100")
    with pytest.raises(RefusedError, match="refused"):
        await mes.system.sink.write(make_order("m3", 3, "30"))
    assert mes.rows()[0].data["state"] == "on_hold"


async def test_an_order_that_the_floor_never_had_comes_whole_though_it_stands(mes: Installation) -> None:
    await mes.system.sink.write(make_order(payload={**make_order().payload, "state": "on_hold"}))
    assert [(row.data["state"], row.data["quantity"]["value"]) for row in mes.rows()] == [("on_hold", "100")]


@pytest.mark.parametrize(
    ("entity", "kind", "payload"),
    [
        ("materials", "material", {"material_code": "MAT1", "name": "泵", "unit": "PCS"}),
        ("boms", "bom", {"bom_no": "FG@V1", "components": [{"line": 1, "material_code": "MAT2", "qty": "3.6", "unit": "KG"}]}),
        ("routings", "routing", {"routing_no": "FG@V1", "operations": [{"sequence": 10, "operation_code": "GX10", "run_minutes": "6"}]}),
    ],
)
async def test_master_data_is_imported_the_same_way(mes: Installation, entity: str, kind: str, payload: dict[str, object]) -> None:
    key = DocumentKey(entity=entity, organisation="F1", key=f"{kind}/P1/X")
    settled = {"entity": entity, "organisation": "F1", "key": key, "operation": "upsert", "step": "import", "payload": payload}
    written = await mes.system.sink.write(Document(**settled, mark="m1", revision=1))  # type: ignore[arg-type]
    assert written.mark == "m1" and len(mes.rows(kind)) == 1
    record = await mes.system.source.fetch(entity, "F1", written.number)
    assert {name: record.payload[name] for name in payload} == payload
