"""SQLite inside the event loop: statements run where they are asked for; nothing waits there for a lock or a slow disk.

A statement of the message road takes some tens of microseconds. Handing each of its calls to a thread and back (aiosqlite) costs
many times that, and SQLAlchemy's greenlets as much again, all of it while the write lock is held. So SQLAlchemy's own
synchronous connection works here, behind the coroutines of its asynchronous one. What can really wait is the lock, which
another process may hold: it is asked for again and again. And the commit: where the disk proves slow it goes to a thread.
"""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import AsyncIterator, Callable, Generator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from typing import Any, TypeVar

from sqlalchemy import Connection, CursorResult, Dialect, Executable, NestedTransaction, NullPool, Row, ScalarResult, create_engine
from sqlalchemy.exc import OperationalError

T = TypeVar("T")
LOCKED_S = 0.003
"""How long to wait before a lock that another process holds is asked for again."""
OPEN_BUSY_S = 5.0
"""Whoever opens the file, or reads, may meet another process that just begins with it, or closes it. Nothing else is waited for here."""
SLOW_S = 0.004
"""A disk whose commits take longer on average is waited for in a thread."""


class Disk:
    """How long commits take here, as a moving average."""

    def __init__(self) -> None:
        self._average_s = 0.0

    def note(self, seconds: float) -> None:
        """One commit more."""
        self._average_s += (seconds - self._average_s) / 20

    @property
    def is_slow(self) -> bool:
        """Whether to wait for it outside the event loop."""
        return self._average_s > SLOW_S


class InlineResult:
    """The part of `AsyncResult` that reads by the page."""

    def __init__(self, result: CursorResult[Any]) -> None:
        self._result = result

    async def partitions(self, size: int) -> AsyncIterator[Sequence[Row[Any]]]:
        """Some rows at a time; everybody else has a turn between them."""
        for page in self._result.partitions(size):
            yield page
            await asyncio.sleep(0)


class Savepoint:
    """The nested transaction of `begin_nested`: awaited, or a block."""

    def __init__(self, nested: NestedTransaction) -> None:
        self._nested = nested

    def __await__(self) -> Generator[None, None, Savepoint]:
        yield from ()
        return self

    async def rollback(self) -> None:
        self._nested.rollback()

    async def __aenter__(self) -> Savepoint:
        return self

    async def __aexit__(self, kind: object, *_: object) -> None:
        if kind is None:
            self._nested.commit()
        else:
            self._nested.rollback()


class InlineSession:
    """Shaped like the `AsyncConnection` that a transaction on PostgreSQL gives; its calls return at once."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    @property
    def dialect(self) -> Dialect:
        return self._connection.dialect

    @property
    def sync_connection(self) -> Connection:
        """The connection beneath, as an `AsyncConnection` has it."""
        return self._connection

    async def execute(self, statement: Executable, parameters: Any = None) -> CursorResult[Any]:
        return self._connection.execute(statement, parameters)

    async def scalars(self, statement: Executable, parameters: Any = None) -> ScalarResult[Any]:
        return self._connection.scalars(statement, parameters)

    async def stream(self, statement: Executable, parameters: Any = None) -> InlineResult:
        return InlineResult(self._connection.execute(statement, parameters))

    async def run_sync(self, work: Callable[..., T], *arguments: Any) -> T:
        return work(self._connection, *arguments)

    def begin_nested(self) -> Savepoint:
        return Savepoint(self._connection.begin_nested())


class SqliteFile:
    """The transactions of one file, by one process: any number of readers, one writer at a time."""

    def __init__(self, path: str, *, pool: int, busy_s: float, options: Mapping[str, Any]) -> None:
        self._path, self._pool, self._busy_s = path, pool, busy_s
        self.engine = create_engine("sqlite://", creator=self._open, poolclass=NullPool, **options)
        self._readers: list[Connection] = []
        self._writers: list[Connection] = []
        self._turn = asyncio.Lock()
        self._disk = Disk()

    @asynccontextmanager
    async def read(self) -> AsyncIterator[InlineSession]:
        """What is read in the block stood there at one moment."""
        await asyncio.sleep(0)      # a transaction never waits by itself: whoever begins one after the other would keep everyone else out
        with self._connection(self._readers, OPEN_BUSY_S) as connection:
            _driver(connection).execute("BEGIN")
            yield InlineSession(connection)

    @asynccontextmanager
    async def write(self) -> AsyncIterator[InlineSession]:
        """`BEGIN IMMEDIATE`: a deferred transaction that writes later fails with "database is locked"."""
        await asyncio.sleep(0)
        async with self._turn:
            with self._connection(self._writers, 0.0) as connection:
                await self._begin(_driver(connection))
                yield InlineSession(connection)
                await self._commit(_driver(connection))

    async def close(self) -> None:
        """Let go of every connection."""
        for free in (self._readers, self._writers):
            while free:
                free.pop().close()

    @contextmanager
    def _connection(self, free: list[Connection], busy_s: float) -> Iterator[Connection]:
        """Used before, or new; closed where the block fails. What the block has not committed is rolled back."""
        connection = free.pop() if free else self._new(busy_s)
        try:
            yield connection
            connection.rollback()
            if _driver(connection).in_transaction:      # a block that has executed nothing: SQLAlchemy knows of no transaction
                _driver(connection).rollback()
        except BaseException:
            connection.close()
            raise
        if len(free) < self._pool:
            free.append(connection)
        else:
            connection.close()

    async def _begin(self, connection: sqlite3.Connection) -> None:
        deadline = time.monotonic() + self._busy_s
        while True:
            try:
                connection.execute("BEGIN IMMEDIATE")
                return
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode & 0xFF not in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED) or time.monotonic() > deadline:
                    raise OperationalError("BEGIN IMMEDIATE", None, error) from error
            await asyncio.sleep(LOCKED_S)

    async def _commit(self, connection: sqlite3.Connection) -> None:
        began = time.monotonic()
        if self._disk.is_slow:
            await in_thread(connection.commit)
        else:
            connection.commit()
        self._disk.note(time.monotonic() - began)

    def _new(self, busy_s: float) -> Connection:
        connection = self.engine.connect()
        _driver(connection).execute(f"PRAGMA busy_timeout={1000 * busy_s:.0f}")
        return connection

    def _open(self) -> sqlite3.Connection:
        uri = self._path.startswith("file:")
        connection = sqlite3.connect(self._path, timeout=OPEN_BUSY_S, isolation_level=None, check_same_thread=False, uri=uri)
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}")
        return connection


def _driver(connection: Connection) -> sqlite3.Connection:
    driver = connection.connection.dbapi_connection
    assert isinstance(driver, sqlite3.Connection)
    return driver


async def in_thread(work: Callable[[], T]) -> T:
    """Carried out to its end even when whoever waits is cancelled: a connection is never used by two at a time."""
    task = asyncio.ensure_future(asyncio.get_running_loop().run_in_executor(None, work))
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait({task})
        raise
