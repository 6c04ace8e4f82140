"""The people of a small pump works, each at their own system: they do what a test tells them, in that system's own words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from hub.demo.factory import catalogue, shapes
from hub.demo.factory.clock import midnight
from hub.demo.factory.codes import Codes
from hub.demo.factory.desk import Desk
from hub.demo.factory.shapes import Data, Words
from hub.demo.factory.structure import routing
from hub.sdk.simulation import Entry, MemoryBooks

PRODUCT = "FG-CP050"
CUSTOMER = "CUS-0001"
LINE = 10
OPERATIONS = tuple(step.number for step in routing(PRODUCT))


class Office:
    """One system's desk. `organisation`: the works' code in this system."""

    def __init__(self, system: str, codes: Codes) -> None:
        self.books = MemoryBooks(system)
        self.words = Words(system, codes)
        self.organisation = self.words.of("organisation", "P1")
        self.desk = Desk(self.books)

    def held(self, kind: str, number: str) -> Data:
        """What the system itself holds of one document; {} where it has none."""
        entry = self.books.get(kind, self.organisation, number)
        return dict(entry.data) | {"status": entry.status} if entry else {}

    def pieces(self, quantity: int) -> Data:
        return self.words.quantity(PRODUCT, quantity)

    def write(self, kind: str, number: str, data: Mapping[str, Any], status: str) -> Entry:
        return self.desk.write(kind, self.organisation, number, {"number": number, **data}, status)

    def change(self, kind: str, number: str, status: str, **changes: Any) -> Entry:
        """The document with some fields changed, in this status."""
        entry = self.books.get(kind, self.organisation, number)
        assert entry is not None, f"{self.books.system} has no {kind} {number}"
        return self.desk.mark(entry, status, **changes, changed_at=now())


class Sales(Office):
    """The CRM."""

    def __init__(self, codes: Codes) -> None:
        super().__init__("crm", codes)
        plain, profile = shapes.customer(CUSTOMER)
        self.write("customer_profile", plain["code"], profile, "audited")
        self.write("customer", plain["code"], plain, "audited")

    def order(self, number: str, quantity: int, *, days: int = 10, priority: int | None = None) -> None:
        """A customer orders pumps."""
        empty = {
            "line": LINE, "material": self.words.of("material", PRODUCT), "quantity": self.pieces(quantity),
            "requested_at": day(days), "priority": priority,
        }  # fmt: skip
        lines = [shapes.priced(empty, quantity, catalogue.price(PRODUCT))]
        document = {
            "customer": self.words.of("customer", CUSTOMER), "state": "confirmed", "ordered_at": now(), "currency": "CNY",
            "lines": lines, **shapes.totals(lines),
        }  # fmt: skip
        self.write("sales_order", number, document, "audited")

    def reorder(self, number: str, quantity: int) -> None:
        """The customer wants another quantity."""
        (line,) = self.held("sales_order", number)["lines"]
        lines = [shapes.priced(line, quantity, catalogue.price(PRODUCT))]
        self.change("sales_order", number, "audited", lines=lines, **shapes.totals(lines))

    def progress(self, order: str) -> Data:
        """What the CRM was told about the order's only line."""
        told = [entry.data for entry in self.books.entries("order_progress") if entry.data["order"] == order]
        assert len(told) < 2, f"{order} is told of in {len(told)} rows"
        return dict(told[0]) if told else {}


class Planning(Office):
    """The ERP: its auditor, its planner, its store."""

    def __init__(self, codes: Codes) -> None:
        super().__init__("erp", codes)
        material = shapes.material(self.words, codes.get("material", PRODUCT))
        self.desk.write("material", self.organisation, material["code"], material, "audited", allocated=self.organisation)
        route = shapes.route(self.words, PRODUCT)
        self.desk.write("routing", self.organisation, f"{material['code']}_R1", route, "audited", allocated=self.organisation)

    def audit_customers(self) -> bool:
        """Customers that were submitted may be used from now on; whether there were any."""
        came = [entry for entry in self.books.entries("customer") if entry.status == "submitted"]
        for entry in came:
            self.desk.write("customer", entry.organisation, entry.number, entry.data, "audited", allocated=self.organisation)
        return bool(came)

    def accept(self, order: str, *, days: int) -> None:
        """Audit an order and promise it."""
        (line,) = self.held("sales_order", order)["lines"]
        promised = {"promised_at": day(days), "first_promised_at": line.get("first_promised_at") or day(days)}
        self.change("sales_order", order, "audited", state="accepted", lines=[{**line, **promised}])

    def make(self, number: str, quantity: int, demands: Mapping[str, int], **facts: Any) -> None:
        """Release a production order for the first lines of some orders."""
        document = {
            "material": self.words.of("material", PRODUCT), "state": "released", "quantity": self.pieces(quantity),
            "demands": self.links(demands), "rush": False, "priority": 5, "planned_start_at": now(), "planned_end_at": day(5),
            "released_at": now(), **facts,
        }  # fmt: skip
        self.write("production_order", number, document, "audited")

    def links(self, demands: Mapping[str, int]) -> list[Data]:
        return [{"order": order, "line": LINE, "quantity": self.pieces(quantity)} for order, quantity in demands.items()]

    def unaudit(self, number: str) -> None:
        """反审核 of a production order."""
        self.change("production_order", number, "draft", state="on_hold", hold_reason=self.words.of("reason", "CHANGE-DEMAND"))

    def resize(self, number: str, quantity: int, demands: Mapping[str, int], **changes: Any) -> None:
        """Another quantity; in force at once where `status` says audited."""
        status = changes.pop("status", "audited")
        self.change("production_order", number, status, quantity=self.pieces(quantity), demands=self.links(demands), **changes)

    def close(self, number: str) -> None:
        """强制结案: the rest is not made."""
        reason = self.words.of("reason", "CLOSE-SHORT")
        self.change("production_order", number, "audited", state="closed", closed_at=now(), close_reason=reason)

    def post(self) -> None:
        """The store audits what it was told of, and what was reported."""
        for kind, posting in (("operation_report", {}), ("goods_receipt", {"state": "posted", "posted_at": now()})):
            for entry in self.books.entries(kind):
                if entry.status == "submitted":
                    self.change(kind, entry.number, "audited", **posting)

    def reported(self, number: str) -> dict[int, int]:
        """Good pieces per operation of a production order, as the ERP's own reports add up."""
        good: Counter[int] = Counter()
        for entry in self.books.entries("operation_report"):
            if entry.data["production_order"] == number:
                good[int(entry.data["sequence"])] += int(entry.data["good"])
        return dict(good)

    def received(self, number: str) -> int:
        """Pieces in the store from a production order."""
        rows = (entry for entry in self.books.entries("goods_receipt") if entry.data["production_order"] == number)
        return sum(count(row.data) for row in rows if row.status == "audited")

    def ship(self, order: str, quantity: int) -> None:
        """Send pieces to the customer."""
        line = {
            "line": 1, "order": order, "order_line": LINE, "material": self.words.of("material", PRODUCT), "quantity": self.pieces(quantity)
        }
        customer = self.held("sales_order", order)["customer"]
        self.write(
            "shipment", f"CK-{order}", {"customer": customer, "state": "shipped", "shipped_at": now(), "lines": [line]}, "audited"
        )


