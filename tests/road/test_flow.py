"""The road from the shop to the works: what arrives there, what waits, and what frees it."""

from __future__ import annotations

from hub.runtime.road import Road
from hub.sdk import Record
from hub.services.codes import answer_with_no, inbox
from hub.storage.causes import Cause, CauseKind
from hub.storage.records import documents_by_key
from master_data.proposals import approve, propose
from master_data.proposed import AddCrossReference
from tests.road.conftest import Stage
from tests.road.toy import eventually, hold_rows, open_rows, open_toy_road, order, running


async def test_an_order_becomes_one_submitted_document(stage: Stage) -> None:
    stage.pair.order("SO-1", quantity="3")
    async with open_toy_road(*stage) as road, running(road):
        papers = stage.pair.erp.papers["sales_order/P1/SO-1"]
        await eventually(lambda: papers and papers[0].step == "submit")
    items = [{"line": 10, "item": "A", "qty": "3"}]
    assert [paper.payload for paper in papers] == [{"no": "SO-1", "customer": "C1", "state": "confirmed", "items": items}]


async def test_an_unknown_code_holds_only_its_own_order_and_goes_on_when_approved(stage: Stage) -> None:
    pair = stage.pair
    pair.order("SO-1", material="B")
    pair.order("SO-2")
    async with open_toy_road(*stage) as road, running(road):
        await eventually(lambda: pair.erp.papers["sales_order/P1/SO-2"])
        await eventually(lambda: open_rows(road))
        (row,) = [row for row in await hold_rows(road) if row["state"] != "closed"]
        assert (row["code"], row["concerns"], row["key"]) == ("cause-code", "steward", "SO-1")
        change = AddCrossReference(kind="material", system="crm", organisation="", local_code="B", code="B")
        proposal = await propose(road.db, change, by="ann")
        await approve(road.db, proposal, by="ben")
        await eventually(lambda: pair.erp.papers["sales_order/P1/SO-1"])
        await eventually(lambda: _nothing_held(road))
    assert len(pair.erp.papers["sales_order/P1/SO-1"]) == 1


async def test_a_code_that_is_never_accepted_ends_later_messages_too_for_the_same_reason(stage: Stage) -> None:
    pair = stage.pair
    pair.order("SO-1", material="TRIAL")
    async with open_toy_road(*stage) as road, running(road):
        await eventually(lambda: open_rows(road))
        (unknown,) = await inbox(road.db)
        await answer_with_no(road.db, unknown.id, "never", by="ann", reason="a trial entry")
        await eventually(lambda: _nothing_held(road))
        pair.order("SO-2", material="TRIAL")
        await eventually(lambda: _ended(road, {"SO-1": "discarded", "SO-2": "discarded"}))
        rows = await hold_rows(road)
        assert {(row["wish_by"], row["reason"]) for row in rows} == {("ann", "a trial entry")}
        assert await inbox(road.db) == []
    assert not pair.erp.papers["sales_order/P1/SO-2"]


async def test_a_code_wrong_at_the_source_is_asked_about_again_when_the_source_stands_by_it(stage: Stage) -> None:
    pair = stage.pair
    pair.order("SO-1", material="B")
    async with open_toy_road(*stage) as road, running(road):
        await eventually(lambda: open_rows(road))
        (unknown,) = await inbox(road.db)
        await answer_with_no(road.db, unknown.id, "wrong_at_source", by="ann", reason="a typing error")
        assert await inbox(road.db) == []
        pair.order("SO-2", material="B")
        await eventually(lambda: _asked(road, "B"))


async def _ended(road: Road, wanted: dict[str, str]) -> bool:
    return {row["key"]: row["closed_as"] for row in await hold_rows(road)} == wanted


async def _asked(road: Road, local_code: str) -> bool:
    return [row.local_code for row in await inbox(road.db)] == [local_code]


async def test_a_newer_version_passes_its_held_predecessor(stage: Stage) -> None:
    pair = stage.pair
    pair.order("SO-1", version=1, material="TYPO")
    async with open_toy_road(*stage) as road, running(road):
        await eventually(lambda: open_rows(road))
        pair.order("SO-1", version=2, material="A")
        await eventually(lambda: pair.erp.papers["sales_order/P1/SO-1"])
        await eventually(lambda: _nothing_held(road))
        rows = await hold_rows(road)
    assert [row["closed_as"] for row in rows] == ["superseded"]


async def test_a_customer_must_be_in_the_target_before_its_order(stage: Stage) -> None:
    pair = stage.pair
    async with open_toy_road(*stage) as road, running(road):
        for system in ("crm",):
            change = AddCrossReference(kind="customer", system=system, local_code="C2", code="C1", preferred=False)
            await approve(road.db, await propose(road.db, change, by="ann"), by="ben")
        pair.order("SO-1", customer="C2")
        await eventually(lambda: pair.erp.papers["sales_order/P1/SO-1"])


