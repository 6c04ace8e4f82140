"""The revisions make exactly the tables that the code declares, whoever starts first and however often."""

from __future__ import annotations

import asyncio

from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection

from hub.db import Database
from hub.migrations import is_present, redraw, tables, upgrade


async def test_after_an_upgrade_the_database_has_exactly_the_declared_tables(database_url: str) -> None:
    await upgrade(database_url)
    assert await run(database_url, lambda connection: compare_metadata(MigrationContext.configure(connection), tables())) == []


async def test_partial_indexes_have_their_condition_on_both_databases(database_url: str) -> None:
    await upgrade(database_url)
    for name in ("uq_deliveries_open", "uq_cross_references_preferred", "uq_incidents_open"):
        assert " where " in (await run(database_url, lambda connection, name=name: definition(connection, name))).lower()


async def test_several_processes_may_start_at_once(database_url: str) -> None:
    await asyncio.gather(*(upgrade(database_url) for _ in range(4)))
    assert await run(database_url, is_present)


async def test_a_second_upgrade_changes_nothing(database_url: str) -> None:
    await upgrade(database_url)
    await upgrade(database_url)
    assert await run(database_url, is_present)


def test_the_first_revision_is_drawn_from_the_present_tables() -> None:
    assert redraw.FIRST.read_text(encoding="utf-8") == redraw.draw(), "run `python -m hub.migrations.redraw`"


async def run(url: str, ask):
    """What a question asked of the database's connection gives."""
    db = Database.connect(url, pool=1)
    try:
        async with db.read() as session:
            return await session.run_sync(ask)
    finally:
        await db.close()


def definition(connection: Connection, index: str) -> str:
    """How the database itself describes an index."""
    table, column = ("sqlite_master", "name") if connection.dialect.name == "sqlite" else ("pg_indexes", "indexname")
    what = "sql" if table == "sqlite_master" else "indexdef"
    return str(connection.exec_driver_sql(f"select {what} from {table} where {column} = '{index}'").scalar_one())
