"""Long queues and many ready lanes, on both databases: a turn and an arrival see what they need without reading all of it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.db import Database
from hub.pipeline.lanes import place
from hub.storage import holds, queues
from hub.storage.holds import BEHIND, READY, WAITING, Hold
from hub.storage.ownership import raise_epoch
from tests.storage.test_holds import HERE, X, Y, make_hold, mark, put

RECORD = {"key": "K", "full_state": True}
STATES = st.sampled_from([WAITING, BEHIND, READY])


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Queues are long, and questions large, at three."""
    monkeypatch.setattr(queues, "LONG", 3)
    monkeypatch.setattr(queues, "LOOKED_AT", 3)


async def ready(database: Database, limit: int, after: str = "") -> list[str]:
    async with database.read() as session:
        return await holds.ready_lanes(session, "normalize", HERE, 0, limit, after)


async def to_release(database: Database, most: int) -> holds.Some:
    async with database.read() as session:
        return await holds.to_release(session, "normalize", HERE, ["a", "b"], most)


def offsets(found: holds.Some) -> dict[str, list[int]]:
    return {lane: [row.offset for row in queue] for lane, queue in found.queues.items()}


async def test_ready_lanes_come_in_a_round_behind_the_last_one(database: Database) -> None:
    await put(database, *(make_hold(number, READY, lane=lane) for number, lane in enumerate("edcba")))
    assert [await ready(database, 2, after) for after in ("", "b", "d")] == [["a", "b"], ["c", "d"], ["e"]]


@pytest.mark.usefixtures("few")
async def test_lanes_that_cannot_move_are_passed_over_however_many_there_are(database: Database) -> None:
    stuck = [row for number in range(8) for row in (make_hold(10 * number, causes=(X,), lane=f"a{number}"),
                                                      make_hold(10 * number + 1, READY, lane=f"a{number}"))]  # fmt: skip
    await put(database, *stuck, make_hold(99, READY, lane="b"))
    assert await ready(database, 1) == ["b"]


async def test_a_turn_reads_the_beginning_of_a_lane_and_knows_that_it_goes_on(database: Database) -> None:
    await put(database, make_hold(1, READY), *(make_hold(number, BEHIND) for number in range(2, 6)), make_hold(9, READY, lane="b"))
    found = await to_release(database, 2)
    assert (offsets(found), found.more) == ({"a": [1, 2, 3], "b": [9]}, {"a"})


async def test_behind_a_head_that_waits_a_turn_reads_the_lane_to_its_end(database: Database) -> None:
    await put(database, make_hold(1, causes=(X,), **RECORD), *(make_hold(number, BEHIND) for number in range(2, 5)),
              make_hold(5, READY, revision=2, **RECORD))  # fmt: skip
    found = await to_release(database, 2)
    assert (offsets(found), found.more) == ({"a": [1, 2, 3, 4, 5]}, set())


@pytest.mark.usefixtures("few")
async def test_an_arrival_sees_the_beginning_of_a_long_queue_and_its_own_record(database: Database) -> None:
    rows = [make_hold(number, BEHIND) for number in range(2, 9)]
    others = [make_hold(9, BEHIND, **RECORD), make_hold(10, BEHIND), make_hold(11, lane="b", causes=(Y,))]
    await put(database, make_hold(1, causes=(X,)), *rows, *others)
    async with database.read() as session:
        found = await holds.around(session, "normalize", HERE, ["a", "b", "c"], {("order", "K"), ("order", "L")})
    assert (offsets(found), found.more) == ({"a": [1, 2, 3, 9], "b": [11]}, {"a"})


@given(
    st.lists(st.tuples(st.sampled_from("KLM"), st.booleans(), st.integers(1, 3), STATES), min_size=1, max_size=12),
    st.sampled_from("KLM"), st.integers(1, 4),
)
def test_an_arrival_stands_where_the_whole_queue_says(said: list[tuple[str, bool, int, str]], key: str, version: int) -> None:
    whole = [
        make_hold(offset, state, key=name, full_state=full, revision=revision, id=offset + 1)
        for offset, (name, full, revision, state) in enumerate(said)
    ]
    seen: list[Hold] = [row for at, row in enumerate(whole) if at < 3 or row.key == key]
    for record in (("order", key), None):
        asked = (record, (version, 0), len(whole))
        assert place(seen, *asked) == place(whole, *asked)


async def test_only_the_head_of_a_lane_becomes_ready_and_only_where_it_stands_behind(database: Database) -> None:
    await put(database, make_hold(1, BEHIND), make_hold(2, BEHIND), make_hold(3, causes=(X,), lane="b"), make_hold(4, BEHIND, lane="b"))
    async with database.write() as session:
        assert await holds.ready_heads(session, "normalize", HERE) == 1
    async with database.read() as session:
        found = await holds.queues(session, "normalize", HERE, ["a", "b"])
        assert {lane: [row.state for row in queue] for lane, queue in found.items()} == {"a": [READY, BEHIND], "b": [WAITING, BEHIND]}


@pytest.mark.usefixtures("few")
async def test_partitions_with_ready_rows_are_found_however_many_rows_there_are(database: Database) -> None:
    async with database.write() as session:
        await raise_epoch(session, "normalize", HERE)
    await put(database, *(make_hold(number, causes=(X,), lane=f"l{number}") for number in range(5)))
    async with database.read() as session:
        assert await holds.ready_partitions(session) == set()
    await mark(database, X)
    async with database.read() as session:
        assert await holds.ready_partitions(session) == {("normalize", HERE)}
