"""Writing: save, submit, audit, change, cancel, and every fault without a double document."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from connectors.kingdee import KingdeeSystem
from connectors.kingdee.errors import NothingDone
from hub.sdk import ConfigError, Document, DocumentKey, InDoubtError, RefusedError, TransientError, Written
from hub.sdk.simulation import Entry, Fault
from tests.connectors.kingdee.builders import make_order, until
from tests.connectors.kingdee.conftest import Plant

KEY = make_order().key


def entry_of(plant: Plant) -> Entry:
    entry = plant.books.get("sales_order", "100", "SO-1")
    assert entry is not None
    return entry


async def write(system: KingdeeSystem, document: Document) -> Written:
    assert system.sink is not None
    return await system.sink.write(document)


async def find(system: KingdeeSystem, key: DocumentKey = KEY) -> list[Written]:
    assert system.sink is not None
    return list(await system.sink.find(key))


async def write_up_to(system: KingdeeSystem, last: str, **changes: Any) -> Written:
    written = await write(system, make_order("save", **changes))
    for step in ("submit", "audit")[: ("save", "submit", "audit").index(last)]:
        written = await write(system, make_order(step, **{**changes, "id": written.id}))
    return written


async def settle(system: KingdeeSystem, document: Document) -> Written:
    """What the hub does after a doubt: find, and go on from what is there."""
    try:
        return await write(system, document)
    except InDoubtError:
        await asyncio.sleep(0.1)  # settle_s of this plant: landing_s and a little
    found = await find(system)
    assert len(found) <= 1
    if found and found[0].step == document.step and found[0].mark == document.mark:
        return found[0]
    return await settle(system, replace(document, id=found[0].id) if found else document)


async def test_a_document_goes_from_saved_to_submitted_to_audited(plant: Plant, system: KingdeeSystem) -> None:
    saved = await write(system, make_order("save"))
    assert (saved.number, saved.step, saved.mark, saved.revision) == ("SO-1", "save", "m1", 1)
    submitted = await write(system, make_order("submit", id=saved.id))
    audited = await write(system, make_order("audit", id=saved.id))
    assert (submitted.step, audited.step) == ("submit", "audit")
    assert entry_of(plant).status == "audited"


async def test_what_was_written_is_in_the_books_in_canonical_words(plant: Plant, system: KingdeeSystem) -> None:
    await write(system, make_order("save"))
    entry = entry_of(plant)
    assert entry.data["lines"] == [
        {"line": 1, "material": "M-1", "quantity": {"value": "10", "unit": "Pcs"}, "price_with_tax": "113"},
    ]
    assert entry.data["ordered_at"] == "2026-11-21T16:00:00Z"
    assert entry.custom == {"key": KEY.key, "mark": "m1", "revision": "1"}


async def test_a_change_keeps_what_the_erp_put_on_the_line(plant: Plant, system: KingdeeSystem) -> None:
    saved = await write(system, make_order("save"))
    lines = [{**entry_of(plant).data["lines"][0], "promised_at": "2026-12-01T00:00:00Z"}]
    plant.books.save("sales_order", "100", "SO-1", {**entry_of(plant).data, "lines": lines})
    await write(system, make_order("save", id=saved.id, mark="m2", revision=2, quantity=7))
    line = entry_of(plant).data["lines"][0]
    assert (line["quantity"]["value"], line["promised_at"]) == ("7", "2026-12-01T00:00:00Z")
    assert [(found.mark, found.revision) for found in await find(system)] == [("m2", 2)]


async def test_a_change_does_not_rename_a_document_that_was_there_before_the_hub(plant: Plant, system: KingdeeSystem) -> None:
    old = plant.books.save("sales_order", "100", "OLD-7", {"lines": []})
    written = await write(system, make_order("save", id=str(old.id)))
    assert (written.number, written.mark) == ("OLD-7", "m1")


async def test_a_submitted_document_is_taken_back_before_a_change(plant: Plant, system: KingdeeSystem) -> None:
    written = await write_up_to(system, "submit")
    changed = await write(system, make_order("save", id=written.id, mark="m2", revision=2))
    assert (changed.step, changed.mark) == ("save", "m2")


async def test_an_audited_document_is_refused_in_the_vendors_words(plant: Plant) -> None:
    system = await plant.open(audited="refuse")
    written = await write_up_to(system, "audit")
    with pytest.raises(RefusedError) as refused:
        await write(system, make_order("save", id=written.id, mark="m2", revision=2))
    assert "已审核，不允许修改" in refused.value.text("zh")


async def test_an_audited_document_is_unaudited_where_the_plant_says_so(plant: Plant, system: KingdeeSystem) -> None:
    written = await write_up_to(system, "audit")
    changed = await write(system, make_order("save", id=written.id, mark="m2", revision=2))
    assert (changed.step, changed.mark) == ("save", "m2")
    assert (await write(system, make_order("submit", id=written.id, mark="m2", revision=2))).step == "submit"


async def test_a_duplicate_number_is_refused(plant: Plant, system: KingdeeSystem) -> None:
    await write(system, make_order("save"))
    with pytest.raises(RefusedError) as refused:
        await write(system, make_order("save"))
    assert "已存在" in refused.value.text("zh")
    assert len(await find(system)) == 1


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"status": "draft"}, "客户“C-1”未审核"),
        ({"custom": {"allocated": ""}}, "客户“C-1”未分配到组织 100"),
        ({"data": {"code": "C-1", "state": "blocked"}}, "客户“C-1”已禁用"),
    ],
)
async def test_an_order_of_a_customer_that_cannot_be_used_is_refused(plant: Plant, system: KingdeeSystem, change: Any, words: str) -> None:
    customer = plant.books.get("customer", "100", "C-1")
    assert customer is not None
    plant.books.save("customer", "100", "C-1", **{"data": customer.data, **change})
    with pytest.raises(RefusedError) as refused:
        await write(system, make_order("save"))
    assert words in refused.value.text("zh")


async def test_a_field_that_the_form_does_not_know_is_refused(plant: Plant, system: KingdeeSystem) -> None:
    with pytest.raises(RefusedError) as refused:
        await write(system, make_order(payload={**make_order().payload, "FTypo": "x"}))
    assert "FTypo" in refused.value.text()


@pytest.mark.parametrize("step", ["save", "submit"])
@pytest.mark.parametrize("fault", [Fault.TIMEOUT_BEFORE, Fault.TIMEOUT_AFTER, Fault.LATE_LANDING, Fault.NOTHING_DONE])
async def test_a_doubtful_write_ends_as_one_document(plant: Plant, system: KingdeeSystem, fault: Fault, step: str) -> None:
    document = make_order("save")
    if step == "submit":
        document = make_order("submit", id=(await write(system, document)).id)
    plant.faults.force(fault)
    written = await settle(system, document)
    assert (written.step, written.mark) == (step, "m1")
    assert plant.faults.counts[fault] == 1
    assert len(await find(system)) == len(plant.books.entries("sales_order")) == 1


async def test_a_write_that_lands_after_the_caller_gave_up_is_found(plant: Plant, system: KingdeeSystem) -> None:
    plant.faults.force(Fault.LATE_LANDING)
    with pytest.raises(InDoubtError):
        await write(system, make_order("save"))
    assert await find(system) == []
    await until(lambda: plant.books.get("sales_order", "100", "SO-1") is not None)
    assert [found.mark for found in await find(system)] == ["m1"]


async def test_success_that_did_nothing_is_noticed(plant: Plant, system: KingdeeSystem) -> None:
    plant.faults.force(Fault.NOTHING_DONE)
    with pytest.raises(NothingDone):
        await write(system, make_order("save"))
    written = await write(system, make_order("save"))
    plant.faults.force(Fault.NOTHING_DONE)
    with pytest.raises(NothingDone):
        await write(system, make_order("submit", id=written.id))


async def test_a_save_that_did_nothing_is_noticed_by_the_step_that_follows(plant: Plant, system: KingdeeSystem) -> None:
    plant.faults.force(Fault.NOTHING_DONE)
    pretended = await write(system, replace(make_order("save"), last=False))
    with pytest.raises(NothingDone):
        await write(system, make_order("submit", id=pretended.id))
    saved = await write(system, replace(make_order("save"), last=False))
    assert (await write(system, make_order("submit", id=saved.id))).mark == "m1"
    assert len(plant.books.entries("sales_order")) == 1


async def test_a_step_that_finds_another_change_than_its_own_is_in_doubt(plant: Plant, system: KingdeeSystem) -> None:
    saved = await write(system, replace(make_order("save"), last=False))
    with pytest.raises(NothingDone):
        await write(system, make_order("submit", id=saved.id, mark="m2", revision=2))


@pytest.mark.parametrize("times", range(4))
async def test_garbage_never_leads_to_a_second_document(plant: Plant, system: KingdeeSystem, times: int) -> None:
    plant.simulator._garbage = times
    plant.faults.force(Fault.GARBAGE)
    assert (await settle(system, make_order("save"))).mark == "m1"
    assert len(plant.books.entries("sales_order")) == 1


@pytest.mark.parametrize("fault", [Fault.BUSINESS_ERROR, Fault.RATE_LIMITED])
async def test_a_lock_or_a_limit_is_surely_not_done(plant: Plant, system: KingdeeSystem, fault: Fault) -> None:
    plant.faults.force(fault)
    with pytest.raises(TransientError) as passing:
        await write(system, make_order("save"))
    assert passing.value.retry_after_s == 1.0
    assert passing.value.target_wide == (fault is Fault.RATE_LIMITED)
    assert plant.books.entries("sales_order") == []


async def test_a_customer_whose_change_was_committed_late_can_be_used(plant: Plant, system: KingdeeSystem) -> None:
    customer = plant.books.get("customer", "100", "C-1")
    assert customer is not None
    plant.books.save("customer", "100", "C-1", customer.data, late_s=60)
    assert (await write(system, make_order("save"))).mark == "m1"


async def test_find_shows_a_double(plant: Plant, system: KingdeeSystem) -> None:
    for number in ("SO-1", "SO-1b"):
        plant.books.save("sales_order", "100", number, {"lines": []}, custom={"key": KEY.key, "mark": "m1", "revision": "1"})
    assert [found.number for found in await find(system)] == ["SO-1", "SO-1b"]


async def test_find_adopts_a_number_that_was_there_before_the_hub_but_not_another_documents(plant: Plant, system: KingdeeSystem) -> None:
    plant.books.save("sales_order", "100", "SO-1", {"lines": []}, status="audited")
    assert [(found.step, found.mark) for found in await find(system)] == [("audit", None)]
    plant.books.save("sales_order", "100", "SO-1", {"lines": []}, custom={"key": "sales_order/P2/SO-1"})
    assert await find(system) == []


async def test_cancel_takes_a_submitted_document_back_and_voids_it(plant: Plant, system: KingdeeSystem) -> None:
    written = await write_up_to(system, "submit")
    cancelled = await write(system, make_order(operation="cancel", id=written.id, mark="m2", revision=2))
    assert entry_of(plant).status == "cancelled"
    assert (cancelled.mark, cancelled.step) == ("m2", "save")
    assert [found.step for found in await find(system)] == ["audit"]


async def test_cancelling_twice_changes_nothing(plant: Plant, system: KingdeeSystem) -> None:
    written = await write_up_to(system, "submit")
    cancel = make_order(operation="cancel", id=written.id, mark="m2", revision=2)
    await write(system, cancel)
    version = entry_of(plant).version
    await write(system, replace(cancel, id=None))
    assert entry_of(plant).version == version


async def test_cancelling_an_audited_document_is_refused_in_the_vendors_words(plant: Plant) -> None:
    system = await plant.open(audited="refuse")
    written = await write_up_to(system, "audit")
    with pytest.raises(RefusedError) as refused:
        await write(system, make_order(operation="cancel", id=written.id))
    assert "已审核，不能作废" in refused.value.text("zh")


async def test_close_closes_an_audited_document(plant: Plant, system: KingdeeSystem) -> None:
    written = await write_up_to(system, "audit")
    await write(system, make_order(operation="close", id=written.id, mark="m2"))
    assert entry_of(plant).data["state"] == "closed"


@pytest.mark.parametrize(
    ("status", "allocated", "state", "why"),
    [
        ("submitted", "", "active", "unaudited"),
        ("audited", "", "active", "unassigned"),
        ("audited", "200", "active", "unassigned"),
        ("audited", "100,200", "blocked", "disabled"),
        ("audited", "100,200", "active", ""),
    ],
)
async def test_find_tells_whether_a_customer_can_be_used(
    plant: Plant, system: KingdeeSystem, status: str, allocated: str, state: str, why: str
) -> None:
    key = DocumentKey(entity="BD_Customer", organisation="100", key="customer/P1/C-2", number="C-2")
    custom = {"allocated": allocated, "key": key.key}
    plant.books.save("customer", "100", "C-2", {"code": "C-2", "state": state}, status=status, custom=custom)
    assert [(found.usable, found.why) for found in await find(system, key)] == [(not why, why)]


async def test_a_plants_own_objection_comes_through(plant: Plant, system: KingdeeSystem) -> None:
    plant.simulator._documents._object_to = lambda entry, operation: "存在下游单据，不允许反审核" if operation == "UnAudit" else None
    written = await write_up_to(system, "audit")
    with pytest.raises(RefusedError) as refused:
        await write(system, make_order("save", id=written.id, mark="m2"))
    assert "下游单据" in refused.value.text("zh")


def meanwhile(plant: Plant, operation: str, status: str) -> None:
    """Somebody sets the order's status after the connector has read it, and before its `operation` is carried out."""
    documents, name = plant.simulator._documents, "save" if operation == "Save" else "step"
    carry_out = getattr(documents, name)

    def moved(*asked: Any) -> Entry:
        if operation in (*asked, "Save"):
            plant.books.set_status("sales_order", "100", "SO-1", status)
            setattr(documents, name, carry_out)
        return carry_out(*asked)  # type: ignore[no-any-return]

    setattr(documents, name, moved)


