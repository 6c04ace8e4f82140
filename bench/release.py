"""How fast a hundred thousand messages go on once the code they waited for is approved: SQLite, the embedded bus, one process.

Two shapes: every message in a lane of its own, and all of them in a few long queues. While they go on new orders keep coming
in, and the bench says how long the slowest of these took. At the end everything is counted: nothing lost, nothing doubled,
every lane in its order.
"""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import func, select, text

from bench.figures import Figure, Result
from bench.normalize import Timed
from bench.servers import Servers
from bench.stage import CUSTOMERS, MATERIALS, READ_AT, fill
from hub.bus.base import Message, Partition
from hub.bus.topics import canonical, inbound
from hub.cli.running import freeze
from hub.event import Event
from hub.pipeline.wire import Inbound, content_hash, pack_inbound
from hub.runtime.normalize import GROUP, NormalizeLoop
from hub.runtime.ready import ReadyRows
from hub.runtime.road import Road
from hub.storage.tables import holds
from master_data.proposals import approve, propose
from master_data.proposed import AddCrossReference
from tests.road.toy import Pair, make_settings, open_rows, open_toy_road

COUNT, BATCH, TICK_S, NEW_EVERY_S = 100_000, 50, 0.2, 0.1
LANES = {"a lane each": 0, "ten lanes": 10}
WILD, ORDERS = "WILD-7", Partition(canonical("sales_order"), 0)
OFF_S = 0.005


@dataclass
class Watch:
    """What else happened during the release: how late the event loop was, and how long new orders took."""

    late_s: float = 0.0
    new: dict[str, float] = field(default_factory=dict)

    async def beat(self) -> None:
        """Notes the longest time for which nothing else could run."""
        while True:
            began = time.perf_counter()
            await asyncio.sleep(OFF_S)
            self.late_s = max(self.late_s, time.perf_counter() - began - OFF_S)

    async def say(self, road: Road) -> None:
        """An order that waits for nothing, over and over, each timed from its publish to its event."""
        seen = 0
        while True:
            key = f"NEW-{len(self.new):06d}"
            began = time.perf_counter()
            await road.bus.publish([_record(key, f"order/{key}", MATERIALS[0])])
            seen = await _told(road, key, seen)
            self.new[key] = time.perf_counter() - began
            await asyncio.sleep(NEW_EVERY_S)


async def _told(road: Road, key: str, seen: int) -> int:
    while True:
        found = await road.bus.read(ORDERS, seen, 500)
        if any(message.headers["ce_subject"].endswith(key) for message in found):
            return found[-1].offset + 1
        seen = found[-1].offset + 1 if found else seen
        if not found:
            await asyncio.sleep(0.01)


async def run(_servers: Servers | None = None, count: int = COUNT) -> Result:
    """Held by the real loop, approved by the real verb, released by the real turns."""
    figures = [figure for shape, lanes in LANES.items() for figure in await _shape(shape, lanes, count)]
    return Result("release", figures, {"messages": count, "lanes": LANES, "tick_s": TICK_S, "db": "sqlite", "bus": "embedded"})


async def _shape(shape: str, lanes: int, count: int) -> list[Figure]:
    with tempfile.TemporaryDirectory() as folder:
        await fill(f"sqlite:///{Path(folder) / 'state.db'}")
        settings = make_settings(Path(folder)).model_copy(update={"tick_s": TICK_S})
        async with open_toy_road(settings, Pair()) as road:
            said = [_record(f"SO-{number:07d}", _lane(number, lanes), WILD) for number in range(count)]
            await _hold(road, said)
            watch = Watch()
            freeze()
            approval_s, seconds, processor_s = await _release(road, watch, count)
            await _all_there(road, said, watch)
    return [
        Figure(f"{shape}: released", count / seconds, "msg/s", at_least=2_000),
        Figure(f"{shape}: processor", 1e6 * processor_s / count, "µs/msg"),
        Figure(f"{shape}: the approval", 1e3 * approval_s, "ms"),
        Figure(f"{shape}: new orders meanwhile, slowest of {len(watch.new)}", 1e3 * max(watch.new.values(), default=0.0), "ms"),
        Figure(f"{shape}: event loop held up, longest", 1e3 * watch.late_s, "ms"),
    ]


