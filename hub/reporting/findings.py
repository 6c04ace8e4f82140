"""What cannot be right in the facts: behaviour rules B2–B4, B11, B14 and B15, each a row. Pure; shown to people, never clamped away."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy.ext.asyncio import AsyncConnection

from hub.reporting import queries, tables
from hub.reporting.figures import grouped
from hub.reporting.flow import balance
from hub.reporting.lines import SHIPPED
from hub.reporting.merging import Row, effective, merged
from hub.reporting.milestones import ZERO
from hub.reporting.yields import processed
from hub.texts import TEXTS
from hub.texts import sentence as sentence_of

SHIFT = timedelta(hours=24)


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
    """All that was said, reversals and what they name included. `lines` are rows of `read_order_lines`; `demand` links them."""

    production_orders: Mapping[str, Row] = field(default_factory=dict)
    reports: Sequence[Row] = ()
    receipts: Sequence[Row] = ()
    deliveries: Sequence[Row] = ()
    demand: Sequence[Row] = ()
    over_percent: Decimal = ZERO


def over_confirmed(facts: ShopFacts) -> Iterator[Finding]:
    """B2: good and conceded pieces of an operation above what was released."""
    for (key, operation), rows in _by_operation(facts).items():
        order = facts.production_orders.get(key)
        allowed = order["quantity"] * (1 + facts.over_percent / 100) if order and order["quantity"] is not None else None
        found = sum((row["good"] + row["concession"] for row in rows), ZERO)
        if allowed is not None and found > allowed:
            yield Finding("B2", "over-confirmed", {"document": key, "place": operation[1], "found": found, "allowed": allowed})


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
    """B11: ends before it starts, or lasts more than a day in one shift."""
    for row in effective(facts.reports):
        start, end = row["started_at"], row["ended_at"]
        if start and end and end < start:
            yield Finding("B11", "ends-before-it-starts", {"document": row["key"], "found": end.isoformat(), "allowed": start.isoformat()})
        elif start and end and end - start > SHIFT:
            yield Finding("B11", "too-long", {"document": row["key"], "found": end - start})


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


RULES: tuple[tuple[str, Callable[[ShopFacts], Iterable[Finding]]], ...] = (
    ("B2", over_confirmed), ("B3", input_exceeds_output), ("B4", negative_balance), ("B11", doubtful_times), ("B14", doubtful_reversals),
    ("B15", reversed_after_shipment),
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
    )  # fmt: skip
    return [found for _, rule in RULES for found in rule(facts)]
