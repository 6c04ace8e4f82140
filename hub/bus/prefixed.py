"""Several hubs on one broker: every topic and group of a hub carries its prefix there, and nobody else sees it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from hub.bus.base import Bus, Consumer, Lag, Message, Partition, Received, Topic


class PrefixedBus:
    """Another bus under longer names. See `hub.bus.base.Bus` for the promises."""

    def __init__(self, bus: Bus, prefix: str) -> None:
        self._bus = bus
        self._prefix = prefix

    async def start(self) -> None:
        await self._bus.start()

    async def stop(self) -> None:
        await self._bus.stop()

    async def declare(self, topics: Sequence[Topic]) -> None:
        await self._bus.declare([replace(topic, name=self._prefix + topic.name) for topic in topics])

    async def publish(self, messages: Sequence[Message]) -> None:
        await self._bus.publish([Message(self._prefix + one.topic, one.key, one.value, one.headers) for one in messages])

    async def consume(self, group: str, topics: Sequence[str], consumer: Consumer, *, batch: int = 500, tick_s: float = 0.2) -> None:
        longer = [self._prefix + topic for topic in topics]
        await self._bus.consume(self._prefix + group, longer, _Short(consumer, self._prefix), batch=batch, tick_s=tick_s)

    async def pause(self, group: str, paused: bool) -> None:
        await self._bus.pause(self._prefix + group, paused)

    async def lag(self, group: str, topics: Sequence[str]) -> Sequence[Lag]:
        found = await self._bus.lag(self._prefix + group, [self._prefix + topic for topic in topics])
        return [one._replace(partition=_shorter(one.partition, self._prefix)) for one in found]

    async def partitions(self, topics: Sequence[str]) -> Mapping[str, int]:
        found = await self._bus.partitions([self._prefix + topic for topic in topics])
        return {topic.removeprefix(self._prefix): count for topic, count in found.items()}

    async def read(self, partition: Partition, offset: int, limit: int) -> Sequence[Received]:
        found = await self._bus.read(Partition(self._prefix + partition.topic, partition.number), offset, limit)
        return [Received(partition, one.offset, one.key, one.value, one.headers, one.published_at) for one in found]


class _Short:
    """A consumer that is told the names without the prefix."""

    def __init__(self, consumer: Consumer, prefix: str) -> None:
        self._consumer = consumer
        self._prefix = prefix

    async def assigned(self, partition: Partition) -> int:
        return await self._consumer.assigned(_shorter(partition, self._prefix))

    async def arrived(self, partition: Partition, messages: Sequence[Received]) -> int | None:
        short = _shorter(partition, self._prefix)
        renamed = [Received(short, one.offset, one.key, one.value, one.headers, one.published_at) for one in messages]
        return await self._consumer.arrived(short, renamed)

    async def tick(self, partition: Partition) -> None:
        await self._consumer.tick(_shorter(partition, self._prefix))

    async def revoked(self, partition: Partition) -> None:
        await self._consumer.revoked(_shorter(partition, self._prefix))


def _shorter(partition: Partition, prefix: str) -> Partition:
    return Partition(partition.topic.removeprefix(prefix), partition.number)