def _lane(number: int, lanes: int) -> str:
    return f"order/LANE-{number % lanes}" if lanes else f"order/SO-{number:07d}"


def _record(key: str, lane: str, material: str) -> Message:
    lines = [{"line": 10 * row, "material": material if row == 2 else MATERIALS[row], "quantity": str(row)} for row in (1, 2, 3)]
    said = {"number": key, "customer": CUSTOMERS[0], "state": "confirmed", "ordered_at": "2026-01-05T08:00:00Z", "lines": lines}
    return pack_inbound(Inbound(
        system="crm", organisation="1", entity="order", key=key, lane=lane, payload=said, revision=1, read_at=READ_AT,
        changed_at=READ_AT, content=content_hash(["upsert", "1", said]),
    ))


async def _hold(road: Road, said: Sequence[Message]) -> None:
    for first in range(0, len(said), 1000):
        await road.bus.publish(said[first : first + 1000])
    async with _consumed(road, len(said)) as timed:
        await timed.seconds
    if await open_rows(road) != len(said):
        raise RuntimeError(f"{await open_rows(road)} of {len(said)} messages are held")


@asynccontextmanager
async def _consumed(road: Road, count: int) -> AsyncIterator[Timed]:
    ready = ReadyRows(road.db, road.settings.tick_s)
    timed = Timed(NormalizeLoop(road, ready), count)
    tasks = [
        asyncio.create_task(ready.run()),
        asyncio.create_task(road.bus.consume(GROUP, [inbound("crm")], timed, batch=BATCH, tick_s=road.settings.tick_s)),
    ]
    try:
        yield timed
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _release(road: Road, watch: Watch, count: int) -> tuple[float, float, float]:
    """Seconds of the approval; seconds, and processor seconds, from its beginning to the last message that went on."""
    change = AddCrossReference(kind="material", system="crm", organisation="", local_code=WILD, code=MATERIALS[7], preferred=False)
    number = await propose(road.db, change, by="ann")
    async with _consumed(road, 10**9):
        others: list[Any] = [asyncio.create_task(watch.beat()), asyncio.create_task(watch.say(road))]
        await asyncio.sleep(1.0)
        began, used = time.perf_counter(), time.process_time()
        await approve(road.db, number, by="ben")
        approved = time.perf_counter()
        while await _left(road):  # noqa: ASYNC110 - a bench, which nothing wakes
            await asyncio.sleep(0.05)
        ended, used = time.perf_counter(), time.process_time() - used
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
    return approved - began, ended - began, used


async def _left(road: Road) -> bool:
    async with road.db.read() as session:
        return (await session.execute(text("select 1 from holds where state <> 'closed' limit 1"))).first() is not None


async def _all_there(road: Road, said: Sequence[Message], watch: Watch) -> None:
    """A release that lost, doubled or disordered something measured nothing."""
    told: list[Event] = []
    while found := await road.bus.read(ORDERS, told_until(told), 1000):
        told += [Event.parse(message.headers, message.value) for message in found]
    numbers = [event.key.partition("/")[2] for event in told if not event.key.startswith("P1/NEW-")]
    doubled = [number for number, times in Counter(numbers).items() if times > 1]
    wanted = {message.headers["ce_subject"].partition("/")[2]: message.key for message in said}
    if doubled or numbers_missing(wanted, numbers):
        raise RuntimeError(f"{len(doubled)} doubled, {numbers_missing(wanted, numbers)} lost of {len(said)}")
    for lane, queue in _by_lane(wanted, numbers).items():
        if queue != sorted(queue):
            raise RuntimeError(f"lane {lane} went out of order")
    async with road.db.read() as session:
        closed = (await session.execute(select(func.count()).select_from(holds).where(holds.c.closed_as == "published"))).scalar_one()
    if closed != len(said):
        raise RuntimeError(f"{closed} rows of {len(said)} are closed as published")


def told_until(told: Sequence[Event]) -> int:
    """The offset behind what was read: the topic has one partition, read from its beginning."""
    return len(told)


def numbers_missing(wanted: dict[str, str], numbers: Sequence[str]) -> int:
    """How many were held and never told."""
    return len(wanted.keys() - set(numbers))


def _by_lane(wanted: dict[str, str], numbers: Sequence[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for number in numbers:
        found.setdefault(wanted[number], []).append(number)
    return found
