"""SQLite in threads: one writer that commits together whatever came while the last commit was made durable, and one reader."""

from __future__ import annotations

import asyncio
import contextlib
import queue
import sqlite3
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from hub.bus.errors import BusUnavailable
from hub.errors import HubError

T = TypeVar("T")
Work = Callable[[sqlite3.Connection], T]
GROUP_MAX = 2_000        # jobs in one transaction
CLOSED = "it is closed"


@dataclass(frozen=True, slots=True)
class Job:
    """Work for the writer and where its result goes. It raises a HubError only before its first write."""

    work: Work[Any]
    future: asyncio.Future[Any]


class SqliteThreads:
    """A SQLite file (WAL, synchronous=FULL) behind awaitable calls. Raises BusUnavailable when it is locked, full or broken."""

    def __init__(self, path: Path, *, busy_timeout_s: float = 5.0) -> None:
        self.path = path
        self._busy_timeout_s = busy_timeout_s
        self._jobs: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self._reading = ThreadPoolExecutor(1, thread_name_prefix="bus-reader")
        self._writing: threading.Thread | None = None

    async def open(self, schema: str) -> None:
        """Create what is missing of the schema, and begin."""
        self._loop = asyncio.get_running_loop()
        await self._loop.run_in_executor(self._reading, self._connect, schema)
        self._writing = threading.Thread(target=self._write_for_ever, name="bus-writer", daemon=True)
        self._writing.start()

    async def close(self) -> None:
        """Finishes what was begun."""
        writing, self._writing = self._writing, None
        if writing is not None:
            self._jobs.put(None)
            await asyncio.to_thread(writing.join)
            await self._loop.run_in_executor(self._reading, self._reader.close)
        self._reading.shutdown(wait=False)

    async def write(self, work: Work[T]) -> T:
        """The result of work that is durable now. Its transaction is shared with other work."""
        if self._writing is None:
            raise self._unavailable(CLOSED)
        future: asyncio.Future[T] = self._loop.create_future()
        self._jobs.put(Job(work, future))
        return await future

    async def read(self, work: Work[T]) -> T:
        """The result of work that only reads."""
        if self._writing is None:
            raise self._unavailable(CLOSED)
        try:
            return await self._loop.run_in_executor(self._reading, lambda: work(self._reader))
        except sqlite3.Error as error:
            raise self._unavailable(error) from error

    def _connect(self, schema: str) -> None:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._reader, self._writer = self._connection(), self._connection()
            self._writer.executescript(schema)
        except (sqlite3.Error, OSError) as error:
            raise self._unavailable(error) from error

    def _connection(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self.path, timeout=self._busy_timeout_s, isolation_level=None, check_same_thread=False)
        connection.execute("pragma journal_mode = wal")
        connection.execute("pragma synchronous = full")
        connection.execute("pragma wal_autocheckpoint = 4000")
        connection.execute("pragma cache_size = -16000")
        return connection

    def _write_for_ever(self) -> None:
        with contextlib.closing(self._writer) as connection:
            going = True
            while going:
                jobs, going = self._collect()
                if jobs:
                    self._deliver(jobs, self._commit(connection, jobs))

    def _collect(self) -> tuple[list[Job], bool]:
        """Wait for a job, take with it all that wait already; False when the end has come."""
        jobs: list[Job] = []
        job = self._jobs.get()
        while job is not None and len(jobs) < GROUP_MAX:
            jobs.append(job)
            try:
                job = self._jobs.get_nowait()
            except queue.Empty:
                return jobs, True
        if job is not None:
            jobs.append(job)
        return jobs, job is not None

    def _commit(self, connection: sqlite3.Connection, jobs: Sequence[Job]) -> list[object]:
        """One transaction for all the jobs; a failure of it is the failure of each."""
        try:
            connection.execute("begin immediate")
            results = [_result(job.work, connection) for job in jobs]
            connection.execute("commit")
            return results
        except Exception as error:
            with contextlib.suppress(sqlite3.Error):
                connection.execute("rollback")
            return [self._unavailable(error) if isinstance(error, sqlite3.Error) else error for _ in jobs]

    def _deliver(self, jobs: Sequence[Job], results: Sequence[object]) -> None:
        with contextlib.suppress(RuntimeError):   # the loop is closed: nobody waits any more
            self._loop.call_soon_threadsafe(_settle, jobs, results)

    def _unavailable(self, what: object) -> BusUnavailable:
        return BusUnavailable(bus=self.path.name, what=what)


def _result(work: Work[Any], connection: sqlite3.Connection) -> object:
    try:
        return work(connection)
    except HubError as error:
        return error


def _settle(jobs: Sequence[Job], results: Sequence[object]) -> None:
    for job, result in zip(jobs, results, strict=True):
        if job.future.done():
            continue
        if isinstance(result, Exception):
            job.future.set_exception(result)
        else:
            job.future.set_result(result)
