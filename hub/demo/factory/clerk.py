"""The ERP's store and sales clerks: post receipts and consumption, ship, invoice, buy what runs short, and count the stock."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Protocol

from hub.demo.factory import catalogue, shapes
from hub.demo.factory.clock import Agenda, Dice
from hub.demo.factory.desk import Desk
from hub.demo.factory.ledger import ZERO, Demand, Job, Ledger, LineKey
from hub.demo.factory.shapes import Data, Words
from hub.demo.factory.structure import bom
from hub.sdk.simulation import Entry

OPENING = {"raw": Decimal(400), "semi": Decimal(100), "finished": ZERO}
OPENING_FINISHED = Decimal(24)
REORDER = {"raw": Decimal(120), "semi": Decimal(40)}
LOT_SIZE = {"raw": Decimal(400), "semi": Decimal(120)}
COUNT_H = 8.0
PARTIAL_SHARE, EXCESS_SHARE = 0.5, 0.12


class Planning(Protocol):
    """What the clerks ask of the planner, and tell them."""

    def known(self, entry: Entry) -> Job | None: ...

    def received(self, job: Job) -> None: ...

    def make_for_stock(self, organisation: str, material: str, quantity: Decimal) -> None: ...

    def is_making(self, organisation: str, material: str) -> bool: ...


class Clerk:
    """Keeps the stock. `planning` is set once, when the planner has come in."""

    planning: Planning

    def __init__(self, desk: Desk, agenda: Agenda, dice: Dice, words: Words, ledger: Ledger) -> None:
        self._desk, self._agenda, self._dice, self._words, self._ledger = desk, agenda, dice, words, ledger
        self._dirty: set[tuple[str, str]] = set()
        self._ordered: set[tuple[str, str]] = set()
        self._shipping: set[LineKey] = set()
        self._lots: dict[tuple[str, str], str] = {}

    def open_stock(self) -> None:
        """What lies in the stores on the first day."""
        for _, organisation, *_ in catalogue.ORGANISATIONS.values():
            for code in self._words.codes.kind("material"):
                opening = OPENING_FINISHED if code.code.removeprefix("FG-") in catalogue.FROM_STOCK else OPENING[code.attributes["type"]]
                self._move(organisation, code.code, opening)
                if code.attributes["sellable"]:
                    self._ledger.free[organisation, code.code] += opening
        self._count_stock()

    # in

    def receive(self, entry: Entry) -> None:
        """Posted goods go to the lines that the production order is for; what is over is free stock."""
        job = self.planning.known(entry)
        material = self._words.shared("material", entry.data["material"])
        quantity = shapes.count(entry.data["quantity"])
        self._move(entry.organisation, material, quantity)
        self._lots[entry.organisation, material] = entry.data.get("lot") or ""
        left = self._put_aside(job, quantity) if job else quantity
        if material.startswith("FG-"):
            self._ledger.free[entry.organisation, material] += left
        if job:
            job.received += quantity
            self._flush_back(job, quantity)
            self.planning.received(job)

    def _put_aside(self, job: Job, quantity: Decimal) -> Decimal:
        """The most urgent line first; what is left over."""
        for key in sorted(job.links, key=lambda key: (not self._ledger.demands[key].rush, key)):
            part = min(job.links[key], quantity)
            job.links[key] -= part
            quantity -= part
            self._ledger.demands[key].reserved += part
            if part:
                self.plan_shipment(key)
        return quantity

    def _flush_back(self, job: Job, quantity: Decimal) -> None:
        """倒冲: what the bill says was used is booked with the receipt, not from the MES's consumption."""
        for part in bom(job.material):
            if part.issue_method == "back_flush":
                self._move(job.organisation, part.material, -part.quantity * quantity)

    def _buy(self, organisation: str, material: str) -> None:
        """Goods from a supplier (采购入库)."""
        self._ordered.discard((organisation, material))
        number, words, moment = self._desk.number("CGRK", organisation), self._words, self._agenda.moment
        quantity = LOT_SIZE["raw"]
        self._move(organisation, material, quantity)
        second = shapes.weighed(material, quantity, self._dice.about("scale", organisation, number).random())
        line = {
            "line": 1, "material": words.of("material", material), "quantity": words.quantity(material, quantity, second),
            "warehouse": words.of("warehouse", "WH-RAW"), "lot": f"L{material[3:]}-{number}",
        }  # fmt: skip
        document = {
            "number": number, "state": "posted", "received_at": moment, "posted_at": moment,
            "business_date": moment.date().isoformat(), "posting_date": moment.date().isoformat(), "lines": [line],
        }  # fmt: skip
        self._desk.write("purchase_receipt", organisation, number, document, "audited")
        self._ledger.done["purchases"] += 1

    # out

    def use_up(self, entry: Entry) -> None:
        """Consumption was posted (领料): one component, or several lines of them."""
        for line in entry.data.get("lines") or [entry.data]:
            self._move(entry.organisation, self._words.shared("material", line["material"]), -shapes.count(line["quantity"]))

    def issue_more(self, job: Job) -> None:
        """超领: now and then the store hands out more than the bill says; the ERP's own document."""
        if not self._dice.happens(EXCESS_SHARE, "excess", job.organisation, job.number):
            return
        part = bom(job.material)[0].material
        number, words, moment = self._desk.number("LL", job.organisation), self._words, self._agenda.moment
        store = words.of("warehouse", "WH-RAW")
        line = {"line": 1, "material": words.of("material", part), "quantity": words.quantity(part, 1), "warehouse": store}
        document = {
            "number": number, "production_order": job.number, "type": "excess", "state": "posted", "issued_at": moment,
            "business_date": moment.date().isoformat(), "lines": [line],
        }  # fmt: skip
        self._desk.write("material_issue", job.organisation, number, document, "audited")
        self._move(job.organisation, part, Decimal(-1))
        self._ledger.done["excess_issues"] += 1

    def plan_shipment(self, key: LineKey) -> None:
        """Something lies ready for the line: look after it within a few hours."""
        if key not in self._shipping:
            self._shipping.add(key)
            self._agenda.after(self._dice.hours(1, 3, "ship", *key), self._ship, key)

    def _ship(self, key: LineKey) -> None:
        self._shipping.discard(key)
        demand = self._ledger.demands[key]
        order = self._desk.get("sales_order", key.organisation, key.order)
        quantity = min(demand.reserved, demand.wanted - demand.shipped)
        if quantity <= 0 or order is None or order.status != "audited" or (price := _price(order, key)) is None:
            return
        rest = demand.wanted - demand.shipped - quantity
        if rest and not self._dice.happens(PARTIAL_SHARE, "partial", *key):
            return
        self._ledger.done["partial_shipments"] += bool(rest)
        demand.reserved -= quantity
        demand.shipped += quantity
        self._move(key.organisation, demand.material, -quantity)
        number = self._write_shipment(order, demand, quantity)
        self._agenda.after(self._dice.hours(1, 3, "invoice", *key), self._invoice, demand, quantity, number, price)

    def _write_shipment(self, order: Entry, demand: Demand, quantity: Decimal) -> str:
        number, moment = self._desk.number("XSCK", order.organisation), self._agenda.moment
        line = {
            **self._line(demand, quantity), "warehouse": self._words.of("warehouse", "WH-FG"),
            "lot": self._lots.get((order.organisation, demand.material)) or None,
        }  # fmt: skip
        document = {
            "number": number, "customer": order.data["customer"], "state": "shipped", "shipped_at": moment,
            "business_date": moment.date().isoformat(), "posting_date": moment.date().isoformat(), "lines": [line], "changed_at": moment,
        }  # fmt: skip
        self._desk.write("shipment", order.organisation, number, document, "audited")
        self._ledger.done["shipments"] += 1
        return number

    def _invoice(self, demand: Demand, quantity: Decimal, shipment: str, price: Decimal) -> None:
        """At the price at which it was shipped: the order may have been changed since."""
        key, moment = demand.key, self._agenda.moment
        order = self._desk.get("sales_order", key.organisation, key.order)
        assert order is not None
        number = self._desk.number("YSD", key.organisation)
        line = shapes.priced({**self._line(demand, quantity), "shipment": shipment}, int(quantity), price)
        document = {
            "number": number, "customer": order.data["customer"], "state": "issued", "invoiced_at": moment, "currency": "CNY",
            "business_date": moment.date().isoformat(), **shapes.totals([line]), "lines": [line], "changed_at": moment,
        }  # fmt: skip
        self._desk.write("invoice", key.organisation, number, document, "audited")
        demand.invoiced += quantity
        self._close_order(order, self._ledger.order_lines(key.organisation, key.order))

    def _close_order(self, order: Entry, lines: Iterable[Demand]) -> None:
        if order.status == "audited" and all(demand.is_done for demand in lines):
            self._desk.mark(order, "audited", state="closed")

    def _line(self, demand: Demand, quantity: Decimal) -> Data:
        return {
            "line": 1, "order": demand.key.order, "order_line": demand.key.line,
            "material": self._words.of("material", demand.material), "quantity": self._words.quantity(demand.material, quantity),
        }  # fmt: skip

    # stock

    def _move(self, organisation: str, material: str, quantity: Decimal) -> None:
        place = organisation, material
        self._ledger.on_hand[place] += quantity
        if quantity and not self._dirty:
            self._agenda.after(COUNT_H, self._count_stock)
        self._dirty.add(place)
        if quantity < 0:
            self._reorder(place)

    def _reorder(self, place: tuple[str, str]) -> None:
        type_ = self._words.codes.get("material", place[1]).attributes["type"]
        if self._ledger.on_hand[place] >= REORDER.get(type_, ZERO):
            return
        if type_ == "raw" and place not in self._ordered:
            self._ordered.add(place)
            self._agenda.after(self._dice.hours(4, 8, "buy", *place), self._buy, *place)
        elif type_ == "semi" and not self.planning.is_making(*place):
            self.planning.make_for_stock(*place, LOT_SIZE["semi"])

    def _count_stock(self) -> None:
        """The stock list, for what has moved since."""
        for organisation, material in sorted(self._dirty):
            store = self._words.of("warehouse", "WH-FG" if material.startswith("FG-") else "WH-RAW")
            local = self._words.of("material", material)
            document = {
                "material": local, "warehouse": store, "changed_at": self._agenda.moment, "status": "unrestricted",
                "quantity": self._words.quantity(material, self._ledger.on_hand[organisation, material]),
            }  # fmt: skip
            self._desk.write("stock_balance", organisation, f"{local}@{store}", document, "audited")
        self._dirty.clear()


def _price(order: Entry, key: LineKey) -> Decimal | None:
    """With tax, as the order has it now; None where it no longer has the line."""
    prices = (Decimal(str(line["price_with_tax"])) for line in order.data["lines"] if int(line["line"]) == key.line)
    return next(prices, None)
