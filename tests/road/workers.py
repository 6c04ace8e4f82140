"""Two workers on one database, driven by hand: each can be stopped at a named point, so that zombies are easy to stage."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.bus.base import Message, Partition, Received
from hub.bus.embedded import EmbeddedBus
from hub.bus.topics import canonical, inbound, topics_for
from hub.config import Settings
from hub.db import Database
from hub.event import Event, event_id
from hub.pipeline.wire import Inbound, content_hash, pack_inbound
from hub.runtime.deliver import DeliverLoop
from hub.runtime.intake import Intake
from hub.runtime.normalize import NormalizeLoop
from hub.runtime.project import ProjectLoop
from hub.runtime.road import Road, utc_now
from hub.sdk import Card
from master_data.follower import Follower
from master_data.proposals import approve, propose
from master_data.proposed import AddCrossReference
from tests.road.toy import SHOP, WORKS, Pair, make_settings, opened, rules

NOTHING_HAPPENS_S = 0.2
"""So long is watched that something does not happen."""
RECORDS = Partition(inbound("erp"), 0)
ORDERS = Partition(canonical("sales_order"), 0)
FACTS = Partition(canonical("production_order"), 0)


@dataclass
class Stop:
    """A point at which a worker waits until it is told to go on."""

    reached: asyncio.Event = field(default_factory=asyncio.Event)
    go: asyncio.Event = field(default_factory=asyncio.Event)


class Stops:
    """The points at which a worker is to stop, each once."""

    def __init__(self) -> None:
        self._at: dict[str, Stop] = {}

    def at(self, point: str) -> Stop:
        return self._at.setdefault(point, Stop())

    async def reach(self, point: str) -> None:
        stop = self._at.pop(point, None)
        if stop is not None:
            stop.reached.set()
            await stop.go.wait()


class AlwaysReady:
    """Every turn looks for ready rows."""

    def has(self, _group: str, _partition: Partition) -> bool:
        return True


@dataclass
class Worker:
    """One process: its own connections, snapshot and memory."""

    road: Road
    stops: Stops
    normalize: NormalizeLoop
    deliver: DeliverLoop
    project: ProjectLoop
    intake: Intake

    async def until(self, point: str, work: Any) -> tuple[asyncio.Task[Any], Stop]:
        """Begin some work and let it run to a point."""
        stop = self.stops.at(point)
        task = asyncio.create_task(work)
        waiting = asyncio.create_task(stop.reached.wait())
        await asyncio.wait({task, waiting}, timeout=10, return_when=asyncio.FIRST_COMPLETED)
        assert stop.reached.is_set(), f"never came to {point}: {task}"
        return task, stop

    def stop_before_commits(self) -> None:
        """Every writing transaction from now on passes the point `commit` at its end."""
        plain = self.road.db.write

        @contextlib.asynccontextmanager
        async def write() -> AsyncIterator[AsyncConnection]:
            async with plain() as session:
                yield session
                await self.stops.reach("commit")

        self.road.db.write = write      # type: ignore[method-assign]


@dataclass
class Scene:
    """What the workers share: bus, database, the two systems."""

    url: str
    bus: EmbeddedBus
    settings: Settings
    pair: Pair
    shop: Card = SHOP
    clock: Callable[[], datetime] = utc_now

    @contextlib.asynccontextmanager
    async def worker(self) -> AsyncIterator[Worker]:
        """A worker whose snapshot follows only when it is told to."""
        stops, db = Stops(), Database.connect(self.url)
        systems = {"crm": opened("crm", self.shop, self.settings, self.pair.crm), "erp": opened("erp", WORKS, self.settings, self.pair.erp)}
        try:
            async with Follower(db, poll_s=3600) as follower:
                road = Road(settings=self.settings, bus=self.bus, db=db, rules=rules(self.settings), follower=follower, systems=systems,
                            now=lambda: self.clock(), reach=stops.reach)
                ready: Any = AlwaysReady()
                deliver = DeliverLoop(road, systems["erp"], ready)
                yield Worker(road, stops, NormalizeLoop(road, ready), deliver, ProjectLoop(road), Intake(road, systems["crm"]))
        finally:
            await asyncio.gather(*(one.http.close() for one in systems.values()))
            await db.close()

    async def say(self, *messages: Message) -> None:
        await self.bus.publish(messages)

    async def messages(self, partition: Partition, offset: int = 0, count: int = 100) -> Sequence[Received]:
        return await self.bus.read(partition, offset, count)

    async def consumed(self) -> list[tuple[str, int]]:
        """What a consumer of the canonical topic makes of it (N12): known ids and older versions do nothing."""
        seen: set[str] = set()
        newest: dict[str, int] = {}
        told: list[tuple[str, int]] = []
        for message in await self.messages(FACTS):
            event = Event.parse(message.headers, message.value)
            if event.id in seen or event.revision < newest.get(event.key, 0):
                continue
            seen.add(event.id)
            newest[event.key] = event.revision
            told.append((event.key.partition("/")[2], event.revision))
        return told


@contextlib.asynccontextmanager
async def open_scene(folder: Path, url: str) -> AsyncIterator[Scene]:
    settings = make_settings(folder)
    bus = EmbeddedBus(folder / "bus.db")
    await bus.start()
    try:
        await bus.declare(topics_for(settings.systems, settings.profile, partitions=1))
        yield Scene(url, bus, settings, Pair())
    finally:
        await bus.stop()


def work_order(version: int, item: str = "A", state: str = "released") -> Message:
    """A state of work order MO-1, full-state."""
    return record("MO", "MO-1", version, {"no": "MO-1", "item": item, "qty": "1", "state": state, "orders": []})


def issue(number: str, item: str = "A") -> Message:
    """A material issue for MO-1: an immutable fact of its lane."""
    lines = [{"line": 1, "item": item, "qty": "1"}]
    return record("MI", number, 1, {"no": number, "order": "MO-1", "at": "2026-11-22T08:00:00Z", "lines": lines})


def record(form: str, key: str, version: int, payload: dict[str, Any], lane: str = "MO/MO-1") -> Message:
    """A record of the works."""
    return pack_inbound(Inbound(
        system="erp", organisation="100", entity=form, key=key, lane=lane, payload=payload, revision=version, read_at=moment(),
        content=content_hash(payload),
    ))


def sales_order(version: int, quantity: str = "1") -> Message:
    """The event of a state of order SO-1."""
    line = {"line": 10, "material": "A", "quantity": {"value": quantity, "unit": "H87"}}
    data = {
        "organisation": "P1", "number": "SO-1", "customer": "C1", "state": "confirmed", "ordered_at": "2026-11-22T08:00:00Z",
        "lines": [line],
    }
    event = Event(
        id=event_id("crm", "sales_order", "P1/SO-1", version), source="crm", entity="sales_order", key="P1/SO-1", lane="P1/SO-1",
        revision=version, correction=0, time=moment(), recorded_at=moment(), data=msgspec.json.encode(data),
    )
    return Message(canonical("sales_order"), event.lane, event.data, event.headers())


async def agree(db: Database, local: str, code: str = "A") -> int:
    """The steward's answer to an unknown code of the works."""
    change = AddCrossReference(kind="material", system="erp", organisation="", local_code=local, code=code, preferred=False)
    return await approve(db, await propose(db, change, by="ann"), by="ben")


def moment() -> datetime:
    return datetime.now(UTC)
