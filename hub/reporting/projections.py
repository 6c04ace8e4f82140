"""From events to read models: known events do nothing, older versions are only history, facts wait for their order.

Nothing depends on the order in which events come: what each system says is kept by itself, newest version only, and every
order line that an event touches is worked out anew from all facts about it.
"""

from __future__ import annotations

from collections.abc import AsyncIterable, Callable, Iterable, Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import Insert, Table, delete, insert, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.event import Event
from hub.reporting import reading, tables
from hub.reporting.progress import ProgressChange, tell
from hub.reporting.queries import lines_of, where_in
from hub.reporting.reading import Rows, Said
from hub.storage.among import among_named
from hub.storage.places import delete_at, rows_at
from hub.storage.records import upsert


class Projection(NamedTuple):
    """How one entity becomes rows of `tables`: `read` gives them. `versions` keeps every version as well, `history` into that table."""

    entity: str
    tables: tuple[Table, ...]
    read: Callable[[Event, Said], Rows]
    versions: Table | None = None
    history: Callable[[Event, Said], list[dict[str, Any]]] | None = None


PROJECTIONS: tuple[Projection, ...] = (
    Projection("sales_order", (tables.ORDERS, tables.ORDER_ITEMS), reading.sales_order, tables.LINE_VERSIONS, reading.line_versions),
    Projection("production_plan", (tables.PLANS,), reading.production_plan, tables.PLAN_VERSIONS, reading.plan_versions),
    Projection(
        "production_order", (tables.PRODUCTION_ORDERS, tables.DEMAND, tables.OPERATIONS), reading.production_order,
        tables.PLAN_VERSIONS, reading.plan_versions,
    ),
    Projection("routing", (tables.ROUTINGS, tables.ROUTING_STEPS), reading.routing),
    Projection("job_order", (tables.JOBS,), reading.job_order),
    Projection("operation_report", (tables.REPORTS,), reading.operation_report),
    Projection("quality_inspection", (tables.INSPECTIONS,), reading.quality_inspection),
    Projection("goods_receipt", (tables.RECEIPTS,), reading.goods_receipt),
    Projection("shipment", (tables.SHIPMENTS, tables.SHIPMENT_ITEMS), reading.shipment),
    Projection("invoice", (tables.INVOICES, tables.INVOICE_ITEMS), reading.invoice),
)  # fmt: skip

BY_ENTITY = {projection.entity: projection for projection in PROJECTIONS}

LOCK = 0x4C4F_4F50  # any number of our own

Document = tuple[str, str, str]


# asked with every batch, so they are built once
KNOWN = select(tables.EVENTS.c.id).where(among_named(tables.EVENTS.c.id, "some"))


async def project(session: AsyncConnection, events: Sequence[Event]) -> Sequence[ProgressChange]:
    """Take events into the read models and say which order lines' progress has changed.

    To be called in one writing transaction with whatever publishes the changes. Events may come twice, in any order and
    before what they refer to. Events of entities that no report reads are passed over.
    """
    await _alone(session)
    return await tell(session, await _apply(session, events))


async def rebuild(session: AsyncConnection, read_archive: AsyncIterable[Sequence[Event]]) -> Sequence[ProgressChange]:
    """Throw the read models away and build them from all archived events, in one transaction: readers see the old or the new.

    Returns what now differs from what was last told, with revisions that go on from there.
    """
    await _alone(session)
    for table in tables.READ_MODELS:
        await session.execute(delete(table))
    touched: set[str] = set()
    async for events in read_archive:
        touched |= await _apply(session, events)
    return await tell(session, touched)


async def _alone(session: AsyncConnection) -> None:
    """One projecting transaction at a time: two that each saw half of a line's facts would both write a wrong line."""
    if session.dialect.name == "postgresql":
        await session.execute(text("select pg_advisory_xact_lock(:lock)"), {"lock": LOCK})


async def _apply(session: AsyncConnection, events: Sequence[Event]) -> set[str]:
    """Write the events' rows; the keys of the order lines that are touched."""
    fresh = await _unknown(session, [event for event in events if event.entity in BY_ENTITY])
    if not fresh:
        return set()
    read = [(event, msgspec.json.decode(event.data) if event.operation != "delete" else {}) for event in fresh]
    await _write(session, tables.EVENTS, [reading.history(event, data) for event, data in read])
    for projection in PROJECTIONS:
        if projection.versions is not None and projection.history is not None:
            said = [row for event, data in read if event.entity == projection.entity for row in projection.history(event, data)]
            await _write(session, projection.versions, said)
    touched = await _replace(session, await _newest(session, read))
    return touched | await _touched(session, _remembered(fresh))


