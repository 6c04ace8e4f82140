"""Many values as one parameter, on both databases."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Column, event, select, text
from sqlalchemy.dialects import sqlite

from hub.db import Database
from hub.migrations import upgrade
from hub.reporting.tables import EVENTS, ORDER_ITEMS, PROGRESS_TOLD
from hub.storage.among import among, among_named
from hub.storage.records import RecordState, keep_record_states
from hub.storage.tables import hold_causes, holds, outbox, record_states


@pytest.mark.parametrize("keys", [[], ["SO-1"], ["SO-'2\"", "SO-3", "none of ours"], [f"SO-{number}" for number in range(2_000)]])
async def test_rows_with_one_of_the_values_are_found_however_many_there_are(database: Database, keys: list[str]) -> None:
    states = {("crm", "order", key): RecordState(1, 0, "c", {}) for key in ("SO-1", "SO-'2\"", "SO-3")}
    async with database.write() as session:
        await keep_record_states(session, states)
    async with database.read() as session:
        found = (await session.execute(select(record_states.c.key).where(among(record_states.c.key, keys)))).scalars()
        asked = select(record_states.c.key).where(among_named(record_states.c.key, "some"))
        named = (await session.execute(asked, {"some": keys})).scalars()
        expected = {key for _, _, key in states} & set(keys)
        assert (set(found), set(named)) == (expected, expected)


async def test_numbers_are_compared_as_numbers(database: Database) -> None:
    async with database.read() as session:
        assert not (await session.execute(select(outbox).where(among(outbox.c.id, [1, 2**40])))).all()


async def test_the_statement_is_the_same_for_any_number_of_values(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'state.db'}"
    await upgrade(url)
    database = Database.connect(url)
    said: set[str] = set()
    async with database.read() as session:
        await session.run_sync(lambda sync: event.listen(sync, "before_cursor_execute", lambda *call: said.add(call[2])))
        for count in (0, 1, 7, 300):
            await session.execute(select(EVENTS.c.id).where(among(EVENTS.c.id, [str(number) for number in range(count)])))
    assert len([one for one in said if "json_each" in one]) == 1
    await database.close()


@pytest.mark.parametrize("column", [EVENTS.c.id, ORDER_ITEMS.c.key, PROGRESS_TOLD.c.line_key, hold_causes.c.cause, holds.c.id])
async def test_they_are_found_by_the_index(tmp_path: Path, column: Column[Any]) -> None:
    url = f"sqlite:///{tmp_path / 'state.db'}"
    await upgrade(url)
    database = Database.connect(url)
    asked = str(select(column).where(among_named(column, "some")).compile(dialect=sqlite.dialect(paramstyle="named")))
    async with database.read() as session:
        plan = [row[3] for row in await session.execute(text(f"explain query plan {asked}"), {"some": "[]"})]
    await database.close()
    assert any(step.startswith("SEARCH ") and "=?" in step for step in plan), plan
