"""One order line out of all facts about it: quantities, milestones, state. Pure; the same facts give the same line."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from hub.reporting.merging import Row, effective
from hub.reporting.milestones import INVOICE, MILESTONES, ZERO, Milestone, Part, awaited, missing
from hub.reporting.supplies import (
    FINISHED,
    Supply,
    ended_at,
    inspected_at,
    is_inspected,
    is_outside,
    is_outsourced,
    is_within_making,
    left_unmade,
    overlap,
    produced,
    started_at,
)

CONFIRMED = frozenset({"confirmed", "accepted", "planned", "in_production", "ready", "part_shipped", "shipped", "delivered", "closed"})
ACCEPTED = CONFIRMED - {"confirmed"}
RELEASED = frozenset({"released", "in_progress", "completed", "closed"})
SHIPPED = frozenset({"shipped", "delivered"})
ENDED = frozenset({"cancelled", "rejected", "closed"})
STANDING = frozenset({"cancelled", "rejected", "cancel_requested", "on_hold", "closed"})
"""States of a line that a person set; they show whatever the quantities say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LineFacts:
    """Everything known about one order line. Shipments and invoices are rows of the line with the head's columns beside."""

    order: Row
    line: Row
    confirmed: Part
    accepted: Part
    first_promised_at: datetime | None
    cancelled_at: datetime | None
    supplies: Sequence[Supply]
    shipments: Sequence[Row]
    invoices: Sequence[Row]
    heard_at: datetime | None = None


def milestones(facts: LineFacts) -> list[Milestone]:
    """T0–T9 in their order, the invoice after them."""
    quantity = facts.line["quantity"]
    made = [_made(supply) for supply in facts.supplies]
    within = any(is_within_making(supply) for supply in facts.supplies)
    found = [
        Milestone(code="t0", needed=quantity, parts=[facts.confirmed]),
        Milestone(code="t1", needed=quantity, parts=[facts.accepted]),
        *(_joined(step.code, made, within=within and step.code == "t6") for step in MILESTONES[2:8]),
        _shipped(facts),
        Milestone(code="t9", needed=quantity, parts=_parts(facts.shipments, "delivered_at")),
        Milestone(code=INVOICE.code, needed=_due(facts), parts=_parts(_issued(facts.invoices), "invoiced_at")),
    ]
    from_stock = not facts.supplies and found[8].reached > 0
    return [_without(found[index]) if from_stock and 2 <= index <= 7 else found[index] for index in range(len(found))]


def _without(milestone: Milestone) -> Milestone:
    return Milestone(code=milestone.code, applies=False)


def _joined(code: str, made: Sequence[Mapping[str, list[Part]]], *, within: bool) -> Milestone:
    """The milestone over all production orders to which it applies."""
    parts = [part for one in made for part in one.get(code, [])]
    applies = not made or any(code in one for one in made)
    return Milestone(code=code, needed=sum((part.quantity for part in parts), ZERO), parts=parts, applies=applies, within=within)


def _made(supply: Supply) -> dict[str, list[Part]]:
    """The parts of T2–T7 of one production order; what does not apply to it is left out."""
    outside = [operation["outsourced"] for operation in supply.operations]
    wholly = is_outsourced(supply)
    parts = {"t2": [_part(supply, supply.order, supply.created_at)], "t3": [_part(supply, supply.order, supply.released_at)]}
    if not wholly or supply.reports:
        parts["t4"] = [_part(supply, _first(supply.jobs, supply.reports, supply.order), started_at(supply), bool(outside) and outside[0])]
        parts["t5"] = [_part(supply, _first(supply.reports, supply.jobs, supply.order), ended_at(supply), is_outside(supply))]
    parts["t7"] = _received(supply, at_supplier=wholly)
    if is_inspected(supply):
        through = is_within_making(supply) or ended_at(supply) or all(part.at for part in parts["t7"])
        passed = inspected_at(supply) if through else None
        parts["t6"] = [_part(supply, _first(supply.inspections, supply.jobs, supply.order), passed)]
    return parts


def _part(supply: Supply, teller: Row, at: datetime | None, at_supplier: bool = False) -> Part:
    return Part(supply.order["key"], teller["source"], supply.quantity, at, at_supplier and at is None)


def _first(*rows: Any) -> Row:
    """The first row of the first that has any; the last is a row itself."""
    found: Row = next((group[0] for group in rows[:-1] if group), rows[-1])
    return found


def _received(supply: Supply, *, at_supplier: bool) -> list[Part]:
    """The line's share of what was received; what is still to come is a part without a time."""
    posted = sorted((row for row in supply.receipts if row["posted_at"]), key=lambda row: (row["posted_at"], row["key"]))
    parts, begins = [], ZERO
    for row in posted:
        share = overlap(begins, begins + row["quantity"], supply.before, supply.before + supply.quantity)
        begins += row["quantity"]
        parts += [Part(row["key"], row["source"], share, row["posted_at"])] if share > 0 else []
    open_quantity = supply.quantity - sum((part.quantity for part in parts), ZERO)
    if open_quantity > 0 and not (parts and supply.order["state"] in FINISHED):
        parts.append(Part(supply.order["key"], supply.order["source"], open_quantity, None, at_supplier))
    return parts


