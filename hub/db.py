"""The database: one `MetaData` for every table, reading and writing transactions on SQLite and PostgreSQL.

SQLite (embedded profile): WAL, `synchronous=FULL`, one writing transaction at a time in this process (`hub/sqlite.py`).
PostgreSQL (cluster profile): read committed.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any, cast

import msgspec
from sqlalchemy import URL, DateTime, MetaData, Table, TypeDecorator, make_url
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from hub.sqlite import SqliteFile

METADATA = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

BUSY_S = 30
_JSON = msgspec.json.Encoder()
OPTIONS: dict[str, Any] = {
    "hide_parameters": True,        # no error of a statement names values: they are people's messages
    "json_serializer": lambda value: _JSON.encode(value).decode(),
    "json_deserializer": msgspec.json.decode,
}


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

    def __init__(self, url: URL, server: AsyncEngine | None, file: SqliteFile | None) -> None:
        self.url = url
        self._server, self._file = server, file
        self.dialect = "postgresql" if file is None else "sqlite"

    @classmethod
    def connect(cls, url: str, *, pool: int = 10) -> Database:
        """`sqlite:///path` or `postgresql+asyncpg://…`. Nothing is opened before the first use."""
        made = make_url(url)
        if made.get_backend_name() == "sqlite":
            return cls(made, None, SqliteFile(made.database or "", pool=pool, busy_s=BUSY_S, options=OPTIONS))
        engine = create_async_engine(made, pool_size=pool, max_overflow=pool, pool_pre_ping=True, **OPTIONS)
        return cls(made, engine, None)

    @property
    def one_writer(self) -> bool:
        """Whether writing transactions wait for each other: then several pieces of writing are better brought together."""
        return self._file is not None

    @property
    def name(self) -> str:
        """What may be shown of its address."""
        return self.url.render_as_string(hide_password=True)

    @asynccontextmanager
    async def read(self, *, one_moment: bool = False) -> AsyncIterator[AsyncConnection]:
        """A connection for reading; what it sees is committed. `one_moment`: everything as it stood at the first question."""
        if self._server is None:
            async with self._sqlite().read() as session:
                yield cast(AsyncConnection, session)
            return
        async with self._server.connect() as connection:
            yield await connection.execution_options(isolation_level="REPEATABLE READ") if one_moment else connection

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncConnection]:
        """One writing transaction."""
        if self._server is None:
            async with self._sqlite().write() as session:
                yield cast(AsyncConnection, session)
            return
        async with self._server.begin() as connection:
            yield connection

    def _sqlite(self) -> SqliteFile:
        assert self._file is not None
        return self._file

    async def close(self) -> None:
        """Let go of every connection."""
        if self._server is None:
            await self._sqlite().close()
        else:
            await self._server.dispose()


def insert(session: AsyncConnection, table: Table) -> sqlite.Insert | postgresql.Insert:
    """An insert that knows `on_conflict_do_nothing` and `on_conflict_do_update`, in the session's dialect."""
    return insert_for(session.dialect.name, table)


def insert_for(dialect: str, table: Table) -> sqlite.Insert | postgresql.Insert:
    """The same for a statement that is built once and kept."""
    return postgresql.insert(table) if dialect == "postgresql" else sqlite.insert(table)
