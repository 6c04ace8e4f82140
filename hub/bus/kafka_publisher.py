"""Publishing to Kafka: FastStream's broker with an idempotent producer, sends in order, acknowledgements awaited together."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import structlog
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError, KafkaTimeoutError, MessageSizeTooLargeError
from aiokafka.producer.message_accumulator import BatchBuilder
from faststream.kafka import KafkaBroker

from hub.bus.base import Message
from hub.bus.errors import MAX_MESSAGE_BYTES, BusUnavailable, MessageTooLarge, check
from hub.bus.partitioner import partition_of

log = structlog.get_logger(__name__)
CLOSE_S = 10.0


class KafkaPublisher:
    """One producer, rebuilt when it is beyond recovery.

    A timed out publish leaves its batch in the producer, which still sends it, in its place before what is published later.
    So a timeout keeps the producer (a new one could be overtaken by what the old one still holds); every error that is not
    retriable (`OutOfOrderSequenceNumber` above all, which an idempotent producer repeats for ever) replaces it.
    """

    def __init__(self, make: Callable[[], KafkaBroker], *, name: str, timeout_s: float) -> None:
        self._make, self._name, self._timeout_s = make, name, timeout_s
        self._order = asyncio.Lock()
        self._broker: KafkaBroker | None = None
        self._broken = self._closed = False
        self._build: Callable[..., AIOKafkaConsumer] | None = None

    async def start(self) -> None:
        async with self._order:
            await self._connected()

    async def stop(self) -> None:
        """Sends what it holds, as far as that goes in ten seconds."""
        async with self._order:
            self._closed = True
            await self._close()

    async def publish(self, messages: Sequence[Message]) -> None:
        """See `Bus.publish`. Calls are served in the order in which they were made."""
        for message in messages:
            check(message)
        sent: list[Sent] = []
        try:
            async with asyncio.timeout(self._timeout_s):
                async with self._order:
                    await _send(_client(await self._connected()), messages, sent)
                for one in sent:
                    await one.acknowledged
        except (TimeoutError, KafkaError, OSError) as error:
            for one in sent:
                one.acknowledged.add_done_callback(_look_at)
            self._judge(error)
            raise self._explain(error, messages, sent) from error

    async def admin(self) -> AIOKafkaAdminClient:
        """The broker's admin client. Raises BusUnavailable."""
        async with self._order:
            return (await self._connected()).config.admin_client

    async def consumer(self, **settings: object) -> AIOKafkaConsumer:
        """A consumer that is not started, with the broker's address and security."""
        async with self._order:
            await self._connected()
        assert self._build is not None
        return self._build(**settings)

    async def _connected(self) -> KafkaBroker:
        if self._closed:
            raise BusUnavailable(bus=self._name, what="it is closed")
        if self._broken:
            await self._close()
        if self._broker is None:
            broker = self._make()
            try:
                self._build = await broker.connect()
            except (KafkaError, OSError) as error:
                raise BusUnavailable(bus=self._name, what=error) from error
            self._broker, self._broken = broker, False
        return self._broker

    async def _close(self) -> None:
        broker, self._broker = self._broker, None
        if broker is not None:
            try:
                await asyncio.wait_for(broker.stop(), CLOSE_S)
            except (TimeoutError, KafkaError, OSError) as error:
                log.warning("producer.abandoned", bus=self._name, error=repr(error))

    def _judge(self, error: BaseException) -> None:
        lasting = isinstance(error, KafkaError) and not error.retriable and not isinstance(error, KafkaTimeoutError)
        if lasting:
            self._broken = True
            log.warning("producer.replaced", bus=self._name, error=repr(error)[:300])

    def _explain(self, error: BaseException, messages: Sequence[Message], sent: Sequence[Sent]) -> BusUnavailable | MessageTooLarge:
        if isinstance(error, MessageSizeTooLargeError):
            refused = next((one.messages for one in sent if _too_large(one.acknowledged)), messages)
            message = max(refused, key=lambda one: len(one.value))
            return MessageTooLarge(topic=message.topic, key=message.key, size=len(message.value), limit=MAX_MESSAGE_BYTES)
        what = str(error) or f"no acknowledgement within {self._timeout_s:g} s"
        return BusUnavailable(bus=self._name, what=what)


class Sent(NamedTuple):
    """What went to one partition together, and the future of its acknowledgement."""

    messages: Sequence[Message]
    acknowledged: asyncio.Future[object]


def _client(broker: KafkaBroker) -> AIOKafkaProducer:
    """The broker's own client: going through `broker.publish` costs as much again as sending does, for each record."""
    sender: Any = broker.config.producer
    client: AIOKafkaProducer = sender._producer.producer
    return client


async def _send(producer: AIOKafkaProducer, messages: Sequence[Message], sent: list[Sent]) -> None:
    """A batch for each partition: handing over message by message, each with a future of its own, takes as long as all the rest.

    What has been handed over is in `sent`, also when a later batch fails. A batch waits until the partition's last one is on its way.
    """
    places: dict[tuple[str, int], list[Message]] = {}
    counts = {topic: len(await producer.partitions_for(topic)) for topic in {message.topic for message in messages}}
    for message in messages:
        places.setdefault((message.topic, partition_of(message.key.encode(), counts[message.topic])), []).append(message)
    for (topic, number), some in places.items():
        while some:
            batch, count = _filled(producer, some)
            sent.append(Sent(some[:count], await producer.send_batch(batch, topic, partition=number)))
            some = some[count:]


def _filled(producer: AIOKafkaProducer, messages: Sequence[Message]) -> tuple[BatchBuilder, int]:
    """A batch with the first messages, as many as fit, and their number; one fits always."""
    batch, count = producer.create_batch(), 0
    for message in messages:
        headers = [(name, value.encode()) for name, value in message.headers.items()]
        if batch.append(key=message.key.encode(), value=message.value, timestamp=None, headers=headers) is None:
            break
        count += 1
    batch.close()       # else the client may add to it what others send
    return batch, count


def _too_large(future: asyncio.Future[object]) -> bool:
    return future.done() and not future.cancelled() and isinstance(future.exception(), MessageSizeTooLargeError)


def _look_at(future: asyncio.Future[object]) -> None:
    """Nobody waits for it any more, and asyncio complains about exceptions that nobody looked at."""
    if not future.cancelled():
        future.exception()
