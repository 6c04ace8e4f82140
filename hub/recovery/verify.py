"""`hub verify`: the protocol's invariants (the protocol 1–5) as questions to the database and the bus. A finding is a defect, or a moment.

Each check reads what is committed; on a hub at work a finding may be a transaction in flight: ask again before alarm.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import Row, Select, and_, exists, func, literal, select
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.bus.base import Bus, Partition
from hub.db import Database
from hub.pipeline.wire import Inbound, unpack_inbound
from hub.recovery.release import ASKED_KINDS, causes_there
from hub.storage.causes import Cause
from hub.storage.holds import BEHIND, CLOSED, WAITING
from hub.storage.records import record_states_of
from hub.storage.releases import STILL_TO_MARK, releases
from hub.storage.tables import deliveries, documents, hold_causes, holds, outbox, ownership, record_states, revisions, tallies
from hub.texts import TEXTS, sentence
from master_data.tables import changes

GRACE = timedelta(seconds=60)
OPEN = ("writing", "in_doubt", "settled")
PAGE = 1000
NORMALIZE = "normalize"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that must not be. `invariant`: its number in the protocol; the text is `verify-<code>`."""

    invariant: int
    code: str
    facts: Mapping[str, Any] = field(hash=False)

    def text(self, language: str) -> str:
        """What is wrong, with the values, and what to do."""
        return sentence(TEXTS[f"verify-{self.code}"], language, self.facts)


async def verify(db: Database, bus: Bus | None, now: datetime) -> list[Finding]:
    """Every finding of every check; with a bus, also that each message below an offset is accounted for."""
    found: list[Finding] = []
    async with db.read() as session:
        for invariant, code, check in CHECKS:
            found += [Finding(invariant, code, facts) for facts in await check(session, now)]
    if bus is not None:
        found += await _accounted(db, bus)
    return found


async def _beyond_offset(session: AsyncConnection, _now: datetime) -> list[dict[str, Any]]:
    """1: a row beyond what its group has done: it would be read, and decided, again."""
    owned = and_(*(ownership.c[name] == holds.c[name] for name in ("group", "topic", "partition")))
    done = select(ownership.c.next_offset).where(owned).scalar_subquery()
    statement = select(holds.c.id, holds.c.group, holds.c.topic, holds.c.offset).where(holds.c.offset >= func.coalesce(done, 0))
    return await _facts(session, statement)


async def _heads_behind(session: AsyncConnection, _now: datetime) -> list[dict[str, Any]]:
    """2: a lane's first open row that waits for nothing and is not ready sleeps for ever."""
    earlier = holds.alias("earlier")
    same = (earlier.c[name] == holds.c[name] for name in ("group", "topic", "partition", "lane"))
    before = exists(select(literal(1)).where(*same, earlier.c.state != CLOSED, earlier.c.offset < holds.c.offset))
    return await _facts(session, select(holds.c.id, holds.c.group, holds.c.lane).where(holds.c.state == BEHIND, ~before))


async def _causes_gone(session: AsyncConnection, now: datetime) -> list[dict[str, Any]]:
    """2: a row waits for what has been there for longer than the sweep takes, and no release is still at it."""
    under_way = select(releases.c.cause).where(STILL_TO_MARK)
    statement = (
        select(holds.c.id, hold_causes.c.cause)
        .join(hold_causes, hold_causes.c.hold == holds.c.id)
        .where(holds.c.state == WAITING, holds.c.held_at < now - GRACE, hold_causes.c.kind.in_(ASKED_KINDS))
        .where(hold_causes.c.cause.not_in(under_way))
    )
    waiting = (await session.execute(statement)).all()
    there = await causes_there(session, [Cause.parse(text) for text in {row.cause for row in waiting}])
    fresh = set((await session.execute(select(changes.c.version).where(changes.c.at > now - GRACE))).scalars())
    return [{"id": row.id, "cause": row.cause} for row in waiting if row.cause in there and there[row.cause] not in fresh]


async def _causeless(session: AsyncConnection, _now: datetime) -> list[dict[str, Any]]:
    """2: a waiting row without anything to wait for: nobody can free it."""
    waits = exists(select(literal(1)).where(hold_causes.c.hold == holds.c.id))
    statement = select(holds.c.id, holds.c.group, holds.c.lane).where(holds.c.state == WAITING, ~waits, holds.c.ready_at.is_(None))
    return await _facts(session, statement)


async def _open_twice(session: AsyncConnection, _now: datetime) -> list[dict[str, Any]]:
    """3: two writes of one document at a time."""
    by = (deliveries.c.target, deliveries.c.document)
    statement = select(*by, func.count().label("count")).where(deliveries.c.state.in_(OPEN)).group_by(*by).having(func.count() > 1)
    return await _facts(session, statement)


async def _unconfirmed(session: AsyncConnection, _now: datetime) -> list[dict[str, Any]]:
    """4: a revision was given out and never known to be published; the next read publishes it again."""
    columns = (revisions.c.system, revisions.c.entity, revisions.c.key, revisions.c.revision, revisions.c.confirmed)
    return await _facts(session, select(*columns).where(revisions.c.confirmed < revisions.c.revision))


