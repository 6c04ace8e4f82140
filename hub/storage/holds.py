"""Held messages: the rows, what each waits for, and who may move them (PROTOCOL N4–N9).

Only the owner of a partition closes rows. Whatever arrives (a code, a document, a person's word, a time) turns *waiting*
into *ready*, in its own transaction, by `mark_ready`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Executable, and_, bindparam, delete, or_, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.db import insert_for
from hub.storage.among import among, among_named
from hub.storage.causes import Cause
from hub.storage.hold_rows import BEHIND, CLOSED, DISCARD, READY, WAITING, Hold, of_partition
from hub.storage.marking import mark_portion, mark_ready, ripen
from hub.storage.queues import (
    Some,
    around,
    held_lanes,
    next_lanes,
    queues,
    ready_heads,
    ready_lanes,
    ready_partitions,
    to_release,
    wake_awaited,
)
from hub.storage.tables import hold_causes, holds

# asked with every document
ANYTHING = select(hold_causes.c.hold).where(among_named(hold_causes.c.kind, "kinds")).limit(1)

# goes from cause to cause by the index: a hundred thousand rows may wait for one of them
_next = "select cause from hold_causes where cause > {} order by cause limit 1"
OPEN_CAUSES = text(f"""
with recursive waited (cause) as (
    select ({_next.format(":after")}) union all select ({_next.format("waited.cause")}) from waited where cause is not null
)
select cause from waited where cause is not null and (select kind from hold_causes c where c.cause = waited.cause limit 1) in :kinds
limit :limit
""").bindparams(bindparam("kinds", expanding=True))


async def insert_holds(session: AsyncConnection, rows: Sequence[Hold]) -> None:
    """Write new rows; one that exists already is left as it is (`on conflict do nothing`)."""
    causes: list[dict[str, Any]] = []
    for row in rows:
        values = {
            "group": row.group, "topic": row.partition.topic, "partition": row.partition.number, "offset": row.offset, "lane": row.lane,
            "state": row.state, "system": row.system, "entity": row.entity, "key": row.key, "full_state": row.full_state,
            "revision": row.revision, "correction": row.correction, "code": row.code, "facts": row.facts, "concerns": row.concerns,
            "ready_version": row.ready_version, "ready_at": row.ready_at, "attempts": row.attempts, "reason": row.reason,
            "held_at": row.held_at, "message": row.message,
        }
        number = (await session.execute(_new_hold(session.dialect.name), values)).scalar_one_or_none()
        if number is not None:
            causes += _causes(number, row.causes)
    await _write_causes(session, causes)


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
    await _write_causes(session, _causes(row.id, row.causes))
    if row.full_state:
        newer = or_(holds.c.revision > row.revision, and_(holds.c.revision == row.revision, holds.c.correction > row.correction))
        same = and_(of_partition(row.group, row.partition), holds.c.lane == row.lane, holds.c.entity == row.entity, holds.c.key == row.key)
        await session.execute(update(holds).where(same, newer, holds.c.state == BEHIND).values(state=READY, ready_version=0))


async def close(session: AsyncConnection, ids: Sequence[int], closed_as: str, now: datetime) -> None:
    """The owner closes rows: published, delivered, history, superseded, discarded, refused."""
    await session.execute(update(holds).where(among(holds.c.id, ids)).values(state=CLOSED, closed_as=closed_as, closed_at=now))
    await session.execute(delete(hold_causes).where(among(hold_causes.c.hold, ids)))


async def open_causes(session: AsyncConnection, kinds: Sequence[str], limit: int = 5000, after: str = "") -> list[Cause]:
    """What is waited for, each cause once and in order of its text, from behind `after` on: what the sweep asks about again (N7)."""
    wanted = {"kinds": list(kinds), "limit": limit, "after": after}
    return [Cause.parse(each) for each in (await session.execute(OPEN_CAUSES, wanted)).scalars()]


async def anything_waits_for(session: AsyncConnection, kinds: Sequence[str]) -> bool:
    """Whether any row waits for something of these kinds: the usual answer is no, and then nothing needs to be marked."""
    return (await session.execute(ANYTHING, {"kinds": list(kinds)})).first() is not None


def _causes(hold: int, causes: Iterable[Cause]) -> list[dict[str, Any]]:
    return [{"hold": hold, "cause": cause.text, "kind": str(cause.kind)} for cause in dict.fromkeys(causes)]


async def _write_causes(session: AsyncConnection, rows: Sequence[dict[str, Any]]) -> None:
    if rows:
        await session.execute(_new_cause(session.dialect.name), rows)


@cache
def _new_hold(dialect: str) -> Executable:
    """Built once: to build and hash it for every row would cost more than to carry it out."""
    return insert_for(dialect, holds).on_conflict_do_nothing().returning(holds.c.id)


@cache
def _new_cause(dialect: str) -> Executable:
    return insert_for(dialect, hold_causes).on_conflict_do_nothing()


__all__ = [
    "BEHIND", "CLOSED", "DISCARD", "Hold", "READY", "Some", "WAITING", "anything_waits_for", "around", "close", "held_lanes",
    "insert_holds", "mark_portion", "mark_ready", "next_lanes", "open_causes", "queues", "ready_heads", "ready_lanes",
    "ready_partitions", "ripen", "to_release", "wait_again", "wake_awaited",
]  # fmt: skip
