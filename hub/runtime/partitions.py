"""The partitions that a loop of this process owns, and what it remembers of each: held lanes, and how far it is (PROTOCOL P2, P9)."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

from sqlalchemy.ext.asyncio import AsyncConnection

from hub.bus.base import Lost, Partition, Received
from hub.db import Database
from hub.storage.holds import held_lanes
from hub.storage.ownership import Owned, next_offset, raise_epoch
from master_data.follower import Follower
from master_data.publication import dictionary_version

TakenOver = Callable[[AsyncConnection, Owned], Awaitable[None]]
TAKE_OVERS = 4
"""At once, of a group: after a restart hundreds of partitions come together, and would take every connection from those at work."""
CATCH_UP_S = 15.0
"""A snapshot that does not follow must not keep a partition from being handed on: the take-over fails, and is tried again."""


@dataclass(slots=True)
class Memory:
    """What the owner of a partition remembers. `held`: the lanes with an open row; `next_offset`: as in the database.

    `after`: the lane behind which the next release turn begins; `whole`: lanes that it reads to their end, ready or not;
    `releasing`: something was left to be released when the last turn ended.
    """

    held: set[str]
    next_offset: int
    after: str = ""
    whole: set[str] = field(default_factory=set)
    releasing: bool = False

    def fresh(self, messages: Sequence[Received]) -> Sequence[Received]:
        """Messages whose outcome is not written down yet: a batch that comes again after a commit in doubt may begin with known ones."""
        if not messages or messages[0].offset >= self.next_offset:
            return messages
        return [message for message in messages if message.offset >= self.next_offset]


class Partitions:
    """Owned partitions of one group. Memory changes only after a commit that is known; after any other it is read again."""

    def __init__(self, db: Database, group: str) -> None:
        self._db = db
        self.group = group
        self._owned: dict[Partition, Owned] = {}
        self._memory: dict[Partition, Memory] = {}
        self._take_overs = asyncio.Semaphore(TAKE_OVERS)

    async def take_over(self, partition: Partition, also: TakenOver | None = None) -> int:
        """Raise the epoch, then load the held lanes; the offset to begin at. `also` runs in the raise's transaction."""
        async with self._take_overs:
            async with self._db.write() as session:
                owned, offset = await raise_epoch(session, self.group, partition)
                if also is not None:
                    await also(session, owned)
            self._owned[partition] = owned
            self.doubt(partition)
            await self.memory(partition)
        return offset

    async def memory(self, partition: Partition) -> Memory:
        """What is known of it; read from the database where a commit is in doubt (P9)."""
        known = self._memory.get(partition)
        if known is None:
            async with self._db.read() as session:
                known = Memory(await held_lanes(session, self.group, partition), await next_offset(session, self.group, partition))
            self._memory[partition] = known
        return known

    def doubt(self, partition: Partition) -> None:
        """A commit failed, or nobody knows whether it did."""
        self._memory.pop(partition, None)

    def drop(self, partition: Partition) -> None:
        """Not ours any more: forget it."""
        self._owned.pop(partition, None)
        self.doubt(partition)

    def owned(self, partition: Partition) -> Owned:
        """Under which epoch we own it. Raises Lost."""
        owned = self._owned.get(partition)
        if owned is None:
            raise Lost(partition)
        return owned


async def caught_up(db: Database, follower: Follower) -> None:
    """The snapshot has all that is published now: an earlier owner may have decided with it (P2). Raises TimeoutError."""
    async with db.read() as session:
        version = await dictionary_version(session)
    async with asyncio.timeout(CATCH_UP_S):
        await follower.wait_for(version)
