"""The one wiring file: settings → rules, bus, database, dictionary, systems, loops, API; started, supervised, stopped."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import structlog

import mappings
from hub.bus.base import Bus
from hub.bus.embedded import EmbeddedBus
from hub.bus.kafka import KafkaBus
from hub.bus.prefixed import PrefixedBus
from hub.bus.topics import DELIVERIES, canonical, inbound, topics_for
from hub.config import Settings
from hub.db import Database
from hub.errors import ConfigError
from hub.mapping.boundaries import load_boundaries
from hub.mapping.engine import load_mappings
from hub.mapping.routes import RoutedSystem, load_routes
from hub.migrations import upgrade
from hub.model import AGGREGATES, entity
from hub.model.fields import PlantFields
from hub.pipeline.knowledge import Rules, SystemView
from hub.registry import Opened, connectors, open_systems
from hub.runtime.deliver import DeliverLoop
from hub.runtime.intake import Intake
from hub.runtime.keeper import Keeper
from hub.runtime.normalize import GROUP as NORMALIZE
from hub.runtime.normalize import NormalizeLoop
from hub.runtime.project import GROUP as PROJECT
from hub.runtime.project import ProjectLoop
from hub.runtime.ready import ReadyRows
from hub.runtime.relay import Relay
from hub.runtime.road import Road
from hub.runtime.supervisor import supervise
from hub.sdk import Connector
from master_data.follower import Follower
from master_data.plant import put_in_force
from master_data.seeds import load_seed, load_units

log = structlog.get_logger(__name__)

SHIPPED = Path(mappings.__file__).parent
IDLE_TICK_S = 5.0
"""Of a loop with nothing to do between arrivals."""
BATCH = {"embedded": 50, "cluster": 500}
"""Messages that normalize and deliver take at a time, by profile. In one process everything else waits for a batch; on Kafka and
PostgreSQL what a batch costs by itself counts more."""
LOOPS = ("intake", "normalize", "deliver", "project", "housekeeping")


class DatabaseMissing(ConfigError):
    """The cluster profile needs a database."""

    code = "database-missing"


def open_database(settings: Settings) -> Database:
    """The state's database; nothing is read yet."""
    if settings.profile == "cluster" and not settings.database:
        raise DatabaseMissing()
    settings.folder.mkdir(parents=True, exist_ok=True)
    return Database.connect(settings.database_url())


def open_bus(settings: Settings) -> Bus:
    """The bus of the profile."""
    if settings.profile == "embedded":
        return EmbeddedBus(settings.folder / "bus.db")
    kafka = KafkaBus(settings.bus.servers, replicas=settings.bus.replication)
    return PrefixedBus(kafka, settings.bus.prefix) if settings.bus.prefix else kafka


def load_rules(settings: Settings, installed: Mapping[str, Connector]) -> Rules:
    """Mappings, routes, boundaries and systems; every mistake of every file in one ConfigError."""
    plant = settings.mappings
    dictionary = put_in_force(settings.dictionary)
    views = {
        name: SystemView(
            name=name, product=installed[system.connector].card.product, roles=system.roles, organisations=system.organisations,
            zone=str(system.settings.get("zone", "Asia/Shanghai")),
        )
        for name, system in settings.systems.items()
    }
    routed = [RoutedSystem(view.name, view.roles, frozenset(view.organisations.values())) for view in views.values()]
    own = [plant / "boundaries.yaml"] if plant and (plant / "boundaries.yaml").is_file() else []
    return Rules(
        mappings=load_mappings(SHIPPED, plant), routes=load_routes(_own(plant, "routes.yaml"), routed),
        boundaries=load_boundaries(SHIPPED / "boundaries.yaml", *own), systems=views, plant=PlantFields.read(_own(plant, "fields.yaml")),
        spellings=dictionary.spellings,
    )


def _own(plant: Path | None, name: str) -> Path:
    """The plant's own file where there is one, else the shipped one."""
    return plant / name if plant and (plant / name).is_file() else SHIPPED / name


Wrap = Callable[[Road], Road]


def unchanged(road: Road) -> Road:
    """The road as it is."""
    return road


