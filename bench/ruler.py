"""The ruler: a bare aiokafka loop, bytes in, bytes out, keyed, with the batch, the commits and the producer settings of our bus."""

from __future__ import annotations

import asyncio
import time

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer

from hub.bus.kafka import BATCH_BYTES, FETCH_WAIT_MS, REQUEST_BYTES
from hub.bus.kafka_settings import KafkaTimes

BATCH = 500


async def copy(servers: str, source: str, target: str, count: int) -> float:
    """Copy so many messages; the seconds from the first batch in hand to the last commit."""
    consumer = AIOKafkaConsumer(
        source, bootstrap_servers=servers, group_id=f"{source}.ruler", enable_auto_commit=False, auto_offset_reset="earliest",
        fetch_max_wait_ms=FETCH_WAIT_MS,
    )
    producer = AIOKafkaProducer(
        bootstrap_servers=servers, acks="all", enable_idempotence=True, max_batch_size=BATCH_BYTES, max_request_size=REQUEST_BYTES,
    )
    await consumer.start()
    await producer.start()
    try:
        return await _copy(consumer, producer, target, count)
    finally:
        await producer.stop()
        await consumer.stop()


async def _copy(consumer: AIOKafkaConsumer, producer: AIOKafkaProducer, target: str, count: int) -> float:
    begun = committed = 0.0
    while count > 0:
        found = await consumer.getmany(timeout_ms=1000, max_records=BATCH)
        begun = begun or (time.perf_counter() if found else 0.0)
        sent = [await producer.send(target, one.value, key=one.key) for batch in found.values() for one in batch]
        await asyncio.gather(*sent)
        count -= len(sent)
        if time.perf_counter() - committed > KafkaTimes().commit_s or count <= 0:
            await consumer.commit()
            committed = time.perf_counter()
    return time.perf_counter() - begun
