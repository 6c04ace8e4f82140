"""Behaviour rules on the road: repeats, facts before their order, postings that the target refuses. Each test names its rule."""

from __future__ import annotations

import msgspec
from sqlalchemy import delete, select, update

from hub.bus.base import Message, Partition
from hub.bus.topics import canonical, inbound
from hub.event import Event, event_id
from hub.pipeline.wire import Inbound, content_hash, pack_inbound
from hub.recovery.wishes import wish_release
from hub.storage.tables import hold_causes, holds, tallies
from tests.road.toy import hold_rows, order
from tests.road.workers import FACTS, ORDERS, RECORDS, Scene, Worker, issue, moment, work_order

SAID = Partition(inbound("crm"), 0)


def report(number: str, lane: str = "OR/MO-1") -> Message:
    """An operation report for MO-1, as the works tell it."""
    payload = {"no": number, "order": "MO-1", "good": "1", "at": "2026-11-22T08:00:00Z"}
    return pack_inbound(Inbound(
        system="erp", organisation="100", entity="OR", key=number, lane=lane, payload=payload, revision=1, read_at=moment(),
        content=content_hash(payload),
    ))  # fmt: skip


def changed_order(version: int, quantity: str, base: int | None = None) -> Message:
    """A version of the shop's order SO-1, and from which one it was made."""
    payload = order("SO-1", quantity=quantity) | ({"based_on": base} if base is not None else {})
    return pack_inbound(Inbound(
        system="crm", organisation="1", entity="order", key="SO-1", lane="order/SO-1", payload=payload, revision=version,
        read_at=moment(), content=content_hash(payload),
    ))  # fmt: skip


def receipt(number: str) -> Message:
    """The event of a receipt for MO-1 that a MES declared."""
    data = {
        "organisation": "P1", "number": number, "production_order": "P1/MO-1", "material": "A", "quantity": {"value": "1", "unit": "H87"},
        "declared_at": "2026-11-22T08:00:00Z",
    }
    key = f"P1/{number}"
    event = Event(
        id=event_id("mes", "goods_receipt", key, 1), source="mes", entity="goods_receipt", key=key, lane="P1/MO-1", revision=1,
        correction=0, time=moment(), recorded_at=moment(), data=msgspec.json.encode(data),
    )
    return Message(canonical("production_order"), event.lane, event.data, event.headers())


def as_mes(scene: Scene) -> None:
    """The works play the MES: what they say of another's document has to be known first."""
    works = scene.settings.systems["erp"].model_copy(update={"roles": frozenset({"mes"})})
    scene.settings = scene.settings.model_copy(update={"systems": {**scene.settings.systems, "erp": works}})


async def normalized(scene: Scene, worker: Worker, offset: int = 0) -> None:
    await worker.normalize.arrived(RECORDS, await scene.messages(RECORDS, offset))


async def counted(worker: Worker) -> dict[str, int]:
    async with worker.road.db.read() as session:
        return {row.outcome: row.count for row in await session.execute(select(tallies).where(tallies.c.loop == "normalize"))}


async def test_b5_a_change_that_comes_twice_is_published_once_and_counted(scene: Scene) -> None:
    await scene.say(work_order(1), work_order(1), issue("MI-1"), issue("MI-1"))
    async with scene.worker() as worker:
        await worker.normalize.assigned(RECORDS)
        await normalized(scene, worker)
        assert (await counted(worker))["history"] == 2
    assert [Event.parse(one.headers, one.value).key for one in await scene.messages(FACTS)] == ["P1/MO-1", "P1/MI-1"]


async def test_b9_reports_before_their_production_order_wait_for_it_and_follow_it_in_order(scene: Scene) -> None:
    as_mes(scene)
    await scene.say(report("OR-1"), report("OR-2"))
    async with scene.worker() as worker:
        await worker.road.follower.catch_up()
        await worker.normalize.assigned(RECORDS)
        await normalized(scene, worker)
        assert [(row["key"], row["state"], row["code"]) for row in await hold_rows(worker.road)] == [
            ("OR-1", "waiting", "cause-document"), ("OR-2", "waiting", "cause-document"),
        ]
        assert await scene.consumed() == []
        await scene.say(work_order(1))
        await normalized(scene, worker, 2)
        await worker.normalize.tick(RECORDS)
        await worker.normalize.tick(RECORDS)
    assert await scene.consumed() == [("MO-1", 1), ("OR-1", 1), ("OR-2", 1)]


