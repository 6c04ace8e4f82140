"""The races of holding that the traces do not name: what frees a hold comes at an awkward moment, or twice, or never."""

from __future__ import annotations

import asyncio

from hub.bus.base import Message
from hub.errors import DataError
from hub.incidents import list_incidents
from hub.recovery.cycles import find_cycles
from hub.recovery.wishes import wish_discard
from master_data.proposals import approve, propose
from master_data.proposed import AddCrossReference
from tests.road.test_traces import states, take, turn, work
from tests.road.workers import NOTHING_HAPPENS_S, RECORDS, Scene, Worker, agree, issue, moment, record


async def test_an_approval_during_an_assignment_frees_what_the_new_owner_takes_over(scene: Scene) -> None:
    await scene.say(issue("MI-1", "X"))
    async with scene.worker() as old, scene.worker() as new:
        await take(old)
        await work(scene, old)
        await agree(old.road.db, "Y")
        taking = asyncio.create_task(new.normalize.assigned(RECORDS))      # waits for Y in its snapshot
        done, _ = await asyncio.wait({taking}, timeout=NOTHING_HAPPENS_S)
        assert not done
        await agree(old.road.db, "X")
        await new.road.follower.catch_up()
        await taking
        await turn(new)
        assert await states(new) == [("MI-1", 1, "published")]
    assert await scene.consumed() == [("MI-1", 1)]


async def test_an_approval_during_an_assignment_frees_what_the_old_owner_was_just_writing(scene: Scene) -> None:
    await scene.say(issue("MI-1", "X"))
    async with scene.worker() as old, scene.worker() as new:
        await take(old)
        old.stop_before_commits()
        task, stop = await old.until("commit", work(scene, old))
        taking = asyncio.create_task(new.normalize.assigned(RECORDS))
        approving = asyncio.create_task(agree(new.road.db, "X"))
        await asyncio.wait({taking, approving}, timeout=NOTHING_HAPPENS_S)
        stop.go.set()
        await asyncio.gather(task, approving)
        await new.road.follower.catch_up()
        await taking
        await turn(new)
    assert await scene.consumed() == [("MI-1", 1)]


async def test_an_approval_twice_at_once_counts_once(scene: Scene) -> None:
    await scene.say(issue("MI-1", "X"))
    async with scene.worker() as one, scene.worker() as other:
        await take(one)
        await work(scene, one)
        change = AddCrossReference(kind="material", system="erp", organisation="", local_code="X", code="A", preferred=False)
        proposal = await propose(one.road.db, change, by="ann")
        both = await asyncio.gather(
            approve(one.road.db, proposal, by="ben"), approve(other.road.db, proposal, by="cat"), return_exceptions=True
        )
        assert sorted(isinstance(answer, DataError) for answer in both) == [False, True]
        await turn(one)
        await turn(one)
        assert await states(one) == [("MI-1", 1, "published")]
    assert await scene.consumed() == [("MI-1", 1)]


async def test_a_release_twice_at_once_is_the_new_owners(scene: Scene) -> None:
    await scene.say(issue("MI-1", "X"))
    async with scene.worker() as old, scene.worker() as new:
        await take(old)
        await work(scene, old)
        await agree(old.road.db, "X")
        task, stop = await old.until("release.decided", turn(old))
        await take(new)
        await turn(new)
        stop.go.set()
        assert await asyncio.gather(task, return_exceptions=True) != [None]
        assert await states(new) == [("MI-1", 1, "published")]
    assert await scene.consumed() == [("MI-1", 1)]


async def test_two_waits_for_each_other_are_one_incident_that_ends_when_one_is_dropped(scene: Scene) -> None:
    """Each work order waits for a sales order that stands behind the other one."""
    def waiting(number: str, lane: str, order: str) -> Message:
        demand = {"so": order, "line": 10, "qty": "1"}
        return record("MO", number, 1, {"no": number, "item": "A", "qty": "1", "state": "released", "orders": [demand]}, lane)

    def sales(number: str, lane: str) -> Message:
        return record("SO", number, 1, {"no": number, "state": "confirmed", "words": ""}, lane)

    await scene.say(waiting("MO-1", "a", "SO-2"), sales("SO-1", "a"), waiting("MO-2", "b", "SO-1"), sales("SO-2", "b"))
    async with scene.worker() as worker:
        await take(worker)
        await work(scene, worker)
        assert [state for *_, state in await states(worker)] == ["waiting", "behind", "waiting", "behind"]
        assert await find_cycles(worker.road.db, moment()) == 1
        assert await _incidents(worker) == ["waits-for-each-other"]
        async with worker.road.db.write() as session:
            await wish_discard(session, [3], "ann", "planned twice")
        for _ in range(3):
            await turn(worker)
        assert [state for *_, state in await states(worker)] == ["published", "published", "discarded", "published"]
        assert await find_cycles(worker.road.db, moment()) == 0
        assert await _incidents(worker) == []


async def _incidents(worker: Worker) -> list[str]:
    async with worker.road.db.read() as session:
        return [row["kind"] for row in await list_incidents(session)]
