"""A consumer that writes everything down, and what tests wait with."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import Any

from hub.bus.base import Bus, Consumer, Partition, Received
from hub.bus.partitioner import partition_of

PATIENCE_S = 40.0


class Recorder:
    """A consumer that writes everything down. `on_arrived` may raise or wait; `offsets` is what a database would hold."""

    def __init__(self, name: str = "a", *, shared: Recorder | None = None) -> None:
        self.name = name
        self.offsets: dict[Partition, int] = shared.offsets if shared else {}
        self.log: list[tuple[str, str, Partition, Any]] = shared.log if shared else []
        self.busy: dict[Partition, str] = shared.busy if shared else {}
        self.overlaps: list[str] = shared.overlaps if shared else []
        self.owned: set[Partition] = set()
        self.arrivals: list[Received] = []
        self.ticks: dict[Partition, int] = defaultdict(int)
        self.on_arrived: Callable[[Partition, Sequence[Received]], Awaitable[None]] | None = None
        self.on_tick: Callable[[Partition], Awaitable[None]] | None = None

    async def assigned(self, partition: Partition) -> int:
        async with self._alone("assigned", partition):
            self.owned.add(partition)
            return self.offsets.get(partition, 0)

    async def arrived(self, partition: Partition, messages: Sequence[Received]) -> None:
        async with self._alone("arrived", partition, [message.offset for message in messages]):
            if self.on_arrived is not None:
                await self.on_arrived(partition, messages)
            self.arrivals += messages
            self.offsets[partition] = messages[-1].offset + 1

    async def tick(self, partition: Partition) -> None:
        async with self._alone("tick", partition):
            self.ticks[partition] += 1
            if self.on_tick is not None:
                await self.on_tick(partition)

    async def revoked(self, partition: Partition) -> None:
        async with self._alone("revoked", partition):
            self.owned.discard(partition)

    @contextlib.asynccontextmanager
    async def _alone(self, call: str, partition: Partition, what: Any = None) -> AsyncIterator[None]:
        if partition in self.busy:
            self.overlaps.append(f"{self.name}.{call} beside {self.busy[partition]} on {partition}")
        self.busy[partition] = f"{self.name}.{call}"
        self.log.append((self.name, call, partition, what))
        try:
            await asyncio.sleep(0)
            yield
        finally:
            self.busy.pop(partition, None)

    def values(self, key: str | None = None) -> list[bytes]:
        return [message.value for message in self.arrivals if key in (None, message.key)]


async def until(condition: Callable[[], Any], what: str = "the condition") -> None:
    """Wait for something to become true; fails after a long time."""
    deadline = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < deadline, f"gave up waiting for {what}"
        await asyncio.sleep(0.01)


@contextlib.asynccontextmanager
async def consuming(bus: Bus, group: str, topics: Sequence[str], consumer: Consumer, **options: Any) -> AsyncIterator[asyncio.Task[None]]:
    task = asyncio.create_task(bus.consume(group, topics, consumer, **{"tick_s": 0.05, **options}))
    try:
        yield task
        assert not task.done(), f"consume ended by itself: {task.exception()!r}"
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def keys_of(partitions: int, each: int = 1) -> dict[int, list[str]]:
    """Keys for every partition."""
    found: dict[int, list[str]] = defaultdict(list)
    number = 0
    while len(found) < partitions or min(len(keys) for keys in found.values()) < each:
        key = f"P1/MO-{number}"
        found[partition_of(key.encode(), partitions)].append(key)
        number += 1
    return found
