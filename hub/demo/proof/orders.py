"""Order lines: the CRM's against the ERP's, and what the ERP did against the CRM's progress rows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from hub.demo.factory.codes import Codes
from hub.demo.factory.shapes import local_number
from hub.demo.factory.slips import TEST_STATE
from hub.demo.proof.findings import Finding
from hub.demo.proof.written import Written, day, number, quantity
from hub.sdk.simulation import Books, Entry

CANCELLED = ("cancelled", "cancel_requested")
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class OrderLine:
    """One line of the CRM, with the organisation's shared code."""

    order: Entry
    organisation: str
    row: Row

    @property
    def facts(self) -> dict[str, Any]:
        return {"order": self.order.number, "line": self.row["line"]}

    @property
    def is_cancelled(self) -> bool:
        return self.order.data["state"] in CANCELLED or self.row.get("state") in CANCELLED


class Shipped:
    """What the ERP has shipped and invoiced per order line, from its own documents."""

    def __init__(self, erp: Books) -> None:
        self._sums: defaultdict[tuple[str, str, str, int], Decimal] = defaultdict(Decimal)
        for kind in ("shipment", "invoice"):
            for entry in erp.entries(kind, visible_only=False):
                for row in entry.data["lines"]:
                    place = (kind, entry.organisation, local_number(row.get("order")), int(row.get("order_line") or 0))
                    self._sums[place] += quantity(row) or Decimal()

    def of(self, kind: str, order: Entry, line: int) -> Decimal:
        return self._sums[kind, order.organisation, order.number, line]


def order_lines(crm: Books, codes: Codes) -> list[OrderLine]:
    """Every line of every order; trial entries are no orders."""
    orders = [entry for entry in crm.entries("sales_order", visible_only=False) if entry.data["state"] != TEST_STATE]
    places = ((order, codes.shared("organisation", "crm", order.organisation)) for order in orders)
    return [OrderLine(order, organisation, row) for order, organisation in places for row in order.data["lines"]]


class OrderProof:
    """Goes through the lines; `completed` and `cancelled` count what it saw."""

    def __init__(self, crm: Books, erp: Books, codes: Codes) -> None:
        self._orders, self._progress = Written(erp, codes, ("sales_order",)), Written(crm, codes, ("order_progress",))
        self._shipped = Shipped(erp)
        self.completed = self.cancelled = 0

    def check(self, line: OrderLine) -> Iterator[Finding]:
        """What is wrong with one line."""
        found = self._orders.of("sales_order", line.organisation, line.order.number)
        if len(found) > 1:
            yield Finding("order-twice", {**line.facts, "count": len(found), "numbers": ", ".join(entry.number for entry in found)})
        if not found:
            yield from self._never_arrived(line)
            return
        target = next((row for row in found[0].data["lines"] if int(row["line"]) == int(line.row["line"])), None)
        if line.is_cancelled:
            yield from self._check_cancelled(line, found[0], target)
        elif target is None:
            yield Finding("line-missing", {**line.facts, "number": found[0].number})
        else:
            yield from _differences("line-differs", line, line.row, target, SAME_IN_ERP)
            yield from self._check_progress(line, found[0], target)

    def _never_arrived(self, line: OrderLine) -> Iterator[Finding]:
        """What was cancelled before anybody else heard of it is not missing."""
        self.cancelled += line.is_cancelled
        if not line.is_cancelled:
            yield Finding("order-missing", line.facts)

    def _check_cancelled(self, line: OrderLine, order: Entry, target: Row | None) -> Iterator[Finding]:
        """Cancelled in the ERP, too; or refused there, because goods were on their way already."""
        self.cancelled += 1
        on_its_way = any(self._shipped.of("shipment", order, int(row["line"])) for row in order.data["lines"])
        if target is None or is_off(order, target) or on_its_way:
            return
        yield Finding("cancellation-missing", {**line.facts, "target": order.data.get("state") or order.status})

    def _check_progress(self, line: OrderLine, order: Entry, target: Row) -> Iterator[Finding]:
        rows = self._progress.of("order_progress", line.organisation, f"{line.order.number}/{line.row['line']}")
        rows = rows or self._progress.of("order_progress", line.organisation, f"{line.order.number}@{line.row['line']}")
        if len(rows) > 1:
            yield Finding("progress-twice", {**line.facts, "count": len(rows)})
        if not rows:
            yield Finding("progress-missing", line.facts)
            return
        shipped, invoiced = (self._shipped.of(kind, order, int(target["line"])) for kind in ("shipment", "invoice"))
        done = {**target, "shipped": shipped, "invoiced": invoiced}
        yield from _differences("progress-differs", line, done, rows[0].data, SAME_IN_PROGRESS)
        wanted = quantity(line.row)
        self.completed += wanted is not None and shipped >= wanted and invoiced >= wanted


def is_off(order: Entry, row: Row) -> bool:
    """Whether the ERP has this line, or its order, as cancelled."""
    return "cancelled" in (order.status, order.data.get("state"), row.get("state")) or quantity(row) == 0


def _differences(code: str, line: OrderLine, source: Row, target: Row, same: Mapping[str, Callable[[Row], Any]]) -> Iterator[Finding]:
    for field, read in same.items():
        if read(source) != read(target):
            yield Finding(code, {**line.facts, "field": field, "source": read(source), "target": read(target)})


SAME_IN_ERP: dict[str, Callable[[Row], Any]] = {
    "quantity": quantity,
    "requested_at": lambda row: day(row.get("requested_at")),
    "price_with_tax": lambda row: number(row.get("price_with_tax")),
}
SAME_IN_PROGRESS: dict[str, Callable[[Row], Any]] = {
    "promised_at": lambda row: day(row.get("promised_at")),
    "shipped": lambda row: number(row.get("shipped")) or Decimal(),
    "invoiced": lambda row: number(row.get("invoiced")) or Decimal(),
}
