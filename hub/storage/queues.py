"""The queues of held messages: which lanes there are, their rows in order, and which of them can go on (PROTOCOL N6, N8).

A turn must cost what it does, not what waits: a hundred thousand ready rows, or ten thousand in one lane, stand in an index and
are not looked at. So what a turn asks goes from lane to lane by the index. States are named in the text of these statements:
of a parameter neither database knows whether a partial index has it.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Sequence, Set
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import FromClause, Index, TextClause, and_, exists, literal, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.elements import ColumnElement

from hub.bus.base import Partition
from hub.storage.among import among
from hub.storage.causes import DOCUMENTS
from hub.storage.hold_rows import BEHIND, COLUMNS, READY, WAITING, Hold, hold_of, of_partition, same_lane
from hub.storage.tables import hold_causes, holds

READY_ROWS = text("state = 'ready'")
Index(
    "ix_holds_ready_lane", *(holds.c[name] for name in ("group", "topic", "partition", "lane", "offset")),
    sqlite_where=READY_ROWS, postgresql_where=READY_ROWS,
)  # fmt: skip
OPEN_ROWS = text("state <> 'closed'")
Index(
    "ix_holds_record", *(holds.c[name] for name in ("group", "topic", "partition", "lane", "entity", "key")),
    sqlite_where=OPEN_ROWS, postgresql_where=OPEN_ROWS,
)  # fmt: skip
LONG = 16
"""A queue of so many rows is not read to its end for every message that arrives behind it."""
LOOKED_AT = 100
"""Ready rows, or lanes with one, that one question goes through at least."""

HERE = '"group" = :group and "topic" = :topic and "partition" = :number'
HEAD = f"""select "id" from holds where {HERE} and lane = wanted.lane and state <> 'closed' order by "offset" limit 1"""
SOME_READY = text("""select "group", "topic", "partition" from holds where state = 'ready' limit :most""")
READY_PARTITIONS = text("""
select o."group", o."topic", o."partition" from ownership o where exists (
    select 1 from holds h where h."group" = o."group" and h."topic" = o."topic" and h."partition" = o."partition" and h.state = 'ready'
)
""")
NEXT = f"select lane from holds where {HERE} and state = 'ready' and lane > "
WANTED = {
    "sqlite": f"""recursive wanted (lane, place) as (
        select ({NEXT} :after order by lane limit 1), 1
        union all
        select ({NEXT} wanted.lane order by lane limit 1), place + 1 from wanted where lane is not null and place < :most
    )""",
    "postgresql": f"wanted as materialized (select distinct lane from ({NEXT} :after) ready order by lane limit :most)",
}
"""Lanes with a ready row, the next ones in order. PostgreSQL, whose statistics may be older than a large release, is asked for them in
one go: it might sort for every one of them."""
MOVES = f"""
select lane, exists (
    select 1 from holds head where head."id" = ({HEAD}) and (head.state = 'ready' and head.ready_version <= :version or exists (
        select 1 from holds r where {HERE} and r.lane = wanted.lane and r.state = 'ready' and r.ready_version <= :version and (
            r.wish = 'discard'
            or head.full_state and r.entity = head.entity and r.key = head.key
            or head.state = 'waiting' and exists (
                select 1 from hold_causes c where c.hold = head."id" and c.kind in ('document', 'target-document')
                and c.cause like '%,"' || r.entity || '","' || r.key || '"]'
            )
        )
    ))
) as moves from wanted where lane is not null order by lane
"""
READY_LANES = {dialect: text(f"with {wanted} {MOVES}") for dialect, wanted in WANTED.items()}


async def ready_partitions(session: AsyncConnection) -> set[tuple[str, Partition]]:
    """Groups and partitions that have a ready row. Asked all the time: mostly there are none or few."""
    rows = (await session.execute(SOME_READY, {"most": LOOKED_AT})).all()
    if len(rows) == LOOKED_AT:
        rows = (await session.execute(READY_PARTITIONS)).all()
    return {(group, Partition(topic, number)) for group, topic, number in rows}


async def held_lanes(session: AsyncConnection, group: str, partition: Partition) -> set[str]:
    """The lanes with an open row: what the owner keeps in memory."""
    statement = select(holds.c.lane).distinct().where(of_partition(group, partition), OPEN_ROWS)
    return set((await session.execute(statement)).scalars())


async def queues(session: AsyncConnection, group: str, partition: Partition, lanes: Iterable[str]) -> dict[str, list[Hold]]:
    """The open rows of these lanes in order of offset."""
    where = (of_partition(group, partition), OPEN_ROWS, among(holds.c.lane, list(lanes)))
    return _by_lane(await session.execute(select(*COLUMNS).where(*where).order_by(holds.c.offset)))


class Some(NamedTuple):
    """Rows of some lanes in order of offset. `more`: lanes that have others beside those."""

    queues: dict[str, list[Hold]]
    more: Set[str] = frozenset()


async def around(
    session: AsyncConnection, group: str, partition: Partition, lanes: Collection[str], records: Iterable[tuple[str, str]]
) -> Some:
    """All that says where an arrival stands: of a long queue its beginning, and what is held of these records (entity, key)."""
    found = await fronts(session, group, partition, lanes, LONG)
    long = {lane for lane, queue in found.items() if len(queue) == LONG}
    if long:
        entities, keys = zip(*records)
        values = {**_here(group, partition), **_lanes(session, long), **_records(session, entities, keys)}
        for row in map(hold_of, await session.execute(_of_records(session.dialect.name), values)):
            if row.offset > found[row.lane][-1].offset:
                found[row.lane].append(row)
    return Some(found, long)


async def to_release(session: AsyncConnection, group: str, partition: Partition, lanes: Collection[str], most: int) -> Some:
    """The first rows of each lane, up to `most` and one more. Where the head waits, what frees it may stand at the end: then all."""
    found = await fronts(session, group, partition, lanes, most + 1)
    more = {lane for lane, queue in found.items() if len(queue) > most}
    whole = {lane for lane in more if found[lane][0].state == WAITING}
    if whole:
        found |= await queues(session, group, partition, whole)
    return Some(found, more - whole)


async def fronts(
    session: AsyncConnection, group: str, partition: Partition, lanes: Collection[str], most: int
) -> dict[str, list[Hold]]:
    """The first open rows of these lanes in order of offset, up to `most` of each."""
    if not lanes:
        return {}
    values = {**_here(group, partition), **_lanes(session, lanes), "most": most}
    return _by_lane(await session.execute(_fronts(session.dialect.name), values))


async def ready_lanes(
    session: AsyncConnection, group: str, partition: Partition, version: int, limit: int, after: str = ""
) -> list[str]:
    """Lanes that can go on: their head is ready, or a newer version of what their head waits with is, or the document that their head
    waits for, or a row is to be dropped.

    Only rows whose dictionary version the snapshot has. A ready row behind a head that waits for something else is none of
    these: such lanes would crowd out the others. The lanes come in order of their names from behind `after` on, fewer than
    `limit` where there are no more: whoever begins behind the last one the next time passes all of them over and over.
    """
    found: list[str] = []
    most = max(limit, LOOKED_AT)
    while True:
        values = {**_here(group, partition), "version": version, "after": after, "most": most}
        rows = (await session.execute(READY_LANES[session.dialect.name], values)).all()
        found += [row.lane for row in rows if row.moves]
        if len(rows) < most or len(found) >= limit:
            return found[:limit]
        after = rows[-1].lane


async def next_lanes(
    session: AsyncConnection, group: str, partition: Partition, version: int, limit: int, after: str
) -> tuple[list[str], str]:
    """The next lanes of a round, from the first again at its end, so that nobody is passed over; and behind which one to begin next."""
    lanes = await ready_lanes(session, group, partition, version, limit, after)
    if after and len(lanes) < limit:
        lanes += await ready_lanes(session, group, partition, version, limit - len(lanes))
    return list(dict.fromkeys(lanes)), lanes[-1] if len(lanes) == limit else ""


async def ready_heads(session: AsyncConnection, group: str, partition: Partition, lanes: Collection[str] | None = None) -> int:
    """N6: the first open row of a lane, if *behind*, becomes *ready*. `lanes` None: of all lanes of the partition."""
    if lanes is None:
        lanes = await _lanes_behind(session, group, partition)
    if not lanes:
        return 0
    values = {**_here(group, partition), **_lanes(session, lanes)}
    return (await session.execute(_heads(session.dialect.name), values)).rowcount


async def wake_awaited(session: AsyncConnection) -> int:
    """What another row of its own lane waits for goes before that one: it becomes *ready*. How many did."""
    waiting = holds.alias("waiting")
    awaited = exists(select(literal(1)).where(same_lane(waiting, holds), _waits_for(waiting, holds)))
    return (await session.execute(update(holds).where(OPEN_ROWS, holds.c.state == BEHIND, awaited).values(state=READY))).rowcount


def _waits_for(waiting: FromClause, awaited: FromClause) -> ColumnElement[bool]:
    """Whether the first row waits for the document of the second: the end of a cause's text is the document's entity and key."""
    named = literal('%,"').concat(awaited.c.entity).concat('","').concat(awaited.c.key).concat('"]')
    of_it = (hold_causes.c.hold == waiting.c.id, hold_causes.c.kind.in_(DOCUMENTS), hold_causes.c.cause.like(named))
    return and_(waiting.c.state == WAITING, exists(select(literal(1)).where(*of_it).correlate(waiting, awaited)))


async def _lanes_behind(session: AsyncConnection, group: str, partition: Partition) -> list[str]:
    statement = select(holds.c.lane).distinct().where(of_partition(group, partition), OPEN_ROWS, holds.c.state == BEHIND)
    return list((await session.execute(statement)).scalars())


def _by_lane(rows: Iterable[Any]) -> dict[str, list[Hold]]:
    found: dict[str, list[Hold]] = {}
    for row in map(hold_of, rows):
        found.setdefault(row.lane, []).append(row)
    return found


def _here(group: str, partition: Partition) -> dict[str, object]:
    return {"group": group, "topic": partition.topic, "number": partition.number}


def _lanes(session: AsyncConnection, lanes: Collection[str]) -> dict[str, object]:
    """PostgreSQL takes an array, SQLite a JSON text."""
    return {"lanes": list(lanes) if session.dialect.name == "postgresql" else json.dumps(list(lanes))}


def _wanted(dialect: str) -> str:
    """The lanes asked about, as a table."""
    if dialect == "postgresql":
        return "unnest(cast(:lanes as text[])) as wanted (lane)"
    return "(select value as lane from json_each(:lanes)) as wanted"


def _records(session: AsyncConnection, entities: Sequence[str], keys: Sequence[str]) -> dict[str, object]:
    if session.dialect.name == "postgresql":
        return {"entities": list(entities), "keys": list(keys)}
    return {"records": json.dumps(list(zip(entities, keys)))}


@cache
def _heads(dialect: str) -> TextClause:
    return text(f"""update holds set state = 'ready', ready_version = 0 where state = 'behind' and "id" in (
        select ({HEAD}) from {_wanted(dialect)})""")


@cache
def _of_records(dialect: str) -> Any:
    """The open rows of some records in some lanes, in order of offset."""
    records = "(select value ->> 0 as entity, value ->> 1 as \"key\" from json_each(:records)) as told"
    if dialect == "postgresql":
        records = "unnest(cast(:entities as text[]), cast(:keys as text[])) as told (entity, \"key\")"
    same = f"""{HERE} and t.lane = wanted.lane and t.entity = told.entity and t."key" = told."key" and t.state <> 'closed'"""
    shown = ", ".join(f't."{column.name}"' for column in COLUMNS)
    found = f"{_wanted(dialect)} cross join {records} cross join holds t where {same}"
    return text(f'select {shown} from {found} order by t."offset"').columns(*COLUMNS)


@cache
def _fronts(dialect: str) -> Any:
    """Lane by lane the first rows: PostgreSQL joins laterally, SQLite looks the ids up for each."""
    shown = ", ".join(f't."{column.name}"' for column in COLUMNS)
    first = HEAD.replace("limit 1", "limit :most")
    found = f'lateral ({first}) f join holds t on t."id" = f."id"' if dialect == "postgresql" else f'holds t on t."id" in ({first})'
    return text(f"select {shown} from {_wanted(dialect)} cross join {found} order by t.\"offset\"").columns(*COLUMNS)


__all__ = ["Some", "around", "fronts", "held_lanes", "queues", "ready_heads", "ready_lanes", "ready_partitions", "to_release",
           "wake_awaited"]
