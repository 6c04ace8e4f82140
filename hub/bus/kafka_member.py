"""One membership in a Kafka consumer group: joins, works its partitions side by side, hands over without overlap, leaves."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime

import structlog
from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener, ConsumerRecord, TopicPartition
from aiokafka.errors import KafkaError

from hub.bus.base import Partition, Received
from hub.bus.turns import Feed, Turns

log = structlog.get_logger(__name__)
CLOSE_S = 10.0
COMMIT_S = 5.0
NOWHERE = TopicPartition("-", 0)
Begin = Callable[[Partition, Feed, Callable[[BaseException], None]], Turns]


class KafkaMember(ConsumerRebalanceListener):  # type: ignore[misc]
    """Lives from `live` to the first Lost or failure. The client rejoins only inside the two callbacks, which wait for our turns."""

    def __init__(self, client: AIOKafkaConsumer, begin: Begin, *, commit_s: float) -> None:
        self._client, self._begin, self._commit_s = client, begin, commit_s
        self._turns: dict[Partition, Turns] = {}
        self._committed: dict[TopicPartition, int] = {}
        self._left: asyncio.Future[BaseException] = asyncio.get_running_loop().create_future()
        self._leaving = False

    async def live(self, topics: Sequence[str]) -> BaseException:
        """Works until something ends it; returns what. Raises KafkaError when it cannot join."""
        self._client.subscribe(topics=list(topics), listener=self)
        keeping: asyncio.Task[None] | None = None
        try:
            await self._client.start()
            keeping = asyncio.create_task(self._keep())
            return await asyncio.shield(self._left)
        finally:
            if keeping is not None:
                keeping.cancel()
            await self._leave()

    async def on_partitions_revoked(self, revoked: Iterable[TopicPartition]) -> None:
        """The guard: the client gives the partitions back when nothing of them is in flight any more."""
        await self._halt()
        await self._commit()
        self._turns.clear()
        self._committed.clear()

    async def on_partitions_assigned(self, assigned: Iterable[TopicPartition]) -> None:
        if self._leaving:
            return
        for place in sorted(assigned):
            partition = Partition(place.topic, place.partition)
            self._turns[partition] = self._begin(partition, KafkaFeed(self._client, place), self._end)
            self._turns[partition].start()

    def _end(self, reason: BaseException) -> None:
        if not self._left.done():
            self._left.set_result(reason)

    async def _halt(self) -> None:
        await asyncio.gather(*(turns.stop() for turns in self._turns.values()))

    async def _leave(self) -> None:
        """Wait for what is in flight, tell how far we are, leave the group so that others take over at once."""
        self._leaving = True
        await self._halt()
        await self._commit()
        with contextlib.suppress(TimeoutError, KafkaError, OSError):
            await asyncio.wait_for(self._client.stop(), CLOSE_S)

    async def _keep(self) -> None:
        """Commit now and then, and hear of the client's own failures also while no partition is ours."""
        try:
            while True:
                await asyncio.sleep(self._commit_s)
                await self._client.getmany(NOWHERE, timeout_ms=0)     # raises what the client has to say, takes no records
                await self._commit()
        except Exception as error:
            self._end(error)

    async def _commit(self) -> None:
        """Explicit offsets of partitions that are still ours: one foreign partition, and nothing at all is written."""
        ours = self._client.assignment()
        reached = {TopicPartition(*partition): turns.done for partition, turns in self._turns.items() if turns.done is not None}
        news = {place: offset for place, offset in reached.items() if place in ours and self._committed.get(place) != offset}
        if not news:
            return
        try:
            await asyncio.wait_for(self._client.commit(news), COMMIT_S)
            self._committed.update(news)
        except (TimeoutError, KafkaError, OSError) as error:
            log.info("offsets.not_committed", error=repr(error)[:300])   # the lag shows too much for a while, nothing else


class KafkaFeed:
    """The messages of one partition, through the member's client."""

    def __init__(self, client: AIOKafkaConsumer, place: TopicPartition) -> None:
        self._client, self._place = client, place
        self._expected = 0

    def seek(self, offset: int) -> None:
        self._expected = offset
        self._client.seek(self._place, offset)

    async def next(self, limit: int, timeout_s: float) -> Sequence[Received]:
        found = await self._client.getmany(self._place, timeout_ms=int(timeout_s * 1000), max_records=limit)
        messages = [received(record) for record in found.get(self._place, ())]
        if messages:
            if messages[0].offset != self._expected:     # retention was faster than we, or the log was cut off
                log.error("messages.skipped", topic=self._place.topic, partition=self._place.partition,
                          expected=self._expected, found=messages[0].offset)
            self._expected = messages[-1].offset + 1
        return messages


def received(record: ConsumerRecord) -> Received:
    """A record as the hub sees it, whatever bytes it has. An empty `content-type` is FastStream's own, for a message without one."""
    try:
        headers = {name: value.decode() for name, value in record.headers}
    except (UnicodeDecodeError, AttributeError):        # not ours: any bytes, or none
        headers = {name: (value or b"").decode(errors="replace") for name, value in record.headers}
    if headers.get("content-type") == "":
        del headers["content-type"]
    return Received(
        Partition(record.topic, record.partition), record.offset, (record.key or b"").decode(errors="replace"), record.value or b"",
        headers, datetime.fromtimestamp(record.timestamp / 1000, UTC),
    )
