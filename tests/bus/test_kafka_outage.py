"""A broker that is killed and comes back: publishing fails in bounded time, consuming goes on by itself, nothing is lost."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from hub.bus.base import Message, Topic
from hub.bus.errors import BusUnavailable
from hub.bus.kafka import KafkaBus
from hub.bus.kafka_settings import KafkaTimes
from tests.bus.contract import Recorder, consuming, until
from tests.servers import KafkaServer

pytestmark = [pytest.mark.kafka, pytest.mark.verify, pytest.mark.timeout(240)]
TIMES = KafkaTimes(publish_s=3, session_s=6, heartbeat_s=1, commit_s=0.2, retry_first_s=0.05, retry_most_s=0.4)


@pytest.fixture
def server(kafka_address: str, tmp_path: Path) -> Iterator[KafkaServer]:
    """A broker of the test's own, to be killed."""
    server = KafkaServer(tmp_path / "kafka").start()
    yield server
    server.stop()


async def publish_for_ever(bus: KafkaBus, sent: list[int], failures: list[float]) -> None:
    """One message after the other, each until it is acknowledged; `failures` are the seconds that a failing call took."""
    while True:
        begun = time.monotonic()
        try:
            await bus.publish([Message("t", "k", b"%d" % len(sent))])
        except BusUnavailable:
            failures.append(time.monotonic() - begun)
        else:
            sent.append(len(sent))
        await asyncio.sleep(0.01)


async def test_a_broker_killed_and_started_again_loses_and_reorders_nothing(server: KafkaServer) -> None:
    bus, recorder, sent, failures = KafkaBus(server.address, times=TIMES), Recorder(), [], []
    await bus.start()
    await bus.declare([Topic(name="t", partitions=1, retention_days=1)])
    async with consuming(bus, "g", ["t"], recorder):
        publishing = asyncio.create_task(publish_for_ever(bus, sent, failures))
        await until(lambda: len(recorder.arrivals) > 20, "messages before")
        server.kill()
        await until(lambda: len(failures) >= 2, "failures")
        await asyncio.to_thread(server.start)
        before = len(sent)
        await until(lambda: len(sent) > before + 20, "messages after")
        publishing.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await publishing
        await until(lambda: b"%d" % sent[-1] in recorder.values(), "the last message")
    await bus.stop()
    numbers = [int(value) for value in recorder.values()]
    assert set(numbers) >= set(sent)
    assert numbers == sorted(numbers)          # repeats may be there, in their place
    assert max(failures) < TIMES.publish_s + 1


async def test_a_member_killed_with_its_broker_frozen_out_leaves_its_work_to_another(server: KafkaServer) -> None:
    bus = KafkaBus(server.address, times=TIMES)
    await bus.start()
    await bus.declare([Topic(name="t", partitions=2, retention_days=1)])
    first = Recorder("a")
    second = Recorder("b", shared=first)
    dead = asyncio.create_task(bus.consume("g", ["t"], first))
    await until(lambda: len(first.owned) == 2, "both partitions")
    server.kill()
    dead.cancel()
    await asyncio.gather(dead, return_exceptions=True)     # it cannot say goodbye, and ends all the same
    await asyncio.to_thread(server.start)
    async with consuming(bus, "g", ["t"], second):
        await until(lambda: len(second.owned) == 2, "the successor")
    await bus.stop()