class Floor(Office):
    """The MES. It begins nothing on an order that stands or is closed."""

    def __init__(self, codes: Codes) -> None:
        super().__init__("mes", codes)
        self._count = 0

    def order(self, number: str) -> Data:
        """The work order as the MES has it."""
        return self.held("production_order", number)

    def may_begin(self, number: str) -> int:
        """Pieces that the shop may still begin: none of an order that stands, is closed or is not known."""
        order = self.order(number)
        return count(order) - self.begun(number) if order.get("state") in ("released", "in_progress") else 0

    def begun(self, number: str) -> int:
        """Pieces at which work has begun."""
        return sum(int(row["processed"]) for row in self._reports(number) if row["sequence"] == OPERATIONS[0])

    def dispatch(self, order: str, quantity: int, operation: int = OPERATIONS[0], **facts: Any) -> str:
        """A dispatch job (派工单); its number."""
        number = f"{order}-{operation}-{self._next()}"
        job = {
            "production_order": order, "sequence": operation, "operation": self._operation(operation), "state": "running",
            "quantity": self.pieces(quantity), "started_at": now(), **facts,
        }  # fmt: skip
        self.write("job_order", number, job, "submitted")
        return number

    def report(self, order: str, good: int, *operations: int, job: str | None = None) -> None:
        """Good pieces at some operations; at all of them if none is named."""
        for operation in operations or OPERATIONS:
            report = {
                "production_order": order, "job_order": job, "sequence": operation, "operation": self._operation(operation),
                "material": self.words.of("material", PRODUCT), "type": "production", "unit": self.words.of("unit", "H87"),
                "processed": str(good), "good": str(good), "started_at": now(), "ended_at": now(), "reported_at": now(),
                "is_final": operation == OPERATIONS[-1],
            }  # fmt: skip
            self.write("operation_report", f"BG{self._next():05d}", report, "submitted")

    def declare(self, order: str, quantity: int) -> None:
        """Finished pieces for the store."""
        receipt = {
            "production_order": order, "material": self.words.of("material", PRODUCT), "quantity": self.pieces(quantity),
            "state": "declared", "declared_at": now(), "warehouse": self.words.of("warehouse", "WH-FG"),
        }  # fmt: skip
        self.write("goods_receipt", f"RK{self._next():05d}", receipt, "submitted")

    def finish(self, order: str, quantity: int) -> None:
        """Make pieces to the end and hand them over."""
        self.report(order, quantity)
        self.declare(order, quantity)

    def _reports(self, order: str) -> Iterator[Mapping[str, Any]]:
        return (entry.data for entry in self.books.entries("operation_report") if entry.data["production_order"] == order)

    def _operation(self, sequence: int) -> str:
        return self.words.of("operation", next(step.operation for step in routing(PRODUCT) if step.number == sequence))

    def _next(self) -> int:
        self._count += 1
        return self._count


def now() -> str:
    """The present moment as the books keep it."""
    return datetime.now(UTC).isoformat()


def day(days: int) -> str:
    """Midnight in the factory, so many days from today: systems that know only dates keep this exactly."""
    return (midnight(datetime.now(UTC)) + timedelta(days=days)).isoformat()


def moment(text: str) -> datetime:
    """A time of the books; each vendor writes it in its own form."""
    return datetime.fromisoformat(text)


def count(document: Mapping[str, Any]) -> int:
    """The pieces that a document is about; 0 where it says none."""
    return int(shapes.count(document.get("quantity")))
