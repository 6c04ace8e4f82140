"""`hub check` of a cluster: the database (reachable, its tables, its clock) and the bus (reachable, its topics). Moves nothing."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.bus.base import Bus
from hub.bus.errors import BusUnavailable, PartitionsDiffer
from hub.config import Settings
from hub.db import Database
from hub.errors import HubError
from hub.migrations import standing
from hub.services.checking import Line, bad, good
from hub.services.errors import ClockDiffers, DatabaseUnreachable, TablesUnknown
from hub.services.topics import declared

PATIENCE_S, BUS_PATIENCE_S = 10.0, 25.0
CLOCK_S = 2.0
"""By how much our clock and the database's may differ: a lease lasts 15 s and is renewed after five."""


def utc_now() -> datetime:
    """The present moment."""
    return datetime.now(UTC)


async def check_database(db: Database, now: Callable[[], datetime] = utc_now) -> AsyncIterator[Line]:
    """Reachable, its tables, its clock; nothing is migrated."""
    name = db.name
    try:
        async with asyncio.timeout(PATIENCE_S), db.read() as session:
            stands = await session.run_sync(standing)
            seconds = await _apart(session, now)
    except Exception as error:      # drivers raise what they like, and each of it says that we cannot use the database
        what = str(getattr(error, "orig", error)).partition("\n")[0][:200] or type(error).__name__
        yield bad("database", "", DatabaseUnreachable(database=name, what=what))
        return
    yield good("database", "", "check-database", database=name)
    yield bad("database", "", TablesUnknown(database=name)) if stands == "unknown" else good("database", "", f"check-tables-{stands}")
    facts = {"database": name, "seconds": f"{seconds:.1f}", "most": f"{CLOCK_S:g}"}
    yield bad("database", "", ClockDiffers(**facts)) if seconds > CLOCK_S else good("database", "", "check-clock", **facts)


async def _apart(session: AsyncConnection, now: Callable[[], datetime]) -> float:
    """Seconds between the database's clock and the middle of our asking."""
    before = now()
    theirs: datetime = (await session.execute(select(func.clock_timestamp()))).scalar_one()
    after = now()
    return abs((theirs - (before + (after - before) / 2)).total_seconds())


async def check_bus(bus: Bus, settings: Settings) -> AsyncIterator[Line]:
    """Reachable, and every topic with the partitions that are configured; nothing is created."""
    topics = declared(settings)
    try:
        async with asyncio.timeout(BUS_PATIENCE_S):
            await bus.start()
            there = await bus.partitions([topic.name for topic in topics])
    except (HubError, TimeoutError) as error:
        silent = BusUnavailable(bus=settings.bus.servers, what=f"no answer within {BUS_PATIENCE_S:g} s")
        yield bad("bus", "", error if isinstance(error, HubError) else silent)
        return
    finally:
        await bus.stop()
    yield good("bus", "", "check-bus", bus=settings.bus.servers)
    wrong = [topic for topic in topics if there.get(topic.name, topic.partitions) != topic.partitions]
    for topic in wrong:
        yield bad("bus", topic.name, PartitionsDiffer(topic=topic.name, there=there[topic.name], wanted=topic.partitions))
    missing = len(topics) - len(there)
    if not wrong:
        yield good("bus", "", "check-topics-missing" if missing else "check-topics", count=len(topics), missing=missing)
