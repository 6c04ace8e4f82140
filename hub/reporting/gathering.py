"""All facts about some order lines, read in a dozen batched queries and put together per line."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Table
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.reporting import tables
from hub.reporting.lines import ACCEPTED, CONFIRMED, RELEASED, LineFacts
from hub.reporting.merging import Row, effective, merged
from hub.reporting.milestones import ZERO, Part
from hub.reporting.queries import of_lines, production_history, where_in
from hub.reporting.supplies import Supply

Groups = Mapping[Any, list[Row]]


async def gather(session: AsyncConnection, lines: Iterable[str]) -> dict[str, LineFacts]:
    """The facts of those lines whose order is known; what came before its order is left for later."""
    wanted = set(lines)
    orders = {line.rpartition("/")[0] for line in wanted}
    heads = merged(await where_in(session, tables.ORDERS, "key", orders), "customer")
    items = merged(await where_in(session, tables.ORDER_ITEMS, "key", orders), "quantity", "key", "line")
    known = {f"{key}/{line}": row for (key, line), row in items.items() if row["quantity"] is not None and f"{key}/{line}" in wanted}
    versions = _grouped(latest_corrections(await where_in(session, tables.LINE_VERSIONS, "key", orders)), _line)
    supplies = await _supplies(session, known)
    shipments = _grouped(await of_lines(session, tables.SHIPMENT_ITEMS, tables.SHIPMENTS, known), _line_key)
    invoices = _grouped(await of_lines(session, tables.INVOICE_ITEMS, tables.INVOICES, known), _line_key)
    return {
        line: _facts(heads[row["key"]], row, versions[line], supplies=supplies[line], shipments=shipments[line], invoices=invoices[line])
        for line, row in known.items()
    }


def _line(row: Row) -> str:
    return f"{row['key']}/{row['position']}"


def _line_key(row: Row) -> str:
    return str(row["line_key"])


def _key(row: Row) -> str:
    return str(row["key"])


def _of_production_order(row: Row) -> str:
    return str(row["production_order"])


def _grouped(rows: Iterable[Row], by: Callable[[Row], str]) -> dict[str, list[Row]]:
    """Rows per group, each group in one order whatever the database's: by key and place."""
    groups: dict[str, list[Row]] = defaultdict(list)
    for row in sorted(rows, key=_order):
        groups[by(row)].append(row)
    return groups


def _order(row: Row) -> tuple[Any, ...]:
    return (row.get("sequence") or 0, row["key"], row["source"], row.get("revision") or 0, row.get("position") or 0)


def latest_corrections(versions: Sequence[Row]) -> list[Row]:
    """The versions without those that a correction of the same revision has mended."""
    last: dict[tuple[Any, ...], int] = {}
    for row in versions:
        revision = (row["key"], row["source"], row["revision"])
        last[revision] = max(row["correction"], last.get(revision, 0))
    return [row for row in versions if row["correction"] == last[row["key"], row["source"], row["revision"]]]


def _facts(head: Row, line: Row, versions: Sequence[Row], **facts: Any) -> LineFacts:
    """One line's facts; times of its milestones come from the first version in which a state was said."""
    origin = [row for row in versions if row["source"] == line["source"]]
    answers = [row for row in versions if row["source"] != line["source"]]
    cancelled = "cancelled" in (head["state"], line["state"])
    return LineFacts(
        order=head, line=line,
        confirmed=Part(line["key"], line["source"], line["quantity"], _since(origin, CONFIRMED)),
        accepted=Part(line["key"], _teller(versions, ACCEPTED) or line["source"], line["quantity"], _since(versions, ACCEPTED)),
        first_promised_at=_first_promise(answers) or _first_promise(origin),
        cancelled_at=_since(versions, {"cancelled"}) if cancelled else None,
        heard_at=max((row["recorded_at"] for row in (*answers, *_executed(facts))), default=None), **facts,
    )  # fmt: skip


def _executed(facts: Mapping[str, Any]) -> list[Row]:
    """Every fact of the other systems about a line."""
    made = [
        row for supply in facts["supplies"]
        for row in (supply.order, *supply.jobs, *supply.reports, *supply.inspections, *supply.receipts)
    ]  # fmt: skip
    return [*made, *facts["shipments"], *facts["invoices"]]


def _said(versions: Sequence[Row], states: Iterable[str]) -> list[Row]:
    return sorted((row for row in versions if row["state"] in states), key=lambda row: (row["happened_at"], row["source"]))


