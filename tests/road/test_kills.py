"""kill -9 of a real process at every named point; started again, it leaves every business key written once.

A process that passes a point dies there for good: no last word to the broker, no answered call, no closed file. The works
here take a second document of the same key if they are asked to: nothing but the hub's own rules prevents it.
"""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from sqlalchemy import select

from hub.app import open_bus
from hub.bus.base import Bus, Partition
from hub.db import Database
from hub.recovery.verify import verify
from hub.runtime.road import POINTS
from hub.sdk import Record
from hub.storage.tables import holds, ownership
from master_data.proposals import approve, propose
from master_data.proposed import AddCrossReference
from tests.conftest import KAFKA
from tests.road.conftest import Stage, copied
from tests.road.life import Life, Mortal, alive
from tests.road.toy import Pair, eventually, make_settings, now, order

DEATHS = {"embedded": [(point, nth) for point in POINTS for nth in (1, 2)], "cluster": [(point, 1) for point in POINTS]}
"""By profile: the point, and the passing at which the process dies there. A broker notices a death after eight seconds."""
AT_ONCE = {"embedded": 4, "cluster": 8}
"""Worlds side by side; where a death takes time to be noticed, others can work."""
ROUNDS = 6
PACE = 3.0
PATIENCE_S = 60.0


@dataclass
class World:
    """A hub's database and bus, the two systems it works between, and the numbers of the orders that were told."""

    stage: Stage
    db: Database
    bus: Bus
    numbers: list[str] = field(default_factory=list)

    @property
    def pair(self) -> Pair:
        return self.stage.pair

    async def written(self) -> bool:
        """Everything told stands in the works, and nothing is held."""
        papers = (self.pair.erp.papers.get(f"sales_order/P1/{number}") for number in self.numbers)
        if not all(found and found[0].step == "submit" for found in papers):
            return False
        async with self.db.read() as session:
            return (await session.execute(select(holds.c.id).where(holds.c.state != "closed").limit(1))).first() is None

    async def quiet(self) -> bool:
        """Written, and everything on the bus is worked off by every group."""
        if not await self.written():
            return False
        async with self.db.read() as session:
            rows = (await session.execute(select(ownership))).all()
        for row in rows:
            if await self.bus.read(Partition(row.topic, row.partition), row.next_offset, 1):
                return False
        return True

    async def tell(self, hub: Mortal, round: int) -> None:
        """Four orders: one plain, one whose code nobody knows, one whose write lands without an answer, one by webhook."""
        plain, held, doubted, rung = (f"{kind}-{round}" for kind in ("PLAIN", "HELD", "DOUBTED", "RUNG"))
        self.numbers += [plain, held, doubted, rung]
        self.pair.order(plain)
        self.pair.order(held, material=held)
        self.pair.erp.lost_keys.add(f"sales_order/P1/{doubted}")
        self.pair.order(doubted)
        record = Record(organisation="1", entity="order", key=rung, lane=f"order/{rung}", version=1, payload=order(rung))
        if not await hub.tell(record):       # what was answered is never told again
            self.pair.crm.records.append(record)

    async def answer(self) -> None:
        """The steward: whoever dies, an unknown code that holds an order is answered once."""
        answered: set[str] = set()
        while True:
            for number in await self._held() - answered:
                change = AddCrossReference(kind="material", system="crm", organisation="", local_code=number, code="B", preferred=False)
                await approve(self.db, await propose(self.db, change, by="ann"), by="ben")
                answered.add(number)
            await asyncio.sleep(0.05)

    async def _held(self) -> set[str]:
        async with self.db.read() as session:
            return set((await session.execute(select(holds.c.key).where(holds.c.state != "closed", holds.c.key.like("HELD-%")))).scalars())


Open = Callable[[str], AbstractAsyncContextManager[World]]


@pytest.fixture
def open_world(profile: str, tmp_path: Path, filled_file: Path, filled_database: str) -> Open:
    """Opens a world of its own by name: with database and bus in files, or in PostgreSQL and Kafka."""

    @contextlib.asynccontextmanager
    async def embedded(name: str) -> AsyncIterator[World]:
        folder = tmp_path / name
        folder.mkdir()
        shutil.copy(filled_file, folder / "state.db")
        async with _opened(Stage(make_settings(folder, pace=PACE), Pair())) as world:
            yield world

    @contextlib.asynccontextmanager
    async def cluster(name: str) -> AsyncIterator[World]:
        async with copied(filled_database) as url, _opened(Stage(make_settings(tmp_path / name, url, KAFKA, pace=PACE), Pair())) as world:
            yield world

    if profile == "embedded":
        return embedded
    if not KAFKA:
        pytest.skip("no Kafka: set LOOPLINE_TEST_KAFKA (the CI script starts one)")
    return cluster


@contextlib.asynccontextmanager
async def _opened(stage: Stage) -> AsyncIterator[World]:
    stage.settings.folder.mkdir(exist_ok=True)
    db, bus = Database.connect(stage.settings.database_url()), open_bus(stage.settings)
    await bus.start()
    try:
        yield World(stage, db, bus)
    finally:
        await bus.stop()
        await db.close()


@pytest.mark.verify
@pytest.mark.timeout(240)
@pytest.mark.parametrize("profile", ["embedded", pytest.param("cluster", marks=[pytest.mark.kafka, pytest.mark.postgres])])
async def test_a_process_that_is_killed_at_any_point_loses_and_doubles_nothing(profile: str, open_world: Open) -> None:
    slots = asyncio.Semaphore(AT_ONCE[profile])

    async def outcome(point: str, nth: int) -> str:
        async with slots, open_world(f"{point}-{nth}") as world:
            try:
                return await _killed_and_started_again(world, point, nth)
            except AssertionError as error:
                log = world.stage.settings.folder / "hub.log"
                return f"{error}\n{log.read_text()[-2000:] if log.exists() else ''}"

    outcomes = await asyncio.gather(*(outcome(*death) for death in DEATHS[profile]))
    assert {death: said for death, said in zip(DEATHS[profile], outcomes) if said} == {}


async def _killed_and_started_again(world: World, point: str, nth: int) -> str:
    """What is wrong; '' where nothing is."""
    world.pair.erp.refuses_duplicates = False
    life = Life(world.stage.settings, world.stage.settings.folder / "hub.log")
    steward = asyncio.create_task(world.answer())
    try:
        async with alive(replace(life, point=point, nth=nth), world.pair) as hub:
            for round in range(ROUNDS):
                await world.tell(hub, round)
                await eventually(lambda: _over(world, hub), PATIENCE_S)
                if hub.ended is not None:
                    break
            if hub.ended != -signal.SIGKILL:
                return f"it never died there: {hub.ended}"
        async with alive(life, world.pair):
            await eventually(world.quiet, PATIENCE_S)
            await eventually(lambda: _sound(world), PATIENCE_S)
    finally:
        steward.cancel()
    return _counted(world)


async def _over(world: World, hub: Mortal) -> bool:
    return hub.ended is not None or await world.written()


async def _sound(world: World) -> bool:
    return await verify(world.db, world.bus, now()) == []


def _counted(world: World) -> str:
    """What the works' books say: each order once."""
    found = {key: len(papers) for key, papers in world.pair.erp.papers.items() if papers}
    wanted = {f"sales_order/P1/{number}": 1 for number in world.numbers}
    return "" if found == wanted else f"{found} instead of one of each of {sorted(wanted)}"
