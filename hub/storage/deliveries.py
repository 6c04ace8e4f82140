"""Deliveries: one event written to one target as one document, step by step (PROTOCOL "Delivery row")."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping, and_, bindparam, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.bus.base import Partition
from hub.storage.among import among, among_named
from hub.storage.records import KnownDocument, upsert
from hub.storage.tables import deliveries, documents

WRITING, IN_DOUBT, SETTLED, DONE, HELD, SUPERSEDED, DISCARDED = (
    "writing", "in_doubt", "settled", "done", "held", "superseded", "discarded",
)
OPEN = (WRITING, IN_DOUBT, SETTLED)

# asked with every document, so they are built once
OF_DOCUMENTS = (
    select(deliveries)
    .where(
        deliveries.c.target == bindparam("of_target"), among_named(deliveries.c.document, "some"),
        or_(deliveries.c.state.in_((*OPEN, HELD)), deliveries.c.attempts > 0, among_named(deliveries.c.event, "events")),
    )
    .order_by(deliveries.c.id)
)
SUPERSEDE = (
    update(deliveries)
    .where(
        deliveries.c.target == bindparam("of_target"), deliveries.c.document == bindparam("of_document"), deliveries.c.state == HELD,
        or_(
            deliveries.c.revision < bindparam("newer"),
            and_(deliveries.c.revision == bindparam("newer"), deliveries.c.correction < bindparam("corrected")),
        ),
    )
    .values(state=SUPERSEDED, ended_at=bindparam("now"))
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One row. `document` is the canonical document key; `event` the mark of the change."""

    target: str
    document: str
    event: str
    entity: str
    key: str
    revision: int
    correction: int
    form: str
    operation: str
    step: str
    state: str
    partition: Partition
    began_at: datetime
    settle_at: datetime | None = None
    attempts: int = 0
    code: str = ""
    facts: dict[str, Any] = field(default_factory=dict)
    ended_at: datetime | None = None
    id: int = 0


async def of_documents(
    session: AsyncConnection, target: str, keys: Iterable[str], events: Collection[str]
) -> dict[str, list[Delivery]]:
    """What still matters of these documents' deliveries, oldest first: open, refused, ever in doubt, and those of these events."""
    found: dict[str, list[Delivery]] = {}
    named = {"of_target": target, "some": list(dict.fromkeys(keys)), "events": list(events)}
    for row in (await session.execute(OF_DOCUMENTS, named)).mappings():
        found.setdefault(row["document"], []).append(_delivery(row))
    return found


async def put(session: AsyncConnection, rows: Sequence[Delivery]) -> None:
    """Write deliveries' present states, in this order. The database refuses a second open delivery of one document."""
    values = [
        {
            "target": row.target, "document": row.document, "event": row.event, "entity": row.entity, "key": row.key,
            "revision": row.revision, "correction": row.correction, "form": row.form, "operation": row.operation, "step": row.step,
            "state": row.state, "settle_at": row.settle_at, "topic": row.partition.topic, "partition": row.partition.number,
            "attempts": row.attempts, "code": row.code, "facts": row.facts, "began_at": row.began_at, "ended_at": row.ended_at,
        }
        for row in rows
    ]
    kept = ("operation", "step", "state", "settle_at", "attempts", "code", "facts", "ended_at", "topic", "partition")
    await upsert(session, deliveries, values, ("target", "document", "event"), kept)


async def supersede_held(session: AsyncConnection, rows: Sequence[Delivery], now: datetime) -> None:
    """Newer versions are there: older ones of their documents that the target had refused are overtaken."""
    if rows:
        await session.execute(SUPERSEDE, [
            {"of_target": row.target, "of_document": row.document, "newer": row.revision, "corrected": row.correction, "now": now}
            for row in rows
        ])  # fmt: skip


async def discard(session: AsyncConnection, target: str, events: Sequence[str], now: datetime) -> None:
    """A person's word. What may have been sent stays open: a newer version of the document then begins with a find (D2)."""
    if events:
        where = (deliveries.c.target == target, among(deliveries.c.event, events), deliveries.c.state == HELD)
        await session.execute(update(deliveries).where(*where).values(state=DISCARDED, ended_at=now))


async def found_writing(session: AsyncConnection, target: str, partition: Partition) -> list[Delivery]:
    """Rows that an earlier owner of the partition left in *writing*: each is in doubt (D5)."""
    where = (
        deliveries.c.target == target, deliveries.c.topic == partition.topic, deliveries.c.partition == partition.number,
        deliveries.c.state == WRITING,
    )
    return [_delivery(row) for row in (await session.execute(select(deliveries).where(*where))).mappings()]


async def keep_documents(session: AsyncConnection, known: Sequence[tuple[KnownDocument, datetime | None]]) -> None:
    """What now stands in a target, written by us. With each document: when to look at it again (D8); None leaves that as it is."""
    for looked_at in (False, True):
        rows = [_row(one) | {"verify_at": at} for one, at in known if (at is not None) is looked_at]
        await upsert(session, documents, rows, ("system", "entity", "key"), (*WRITTEN, "verify_at") if looked_at else WRITTEN)


WRITTEN = (
    "form", "organisation", "id", "number", "ours", "event", "revision", "correction", "payload", "data", "step", "usable", "why",
)
"""What a delivery says anew of the document it wrote."""


def _row(known: KnownDocument) -> dict[str, Any]:
    return {name: getattr(known, name) for name in ("system", "entity", "key", *WRITTEN)} | {"ours": True}


async def due_for_verifying(session: AsyncConnection, system: str, now: datetime, limit: int = 50) -> list[RowMapping]:
    """Documents of a system that are to be found again now."""
    where = (documents.c.system == system, documents.c.verify_at.is_not(None), documents.c.verify_at <= now)
    return list((await session.execute(select(documents).where(*where).order_by(documents.c.verify_at).limit(limit))).mappings())


async def verified(session: AsyncConnection, system: str, entity: str, key: str, event: str, changes: Mapping[str, Any]) -> bool:
    """Note what a verification saw, unless the document was written anew meanwhile."""
    where = (documents.c.system == system, documents.c.entity == entity, documents.c.key == key, documents.c.event == event)
    return (await session.execute(update(documents).where(*where).values(**changes))).rowcount == 1


def _delivery(row: RowMapping) -> Delivery:
    return Delivery(
        id=row["id"], target=row["target"], document=row["document"], event=row["event"], entity=row["entity"], key=row["key"],
        revision=row["revision"], correction=row["correction"], form=row["form"], operation=row["operation"], step=row["step"],
        state=row["state"], partition=Partition(row["topic"], row["partition"]), began_at=row["began_at"], settle_at=row["settle_at"],
        attempts=row["attempts"], code=row["code"], facts=row["facts"], ended_at=row["ended_at"],
    )
