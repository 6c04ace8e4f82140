"""The archive: every inbound record and event once, in the order it was told; what searches, replays and rebuilds read. And the outbox."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from sqlalchemy import Executable, RowMapping, bindparam, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.bus.base import Message
from hub.db import Database, insert_for
from hub.storage.among import among_named
from hub.storage.tables import archive, outbox

# asked with every delivery and by the relay all the time, so they are built once
POST = outbox.insert()
UNPUBLISHED = select(outbox).where(outbox.c.published_at.is_(None)).order_by(outbox.c.id).limit(bindparam("most"))
PUBLISHED = update(outbox).where(among_named(outbox.c.id, "some")).values(published_at=bindparam("now"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Archived:
    """One message as it travelled. `kind` is 'inbound' or 'event'; `id` is the event's, or the record's id."""

    id: str
    kind: str
    system: str
    entity: str
    key: str
    lane: str
    revision: int
    recorded_at: datetime
    headers: Mapping[str, str]
    value: bytes


async def keep(session: AsyncConnection, messages: Sequence[Archived]) -> None:
    """Archive what is not there yet."""
    if not messages:
        return
    rows = [
        {"id": one.id, "kind": one.kind, "system": one.system, "entity": one.entity, "key": one.key, "lane": one.lane,
         "revision": one.revision, "recorded_at": one.recorded_at, "headers": dict(one.headers), "value": one.value}
        for one in {one.id: one for one in messages}.values()
    ]
    await session.execute(_keeping(session.dialect.name), rows)


@cache
def _keeping(dialect: str) -> Executable:
    return insert_for(dialect, archive).on_conflict_do_nothing()


async def by_id(session: AsyncConnection, id: str) -> Archived | None:
    """One message of the archive."""
    row = (await session.execute(select(archive).where(archive.c.id == id))).mappings().first()
    return _archived(row) if row else None


async def find(session: AsyncConnection, number: str, limit: int = 200) -> list[Archived]:
    """Messages whose key or lane is this number, with or without its organisation, in the order they were told."""
    ending = f"%/{number}"
    where = or_(archive.c.key == number, archive.c.lane == number, archive.c.key.like(ending), archive.c.lane.like(ending))
    rows = (await session.execute(select(archive).where(where).order_by(archive.c.sequence).limit(limit))).mappings()
    return [_archived(row) for row in rows]


async def events(db: Database, page: int = 1000) -> AsyncIterator[list[Archived]]:
    """All events in the order they were archived, page by page."""
    last = 0
    while True:
        async with db.read() as session:
            statement = select(archive).where(archive.c.kind == "event", archive.c.sequence > last).order_by(archive.c.sequence).limit(page)
            rows = (await session.execute(statement)).mappings().all()
        if not rows:
            return
        last = rows[-1]["sequence"]
        yield [_archived(row) for row in rows]


async def post(session: AsyncConnection, messages: Sequence[Message], now: datetime) -> None:
    """Write messages that the relay publishes after the caller's transaction has committed."""
    rows = [
        {"topic": one.topic, "key": one.key, "value": one.value, "headers": dict(one.headers), "written_at": now} for one in messages
    ]
    if rows:
        await session.execute(POST, rows)


async def unpublished(session: AsyncConnection, limit: int) -> list[tuple[int, Message]]:
    """What the outbox still has to publish, oldest first."""
    rows = (await session.execute(UNPUBLISHED, {"most": limit})).mappings()
    return [(row["id"], Message(row["topic"], row["key"], row["value"], row["headers"])) for row in rows]


async def mark_published(session: AsyncConnection, ids: Sequence[int], now: datetime) -> None:
    """The bus has these."""
    if ids:
        await session.execute(PUBLISHED, {"some": list(ids), "now": now})


def _archived(row: RowMapping) -> Archived:
    names = ("id", "kind", "system", "entity", "key", "lane", "revision", "recorded_at", "headers", "value")
    return Archived(**{name: row[name] for name in names})
