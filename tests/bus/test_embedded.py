"""The embedded bus: the contract, and what only a file can do: crash, fill up, be locked, be shared, forget."""

from __future__ import annotations

import asyncio
import contextlib
import resource
import signal
import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from hub.bus.base import Bus, Message, Partition, Topic
from hub.bus.embedded import EmbeddedBus
from hub.bus.errors import BusTaken, BusUnavailable, TopicMissing
from tests.bus.contract import BusContract
from tests.bus.recorder import Recorder, consuming, until

ROOT = Path(__file__).parents[2]


def make_bus(path: Path, **options: float) -> EmbeddedBus:
    return EmbeddedBus(path, retry_first_s=0.05, retry_most_s=0.4, **options)


@pytest.fixture
async def bus(tmp_path: Path) -> AsyncIterator[EmbeddedBus]:
    bus = make_bus(tmp_path / "bus.db")
    await bus.start()
    yield bus
    await bus.stop()


async def declared(bus: EmbeddedBus, retention_days: float = 1) -> str:
    await bus.declare([Topic(name="t", partitions=1, retention_days=retention_days)])
    return "t"


class TestEmbeddedBus(BusContract):
    @pytest.fixture
    def other(self, bus: Bus) -> Bus:
        return bus


PUBLISH_FOR_EVER = """
import asyncio, sys
from hub.bus.base import Message, Topic
from hub.bus.embedded import EmbeddedBus

async def main():
    bus = EmbeddedBus(sys.argv[1])
    await bus.start()
    await bus.declare([Topic(name="t", partitions=1, retention_days=1)])

    async def publish(key):
        number = 0
        while True:
            await bus.publish([Message("t", key, b"%d" % n) for n in range(number, number + 3)])
            number += 3
            print(key, number, flush=True)

    await asyncio.gather(*(publish(f"k{task}") for task in range(5)))

asyncio.run(main())
"""


