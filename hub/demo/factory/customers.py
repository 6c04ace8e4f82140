"""The sales people in the CRM: new customers, orders, changes, cancellations, typing errors, and what they do about a rejection."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from hub.demo.factory import catalogue, shapes
from hub.demo.factory.clock import Agenda, Dice, midnight
from hub.demo.factory.desk import Desk
from hub.demo.factory.orders import PlannedLine, PlannedOrder
from hub.demo.factory.shapes import Data, Words
from hub.demo.factory.slips import FOREIGN_STATE, SLIPS, TEST_STATE, Slip
from hub.sdk.simulation import Entry

FINISHED = ("shipped", "delivered", "closed", "cancelled")


class Customers:
    """Orders as planned, placed one every `interval_h` business hours."""

    def __init__(self, desk: Desk, agenda: Agenda, dice: Dice, words: Words, orders: list[PlannedOrder]) -> None:
        self._desk, self._agenda, self._dice, self._words = desk, agenda, dice, words
        self.planned = tuple(orders)
        self._orders = {order.number: order for order in orders}
        self._known = set(catalogue.CUSTOMERS)
        self._progress: dict[tuple[str, str, int], Entry] = {}
        self._rejections: dict[str, int] = {}
        self._accepted: dict[str, Data] = {}
        self.placed: list[str] = []
        self.slips: dict[str, Slip] = {}
        self.done: dict[str, int] = {}
        desk.on("order_progress", self._told)

    def open_for_business(self, interval_h: float) -> None:
        """Write the customers that were always there, and put down when which order comes."""
        for shared in catalogue.CUSTOMERS:
            self._write_customer(shared)
        for order in self._orders.values():
            self._agenda.after(order.at * interval_h, self.place, order)

    def open_business(self) -> list[str]:
        """Order lines that the CRM has not seen finished: `number/line state`."""
        return [
            f"{entry.number}/{line['line']}"
            for entry in self._desk.books.entries("sales_order", visible_only=False) if entry.data["state"] != TEST_STATE
            for line in entry.data["lines"] if not self._is_finished(entry, line)
        ]  # fmt: skip

    def correct(self, number: str) -> None:
        """Put a mistyped order right, as the customer meant it."""
        order = self._orders[number]
        entry = self._entry(order)
        state = entry.data["state"] if entry.data["state"] != FOREIGN_STATE else "confirmed"
        self._save(entry, state=state, lines=self._lines(order))
        self._count("corrections")

    # placing

    def place(self, order: PlannedOrder) -> None:
        """Write the order down, slips and all."""
        self._orders[order.number] = order
        if order.customer not in self._known:
            self._write_customer(order.customer)
            self._count("new_customers")
        data = self._document(order)
        slip = SLIPS.get(order.story)
        if slip:
            self.slips[order.number] = slip(order, data)
            self._count("slips")
        self._desk.write("sales_order", self._organisation(order), order.number, data, "audited")
        self.placed.append(order.number)
        self._go_on(order)

    def _go_on(self, order: PlannedOrder) -> None:
        """Put down what this order's story does next."""
        hours, action = _NEXT.get(order.story, (0.0, None))
        if order.story == "test_record":
            self._write_test(order)
        elif order.number in self.slips and self.slips[order.number].mended_by == "crm":
            self._agenda.after(self._dice.hours(6, 12, order.number), self.correct, order.number)
        elif action is not None:
            self._agenda.after(hours * self._dice.hours(0.7, 1.3, order.number), action, self, order)

    def _document(self, order: PlannedOrder) -> Data:
        lines = self._lines(order)
        return {
            "number": order.number, "customer": self._words.of("customer", order.customer), "state": "confirmed",
            "ordered_at": self._agenda.moment, "confirmed_at": self._agenda.moment, "currency": "CNY",
            "customer_order": f"PO-{order.at + 7000}", "lines": lines, **shapes.totals(lines), "changed_at": self._agenda.moment,
        }  # fmt: skip

    def _lines(self, order: PlannedOrder) -> list[Data]:
        return [self._line(order, line) for line in order.lines]

    def _line(self, order: PlannedOrder, line: PlannedLine) -> Data:
        empty = {
            "line": line.line, "material": self._words.of("material", line.product),
            "quantity": self._words.quantity(line.product, line.quantity),
            "requested_at": self._in(1 if order.story == "rush" else order.days), "priority": 1 if order.story == "rush" else None,
        }  # fmt: skip
        return shapes.priced(empty, line.quantity, line.price)

    def _in(self, days: int) -> datetime:
        return midnight(self._agenda.moment) + timedelta(days=days)

    def _write_customer(self, shared: str) -> None:
        """The customer with address and contacts, which are one form in the CRM and two entries in its books."""
        self._known.add(shared)
        plain, profile = shapes.customer(shared)
        home = self._words.of("organisation", "P1")
        self._desk.write("customer_profile", home, plain["code"], profile, "audited")
        self._desk.write("customer", home, plain["code"], {**plain, "changed_at": self._agenda.moment}, "audited")

    def _write_test(self, order: PlannedOrder) -> None:
        """Somebody tried the form out and left it there."""
        data = self._document(order)
        number = f"TEST-{order.at:03d}"
        data |= {"number": number, "state": TEST_STATE}
        self._desk.write("sales_order", self._organisation(order), number, data, "audited")
        self.slips[number] = Slip(number, "test_record", "operator")
        self._count("test_records")

    # changing

    def _more(self, order: PlannedOrder) -> None:
        self._change_first(order, lambda line: _with_quantity(line, 4))

    def _fewer(self, order: PlannedOrder) -> None:
        self._change_first(order, lambda line: _with_quantity(line, -2))

    def _later(self, order: PlannedOrder) -> None:
        self._change_first(order, lambda line: {**line, "requested_at": self._in(order.days + 6)})

    def _change_first(self, order: PlannedOrder, change: Callable[[Data], Data]) -> None:
        """Change the first line, unless the customer already has everything."""
        entry = self._entry(order)
        first, *rest = entry.data["lines"]
        if not self._is_finished(entry, first) and entry.data["state"] == "confirmed":
            self._save(entry, lines=[change(first), *rest], change_reason=self._words.of("reason", "CHANGE-DEMAND"))
            self._count("changes")

    def _add_line(self, order: PlannedOrder) -> None:
        entry = self._entry(order)
        product = next(item for item in catalogue.products() if item not in {line.product for line in order.lines})
        added = self._line(order, PlannedLine(10 * len(order.lines) + 10, product, 2, catalogue.price(product)))
        self._save(entry, lines=[*entry.data["lines"], added])
        self._count("changes")

    def _drop_line(self, order: PlannedOrder) -> None:
        """The last line is not wanted any more; it stays in the document, cancelled."""
        entry = self._entry(order)
        *kept, last = entry.data["lines"]
        if not self._is_moving(entry, last):
            self._save(entry, lines=[*kept, {**last, "state": "cancelled", "cancel_reason": self._words.of("reason", "CANCEL-PROJECT")}])
            self._count("changes")

    def _cancel(self, order: PlannedOrder) -> None:
        """Ask for cancellation, unless something has been shipped already."""
        entry = self._entry(order)
        if not any(self._is_moving(entry, line) for line in entry.data["lines"]):
            self._save(entry, state="cancel_requested", cancel_reason=self._words.of("reason", "CANCEL-PROJECT"))
            self._count("cancels")

    def _save(self, entry: Entry, **changes: Any) -> None:
        """A new version of the order, sums included."""
        data = {**entry.data, **changes, "changed_at": self._agenda.moment}
        data |= shapes.totals(data["lines"])
        self._accepted[entry.number] = dict(entry.data)
        self._desk.write("sales_order", entry.organisation, entry.number, data, "audited")

    # what the hub tells

    def _told(self, entry: Entry) -> None:
        number = shapes.local_number(entry.data["order"])
        place = (entry.organisation, number, int(entry.data["line"]))
        before = self._progress.get(place)
        self._progress[place] = entry
        is_new = before is None or _verdict(before) != _verdict(entry)
        if entry.data.get("state") == "rejected" and is_new and number in self._orders and number not in self._rejections:
            self._rejections[number] = entry.version
            self._agenda.after(self._dice.hours(1, 3, number, "rejected"), self._answer_rejection, number)

    def _answer_rejection(self, number: str) -> None:
        """Give way: what was shipped stays ordered as it was; otherwise the auditor wants a later date."""
        del self._rejections[number]
        entry = self._entry(self._orders[number])
        if entry.data["state"] != "confirmed":
            return
        if "已发货" in self._words_of_rejection(entry):
            lines = self._accepted.get(number, entry.data)["lines"]
        else:
            lines = [{**line, "requested_at": self._in(12)} for line in entry.data["lines"]]
        self._save(entry, lines=lines)
        self._count("corrections")

    def _words_of_rejection(self, entry: Entry) -> str:
        return " ".join(str(self._row(entry, line, "reason", "")) for line in entry.data["lines"])

    # looking up

    def _entry(self, order: PlannedOrder) -> Entry:
        entry = self._desk.get("sales_order", self._organisation(order), order.number)
        assert entry is not None, order.number
        return entry

    def _organisation(self, order: PlannedOrder) -> str:
        return self._words.of("organisation", order.organisation)

    def _row(self, entry: Entry, line: Data, name: str, default: Any) -> Any:
        row = self._progress.get((entry.organisation, entry.number, int(line["line"])))
        return (row.data.get(name) if row else None) or default

    def _is_moving(self, entry: Entry, line: Data) -> bool:
        return Decimal(str(self._row(entry, line, "shipped", 0))) > 0

    def _is_finished(self, entry: Entry, line: Data) -> bool:
        """Shipped and invoiced in full, or cancelled, as far as the CRM has been told.

        A line that was taken back before anybody told of it needs no telling.
        """
        default = "cancelled" if line.get("state") == "cancelled" else ""
        state = self._row(entry, line, "state", default)
        invoiced = Decimal(str(self._row(entry, line, "invoiced", 0)))
        return state == "cancelled" or (state in FINISHED and invoiced >= shapes.count(line["quantity"]))

    def _count(self, what: str) -> None:
        self.done[what] = self.done.get(what, 0) + 1


def _with_quantity(line: Data, more: int) -> Data:
    """The line for so many more (or fewer) pieces, at the same price."""
    return shapes.priced(line, int(shapes.count(line["quantity"])) + more, Decimal(line["price_with_tax"]))


def _verdict(row: Entry) -> tuple[Any, Any]:
    return row.data.get("state"), row.data.get("reason")


_NEXT: dict[str, tuple[float, Callable[[Customers, PlannedOrder], None]]] = {
    # story: (business hours after placing, what the customer does)
    "more": (14, Customers._more),
    "fewer": (10, Customers._fewer),
    "later": (8, Customers._later),
    "add_line": (6, Customers._add_line),
    "drop_line": (4, Customers._drop_line),
    "cancel_early": (2, Customers._cancel),
    "cancel_late": (18, Customers._cancel),
}