MOVED = [("submit", "CancelAssign", "audited"), ("audit", "UnAudit", "draft"), ("save", "Save", "audited"), ("submit", "Save", "submitted")]


@pytest.mark.parametrize(("last", "operation", "status"), MOVED)
async def test_what_was_moved_since_it_was_read_is_no_refusal_of_the_change(
    plant: Plant, system: KingdeeSystem, last: str, operation: str, status: str
) -> None:
    written = await write_up_to(system, last)
    meanwhile(plant, operation, status)
    change = make_order("save", id=written.id, mark="m2", revision=2)
    with pytest.raises(TransientError) as passing:
        await write(system, change)
    assert not passing.value.target_wide
    assert (await write(system, change)).mark == "m2"


async def test_a_submit_that_was_done_meanwhile_is_done(plant: Plant, system: KingdeeSystem) -> None:
    written = await write_up_to(system, "save")
    meanwhile(plant, "Submit", "submitted")
    assert (await write(system, make_order("submit", id=written.id))).step == "submit"


async def test_nothing_is_written_into_another_account_set(plant: Plant) -> None:
    system = await plant.open(identity="正式账套")
    with pytest.raises(ConfigError) as wrong:
        await write(system, make_order("save"))
    assert wrong.value.facts["actual"] == "泵业制造"
    assert "Save" not in plant.simulator.calls
