"""Traces of normalize about who publishes when: turns, what goes before what in a write and a take-over, and a zombie's publish."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import select

from hub.bus.base import Lost
from hub.event import Event
from hub.runtime.normalize import GROUP
from hub.services.status import measure
from hub.storage.records import record_states_of
from hub.storage.tables import ownership
from tests.road.test_traces import states, take, turn, work
from tests.road.toy import eventually, hold_rows
from tests.road.workers import FACTS, NOTHING_HAPPENS_S, RECORDS, Scene, Worker, agree, issue, work_order


async def test_turns_a_release_waits_for_the_batch_in_hand_though_its_row_is_ready(scene: Scene) -> None:
    """The batch takes v1's place with v2; a release of v1 beside it would publish v1, and the fact before v2."""
    await scene.say(work_order(1, "X"))
    async with scene.worker() as worker:
        consuming = asyncio.create_task(scene.bus.consume(GROUP, [RECORDS.topic], worker.normalize, tick_s=0.01))
        await eventually(lambda: hold_rows(worker.road))
        batch, release = worker.stops.at("normalize.decided"), worker.stops.at("release.decided")
        await scene.say(issue("MI-1"), work_order(2))
        await batch.reached.wait()
        await agree(worker.road.db, "X")
        await worker.road.follower.catch_up()
        beside, _ = await asyncio.wait({asyncio.create_task(release.reached.wait())}, timeout=NOTHING_HAPPENS_S)
        release.go.set()
        batch.go.set()
        await eventually(lambda: _told(scene, 2))
        consuming.cancel()
        await asyncio.gather(consuming, return_exceptions=True)
        assert not beside
    assert await scene.consumed() == [("MO-1", 2), ("MI-1", 1)]


async def _told(scene: Scene, count: int) -> bool:
    return len(await scene.consumed()) == count


async def test_raise_a_new_owner_waits_for_a_write_in_flight_and_knows_the_hold_it_left(scene: Scene) -> None:
    await scene.say(issue("MI-1", "X"), issue("MI-2"))
    async with scene.worker() as old, scene.worker() as new:
        await take(old)
        old.stop_before_commits()
        task, stop = await old.until("commit", old.normalize.arrived(RECORDS, await scene.messages(RECORDS, 0, 1)))
        taking = asyncio.create_task(take(new))
        done, _ = await asyncio.wait({taking}, timeout=NOTHING_HAPPENS_S)
        assert not done
        stop.go.set()
        await task
        assert await taking == 1
        await work(scene, new, 1)
        assert await states(new) == [("MI-1", 1, "waiting"), ("MI-2", 1, "behind")]
    assert await scene.consumed() == []


async def test_publish_what_was_not_published_is_no_repeat_for_the_successor(scene: Scene) -> None:
    await scene.say(work_order(1))
    async with scene.worker() as old, scene.worker() as new:
        await take(old)
        task, _ = await old.until("normalize.decided", work(scene, old))
        task.cancel()
        async with new.road.db.read() as session:
            assert await record_states_of(session, [("erp", "MO", "MO-1")]) == {}
        await take(new)
        await work(scene, new)
    assert await scene.consumed() == [("MO-1", 1)]


async def test_offset_it_moves_with_the_hold_and_not_before(scene: Scene) -> None:
    await scene.say(issue("MI-1", "X"))
    async with scene.worker() as old, scene.worker() as new:
        await take(old)
        task, _ = await old.until("normalize.published", work(scene, old))
        async with new.road.db.read() as session:
            assert (await session.execute(select(ownership.c.next_offset))).scalar_one() == 0
        task.cancel()
        assert await take(new) == 0
        await work(scene, new)
        assert await states(new) == [("MI-1", 1, "waiting")]
        assert await take(new) == 1


async def test_stamp_a_zombies_publish_is_counted_and_shown_and_facts_keep_their_order(scene: Scene) -> None:
    """A release by the new owner, and before the fact behind it the old one's v2: allowed, told by its epoch."""
    await scene.say(work_order(1, "X"))
    async with scene.worker() as old, scene.worker() as new:
        await take(old)
        await work(scene, old)
        await scene.say(issue("MI-1"), work_order(2, state="closed"))
        task, stop = await old.until("normalize.decided", work(scene, old, 1))
        await agree(new.road.db, "X")
        await take(new)
        await turn(new)
        stop.go.set()
        with pytest.raises(Lost):
            await task
        await work(scene, new, 1)
        assert await scene.consumed() == [("MO-1", 1), ("MO-1", 2), ("MI-1", 1)]
        assert [_epoch(message.headers, message.value) for message in await scene.messages(FACTS)] == [2, 1, 2, 2]
        assert await _zombies(scene, new) == [1]


def _epoch(headers: object, value: bytes) -> int:
    return int(Event.parse(headers, value).origin.rpartition("/")[2])      # type: ignore[arg-type]


async def _zombies(scene: Scene, worker: Worker) -> list[float]:
    """What the metrics say once the project loop has read the canonical topic."""
    await worker.project.assigned(FACTS)
    await worker.project.arrived(FACTS, await scene.messages(FACTS))
    numbers = await measure(worker.road.db, worker.road.bus, {})
    return [count for labels, count in numbers["loopline_messages_total"] if labels == ("project", "erp", "zombie")]
