"""A world without a hub: a link that copies honestly from books to books, and a clock that the test moves."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal

from hub.demo.factory import Factory
from hub.demo.factory.slips import FOREIGN_STATE, TEST_STATE, WRONG_UNIT
from hub.sdk.simulation import Entry, MemoryBooks

KIND_OF_FIELD = {
    "material": "material", "planned_material": "material", "unit": "unit", "customer": "customer", "operation": "operation",
    "work_center": "work_center", "reason": "reason", "warehouse": "warehouse", "person": "person",
}  # fmt: skip
ROUTED = ("released", "in_progress", "on_hold", "cancelled", "closed")


class World:
    """Three books, a factory over them, and real seconds that pass when the test says so."""

    def __init__(self, orders: int, seed: int = 7, linked: bool = True) -> None:
        self.seconds = 0.0
        self.books = {system: MemoryBooks(system) for system in ("crm", "erp", "mes")}
        self.link = Shortcut(self.books) if linked else None
        self.factory = Factory(self.books, orders=orders, seed=seed, real=lambda: self.seconds)
        if self.link:
            self.link.codes = self.factory.codes

    def pass_time(self, seconds: float, step_s: float = 0.2) -> None:
        for _ in range(int(seconds / step_s)):
            self.seconds += step_s
            self.factory.step()
            if self.link:
                self.link.carry()

    def run_to_the_end(self, limit_s: float = 400) -> None:
        while not self.factory.finished() and self.seconds < limit_s:
            self.pass_time(1)


class Shortcut:
    """Does at once, and without faults, what the hub is for."""

    def __init__(self, books: dict[str, MemoryBooks]) -> None:
        self.books, self.codes = books, None
        self._revisions: Counter[tuple] = Counter()
        self._changed: list[tuple[str, Entry]] = []
        self._carrying = False
        for system, each in books.items():
            each.subscribe(lambda entry, system=system: self._heard(system, entry))

    def _heard(self, system: str, entry: Entry) -> None:
        if not self._carrying or entry.kind == "order_progress":
            self._changed.append((system, entry))

    def carry(self) -> None:
        changed, self._changed = self._changed, []
        self._carrying = True
        for system, entry in changed:
            for target in TARGETS.get((system, entry.kind), ()):
                getattr(self, f"_to_{target}")(system, entry)
        self._carrying = False

    def _to_progress(self, system: str, entry: Entry) -> None:
        numbers = {line["order"] for line in entry.data["lines"]} if entry.kind != "sales_order" else {entry.number}
        for number in numbers:
            order = self.books["erp"].get("sales_order", entry.organisation, number)
            for line in order.data["lines"] if order else ():
                self._write_progress(order, line)

    def _write_progress(self, order: Entry, line: dict) -> None:
        def total(kind: str) -> Decimal:
            rows = (row for doc in self.books["erp"].entries(kind, organisation=order.organisation) for row in doc.data["lines"])
            found = (row for row in rows if (row["order"], row["order_line"]) == (order.number, line["line"]))
            return sum((Decimal(row["quantity"]["value"]) for row in found), Decimal())

        organisation = self.codes.translate("organisation", order.organisation, source="erp", target="crm")
        shipped, ordered = total("shipment"), Decimal(line["quantity"]["value"])
        off = "cancelled" in (order.data["state"], line.get("state"), order.status)
        state = "cancelled" if off else order.data["state"]
        if shipped >= ordered and not off:
            state = "shipped"
        data = {
            "order": order.number, "line": line["line"], "state": state, "ordered": str(ordered), "shipped": str(shipped),
            "invoiced": str(total("invoice")), "promised_at": line.get("promised_at"), "reason": order.data.get("rejection"),
        }  # fmt: skip
        self._save("crm", "order_progress", organisation, f"{order.number}/{line['line']}", data, "audited", order)

    def _to_erp(self, system: str, entry: Entry) -> None:
        data = self._translated(entry.data, system, "erp")
        if entry.kind == "sales_order":
            if entry.data["state"] in (TEST_STATE, FOREIGN_STATE) or WRONG_UNIT in str(entry.data):
                return
            data["lines"] = self._with_promises(entry, data)
        if entry.kind == "material_consumption" and entry.data["issue_method"] == "back_flush":
            return
        number = data["code"] if entry.kind == "customer" else entry.number
        self._copy(system, "erp", entry, data, number, "submitted")

    def _with_promises(self, entry: Entry, data: dict) -> list[dict]:
        old = self.books["erp"].get("sales_order", self._organisation(entry, "crm", "erp"), entry.number)
        known = {line["line"]: line for line in old.data["lines"]} if old else {}
        return [{**known.get(line["line"], {}), **line, "quantity": _narrow(line["quantity"])} for line in data["lines"]]

    def _to_mes(self, system: str, entry: Entry) -> None:
        if entry.kind == "production_order" and entry.data["state"] not in ROUTED:
            return
        self._copy(system, "mes", entry, self._translated(entry.data, system, "mes"), entry.number, "submitted")

    def _copy(self, source: str, target: str, entry: Entry, data: dict, number: str, status: str) -> None:
        self._save(target, entry.kind, self._organisation(entry, source, target), number, data, status, entry, source)

    def _save(
        self, target: str, kind: str, organisation: str, number: str, data: dict, status: str, origin: Entry, source: str = "erp"
    ) -> None:
        place = target, kind, organisation, number
        self._revisions[place] += 1
        shared = self.codes.shared("organisation", source, origin.organisation)
        name = number if kind == "order_progress" else origin.number
        custom = {"key": f"{kind}/{shared}/{name}", "revision": str(self._revisions[place])}
        self.books[target].save(kind, organisation, number, data, status=status, custom=custom)

    def _organisation(self, entry: Entry, source: str, target: str) -> str:
        return self.codes.translate("organisation", entry.organisation, source=source, target=target)

    def _translated(self, data, source: str, target: str):
        if isinstance(data, list):
            return [self._translated(item, source, target) for item in data]
        if not isinstance(data, dict):
            return data
        found = {name: self._translated(value, source, target) for name, value in data.items()}
        for name, kind in {**KIND_OF_FIELD, **({"code": "customer"} if "short_name" in data else {"code": "material"})}.items():
            if isinstance(found.get(name), str):
                found[name] = self.codes.translate(kind, found[name], source=source, target=target) or found[name]
        return found


def _narrow(quantity: dict) -> dict:
    return {**quantity, "value": str(Decimal(quantity["value"]))}


TARGETS = {
    ("crm", "customer"): ("erp",),
    ("crm", "sales_order"): ("erp",),
    ("erp", "sales_order"): ("progress",),
    ("erp", "shipment"): ("progress",),
    ("erp", "invoice"): ("progress",),
    ("erp", "bom"): ("mes",),
    ("erp", "routing"): ("mes",),
    ("erp", "production_order"): ("mes",),
    ("mes", "operation_report"): ("erp",),
    ("mes", "material_consumption"): ("erp",),
    ("mes", "goods_receipt"): ("erp",),
}
