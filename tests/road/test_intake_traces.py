"""Every trace that the protocol prevents in intake: two processes read one key; each test names its rule.

The shop here gives its orders no version of their own, so the hub counts contents; a time, where it has one, orders them.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from hub.bus.base import Lost, Partition
from hub.bus.topics import inbound
from hub.pipeline.wire import unpack_inbound
from hub.sdk import Record
from hub.storage.intake import Lease, cursor, take_lease
from tests.road.toy import SHOP, order
from tests.road.workers import NOTHING_HAPPENS_S, Scene, Worker, moment

TOLD = Partition(inbound("crm"), 0)


@pytest.fixture(autouse=True)
def without_versions(scene: Scene) -> None:
    scene.shop = replace(SHOP, entities=tuple(replace(card, version="time") for card in SHOP.entities))


def says(quantity: str, at: str | None = None) -> Record:
    """Order SO-1 with this quantity, changed at this time."""
    return Record(organisation="1", entity="order", key="SO-1", lane="SO-1", version=at, payload=order("SO-1", quantity=quantity))


async def poll(worker: Worker, record: Record, lease: Lease | None = None, to: int = 1) -> None:
    lease = lease or await leased(worker)
    await worker.intake.take_in([record], "poll", lease=lease, entity="order", to={"seen": to})


async def leased(worker: Worker) -> Lease:
    """The system's lease, taken from whoever has it: both workers go by one name, as a process that is started again does."""
    async with worker.road.db.write() as session:
        lease = await take_lease(session, "poll.crm", "a", moment(), 60)
    assert lease is not None
    return lease


async def reached(worker: Worker) -> object:
    async with worker.road.db.read() as session:
        return await cursor(session, "crm", "order")


async def told(scene: Scene) -> list[tuple[int, str, str]]:
    """What is on the bus: revision, quantity, verdict."""
    records = [unpack_inbound(message.value) for message in await scene.messages(TOLD)]
    return [(record.revision, record.payload["lines"][0]["quantity"], record.verdict) for record in records]


async def test_reserve_a_content_that_was_published_before_a_crash_keeps_its_revision(scene: Scene) -> None:
    async with scene.worker() as old, scene.worker() as new:
        task, _ = await old.until("intake.published", poll(old, says("1")))
        task.cancel()
        await poll(new, says("2"))
    assert await told(scene) == [(1, "1", "new"), (2, "2", "new")]


async def test_confirm_what_was_reserved_and_not_published_is_not_taken_for_unchanged(scene: Scene) -> None:
    async with scene.worker() as old, scene.worker() as new:
        task, _ = await old.until("intake.reserved", poll(old, says("1")))
        task.cancel()
        await poll(new, says("1"))
        await poll(new, says("1"))
    assert await told(scene) == [(1, "1", "new")]


@pytest.mark.parametrize("point", ["intake.reserved", "intake.published"])
async def test_cursor_it_does_not_move_before_the_bus_has_the_records(scene: Scene, point: str) -> None:
    async with scene.worker() as old, scene.worker() as new:
        task, _ = await old.until(point, poll(old, says("1")))
        task.cancel()
        assert await reached(new) is None
        await poll(new, says("1"))
        assert await reached(new) == {"seen": 1}
    assert set(await told(scene)) == {(1, "1", "new")}


async def test_fence_who_has_lost_the_lease_reserves_nothing(scene: Scene) -> None:
    async with scene.worker() as old, scene.worker() as new:
        lease = await leased(old)
        await poll(new, says("2"), to=2)
        with pytest.raises(Lost):
            await poll(old, says("1"), lease, to=1)
        assert await reached(new) == {"seen": 2}
    assert await told(scene) == [(1, "2", "new")]


async def test_fence_who_loses_the_lease_in_between_does_not_set_the_cursor_back(scene: Scene) -> None:
    async with scene.worker() as old, scene.worker() as new:
        task, stop = await old.until("intake.published", poll(old, says("1"), to=1))
        await poll(new, says("2"), to=2)
        stop.go.set()
        with pytest.raises(Lost):
            await task
        assert await reached(new) == {"seen": 2}
    assert await told(scene) == [(1, "1", "new"), (2, "2", "new")]


async def test_lock_two_readers_of_one_key_do_not_count_the_same_revision(scene: Scene) -> None:
    async with scene.worker() as one, scene.worker() as other:
        one.stop_before_commits()
        first, stop = await one.until("commit", one.intake.take_in([says("1")], "webhook"))
        second = asyncio.create_task(other.intake.take_in([says("2")], "fetch"))
        done, _ = await asyncio.wait({second}, timeout=NOTHING_HAPPENS_S)
        assert not done
        stop.go.set()
        await asyncio.gather(first, second)
    assert sorted(await told(scene)) == [(1, "1", "new"), (2, "2", "new")]


async def test_ordered_an_older_webhook_after_a_newer_poll_goes_to_history(scene: Scene) -> None:
    async with scene.worker() as one, scene.worker() as other:
        await poll(one, says("2", "2026-11-22T12:00:00Z"))
        await other.intake.take_in([says("1", "2026-11-22T11:00:00Z")], "webhook")
        await poll(one, says("1", "2026-11-22T13:00:00Z"))
    assert await told(scene) == [(1, "2", "new"), (0, "1", "older"), (2, "1", "new")]


async def test_ordered_holds_while_the_newer_one_is_under_way(scene: Scene) -> None:
    async with scene.worker() as one, scene.worker() as other:
        task, stop = await one.until("webhook.reserved", one.intake.take_in([says("2", "2026-11-22T12:00:00Z")], "webhook"))
        await poll(other, says("1", "2026-11-22T11:00:00Z"))
        stop.go.set()
        await task
    assert await told(scene) == [(0, "1", "older"), (1, "2", "new")]
