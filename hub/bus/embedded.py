"""The bus of one process: a log in a SQLite file of its own. Durable when `publish` returns, also against kill -9.

Several processes may open the file (to read lag, to publish); only one consumes: it holds a lock beside the file.
"""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Mapping, Sequence
from functools import partial
from pathlib import Path

import structlog

from hub.bus import append_log
from hub.bus.base import Consumer, Lag, Message, Partition, Received, Topic
from hub.bus.errors import BusTaken, BusUnavailable, TopicMissing, check
from hub.bus.group import Group, Member
from hub.bus.partitioner import partition_of
from hub.bus.turns import Rhythm, Turns, rejoin
from hub.bus.writer import SqliteThreads

log = structlog.get_logger(__name__)
POLL_S = 1.0              # how soon another process's messages are seen; our own wake their readers at once
RETENTION_S = 60.0
RETENTION_STEP = 1_000    # messages removed in one transaction, so that a publish never waits long


class EmbeddedBus:
    """See `hub.bus.base.Bus` for the promises."""

    def __init__(
        self, path: Path | str, *, retry_first_s: float = 0.5, retry_most_s: float = 30.0, busy_timeout_s: float = 5.0
    ) -> None:
        self._path = Path(path)
        self._file = SqliteThreads(self._path, busy_timeout_s=busy_timeout_s)
        self._retry_first_s, self._retry_most_s = retry_first_s, retry_most_s
        self._ids: dict[Partition, int] = {}
        self._counts: dict[str, int] = {}
        self._ends: dict[int, int] = {}
        self._grown: dict[int, asyncio.Event] = defaultdict(asyncio.Event)
        self._groups: dict[str, Group] = {}
        self._paused: set[str] = set()
        self._reached: dict[tuple[str, int], int] = {}
        self._written: dict[tuple[str, int], int] = {}
        self._chores: list[asyncio.Task[None]] = []
        self._lock: sqlite3.Connection | None = None

    async def start(self) -> None:
        """Open or create the file. Raises BusUnavailable."""
        await self._file.open(append_log.SCHEMA)
        await self._look()
        self._chores = [asyncio.create_task(self._watch()), asyncio.create_task(self._expire())]

    async def stop(self) -> None:
        for chore in self._chores:
            chore.cancel()
        await asyncio.gather(*self._chores, return_exceptions=True)
        self._chores = []
        with contextlib.suppress(BusUnavailable):
            await self._note_progress()
        await self._file.close()
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    async def declare(self, topics: Sequence[Topic]) -> None:
        await self._file.write(partial(append_log.declare, topics=topics))
        await self._look()

    async def publish(self, messages: Sequence[Message]) -> None:
        rows: dict[int, list[append_log.Row]] = defaultdict(list)
        for message in messages:
            check(message)
            number = partition_of(message.key.encode(), await self._count(message.topic))
            row = append_log.Row(message.key, message.value, append_log.encode_headers(message.headers))
            rows[self._ids[Partition(message.topic, number)]].append(row)
        if rows:
            self._grow(await self._file.write(partial(append_log.append, rows=rows)))

    async def consume(
        self, group: str, topics: Sequence[str], consumer: Consumer, *, batch: int = 500, tick_s: float = 0.2
    ) -> None:
        """Raises TopicMissing, BusTaken; else works until cancelled."""
        self._take_lock()
        partitions = [Partition(topic, number) for topic in topics for number in range(await self._count(topic))]
        rhythm = Rhythm(
            batch=batch, tick_s=tick_s, retry_first_s=self._retry_first_s, retry_most_s=self._retry_most_s,
            paused=lambda: group in self._paused,
        )

        async def life() -> BaseException:
            member = Member(partitions, lambda partition, ended: Turns(partition, consumer, self._feed(partition), rhythm, ended=ended))
            async with self._joined(group, member):
                return await asyncio.shield(member.left)

        await rejoin(group, life)

    async def pause(self, group: str, paused: bool) -> None:
        if paused:
            self._paused.add(group)
        else:
            self._paused.discard(group)

    async def lag(self, group: str, topics: Sequence[str]) -> Sequence[Lag]:
        await self._note_progress()
        return await self._file.read(partial(append_log.lag, group=group, topics=topics))

    async def partitions(self, topics: Sequence[str]) -> Mapping[str, int]:
        there = Counter(partition.topic for partition in await self._file.read(append_log.ends))
        return {topic: there[topic] for topic in topics if topic in there}

    async def read(self, partition: Partition, offset: int, limit: int) -> Sequence[Received]:
        await self._count(partition.topic)
        return await self._read(partition, offset, limit)

    async def _read(self, partition: Partition, offset: int, limit: int) -> Sequence[Received]:
        at = self._ids[partition]
        return await self._file.read(partial(append_log.read, at=at, partition=partition, offset=offset, limit=limit))

    async def expire(self) -> int:
        """Remove what is past its retention and passed by every group, in small steps. Returns how many messages."""
        total = 0
        while gone := await self._file.write(partial(append_log.forget, limit=RETENTION_STEP)):
            total += gone
        return total

    async def _count(self, topic: str) -> int:
        """The topic's partitions; another process may have made it meanwhile."""
        if topic not in self._counts:
            await self._look()
        if topic not in self._counts:
            raise TopicMissing(topic=topic, known=", ".join(sorted(self._counts)) or "-")
        return self._counts[topic]

    async def _look(self) -> None:
        """See what is in the file: partitions and how far they go."""
        there = await self._file.read(append_log.ends)
        self._ids = {partition: at for partition, (at, _) in there.items()}
        self._counts = {}
        for partition in there:
            self._counts[partition.topic] = self._counts.get(partition.topic, 0) + 1
        self._grow(dict(there.values()))

    def _grow(self, ends: Mapping[int, int]) -> None:
        for at, end in ends.items():
            if end > self._ends.get(at, -1):
                self._ends[at] = end
                self._grown[at].set()
                del self._grown[at]      # whoever waits holds the old event; the next one waits for the next growth

    def _feed(self, partition: Partition) -> _Tail:
        return _Tail(self, partition)

    async def tail(self, partition: Partition, offset: int, limit: int, timeout_s: float) -> Sequence[Received]:
        """Messages from an offset on; waits up to `timeout_s` for the first of them."""
        at = self._ids[partition]
        if self._ends.get(at, 0) <= offset:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._grown[at].wait(), timeout_s)
        return await self._read(partition, offset, limit) if self._ends.get(at, 0) > offset else ()

    @contextlib.asynccontextmanager
    async def _joined(self, name: str, member: Member) -> AsyncIterator[None]:
        async def gone(turns: Turns) -> None:
            self._reach(name, turns)

        group = self._groups.setdefault(name, Group(gone))
        try:
            await group.join(member)
            yield
        finally:
            await group.leave(member)

    def _reach(self, group: str, turns: Turns) -> None:
        if turns.done is not None:
            self._reached[group, self._ids[turns.partition]] = turns.done

    async def _note_progress(self) -> None:
        """Write down what the groups have done: shown as lag, and the limit of retention."""
        for name, group in self._groups.items():
            for member in group.members:
                for turns in member.turns.values():
                    self._reach(name, turns)
        news = {where: offset for where, offset in self._reached.items() if self._written.get(where) != offset}
        if news:
            await self._file.write(partial(append_log.progress, reached=[(*where, offset) for where, offset in news.items()]))
            self._written |= news

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(POLL_S)
            with contextlib.suppress(BusUnavailable):
                await self._look()
                await self._note_progress()

    async def _expire(self) -> None:
        while True:
            await asyncio.sleep(RETENTION_S)
            try:
                await self.expire()
            except BusUnavailable as error:
                log.warning("retention.failed", error=str(error))

    def _take_lock(self) -> None:
        """A transaction held open on a file of its own: gone with the process, however that ends, on every system."""
        if self._lock is not None:
            return
        lock = sqlite3.connect(f"{self._path}.consumer", timeout=0, isolation_level=None)
        try:
            lock.execute("begin exclusive")
        except sqlite3.OperationalError as error:
            lock.close()
            raise BusTaken(path=self._path) from error
        self._lock = lock


class _Tail:
    """A partition's feed."""

    def __init__(self, bus: EmbeddedBus, partition: Partition) -> None:
        self._bus, self._partition = bus, partition
        self._offset = 0

    def seek(self, offset: int) -> None:
        self._offset = offset

    async def next(self, limit: int, timeout_s: float) -> Sequence[Received]:
        messages = await self._bus.tail(self._partition, self._offset, limit, timeout_s)
        if messages:
            self._offset = messages[-1].offset + 1
        return messages
