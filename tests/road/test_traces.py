"""Every trace that the protocol prevents in normalize, staged with the real loop and two workers; each test names its rule."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import update

from hub.bus.base import Lost
from hub.recovery.housekeeping import sweep_holds
from hub.recovery.wishes import wish_discard, wish_release
from hub.storage.holds import ready_lanes
from hub.storage.tables import holds
from tests.road.toy import hold_rows
from tests.road.workers import FACTS, RECORDS, Scene, Worker, agree, issue, work_order


async def take(worker: Worker) -> int:
    await worker.road.follower.catch_up()
    return await worker.normalize.assigned(RECORDS)


async def work(scene: Scene, worker: Worker, offset: int = 0) -> None:
    await worker.normalize.arrived(RECORDS, await scene.messages(RECORDS, offset))


async def turn(worker: Worker) -> None:
    await worker.road.follower.catch_up()
    await worker.normalize.tick(RECORDS)


async def states(worker: Worker) -> list[tuple[str, int, str]]:
    return [(row["key"], row["revision"], row["closed_as"] or row["state"]) for row in await hold_rows(worker.road)]


async def test_fence_a_worker_that_lost_its_partition_writes_nothing(scene: Scene) -> None:
    await scene.say(work_order(1, "X"))
    async with scene.worker() as old, scene.worker() as new:
        await take(old)
        task, stop = await old.until("normalize.decided", work(scene, old))
        assert await take(new) == 0
        stop.go.set()
        with pytest.raises(Lost):
            await task
        assert await hold_rows(new.road) == []
        await work(scene, new)
        assert await states(new) == [("MO-1", 1, "waiting")]


async def test_read_a_worker_that_lost_its_partition_decides_nothing(scene: Scene) -> None:
    await scene.say(issue("MI-1", "X"), issue("MI-2"))
    async with scene.worker() as old, scene.worker() as new:
        await take(old)
        await take(new)
        await new.normalize.arrived(RECORDS, await scene.messages(RECORDS, 0, 1))
        with pytest.raises(Lost):
            await work(scene, old)
        assert await scene.consumed() == []


async def test_plan_epoch_an_old_batch_does_not_commit_under_a_new_epoch(scene: Scene) -> None:
    await scene.say(issue("MI-1", "X"))
    async with scene.worker() as old, scene.worker() as other:
        await take(old)
        task, stop = await old.until("normalize.decided", work(scene, old))
        await take(other)
        await take(old)
        stop.go.set()
        with pytest.raises(Lost):
            await task
        await work(scene, old)
        await scene.say(issue("MI-2"))
        await work(scene, old, 1)
        assert await states(old) == [("MI-1", 1, "waiting"), ("MI-2", 1, "behind")]


async def test_rejoin_after_a_late_raise_the_true_owner_hears_that_it_is_lost_and_goes_on_anew(scene: Scene) -> None:
    await scene.say(issue("MI-1"))
    async with scene.worker() as frozen, scene.worker() as owner:
        await take(owner)
        await take(frozen)
        with pytest.raises(Lost):
            await work(scene, owner)
        await owner.normalize.revoked(RECORDS)
        await take(owner)
        await work(scene, owner)
    assert await scene.consumed() == [("MI-1", 1)]


async def test_a_repeated_batch_does_not_bring_back_what_a_person_dropped(scene: Scene) -> None:
    await scene.say(issue("MI-1", "X"))
    async with scene.worker() as worker:
        await take(worker)
        batch = await scene.messages(RECORDS)
        await worker.normalize.arrived(RECORDS, batch)
        async with worker.road.db.write() as session:
            await wish_discard(session, [1], "ann", "not ours")
        await turn(worker)
        await agree(worker.road.db, "X")
        await worker.road.follower.catch_up()
        await worker.normalize.arrived(RECORDS, batch)
        assert await states(worker) == [("MI-1", 1, "discarded")]
    assert await scene.consumed() == []


async def test_catchup_a_new_owner_waits_for_the_dictionary_that_its_predecessor_had(scene: Scene) -> None:
    async with scene.worker() as other, scene.worker() as new:
        await agree(other.road.db, "X")
        taking = asyncio.create_task(new.normalize.assigned(RECORDS))
        done, _ = await asyncio.wait({taking}, timeout=0.2)
        assert not done
        await new.road.follower.catch_up()
        assert await taking == 0


async def test_jump_a_release_that_may_be_half_done_is_not_taken_over(scene: Scene) -> None:
    await scene.say(work_order(1, "X"), issue("MI-1"))
    async with scene.worker() as old, scene.worker() as new:
        await take(old)
        await work(scene, old)
        await agree(old.road.db, "X")
        task, _ = await old.until("release.published", turn(old))
        task.cancel()
        await scene.say(work_order(2, state="closed"))
        await take(new)
        await work(scene, new, 2)
        for _ in range(3):
            await turn(new)
        assert {state for *_, state in await states(new)} == {"published"}
    assert await scene.consumed() == [("MO-1", 1), ("MI-1", 1), ("MO-1", 2)]


async def test_newer_a_version_that_came_during_a_release_goes_on_when_the_older_one_must_wait_again(scene: Scene) -> None:
    await scene.say(work_order(1, state="nonsense"))
    async with scene.worker() as worker:
        await take(worker)
        await work(scene, worker)
        async with worker.road.db.write() as session:
            assert await wish_release(session, 1, "ann")
        await scene.say(work_order(2))
        await work(scene, worker, 1)
        assert await states(worker) == [("MO-1", 1, "ready"), ("MO-1", 2, "behind")]
        await turn(worker)
        await turn(worker)
        assert await states(worker) == [("MO-1", 1, "superseded"), ("MO-1", 2, "published")]


async def test_head_what_stands_behind_a_superseded_version_goes_on(scene: Scene) -> None:
    await scene.say(work_order(1, "X"), issue("MI-1"), work_order(2))
    async with scene.worker() as worker:
        await take(worker)
        await work(scene, worker)
        assert (await states(worker))[-1] == ("MI-1", 1, "ready")
        await turn(worker)
    assert await scene.consumed() == [("MO-1", 2), ("MI-1", 1)]


@pytest.mark.parametrize("asked", [True, False])
async def test_sweep_an_approval_between_the_check_and_the_hold_is_found(scene: Scene, asked: bool) -> None:
    await scene.say(issue("MI-1", "X"))
    async with scene.worker() as old, scene.worker() as new:
        await take(old)
        task, stop = await old.until("normalize.decided", work(scene, old))
        await agree(new.road.db, "X")
        if asked:
            stop.go.set()
            await task
        else:
            after = old.stops.at("normalize.committed")
            stop.go.set()
            await after.reached.wait()
            task.cancel()
            assert await states(new) == [("MI-1", 1, "waiting")]
            assert await sweep_holds(new.road.db) == 1
        await take(new)
        await turn(new)
    assert await scene.consumed() == [("MI-1", 1)]


async def test_a_release_waits_for_the_snapshot(scene: Scene) -> None:
    await scene.say(issue("MI-1", "X"))
    async with scene.worker() as worker:
        await take(worker)
        await work(scene, worker)
        await agree(worker.road.db, "X")
        await worker.normalize.tick(RECORDS)
        assert await states(worker) == [("MI-1", 1, "ready")]
        await turn(worker)
    assert await scene.consumed() == [("MI-1", 1)]


async def test_newer_a_right_version_is_not_held_up_by_the_error_before_it(scene: Scene) -> None:
    await scene.say(work_order(1, "TYPO"), issue("MI-1"), work_order(2, "Y"))
    async with scene.worker() as worker:
        await take(worker)
        await work(scene, worker)
        await agree(worker.road.db, "Y")
        await turn(worker)
        await turn(worker)
        assert [state for *_, state in await states(worker)] == ["superseded", "published", "published"]
    assert await scene.consumed() == [("MO-1", 2), ("MI-1", 1)]


async def test_place_a_newer_version_does_not_overtake_a_fact_that_follows_a_published_one(scene: Scene) -> None:
    await scene.say(work_order(1), issue("MI-1", "X"), work_order(2, state="closed"))
    async with scene.worker() as worker:
        await take(worker)
        await work(scene, worker)
        assert await scene.consumed() == [("MO-1", 1)]
        await agree(worker.road.db, "X")
        await turn(worker)
        await turn(worker)
    assert await scene.consumed() == [("MO-1", 1), ("MI-1", 1), ("MO-1", 2)]


async def test_echo_back_to_the_published_state_is_told_when_a_version_between_is_held(scene: Scene) -> None:
    await scene.say(work_order(1), work_order(2, "X"), work_order(3))
    async with scene.worker() as worker:
        await take(worker)
        await work(scene, worker)
        assert [state for *_, state in await states(worker)] in (["superseded"], [])
    assert await scene.consumed() == [("MO-1", 1), ("MO-1", 3)]


async def test_all_causes_are_collected_and_the_row_goes_on_when_the_last_is_gone(scene: Scene) -> None:
    two = issue("MI-1", "X")
    body = two.value.replace(b'{"item":"X"', b'{"item":"Y","line":2,"qty":"1"},{"item":"X"')
    await scene.say(type(two)(two.topic, two.key, body, two.headers))
    async with scene.worker() as worker:
        await take(worker)
        await work(scene, worker)
        await asyncio.gather(agree(worker.road.db, "X"), agree(worker.road.db, "Y"))
        assert await states(worker) == [("MI-1", 1, "ready")]
        await turn(worker)
    assert await scene.consumed() == [("MI-1", 1)]


async def test_lanes_that_cannot_move_do_not_crowd_out_others(scene: Scene) -> None:
    await scene.say(work_order(1, "X"), issue("MI-1", "Y"))
    async with scene.worker() as worker:
        await take(worker)
        await work(scene, worker)
        await agree(worker.road.db, "Y")
        await worker.road.follower.catch_up()
        async with worker.road.db.read() as session:
            assert await ready_lanes(session, "normalize", RECORDS, 10**9, 40) == []


async def test_a_discard_during_the_turn_that_waits_again_is_not_forgotten(scene: Scene) -> None:
    await scene.say(issue("MI-1", "X"))
    async with scene.worker() as worker:
        await take(worker)
        await work(scene, worker)
        async with worker.road.db.write() as session:
            await session.execute(update(holds).values(state="ready"))
        task, stop = await worker.until("release.decided", turn(worker))
        async with worker.road.db.write() as session:
            await wish_discard(session, [1], "ann", "a mistake")
        stop.go.set()
        await task
        await turn(worker)
        assert await states(worker) == [("MI-1", 1, "discarded")]


async def test_a_zombie_that_publishes_harms_no_consumer(scene: Scene) -> None:
    await scene.say(work_order(1))
    async with scene.worker() as old, scene.worker() as new:
        await take(old)
        task, stop = await old.until("normalize.decided", work(scene, old))
        await scene.say(work_order(2, state="closed"))
        await take(new)
        await work(scene, new)
        stop.go.set()
        with pytest.raises(Lost):
            await task
    assert len(await scene.messages(FACTS)) == 3
    assert await scene.consumed() == [("MO-1", 1), ("MO-1", 2)]