async def test_b9_an_order_told_after_facts_in_their_own_lane_goes_before_them(scene: Scene) -> None:
    """A source that commits late may tell it so."""
    as_mes(scene)
    await scene.say(report("OR-1", "MO/MO-1"), report("OR-2", "MO/MO-1"), work_order(1))
    async with scene.worker() as worker:
        await worker.normalize.assigned(RECORDS)
        await normalized(scene, worker)
        assert await scene.consumed() == [("MO-1", 1)]
        await released(worker)
    assert await scene.consumed() == [("MO-1", 1), ("OR-1", 1), ("OR-2", 1)]


async def test_b9_an_order_that_stands_behind_its_facts_is_brought_forward(scene: Scene) -> None:
    """The fact waited for a person when the order came; released, it waits for what stands behind it."""
    as_mes(scene)
    await scene.say(report("OR-1", "MO/MO-1"), report("OR-2", "MO/MO-1"), work_order(1))
    async with scene.worker() as worker:
        await worker.normalize.assigned(RECORDS)
        await worker.normalize.arrived(RECORDS, await scene.messages(RECORDS, 0, 2))
        async with worker.road.db.write() as session:
            await session.execute(update(holds).where(holds.c.key == "OR-1").values(code="of-a-person", facts={}))
            await session.execute(delete(hold_causes).where(hold_causes.c.hold == 1))
        await normalized(scene, worker, 2)
        assert [row["state"] for row in await hold_rows(worker.road)] == ["waiting", "waiting", "behind"]
        async with worker.road.db.write() as session:
            await wish_release(session, 1, "ann")
        await released(worker)
    assert await scene.consumed() == [("MO-1", 1), ("OR-1", 1), ("OR-2", 1)]


async def released(worker: Worker) -> None:
    """Turns until nothing can go on."""
    for _ in range(4):
        await worker.normalize.tick(RECORDS)


async def test_b20_a_change_made_from_an_outdated_version_is_held_until_it_is_made_anew(scene: Scene) -> None:
    await scene.say(changed_order(1, "1"), changed_order(2, "2", base=1), changed_order(3, "3", base=1))
    async with scene.worker() as worker:
        await worker.road.follower.catch_up()
        await worker.normalize.assigned(SAID)
        await worker.normalize.arrived(SAID, await scene.messages(SAID))
        (held,) = await hold_rows(worker.road)
        assert (held["code"], held["revision"], held["facts"]["base"], held["facts"]["last"]) == ("change-outdated", 3, 1, 2)
        await scene.say(changed_order(4, "3", base=2))
        await worker.normalize.arrived(SAID, await scene.messages(SAID, 3))
        assert [row["closed_as"] for row in await hold_rows(worker.road)] == ["superseded"]
    assert [Event.parse(one.headers, one.value).revision for one in await scene.messages(ORDERS)] == [1, 2, 4]


async def test_b20_a_person_may_let_the_outdated_change_undo_the_newest(scene: Scene) -> None:
    await scene.say(changed_order(1, "1"), changed_order(2, "2", base=1), changed_order(3, "3", base=1))
    async with scene.worker() as worker:
        await worker.road.follower.catch_up()
        await worker.normalize.assigned(SAID)
        await worker.normalize.arrived(SAID, await scene.messages(SAID))
        (held,) = await hold_rows(worker.road)
        async with worker.road.db.write() as session:
            await wish_release(session, held["id"], "ann")
        await worker.normalize.tick(SAID)
        assert [row["closed_as"] for row in await hold_rows(worker.road)] == ["published"]
    assert [Event.parse(one.headers, one.value).revision for one in await scene.messages(ORDERS)] == [1, 2, 3]


async def test_b16_a_receipt_that_the_target_cannot_post_is_kept_shown_in_its_words_and_posted_later(scene: Scene) -> None:
    scene.pair.erp.faults["save"] = ["refuse"]
    await scene.say(receipt("GR-1"), receipt("GR-2"))
    async with scene.worker() as worker:
        await worker.road.follower.catch_up()
        await worker.deliver.assigned(FACTS)
        await worker.deliver.arrived(FACTS, await scene.messages(FACTS))
        failed, behind = await hold_rows(worker.road)
        assert (failed["code"], failed["facts"]["words"], behind["state"]) == ("refused", "此单据不允许", "behind")
        async with worker.road.db.write() as session:
            assert await wish_release(session, failed["id"], "ann")
        await worker.deliver.tick(FACTS)
        await worker.deliver.tick(FACTS)
    assert [key for key, _ in scene.pair.erp.history] == ["goods_receipt/P1/GR-1", "goods_receipt/P1/GR-2"]
