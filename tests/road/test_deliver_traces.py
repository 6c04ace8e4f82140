"""Every trace that the protocol prevents in deliver: two workers, one target, calls that land late; each test names its rule."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import select

from hub.bus.base import Lost
from hub.incidents import list_incidents
from hub.recovery.housekeeping import look_again
from hub.recovery.wishes import wish_discard, wish_release
from hub.storage.holds import ripen
from hub.storage.tables import deliveries, holds
from tests.road.toy import SETTLE_S, Paper, hold_rows
from tests.road.workers import ORDERS, Scene, Worker, moment, sales_order

KEY = "sales_order/P1/SO-1"


async def work(scene: Scene, worker: Worker, offset: int = 0) -> None:
    await worker.deliver.arrived(ORDERS, await scene.messages(ORDERS, offset))


async def one_by_one(scene: Scene, worker: Worker) -> None:
    """Take the partition over; the first message comes in a batch of its own, then the others."""
    await worker.deliver.assigned(ORDERS)
    await worker.deliver.arrived(ORDERS, await scene.messages(ORDERS, 0, 1))
    await worker.deliver.arrived(ORDERS, await scene.messages(ORDERS, 1))


async def settle(worker: Worker, turns: int = 1) -> None:
    """Let what is in doubt settle, and take a turn; as often as asked."""
    for _ in range(turns):
        await asyncio.sleep(SETTLE_S + 0.05)
        async with worker.road.db.write() as session:
            await ripen(session, moment())
        await worker.deliver.tick(ORDERS)


async def rows(worker: Worker) -> list[tuple[int, str]]:
    async with worker.road.db.read() as session:
        statement = select(deliveries).where(deliveries.c.target == "erp", deliveries.c.document == KEY).order_by(deliveries.c.id)
        return [(row.revision, row.state) for row in await session.execute(statement)]


async def incidents(worker: Worker) -> list[str]:
    async with worker.road.db.read() as session:
        return [row["kind"] for row in await list_incidents(session)]


async def test_takeover_a_call_under_way_is_found_and_not_sent_again(scene: Scene) -> None:
    scene.pair.erp.refuses_duplicates = False
    await scene.say(sales_order(1))
    async with scene.worker() as old, scene.worker() as new:
        await old.deliver.assigned(ORDERS)
        task, stop = await old.until("deliver.answered", work(scene, old))
        await new.deliver.assigned(ORDERS)
        await work(scene, new)
        stop.go.set()
        with pytest.raises(Lost):
            await task
        await settle(new)
        assert await rows(new) == [(1, "done")]
    assert [step for step, *_ in scene.pair.erp.calls] == ["save", "submit"]
    assert len(scene.pair.erp.papers[KEY]) == 1


async def test_row_nothing_is_called_before_its_row_is_written(scene: Scene) -> None:
    await scene.say(sales_order(1))
    async with scene.worker() as old, scene.worker() as new:
        await old.deliver.assigned(ORDERS)
        task, stop = await old.until("deliver.prepared", work(scene, old))
        await new.deliver.assigned(ORDERS)
        stop.go.set()
        with pytest.raises(Lost):
            await task
    assert scene.pair.erp.calls == []


async def test_park_a_newer_version_waits_until_the_doubt_about_the_older_one_is_settled(scene: Scene) -> None:
    scene.pair.erp.faults["save"] = ["landed"]
    scene.pair.erp.refuses_duplicates = False
    await scene.say(sales_order(1), sales_order(2, "2"))
    async with scene.worker() as worker:
        await one_by_one(scene, worker)
        assert [step for step, *_ in scene.pair.erp.calls] == ["save"]
        await settle(worker, 2)
        assert {state for _, state in await rows(worker)} <= {"done", "superseded"}
    (paper,) = scene.pair.erp.papers[KEY]
    assert (paper.revision, paper.step) == (2000, "submit")


async def test_step_the_find_and_the_next_write_are_one_step_for_whoever_comes_after(scene: Scene) -> None:
    """v1 is in doubt and there; the worker dies right after the find has closed it and before v2 is written."""
    scene.pair.erp.faults["save"] = ["landed"]
    scene.pair.erp.refuses_duplicates = False
    await scene.say(sales_order(1), sales_order(2, "2"))
    async with scene.worker() as old, scene.worker() as new:
        await old.deliver.assigned(ORDERS)
        await old.deliver.arrived(ORDERS, await scene.messages(ORDERS, 0, 1))
        async with old.road.db.write() as session:
            await session.execute(holds.delete())
        await asyncio.sleep(SETTLE_S + 0.05)
        task, _ = await old.until("deliver.committed", old.deliver.arrived(ORDERS, await scene.messages(ORDERS, 1)))
        task.cancel()
        await new.deliver.assigned(ORDERS)
        await new.deliver.arrived(ORDERS, await scene.messages(ORDERS, 1))
        await settle(new, 2)
    (paper,) = scene.pair.erp.papers[KEY]
    assert (paper.revision, paper.step) == (2000, "submit")


async def test_adopt_a_creation_that_lands_late_makes_the_repeat_a_doubt_and_no_refusal(scene: Scene) -> None:
    erp = scene.pair.erp
    erp.faults["save"] = ["lost"]
    await scene.say(sales_order(1))
    async with scene.worker() as worker:
        await worker.deliver.assigned(ORDERS)
        await work(scene, worker)

        async def land() -> None:
            erp.before_landing = None
            erp.papers[KEY].append(Paper("late", "SO-1", KEY, mark_of_first(), 1000, "save", {}))

        erp.before_landing = land
        await settle(worker, 2)
        assert await rows(worker) == [(1, "done")]
        assert "document-refused" not in await incidents(worker)
    assert len(erp.papers[KEY]) == 1


async def test_adopt_holds_for_a_newer_version_after_an_older_ones_doubt(scene: Scene) -> None:
    erp = scene.pair.erp
    erp.faults["save"] = ["lost"]
    await scene.say(sales_order(1), sales_order(2, "2"))
    async with scene.worker() as worker:
        await worker.deliver.assigned(ORDERS)

        async def land() -> None:
            erp.before_landing = None
            erp.papers[KEY].append(Paper("late", "SO-1", KEY, mark_of_first(), 1000, "save", {}))

        await worker.deliver.arrived(ORDERS, await scene.messages(ORDERS, 0, 1))
        erp.before_landing = land
        await worker.deliver.arrived(ORDERS, await scene.messages(ORDERS, 1))
        await settle(worker, 4)
        assert "document-refused" not in await incidents(worker)
    (paper,) = erp.papers[KEY]
    assert (paper.revision, paper.step) == (2000, "submit")


async def test_verify_a_second_document_that_landed_late_becomes_an_incident(scene: Scene) -> None:
    erp = scene.pair.erp
    erp.refuses_duplicates = False
    erp.faults["save"] = ["lost"]
    await scene.say(sales_order(1))
    async with scene.worker() as worker:
        await worker.deliver.assigned(ORDERS)
        await work(scene, worker)
        await settle(worker)
        assert await rows(worker) == [(1, "done")]
        erp.papers[KEY].append(Paper("late", "SO-1b", KEY, mark_of_first(), 1000, "save", {}))
        await asyncio.sleep(SETTLE_S + 0.05)
        assert await look_again(worker.road.db, worker.road.systems["erp"], moment()) == 1
        assert await incidents(worker) == ["document-doubled"]


async def test_verify_an_older_version_that_landed_late_becomes_an_incident_and_the_newest_is_written_again(scene: Scene) -> None:
    erp = scene.pair.erp
    erp.faults["save"] = ["landed"]
    await scene.say(sales_order(1), sales_order(2, "2"))
    async with scene.worker() as worker:
        await worker.deliver.assigned(ORDERS)
        await work(scene, worker)
        await settle(worker, 2)
        (paper,) = erp.papers[KEY]
        assert (paper.revision, paper.step) == (2000, "submit")
        await worker.project.assigned(ORDERS)
        await worker.project.arrived(ORDERS, await scene.messages(ORDERS))
        paper.mark, paper.revision, paper.step = mark_of_first(), 1000, "save"
        await asyncio.sleep(SETTLE_S + 0.05)
        assert await look_again(worker.road.db, worker.road.systems["erp"], moment()) == 1
        assert await incidents(worker) == ["document-set-back"]
        await worker.deliver.tick(ORDERS)
        assert (paper.revision, paper.step) == (2000, "submit")


async def test_settle_a_call_whose_answer_is_lost_is_asked_about_only_when_it_can_no_longer_land(scene: Scene) -> None:
    erp = scene.pair.erp
    erp.refuses_duplicates = False
    erp.faults["save"] = ["lost"]
    await scene.say(sales_order(1))
    began = moment()
    scene.clock = lambda: began
    async with scene.worker() as worker:
        await worker.deliver.assigned(ORDERS)
        await work(scene, worker)
        async with worker.road.db.write() as session:
            assert await wish_release(session, 1, "ann")
        await worker.deliver.tick(ORDERS)       # even a person's word does not ask before
        assert await rows(worker) == [(1, "in_doubt")]
        scene.clock = moment
        erp.papers[KEY].append(Paper("late", "SO-1", KEY, mark_of_first(), 1000, "save", {}))
        await settle(worker, 2)
        assert await rows(worker) == [(1, "done")]
    assert [step for step, *_ in erp.calls] == ["save", "submit"]
    assert len(erp.papers[KEY]) == 1


async def test_an_older_version_released_while_a_newer_one_is_in_doubt_is_history_and_ends_only_itself(scene: Scene) -> None:
    erp = scene.pair.erp
    erp.refuses_duplicates = False
    erp.faults["save"] = ["refuse", "landed"]
    await scene.say(sales_order(1), sales_order(2, "2"))
    async with scene.worker() as worker:
        await one_by_one(scene, worker)
        assert await rows(worker) == [(1, "held"), (2, "in_doubt")]
        async with worker.road.db.write() as session:
            assert await wish_release(session, 1, "ann")
        await worker.deliver.tick(ORDERS)
        assert await rows(worker) == [(1, "superseded"), (2, "in_doubt")]
        await settle(worker, 2)
        assert await rows(worker) == [(1, "superseded"), (2, "done")]
    (paper,) = erp.papers[KEY]
    assert (paper.revision, paper.step) == (2000, "submit")


async def test_a_refused_version_ends_when_a_newer_one_is_taken(scene: Scene) -> None:
    scene.pair.erp.faults["save"] = ["refuse"]
    await scene.say(sales_order(1), sales_order(2, "2"))
    async with scene.worker() as worker:
        await one_by_one(scene, worker)
        assert await rows(worker) == [(1, "superseded"), (2, "done")]
        assert [row["closed_as"] for row in await hold_rows(worker.road)] == ["superseded"]


async def test_a_discard_ends_the_delivery_and_a_release_tries_it_again(scene: Scene) -> None:
    scene.pair.erp.faults["save"] = ["refuse", "refuse"]
    await scene.say(sales_order(1))
    async with scene.worker() as worker:
        await worker.deliver.assigned(ORDERS)
        await work(scene, worker)
        async with worker.road.db.write() as session:
            assert await wish_release(session, 1, "ann")
        await worker.deliver.tick(ORDERS)
        assert await rows(worker) == [(1, "held")]
        async with worker.road.db.write() as session:
            await wish_discard(session, [1], "ann", "not wanted")
        await worker.deliver.tick(ORDERS)
        assert await rows(worker) == [(1, "discarded")]
        assert [row["closed_as"] for row in await hold_rows(worker.road)] == ["discarded"]


async def test_of_one_batch_only_the_newest_version_is_written_whatever_comes_last(scene: Scene) -> None:
    await scene.say(sales_order(1), sales_order(3, "3"), sales_order(2, "2"))
    async with scene.worker() as worker:
        await worker.deliver.assigned(ORDERS)
        await work(scene, worker)
    assert [revision for _, _, revision in scene.pair.erp.calls] == [3000, 3000]


async def test_a_mistake_in_a_connector_is_a_doubt_and_stops_no_loop(scene: Scene) -> None:
    erp = scene.pair.erp

    async def fail() -> None:
        erp.before_landing = None
        raise KeyError("FBillNo")

    erp.before_landing = fail
    await scene.say(sales_order(1))
    async with scene.worker() as worker:
        await worker.deliver.assigned(ORDERS)
        await work(scene, worker)
        assert await rows(worker) == [(1, "in_doubt")]
        await settle(worker)
        assert await rows(worker) == [(1, "done")]


async def test_a_call_that_is_long_after_its_row_asks_again_whether_it_may(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hub.runtime.writing.DEADLINE_S", 0.0)
    await scene.say(sales_order(1))
    async with scene.worker() as old, scene.worker() as new:
        await old.deliver.assigned(ORDERS)
        task, stop = await old.until("deliver.writing", work(scene, old))
        await new.deliver.assigned(ORDERS)
        stop.go.set()
        with pytest.raises(Lost):
            await task
    assert scene.pair.erp.calls == []


async def test_what_the_dictionary_refuses_to_learn_is_an_incident(scene: Scene) -> None:
    from hub.recovery.learning import learn
    from hub.sdk import Written

    async with scene.worker() as worker:
        async with worker.road.db.write() as session:
            await learn(session, "erp", "material", "P1/NONE", Written(id="1", number="A", step="save"), moment())
            assert (await session.execute(select(1))).scalar() == 1
        assert await incidents(worker) == ["code-not-learned"]


def mark_of_first() -> str:
    return sales_order(1).headers["ce_id"]
