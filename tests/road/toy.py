"""Two small systems with their own books, and a hub between them: a shop (CRM) and a works (ERP) whose bad habits a test can call up."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import uuid
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pydantic import BaseModel
from sqlalchemy import func, select

from hub.app import SHIPPED, Hub, open_bus, open_database
from hub.bus.topics import topics_for
from hub.config import BusSettings, Settings, SystemSettings
from hub.mapping.boundaries import Boundaries, load_boundaries
from hub.mapping.engine import MappingSet, load_mappings
from hub.mapping.routes import RoutedSystem, load_routes
from hub.pipeline.knowledge import Rules, SystemView
from hub.registry import Opened
from hub.runtime.road import Road, pass_by
from hub.sdk import (
    Card,
    Chunk,
    Connector,
    Document,
    DocumentKey,
    EntityCard,
    Http,
    InDoubtError,
    Record,
    RefusedError,
    Text,
    TransientError,
    WebhookRequest,
    Written,
)
from hub.storage.tables import holds
from master_data.follower import Follower

HERE = Path(__file__).parent
NAME = Text("测试", "test")
SETTLE_S = 0.15

SHOP = Card(
    product="shop", vendor=NAME, versions="1", roles=("crm",),
    entities=(
        EntityCard(entity="order", name=NAME, polled=True, version="owner", fetched=True),
        EntityCard(entity="customer", name=NAME, polled=True, version="owner", fetched=True),
    ),
)
WORKS = Card(
    product="works", vendor=NAME, versions="1", roles=("erp",), requests_per_s=10_000,
    entities=(
        EntityCard(entity="SO", name=NAME, polled=True, version="owner", steps=("save", "submit"), default_step="submit",
                   refuses_duplicates=True, carries_mark=True, settle_s=SETTLE_S),
        EntityCard(entity="BP", name=NAME, steps=("save",), default_step="save", carries_mark=True, settle_s=SETTLE_S),
        EntityCard(entity="GR", name=NAME, steps=("save",), default_step="save", carries_mark=True, settle_s=SETTLE_S),
        EntityCard(entity="MO", name=NAME, polled=True, version="owner"),
        EntityCard(entity="MI", name=NAME, polled=True, version="owner"),
    ),
)


class NoSettings(BaseModel):
    """A toy needs none."""


@dataclass
class Shop:
    """Says records; every change has its own version."""

    records: list[Record] = field(default_factory=list)
    hidden: int = 0
    """So many of the newest records a poll does not see yet; a webhook may tell of them."""
    source: Any = None
    sink: Any = None

    def __post_init__(self) -> None:
        self.source = self

    def say(self, entity: str, key: str, version: int, payload: dict[str, Any], lane: str | None = None) -> None:
        """One state of a record."""
        self.records.append(
            Record(organisation="1", entity=entity, key=key, lane=lane or f"{entity}/{key}", version=version, payload=payload)
        )

    async def read(self, entity: str, cursor: Any) -> AsyncIterator[Chunk]:
        seen = (cursor or {}).get("seen", 0)
        fresh = self.records[seen : len(self.records) - self.hidden]
        if fresh:
            yield Chunk([record for record in fresh if record.entity == entity], {"seen": seen + len(fresh)})

    async def fetch(self, entity: str, organisation: str, key: str) -> Record | None:
        return next((record for record in reversed(self.records) if (record.entity, record.key) == (entity, key)), None)

    def receive(self, request: WebhookRequest) -> Sequence[Record]:
        """A webhook tells the number of an order; its newest state is what it tells of."""
        return [next(record for record in reversed(self.records) if record.key == request.body.decode())]

    async def identity(self) -> str:
        return "shop"

    async def close(self) -> None:
        return


@dataclass
class Paper:
    """One document in the works' books."""

    id: str
    number: str
    key: str
    mark: str
    revision: int
    step: str
    payload: dict[str, Any]
    usable: bool = True


