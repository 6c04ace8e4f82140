"""kill -9 of a real process at every named point; started again, it leaves every business key written once.

A process that passes a point dies there for good: no last word to the broker, no answered call, no closed file. The works
here take a second document of the same key if they are asked to: nothing but the hub's own rules prevents it.
"""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import signal
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
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
from tests.road.life import Mortal, Said, alive, log_of
from tests.road.toy import Pair, eventually, make_settings, now, order

DEATHS = {"embedded": [(point, nth) for point in POINTS for nth in (1, 2)], "cluster": [(point, 1) for point in POINTS]}
"""By profile: the point, and the passing at which the process dies there. A broker notices a death after eight seconds."""
CHAINS = {"embedded": 5, "cluster": 9}
"""Worlds side by side. In each of them one process after another comes to its end: who finds what was left is the next to die."""
ROUNDS = 6
PACE = 3.0
PATIENCE_S = 90.0
Dying = tuple[str, int]


@dataclass
class World:
    """A hub's database and bus, the two systems it works between, and the numbers of the orders that were told."""

    stage: Stage
    db: Database
    bus: Bus
    numbers: list[str] = field(default_factory=list)
    rounds: int = 0

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

    async def tell(self, hub: Mortal) -> None:
        """Four orders: one plain, one whose code nobody knows, one whose write lands without an answer, one by webhook."""
        self.rounds += 1
        plain, held, doubted, rung = (f"{kind}-{self.rounds}" for kind in ("PLAIN", "HELD", "DOUBTED", "RUNG"))
        self.numbers += [plain, held, doubted, rung]
        self.pair.order(plain)
        self.pair.order(held, material=held)
        self.pair.erp.lost_keys.add(f"sales_order/P1/{doubted}")
        self.pair.order(doubted)
        record = Record(organisation="1", entity="order", key=rung, lane=f"order/{rung}", version=1, payload=order(rung))
        if not await hub.say(Said(record)):       # what was answered is never told again
            self.pair.crm.records.append(record)

    def counted(self) -> str:
        """What is wrong with the works' books, where each order should stand once; '' where nothing is."""
        found = {key: len(papers) for key, papers in self.pair.erp.papers.items() if papers}
        wanted = {f"sales_order/P1/{number}": 1 for number in self.numbers}
        return "" if found == wanted else f"{found} instead of one of each of {sorted(wanted)}"

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
@pytest.mark.timeout(900)
@pytest.mark.parametrize("profile", ["embedded", pytest.param("cluster", marks=[pytest.mark.kafka, pytest.mark.postgres])])
async def test_a_process_that_is_killed_at_any_point_loses_and_doubles_nothing(profile: str, open_world: Open) -> None:
    async def chain(number: int) -> dict[Dying, str]:
        async with open_world(f"world-{number}") as world:
            return await _one_after_the_other(world, DEATHS[profile][number :: CHAINS[profile]])

    wrong = await asyncio.gather(*(chain(number) for number in range(CHAINS[profile])))
    assert [found for found in wrong if found] == []


async def _one_after_the_other(world: World, deaths: Sequence[Dying]) -> dict[Dying, str]:
    """The first death after which something is wrong, and what; nothing where nothing is."""
    world.pair.erp.refuses_duplicates = False
    steward = asyncio.create_task(world.answer())
    last = ("birth", 0)
    try:
        for death in [*deaths, None]:
            async with alive(world.stage.settings, world.pair) as hub:
                await eventually(world.quiet, PATIENCE_S)
                await eventually(lambda: _sound(world), PATIENCE_S)
                wrong = world.counted()
                if wrong or death is None:
                    return {last: wrong} if wrong else {}
                last = death
                await _die(world, hub, *death)
    except AssertionError as error:
        return {last: f"{error}\n{log_of(world.stage.settings).read_text()[-2000:]}"}
    finally:
        steward.cancel()
    return {}


async def _die(world: World, hub: Mortal, point: str, nth: int) -> None:
    """Orders are told until the process has died there."""
    assert await hub.say(Said(point=point, nth=nth))
    for _ in range(ROUNDS):
        await world.tell(hub)
        await eventually(lambda: _over(world, hub), PATIENCE_S)
        if hub.ended is not None:
            break
    assert hub.ended == -signal.SIGKILL, f"it never died there: {hub.ended}"


async def _over(world: World, hub: Mortal) -> bool:
    return hub.ended is not None or await world.written()


async def _sound(world: World) -> bool:
    return await verify(world.db, world.bus, now()) == []
