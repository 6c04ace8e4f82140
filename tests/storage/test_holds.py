"""Hold rows and ownership, on both databases: who may move a row, and what a raise waits for (PROTOCOL P2, P3, N6–N9)."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from hub.bus.base import Lost, Partition
from hub.db import Database
from hub.recovery.wishes import wish_discard
from hub.storage import holds
from hub.storage.causes import Cause, CauseKind
from hub.storage.holds import BEHIND, READY, WAITING, Hold
from hub.storage.ownership import advance, fence, next_offset, raise_epoch, still_owned

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
HERE = Partition("inbound.crm", 0)
X, Y = (Cause(CauseKind.CODE, "crm", "P1", "material", value) for value in "XY")


def make_hold(offset: int, state: str = WAITING, causes: tuple[Cause, ...] = (), lane: str = "a", **more: object) -> Hold:
    return Hold(
        group="normalize", partition=HERE, offset=offset, lane=lane, state=state, system="crm", entity="order", causes=causes,
        **({"key": f"K{offset}", "full_state": False, "revision": 1, "correction": 0, "message": b"", "held_at": NOON} | more),  # type: ignore[arg-type]
    )


async def put(database: Database, *rows: Hold) -> None:
    async with database.write() as session:
        await holds.insert_holds(session, rows)


async def lane(database: Database, name: str = "a") -> list[Hold]:
    async with database.read() as session:
        return (await holds.queues(session, "normalize", HERE, [name])).get(name, [])


async def mark(database: Database, cause: Cause, version: int = 0) -> int:
    async with database.write() as session:
        return await holds.mark_ready(session, [cause.text], version)


async def ready(database: Database, version: int = 0, limit: int = 10) -> list[str]:
    async with database.read() as session:
        return await holds.ready_lanes(session, "normalize", HERE, version, limit)


async def test_a_row_is_ready_when_the_last_of_its_causes_is_gone(database: Database) -> None:
    await put(database, make_hold(1, causes=(X, Y)))
    assert (await mark(database, X, 3), await mark(database, Y, 2)) == (0, 1)
    (row,) = await lane(database)
    assert (row.state, row.ready_version) == (READY, 3)


async def test_two_approvals_at_once_leave_no_row_asleep(database: Database) -> None:
    await put(database, *(make_hold(number, causes=(X, Y), lane=f"l{number}") for number in range(5)))
    await asyncio.gather(mark(database, X, 1), mark(database, Y, 2))
    assert len(await ready(database, 2)) == 5


async def test_a_row_that_is_there_already_is_left_as_it_is(database: Database) -> None:
    await put(database, make_hold(1, causes=(X,)))
    await put(database, make_hold(1, BEHIND))
    assert [row.state for row in await lane(database)] == [WAITING]


async def test_what_the_head_of_its_lane_waits_for_is_woken_and_its_lane_can_go_on(database: Database) -> None:
    waits = Cause(CauseKind.TARGET_DOCUMENT, "erp", "P1", "order", "P1/泵 1")
    await put(database, make_hold(1, causes=(X, waits)), make_hold(2, BEHIND), make_hold(3, BEHIND, key="P1/泵 1"))
    await put(database, make_hold(4, causes=(waits,), lane="b"), make_hold(5, READY, lane="b"))
    async with database.write() as session:
        assert await holds.wake_awaited(session) == 1
    assert [row.state for row in await lane(database)] == [WAITING, BEHIND, READY]
    assert await ready(database) == ["a"]


async def test_closing_a_head_makes_the_next_one_ready(database: Database) -> None:
    await put(database, make_hold(1, causes=(X,)), make_hold(2, BEHIND), make_hold(3, BEHIND))
    head = (await lane(database))[0]
    async with database.write() as session:
        await holds.close(session, [head.id], "published", NOON)
        assert await holds.ready_heads(session, "normalize", HERE, ["a"]) == 1
    assert [row.state for row in await lane(database)] == [READY, BEHIND]


async def test_a_ready_row_behind_another_ones_wait_does_not_make_its_lane_move(database: Database) -> None:
    await put(database, make_hold(1, causes=(X,)), make_hold(2, causes=(Y,)), make_hold(3, READY, lane="b"))
    await mark(database, Y)
    assert await ready(database) == ["b"]


async def test_a_ready_newer_version_of_the_waiting_head_makes_it_move(database: Database) -> None:
    record = {"key": "K", "full_state": True}
    await put(database, make_hold(1, causes=(X,), **record), make_hold(2, BEHIND), make_hold(3, READY, revision=2, **record))
    assert await ready(database) == ["a"]


async def test_a_wish_to_drop_a_row_that_is_not_the_head_makes_its_lane_move(database: Database) -> None:
    await put(database, make_hold(1, causes=(X,)), make_hold(2, BEHIND))
    second = (await lane(database))[1]
    async with database.write() as session:
        await wish_discard(session, [second.id], "ann", "why")
    assert await ready(database) == ["a"]


async def test_a_version_that_the_snapshot_has_not_is_not_ready_yet(database: Database) -> None:
    await put(database, make_hold(1, causes=(X,)))
    await mark(database, X, 5)
    assert (await ready(database, 4), await ready(database, 5)) == ([], ["a"])


async def test_waiting_again_does_not_forget_a_wish(database: Database) -> None:
    await put(database, make_hold(1, READY))
    (seen,) = await lane(database)
    async with database.write() as session:
        await wish_discard(session, [seen.id], "ann", "why")
        await holds.wait_again(session, replace(seen, state=WAITING, causes=(X,)))
    (row,) = await lane(database)
    assert (row.state, row.wish) == (READY, "discard")


async def test_waiting_again_wakes_a_newer_version_that_stood_behind(database: Database) -> None:
    record = {"key": "K", "full_state": True}
    await put(database, make_hold(1, READY, **record), make_hold(2, BEHIND), make_hold(3, BEHIND, revision=2, **record))
    first = (await lane(database))[0]
    async with database.write() as session:
        await holds.wait_again(session, replace(first, state=WAITING, causes=(X,)))
    assert [row.state for row in await lane(database)] == [WAITING, BEHIND, READY]


async def test_rows_ripen_when_their_time_has_come_and_nothing_else_is_waited_for(database: Database) -> None:
    time = Cause(CauseKind.TIME, "", "", "d", NOON.isoformat())
    await put(database, make_hold(1, causes=(time,), ready_at=NOON), make_hold(2, causes=(time, X), ready_at=NOON, lane="b"))
    async with database.write() as session:
        assert await holds.ripen(session, NOON - timedelta(seconds=1)) == 0
        assert await holds.ripen(session, NOON) == 1
    assert await ready(database) == ["a"]


async def test_open_causes_come_in_pages(database: Database) -> None:
    await put(database, make_hold(1, causes=(X, Y)))
    async with database.read() as session:
        first = await holds.open_causes(session, [CauseKind.CODE], 1)
        second = await holds.open_causes(session, [CauseKind.CODE], 1, after=first[-1].text)
        assert {*first, *second} == {X, Y}
        assert await holds.open_causes(session, [CauseKind.CODE], 1, after=second[-1].text) == []


async def test_fence_an_older_epoch_writes_nothing(database: Database) -> None:
    async with database.write() as session:
        old, _ = await raise_epoch(session, "normalize", HERE)
        await advance(session, old, 7)
    async with database.write() as session:
        new, offset = await raise_epoch(session, "normalize", HERE)
    assert offset == 7
    async with database.write() as session:
        for attempt in (lambda: advance(session, old, 9), lambda: fence(session, old), lambda: still_owned(session, old)):
            with pytest.raises(Lost):
                await attempt()
        await fence(session, new)
    async with database.read() as session:
        assert await next_offset(session, "normalize", HERE) == 7


@pytest.mark.parametrize("write", ["advance", "fence"])
async def test_raise_waits_for_a_write_in_flight_and_sees_what_it_left(database: Database, write: str) -> None:
    async with database.write() as session:
        owned, _ = await raise_epoch(session, "normalize", HERE)

    async def take_over() -> set[str]:
        async with database.write() as session:
            await raise_epoch(session, "normalize", HERE)
        async with database.read() as session:
            return await holds.held_lanes(session, "normalize", HERE)

    async with database.write() as session:
        await (advance(session, owned, 1) if write == "advance" else fence(session, owned))
        taking = asyncio.create_task(take_over())
        done, _ = await asyncio.wait({taking}, timeout=0.1)
        assert not done
        await holds.insert_holds(session, [make_hold(1, causes=(X,))])
    assert await taking == {"a"}
