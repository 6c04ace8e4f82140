"""The MES's shop floor: dispatches work orders operation by operation, makes, and tells what it did."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from decimal import Decimal

from hub.demo.factory import shapes
from hub.demo.factory.clock import Agenda, Dice
from hub.demo.factory.desk import Desk
from hub.demo.factory.foreman import Foreman, Outcome
from hub.demo.factory.shapes import Data, Words
from hub.demo.factory.work import ZERO, Operation, WorkOrder
from hub.sdk.simulation import Entry

ACTIVE = ("released", "in_progress")
TWO_RUNS_FROM, TWO_RUNS_SHARE, LONGEST_RUN_H = 5, 0.4, 4.0


class ShopFloor:
    """Knows nothing but what stands in the MES's books: work orders, bills and routings that the hub has imported."""

    def __init__(self, desk: Desk, agenda: Agenda, dice: Dice, words: Words) -> None:
        self._desk, self._agenda, self._dice, self._words = desk, agenda, dice, words
        self._orders: dict[tuple[str, str], WorkOrder] = {}
        self.done: Counter[str] = Counter()
        self._foreman = Foreman(desk, agenda, dice, words, self.done)
        desk.on("production_order", self._order_came)
        desk.on("routing", self._recipe_came)
        desk.on("bom", self._recipe_came)

    def open_business(self) -> list[str]:
        """Work orders that the shop has not done with: `number state`."""
        return [f"{order.number} {order.state}" for order in self._orders.values() if self._is_open(order)]

    def _is_open(self, order: WorkOrder) -> bool:
        if order.state not in (*ACTIVE, "on_hold"):
            return any(operation.running for operation in order.operations)
        return order.state == "on_hold" or not order.operations or not order.is_at_rest or order.declared < order.operations[-1].good

    # what the hub imports

    def _order_came(self, entry: Entry) -> None:
        """A new order, or a new version of one. A cancelled or closed order begins nothing more."""
        data, place = entry.data, (entry.organisation, entry.number)
        quantity, state = shapes.count(data.get("quantity")), str(data.get("state"))
        order = self._orders.get(place)
        if order is None:
            order = self._orders[place] = WorkOrder(*place, str(data["material"]), quantity, state)
            self._agenda.after(self._dice.hours(0.3, 1, "dispatch", *place), self._advance, order)
        elif order.quantity != quantity or order.state != state:
            self.done["changed_orders"] += 1
            order.quantity, order.state = quantity, state
            self._agenda.after(0.2, self._advance, order)

    def _recipe_came(self, entry: Entry) -> None:
        for order in self._orders.values():
            if not order.operations and order.material == entry.data.get("material"):
                self._agenda.after(0.2, self._advance, order)

    # working

    def _advance(self, order: WorkOrder) -> None:
        """Begin whatever can be begun; nothing while the order stands still."""
        order.operations = order.operations or self._operations(order)
        if order.state not in ACTIVE:
            return
        for at, operation in enumerate(order.operations):
            waiting = order.waiting_at(at)
            if waiting > 0 and not operation.running:
                self._begin(order, operation, self._portion(order, at, waiting))

    def _portion(self, order: WorkOrder, at: int, waiting: Decimal) -> Decimal:
        """Everything at once; at the last operation sometimes half of it first."""
        in_two = at == len(order.operations) - 1 and not order.operations[at].runs and waiting >= TWO_RUNS_FROM
        if in_two and self._dice.happens(TWO_RUNS_SHARE, "two runs", order.organisation, order.number):
            return waiting // 2
        return waiting

    def _begin(self, order: WorkOrder, operation: Operation, quantity: Decimal) -> None:
        operation.running = quantity
        operation.runs += 1
        job = self._foreman.dispatch(order, operation, quantity)
        self._foreman.consume(order, operation, quantity, job)
        hours = self._hours(order, operation, quantity)
        self._agenda.after(hours, self._end, order, operation, quantity, job, hours)

    def _hours(self, order: WorkOrder, operation: Operation, quantity: Decimal) -> float:
        """How long it takes: several pieces at a time; a supplier takes half a day; a machine may stop."""
        if operation.outsourced:
            return self._dice.hours(4, 8, "supplier", order.organisation, order.number)
        hours = 0.2 + min(operation.minutes * float(quantity) / 60 / 2, LONGEST_RUN_H)
        return hours + self._foreman.run_machine(order, operation, hours)

    def _end(self, order: WorkOrder, operation: Operation, quantity: Decimal, job: str, hours: float) -> None:
        """Report. Pieces to be worked again come through a little later, and the next operation waits for them."""
        start = self._agenda.moment - timedelta(hours=hours)
        outcome = self._foreman.report(order, operation, quantity, job, start)
        operation.processed += quantity
        operation.good += outcome.passed
        operation.running = outcome.again
        if outcome.again:
            self._agenda.after(self._dice.hours(0.5, 1.5, "again", job), self._end_again, order, operation, outcome, job)
        self._through(order, operation)

    def _end_again(self, order: WorkOrder, operation: Operation, outcome: Outcome, job: str) -> None:
        operation.good += self._foreman.report_again(order, operation, outcome, job)
        operation.running = ZERO
        self._through(order, operation)

    def _through(self, order: WorkOrder, operation: Operation) -> None:
        is_last = operation is order.operations[-1]
        if is_last and not operation.running and operation.good > order.declared:
            self._foreman.declare(order, operation, operation.good - order.declared)
            order.declared = operation.good
        self._agenda.after(0.2, self._advance, order)

    # recipes

    def _operations(self, order: WorkOrder) -> list[Operation]:
        """From what is frozen on the order, or else from the MES's own bill and routing; [] while one of them is missing."""
        entry = self._desk.get("production_order", order.organisation, order.number)
        data = entry.data if entry else {}
        steps = data.get("routing_snapshot") or self._recipe("routing", order).get("operations") or []
        lines = data.get("bom_snapshot") or self._recipe("bom", order).get("lines") or []
        if not steps or not lines:
            return []
        first = min(int(step["sequence"]) for step in steps)
        return [
            self._operation(step, [line for line in lines if int(line.get("sequence") or first) == int(step["sequence"])])
            for step in steps
        ]  # fmt: skip

    def _operation(self, step: Data, components: list[Data]) -> Operation:
        minutes = float(step.get("run_minutes") or 6)
        outsourced = step.get("subcontracted") in (True, "true", "True", 1)
        return Operation(int(step["sequence"]), step["operation"], str(step.get("work_center") or ""), minutes, outsourced, components)

    def _recipe(self, kind: str, order: WorkOrder) -> Data:
        """The newest released bill or routing of the order's material in the MES's books."""
        recipes = self._desk.books.entries(kind, organisation=order.organisation)
        found = [entry.data for entry in recipes if entry.data.get("material") == order.material]
        return dict(found[-1]) if found else {}