async def test_a_timeout_after_the_commit_leaves_one_document(stage: Stage) -> None:
    pair = stage.pair
    pair.erp.faults["save"] = ["landed"]
    pair.erp.faults["submit"] = ["landed"]
    pair.order("SO-1")
    async with open_toy_road(*stage) as road, running(road):
        papers = pair.erp.papers["sales_order/P1/SO-1"]
        await eventually(lambda: papers and papers[0].step == "submit")
        await eventually(lambda: _nothing_held(road))
    assert len(papers) == 1
    assert [call[0] for call in pair.erp.calls] == ["save", "submit"]


async def test_a_timeout_before_the_commit_is_written_after_a_find(stage: Stage) -> None:
    pair = stage.pair
    pair.erp.faults["save"] = ["lost", "lost"]
    pair.order("SO-1")
    async with open_toy_road(*stage) as road, running(road):
        papers = pair.erp.papers["sales_order/P1/SO-1"]
        await eventually(lambda: papers and papers[0].step == "submit")
        await eventually(lambda: _nothing_held(road))
    assert len(papers) == 1


async def test_a_refusal_is_held_in_the_vendors_words_and_released_by_a_newer_version(stage: Stage) -> None:
    pair = stage.pair
    pair.erp.faults["save"] = ["refuse"]
    pair.order("SO-1")
    async with open_toy_road(*stage) as road, running(road):
        await eventually(lambda: open_rows(road, "deliver.erp"))
        (row,) = [row for row in await hold_rows(road) if row["state"] != "closed"]
        assert row["code"] == "refused"
        assert row["facts"]["words"] == "此单据不允许"
        pair.order("SO-1", version=2, quantity="2")
        await eventually(lambda: pair.erp.papers["sales_order/P1/SO-1"])
        await eventually(lambda: _nothing_held(road))


async def test_a_dead_target_holds_nothing_and_catches_up(stage: Stage) -> None:
    pair = stage.pair
    pair.erp.faults["save"] = ["transient"] * 3
    for number in range(5):
        pair.order(f"SO-{number}")
    async with open_toy_road(*stage) as road, running(road):
        await eventually(lambda: len([1 for papers in pair.erp.papers.values() if papers and papers[0].step == "submit"]) == 5)
        assert await open_rows(road) == 0
    assert all(len(papers) == 1 for papers in pair.erp.papers.values())


async def test_a_busy_document_waits_alone(stage: Stage) -> None:
    pair = stage.pair
    pair.erp.faults["save"] = ["busy"]
    pair.order("SO-1")
    pair.order("SO-2")
    async with open_toy_road(*stage) as road, running(road):
        await eventually(lambda: len([1 for papers in pair.erp.papers.values() if papers and papers[0].step == "submit"]) == 2)
        await eventually(lambda: _nothing_held(road))


async def test_a_value_that_goes_there_and_back_is_three_events(stage: Stage) -> None:
    pair = stage.pair
    for version, quantity in enumerate(("1", "2", "1"), 1):
        pair.order("SO-1", version=version, quantity=quantity)
    async with open_toy_road(*stage) as road, running(road):
        papers = pair.erp.papers["sales_order/P1/SO-1"]
        await eventually(lambda: papers and papers[0].step == "submit" and papers[0].revision == 3000)
    assert papers[0].payload["items"][0]["qty"] == "1"


async def test_a_cause_is_read_back_as_it_was_written() -> None:
    cause = Cause(CauseKind.CODE, "crm", "P1", "material", '螺栓 "M8"')
    assert Cause.parse(cause.text) == cause


async def _nothing_held(road: object) -> bool:
    return await open_rows(road) == 0  # type: ignore[arg-type]


async def test_an_order_that_the_target_sent_back_is_written_again_though_nothing_else_changed(stage: Stage) -> None:
    pair = stage.pair
    pair.order("SO-1")
    async with open_toy_road(*stage) as road, running(road):
        papers = pair.erp.papers["sales_order/P1/SO-1"]
        await eventually(lambda: _remembers(road, True))
        payload = {"no": "SO-1", "state": "rejected", "words": "交期过紧"}
        pair.erp.records.append(Record(organisation="100", entity="SO", key="1", lane="SO/SO-1", version=1, payload=payload))
        await eventually(lambda: _remembers(road, False))
        pair.crm.say("order", "SO-1", 2, order("SO-1") | {"ordered_at": "2026-11-22T09:00:00Z"})
        await eventually(lambda: papers[0].revision == 2000)


async def _remembers(road: Road, what: bool) -> bool:
    """Whether the hub knows (or no longer knows) what stands in the works."""
    async with road.db.read() as session:
        known = await documents_by_key(session, [("erp", "sales_order", "P1/SO-1")])
    return bool(known) and bool(next(iter(known.values())).payload) is what
