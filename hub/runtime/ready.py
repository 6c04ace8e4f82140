"""Which partitions have ready rows: one question for all loops of the process, so that an idle hub asks the database little."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import structlog
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from hub.bus.base import Partition
from hub.db import Database
from hub.recovery.release import go_on
from hub.storage.holds import ready_partitions, ripen
from hub.storage.releases import any_to_mark
from hub.storage.tables import holds

log = structlog.get_logger(__name__)


class ReadyRows:
    """Asked every `tick_s` while it runs; also makes those rows ready whose time has come, and the next portion of a large release."""

    def __init__(self, db: Database, tick_s: float) -> None:
        self._db = db
        self._tick_s = tick_s
        self._found: frozenset[tuple[str, Partition]] = frozenset()

    def has(self, group: str, partition: Partition) -> bool:
        """Whether the last question found a ready row there."""
        return (group, partition) in self._found

    async def run(self) -> None:
        """Ask until cancelled."""
        while True:
            try:
                await self.look()
            except (SQLAlchemyError, OSError) as error:
                log.warning("ready.unreachable", error=str(error)[:200])
            await asyncio.sleep(self._tick_s)

    async def look(self) -> None:
        """Ask once."""
        now = datetime.now(UTC)
        async with self._db.read() as session:
            found = await ready_partitions(session)
            due = select(holds.c.id).where(holds.c.state == "waiting", holds.c.ready_at <= now).limit(1)
            ripe = (await session.execute(due)).first() is not None
            more = await any_to_mark(session)
        self._found = frozenset(found)
        if ripe:
            async with self._db.write() as session:
                await ripen(session, now)
        if more:
            async with self._db.write() as session:
                await go_on(session)
