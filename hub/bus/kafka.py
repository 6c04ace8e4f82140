"""The bus on Kafka: FastStream's `KafkaBroker` publishes, administers and lends its connection; consuming is aiokafka's own client.

FastStream's subscriber runs one handler after the other over all partitions of a client and polls again as soon as it returns:
a partition that backs off, waits for a vendor or ticks would hold up the others, and a handler that only passed batches on would
lose the raise, the commit and the guard with them. `AIOKafkaConsumer.getmany(partition)` gives each partition a reader of its own
with back-pressure: what is not asked for is not fetched. (It also costs 15 µs a message less.)
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError
from faststream.kafka import KafkaBroker

from hub.bus import kafka_topics
from hub.bus.base import Consumer, Lag, Message, Partition, Received, Topic
from hub.bus.errors import BusUnavailable, TopicMissing
from hub.bus.kafka_member import KafkaMember
from hub.bus.kafka_publisher import KafkaPublisher
from hub.bus.kafka_reader import KafkaReader
from hub.bus.kafka_settings import KafkaSecurity, KafkaTimes
from hub.bus.partitioner import partition_of
from hub.bus.quiet import quieten
from hub.bus.turns import Feed, Rhythm, Turns, rejoin

BATCH_BYTES = 512 * 1024            # the default of 16 KiB costs 10 µs a message
REQUEST_BYTES = 1024 * 1024
FETCH_WAIT_MS = 50                  # a partition that was just emptied waits so long for the fetch under way on its node
CLIENT_BACKOFF_MS = 500
NEVER_MS = 24 * 3600 * 1000         # a paused group polls nothing and is alive all the same; heartbeats tell a dead one


class KafkaBus:
    """See `hub.bus.base.Bus` for the promises. `replicas`: None takes three, or as many as there are brokers."""

    def __init__(
        self, bootstrap: str, *, security: KafkaSecurity | None = None, times: KafkaTimes | None = None, replicas: int | None = None
    ) -> None:
        self._bootstrap, self._security = bootstrap, security or KafkaSecurity()
        self._times = times or KafkaTimes()
        self._replicas = replicas
        self._publisher = KafkaPublisher(self._broker, name=bootstrap, timeout_s=self._times.publish_s)
        self._reader = KafkaReader(self._groupless, name=bootstrap, timeout_s=self._times.ask_s)
        self._paused: set[str] = set()
        self._counts: dict[str, int] = {}

    async def start(self) -> None:
        """Connect. Raises BusUnavailable."""
        quieten("aiokafka")
        await self._publisher.start()

    async def stop(self) -> None:
        await self._reader.stop()
        await self._publisher.stop()

    async def declare(self, topics: Sequence[Topic]) -> None:
        """Raises PartitionsDiffer, TopicRefused, BusUnavailable."""
        try:
            async with asyncio.timeout(self._times.ask_s):
                await kafka_topics.declare(await self._publisher.admin(), topics, self._replicas)
        except (TimeoutError, KafkaError, OSError) as error:
            raise self._unavailable(error) from error

    async def publish(self, messages: Sequence[Message]) -> None:
        await self._publisher.publish(messages)

    async def consume(
        self, group: str, topics: Sequence[str], consumer: Consumer, *, batch: int = 500, tick_s: float = 0.2
    ) -> None:
        rhythm = Rhythm(
            batch=batch, tick_s=tick_s, retry_first_s=self._times.retry_first_s, retry_most_s=self._times.retry_most_s,
            paused=lambda: group in self._paused,
        )

        def begin(partition: Partition, feed: Feed, ended: Callable[[BaseException], None]) -> Turns:
            return Turns(partition, consumer, feed, rhythm, ended=ended)

        async def life() -> BaseException:
            return await KafkaMember(await self._client(group), begin, commit_s=self._times.commit_s).live(topics)

        await rejoin(group, life)

    async def pause(self, group: str, paused: bool) -> None:
        if paused:
            self._paused.add(group)
        else:
            self._paused.discard(group)

    async def lag(self, group: str, topics: Sequence[str]) -> Sequence[Lag]:
        places = await self._places(topics)
        try:
            async with asyncio.timeout(self._times.ask_s):
                known = await (await self._publisher.admin()).list_consumer_group_offsets(group)
        except (TimeoutError, KafkaError, OSError) as error:
            raise self._unavailable(error) from error
        return await self._reader.lag(places, {place: entry.offset for place, entry in known.items()})

    async def partitions(self, topics: Sequence[str]) -> Mapping[str, int]:
        try:
            async with asyncio.timeout(self._times.ask_s):
                return await kafka_topics.partitions(await self._publisher.admin(), topics)
        except (TimeoutError, KafkaError, OSError) as error:
            raise self._unavailable(error) from error

    async def read(self, partition: Partition, offset: int, limit: int) -> Sequence[Received]:
        if TopicPartition(*partition) not in await self._places([partition.topic]):
            raise TopicMissing(topic=f"{partition.topic}/{partition.number}", known=", ".join(self._counts) or "-")
        return await self._reader.read(partition, offset, limit)

    async def _places(self, topics: Sequence[str]) -> list[TopicPartition]:
        """Every partition of the topics. Counts never change under a running hub, so they are asked for once."""
        unknown = [topic for topic in topics if topic not in self._counts]
        if unknown:
            self._counts |= await self.partitions(unknown)
        for topic in unknown:
            if topic not in self._counts:
                raise TopicMissing(topic=topic, known=", ".join(sorted(self._counts)) or "-")
        return [TopicPartition(topic, number) for topic in topics for number in range(self._counts[topic])]

    def _broker(self) -> KafkaBroker:
        return KafkaBroker(
            self._bootstrap,
            security=self._security.build(),
            acks="all",
            enable_idempotence=True,
            max_batch_size=BATCH_BYTES,
            max_request_size=REQUEST_BYTES,
            retry_backoff_ms=CLIENT_BACKOFF_MS,
            partitioner=_partition,
            allow_auto_create_topics=False,
            id_generator=lambda: "",            # no correlation_id header: the event has its own
            apply_types=False,
            logger=None,
        )

    async def _client(self, group: str) -> AIOKafkaConsumer:
        ms = 1000
        return await self._publisher.consumer(
            group_id=group,
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            fetch_max_wait_ms=FETCH_WAIT_MS,
            session_timeout_ms=int(self._times.session_s * ms),
            heartbeat_interval_ms=int(self._times.heartbeat_s * ms),
            rebalance_timeout_ms=int(self._times.handover_s * ms),
            request_timeout_ms=int((self._times.handover_s + 10) * ms),    # joining waits for the others' handover
            max_poll_interval_ms=NEVER_MS,
        )

    async def _groupless(self) -> AIOKafkaConsumer:
        return await self._publisher.consumer(
            group_id=None, enable_auto_commit=False, auto_offset_reset="earliest", fetch_max_wait_ms=FETCH_WAIT_MS
        )

    def _unavailable(self, error: BaseException) -> BusUnavailable:
        return BusUnavailable(bus=self._bootstrap, what=str(error) or f"no answer within {self._times.ask_s:g} s")


def _partition(key: bytes, partitions: list[int], available: list[int]) -> int:
    return partition_of(key, len(partitions))
