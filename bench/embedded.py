"""How fast the embedded bus is: publish and consume at once, every batch's offset durable before the next."""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from bench.figures import Figure, Result
from bench.normalize import Timed
from bench.servers import Servers
from bench.stage import fill, record
from hub.bus.base import Message, Partition, Received, Topic
from hub.bus.embedded import EmbeddedBus
from hub.db import Database
from hub.runtime.partitions import Partitions
from hub.storage.ownership import advance

COUNT, BATCH, TOPIC = 200_000, 500, "bench.embedded"


class Keeps:
    """A consumer whose only outcome is the offset, committed in the state's database as the loops do it."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._partitions = Partitions(db, "bench")

    async def assigned(self, partition: Partition) -> int:
        return await self._partitions.take_over(partition)

    async def revoked(self, partition: Partition) -> None:
        self._partitions.drop(partition)

    async def tick(self, partition: Partition) -> None:
        return

    async def arrived(self, partition: Partition, messages: Sequence[Received]) -> None:
        async with self._db.write() as session:
            await advance(session, self._partitions.owned(partition), messages[-1].offset + 1)


async def run(_servers: Servers | None = None, count: int = COUNT) -> Result:
    """Publisher and consumer side by side in one process, as in the hub; from the first publish to the last commit."""
    messages = [_renamed(record(number)) for number in range(count)]
    with tempfile.TemporaryDirectory() as name:
        url = f"sqlite:///{Path(name) / 'state.db'}"
        await fill(url)
        db, bus = Database.connect(url), EmbeddedBus(Path(name) / "bus.db")
        await bus.start()
        try:
            await bus.declare([Topic(name=TOPIC, partitions=1, retention_days=1.0)])
            seconds = await _through(bus, Timed(Keeps(db), count), messages)
        finally:
            await bus.stop()
            await db.close()
    figures = [Figure("publish and consume", count / seconds, "msg/s", at_least=20_000)]
    return Result("embedded", figures, {"messages": count, "batch": BATCH, "value_bytes": len(messages[0].value)})


async def _through(bus: EmbeddedBus, timed: Timed, messages: Sequence[Message]) -> float:
    task = asyncio.create_task(bus.consume("bench", [TOPIC], timed, batch=BATCH))
    begun = time.perf_counter()
    try:
        for first in range(0, len(messages), BATCH):
            await bus.publish(messages[first : first + BATCH])
        await asyncio.wait([task, timed.seconds], return_when=asyncio.FIRST_COMPLETED)
        timed.seconds.result()
        return time.perf_counter() - begun
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def _renamed(message: Message) -> Message:
    return Message(TOPIC, message.key, message.value, message.headers)