def _remembered(events: Sequence[Event]) -> dict[Table, list[tuple[str, str]]]:
    """The documents that gained history: even an overtaken version can be the first that said a state or a promise."""
    kept: dict[Table, list[tuple[str, str]]] = {}
    for event in events:
        projection = BY_ENTITY[event.entity]
        if projection.versions is not None:
            kept.setdefault(projection.tables[0], []).append((event.key, event.source))
    return kept


async def _unknown(session: AsyncConnection, events: Sequence[Event]) -> list[Event]:
    by_id = {event.id: event for event in events}
    known = set((await session.execute(KNOWN, {"some": list(by_id)})).scalars()) if by_id else set()
    return [event for event in by_id.values() if event.id not in known]


Read = tuple[Event, Said]


async def _newest(session: AsyncConnection, read: Sequence[Read]) -> list[Read]:
    """The newest version per document and source, where it is newer than the one known; the versions are written down."""
    latest: dict[Document, Read] = {}
    for event, data in read:
        document = (event.entity, event.key, event.source)
        if document not in latest or _version(event) > _version(latest[document][0]):
            latest[document] = (event, data)
    known = await _versions(session, latest)
    newer = {document: one for document, one in latest.items() if _version(one[0]) > known.get(document, (-1, -1))}
    rows = [
        {"entity": entity, "key": key, "source": source, "revision": event.revision, "correction": event.correction}
        for (entity, key, source), (event, _) in newer.items()
    ]
    await upsert(session, tables.DOCUMENTS, rows, ("entity", "key", "source"))
    return list(newer.values())


def _version(event: Event) -> tuple[int, int]:
    return event.revision, event.correction


async def _versions(session: AsyncConnection, documents: Iterable[Document]) -> dict[Document, tuple[int, int]]:
    rows = await rows_at(session, tables.DOCUMENTS, ("entity", "key", "source"), documents)
    return {(row["entity"], row["key"], row["source"]): (row["revision"], row["correction"]) for row in rows}


async def _replace(session: AsyncConnection, newest: Sequence[Read]) -> set[str]:
    """What a source said of these documents goes, what it says now comes; lines of both are touched."""
    gathered: dict[Table, list[dict[str, Any]]] = {}
    stated: dict[Table, list[tuple[str, str]]] = {}
    for event, data in newest:
        projection = BY_ENTITY[event.entity]
        for table in projection.tables:
            stated.setdefault(table, []).append((event.key, event.source))
        for table, rows in (projection.read(event, data) if event.operation != "delete" else {}).items():
            gathered.setdefault(table, []).extend(rows)
    touched = await _touched(session, stated)
    for table, said in stated.items():
        await delete_at(session, table, ("key", "source"), said)
    await delete_at(session, tables.NUMBERS, ("entity", "key", "source"), [(event.entity, event.key, event.source) for event, _ in newest])
    for table, rows in gathered.items():
        await _write(session, table, rows)
    return touched | await _touched(session, stated)


async def _touched(session: AsyncConnection, stated: Mapping[Table, Sequence[tuple[str, str]]]) -> set[str]:
    """The order lines that rows of these documents concern, as the tables stand now."""
    lines: set[str] = set()
    production_orders: set[str] = set()
    for table, said in stated.items():
        keys = {key for key, _ in said}
        if table is tables.PRODUCTION_ORDERS:
            production_orders |= keys
        elif "production_order" in table.c:
            production_orders |= {row["production_order"] for row in await where_in(session, table, "key", keys) if row["production_order"]}
        elif "line_key" in table.c:
            lines |= {row["line_key"] for row in await where_in(session, table, "key", keys)}
        elif table is tables.ORDERS:
            lines |= await lines_of(session, keys)
        elif table is tables.ROUTINGS:
            materials = {row["material"] for row in await where_in(session, table, "key", keys)}
            production_orders |= {row["key"] for row in await where_in(session, tables.PRODUCTION_ORDERS, "material", materials)}
    return lines | {row["line_key"] for row in await where_in(session, tables.DEMAND, "key", production_orders)}


async def _write(session: AsyncConnection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    if rows:
        await session.execute(_insertion(table), list(rows))


@cache
def _insertion(table: Table) -> Insert:
    return insert(table)
