"""A production order that serves an order line: what began, ended, came out and was received. Pure over its facts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from hub.reporting.clocks import done_at, doubt
from hub.reporting.merging import Row
from hub.reporting.milestones import ZERO

FINISHED = frozenset({"completed", "closed"})
PASSED = frozenset({"passed", "concession"})
ALLOWED = frozenset({"accept", "concession"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Supply:
    """A production order that serves a line: its share begins after `before` pieces, which earlier demand links take."""

    order: Row
    quantity: Decimal
    before: Decimal
    operations: Sequence[Row]
    jobs: Sequence[Row]
    reports: Sequence[Row]
    inspections: Sequence[Row]
    receipts: Sequence[Row]
    created_at: datetime | None
    released_at: datetime | None


def started_at(supply: Supply) -> datetime | None:
    """When the first operation began, by job orders and reports; the ERP's word only where the MES is silent."""
    times = [row["started_at"] for row in (*supply.jobs, *supply.reports) if row["started_at"] and not doubt(row)]
    at: datetime | None = min(times, default=supply.order["actual_start_at"])
    return at


def ended_at(supply: Supply) -> datetime | None:
    """When the last operation ended: once all pieces passed it or were lost before, or the order is finished."""
    last = last_sequence(supply)
    times = [done_at(row) for row in _at(supply.reports, last)]
    times += [row["ended_at"] for row in _at(supply.jobs, last) if not doubt(row)]
    through = output(supply) + sum((row["scrap"] for row in supply.reports), ZERO) if last is not None else received(supply)
    finished = supply.order["state"] in FINISHED or through >= supply.order["quantity"]
    return max((at for at in times if at), default=supply.order["actual_end_at"]) if finished else None


def _at(rows: Sequence[Row], last: int | None) -> list[Row]:
    """The rows of the last operation; of all where it is not known."""
    return [row for row in rows if last is None or row["sequence"] == last]


def received(supply: Supply) -> Decimal:
    """Pieces that were declared as received into stock, whether posted yet or not."""
    return sum((row["quantity"] for row in supply.receipts), ZERO)


def last_sequence(supply: Supply) -> int | None:
    """The last planned operation; without a routing, the one whose reports say so; None as long as nobody knows."""
    finals = [row for row in supply.reports if row["is_final"]]
    return max((row["sequence"] for row in (supply.operations or finals) if row["sequence"] is not None), default=None)


def is_within_making(supply: Supply) -> bool:
    """Whether the goods are inspected before their last operation (tested, then packed)."""
    asked = [row["sequence"] for row in supply.operations if row["inspected"]]
    done = [row["sequence"] for row in final_inspections(supply) if row["sequence"] is not None]
    last = last_sequence(supply)
    return last is not None and 0 < max(asked + done, default=last) < last


def output(supply: Supply) -> Decimal:
    """Good and conceded pieces out of the last operation, mended ones included."""
    last = last_sequence(supply)
    return sum((row["good"] + row["concession"] for row in supply.reports if row["sequence"] == last and last is not None), ZERO)


def is_outsourced(supply: Supply) -> bool:
    """Whether a supplier makes the whole order (整单委外): no report is to be expected of it."""
    return bool(supply.order["subcontracted"]) or (bool(supply.operations) and all(row["outsourced"] for row in supply.operations))


def is_inspected(supply: Supply) -> bool:
    """Whether the finished goods are inspected: asked for by the routing, or done; without a routing, expected until received."""
    unknown = not supply.operations and not is_outsourced(supply) and not any(row["posted_at"] for row in supply.receipts)
    return unknown or bool(final_inspections(supply)) or any(operation["inspected"] for operation in supply.operations)


def final_inspections(supply: Supply) -> list[Row]:
    """Inspections of the finished goods; first pieces and patrols are no milestone."""
    return [row for row in supply.inspections if row["stage"] in ("last", "final")]


def inspected_at(supply: Supply) -> datetime | None:
    """When the last inspection was passed; None while the latest word of it is not a pass."""
    latest = max(final_inspections(supply), key=lambda row: (row["inspected_at"] or row["happened_at"], row["key"]), default=None)
    if latest is None or not (latest["state"] in PASSED or latest["disposition"] in ALLOWED):
        return None
    at: datetime = latest["inspected_at"] or latest["happened_at"]
    return at


def is_outside(supply: Supply) -> bool:
    """Whether the first operation that nobody has reported yet is done by a supplier."""
    reported = {row["sequence"] for row in supply.reports}
    ahead = [operation for operation in supply.operations if operation["sequence"] not in reported]
    return bool(ahead) and bool(ahead[0]["outsourced"])


def overlap(begins: Decimal, ends: Decimal, from_: Decimal, to: Decimal) -> Decimal:
    """How much two intervals share."""
    return max(min(ends, to) - max(begins, from_), ZERO)


def produced(supply: Supply) -> Decimal:
    """The line's share of what came out of the last operation, or was received where nothing is reported."""
    return overlap(ZERO, max(output(supply), received(supply)), supply.before, supply.before + supply.quantity)


def left_unmade(supply: Supply) -> Decimal:
    """The line's share that a closed production order has not made and never will (强制结案)."""
    return supply.quantity - produced(supply) if supply.order["state"] == "closed" else ZERO
