"""Held messages: the rows, what each waits for, and who may move them (PROTOCOL N4–N9).

Only the owner of a partition closes rows. Whatever arrives (a code, a document, a person's word, a time) turns *waiting*
into *ready*, in its own transaction, by `mark_ready`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import FromClause, and_, delete, exists, func, literal, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.elements import ColumnElement

from hub.bus.base import Partition
from hub.db import insert
from hub.storage.among import among, among_named
from hub.storage.causes import DOCUMENTS, Cause
from hub.storage.tables import hold_causes, holds

WAITING, BEHIND, READY, CLOSED = "waiting", "behind", "ready", "closed"
DISCARD = "discard"
"""The wish of a person who wants a row dropped (`hub.recovery.wishes`)."""
# asked with every document
ANYTHING = select(hold_causes.c.hold).where(among_named(hold_causes.c.kind, "kinds")).limit(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """One held message. `message` is the whole of it (`hub.runtime.wire`); `causes` is empty unless state is waiting."""

    group: str
    partition: Partition
    offset: int
    lane: str
    state: str
    system: str
    entity: str
    key: str
    full_state: bool
    revision: int
    correction: int
    message: bytes
    held_at: datetime
    code: str = ""
    facts: dict[str, Any] = field(default_factory=dict)
    concerns: str = ""
    causes: tuple[Cause, ...] = ()
    ready_version: int = 0
    ready_at: datetime | None = None
    attempts: int = 0
    wish: str = ""
    reason: str = ""
    id: int = 0

    @property
    def record(self) -> tuple[str, str] | None:
        """What a newer version may supersede: (entity, key), None for an immutable fact."""
        return (self.entity, self.key) if self.full_state else None

    @property
    def version(self) -> tuple[int, int]:
        return (self.revision, self.correction)


async def held_lanes(session: AsyncConnection, group: str, partition: Partition) -> set[str]:
    """The lanes with an open row: what the owner keeps in memory."""
    statement = select(holds.c.lane).distinct().where(_partition(group, partition), holds.c.state != CLOSED)
    return set((await session.execute(statement)).scalars())


async def queues(session: AsyncConnection, group: str, partition: Partition, lanes: Iterable[str]) -> dict[str, list[Hold]]:
    """The open rows of these lanes in order of offset."""
    found: dict[str, list[Hold]] = {}
    where = (_partition(group, partition), holds.c.state != CLOSED, among(holds.c.lane, list(lanes)))
    for row in (await session.execute(select(holds).where(*where).order_by(holds.c.offset))).mappings():
        found.setdefault(row["lane"], []).append(_hold(row))
    return found


async def ready_lanes(session: AsyncConnection, group: str, partition: Partition, version: int, limit: int) -> list[str]:
    """Lanes that can go on: their head is ready, or a newer version of what their head waits with is, or the document that their head
    waits for, or a row is to be dropped.

    Only rows whose dictionary version the snapshot has; the longest waiting first. A ready row behind a head that waits for
    something else is none of these: such lanes would crowd out the others.
    """
    head, earlier = holds.alias("head"), holds.alias("earlier")
    before = exists(select(literal(1)).where(_same_lane(earlier, head), earlier.c.state != CLOSED, earlier.c.offset < head.c.offset))
    newer = and_(head.c.full_state, head.c.entity == holds.c.entity, head.c.key == holds.c.key)
    moving = or_(head.c.id == holds.c.id, newer, _waits_for(head, holds))
    moves = exists(select(literal(1)).where(_same_lane(head, holds), head.c.state != CLOSED, moving, ~before))
    statement = (
        select(holds.c.lane)
        .where(_partition(group, partition), holds.c.state == READY, holds.c.ready_version <= version, or_(holds.c.wish == DISCARD, moves))
        .group_by(holds.c.lane)
        .order_by(func.min(holds.c.offset))
        .limit(limit)
    )
    return list((await session.execute(statement)).scalars())


async def wake_awaited(session: AsyncConnection) -> int:
    """What another row of its own lane waits for goes before that one: it becomes *ready*. How many did."""
    waiting = holds.alias("waiting")
    awaited = exists(select(literal(1)).where(_same_lane(waiting, holds), _waits_for(waiting, holds)))
    return (await session.execute(update(holds).where(holds.c.state == BEHIND, awaited).values(state=READY))).rowcount


def _waits_for(waiting: FromClause, awaited: FromClause) -> ColumnElement[bool]:
    """Whether the first row waits for the document of the second: the end of a cause's text is the document's entity and key."""
    named = literal('%,"').concat(awaited.c.entity).concat('","').concat(awaited.c.key).concat('"]')
    of_it = (hold_causes.c.hold == waiting.c.id, hold_causes.c.kind.in_(DOCUMENTS), hold_causes.c.cause.like(named))
    return and_(waiting.c.state == WAITING, exists(select(literal(1)).where(*of_it).correlate(waiting, awaited)))


def _same_lane(one: FromClause, other: FromClause) -> ColumnElement[bool]:
    return and_(*(one.c[name] == other.c[name] for name in ("group", "topic", "partition", "lane")))


async def insert_holds(session: AsyncConnection, rows: Sequence[Hold]) -> None:
    """Write new rows; one that exists already is left as it is (`on conflict do nothing`)."""
    for row in rows:
        values = {
            "group": row.group, "topic": row.partition.topic, "partition": row.partition.number, "offset": row.offset, "lane": row.lane,
            "state": row.state, "system": row.system, "entity": row.entity, "key": row.key, "full_state": row.full_state,
            "revision": row.revision, "correction": row.correction, "code": row.code, "facts": row.facts, "concerns": row.concerns,
            "ready_version": row.ready_version, "ready_at": row.ready_at, "attempts": row.attempts, "reason": row.reason,
            "held_at": row.held_at, "message": row.message,
        }
        written = await session.execute(insert(session, holds).values(values).on_conflict_do_nothing().returning(holds.c.id))
        number = written.scalar_one_or_none()
        if number is not None:
            await _write_causes(session, number, row.causes)


async def wait_again(session: AsyncConnection, row: Hold) -> None:
    """A released row must wait for something else; one that a person wants dropped meanwhile stays ready for that.

    A newer version of the record that came while the row was being released stands *behind*: it is ready now, since what it
    would have taken the place of waits again.
    """
    waits = update(holds).where(holds.c.id == row.id, holds.c.wish != DISCARD).values(
        state=row.state, code=row.code, facts=row.facts, concerns=row.concerns, ready_at=row.ready_at, ready_version=0,
        attempts=row.attempts, wish="",
    )
    if (await session.execute(waits)).rowcount != 1:
        return
    await session.execute(delete(hold_causes).where(hold_causes.c.hold == row.id))
    await _write_causes(session, row.id, row.causes)
    if row.full_state:
        newer = or_(holds.c.revision > row.revision, and_(holds.c.revision == row.revision, holds.c.correction > row.correction))
        same = and_(_partition(row.group, row.partition), holds.c.lane == row.lane, holds.c.entity == row.entity, holds.c.key == row.key)
        await session.execute(update(holds).where(same, newer, holds.c.state == BEHIND).values(state=READY, ready_version=0))


async def close(session: AsyncConnection, ids: Sequence[int], closed_as: str, now: datetime) -> None:
    """The owner closes rows: published, delivered, history, superseded, discarded, refused."""
    await session.execute(update(holds).where(among(holds.c.id, ids)).values(state=CLOSED, closed_as=closed_as, closed_at=now))
    await session.execute(delete(hold_causes).where(among(hold_causes.c.hold, ids)))


async def ready_heads(session: AsyncConnection, group: str, partition: Partition, lanes: Iterable[str] | None = None) -> int:
    """N6: the first open row of a lane, if *behind*, becomes *ready*. `lanes` None: of all lanes of the partition."""
    earlier = holds.alias("earlier")
    before = exists(
        select(literal(1)).where(
            earlier.c.group == holds.c.group, earlier.c.topic == holds.c.topic, earlier.c.partition == holds.c.partition,
            earlier.c.lane == holds.c.lane, earlier.c.state != CLOSED, earlier.c.offset < holds.c.offset,
        )
    )
    where = [_partition(group, partition), holds.c.state == BEHIND, ~before]
    if lanes is not None:
        where.append(among(holds.c.lane, list(lanes)))
    return (await session.execute(update(holds).where(*where).values(state=READY, ready_version=0))).rowcount


async def mark_ready(session: AsyncConnection, causes: Sequence[str], version: int) -> int:
    """Something that was waited for is there: rows whose last cause this was become *ready*, in the caller's transaction.

    `causes` are `Cause.text`; `version` is the dictionary version that freed them (0 where the dictionary has no part in it).
    Returns how many rows became ready.
    """
    freed = set((await session.execute(select(hold_causes.c.hold).where(among(hold_causes.c.cause, causes)))).scalars())
    if not freed:
        return 0
    await session.execute(delete(hold_causes).where(among(hold_causes.c.cause, causes)))
    return await _make_ready(session, sorted(freed), version)


async def _make_ready(session: AsyncConnection, ids: Sequence[int], version: int) -> int:
    waiting = (among(holds.c.id, ids), holds.c.state == WAITING)
    newest = _greatest(session, holds.c.ready_version, version)
    await session.execute(update(holds).where(*waiting).values(ready_version=newest))
    waits = exists(select(literal(1)).where(hold_causes.c.hold == holds.c.id))
    return (await session.execute(update(holds).where(*waiting, ~waits).values(state=READY))).rowcount


async def ripen(session: AsyncConnection, now: datetime) -> int:
    """Rows whose time has come: the cause TIME is gone."""
    statement = select(holds.c.id).where(holds.c.state == WAITING, holds.c.ready_at.is_not(None), holds.c.ready_at <= now).limit(1000)
    ids = list((await session.execute(statement)).scalars())
    if not ids:
        return 0
    await session.execute(delete(hold_causes).where(among(hold_causes.c.hold, ids), hold_causes.c.kind == "time"))
    await session.execute(update(holds).where(among(holds.c.id, ids)).values(ready_at=None))
    return await _make_ready(session, ids, 0)


async def open_causes(session: AsyncConnection, kinds: Sequence[str], limit: int = 5000, after: str = "") -> list[Cause]:
    """What is waited for, each cause once and in order of its text, from behind `after` on: what the sweep asks about again (N7)."""
    wanted = (among(hold_causes.c.kind, kinds), hold_causes.c.cause > after)
    statement = select(hold_causes.c.cause).distinct().where(*wanted).order_by(hold_causes.c.cause).limit(limit)
    return [Cause.parse(text) for text in (await session.execute(statement)).scalars()]


async def anything_waits_for(session: AsyncConnection, kinds: Sequence[str]) -> bool:
    """Whether any row waits for something of these kinds: the usual answer is no, and then nothing needs to be marked."""
    return (await session.execute(ANYTHING, {"kinds": list(kinds)})).first() is not None


async def _write_causes(session: AsyncConnection, hold: int, causes: Iterable[Cause]) -> None:
    rows = [{"hold": hold, "cause": cause.text, "kind": str(cause.kind)} for cause in dict.fromkeys(causes)]
    if rows:
        await session.execute(insert(session, hold_causes).on_conflict_do_nothing(), rows)


def _greatest(session: AsyncConnection, left: Any, right: int) -> Any:
    return func.greatest(left, right) if session.dialect.name == "postgresql" else func.max(left, right)


def _partition(group: str, partition: Partition) -> ColumnElement[bool]:
    return and_(holds.c.group == group, holds.c.topic == partition.topic, holds.c.partition == partition.number)


def _hold(row: Any) -> Hold:
    return Hold(
        id=row["id"], group=row["group"], partition=Partition(row["topic"], row["partition"]), offset=row["offset"], lane=row["lane"],
        state=row["state"], system=row["system"], entity=row["entity"], key=row["key"], full_state=row["full_state"],
        revision=row["revision"], correction=row["correction"], message=row["message"], held_at=row["held_at"], code=row["code"],
        facts=row["facts"], concerns=row["concerns"], ready_version=row["ready_version"], ready_at=row["ready_at"],
        attempts=row["attempts"], wish=row["wish"], reason=row["reason"],
    )


__all__ = ["BEHIND", "CLOSED", "READY", "WAITING", "Hold", "anything_waits_for", "close", "held_lanes", "insert_holds", "mark_ready",
           "open_causes", "queues", "ready_heads", "ready_lanes", "ripen", "wait_again"]
