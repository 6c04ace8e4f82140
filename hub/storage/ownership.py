"""Who may write about a partition: epochs that fence out a worker that no longer owns it (PROTOCOL P1–P4)."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import and_, bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.bus.base import Lost, Partition
from hub.db import insert
from hub.storage.tables import ownership


@dataclass(frozen=True, slots=True)
class Owned:
    """A partition of a group, owned under an epoch. Work in hand keeps the one it began under (P5)."""

    group: str
    partition: Partition
    epoch: int


# asked with every batch and every document, so they are built once
_ROW = and_(
    ownership.c.group == bindparam("in_group"), ownership.c.topic == bindparam("of_topic"), ownership.c.partition == bindparam("number")
)
EPOCH = select(ownership.c.epoch).where(_ROW)
FENCE = EPOCH.with_for_update(read=True)
ADVANCE = update(ownership).where(_ROW, ownership.c.epoch == bindparam("mine")).values(next_offset=bindparam("offset"))


async def raise_epoch(session: AsyncConnection, group: str, partition: Partition) -> tuple[Owned, int]:
    """Take the partition over (P2): a new epoch, and the offset to begin at. Waits for writes in flight under the older one."""
    statement = insert(session, ownership).values(group=group, topic=partition.topic, partition=partition.number, epoch=1, next_offset=0)
    raised = statement.on_conflict_do_update(
        index_elements=["group", "topic", "partition"], set_={"epoch": ownership.c.epoch + 1}
    ).returning(ownership.c.epoch, ownership.c.next_offset)
    epoch, next_offset = (await session.execute(raised)).one()
    return Owned(group, partition, epoch), next_offset


async def advance(session: AsyncConnection, owned: Owned, next_offset: int) -> None:
    """First statement of a batch's transaction (P3): move the offset under our epoch. Raises Lost."""
    if (await session.execute(ADVANCE, {**_named(owned), "mine": owned.epoch, "offset": next_offset})).rowcount != 1:
        raise Lost(owned)


async def next_offset(session: AsyncConnection, group: str, partition: Partition) -> int:
    """What is done: every message before it has an outcome that is written down (P8). 0 where nobody ever owned it."""
    where = (ownership.c.group == group, ownership.c.topic == partition.topic, ownership.c.partition == partition.number)
    return int((await session.execute(select(ownership.c.next_offset).where(*where))).scalar_one_or_none() or 0)


async def fence(session: AsyncConnection, owned: Owned) -> None:
    """First statement of any other transaction of the owner's: lanes may hold it side by side, a raise waits for them. Raises Lost."""
    if (await session.execute(FENCE, _named(owned))).scalar_one_or_none() != owned.epoch:
        raise Lost(owned)


async def still_owned(session: AsyncConnection, owned: Owned) -> None:
    """Last statement of a batched read (P4): not mine any more, nothing is decided. Raises Lost."""
    if (await session.execute(EPOCH, _named(owned))).scalar_one_or_none() != owned.epoch:
        raise Lost(owned)


def _named(owned: Owned) -> dict[str, object]:
    return {"in_group": owned.group, "of_topic": owned.partition.topic, "number": owned.partition.number}
