"""The ERP's auditor: looks at what others have submitted (customers, orders, reports, issues, receipts) and audits or rejects it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from hub.demo.factory import catalogue, shapes
from hub.demo.factory.clerk import Clerk
from hub.demo.factory.clock import Agenda, Dice, midnight
from hub.demo.factory.desk import Desk
from hub.demo.factory.ledger import Demand, Ledger, LineKey
from hub.demo.factory.planner import Planner
from hub.demo.factory.shapes import Data, Words
from hub.sdk.simulation import Entry

REJECT_SHARE = 0.08
SUBMITTED, AUDITED = "submitted", "audited"


class Auditor:
    """Reads the ERP's inbox. Nothing that was submitted counts before it was audited here."""

    def __init__(self, desk: Desk, agenda: Agenda, dice: Dice, words: Words, ledger: Ledger, planner: Planner, clerk: Clerk) -> None:
        self._desk, self._agenda, self._dice, self._words = desk, agenda, dice, words
        self._ledger, self._planner, self._clerk = ledger, planner, clerk
        self._rejected: set[tuple[str, str]] = set()
        desk.on("customer", lambda entry: self._later(entry, 0.5, 1.5, self._audit_customer))
        desk.on("sales_order", self._order_came)
        desk.on("operation_report", lambda entry: self._later(entry, 0.2, 0.6, self._audit_report))
        desk.on("goods_receipt", lambda entry: self._later(entry, 0.5, 1.5, self._audit_receipt))
        for kind in ("material_consumption", "material_issue"):
            desk.on(kind, lambda entry: self._later(entry, 0.2, 0.6, self._audit_consumption))

    def _later(self, entry: Entry, low: float, high: float, audit: Callable[[int, str], None]) -> None:
        if entry.status == SUBMITTED or entry.kind == "customer":
            self._agenda.after(self._dice.hours(low, high, entry.kind, entry.organisation, entry.number), audit, entry.id, entry.kind)

    def _submitted(self, id: int, kind: str) -> Entry | None:
        """The entry as it now stands, if it still waits for the auditor."""
        entry = self._desk.books.by_id(kind, id)
        return entry if entry is not None and entry.status == SUBMITTED else None

    # customers

    def _audit_customer(self, id: int, kind: str) -> None:
        """Audit, and allocate to every organisation: before that no order can name the customer."""
        entry = self._desk.books.by_id(kind, id)
        everywhere = ",".join(erp for _, erp, *_ in catalogue.ORGANISATIONS.values())
        is_ready = entry is not None and entry.status == AUDITED and entry.custom.get("allocated") == everywhere
        if entry is not None and entry.status in (SUBMITTED, AUDITED) and not is_ready:
            self._desk.write(kind, entry.organisation, entry.number, entry.data, AUDITED, allocated=everywhere)

    # orders

    def _order_came(self, entry: Entry) -> None:
        if entry.status == "cancelled":
            self._cancel(entry)
        elif entry.status == SUBMITTED:
            self._agenda.after(self._dice.hours(1, 3, "audit", entry.organisation, entry.number), self._audit_order, entry.id, entry.kind)

    def _audit_order(self, id: int, kind: str) -> None:
        entry = self._submitted(id, kind)
        if entry is None:
            return
        if entry.data.get("state") == "cancel_requested":
            self._decide_cancellation(entry)
        elif objection := self._objection(entry):
            self._rejected.add((entry.organisation, entry.number))
            self._ledger.done["rejections"] += 1
            self._desk.mark(entry, "draft", state="rejected", rejection=objection)
        else:
            self._accept(entry)

    def _objection(self, entry: Entry) -> str:
        """Why the order cannot be audited as it is; '' if it can. In the auditor's own words."""
        for line in entry.data["lines"]:
            demand = self._ledger.demands.get(self._key(entry, line))
            if demand and wanted(entry, line) < demand.shipped:
                return f"第 {line['line']} 行已发货 {shapes.amount(demand.shipped)},数量不能低于已发货数量"
        is_first = not self._ledger.order_lines(entry.organisation, entry.number)
        place = entry.organisation, entry.number
        if is_first and place not in self._rejected and self._dice.happens(REJECT_SHARE, "reject", *place):
            return "交期过紧,产能不足,请与客户确认后延期"
        return ""

    def _accept(self, entry: Entry) -> None:
        """Audit with promised dates, then plan."""
        demands = [self._demand(entry, line) for line in entry.data["lines"]]
        gone = [demand for demand in self._ledger.order_lines(entry.organisation, entry.number) if demand not in demands]
        for demand in gone:
            demand.wanted = demand.shipped
        lines = [self._promised(line, demand) for line, demand in zip(entry.data["lines"], demands, strict=True)]
        state = "cancelled" if all(demand.wanted == 0 for demand in demands) else "accepted"
        self._desk.mark(entry, AUDITED, state=state, lines=lines, rejection=None, accepted_at=self._agenda.moment)
        self._ledger.done["audited_orders"] += 1
        self._plan(demands + gone)

    def _decide_cancellation(self, entry: Entry) -> None:
        """What is shipped cannot be cancelled; everything else can: running work makes for stock then."""
        demands = self._ledger.order_lines(entry.organisation, entry.number)
        if any(demand.shipped for demand in demands):
            self._desk.mark(entry, AUDITED, state="accepted", rejection="已发货,不能取消")
            self._plan(demands)
            return
        self._cancel(self._desk.mark(entry, "cancelled", state="cancelled"))

    def _cancel(self, entry: Entry) -> None:
        self._ledger.done["cancelled_orders"] += 1
        demands = self._ledger.order_lines(entry.organisation, entry.number)
        for demand in demands:
            demand.wanted = demand.shipped
        self._plan(demands)

    def _plan(self, demands: Sequence[Demand]) -> None:
        for demand in demands:
            self._agenda.after(0.5, self._planner.plan, demand)

    def _demand(self, entry: Entry, line: Data) -> Demand:
        key = self._key(entry, line)
        demand = self._ledger.demands.get(key)
        if demand is None:
            demand = self._ledger.demands[key] = Demand(key, self._words.shared("material", line["material"]))
        demand.wanted = wanted(entry, line)
        demand.rush = demand.rush or self._asked(line) <= self._agenda.moment + timedelta(days=2)
        return demand

    def _promised(self, line: Data, demand: Demand) -> Data:
        """The date that is asked for, but not before it can be made."""
        earliest = midnight(self._agenda.moment) + timedelta(days=2 if demand.rush else 4)
        promised = max(self._asked(line), earliest).isoformat()
        demand.first_promised = demand.first_promised or promised
        return {**line, "promised_at": promised, "first_promised_at": demand.first_promised}

    def _asked(self, line: Data) -> datetime:
        """The date that the customer asked for; some time from now where none is given."""
        asked = line.get("requested_at")
        return datetime.fromisoformat(asked) if asked else midnight(self._agenda.moment) + timedelta(days=7)

    def _key(self, entry: Entry, line: Data) -> LineKey:
        return LineKey(entry.organisation, entry.number, int(line["line"]))

    # what the shop floor says

    def _audit_report(self, id: int, kind: str) -> None:
        entry = self._submitted(id, kind)
        if entry is None:
            return
        self._desk.mark(entry, AUDITED)
        if job := self._planner.known(entry):
            self._planner.reported(job, Decimal(str(entry.data.get("scrap") or 0)))

    def _audit_receipt(self, id: int, kind: str) -> None:
        entry = self._submitted(id, kind)
        if entry is not None:
            moment = self._agenda.moment
            self._clerk.receive(self._desk.mark(entry, AUDITED, state="posted", posted_at=moment, posting_date=moment.date().isoformat()))

    def _audit_consumption(self, id: int, kind: str) -> None:
        entry = self._submitted(id, kind)
        if entry is not None:
            self._clerk.use_up(self._desk.mark(entry, AUDITED, state="posted"))


def wanted(entry: Entry, line: Data) -> Decimal:
    """The quantity that an order line asks for: nothing where it, or its order, is cancelled."""
    is_off = line.get("state") == "cancelled" or entry.data.get("state") == "cancelled" or entry.status == "cancelled"
    return Decimal() if is_off else shapes.count(line["quantity"])
