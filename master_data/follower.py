"""Keeps a snapshot up with the dictionary: loaded once, then every published version in order, within a fraction of a second."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from itertools import groupby
from time import monotonic
from typing import Any

import structlog
from sqlalchemy import Row, Select, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.db import Database
from master_data.publication import changes_after, dictionary_version
from master_data.rows import FACTOR_KEY, FACTOR_ORDER, LOCAL_KEY, OWN_KEY, OWN_ORDER, factor_span, local_span, own_span
from master_data.snapshot import Snapshot
from master_data.tables import codes, conversions, cross_references

log = structlog.get_logger()
PAGE = 200
STREAM = 2000


async def load(db: Database) -> Snapshot:
    """The whole dictionary at one version."""
    async with db.read(one_moment=True) as session:
        snapshot = Snapshot(await dictionary_version(session))
        await _load_codes(session, snapshot)
        await _load_cross_references(session, snapshot)
        await _load_factors(session, snapshot)
        return snapshot


class Follower:
    """`async with Follower(db) as follower:` keeps `follower.snapshot` current; it only ever moves forward."""

    def __init__(self, db: Database, *, poll_s: float = 0.2) -> None:
        self.db = db
        self.poll_s = poll_s
        self.snapshot = Snapshot()
        self._moved = asyncio.Condition()
        self._task: asyncio.Task[None] | None = None
        self._turn = asyncio.Lock()
        self._asked_at = monotonic()

    async def start(self) -> None:
        """Load, then follow. Raises what the database raises: nothing starts without a dictionary."""
        self.snapshot = await load(self.db)
        self._asked_at = monotonic()
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
        return self.snapshot.version

    async def wait_for(self, version: int) -> Snapshot:
        """The snapshot once it contains this version (PROTOCOL P2, N8)."""
        if self.snapshot.version < version:
            async with self._moved:
                await self._moved.wait_for(lambda: self.snapshot.version >= version)
        return self.snapshot

    async def _step(self) -> bool:
        async with self.db.read() as session:
            published = await changes_after(session, self.snapshot.version, PAGE)
        self._asked_at = monotonic()
        for version, changes in published:
            self.snapshot.apply(version, changes)
        return len(published) == PAGE

    async def _follow(self) -> None:
        while True:
            await asyncio.sleep(self.poll_s)
            try:
                await self.catch_up()
            except (SQLAlchemyError, OSError) as error:
                log.warning("dictionary.unreachable", age_s=round(self.age_s, 1), error=str(error)[:200])


async def _load_codes(session: AsyncConnection, snapshot: Snapshot) -> None:
    columns = (codes.c.kind, codes.c.code, codes.c.name_zh, codes.c.name_en, codes.c.status, codes.c.attributes)
    async for rows in _pages(session, select(*columns)):
        for row in rows:
            snapshot.put_code(row.kind, row.code, zh=row.name_zh, en=row.name_en, status=row.status, attributes=row.attributes)


async def _load_cross_references(session: AsyncConnection, snapshot: Snapshot) -> None:
    table = cross_references
    columns = (*LOCAL_KEY, table.c.code, table.c.state, table.c.valid_from, table.c.valid_to)
    async for key, group in _groups(session, select(*columns).order_by(*LOCAL_KEY), lambda row: row[:4]):
        snapshot.put_local(key[:3], key[3], [local_span(row) for row in group])
    async for key, group in _groups(session, select(*columns).order_by(*OWN_KEY, *OWN_ORDER), lambda row: (*row[:3], row.code)):
        snapshot.put_own(key[:3], key[3], [own_span(row) for row in group])


async def _load_factors(session: AsyncConnection, snapshot: Snapshot) -> None:
    statement = select(conversions).order_by(*FACTOR_KEY, *FACTOR_ORDER)
    async for key, group in _groups(session, statement, lambda row: (row.material, row.from_unit, row.to_unit)):
        snapshot.units.put_spans(key, [factor_span(row) for row in group])


async def _pages(session: AsyncConnection, statement: Select[Any]) -> AsyncIterator[list[Row[Any]]]:
    result = await session.stream(statement)
    async for page in result.partitions(STREAM):
        yield list(page)


async def _groups(
    session: AsyncConnection, statement: Select[Any], key: Callable[[Row[Any]], Any]
) -> AsyncIterator[tuple[Any, list[Row[Any]]]]:
    """Rows in order of key, a key's rows together, also across pages."""
    kept: list[Row[Any]] = []
    async for page in _pages(session, statement):
        groups = [(each, list(rows)) for each, rows in groupby(kept + page, key)]
        for each, rows in groups[:-1]:
            yield each, rows
        kept = groups[-1][1]
    if kept:
        yield key(kept[0]), kept