@asynccontextmanager
async def open_road(settings: Settings, wrap: Wrap = unchanged, installed: Mapping[str, Connector] | None = None) -> AsyncIterator[Road]:
    """Everything the loops share, opened and closed again. `wrap` lets the demo and the tests come between (faults, pauses)."""
    installed = connectors() if installed is None else installed
    async with AsyncExitStack() as stack:
        systems = open_systems(settings, installed)
        for opened in systems.values():
            stack.push_async_callback(opened.close)
        rules = load_rules(settings, installed)
        db = open_database(settings)
        stack.push_async_callback(db.close)
        await upgrade(settings.database_url())
        await load_units(db)
        for seed in settings.seeds:
            await load_seed(db, seed)
        bus = open_bus(settings)
        await bus.start()
        stack.push_async_callback(bus.stop)
        await bus.declare(topics_for(settings.systems, settings.profile, partitions=settings.partitions or None))
        follower = await stack.enter_async_context(Follower(db, poll_s=settings.tick_s, stale_s=settings.dictionary_stale_s))
        yield wrap(Road(settings=settings, bus=bus, db=db, rules=rules, follower=follower, systems=systems))


class Hub:
    """The loops of one process."""

    def __init__(self, road: Road, loops: tuple[str, ...] = LOOPS) -> None:
        self.road = road
        self.intakes = {name: Intake(road, opened) for name, opened in road.systems.items() if opened.system.source is not None}
        self._ready = ReadyRows(road.db, road.settings.tick_s)
        self._loops = loops

    async def run(self) -> None:
        """Until cancelled. A loop that fails is started again, and a person is told."""
        async with asyncio.TaskGroup() as group:
            for name, task in self._tasks().items():
                group.create_task(supervise(self.road, name, task), name=name)

    def _tasks(self) -> dict[str, Callable[[], Coroutine[Any, Any, None]]]:
        tasks: dict[str, Callable[[], Coroutine[Any, Any, None]]] = {}
        if "normalize" in self._loops or "deliver" in self._loops:
            tasks["ready"] = self._ready.run
        if "intake" in self._loops:
            tasks |= {f"intake.{name}": intake.poll_forever for name, intake in self.intakes.items()}
        if "normalize" in self._loops:
            tasks["normalize"] = self._normalize
        if "deliver" in self._loops:
            tasks |= {f"deliver.{name}": self._deliver(opened) for name, opened in self.road.systems.items() if self._topics_for(opened)}
        if "project" in self._loops:
            tasks["project"] = self._project
        if "housekeeping" in self._loops:
            keeper = Keeper(self.road, self.intakes)
            tasks |= {"relay": Relay(self.road).run, "housekeeping": keeper.run}
        return tasks

    async def _normalize(self) -> None:
        topics = [inbound(name) for name in self.road.systems]
        await self._consume(NORMALIZE, topics, NormalizeLoop(self.road, self._ready))

    async def _project(self) -> None:
        topics = [inbound(name) for name in self.road.systems] + [canonical(aggregate) for aggregate in AGGREGATES] + [DELIVERIES]
        await self.road.bus.consume(PROJECT, topics, ProjectLoop(self.road), tick_s=IDLE_TICK_S)

    def _deliver(self, opened: Opened) -> Callable[[], Coroutine[Any, Any, None]]:
        async def run() -> None:
            loop = DeliverLoop(self.road, opened, self._ready)
            try:
                await self._consume(loop.group, self._topics_for(opened), loop)
            finally:
                loop.breaker.close()

        return run

    async def _consume(self, group: str, topics: list[str], loop: Any) -> None:
        batch = BATCH[self.road.settings.profile]
        await self.road.bus.consume(group, topics, loop, batch=batch, tick_s=self.road.settings.tick_s)

    def _topics_for(self, opened: Opened) -> list[str]:
        """The topics of what routes lead to this target, none that its roles must not read."""
        rules = self.road.rules
        if opened.system.sink is None:
            return []
        roles = rules.systems[opened.name].roles
        aggregates = {entity(name).aggregate for name in rules.routes.entities_for(opened.name)}
        return [canonical(name) for name in sorted(aggregates) if rules.boundaries.may_subscribe(name, roles)]


Reach = Callable[[str], Awaitable[None]]


def with_points(reach: Reach) -> Wrap:
    """A road whose named points do something: tests pause or kill there."""
    return lambda road: replace(road, reach=reach)
