"""How fast normalize is on Kafka and PostgreSQL with everything on, against the ruler beside it, in turns.

Each side counts with its best round, the one that the rest of the machine disturbed least; the processor time of this process
explains them. Garbage is collected as `hub run` does it.
"""

from __future__ import annotations

import asyncio
import json
import tempfile
import time
from collections.abc import Awaitable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, NamedTuple

from bench.figures import Figure, Result
from bench.ruler import BATCH, copy
from bench.servers import Servers, empty_database
from bench.stage import fill, payload, record
from hub.bus.base import Consumer, Partition, Received, Topic
from hub.bus.topics import canonical, inbound
from hub.cli.running import freeze
from hub.runtime.normalize import GROUP, NormalizeLoop
from hub.runtime.ready import ReadyRows
from hub.runtime.road import Road
from tests.road.toy import Pair, make_settings, open_rows, open_toy_road

COUNT, ROUNDS, WARM_UP, PARTITIONS = 100_000, 4, 4_000, 6
COPY = "bench.copy"


class Taken(NamedTuple):
    """What one message took in one round: seconds on the clock, seconds of this process's processor time."""

    wall_s: float
    cpu_s: float


class Timed:
    """A consumer that is timed from its first batch in hand to the outcome of the last."""

    def __init__(self, consumer: Consumer, count: int) -> None:
        self._consumer, self._left = consumer, count
        self._begun = 0.0
        self.seconds: asyncio.Future[float] = asyncio.get_running_loop().create_future()
        self.assigned, self.revoked, self.tick = consumer.assigned, consumer.revoked, consumer.tick

    async def arrived(self, partition: Partition, messages: Sequence[Received]) -> int | None:
        self._begun = self._begun or time.perf_counter()
        done = await self._consumer.arrived(partition, messages)
        self._left -= len(messages) if done is None else done
        if self._left <= 0 and not self.seconds.done():
            self.seconds.set_result(time.perf_counter() - self._begun)
        return done


async def run(servers: Servers, count: int = COUNT) -> Result:
    """Interleaved rounds over orders that are on the bus before each; the first, short one warms both up and is not counted."""
    with tempfile.TemporaryDirectory() as folder:
        async with empty_database(servers.db) as url:
            await fill(url)
            settings = make_settings(Path(folder), url, servers.bus).model_copy(update={"partitions": PARTITIONS, "tick_s": 0.2})
            async with open_toy_road(settings, Pair()) as road:
                ruler, ours = await _rounds(road, servers.bus, [WARM_UP, *[count // ROUNDS] * ROUNDS])
                await _all_published(road, WARM_UP + count)
    figures = [
        Figure("normalize", 1 / ours.wall_s, "msg/s"),
        Figure("ruler", 1 / ruler.wall_s, "msg/s"),
        Figure("normalize, processor", ours.cpu_s * 1e6, "µs/msg"),
        Figure("ruler, processor", ruler.cpu_s * 1e6, "µs/msg"),
        Figure("normalize / ruler", ruler.wall_s / ours.wall_s, "×", at_least=0.2),
    ]
    shape = {"messages": count, "rounds": ROUNDS, "partitions": PARTITIONS, "batch": BATCH, "payload_bytes": len(json.dumps(payload(0)))}
    return Result("normalize", figures, {**shape, "bus": "kafka", "db": "postgresql"})


async def _rounds(road: Road, servers: str, counts: Sequence[int]) -> tuple[Taken, Taken]:
    """The best of the ruler and of normalize, the first round left out."""
    await road.bus.declare([Topic(name=COPY, partitions=PARTITIONS, retention_days=1.0)])
    prefix = road.settings.bus.prefix
    rulers: list[Taken] = []
    ours: list[Taken] = []
    freeze()
    for number, count in enumerate(counts):
        await _publish(road, sum(counts[:number]), count)
        rulers.append(await _taken(copy(servers, prefix + inbound("crm"), prefix + COPY, count), count))
        ours.append(await _taken(normalize(road, count), count))
    return _best(rulers[1:]), _best(ours[1:])


async def _taken(work: Awaitable[float], count: int) -> Taken:
    began = time.process_time()
    wall_s = await work
    return Taken(wall_s / count, (time.process_time() - began) / count)


def _best(rounds: Sequence[Taken]) -> Taken:
    return Taken(min(one.wall_s for one in rounds), min(one.cpu_s for one in rounds))


async def _publish(road: Road, first: int, count: int) -> None:
    for begin in range(first, first + count, 1000):
        await road.bus.publish([record(number) for number in range(begin, min(begin + 1000, first + count))])


async def normalize(road: Road, count: int) -> float:
    """The real loop over what is on `inbound.crm`; seconds from the first batch in hand to the last commit."""
    async with _ready(road) as ready:
        timed = Timed(NormalizeLoop(road, ready), count)
        task = asyncio.create_task(road.bus.consume(GROUP, [inbound("crm")], timed, batch=BATCH, tick_s=road.settings.tick_s))
        try:
            await asyncio.wait([task, timed.seconds], return_when=asyncio.FIRST_COMPLETED)
            return timed.seconds.result()
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)


@asynccontextmanager
async def _ready(road: Road) -> Any:
    ready = ReadyRows(road.db, road.settings.tick_s)
    task = asyncio.create_task(ready.run())
    try:
        yield ready
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def _all_published(road: Road, count: int) -> None:
    """A bench that held or dropped something measured nothing."""
    topic = canonical("sales_order")
    found = [await road.bus.read(Partition(topic, number), 0, count) for number in range(PARTITIONS)]
    keys = {one.headers["ce_subject"] for batch in found for one in batch}
    held = await open_rows(road)
    if held or len(keys) != count:
        raise RuntimeError(f"{len(keys)} of {count} orders were published, {held} are held")