async def _unheard_of(session: AsyncConnection, _now: datetime) -> list[dict[str, Any]]:
    """4: a state newer than any revision that was given out for its record."""
    names = ("system", "entity", "key")
    given = select(revisions.c.revision).where(*(revisions.c[name] == record_states.c[name] for name in names)).scalar_subquery()
    columns = [record_states.c[name] for name in (*names, "revision")]
    return await _facts(session, select(*columns).where(record_states.c.revision > func.coalesce(given, 0)))


async def _done_without_document(session: AsyncConnection, _now: datetime) -> list[dict[str, Any]]:
    """5: done, and nobody knows what stands in the target, or an older version does."""
    newest = select(documents.c.revision).where(
        documents.c.system == deliveries.c.target, documents.c.entity == deliveries.c.entity, documents.c.key == deliveries.c.key
    ).scalar_subquery()
    columns = (deliveries.c.id, deliveries.c.target, deliveries.c.document, deliveries.c.revision)
    return await _facts(session, select(*columns).where(deliveries.c.state == "done", func.coalesce(newest, -1) < deliveries.c.revision))


async def _outbox_old(session: AsyncConnection, now: datetime) -> list[dict[str, Any]]:
    """1: written with a transaction and not published since: nobody relays."""
    statement = select(outbox.c.id, outbox.c.topic, outbox.c.key)
    return await _facts(session, statement.where(outbox.c.published_at.is_(None), outbox.c.written_at < now - GRACE))


Check = Callable[[AsyncConnection, datetime], Awaitable[list[dict[str, Any]]]]
CHECKS: tuple[tuple[int, str, Check], ...] = (
    (1, "beyond-offset", _beyond_offset),
    (1, "outbox-old", _outbox_old),
    (2, "head-behind", _heads_behind),
    (2, "cause-gone", _causes_gone),
    (2, "causeless", _causeless),
    (3, "open-twice", _open_twice),
    (4, "unconfirmed", _unconfirmed),
    (4, "unheard-of", _unheard_of),
    (5, "done-without-document", _done_without_document),
)


async def _accounted(db: Database, bus: Bus) -> list[Finding]:
    """1: every record below normalize's offset was published, is held, was closed with a reason, went to history, or was counted."""
    async with db.read() as session:
        rows = (await session.execute(select(ownership).where(ownership.c.group == NORMALIZE))).mappings().all()
    missing: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        partition = Partition(row["topic"], row["partition"])
        missing.setdefault(row["topic"], []).extend(await _unaccounted(db, bus, partition, row["next_offset"]))
    return [finding for topic, lost in missing.items() for finding in await _beyond_the_count(db, topic, lost)]


async def _unaccounted(db: Database, bus: Bus, partition: Partition, until: int) -> list[dict[str, Any]]:
    """Records of a partition that left neither a state nor a row."""
    lost: list[dict[str, Any]] = []
    offset = 0
    while offset < until:
        messages = [one for one in await bus.read(partition, offset, PAGE) if one.offset < until]
        if not messages:
            break
        records = {one.offset: record for one in messages if (record := _new(one.value)) is not None}
        lost += await _without_trace(db, partition, records)
        offset = messages[-1].offset + 1
    return lost


def _new(value: bytes) -> Inbound | None:
    try:
        record = unpack_inbound(value)
    except msgspec.MsgspecError:
        return None
    return record if record.verdict == "new" else None


async def _without_trace(db: Database, partition: Partition, records: Mapping[int, Inbound]) -> list[dict[str, Any]]:
    place = (holds.c.group == NORMALIZE, holds.c.topic == partition.topic, holds.c.partition == partition.number)
    async with db.read() as session:
        states = await record_states_of(session, {(one.system, one.entity, one.key) for one in records.values()})
        span = (holds.c.offset >= min(records, default=0), holds.c.offset <= max(records, default=0))
        held = set((await session.execute(select(holds.c.offset).where(*place, *span))).scalars())
    return [
        {"topic": partition.topic, "partition": partition.number, "offset": offset, "key": f"{one.entity}/{one.key}"}
        for offset, one in records.items()
        if offset not in held and not _known(states.get((one.system, one.entity, one.key)), one)
    ]


def _known(state: Any, record: Inbound) -> bool:
    return state is not None and (state.revision, state.correction) >= (record.revision, record.correction)


async def _beyond_the_count(db: Database, topic: str, lost: list[dict[str, Any]]) -> list[Finding]:
    """Records that nothing maps leave only a count: what goes beyond it is lost."""
    if not lost:
        return []
    where = (tallies.c.loop == NORMALIZE, tallies.c.system == topic.partition(".")[2], tallies.c.outcome == "not mapped")
    async with db.read() as session:
        counted = (await session.execute(select(func.sum(tallies.c.count)).where(*where))).scalar() or 0
    return [Finding(1, "not-accounted", facts) for facts in lost[int(counted):]]


async def _facts(session: AsyncConnection, statement: Select[Any], limit: int = 100) -> list[dict[str, Any]]:
    rows: list[Row[Any]] = list(await session.execute(statement.limit(limit)))
    return [dict(row._mapping) for row in rows]