@dataclass
class Works(Shop):
    """Writes documents. `faults[step]` are struck off one by one: transient, lost, landed, refuse, nothing."""

    papers: dict[str, list[Paper]] = field(default_factory=lambda: defaultdict(list))
    faults: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    calls: list[tuple[str, str, int]] = field(default_factory=list)
    history: list[tuple[str, int]] = field(default_factory=list)
    refuses_duplicates: bool = True
    usable: bool = True
    before_landing: Callable[[], Awaitable[None]] | None = None
    lost_keys: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.source = self.sink = self

    async def write(self, document: Document) -> Written:
        self.calls.append((document.step, document.key.key, document.revision))
        fault = self.faults[document.step].pop(0) if self.faults[document.step] else ""
        if document.key.key in self.lost_keys:
            self.lost_keys.discard(document.key.key)
            self._land(document)
            raise InDoubtError(system="erp", what="no answer")
        if fault == "transient":
            raise TransientError(system="erp", what="down")
        if fault == "busy":
            raise TransientError(system="erp", what="locked", target_wide=False, retry_after_s=0.1)
        if fault == "refuse":
            raise RefusedError(system="erp", words="此单据不允许")
        if fault == "lost":
            raise InDoubtError(system="erp", what="lost")
        if self.before_landing:
            await self.before_landing()
        written = self._land(document)
        if fault == "landed":
            raise InDoubtError(system="erp", what="no answer")
        return written

    def _land(self, document: Document) -> Written:
        papers = self.papers[document.key.key]
        if document.step == "save" and document.id is None:
            if papers and self.refuses_duplicates:
                raise RefusedError(system="erp", words="编号已存在")
            number = document.number or document.key.number or document.key.key
            papers.append(Paper(str(len(self.calls)), number, document.key.key, "", 0, "", {}, self.usable))
        paper = next(one for one in papers if document.id in (None, one.id) or document.step == "save")
        if document.step == "save":
            paper.mark, paper.revision, paper.payload = document.mark, document.revision, dict(document.payload)
        elif paper.step == "submit":
            raise RefusedError(system="erp", words="已提交")
        paper.step = document.step
        self.history.append((paper.key, paper.revision))
        return self._written(paper)

    def _written(self, paper: Paper) -> Written:
        return Written(id=paper.id, number=paper.number, step=paper.step, mark=paper.mark, revision=paper.revision, usable=paper.usable,
                       why="" if paper.usable else "unaudited")

    async def find(self, key: DocumentKey) -> Sequence[Written]:
        return [self._written(paper) for paper in self.papers[key.key]]

    async def identity(self) -> str:
        return "works"


@dataclass
class Pair:
    """The two systems."""

    crm: Shop = field(default_factory=Shop)
    erp: Works = field(default_factory=Works)

    def order(self, number: str, version: int = 1, material: str = "A", quantity: str = "1", customer: str = "C1") -> None:
        """An order of one line in the shop."""
        self.crm.say("order", number, version, order(number, material, quantity, customer))


def order(number: str, material: str = "A", quantity: str = "1", customer: str = "C1") -> dict[str, Any]:
    """What the shop says of an order."""
    return {
        "number": number, "customer": customer, "state": "confirmed", "ordered_at": "2026-11-22T08:00:00Z",
        "lines": [{"line": 10, "material": material, "quantity": quantity}],
    }


def make_settings(folder: Path, database: str = "", kafka: str = "", *, pace: float = 1.0) -> Settings:
    """Settings of a hub between the two; a database and a broker make it a cluster. `pace`: how many times slower it looks."""
    systems = {
        "crm": SystemSettings(connector="shop", roles=frozenset({"crm"}), organisations={"1": "P1"}, poll_s=0.05 * pace),
        "erp": SystemSettings(connector="works", roles=frozenset({"erp"}), organisations={"100": "P1"}, poll_s=0.05 * pace),
    }
    return Settings(
        profile="cluster" if kafka else "embedded", folder=folder, database=database,
        bus=BusSettings(servers=kafka or "none", prefix=f"t{uuid.uuid4().hex[:8]}." if kafka else ""),
        systems=systems, tick_s=0.03 * pace, sweep_s=0.3, lease_s=2.0, instance="a", partitions=1 if not kafka else 2,
    )


