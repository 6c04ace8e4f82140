"""Reading a Kafka topic without a group: a partition from an offset on, and how far behind a group is."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import TypeVar

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError

from hub.bus.base import Lag, Partition, Received
from hub.bus.errors import BusUnavailable
from hub.bus.kafka_member import received

T = TypeVar("T")
AGE_S = 3.0      # how long to look for the oldest waiting messages; a partition that has not answered shows age 0


class KafkaReader:
    """One group-less consumer, made at the first question and made anew after a failure. Questions are answered one at a time."""

    def __init__(self, make: Callable[[], Awaitable[AIOKafkaConsumer]], *, name: str, timeout_s: float) -> None:
        self._make, self._name, self._timeout_s = make, name, timeout_s
        self._client: AIOKafkaConsumer | None = None
        self._asking = asyncio.Lock()

    async def stop(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            await client.stop()

    async def read(self, partition: Partition, offset: int, limit: int) -> Sequence[Received]:
        """Messages from an offset (or the first that is still there) to `limit` or to the end as it is now."""
        return await self._ask(lambda client: _read(client, TopicPartition(*partition), offset, limit))

    async def lag(self, places: Sequence[TopicPartition], committed: Mapping[TopicPartition, int]) -> Sequence[Lag]:
        """Where nothing is committed everything is before the group."""
        return await self._ask(lambda client: _lag(client, places, committed))

    async def _ask(self, question: Callable[[AIOKafkaConsumer], Awaitable[T]]) -> T:
        async with self._asking:
            try:
                async with asyncio.timeout(self._timeout_s):
                    if self._client is None:
                        client = await self._make()
                        await client.start()
                        self._client = client
                    return await question(self._client)
            except (TimeoutError, KafkaError, OSError) as error:
                await self.stop()
                raise BusUnavailable(bus=self._name, what=str(error) or f"no answer within {self._timeout_s:g} s") from error


async def _read(client: AIOKafkaConsumer, place: TopicPartition, offset: int, limit: int) -> Sequence[Received]:
    client.assign([place])
    first, end = (await client.beginning_offsets([place]))[place], (await client.end_offsets([place]))[place]
    client.seek(place, max(first, offset))
    found: list[Received] = []
    while len(found) < limit and await client.position(place) < end:     # positions, not offsets: a log may have gaps
        batch = await client.getmany(place, timeout_ms=200, max_records=limit - len(found))
        found += [received(record) for record in batch.get(place, ())]
    return found


async def _lag(
    client: AIOKafkaConsumer, places: Sequence[TopicPartition], committed: Mapping[TopicPartition, int]
) -> Sequence[Lag]:
    first, end = await client.beginning_offsets(places), await client.end_offsets(places)
    start = {place: max(committed.get(place, 0), first[place]) for place in places}
    behind = [place for place in places if start[place] < end[place]]
    ages = await _ages(client, {place: start[place] for place in behind}) if behind else {}
    return [Lag(Partition(*place), max(0, end[place] - start[place]), ages.get(place, 0.0)) for place in places]


async def _ages(client: AIOKafkaConsumer, start: Mapping[TopicPartition, int]) -> dict[TopicPartition, float]:
    """Seconds since the message at each of these offsets was published."""
    client.assign(list(start))
    for place, offset in start.items():
        client.seek(place, offset)
    ages: dict[TopicPartition, float] = {}
    deadline = time.monotonic() + AGE_S
    while len(ages) < len(start) and time.monotonic() < deadline:
        missing = [place for place in start if place not in ages]
        for place, records in (await client.getmany(*missing, timeout_ms=200)).items():
            ages[place] = max(0.0, time.time() - records[0].timestamp / 1000)
            client.pause(place)
    return ages