def _since(versions: Sequence[Row], states: Iterable[str]) -> datetime | None:
    return next((row["happened_at"] for row in _said(versions, states)), None)


def _teller(versions: Sequence[Row], states: Iterable[str]) -> str:
    return next((row["source"] for row in _said(versions, states)), "")


def _first_promise(versions: Sequence[Row]) -> datetime | None:
    """The promise that was made first, not the one that was told first (B22)."""
    promises = [row for row in versions if row["promised_at"] is not None]
    first = min(promises, key=lambda row: (row["revision"], row["correction"], row["source"]), default=None)
    return first["promised_at"] if first else None


async def _supplies(session: AsyncConnection, lines: Iterable[str]) -> dict[str, list[Supply]]:
    """The living production orders that serve these lines."""
    keys = {row["key"] for row in await where_in(session, tables.DEMAND, "line_key", lines)}
    orders = merged(await where_in(session, tables.PRODUCTION_ORDERS, "key", keys), "quantity")
    living = {key: row for key, row in orders.items() if row["quantity"] is not None and row["state"] != "cancelled"}
    rows = {table: await _made(session, table, keys) for table in (tables.JOBS, tables.REPORTS, tables.INSPECTIONS, tables.RECEIPTS)}
    demand = _grouped(await where_in(session, tables.DEMAND, "key", keys), _key)
    operations = await operations_of(session, living)
    history = _grouped(latest_corrections(await production_history(session, keys)), _key)
    found: dict[str, list[Supply]] = defaultdict(list)
    for key, order in sorted(living.items()):
        before = ZERO
        for link in (row for row in demand[key] if row["source"] == order["source"]):
            found[link["line_key"]].append(_supply(order, link, before, rows, operations[key], history[key]))
            before += link["quantity"]
    return found


def _supply(order: Row, link: Row, before: Any, rows: Mapping[Table, Groups], operations: Sequence[Row], history: Sequence[Row]) -> Supply:
    key = order["key"]
    jobs, reports, inspections, receipts = (rows[table][key] for table in rows)
    return Supply(
        order=order, quantity=link["quantity"], before=before, operations=operations, jobs=jobs, reports=reports, inspections=inspections,
        receipts=receipts, created_at=order["created_at"] or min((row["happened_at"] for row in history), default=None),
        released_at=order["released_at"] or _since(history, RELEASED),
    )  # fmt: skip


async def _made(session: AsyncConnection, table: Table, orders: Iterable[str]) -> Groups:
    """The facts that count about production orders, one row per document; an answer that came before its fact waits for it."""
    rows = await where_in(session, table, "production_order", orders)
    defining = "quantity" if table is tables.RECEIPTS else "production_order"
    defined = [row for row in merged(rows, defining).values() if row[defining] is not None]
    return _grouped(effective(defined), _of_production_order)


async def operations_of(session: AsyncConnection, orders: Mapping[str, Row]) -> dict[str, list[Row]]:
    """The planned operations per production order: those frozen on it, else those of its routing; none where neither is known."""
    frozen = _grouped(await where_in(session, tables.OPERATIONS, "key", orders), _key)
    bare = [order for key, order in orders.items() if key not in frozen]
    routings = merged(await where_in(session, tables.ROUTINGS, "material", {order["material"] for order in bare}), "material")
    chosen = {order["key"]: _routing(order, routings.values()) for order in bare}
    steps = _grouped(await where_in(session, tables.ROUTING_STEPS, "key", {routing for routing in chosen.values() if routing}), _key)
    return defaultdict(list, {**frozen, **{key: steps[routing] for key, routing in chosen.items() if routing in steps}})


def _routing(order: Row, routings: Iterable[Row]) -> str:
    """The routing an order names; else the newest of its material that was there when it was last said, or the first that came."""
    fitting = [row for row in routings if (row["organisation"], row["material"]) == (order["organisation"], order["material"])]
    if any(row["key"] == order["routing"] for row in fitting):
        return str(order["routing"])
    released = [row for row in fitting if row["state"] == "released"] or fitting
    there = [row for row in released if row["happened_at"] <= (order["released_at"] or order["happened_at"])]
    if there:
        return str(max(there, key=_since_when)["key"])
    return str(min(released, key=_since_when)["key"]) if released else ""


def _since_when(routing: Row) -> tuple[datetime, str]:
    return routing["happened_at"], routing["key"]
