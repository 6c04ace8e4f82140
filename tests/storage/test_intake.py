"""Revisions, leases and cursors, on both databases (PROTOCOL I1–I5, I7)."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from hub.bus.base import Lost
from hub.db import Database
from hub.storage.intake import Reading, Verdict, confirm, cursor, fence_lease, move_cursor, next_correction, reserve, take_lease

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def make_reading(content: str, version: str | None = None, owner: int | None = None) -> Reading:
    return Reading("crm", "order", "SO-1", version, owner, content)


async def read(database: Database, reading: Reading, *, confirmed: bool = True) -> tuple[Verdict, int]:
    async with database.write() as session:
        (answer,) = await reserve(session, [reading])
    if confirmed:
        async with database.write() as session:
            await confirm(session, [(reading, answer.revision)])
    return answer.verdict, answer.revision


async def test_reserve_a_content_published_before_a_crash_keeps_its_revision_to_itself(database: Database) -> None:
    assert await read(database, make_reading("a")) == (Verdict.NEW, 1)
    assert await read(database, make_reading("b"), confirmed=False) == (Verdict.NEW, 2)
    assert await read(database, make_reading("c")) == (Verdict.NEW, 3)


async def test_confirm_what_is_not_known_to_be_published_is_published_again(database: Database) -> None:
    assert await read(database, make_reading("a"), confirmed=False) == (Verdict.NEW, 1)
    assert await read(database, make_reading("a")) == (Verdict.AGAIN, 1)
    assert await read(database, make_reading("a")) == (Verdict.UNCHANGED, 1)


async def test_there_and_back_is_three(database: Database) -> None:
    assert [await read(database, make_reading(content)) for content in "aba"] == [(Verdict.NEW, 1), (Verdict.NEW, 2), (Verdict.NEW, 3)]


async def test_lock_two_readers_of_a_new_key_count_one_after_the_other(database: Database) -> None:
    answers = await asyncio.gather(*(read(database, make_reading(content)) for content in "abc"))
    assert sorted(revision for _, revision in answers) == [1, 2, 3]


async def test_ordered_an_older_webhook_after_a_newer_poll_goes_to_history(database: Database) -> None:
    await read(database, make_reading("new", "2026-11-22T12"))
    assert (await read(database, make_reading("old", "2026-11-22T11")))[0] is Verdict.OLDER


async def test_the_owners_version_with_another_content_is_a_conflict(database: Database) -> None:
    assert await read(database, make_reading("a", "7", 7)) == (Verdict.NEW, 7)
    assert await read(database, make_reading("b", "7", 7)) == (Verdict.CONFLICT, 7)


async def test_a_first_version_of_nought_is_new(database: Database) -> None:
    assert await read(database, make_reading("a", "0", 0)) == (Verdict.NEW, 0)


async def test_fence_the_older_holder_is_refused(database: Database) -> None:
    async with database.write() as session:
        old = await take_lease(session, "poll.crm", "a", NOON, 10)
        assert await take_lease(session, "poll.crm", "b", NOON, 10) is None
    async with database.write() as session:
        new = await take_lease(session, "poll.crm", "b", NOON + timedelta(seconds=11), 10)
    assert old is not None and new is not None and new.epoch > old.epoch
    with pytest.raises(Lost):
        async with database.write() as session:
            await fence_lease(session, old)


async def test_a_restarted_process_takes_its_own_lease_back_at_once(database: Database) -> None:
    async with database.write() as session:
        first = await take_lease(session, "poll.crm", "a", NOON, 10)
        again = await take_lease(session, "poll.crm", "a", NOON, 10)
    assert first is not None and again is not None and again.epoch == first.epoch + 1


async def test_a_cursor_is_where_it_was_moved_to(database: Database) -> None:
    async with database.write() as session:
        assert await cursor(session, "crm", "order") is None
        await move_cursor(session, "crm", "order", {"at": 1}, NOON)
        await move_cursor(session, "crm", "order", {"at": 2}, NOON)
    async with database.read() as session:
        assert await cursor(session, "crm", "order") == {"at": 2}


async def test_corrections_are_counted_by_the_database(database: Database) -> None:
    await read(database, make_reading("a"))

    async def correct() -> int:
        async with database.write() as session:
            return await next_correction(session, "crm", "order", "SO-1")

    assert sorted(await asyncio.gather(correct(), correct(), correct())) == [1, 2, 3]