def rules(settings: Settings) -> Rules:
    """The toys' own mappings under the shipped boundaries."""
    cards = {"crm": SHOP, "erp": WORKS}
    views = {
        name: SystemView(name=name, product=cards[name].product, roles=system.roles, organisations=system.organisations, zone="UTC")
        for name, system in settings.systems.items()
    }
    routed = [RoutedSystem(view.name, view.roles, frozenset(view.organisations.values())) for view in views.values()]
    mappings, boundaries = _compiled()
    return Rules(mappings=mappings, routes=load_routes(HERE / "mappings" / "routes.yaml", routed), boundaries=boundaries, systems=views)


@functools.cache
def _compiled() -> tuple[MappingSet, Boundaries]:
    return load_mappings(HERE / "mappings"), load_boundaries(SHIPPED / "boundaries.yaml")


def opened(name: str, card: Card, settings: Settings, system: Shop) -> Opened:
    connector = Connector(card=card, settings=NoSettings, open=lambda *_: system)
    return Opened(name=name, connector=connector, settings=settings.systems[name], system=system, http=Http(name))


@contextlib.asynccontextmanager
async def open_toy_road(settings: Settings, pair: Pair, reach: Callable[[str], Awaitable[None]] = pass_by) -> AsyncIterator[Road]:
    """A road between the pair; the database has its tables already."""
    systems = {"crm": opened("crm", SHOP, settings, pair.crm), "erp": opened("erp", WORKS, settings, pair.erp)}
    db, bus = open_database(settings), open_bus(settings)
    await bus.start()
    try:
        await bus.declare(topics_for(settings.systems, settings.profile, partitions=settings.partitions))
        async with Follower(db, poll_s=settings.tick_s) as follower:
            yield Road(settings=settings, bus=bus, db=db, rules=rules(settings), follower=follower, systems=systems, reach=reach)
    finally:
        await bus.stop()
        for one in systems.values():
            await one.http.close()
        await db.close()


@contextlib.asynccontextmanager
async def running(road: Road, loops: tuple[str, ...] | None = None) -> AsyncIterator[Hub]:
    """The hub's loops for the length of a block."""
    hub = Hub(road, loops) if loops else Hub(road)
    task = asyncio.create_task(hub.run())
    try:
        yield hub
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def eventually(condition: Callable[[], Any], patience_s: float = 20.0) -> None:
    """Wait until it is so; fails with the condition's source line when it never is."""
    deadline = asyncio.get_running_loop().time() + patience_s
    while True:
        result = condition()
        if asyncio.iscoroutine(result):
            result = await result
        if result:
            return
        assert asyncio.get_running_loop().time() < deadline, "it did not come to that"
        await asyncio.sleep(0.02)


async def open_rows(road: Road, group: str | None = None) -> int:
    """How many rows are held."""
    statement = select(func.count()).select_from(holds).where(holds.c.state != "closed")
    async with road.db.read() as session:
        return int((await session.execute(statement.where(holds.c.group == group) if group else statement)).scalar_one())


async def hold_rows(road: Road) -> list[dict[str, Any]]:
    """Every hold row, in order of offset."""
    async with road.db.read() as session:
        return [dict(row) for row in (await session.execute(select(holds).order_by(holds.c.group, holds.c.offset))).mappings()]


def now() -> datetime:
    """The present moment."""
    return datetime.now(UTC)


__all__ = ["Pair", "Shop", "Works", "eventually", "hold_rows", "make_settings", "now", "open_rows", "open_toy_road", "order", "replace",
           "running"]
