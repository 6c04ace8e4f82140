"""The database: one `MetaData` for every table, reading and writing transactions on SQLite and PostgreSQL.

SQLite (embedded profile): WAL, `synchronous=FULL`, every writing transaction `BEGIN IMMEDIATE` and one at a time in this
process (deferred ones fail with "database is locked"). PostgreSQL (cluster profile): read committed.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import DateTime, MetaData, Table, TypeDecorator, event, make_url
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from hub.sqlite import Disk, connect

METADATA = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

BUSY_S = 30
QUIET: dict[str, Any] = {"hide_parameters": True}
"""A failed statement's error goes to logs and incidents: it names no values, for they are people's messages."""


class UtcTime(TypeDecorator[datetime]):
    """An aware UTC time; SQLite keeps none, so it is stored without zone there and given back with it."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a time without a zone: {value!r}")
        value = value.astimezone(UTC)
        return value if dialect.name == "postgresql" else value.replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Any) -> datetime | None:
        if value is None or value.tzinfo is not None:
            return value
        return value.replace(tzinfo=UTC)


class Database:
    """Transactions. `async with db.write() as session:` commits at its end, or rolls back on an exception."""

    def __init__(self, engine: AsyncEngine) -> None:
        self.engine = engine
        self.dialect = engine.dialect.name
        self._writer: asyncio.Lock | None = asyncio.Lock() if self.dialect == "sqlite" else None

    @property
    def one_writer(self) -> bool:
        """Whether writing transactions wait for each other: then several pieces of writing are better brought together."""
        return self._writer is not None

    @classmethod
    def connect(cls, url: str, *, pool: int = 10) -> Database:
        """`sqlite+aiosqlite:///path` or `postgresql+asyncpg://…`. Nothing is opened before the first use."""
        if url.startswith("sqlite"):
            path, disk = make_url(url).database or ":memory:", Disk()
            engine = create_async_engine(
                url, async_creator=lambda *_, **__: connect(path, BUSY_S, disk), pool_size=pool, max_overflow=0, **QUIET
            )
            event.listen(engine.sync_engine, "connect", _open_sqlite)
            event.listen(engine.sync_engine, "begin", _begin_sqlite)
        else:
            engine = create_async_engine(url, pool_size=pool, max_overflow=pool, pool_pre_ping=True, **QUIET)
        return cls(engine)

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """A connection for reading; what it sees is committed."""
        await self._others_first()
        async with self._connection() as session:
            yield session

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncConnection]:
        """One writing transaction."""
        if self._writer is None:
            async with self.engine.begin() as session:
                yield session
            return
        await self._others_first()
        async with self._writer, self._connection() as connection:
            session = await connection.execution_options(immediate=True)
            async with session.begin():
                yield session

    async def _others_first(self) -> None:
        """A transaction on SQLite never waits by itself: whoever begins one after the other would keep everyone else from working."""
        if self._writer is not None:
            await asyncio.sleep(0)

    @asynccontextmanager
    async def _connection(self) -> AsyncIterator[AsyncConnection]:
        """SQLite's goes back within this step of the event loop: `async with engine.connect()` closes in a task of its own, and the
        write lock would be kept over a whole round of everyone else's work."""
        if self._writer is None:
            async with self.engine.connect() as connection:
                yield connection
            return
        connection = await self.engine.connect()
        try:
            yield connection
        finally:
            await connection.close()

    async def close(self) -> None:
        """Let go of every connection."""
        await self.engine.dispose()


def insert(session: AsyncConnection, table: Table) -> sqlite.Insert | postgresql.Insert:
    """An insert that knows `on_conflict_do_nothing` and `on_conflict_do_update`, in the session's dialect."""
    return insert_for(session.dialect.name, table)


def insert_for(dialect: str, table: Table) -> sqlite.Insert | postgresql.Insert:
    """The same for a statement that is built once and kept."""
    return postgresql.insert(table) if dialect == "postgresql" else sqlite.insert(table)


def _open_sqlite(connection: Any, _record: Any) -> None:
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Any) -> None:
    immediate = connection.get_execution_options().get("immediate")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")
