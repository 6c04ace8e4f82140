"""What cannot be right in the facts: behaviour rules B2–B4, B11, B14, B15, B19, each a row. Pure; shown to people, never clamped away."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy.ext.asyncio import AsyncConnection

from hub.reporting import queries, tables
from hub.reporting.clocks import doubt
from hub.reporting.figures import grouped
from hub.reporting.flow import balance
from hub.reporting.lines import SHIPPED, needed
from hub.reporting.merging import Row, effective, merged
from hub.reporting.milestones import ZERO
from hub.reporting.yields import processed
from hub.texts import TEXTS
from hub.texts import sentence as sentence_of


@dataclass(frozen=True, slots=True)
class Finding:
    """One rule broken by one document; `facts` fill the text `finding-<code>`."""

    rule: str
    code: str
    facts: Mapping[str, Any] = field(hash=False)

    def text(self, language: str) -> str:
        """The sentence for a person: what is wrong, with the values, and what to do."""
        return sentence_of(TEXTS[f"finding-{self.code}"], language, self.facts)


@dataclass(frozen=True, slots=True, kw_only=True)
class ShopFacts:
    """All that was said, reversals and what they name included. `lines` are rows of `read_order_lines`; `demand` links them.

    `orders` are what each source says of an order's head; the one that states the customer is the order's owner.
    """

    production_orders: Mapping[str, Row] = field(default_factory=dict)
    reports: Sequence[Row] = ()
    receipts: Sequence[Row] = ()
    deliveries: Sequence[Row] = ()
    demand: Sequence[Row] = ()
    lines: Sequence[Row] = ()
    orders: Sequence[Row] = ()


def over_confirmed(facts: ShopFacts) -> Iterator[Finding]:
    """B2: good and conceded pieces of an operation above what was released, with the order's own tolerance."""
    for (key, operation), rows in _by_operation(facts).items():
        order = facts.production_orders.get(key)
        allowed = most(order["quantity"], order["over_percent"]) if order and order["quantity"] is not None else None
        found = sum((row["good"] + row["concession"] for row in rows), ZERO)
        if allowed is not None and found > allowed:
            yield Finding("B2", "over-confirmed", {"document": key, "place": operation[1], "found": found, "allowed": allowed})


def most(quantity: Decimal, over_percent: Decimal | None) -> Decimal:
    """A quantity with what may come on top of it."""
    return quantity + quantity * (over_percent or ZERO) / 100


def input_exceeds_output(facts: ShopFacts) -> Iterator[Finding]:
    """B3: an operation took in more than came out of the one before. A warning: reports come out of order."""
    steps = _by_operation(facts)
    for before, after in zip(steps, list(steps)[1:]):
        came = sum((row["good"] + row["concession"] for row in steps[before]), ZERO)
        taken = sum((processed(row) for row in steps[after] if row["first_pass"]), ZERO)
        if before[0] == after[0] and taken > came:
            yield Finding("B3", "input-exceeds-output", {"document": after[0], "place": after[1][1], "found": taken, "allowed": came})


def negative_balance(facts: ShopFacts) -> Iterator[Finding]:
    """B4: more received, scrapped and waiting for rework than ever started."""
    received = grouped((row for row in effective(facts.receipts) if row["posted_at"]), _production_order)
    for key, rows in grouped(effective(facts.reports), _production_order).items():
        found = balance(rows, sum((row["quantity"] for row in received.get(key, [])), ZERO))
        out = found.received + found.scrapped + max(found.rework, ZERO)
        if out > found.started:
            yield Finding("B4", "negative-balance", {"document": key, "found": out, "allowed": found.started})


def doubtful_times(facts: ShopFacts) -> Iterator[Finding]:
    """B11: ends before it starts, lasts more than a day in one shift, or lies in the future."""
    for row in effective(facts.reports):
        code = doubt(row)
        if code:
            yield Finding("B11", code, {"document": row["key"], **_times(row)})


def _times(row: Row) -> dict[str, str]:
    times = {"start": row["started_at"], "end": row["ended_at"] or row["reported_at"], "heard": row["recorded_at"]}
    return {name: at.isoformat() if at else "" for name, at in times.items()}


def doubtful_reversals(facts: ShopFacts) -> Iterator[Finding]:
    """B14: reversed more than once, or a reversal that reverses a reversal."""
    said = [row for row in (*facts.reports, *facts.receipts) if row["reverses"]]
    reversals = {row["key"] for row in said}
    for named, rows in grouped(said, lambda row: row["reverses"]).items():
        if named in reversals:
            yield from (Finding("B14", "reversal-reversed", {"document": row["key"], "found": named}) for row in rows)
        elif len(rows) > 1:
            yield Finding("B14", "reversed-twice", {"document": named, "found": len(rows)})


