"""All SQL that reads the read models."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Select, Table, and_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.reporting import tables
from hub.storage.among import among_named

Rows = list[dict[str, Any]]


OF_PRODUCTION_ORDERS = {
    "job_order": tables.JOBS, "operation_report": tables.REPORTS,
    "quality_inspection": tables.INSPECTIONS, "goods_receipt": tables.RECEIPTS,
}  # fmt: skip
"""Entities that name a production order."""

OF_ORDER_LINES = {"shipment": tables.SHIPMENT_ITEMS, "invoice": tables.INVOICE_ITEMS}
"""Entities that name order lines."""


async def where_in(session: AsyncConnection, table: Table, column: str, values: Iterable[Any]) -> Rows:
    """The rows whose column has one of the values, in no particular order."""
    wanted = list(dict.fromkeys(values))
    return await _rows(session, _where_in(table, column), {"some": wanted}) if wanted else []


@cache
def _where_in(table: Table, column: str) -> Select[Any]:
    """Built once: the projection asks them many times a second."""
    return select(table).where(among_named(table.c[column], "some"))


async def lines_of(session: AsyncConnection, orders: Iterable[str]) -> set[str]:
    """The keys of the order lines of these orders, whoever states them."""
    return {f"{row['key']}/{row['line']}" for row in await where_in(session, tables.ORDER_ITEMS, "key", orders)}


async def orders_of_plans(session: AsyncConnection, plans: Iterable[str]) -> set[str]:
    """The keys of the production orders that were made of these plans."""
    return {row["key"] for row in await where_in(session, tables.PRODUCTION_ORDERS, "plan", plans)}


async def production_history(session: AsyncConnection, keys: Iterable[str]) -> Rows:
    """Every version of these production orders."""
    return [row for row in await where_in(session, tables.EVENTS, "key", keys) if row["entity"] == "production_order"]


async def documents_by_number(session: AsyncConnection, number: str) -> list[tuple[str, str]]:
    """Entity and key of the documents that a person may mean by this number; a whole canonical key is one, too."""
    table = tables.NUMBERS
    by_number = select(table.c.entity, table.c.key).where(table.c.number == number)
    by_key = select(table.c.entity, table.c.key).where(table.c.key == number)
    return sorted({(row.entity, row.key) for row in await session.execute(by_number.union(by_key))})


async def order_lines(session: AsyncConnection, organisation: str = "") -> Rows:
    """The order lines of an organisation, or all, in order of their key."""
    table = tables.ORDER_LINES
    wanted = [table.c.organisation == organisation] if organisation else []
    return await _rows(session, select(table).where(*wanted).order_by(table.c.line_key))


async def facts(session: AsyncConnection, table: Table, organisation: str = "") -> Rows:
    """What all sources say in one table of facts, in order of key and source."""
    wanted = [table.c.organisation == organisation] if organisation else []
    return await _rows(session, select(table).where(*wanted).order_by(table.c.key, table.c.source))


async def demand(session: AsyncConnection) -> Rows:
    """All demand links."""
    return await _rows(session, select(tables.DEMAND))


async def deliveries(session: AsyncConnection, organisation: str = "") -> Rows:
    """The items of all shipments, each with its head's columns."""
    return await _with_head(session, tables.SHIPMENT_ITEMS, tables.SHIPMENTS, organisation)


async def _with_head(session: AsyncConnection, items: Table, heads: Table, organisation: str) -> Rows:
    joined = heads.join(items, and_(items.c.key == heads.c.key, items.c.source == heads.c.source))
    wanted = [heads.c.organisation == organisation] if organisation else []
    columns = [*heads.c, items.c.position, items.c.line_key, items.c.quantity]
    return await _rows(session, select(*columns).select_from(joined).where(*wanted).order_by(heads.c.key, items.c.position))


async def of_lines(session: AsyncConnection, items: Table, heads: Table, lines: Iterable[str]) -> Rows:
    """The items that name these order lines, each with its head's columns beside it."""
    found = await where_in(session, items, "line_key", lines)
    by_document = {(row["key"], row["source"]): row for row in await where_in(session, heads, "key", (row["key"] for row in found))}
    return [by_document[row["key"], row["source"]] | row for row in found if (row["key"], row["source"]) in by_document]


async def _rows(session: AsyncConnection, statement: Any, named: dict[str, Any] | None = None) -> Rows:
    found = await session.execute(statement, named)
    names = tuple(found.keys())
    return [dict(zip(names, row)) for row in found]


async def told(session: AsyncConnection, lines: Sequence[str]) -> dict[str, tuple[int, str]]:
    """Revision and content that were last published of these lines."""
    return {row["line_key"]: (row["revision"], row["content"]) for row in await where_in(session, tables.PROGRESS_TOLD, "line_key", lines)}
