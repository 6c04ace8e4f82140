"""Intake's state: leases with epochs, cursors, and the revision counter of every vendor record (PROTOCOL I1–I5)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Update, and_, bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.bus.base import Lost
from hub.db import insert
from hub.storage.places import rows_at
from hub.storage.records import upsert
from hub.storage.tables import cursors, leases, revisions

# asked with every poll, so they are built once
_LEASE = and_(leases.c.name == bindparam("of_name"), leases.c.epoch == bindparam("under"))
FENCE = update(leases).where(_LEASE).values(epoch=leases.c.epoch)
KEEP = update(leases).where(_LEASE).values(expires_at=bindparam("until"))
CURSOR = select(cursors.c.cursor).where(cursors.c.system == bindparam("of_system"), cursors.c.entity == bindparam("of_entity"))
RECORD = ("system", "entity", "key")
CONFIRM = (
    update(revisions)
    .where(
        revisions.c.system == bindparam("of_system"), revisions.c.entity == bindparam("of_entity"), revisions.c.key == bindparam("of_key"),
        revisions.c.confirmed < bindparam("to"),
    )
    .values(confirmed=bindparam("to"))
)


@dataclass(frozen=True, slots=True)
class Lease:
    """A task that one process does at a time, under an epoch."""

    name: str
    holder: str
    epoch: int


async def take_lease(session: AsyncConnection, name: str, holder: str, now: datetime, ttl_s: float) -> Lease | None:
    """Take a lease that is free, expired or ours already (a restarted process takes its own back at once); else None.

    Taking raises the epoch, so that what an earlier holder still does under the old one is refused.
    """
    row = (await session.execute(select(leases).where(leases.c.name == name).with_for_update())).mappings().first()
    expires = now + timedelta(seconds=ttl_s)
    if row is None:
        statement = insert(session, leases).values(name=name, holder=holder, epoch=1, expires_at=expires).on_conflict_do_nothing()
        return Lease(name, holder, 1) if (await session.execute(statement)).rowcount == 1 else None
    if row["holder"] != holder and row["expires_at"] > now:
        return None
    epoch = row["epoch"] + 1
    await session.execute(update(leases).where(leases.c.name == name).values(holder=holder, epoch=epoch, expires_at=expires))
    return Lease(name, holder, epoch)


async def keep_lease(session: AsyncConnection, lease: Lease, now: datetime, ttl_s: float) -> None:
    """Extend it. Raises Lost."""
    await _hit(session, KEEP, lease, until=now + timedelta(seconds=ttl_s))


async def fence_lease(session: AsyncConnection, lease: Lease) -> None:
    """First statement of every transaction done under a lease. Raises Lost."""
    await _hit(session, FENCE, lease)


async def free_lease(session: AsyncConnection, lease: Lease, now: datetime) -> None:
    """Let another process have it at once (a clean stop)."""
    await session.execute(update(leases).where(leases.c.name == lease.name, leases.c.epoch == lease.epoch).values(expires_at=now))


async def _hit(session: AsyncConnection, statement: Update, lease: Lease, **values: Any) -> None:
    if (await session.execute(statement, {"of_name": lease.name, "under": lease.epoch, **values})).rowcount != 1:
        raise Lost(lease)


async def cursor(session: AsyncConnection, system: str, entity: str) -> Mapping[str, Any] | None:
    """Where reading goes on; None: from the beginning."""
    found: Mapping[str, Any] | None = (await session.execute(CURSOR, {"of_system": system, "of_entity": entity})).scalar_one_or_none()
    return found


async def move_cursor(session: AsyncConnection, system: str, entity: str, to: Mapping[str, Any], now: datetime) -> None:
    """Remember where reading goes on. The caller has fenced its lease."""
    await upsert(session, cursors, [{"system": system, "entity": entity, "cursor": dict(to), "moved_at": now}], ("system", "entity"))


class Verdict(StrEnum):
    """What the counter says of a content that was read."""

    NEW = "new"                 # a content not seen before: publish under the reserved revision
    AGAIN = "again"             # reserved, but not known to be published: publish under the same revision
    UNCHANGED = "unchanged"     # equal and confirmed: nothing to do
    OLDER = "older"             # older than the last reserved: to history
    CONFLICT = "conflict"       # the owner's version is the last one, the content is not


@dataclass(frozen=True, slots=True)
class Reading:
    """A record as read: its identity, the owner's version as sortable text (None: it has none), the hash of its content."""

    system: str
    entity: str
    key: str
    version: str | None
    owner_version: int | None
    content: str


@dataclass(frozen=True, slots=True)
class Reserved:
    """The verdict, and the revision under which to publish."""

    verdict: Verdict
    revision: int


