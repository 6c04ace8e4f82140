"""Releases that take more than one turn: every lane keeps its order, whatever arrives between two turns."""

from __future__ import annotations

import pytest
from sqlalchemy import delete, update

from hub.bus.base import Message
from hub.recovery.wishes import wish_release
from hub.runtime import normalize
from hub.storage.tables import hold_causes, holds
from tests.road.test_rules import as_mes, report
from tests.road.test_traces import states, take, turn, work
from tests.road.workers import RECORDS, Scene, Worker, agree, issue, record, work_order


def short_turns(monkeypatch: pytest.MonkeyPatch, rows: int, lanes: int = 10) -> None:
    """A turn tries so few rows, of so few lanes."""
    monkeypatch.setattr(normalize, "ROWS_PER_TURN", rows)
    monkeypatch.setattr(normalize, "LANES_PER_TURN", lanes)


async def approved(worker: Worker) -> None:
    await agree(worker.road.db, "X")
    await worker.road.follower.catch_up()


async def to_the_end(worker: Worker) -> None:
    while any(state in ("ready", "behind") for *_, state in await states(worker)):
        await turn(worker)


async def test_a_long_lane_goes_on_in_order_and_what_arrives_meanwhile_stands_behind_it(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    short_turns(monkeypatch, 3)
    numbers = [f"MI-{number}" for number in range(10, 19)]
    await scene.say(*(issue(number, "X" if number == "MI-10" else "A") for number in numbers[:-1]))
    async with scene.worker() as worker:
        await take(worker)
        await work(scene, worker)
        await approved(worker)
        await turn(worker)
        assert await scene.consumed() == [(number, 1) for number in numbers[:3]]
        await scene.say(issue(numbers[-1]))
        await work(scene, worker, 8)
        assert (await states(worker))[-1] == (numbers[-1], 1, "behind")
        await to_the_end(worker)
    assert await scene.consumed() == [(number, 1) for number in numbers]


async def test_a_lane_is_held_though_all_that_was_read_of_it_is_superseded(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """Versions told out of order: the newest closes the others, and with them everything the turn has read."""
    short_turns(monkeypatch, 2)
    await scene.say(*(work_order(version, "X") for version in (3, 1, 2)), issue("MI-1"))
    async with scene.worker() as worker:
        await take(worker)
        await work(scene, worker)
        await approved(worker)
        await turn(worker)
        assert [state for *_, state in await states(worker)] == ["published", "superseded", "superseded", "ready"]
        await scene.say(issue("MI-2"))
        await work(scene, worker, 4)
        await to_the_end(worker)
    assert await scene.consumed() == [("MO-1", 3), ("MI-1", 1), ("MI-2", 1)]


async def test_what_the_head_turns_out_to_wait_for_is_found_at_the_end_of_a_long_lane(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    short_turns(monkeypatch, 1)
    as_mes(scene)
    await scene.say(*(report(f"OR-{number}", "MO/MO-1") for number in (1, 2, 3)), work_order(1))
    async with scene.worker() as worker:
        await take(worker)
        await worker.normalize.arrived(RECORDS, await scene.messages(RECORDS, 0, 3))
        async with worker.road.db.write() as session:
            await session.execute(update(holds).where(holds.c.key == "OR-1").values(code="of-a-person", facts={}))
            await session.execute(delete(hold_causes).where(hold_causes.c.hold == 1))
        await work(scene, worker, 3)
        async with worker.road.db.write() as session:
            await wish_release(session, 1, "ann")
        for _ in range(10):
            await turn(worker)
    assert await scene.consumed() == [("MO-1", 1), ("OR-1", 1), ("OR-2", 1), ("OR-3", 1)]


async def test_more_lanes_than_a_turn_takes_all_go_on(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    short_turns(monkeypatch, 2, lanes=2)
    await scene.say(*(in_lane(number) for number in range(7)))
    async with scene.worker() as worker:
        await take(worker)
        await work(scene, worker)
        await approved(worker)
        for _ in range(4):
            await turn(worker)
        assert {state for *_, state in await states(worker)} == {"published"}
    assert sorted(await scene.consumed()) == [(f"MI-{number}", 1) for number in range(7)]


def in_lane(number: int) -> Message:
    """A material issue in a lane of its own, with a code that nobody knows."""
    lines = [{"line": 1, "item": "X", "qty": "1"}]
    said = {"no": f"MI-{number}", "order": f"MO-{number}", "at": "2026-11-22T08:00:00Z", "lines": lines}
    return record("MI", f"MI-{number}", 1, said, lane=f"MO/MO-{number}")
