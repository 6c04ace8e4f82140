"""A release too large for one transaction: a first portion at once, the rest by whoever comes next, none of it lost or left."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from hub.db import Database
from hub.recovery.release import ask_again, go_on
from hub.recovery.verify import verify
from hub.recovery.wishes import wish_discard_waiting
from hub.runtime.ready import ReadyRows
from hub.storage import holds, marking
from hub.storage.causes import Cause, CauseKind
from hub.storage.holds import READY, WAITING
from hub.storage.ownership import Owned, advance, raise_epoch
from hub.storage.releases import Progress, all_marked, any_to_mark, release_progress
from hub.storage.tables import holds as hold_rows
from master_data.cross_references import record_fact
from master_data.proposed import AddCrossReference, CreateCode
from master_data.seeds import take_over
from tests.storage.test_holds import HERE, NOON, Y, make_hold, put

WILD = Cause(CauseKind.CODE, "crm", "P1", "material", "WILD")
COUNT = 10


@pytest.fixture(autouse=True)
def small_portions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(marking, "PORTION", 4)


@pytest.fixture
async def waiting(database: Database) -> Database:
    """Ten messages that wait for one code, each in a lane of its own, and one that waits for another one as well."""
    material = CreateCode(kind="material", code="M-1", zh="物料", en="material", attributes={"type": "raw", "base_unit": "KGM"})
    unit = CreateCode(kind="unit", code="KGM", zh="千克", en="kilogram", attributes={"dimension": "mass", "base": "KGM", "count": False})
    await take_over(database, [unit, material], by="go-live")
    rows = [make_hold(number, causes=(WILD,), lane=f"l{number}") for number in range(COUNT)]
    await put(database, *rows, make_hold(COUNT, causes=(WILD, Y), lane="both"))
    return database


async def answer(database: Database) -> int:
    """The steward's answer; the dictionary version."""
    async with database.write() as session:
        fact = AddCrossReference(kind="material", system="crm", organisation="P1", local_code="WILD", code="M-1")
        version = await record_fact(session, fact, by="ann", at=NOON)
    assert version is not None
    return version


async def states(database: Database) -> dict[str, int]:
    async with database.read() as session:
        rows = await session.execute(select(hold_rows.c.state, func.count()).group_by(hold_rows.c.state))
        return {row.state: row[1] for row in rows}


async def more(database: Database) -> int:
    async with database.write() as session:
        return await go_on(session)


async def progress(database: Database) -> Progress | None:
    async with database.read() as session:
        return await release_progress(session, WILD.text)


async def test_the_approval_marks_a_portion_and_others_go_on_until_all_are_ready(waiting: Database) -> None:
    version = await answer(waiting)
    assert await states(waiting) == {WAITING: COUNT + 1 - 4, READY: 4}
    assert [await more(waiting) for _ in range(3)] == [4, 2, 0]
    assert await states(waiting) == {WAITING: 1, READY: COUNT}
    async with waiting.read() as session:
        assert not await any_to_mark(session)
        versions = (await session.execute(select(hold_rows.c.ready_version).where(hold_rows.c.state == READY))).scalars()
        assert set(versions) == {version}


async def test_every_process_that_looks_for_ready_rows_goes_on_with_it(waiting: Database) -> None:
    await answer(waiting)
    looking = [ReadyRows(waiting, 0.01), ReadyRows(waiting, 0.01)]
    for _ in range(3):
        await asyncio.gather(*(one.look() for one in looking))
    assert await states(waiting) == {WAITING: 1, READY: COUNT}


async def test_how_many_will_go_is_told_at_once(waiting: Database) -> None:
    async with waiting.write() as session:
        assert await holds.mark_ready(session, [WILD.text], 7) == COUNT + 1


async def test_a_small_release_leaves_nothing_to_go_on_with(waiting: Database) -> None:
    async with waiting.write() as session:
        assert await holds.mark_ready(session, [Y.text], 7) == 0
        assert not await any_to_mark(session)
        assert await release_progress(session, Y.text) is None


async def test_what_has_ended_meanwhile_frees_nobody_else(waiting: Database) -> None:
    async with waiting.write() as session:
        await holds.mark_ready(session, [WILD.text], 7)       # and no cross-reference says so
    assert (await more(waiting), await more(waiting)) == (0, 0)
    assert await states(waiting) == {WAITING: COUNT + 1 - 4, READY: 4}


async def test_the_sweep_s_question_meanwhile_does_not_begin_it_anew(waiting: Database) -> None:
    await answer(waiting)
    before = await progress(waiting)
    async with waiting.write() as session:
        await ask_again(session, [WILD])
    after = await progress(waiting)
    assert before is not None and after is not None
    assert before.total == after.total == COUNT + 1


async def test_progress_counts_what_has_gone_on(waiting: Database) -> None:
    await answer(waiting)
    assert await progress(waiting) == Progress(COUNT + 1, 0)
    async with waiting.write() as session:
        ready = list((await session.execute(select(hold_rows.c.id).where(hold_rows.c.state == READY))).scalars())
        await holds.close(session, ready[:3], "published", NOON)
    assert await progress(waiting) == Progress(COUNT + 1, 3)
    while await more(waiting):
        pass
    assert await progress(waiting) == Progress(COUNT + 1, 4)      # the one that goes on waiting, for another code, is through with this one


async def test_a_word_about_everything_that_waits_is_one_statement(waiting: Database) -> None:
    async with waiting.write() as session:
        assert await wish_discard_waiting(session, [WILD.text], "ann", "never") == COUNT + 1
    assert await states(waiting) == {READY: COUNT + 1}


async def test_verify_finds_what_nobody_marks_and_not_what_is_still_being_marked(waiting: Database) -> None:
    await answer(waiting)
    later = NOON + timedelta(minutes=5)
    async with waiting.write() as session:
        await raise_epoch(session, "normalize", HERE)
        await advance(session, Owned("normalize", HERE, 1), COUNT + 1)
    assert [finding.code for finding in await verify(waiting, None, later)] == []
    async with waiting.write() as session:
        await all_marked(session, WILD.text)      # a mistake: it is not
    assert {finding.code for finding in await verify(waiting, None, later)} == {"cause-gone"}