async def known_already(session: AsyncConnection, readings: Sequence[Reading]) -> list[bool]:
    """Which readings say nothing new: equal to what was last reserved, published, and not of a later version.

    A plain read: most of what an overlapping poll reads again ends here, without a writing transaction.
    """
    rows = await _rows(session, sorted({(reading.system, reading.entity, reading.key) for reading in readings}), lock=False)
    answers = []
    for reading in readings:
        row = rows.get((reading.system, reading.entity, reading.key))
        same = row is not None and row["content"] == reading.content and row["confirmed"] >= row["revision"]
        answers.append(same and row is not None and (reading.version or "") <= (row["version"] or ""))
    return answers


async def reserve(session: AsyncConnection, readings: Sequence[Reading]) -> list[Reserved]:
    """Give every reading its revision, in order, each key's row locked; committed before anything is published (I2, I5)."""
    rows = await _counters(session, readings)
    answers, changed = [], {}
    for reading in readings:
        place = (reading.system, reading.entity, reading.key)
        row = rows.get(place)
        answer = _judge(row, reading)
        answers.append(answer)
        if answer.verdict is Verdict.NEW:
            rows[place] = changed[place] = {
                "system": reading.system, "entity": reading.entity, "key": reading.key, "revision": answer.revision,
                "confirmed": row["confirmed"] if row else 0, "content": reading.content, "version": reading.version,
            }
        elif answer.verdict in (Verdict.AGAIN, Verdict.UNCHANGED) and row is not None and (reading.version or "") > (row["version"] or ""):
            rows[place] = changed[place] = {**row, "version": reading.version}
    await _keep(session, list(changed.values()))
    return answers


def _judge(row: Mapping[str, Any] | None, reading: Reading) -> Reserved:
    if row is None:
        return Reserved(Verdict.NEW, reading.owner_version if reading.owner_version is not None else 1)
    last = row["revision"]
    if reading.version is not None and row["version"] is not None and reading.version < row["version"]:
        return Reserved(Verdict.OLDER, reading.owner_version if reading.owner_version is not None else 0)
    if reading.content == row["content"]:
        return Reserved(Verdict.UNCHANGED if row["confirmed"] >= last else Verdict.AGAIN, last)
    if reading.owner_version is not None:
        return Reserved(Verdict.CONFLICT if reading.owner_version == last else Verdict.NEW, reading.owner_version)
    return Reserved(Verdict.NEW, last + 1)


async def _counters(session: AsyncConnection, readings: Sequence[Reading]) -> dict[tuple[str, str, str], Mapping[str, Any]]:
    """The counter rows, locked. A new key gets an empty row first: two readers of it must not both count from nothing."""
    places = sorted({(reading.system, reading.entity, reading.key) for reading in readings})
    found = await _rows(session, places)
    fresh = [place for place in places if place not in found]
    if fresh:
        empty = [{"system": s, "entity": e, "key": k, "revision": 0, "confirmed": 0, "content": "", "correction": 0} for s, e, k in fresh]
        await session.execute(insert(session, revisions).on_conflict_do_nothing(), empty)
        found |= await _rows(session, fresh)
    return {place: row for place, row in found.items() if row["content"]}


async def _rows(
    session: AsyncConnection, places: Sequence[tuple[str, str, str]], *, lock: bool = True
) -> dict[tuple[str, str, str], Mapping[str, Any]]:
    rows = await rows_at(session, revisions, RECORD, places, lock=lock)
    return {(row["system"], row["entity"], row["key"]): dict(row) for row in rows}


async def _keep(session: AsyncConnection, rows: Sequence[Mapping[str, Any]]) -> None:
    if not rows:
        return
    values = [{"correction": 0, **row} for row in sorted(rows, key=lambda row: (row["system"], row["entity"], row["key"]))]
    await upsert(session, revisions, values, ("system", "entity", "key"), ("revision", "content", "version"))


async def confirm(session: AsyncConnection, published: Sequence[tuple[Reading, int]]) -> None:
    """These revisions are on the bus (I4)."""
    highest: dict[tuple[str, str, str], int] = {}
    for reading, revision in published:
        place = (reading.system, reading.entity, reading.key)
        highest[place] = max(highest.get(place, 0), revision)
    rows = [{"of_system": system, "of_entity": entity, "of_key": key, "to": to} for (system, entity, key), to in sorted(highest.items())]
    if rows:
        await session.execute(CONFIRM, rows)


async def next_correction(session: AsyncConnection, system: str, entity: str, key: str) -> int:
    """A correction of a record's present revision (I7): counted by the database under the row's lock."""
    where = (revisions.c.system == system, revisions.c.entity == entity, revisions.c.key == key)
    statement = update(revisions).where(*where).values(correction=revisions.c.correction + 1).returning(revisions.c.correction)
    return int((await session.execute(statement)).scalar_one())
