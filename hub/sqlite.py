"""SQLite inside the event loop: statements run where they are asked for; nothing waits there for a lock or a slow disk.

A statement of the message road takes some tens of microseconds; handing each of its four calls to a thread and back costs
many times that, all of it while the write lock is held. What can really wait is the lock, which another process may hold: it
is asked for again and again. And the commit: where the disk proves slow it goes to a thread. Shaped like `aiosqlite`, whose
place it takes below SQLAlchemy.
"""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

T = TypeVar("T")
LOCKED_S = 0.003
"""How long to wait before a lock that another process holds is asked for again."""
SLOW_S = 0.004
"""A disk whose commits take longer on average is waited for in a thread."""


class Disk:
    """How long commits take here, as a moving average; shared by the connections of one database."""

    def __init__(self) -> None:
        self._average_s = 0.0

    def note(self, seconds: float) -> None:
        """One commit more."""
        self._average_s += (seconds - self._average_s) / 20

    @property
    def is_slow(self) -> bool:
        """Whether to wait for it outside the event loop."""
        return self._average_s > SLOW_S


class InlineCursor:
    """A cursor whose calls return at once."""

    def __init__(self, connection: sqlite3.Connection, busy_s: float) -> None:
        self._cursor = connection.cursor()
        self._busy_s = busy_s

    async def __aenter__(self) -> InlineCursor:
        return self

    async def __aexit__(self, *_: object) -> None:
        self._cursor.close()

    @property
    def description(self) -> Any:
        return self._cursor.description

    @property
    def rowcount(self) -> int:
        return self._cursor.rowcount

    @property
    def lastrowid(self) -> int | None:
        return self._cursor.lastrowid

    @property
    def arraysize(self) -> int:
        return self._cursor.arraysize

    @arraysize.setter
    def arraysize(self, value: int) -> None:
        self._cursor.arraysize = value

    async def execute(self, operation: str, parameters: Sequence[Any] = ()) -> InlineCursor:
        deadline = time.monotonic() + self._busy_s
        while True:
            try:
                self._cursor.execute(operation, parameters)
                return self
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode & 0xFF not in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED) or time.monotonic() > deadline:
                    raise
            await asyncio.sleep(LOCKED_S)

    async def executemany(self, operation: str, parameters: Iterable[Sequence[Any]]) -> InlineCursor:
        self._cursor.executemany(operation, parameters)
        return self

    async def fetchone(self) -> Any:
        return self._cursor.fetchone()

    async def fetchmany(self, size: int | None = None) -> list[Any]:
        return self._cursor.fetchmany(size or self._cursor.arraysize)

    async def fetchall(self) -> list[Any]:
        return self._cursor.fetchall()

    async def close(self) -> None:
        self._cursor.close()


class InlineConnection:
    """A connection in autocommit: transactions are begun by name."""

    def __init__(self, connection: sqlite3.Connection, busy_s: float, disk: Disk) -> None:
        self._connection: sqlite3.Connection | None = connection
        self._conn = connection
        self._busy_s = busy_s
        self._disk = disk

    @property
    def isolation_level(self) -> str | None:
        return self._conn.isolation_level

    def cursor(self) -> InlineCursor:
        return InlineCursor(self._conn, self._busy_s)

    async def create_function(self, *arguments: Any, **options: Any) -> None:
        self._conn.create_function(*arguments, **options)

    async def commit(self) -> None:
        if not self._conn.in_transaction:
            return
        began = time.monotonic()
        if self._disk.is_slow:
            await _in_thread(self._conn.commit)
        else:
            self._conn.commit()
        self._disk.note(time.monotonic() - began)

    async def rollback(self) -> None:
        self._conn.rollback()

    async def close(self) -> None:
        self.stop()

    def stop(self) -> None:
        if self._connection is not None:
            self._connection = None
            self._conn.close()


async def connect(path: str, busy_s: float, disk: Disk) -> InlineConnection:
    """Open the file. `busy_s`: how long to wait for another process's lock before the statement fails."""
    uri = path.startswith("file:")
    return InlineConnection(
        sqlite3.connect(path, timeout=0.0, isolation_level=None, check_same_thread=False, uri=uri), busy_s, disk
    )


async def _in_thread(work: Callable[[], T]) -> T:
    """Carried out to its end even when whoever waits is cancelled: a connection is never used by two at a time."""
    task = asyncio.ensure_future(asyncio.get_running_loop().run_in_executor(None, work))
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait({task})
        raise