def reversed_after_shipment(facts: ShopFacts) -> Iterator[Finding]:
    """B15: a receipt was reversed although the order line it was for is shipped: more left than was ever received for it."""
    kept = {row["key"] for row in effective(facts.receipts)}
    received = grouped(effective(facts.receipts), _production_order)
    shipped = grouped((row for row in effective(facts.deliveries) if row["state"] in SHIPPED), lambda row: row["line_key"])
    links = grouped(facts.demand, lambda row: row["key"])
    for row in facts.receipts:
        if row["key"] in kept or row["reverses"]:
            continue
        order = row["production_order"]
        there = sum((one["quantity"] for one in received.get(order, [])), ZERO)
        for link in links.get(order, []):
            gone = sum((one["quantity"] for one in shipped.get(link["line_key"], [])), ZERO)
            if gone > there:
                yield Finding(
                    "B15", "reversed-after-shipment", {"document": row["key"], "place": link["line_key"], "found": gone, "allowed": there}
                )


def reversed_after_receipt(facts: ShopFacts) -> Iterator[Finding]:
    """B15: a report was reversed although what it made is in stock: more is received than came out of the last operation."""
    received = grouped((row for row in effective(facts.receipts) if row["posted_at"]), _production_order)
    kept = {row["key"] for row in effective(facts.reports)}
    for key, rows in grouped(facts.reports, _production_order).items():
        last = max(row["sequence"] or 0 for row in rows)
        final = [row for row in rows if (row["sequence"] or 0) == last]
        came = sum((row["good"] + row["concession"] for row in final if row["key"] in kept), ZERO)
        there = sum((row["quantity"] for row in received.get(key, [])), ZERO)
        gone = [row for row in final if row["key"] not in kept and not row["reverses"]]
        if there > came:
            yield from (Finding("B15", "reversed-after-receipt", {"document": row["key"], "found": there, "allowed": came}) for row in gone)


def over_delivered(facts: ShopFacts) -> Iterator[Finding]:
    """B19: more was shipped of a line than was ordered, its own tolerance included."""
    for line in facts.lines:
        allowed = most(line["quantity"], line["over_percent"])
        if line["shipped"] > allowed:
            yield Finding("B19", "over-delivered", {"document": line["line_key"], "found": line["shipped"], "allowed": allowed})


def closed_short(facts: ShopFacts) -> Iterator[Finding]:
    """B19: a line is closed below what fulfils it, and not by its owner: only who sold it, or the tolerance, may close it short."""
    owners = {row["key"]: row["state"] for row in facts.orders if row["customer"] is not None}
    for line in facts.lines:
        by_owner = owners.get(line["order_key"], "closed") == "closed"
        if line["state"] == "closed" and not by_owner and line["shipped"] < needed(line):
            yield Finding("B19", "closed-short", {"document": line["line_key"], "found": line["shipped"], "allowed": needed(line)})


RULES: tuple[tuple[str, Callable[[ShopFacts], Iterable[Finding]]], ...] = (
    ("B2", over_confirmed), ("B3", input_exceeds_output), ("B4", negative_balance), ("B11", doubtful_times), ("B14", doubtful_reversals),
    ("B15", reversed_after_shipment), ("B15", reversed_after_receipt), ("B19", over_delivered), ("B19", closed_short),
)  # fmt: skip


class _Operation(NamedTuple):
    production_order: str
    place: tuple[str, str]


def _by_operation(facts: ShopFacts) -> dict[_Operation, list[Row]]:
    """Reports per production order and operation, in order of both."""
    return grouped(
        effective(facts.reports),
        lambda row: _Operation(row["production_order"], (f"{row['sequence'] or 0:09d}", row["operation"] or str(row["sequence"]))),
    )


def _production_order(row: Row) -> str:
    return str(row["production_order"])


async def findings(session: AsyncConnection, organisation: str = "") -> list[Finding]:
    """What every rule finds in the read models as they stand."""
    receipts = merged(await queries.facts(session, tables.RECEIPTS, organisation), "quantity")
    facts = ShopFacts(
        production_orders=merged(await queries.facts(session, tables.PRODUCTION_ORDERS, organisation), "quantity"),
        reports=await queries.facts(session, tables.REPORTS, organisation),
        receipts=[row for row in receipts.values() if row["quantity"] is not None],
        deliveries=await queries.deliveries(session, organisation), demand=await queries.demand(session),
        lines=await queries.order_lines(session, organisation), orders=await queries.facts(session, tables.ORDERS, organisation),
    )  # fmt: skip
    return [found for _, rule in RULES for found in rule(facts)]