def _parts(rows: Iterable[Row], time: str) -> list[Part]:
    return [Part(row["key"], row["source"], row["quantity"], row[time]) for row in effective(rows) if row["quantity"]]


def _issued(invoices: Iterable[Row]) -> list[Row]:
    return [row for row in invoices if row["state"] != "draft"]


def needed(line: Row) -> Decimal:
    """The least quantity that fulfils a line, by its own tolerance."""
    quantity: Decimal = line["quantity"]
    return quantity - quantity * (line["under_percent"] or ZERO) / 100


def _shipped(facts: LineFacts) -> Milestone:
    parts = _parts([row for row in facts.shipments if row["state"] in SHIPPED], "shipped_at")
    return Milestone(code="t8", needed=_due(facts), parts=parts)


def shipped(facts: LineFacts) -> Decimal:
    """Pieces that have left for the customer."""
    return sum((row["quantity"] for row in effective(facts.shipments) if row["state"] in SHIPPED and row["shipped_at"]), ZERO)


def _due(facts: LineFacts) -> Decimal:
    """What has to be shipped: a line closed short is through with what it got."""
    gone = shipped(facts)
    return min(gone, needed(facts.line)) if line_state(facts) == "closed" and gone else needed(facts.line)


def closed_short(facts: LineFacts) -> Decimal:
    """Pieces that closed production orders leave unmade (强制结案), and that nothing else makes up for: another order, or stock."""
    left = sum((left_unmade(supply) for supply in facts.supplies), ZERO)
    covered = sum((supply.quantity for supply in facts.supplies), ZERO) - left
    open_quantity = needed(facts.line) - max(covered, shipped(facts))
    return max(min(left, open_quantity), ZERO) if line_state(facts) not in ("cancelled", "rejected") else ZERO


def line_state(facts: LineFacts) -> str:
    """What a person set for the line or its order; '' where only quantities speak (B19). A line that has ended stays ended."""
    own, whole = facts.line["state"], facts.order["state"]
    if own in ENDED:
        return str(own)
    return next((state for state in (whole, own) if state in STANDING), "")


def state(facts: LineFacts, found: Sequence[Milestone]) -> str:
    """The line's state from quantities (B19), unless a person set one."""
    at = {milestone.code: milestone for milestone in found}
    person = line_state(facts)
    rules = (
        (person, bool(person)),
        ("delivered", at["t9"].at is not None),
        ("shipped", at["t8"].at is not None),
        ("part_shipped", at["t8"].reached > 0),
        ("ready", at["t7"].at is not None),
        ("in_production", at["t4"].reached > 0),
        ("planned", at["t2"].reached > 0),
        ("accepted", at["t1"].at is not None),
        ("confirmed", at["t0"].at is not None),
    )
    return next((name for name, holds in rules if holds), "draft")


def order_line(facts: LineFacts) -> dict[str, Any]:
    """The row of `read_order_lines`."""
    found = milestones(facts)
    chain, invoice = found[:10], found[10]
    waiting = awaited(chain) or (invoice if invoice.at is None else None)
    stands = state(facts, found)
    ended = stands in ("cancelled", "rejected")
    line = facts.line
    return {
        "line_key": f"{line['key']}/{line['line']}", "order_key": line["key"], "line": line["line"],
        "organisation": facts.order["organisation"], "customer": facts.order["customer"], "material": line["material"],
        "unit": line["unit"], "state": stands, "quantity": line["quantity"],
        "produced": sum((produced(supply) for supply in facts.supplies), ZERO),
        "received": found[7].reached, "shipped": found[8].reached, "invoiced": invoice.reached,
        "requested_at": line["requested_at"], "first_promised_at": line["first_promised_at"] or facts.first_promised_at,
        "promised_at": line["promised_at"], "cancelled_at": facts.cancelled_at, "under_percent": line["under_percent"],
        "over_percent": line["over_percent"],
        **{f"t{number}": milestone.at for number, milestone in enumerate(chain)}, "invoiced_at": invoice.at,
        "not_applicable": " ".join(milestone.code for milestone in chain if not milestone.applies), "missing": " ".join(missing(chain)),
        "within_making": " ".join(milestone.code for milestone in chain if milestone.within),
        "waits_for": "" if waiting is None or ended else waiting_for(facts, waiting), "heard_at": facts.heard_at,
    }  # fmt: skip


def waiting_for(facts: LineFacts, milestone: Milestone) -> str:
    """The code of what a line waits for: its next milestone, the supplier who has the pieces, or the planner where nobody makes them."""
    if any(part.at_supplier for part in milestone.parts):
        return "supplier"
    if milestone.code == "t8" and closed_short(facts) and shipped(facts) >= sum((produced(supply) for supply in facts.supplies), ZERO):
        return "planning"
    return next(step.waits_for for step in (*MILESTONES, INVOICE) if step.code == milestone.code)
