"""The Kafka bus against a real broker: the contract, and what only Kafka can do: garbage, refused records, settings."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType

from hub.bus.base import Bus, Message, Partition, Topic
from hub.bus.errors import BusUnavailable, MessageTooLarge
from hub.bus.kafka import KafkaBus
from hub.bus.kafka_settings import KafkaSecurity, KafkaTimes
from tests.bus.contract import BusContract
from tests.bus.recorder import PATIENCE_S, Recorder, consuming, until
from tests.servers import free_port

pytestmark = pytest.mark.kafka
TIMES = KafkaTimes(session_s=6, heartbeat_s=0.5, commit_s=0.2, retry_first_s=0.05, retry_most_s=0.4, handover_s=20)


@pytest.fixture
async def bus(kafka_address: str) -> AsyncIterator[KafkaBus]:
    bus = KafkaBus(kafka_address, times=TIMES)
    await bus.start()
    yield bus
    await bus.stop()


@pytest.fixture
async def topic(bus: KafkaBus) -> str:
    name = f"t.{uuid.uuid4().hex[:8]}"
    await bus.declare([Topic(name=name, partitions=1, retention_days=1)])
    return name


async def settings_of(address: str, topic: str, change: dict[str, str] | None = None) -> dict[str, str]:
    """The settings of a topic, after a change that somebody else made."""
    admin = AIOKafkaAdminClient(bootstrap_servers=address)
    await admin.start()
    try:
        if change:
            await admin.alter_configs([ConfigResource(ConfigResourceType.TOPIC, topic, change)])
        (answer,) = await admin.describe_configs([ConfigResource(ConfigResourceType.TOPIC, topic)])
        return {row[0]: row[1] for row in answer.resources[0][4]}
    finally:
        await admin.close()


class TestKafkaBus(BusContract):
    @pytest.fixture
    async def other(self, kafka_address: str) -> AsyncIterator[Bus]:
        bus = KafkaBus(kafka_address, times=TIMES)
        await bus.start()
        yield bus
        await bus.stop()


async def test_garbage_arrives_like_anything_else(bus: KafkaBus, topic: str, kafka_address: str) -> None:
    producer = AIOKafkaProducer(bootstrap_servers=kafka_address)
    await producer.start()
    headers = [("h", b"\xff"), ("none", None), ("content-type", b"application/json")]
    await producer.send_and_wait(topic, value=b"\xff{", key=b"\xfe", headers=headers)
    await producer.send_and_wait(topic, value=None, key=b"k")
    await producer.send_and_wait(topic, value=b"no key")
    await producer.stop()
    recorder = Recorder()
    async with consuming(bus, f"g-{topic}", [topic], recorder):
        await until(lambda: len(recorder.arrivals) == 3, "all three")
    first, deleted, keyless = recorder.arrivals
    assert (first.key, first.value, dict(first.headers)) == ("�", b"\xff{", {"h": "�", "none": "", "content-type": "application/json"})
    assert (deleted.value, keyless.key) == (b"", "")


async def test_a_record_that_the_broker_refuses_does_not_poison_the_bus(bus: KafkaBus, topic: str, kafka_address: str) -> None:
    await settings_of(kafka_address, topic, {"max.message.bytes": "50000"})
    await told(kafka_address, topic, {"max.message.bytes": "50000"})
    await bus.publish([Message(topic, "k", b"before")])
    with pytest.raises(MessageTooLarge, match="'k'"):
        await bus.publish([Message(topic, "k", bytes(60_000))])
    await bus.publish([Message(topic, "k", b"after")])
    assert [message.value for message in await bus.read(Partition(topic, 0), 0, 9)] == [b"before", b"after"]


async def test_declare_keeps_the_settings_that_somebody_else_made(bus: KafkaBus, topic: str, kafka_address: str) -> None:
    await settings_of(kafka_address, topic, {"segment.bytes": "12345678", "retention.ms": "1000000"})
    await told(kafka_address, topic, {"segment.bytes": "12345678", "retention.ms": "1000000"})
    await bus.declare([Topic(name=topic, partitions=1, retention_days=2)])
    await told(kafka_address, topic, {"segment.bytes": "12345678", "retention.ms": "172800000", "cleanup.policy": "delete"})


async def told(address: str, topic: str, wanted: dict[str, str]) -> None:
    """A broker tells of a change a moment after it was made."""
    async with asyncio.timeout(PATIENCE_S):
        while not wanted.items() <= (await settings_of(address, topic)).items():    # noqa: ASYNC110 - the broker tells nobody
            await asyncio.sleep(0.05)


async def test_the_group_commits_what_it_has_done_and_no_more(bus: KafkaBus, topic: str, kafka_address: str) -> None:
    group = f"g-{topic}"
    recorder = Recorder()

    async def stick(partition: Partition, messages: object) -> None:
        if recorder.arrivals:
            raise RuntimeError("stuck")

    recorder.on_arrived = stick
    await bus.publish([Message(topic, "k", b"%d" % n) for n in range(10)])
    async with consuming(bus, group, [topic], recorder, batch=4):
        await until(lambda: len(recorder.arrivals) == 4, "the first batch")
    client = AIOKafkaConsumer(bootstrap_servers=kafka_address, group_id=group, enable_auto_commit=False)
    client.assign([TopicPartition(topic, 0)])
    await client.start()
    assert await client.committed(TopicPartition(topic, 0)) == 4
    await client.stop()


async def test_a_broker_that_is_not_there_is_a_transient_error(kafka_address: str) -> None:
    with pytest.raises(BusUnavailable, match=r"127\.0\.0\.1"):
        await KafkaBus(f"127.0.0.1:{free_port()}").start()


async def test_a_topic_made_later_does_not_end_a_consumer_that_waits_for_it(bus: KafkaBus) -> None:
    name = f"t.{uuid.uuid4().hex[:8]}"
    recorder = Recorder()
    async with consuming(bus, f"g-{name}", [name], recorder):
        await asyncio.sleep(0)
        await bus.declare([Topic(name=name, partitions=1, retention_days=1)])
        await bus.publish([Message(name, "k", b"x")])
        await until(lambda: recorder.arrivals, "the message")


def test_the_security_settings_become_faststreams_and_show_no_secret() -> None:
    security = KafkaSecurity(username="hub", password="secret", mechanism="SCRAM-SHA-512")
    built = security.build()
    assert type(built).__name__ == "SASLScram512" and "secret" not in repr(security)
    assert KafkaSecurity().build() is None
    assert KafkaSecurity(tls=True).build().use_ssl
