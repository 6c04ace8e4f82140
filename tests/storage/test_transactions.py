"""Transactions of the database: what a block leaves behind for the next one."""

from __future__ import annotations

from sqlalchemy import text

from hub.db import Database


async def test_a_reading_block_that_asks_nothing_leaves_no_transaction_open(database: Database) -> None:
    for _ in range(3):
        async with database.read():
            pass
    async with database.read() as session:
        assert (await session.execute(text("select 1"))).scalar() == 1


async def test_a_block_that_fails_leaves_the_next_one_alone(database: Database) -> None:
    try:
        async with database.read():
            raise RuntimeError("whatever")
    except RuntimeError:
        pass
    async with database.write() as session:
        await session.execute(text("select 1"))
