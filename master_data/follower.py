"""Keeps a snapshot up with the dictionary: loaded once, then every published version in order, within a fraction of a second."""

from __future__ import annotations

import asyncio
from time import monotonic

import structlog

from hub.db import Database
from master_data.loading import load
from master_data.publication import changes_after
from master_data.snapshot import Snapshot
from master_data.snapshot_errors import DictionaryStale

log = structlog.get_logger()
PAGE = 50
STALE_S = 10.0
"""A snapshot that was not compared with the database for so long is not decided with."""
MISSED = 5
"""Where the database is asked rarely on purpose: so many questions may be missed."""


class Follower:
    """`async with Follower(db) as follower:` keeps `follower.snapshot` current; it only ever moves forward.

    A process that cannot follow (no answer from the database for `stale_s`) must not go on deciding with what it knew:
    `snapshot` raises DictionaryStale, and whoever asked tries again later.
    """

    def __init__(self, db: Database, *, poll_s: float = 0.2, stale_s: float = STALE_S) -> None:
        self.db = db
        self.poll_s = poll_s
        self.stale_s = max(stale_s, MISSED * poll_s)
        self._snapshot = Snapshot()
        self._moved = asyncio.Condition()
        self._task: asyncio.Task[None] | None = None
        self._turn = asyncio.Lock()
        self._asked_at = monotonic()

    @property
    def snapshot(self) -> Snapshot:
        """The dictionary as this process knows it. Raises DictionaryStale."""
        if self.age_s > self.stale_s:
            raise DictionaryStale(seconds=int(self.age_s), limit=int(self.stale_s), version=self._snapshot.version)
        return self._snapshot

    async def start(self) -> None:
        """Load, then follow. Raises what the database raises: nothing starts without a dictionary."""
        self._snapshot = await load(self.db)
        await self.catch_up()
        self._task = asyncio.create_task(self._follow())

    async def stop(self) -> None:
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            self._task = None

    async def __aenter__(self) -> Follower:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    @property
    def age_s(self) -> float:
        """How long ago the database was last asked with success: above some seconds the snapshot cannot be trusted."""
        return monotonic() - self._asked_at

    async def catch_up(self) -> int:
        """Apply all that is published now; returns the version reached."""
        async with self._turn:
            while await self._step():
                pass
        async with self._moved:
            self._moved.notify_all()
        return self._snapshot.version

    async def wait_for(self, version: int) -> Snapshot:
        """The snapshot once it contains this version (PROTOCOL P2, N8)."""
        if self._snapshot.version < version:
            async with self._moved:
                await self._moved.wait_for(lambda: self._snapshot.version >= version)
        return self._snapshot

    async def _step(self) -> bool:
        """A page of versions, one at a time: a large import must not keep everybody else of the process waiting."""
        asked_at = monotonic()
        async with asyncio.timeout(self.stale_s), self.db.read() as session:
            published = await changes_after(session, self._snapshot.version, PAGE)
        for version, changes in published:
            self._snapshot.apply(version, changes)
            await asyncio.sleep(0)
        self._asked_at = asked_at
        return len(published) == PAGE

    async def _follow(self) -> None:
        while True:
            await asyncio.sleep(self.poll_s)
            try:
                await self.catch_up()
            except Exception as error:        # whatever it is: a task that ended would leave an old dictionary behind
                log.warning("dictionary.not_followed", age_s=round(self.age_s, 1), error=repr(error)[:300])


__all__ = ["Follower", "load"]