def publish_until_killed(path: Path) -> dict[str, int]:
    """How many messages of each key the child said were published, when it was killed in the middle."""
    process = subprocess.Popen([sys.executable, "-c", PUBLISH_FOR_EVER, str(path)], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    returned: dict[str, int] = {}
    for line in process.stdout:
        key, number = line.split()
        returned[key] = int(number)
        if sum(returned.values()) > 600:
            process.send_signal(signal.SIGKILL)
            break
    for line in process.stdout.read().splitlines():
        with contextlib.suppress(ValueError):     # the last line may be half a line
            key, number = line.split()
            returned[key] = int(number)
    process.wait()
    return returned


async def test_everything_whose_publish_returned_is_there_after_kill_9(tmp_path: Path) -> None:
    path = tmp_path / "bus.db"
    returned = await asyncio.to_thread(publish_until_killed, path)
    bus = make_bus(path)
    await bus.start()
    found = await bus.read(Partition("t", 0), 0, 1_000_000)
    await bus.stop()
    assert [message.offset for message in found] == list(range(len(found)))
    for key, count in returned.items():
        numbers = [int(message.value) for message in found if message.key == key]
        assert numbers == list(range(len(numbers))) and len(numbers) >= count


async def test_a_restart_keeps_messages_and_progress(tmp_path: Path) -> None:
    first = make_bus(tmp_path / "bus.db")
    await first.start()
    topic = await declared(first)
    await first.publish([Message(topic, "k", b"1"), Message(topic, "k", b"2")])
    recorder = Recorder()
    async with consuming(first, "g", [topic], recorder):
        await until(lambda: len(recorder.arrivals) == 2)
    await first.stop()
    second = make_bus(tmp_path / "bus.db")
    await second.start()
    assert [entry.messages for entry in await second.lag("g", [topic])] == [0]
    await second.publish([Message(topic, "k", b"3")])
    assert [message.offset for message in await second.read(Partition(topic, 0), 0, 9)] == [0, 1, 2]
    await second.stop()


async def test_a_locked_file_is_a_transient_error_and_nothing_is_lost_after_it(tmp_path: Path) -> None:
    bus = make_bus(tmp_path / "bus.db", busy_timeout_s=0.1)
    await bus.start()
    topic = await declared(bus)
    with contextlib.closing(sqlite3.connect(tmp_path / "bus.db", isolation_level=None)) as intruder:
        intruder.execute("begin immediate")
        with pytest.raises(BusUnavailable, match="locked"):
            await bus.publish([Message(topic, "k", b"no")])
        intruder.execute("rollback")
    await bus.publish([Message(topic, "k", b"yes")])
    assert [message.value for message in await bus.read(Partition(topic, 0), 0, 9)] == [b"yes"]
    await bus.stop()


FILL_UP = """
import asyncio, resource, sys
from hub.bus.base import Message, Partition, Topic
from hub.bus.embedded import EmbeddedBus
from hub.bus.errors import BusUnavailable

async def main():
    bus = EmbeddedBus(sys.argv[1])
    await bus.start()
    await bus.declare([Topic(name="t", partitions=1, retention_days=1)])
    done = 0
    resource.setrlimit(resource.RLIMIT_FSIZE, (3 << 20, resource.RLIM_INFINITY))
    try:
        while done < 1000:
            await bus.publish([Message("t", "k", bytes(100_000))])
            done += 1
    except BusUnavailable:
        pass
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    await bus.publish([Message("t", "k", b"room again")])
    found = await bus.read(Partition("t", 0), 0, 100_000)
    print(done, len(found), found[-1].value.decode())
    await bus.stop()

asyncio.run(main())
"""


async def test_a_full_disk_is_a_transient_error_and_the_bus_goes_on_when_there_is_room(tmp_path: Path) -> None:
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[1] == resource.RLIM_INFINITY
    command = [sys.executable, "-c", FILL_UP, str(tmp_path / "bus.db")]
    answer = await asyncio.to_thread(subprocess.run, command, cwd=ROOT, capture_output=True, text=True, timeout=60)
    done, found, last = answer.stdout.split(maxsplit=2)
    assert 0 < int(done) < 1000 and int(found) == int(done) + 1 and last.strip() == "room again", answer.stderr


async def test_another_process_sees_lag_and_messages_but_may_not_consume(bus: EmbeddedBus, tmp_path: Path) -> None:
    topic = await declared(bus)
    recorder = Recorder()
    watcher = make_bus(tmp_path / "bus.db")
    await watcher.start()
    async with consuming(bus, "g", [topic], recorder):
        await watcher.publish([Message(topic, "k", b"from outside")])
        await until(lambda: recorder.arrivals, "another process's message")
        with pytest.raises(BusTaken, match=r"bus\.db"):
            await watcher.consume("g", [topic], Recorder())
    await bus.stop()
    assert [entry.messages for entry in await watcher.lag("g", [topic])] == [0]
    await watcher.stop()


async def test_publishing_to_a_topic_that_is_not_there_names_those_that_are(bus: EmbeddedBus) -> None:
    await declared(bus)
    with pytest.raises(TopicMissing, match=r"'nope'.*Known topics: t"):
        await bus.publish([Message("nope", "k", b"x")])


async def test_a_closed_bus_says_so(tmp_path: Path) -> None:
    bus = make_bus(tmp_path / "bus.db")
    await bus.start()
    topic = await declared(bus)
    await bus.stop()
    with pytest.raises(BusUnavailable, match="closed"):
        await bus.publish([Message(topic, "k", b"x")])


async def test_retention_removes_only_what_is_old_and_every_group_has_passed(bus: EmbeddedBus, tmp_path: Path) -> None:
    topic = await declared(bus, retention_days=1)
    await bus.publish([Message(topic, "k", b"%d" % n) for n in range(10)])
    with contextlib.closing(sqlite3.connect(tmp_path / "bus.db", isolation_level=None)) as clock:
        clock.execute("update messages set published_at = published_at - 90000")        # a day and an hour ago
    await bus.publish([Message(topic, "k", b"fresh")])
    quick, slow = Recorder(), Recorder()
    async with consuming(bus, "quick", [topic], quick), consuming(bus, "slow", [topic], slow, batch=4):
        await until(lambda: len(quick.arrivals) == 11 and len(slow.arrivals) == 11)
    assert await bus.expire() == 10
    assert [message.value for message in await bus.read(Partition(topic, 0), 0, 99)] == [b"fresh"]


async def test_retention_waits_for_the_slowest_group(bus: EmbeddedBus, tmp_path: Path) -> None:
    topic = await declared(bus, retention_days=0)
    slow = Recorder()

    async def stick(partition: Partition, messages: object) -> None:
        if slow.arrivals:
            raise RuntimeError("stuck")

    slow.on_arrived = stick
    quick = Recorder()
    await bus.publish([Message(topic, "k", b"%d" % n) for n in range(10)])
    async with consuming(bus, "quick", [topic], quick), consuming(bus, "slow", [topic], slow, batch=4):
        await until(lambda: len(quick.arrivals) == 10 and len(slow.arrivals) == 4)
        lag = {group: (await bus.lag(group, [topic]))[0].messages for group in ("quick", "slow")}
        assert lag == {"quick": 0, "slow": 6}
        assert await bus.expire() == 4
    assert [message.offset for message in await bus.read(Partition(topic, 0), 0, 99)] == list(range(4, 10))
