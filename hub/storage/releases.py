"""Releases too large for one transaction: what has arrived, how many waited for it, and whether some are still to be marked.

A hundred thousand rows marked at once would hold up every writer for seconds. So whoever marks takes a first portion, and writes
down here that there is more: from then on any process goes on with it, portion by portion, whoever dies meanwhile.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import BigInteger, Column, Index, Integer, String, Table, case, func, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.db import METADATA, UtcTime, insert
from hub.storage.among import among
from hub.storage.tables import hold_causes, holds

releases = Table(
    "releases",
    METADATA,
    Column("cause", String(600), primary_key=True),
    Column("version", BigInteger, nullable=False),           # of the dictionary, 0 where it has no part in it
    Column("waiting", Integer, nullable=False),              # how many rows waited when it began
    Column("begun_at", UtcTime, nullable=False),
    Column("marked_at", UtcTime),                            # None: some are still to be marked
)
STILL_TO_MARK = text("marked_at is null")
Index("ix_releases_open", releases.c.begun_at, sqlite_where=STILL_TO_MARK, postgresql_where=STILL_TO_MARK)


@dataclass(frozen=True, slots=True)
class Progress:
    """A release under way: of `total` messages that waited for a cause so many have `gone` on."""

    total: int
    gone: int


async def put_down(session: AsyncConnection, causes: Sequence[str], version: int) -> int:
    """Somebody is to go on with these causes. How many wait for them. Called before rows are marked: all take the locks in this order."""
    counted = select(hold_causes.c.cause, func.count().label("waiting")).where(among(hold_causes.c.cause, causes))
    waiting = (await session.execute(counted.group_by(hold_causes.c.cause))).all()
    now = datetime.now(UTC)
    for row in waiting:
        fresh = {"cause": row.cause, "version": version, "waiting": row.waiting, "begun_at": now, "marked_at": None}
        still_going = releases.c.marked_at.is_(None)
        kept = {name: case((still_going, releases.c[name]), else_=fresh[name]) for name in ("waiting", "begun_at")}
        statement = insert(session, releases).values(fresh)
        again = {**kept, "version": version, "marked_at": None}
        await session.execute(statement.on_conflict_do_update(index_elements=["cause"], set_=again))
    return sum(row.waiting for row in waiting)


async def any_to_mark(session: AsyncConnection) -> bool:
    """Whether a release waits to be gone on with."""
    return (await session.execute(select(releases.c.cause).where(STILL_TO_MARK).limit(1))).first() is not None


async def next_to_mark(session: AsyncConnection) -> str | None:
    """The cause of the oldest release that nobody else is at just now."""
    statement = select(releases.c.cause).where(STILL_TO_MARK).order_by(releases.c.begun_at).limit(1)
    return (await session.execute(statement.with_for_update(skip_locked=True))).scalar()


async def all_marked(session: AsyncConnection, cause: str) -> None:
    """Nothing waits for it any more, or it is waited for again."""
    await session.execute(update(releases).where(releases.c.cause == cause).values(marked_at=datetime.now(UTC)))


async def release_progress(session: AsyncConnection, cause: str) -> Progress | None:
    """How far the release of what waited for a cause (`Cause.text`) is; None where so few waited that they went at once.

    Rows are counted by the dictionary version that freed them: where one approval freed several causes, of all of them.
    """
    row = (await session.execute(select(releases.c.version, releases.c.waiting).where(releases.c.cause == cause))).first()
    if row is None:
        return None
    total = (await session.execute(select(func.sum(releases.c.waiting)).where(releases.c.version == row.version))).scalar_one()
    freed = select(releases.c.cause).where(releases.c.version == row.version)
    unmarked = select(func.count()).select_from(hold_causes).where(hold_causes.c.cause.in_(freed))
    ready = select(func.count()).select_from(holds).where(text("state = 'ready'"), holds.c.ready_version == row.version)
    left = (await session.execute(unmarked)).scalar_one() + (await session.execute(ready)).scalar_one()
    return Progress(total, max(0, total - left))


__all__ = ["Progress", "all_marked", "any_to_mark", "next_to_mark", "put_down", "release_progress", "releases"]
