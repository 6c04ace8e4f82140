"""What every bus promises. Each implementation inherits `BusContract` and gives its own bus; see test_embedded.py, test_kafka.py."""

from __future__ import annotations

import asyncio
import time
import uuid
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from hub.bus.base import Bus, Lost, Message, Partition, Received, Topic
from hub.bus.errors import KeyMissing, MessageTooLarge, PartitionsDiffer, TopicMissing
from hub.bus.partitioner import partition_of
from tests.bus.recorder import PATIENCE_S, Recorder, consuming, keys_of, until


class BusContract:
    """Inherit, and give a fixture `bus` that is started, and a fixture `other` on the same storage (may be the same object)."""

    @pytest.fixture
    async def topic(self, bus: Bus) -> str:
        return await self.make_topic(bus)

    @pytest.fixture
    def group(self) -> str:
        return f"g-{uuid.uuid4().hex[:8]}"

    async def make_topic(self, bus: Bus, partitions: int = 1) -> str:
        name = f"t.{uuid.uuid4().hex[:8]}"
        await bus.declare([Topic(name=name, partitions=partitions, retention_days=1)])
        return name

    async def test_what_publish_returned_for_can_be_read(self, bus: Bus, topic: str) -> None:
        headers = {"ce_id": "1", "名称": "值"}
        await bus.publish([Message(topic, "键", b"\x00\xff", headers)])
        (message,) = await bus.read(Partition(topic, 0), 0, 10)
        assert (message.key, message.value, dict(message.headers), message.offset) == ("键", b"\x00\xff", headers, 0)
        assert abs(datetime.now(UTC) - message.published_at) < timedelta(seconds=30)

    async def test_publishing_nothing_does_nothing(self, bus: Bus, topic: str) -> None:
        await bus.publish([])
        assert not await bus.read(Partition(topic, 0), 0, 10)

    async def test_read_begins_at_the_offset_and_stops_at_the_limit(self, bus: Bus, topic: str) -> None:
        await bus.publish([Message(topic, "k", b"%d" % number) for number in range(10)])
        assert [message.value for message in await bus.read(Partition(topic, 0), 3, 4)] == [b"3", b"4", b"5", b"6"]
        assert not await bus.read(Partition(topic, 0), 10, 4)

    async def test_a_key_has_the_partition_that_murmur2_gives_it(self, bus: Bus) -> None:
        topic = await self.make_topic(bus, 5)
        names = [f"P1/订单-{number}" for number in range(40)]
        await bus.publish([Message(topic, name, name.encode()) for name in names])
        for number in range(5):
            found = {message.key for message in await bus.read(Partition(topic, number), 0, 100)}
            assert found == {name for name in names if partition_of(name.encode(), 5) == number}

    async def test_ten_thousand_messages_of_a_hundred_keys_arrive_once_and_in_order(self, bus: Bus, group: str) -> None:
        topic = await self.make_topic(bus, 3)
        recorder = Recorder()
        async with consuming(bus, group, [topic], recorder):
            for start in range(0, 10_000, 500):
                await bus.publish([Message(topic, f"k{n % 100}", b"%d" % n) for n in range(start, start + 500)])
            await until(lambda: len(recorder.arrivals) >= 10_000, "all messages")
        for key in range(100):
            assert recorder.values(f"k{key}") == [b"%d" % n for n in range(key, 10_000, 100)]
        assert not recorder.overlaps

    async def test_calls_of_publish_made_at_once_all_arrive_each_in_its_own_order(self, bus: Bus, topic: str) -> None:
        async def publish(task: int) -> None:
            for number in range(0, 50, 5):
                await bus.publish([Message(topic, f"k{task}", b"%d" % n) for n in range(number, number + 5)])

        await asyncio.gather(*(publish(task) for task in range(40)))
        found = await bus.read(Partition(topic, 0), 0, 5_000)
        for task in range(40):
            assert [message.value for message in found if message.key == f"k{task}"] == [b"%d" % n for n in range(50)]

    async def test_what_is_too_large_is_refused_and_the_bus_goes_on(self, bus: Bus, topic: str) -> None:
        with pytest.raises(MessageTooLarge) as refused:
            await bus.publish([Message(topic, "big", bytes(1_100_000))])
        assert "1100003" in refused.value.text("zh") and "big" in refused.value.text("en")
        await bus.publish([Message(topic, "big", bytes(990_000)), Message(topic, "k", b"after")])
        assert [len(message.value) for message in await bus.read(Partition(topic, 0), 0, 10)] == [990_000, 5]

    async def test_a_message_without_a_key_is_refused(self, bus: Bus, topic: str) -> None:
        with pytest.raises(KeyMissing):
            await bus.publish([Message(topic, "", b"x")])

    async def test_declaring_again_is_harmless_and_other_partitions_are_an_error(self, bus: Bus) -> None:
        topic = await self.make_topic(bus, 2)
        await bus.declare([Topic(name=topic, partitions=2, retention_days=3)])
        with pytest.raises(PartitionsDiffer, match=f"'{topic}' has 2 partitions, the settings say 4"):
            await bus.declare([Topic(name=topic, partitions=4, retention_days=3)])

    async def test_a_topic_tells_its_partitions_and_what_is_not_there_is_left_out(self, bus: Bus) -> None:
        two, five = await self.make_topic(bus, 2), await self.make_topic(bus, 5)
        assert dict(await bus.partitions([two, five, "no.such.topic"])) == {two: 2, five: 5}

    async def test_reading_a_topic_that_is_not_there_says_so(self, bus: Bus) -> None:
        with pytest.raises(TopicMissing, match=r"no\.such\.topic"):
            await bus.read(Partition("no.such.topic", 0), 0, 1)

    async def test_a_group_begins_where_assigned_says(self, bus: Bus, topic: str, group: str) -> None:
        await bus.publish([Message(topic, "k", b"%d" % number) for number in range(10)])
        recorder = Recorder()
        recorder.offsets[Partition(topic, 0)] = 7
        async with consuming(bus, group, [topic], recorder):
            await until(lambda: len(recorder.arrivals) >= 3, "three messages")
        assert recorder.values() == [b"7", b"8", b"9"]

    async def test_assigned_is_asked_again_when_it_raised(self, bus: Bus, topic: str, group: str) -> None:
        class Slow(Recorder):
            tries = 0

            async def assigned(self, partition: Partition) -> int:
                self.tries += 1
                if self.tries < 3:
                    raise RuntimeError("the database is away")
                return await super().assigned(partition)

        recorder = Slow()
        await bus.publish([Message(topic, "k", b"x")])
        async with consuming(bus, group, [topic], recorder):
            await until(lambda: recorder.arrivals, "the message")
        assert recorder.tries == 3

    async def test_a_batch_that_failed_comes_again_in_order_while_other_partitions_go_on(self, bus: Bus, group: str) -> None:
        topic = await self.make_topic(bus, 2)
        bad, good = (keys[0] for _, keys in sorted(keys_of(2).items()))
        recorder, failures, mend = Recorder(), [], asyncio.Event()

        async def fail_at_first(partition: Partition, messages: Sequence[Received]) -> None:
            if messages[0].key == bad and not mend.is_set():
                failures.append([message.offset for message in messages])
                raise RuntimeError("not yet")

        recorder.on_arrived = fail_at_first
        async with consuming(bus, group, [topic], recorder):
            await bus.publish([Message(topic, bad, b"%d" % number) for number in range(5)])
            await until(lambda: len(failures) >= 2, "two failures")
            await bus.publish([Message(topic, good, b"go"), Message(topic, bad, b"5")])
            await until(lambda: recorder.values(good), "the other partition")
            assert not recorder.values(bad)
            mend.set()
            await until(lambda: len(recorder.values(bad)) >= 6, "the mended partition")
        assert recorder.values(bad) == [b"0", b"1", b"2", b"3", b"4", b"5"]
        assert all(failed == failures[0] for failed in failures)

    async def test_a_failing_batch_is_given_again_only_after_a_back_off(self, bus: Bus, topic: str, group: str) -> None:
        recorder, times = Recorder(), []

        async def fail(partition: Partition, messages: Sequence[Received]) -> None:
            times.append(time.monotonic())
            if len(times) < 4:
                raise RuntimeError("no")

        recorder.on_arrived = fail
        await bus.publish([Message(topic, "k", b"x")])
        async with consuming(bus, group, [topic], recorder):
            await until(lambda: recorder.arrivals, "the message")
        waits = [after - before for before, after in pairwise(times)]
        assert waits[0] >= 0.05 and waits[1] >= 0.1 and waits[2] >= 0.2

    async def test_one_partition_waits_in_its_consumer_and_the_others_work_and_tick(self, bus: Bus, group: str) -> None:
        topic = await self.make_topic(bus, 2)
        (slow, (slow_key,)), (quick, (quick_key,)) = ((n, keys[:1]) for n, keys in sorted(keys_of(2).items()))
        recorder, release = Recorder(), asyncio.Event()

        async def wait(partition: Partition, messages: Sequence[Received]) -> None:
            if partition.number == slow:
                await release.wait()

        recorder.on_arrived = wait
        async with consuming(bus, group, [topic], recorder):
            await bus.publish([Message(topic, slow_key, b"x")])
            await until(lambda: (recorder.busy.get(Partition(topic, slow)) or "").endswith("arrived"), "the slow call")
            seen, slow_seen = recorder.ticks[Partition(topic, quick)], recorder.ticks[Partition(topic, slow)]
            await bus.publish([Message(topic, quick_key, b"y")])
            await until(lambda: recorder.values(quick_key), "the quick one")
            await until(lambda: recorder.ticks[Partition(topic, quick)] >= seen + 3, "ticks of the quick one")
            assert recorder.ticks[Partition(topic, slow)] == slow_seen
            release.set()
            await until(lambda: recorder.values(slow_key), "the slow one")
        assert not recorder.overlaps

    async def test_ticks_come_when_idle_and_when_paused_and_arrivals_do_not(self, bus: Bus, topic: str, group: str) -> None:
        recorder = Recorder()
        place = Partition(topic, 0)
        async with consuming(bus, group, [topic], recorder):
            await until(lambda: recorder.ticks[place] >= 3, "idle ticks")
            await bus.pause(group, True)
            await bus.publish([Message(topic, "k", b"x")])
            seen = recorder.ticks[place]
            await until(lambda: recorder.ticks[place] >= seen + 10, "ticks while paused")
            assert not recorder.arrivals
            await bus.pause(group, False)
            await until(lambda: recorder.arrivals, "the message")

    async def test_a_tick_that_raises_is_tried_again_and_arrivals_go_on(self, bus: Bus, topic: str, group: str) -> None:
        recorder = Recorder()

        async def fail(partition: Partition) -> None:
            raise RuntimeError("a tick failed")

        recorder.on_tick = fail
        async with consuming(bus, group, [topic], recorder):
            await until(lambda: recorder.ticks[Partition(topic, 0)] >= 3, "more ticks")
            await bus.publish([Message(topic, "k", b"x")])
            await until(lambda: recorder.arrivals, "the message")

    async def test_two_members_share_the_partitions_and_hand_over_without_overlap(self, bus: Bus, other: Bus, group: str) -> None:
        topic = await self.make_topic(bus, 4)
        names = [keys[0] for keys in keys_of(4).values()]
        first = Recorder("a")
        second = Recorder("b", shared=first)

        async def work(partition: Partition, messages: Sequence[Received]) -> None:
            await asyncio.sleep(0.3)

        first.on_arrived = second.on_arrived = work
        sent = 0
        async with consuming(bus, group, [topic], first, batch=20):
            await until(lambda: len(first.owned) == 4, "all partitions")
            await bus.publish([Message(topic, name, b"%d" % n) for n in range(60) for name in names])
            async with consuming(other, group, [topic], second, batch=20):
                await until(lambda: len(first.owned) == 2 and len(second.owned) == 2, "an even share")
                assert not first.owned & second.owned
                await until(lambda: len(first.arrivals) + len(second.arrivals) >= 240, "all messages")
                sent = len(first.arrivals) + len(second.arrivals)
            await until(lambda: len(first.owned) == 4, "all partitions again")
        assert sent == 240 and second.arrivals
        assert not first.overlaps
        for number in range(4):     # each partition's offsets, over both members, once and in order
            offsets = [n for _, call, place, what in first.log if call == "arrived" and place.number == number for n in what]
            assert offsets == list(range(60))

    async def test_a_pause_survives_a_rebalance(self, bus: Bus, other: Bus, group: str) -> None:
        topic = await self.make_topic(bus, 2)
        first, second = Recorder("a"), Recorder("b")
        await bus.pause(group, True)
        await other.pause(group, True)
        async with consuming(bus, group, [topic], first):
            await until(lambda: len(first.owned) == 2, "both partitions")
            async with consuming(other, group, [topic], second):
                await until(lambda: len(first.owned) == 1 and len(second.owned) == 1, "one each")
                await bus.publish([Message(topic, keys[0], b"x") for keys in keys_of(2).values()])
                seen = {place: first.ticks[place] for place in first.owned}
                await until(lambda: all(first.ticks[place] >= count + 5 for place, count in seen.items()), "ticks")
                assert not first.arrivals and not second.arrivals
                await bus.pause(group, False)
                await other.pause(group, False)
                await until(lambda: len(first.arrivals) + len(second.arrivals) == 2, "both messages")

    async def test_a_member_that_lost_drops_everything_and_joins_anew(self, bus: Bus, group: str) -> None:
        topic = await self.make_topic(bus, 2)
        recorder, lost = Recorder(), []

        async def lose_once(partition: Partition, messages: Sequence[Received]) -> None:
            if not lost:
                lost.append(partition)
                raise Lost

        recorder.on_arrived = lose_once
        await bus.publish([Message(topic, keys[0], b"x") for keys in keys_of(2).values()])
        async with consuming(bus, group, [topic], recorder):
            await until(lambda: len(recorder.arrivals) >= 2, "both messages")
        calls = [call for _, call, place, _ in recorder.log if place == lost[0] and call != "tick"]
        assert calls[:4] == ["assigned", "arrived", "revoked", "assigned"]
        assert not recorder.overlaps

    async def test_a_tick_may_find_out_that_it_lost(self, bus: Bus, topic: str, group: str) -> None:
        recorder, lost = Recorder(), []

        async def lose_once(partition: Partition) -> None:
            if not lost:
                lost.append(partition)
                raise Lost

        recorder.on_tick = lose_once
        async with consuming(bus, group, [topic], recorder):
            await until(lambda: recorder.ticks[Partition(topic, 0)] >= 3, "ticks after the loss")
        assert [call for _, call, _, _ in recorder.log if call in ("assigned", "revoked")][:3] == ["assigned", "revoked", "assigned"]

    async def test_cancelling_waits_for_the_batch_in_flight_and_tells_the_consumer(self, bus: Bus, topic: str, group: str) -> None:
        recorder, release = Recorder(), asyncio.Event()

        async def wait(partition: Partition, messages: Sequence[Received]) -> None:
            await release.wait()

        recorder.on_arrived = wait
        await bus.publish([Message(topic, "k", b"x")])
        task = asyncio.create_task(bus.consume(group, [topic], recorder))
        await until(lambda: recorder.busy.get(Partition(topic, 0)) == "a.arrived", "the call")
        task.cancel()
        asyncio.get_running_loop().call_later(0.3, release.set)
        with pytest.raises(asyncio.CancelledError):
            await task
        assert recorder.values() == [b"x"]
        assert not recorder.owned and recorder.log[-1][1] == "revoked"

    async def test_a_new_member_goes_on_where_the_last_one_stopped(self, bus: Bus, topic: str, group: str) -> None:
        first = Recorder()
        await bus.publish([Message(topic, "k", b"1")])
        async with consuming(bus, group, [topic], first):
            await until(lambda: first.arrivals, "the first message")
        await bus.publish([Message(topic, "k", b"2")])
        second = Recorder(shared=first)
        async with consuming(bus, group, [topic], second):
            await until(lambda: second.arrivals, "the second message")
        assert second.values() == [b"2"]

    async def test_a_consumer_may_publish(self, bus: Bus, topic: str, group: str) -> None:
        target = await self.make_topic(bus)
        recorder = Recorder()

        async def pass_on(partition: Partition, messages: Sequence[Received]) -> None:
            await bus.publish([Message(target, message.key, message.value, message.headers) for message in messages])

        recorder.on_arrived = pass_on
        async with consuming(bus, group, [topic], recorder):
            for start in range(0, 500, 50):
                await bus.publish([Message(topic, "k", b"%d" % n, {"n": str(n)}) for n in range(start, start + 50)])
            await until(lambda: len(recorder.arrivals) >= 500, "all messages")
        passed = await bus.read(Partition(target, 0), 0, 1_000)
        assert [message.headers["n"] for message in passed] == [str(n) for n in range(500)]

    async def test_two_groups_both_get_everything(self, bus: Bus, topic: str, group: str) -> None:
        one, two = Recorder(), Recorder()
        async with consuming(bus, group, [topic], one), consuming(bus, f"{group}-2", [topic], two):
            await bus.publish([Message(topic, "k", b"x")])
            await until(lambda: one.arrivals and two.arrivals, "both")

    async def test_lag_tells_messages_and_the_age_of_the_oldest(self, bus: Bus, group: str) -> None:
        topic = await self.make_topic(bus, 2)
        key = keys_of(2)[1][0]
        await bus.publish([Message(topic, key, b"%d" % n) for n in range(5)])
        oldest = time.time()
        await asyncio.sleep(0.3)
        await bus.publish([Message(topic, key, b"5")])
        lag = {entry.partition.number: entry for entry in await bus.lag(group, [topic])}
        assert (lag[0].messages, lag[0].seconds, lag[1].messages) == (0, 0.0, 6)
        assert 0.25 <= lag[1].seconds <= time.time() - oldest + 1

    async def test_lag_goes_to_nothing_when_the_group_has_done_its_work(self, bus: Bus, topic: str, group: str) -> None:
        recorder = Recorder()
        await bus.publish([Message(topic, "k", b"%d" % n) for n in range(20)])
        async with consuming(bus, group, [topic], recorder):
            await until(lambda: len(recorder.arrivals) == 20, "all messages")
            deadline = time.monotonic() + PATIENCE_S
            while (await bus.lag(group, [topic]))[0].messages:
                assert time.monotonic() < deadline
                await asyncio.sleep(0.1)
        (entry,) = await bus.lag(group, [topic])
        assert (entry.messages, entry.seconds) == (0, 0.0)
