"""kill -9 in the middle of a large release: what waited for one code goes on once each, every lane in its order, whoever dies.

More messages wait than one transaction marks: the approval itself leaves a part of them to others.
"""

from __future__ import annotations

import signal
from collections import defaultdict

import pytest
from sqlalchemy import func, select

from hub.bus.base import Partition
from hub.bus.topics import canonical
from hub.event import Event
from hub.recovery.verify import verify
from hub.storage.marking import PORTION
from hub.storage.tables import holds
from master_data.proposals import approve, propose
from master_data.proposed import AddCrossReference
from tests.road.life import Said, alive
from tests.road.test_kills import Open, World, open_world  # noqa: F401 - a fixture
from tests.road.toy import eventually, now, order

COUNT = PORTION + 500
LANES = {"a lane each": COUNT, "few lanes": 7}
DEATHS = (("release.decided", 1), ("release.published", 2), ("release.committed", 2), ("release.published", 1))
PATIENCE_S = 240.0
TOPIC = canonical("sales_order")


@pytest.mark.verify
@pytest.mark.timeout(900)
@pytest.mark.parametrize("lanes", LANES)
@pytest.mark.parametrize("profile", ["embedded", pytest.param("cluster", marks=[pytest.mark.kafka, pytest.mark.postgres])])
async def test_a_release_that_is_killed_over_and_over_loses_and_doubles_nothing(open_world: Open, lanes: str) -> None:  # noqa: F811
    async with open_world("release") as world:
        world.pair.erp.refuses_duplicates = False
        _tell(world, LANES[lanes])
        async with alive(world.stage.settings, world.pair):
            await eventually(lambda: _held(world), PATIENCE_S)
        for number, (point, nth) in enumerate(DEATHS):
            async with alive(world.stage.settings, world.pair) as hub:
                assert await hub.say(Said(point=point, nth=nth))
                if number == 0:
                    await _answer(world)
                await eventually(lambda: hub.ended is not None, PATIENCE_S)
                assert hub.ended == -signal.SIGKILL
        async with alive(world.stage.settings, world.pair):
            await eventually(world.quiet, PATIENCE_S)
            await eventually(lambda: _sound(world), PATIENCE_S)
        assert world.counted() == ""
        assert await _out_of_order(world, LANES[lanes]) == []


def _tell(world: World, lanes: int) -> None:
    for number in range(COUNT):
        key = f"WILD-{number:05d}"
        world.numbers.append(key)
        world.pair.crm.say("order", key, 1, order(key, "WILD"), lane=f"order/{number % lanes}")


async def _held(world: World) -> bool:
    async with world.db.read() as session:
        counted = select(func.count()).select_from(holds).where(holds.c.group == "normalize", holds.c.state == "waiting")
        return (await session.execute(counted)).scalar_one() == COUNT


async def _answer(world: World) -> None:
    change = AddCrossReference(kind="material", system="crm", organisation="", local_code="WILD", code="B", preferred=False)
    await approve(world.db, await propose(world.db, change, by="ann"), by="ben")


async def _sound(world: World) -> bool:
    return await verify(world.db, world.bus, now()) == []


async def _out_of_order(world: World, lanes: int) -> list[str]:
    """Orders of which the bus was told only after it had been told a later one of their lane."""
    wrong: list[str] = []
    for at in range((await world.bus.partitions([TOPIC]))[TOPIC]):
        newest: dict[int, int] = defaultdict(lambda: -1)
        for key in await _told(world, Partition(TOPIC, at)):
            number = int(key.rpartition("-")[2])
            wrong += [key] if number < newest[number % lanes] else []
            newest[number % lanes] = max(number, newest[number % lanes])
    return wrong


async def _told(world: World, partition: Partition) -> dict[str, None]:
    """The orders in a partition, in the order in which each was told first."""
    told: dict[str, None] = {}
    offset = 0
    while messages := await world.bus.read(partition, offset, 1000):
        offset = messages[-1].offset + 1
        told |= dict.fromkeys(Event.parse(one.headers, one.value).key for one in messages)
    return told
