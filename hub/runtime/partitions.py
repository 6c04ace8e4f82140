"""The partitions that a loop of this process owns, and the lanes of each that are held: what it keeps in memory (PROTOCOL P2, P9)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from sqlalchemy.ext.asyncio import AsyncConnection

from hub.bus.base import Lost, Partition
from hub.db import Database
from hub.storage.holds import held_lanes
from hub.storage.ownership import Owned, raise_epoch

TakenOver = Callable[[AsyncConnection, Owned], Awaitable[None]]


class Partitions:
    """Owned partitions of one group. Memory changes only after a commit that is known."""

    def __init__(self, db: Database, group: str) -> None:
        self._db = db
        self.group = group
        self._owned: dict[Partition, Owned] = {}
        self._held: dict[Partition, set[str]] = {}

    async def take_over(self, partition: Partition, also: TakenOver | None = None) -> int:
        """Raise the epoch, then load the held lanes; the offset to begin at. `also` runs in the raise's transaction."""
        async with self._db.write() as session:
            owned, offset = await raise_epoch(session, self.group, partition)
            if also is not None:
                await also(session, owned)
        self._owned[partition] = owned
        await self.reload(partition)
        return offset

    async def reload(self, partition: Partition) -> None:
        """Read the held lanes again: after taking over, and after a commit that failed or is in doubt."""
        async with self._db.read() as session:
            self._held[partition] = await held_lanes(session, self.group, partition)

    def drop(self, partition: Partition) -> None:
        """Not ours any more: forget it."""
        self._owned.pop(partition, None)
        self._held.pop(partition, None)

    def owned(self, partition: Partition) -> Owned:
        """Under which epoch we own it. Raises Lost."""
        owned = self._owned.get(partition)
        if owned is None:
            raise Lost(partition)
        return owned

    def held(self, partition: Partition) -> set[str]:
        """The lanes with an open row."""
        return self._held[partition]
