"""A broker that is killed and comes back: publishing fails in bounded time, consuming goes on by itself, nothing is lost."""

from __future__ import annotations

import asyncio
import contextlib
import json
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from hub.bus.base import Message, Partition, Topic
from hub.bus.errors import BusUnavailable
from hub.bus.kafka import KafkaBus
from hub.bus.kafka_settings import KafkaTimes
from tests.bus.recorder import Recorder, consuming, until
from tests.servers import KafkaServer

ROOT = Path(__file__).parents[2]
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
        assert [entry.partition.topic for entry in await bus.lag("g", ["t"])] == ["t"]
        await bus.declare([Topic(name="later", partitions=1, retention_days=1)])
    await bus.stop()
    numbers = [int(value) for value in recorder.values()]
    assert set(numbers) >= set(sent)
    assert numbers == sorted(numbers)          # repeats may be there, in their place
    assert max(failures) < TIMES.publish_s + 1


async def test_a_member_that_stops_while_the_broker_is_dead_ends_and_another_takes_over(server: KafkaServer) -> None:
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


WORK_UNTIL_KILLED = """
import asyncio, json, sys
from hub.bus.kafka import KafkaBus
from hub.bus.kafka_settings import KafkaTimes
from tests.bus.recorder import Recorder

class Worker(Recorder):
    async def arrived(self, partition, messages):
        await asyncio.sleep(0.05)
        await super().arrived(partition, messages)
        print(json.dumps([partition.number, [message.offset for message in messages]]), flush=True)

async def main():
    bus = KafkaBus(sys.argv[1], times=KafkaTimes(session_s=6, heartbeat_s=1))
    await bus.start()
    await bus.consume("g", [sys.argv[2]], Worker(), batch=5)

asyncio.run(main())
"""


async def test_a_worker_killed_with_kill_9_leaves_its_partitions_to_another_that_goes_on_in_order(kafka_address: str) -> None:
    topic, partitions = f"t.{uuid.uuid4().hex[:8]}", 4
    bus, recorder = KafkaBus(kafka_address, times=TIMES), Recorder()
    await bus.start()
    await bus.declare([Topic(name=topic, partitions=partitions, retention_days=1)])
    for start in range(0, 400, 100):
        await bus.publish([Message(topic, f"k{n % 40}", b"%d" % n) for n in range(start, start + 100)])
    worker = subprocess.Popen(  # noqa: ASYNC220
        [sys.executable, "-c", WORK_UNTIL_KILLED, kafka_address, topic], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    done = await asyncio.to_thread(_watch, worker, 60)
    recorder.offsets = {Partition(topic, number): offsets[-1] + 1 for number, offsets in done.items()}
    async with consuming(bus, "g", [topic], recorder):
        await until(lambda: len(recorder.owned) == partitions, "the dead worker's partitions")
        await until(lambda: sum(map(len, done.values())) + len(recorder.arrivals) >= 400, "all messages")
    for number in range(partitions):
        offsets = done.get(number, []) + [message.offset for message in recorder.arrivals if message.partition.number == number]
        assert offsets == list(range(len(offsets)))
    await bus.stop()


def _watch(worker: subprocess.Popen[str], enough: int) -> dict[int, list[int]]:
    """Offsets that the worker has done, by partition, up to the moment when it was killed."""
    done: dict[int, list[int]] = {}
    assert worker.stdout is not None
    for line in worker.stdout:
        number, offsets = json.loads(line)
        done.setdefault(number, []).extend(offsets)
        if sum(map(len, done.values())) >= enough and worker.poll() is None:
            worker.kill()
    worker.wait()
    return done
