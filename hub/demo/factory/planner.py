"""The ERP's planner: nets demand against stock, merges and splits it, releases production orders, changes and closes them."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from hub.demo.factory import shapes
from hub.demo.factory.clerk import Clerk
from hub.demo.factory.clock import Agenda, Dice
from hub.demo.factory.desk import Desk
from hub.demo.factory.ledger import ZERO, Demand, Job, Ledger, LineKey
from hub.demo.factory.shapes import Data, Words
from hub.sdk.simulation import Entry

NETTING_H = 4.0          # demand is gathered that long before it becomes production orders
MAKING_H = 36.0          # from the plan to its end: planned on one day, due on another, so that a day's plan can be frozen
DATES = ("planned_start_at", "planned_end_at")
SPLIT_FROM = Decimal(30)
UNAUDIT_SHARE, CLOSE_SHARE, SPLIT_SHARE = 0.10, 0.25, 0.08


class Planner:
    """Turns audited order lines into reservations and production orders; the clerk ships what has been put aside."""

    def __init__(self, desk: Desk, agenda: Agenda, dice: Dice, words: Words, ledger: Ledger, clerk: Clerk) -> None:
        self._desk, self._agenda, self._dice, self._words, self._ledger, self._clerk = desk, agenda, dice, words, ledger, clerk
        self._waiting: defaultdict[tuple[str, str], list[LineKey]] = defaultdict(list)

    def plan(self, demand: Demand) -> None:
        """Cover what an order line lacks, or give back what it no longer wants."""
        gap = self._ledger.gap(demand)
        if gap > 0:
            self._cover(demand, gap)
        elif gap < 0:
            self._give_back(demand, -gap)
        if demand.reserved > 0:
            self._clerk.plan_shipment(demand.key)

    def make_for_stock(self, organisation: str, material: str, quantity: Decimal) -> None:
        """A production order without demand (备库)."""
        self._create(organisation, material, quantity, {})
        self._ledger.done["for_stock"] += 1

    def is_making(self, organisation: str, material: str) -> bool:
        return any(job.is_open and (job.organisation, job.material) == (organisation, material) for job in self._ledger.jobs.values())

    # netting

    def _cover(self, demand: Demand, gap: Decimal) -> None:
        place = demand.key.organisation, demand.material
        taken = min(gap, self._ledger.free[place])
        self._ledger.free[place] -= taken
        demand.reserved += taken
        if taken and demand.reserved + demand.shipped >= demand.wanted:
            self._ledger.done["from_stock"] += 1
        if gap > taken:
            self._gather(demand, gap - taken)

    def _gather(self, demand: Demand, quantity: Decimal) -> None:
        place = demand.key.organisation, demand.material
        demand.waiting += quantity
        if not self._waiting[place]:
            self._agenda.after(0.5 if demand.is_urgent else NETTING_H, self._net, *place)
        self._waiting[place].append(demand.key)

    def _net(self, organisation: str, material: str) -> None:
        """Make production orders of the gathered demand: one for several lines, or two where it is much."""
        keys = self._waiting.pop((organisation, material), [])
        links: dict[LineKey, Decimal] = {}
        for demand in (self._ledger.demands[key] for key in dict.fromkeys(keys)):
            if demand.waiting > 0:
                links[demand.key], demand.waiting = demand.waiting, ZERO
        total = sum(links.values(), ZERO)
        if total <= 0:
            return
        self._ledger.done["merges"] += len(links) > 1
        half = total // 2
        if half and (total >= SPLIT_FROM or self._dice.happens(SPLIT_SHARE, "split", organisation, *links)):
            self._split(organisation, material, links, half)
        else:
            self._create(organisation, material, total, links)

    def _split(self, organisation: str, material: str, links: dict[LineKey, Decimal], first: Decimal) -> None:
        """Two production orders: the first takes the first lines up to its quantity, the second the rest."""
        taken: dict[LineKey, Decimal] = {}
        rest: dict[LineKey, Decimal] = {}
        room = first
        for key, quantity in links.items():
            part = min(room, quantity)
            room -= part
            taken |= {key: part} if part else {}
            rest |= {key: quantity - part} if quantity > part else {}
        parent = self._create(organisation, material, first, taken)
        self._create(organisation, material, sum(rest.values(), ZERO), rest, parent.number)
        self._ledger.done["splits"] += 1

    def _create(
        self, organisation: str, material: str, quantity: Decimal, links: dict[LineKey, Decimal], split_from: str | None = None
    ) -> Job:
        """The plan and the production order, not yet released."""
        plan, number = self._desk.number("PL", organisation), self._desk.number("MO", organisation)
        rush = any(self._ledger.demands[key].is_urgent for key in links)
        job = Job(organisation, number, material, quantity, dict(links), dict(links), plan, split_from, rush)
        self._ledger.jobs[organisation, number] = job
        self._desk.write("production_plan", organisation, plan, self._plan_document(job, "firm"), "audited")
        document = {**self._document(job), "created_at": self._agenda.moment}
        self._desk.write("production_order", organisation, number, document, "submitted")
        self._agenda.after(0.5 if rush else self._dice.hours(1, 2, "release", organisation, number), self.release, job)
        return job

    # giving back

    def _give_back(self, demand: Demand, surplus: Decimal) -> None:
        """First what is only planned, then what production orders owe, then what lies ready."""
        dropped = min(surplus, demand.waiting)
        demand.waiting -= dropped
        surplus -= dropped
        for job in list(self._ledger.open_jobs(demand.key)):
            surplus -= self._take_from(job, demand.key, surplus)
        freed = min(surplus, demand.reserved)
        demand.reserved -= freed
        self._ledger.free[demand.key.organisation, demand.material] += freed

    def _take_from(self, job: Job, key: LineKey, quantity: Decimal) -> Decimal:
        """Owe the line less. A production order that owes nothing any more and has not begun is cancelled; others make for stock."""
        part = min(job.links[key], quantity)
        if not part:
            return part
        job.links[key] -= part
        job.demands[key] -= part
        if job.state == "planned" and part < job.quantity:
            job.quantity -= part
        if not any(job.links.values()) and not job.reports and job.state != "on_hold":
            self._change(job, "cancelled", cancel_reason=self._words.of("reason", "CANCEL-PROJECT"))
            self._ledger.done["cancelled_jobs"] += 1
        else:
            self._change(job, job.state)
        return part

    # the life of a production order

    def release(self, job: Job) -> None:
        """Down to the shop floor, with bill and routing frozen."""
        if job.state != "planned":
            return
        self._change(job, "released", released_at=self._agenda.moment)
        document = self._plan_document(job, "released")
        self._desk.write("production_plan", job.organisation, job.plan, document, "audited")
        self._clerk.issue_more(job)

    def reported(self, job: Job, scrapped: Decimal) -> None:
        """A report about the order was posted. Some orders are taken back for a change now (反审核)."""
        job.reports += 1
        job.scrapped += scrapped
        if job.state == "released":
            self._change(job, "in_progress")
            if job.links and self._dice.happens(UNAUDIT_SHARE, "unaudit", job.organisation, job.number):
                self.unaudit(job)
                more = job.quantity + self._dice.about("more", job.number).randint(1, 3)
                self._agenda.after(self._dice.hours(2, 4, "reaudit", job.number), self.audit_again, job, more)
        self.finish(job)

    def unaudit(self, job: Job) -> None:
        """反审核: the order stands still until it is audited again."""
        self._change(job, "on_hold", status="draft", hold_reason=self._words.of("reason", "CHANGE-DEMAND"))
        self._ledger.done["unaudits"] += 1

    def audit_again(self, job: Job, quantity: Decimal, is_pinned: bool = False) -> None:
        """重新审核 with another quantity: a new version. A pinned order stays open, whatever comes in."""
        if job.state == "on_hold":
            job.is_pinned = is_pinned
            job.quantity = quantity
            self._change(job, "in_progress")
            self.finish(job)

    def received(self, job: Job) -> None:
        """Goods of the order were posted. Now and then the rest is not worth making (强制结案)."""
        job.receipts += 1
        is_short = job.is_open and not job.is_satisfied and not job.is_pinned
        if is_short and job.state == "in_progress" and self._dice.happens(CLOSE_SHARE, "close", job.organisation, job.number):
            self._ledger.done["forced_closes"] += 1
            self._close(job, self._words.of("reason", "CLOSE-SHORT"))
        self.finish(job)

    def finish(self, job: Job) -> None:
        """Complete what is satisfied; close it a little later."""
        if job.state in ("released", "in_progress") and job.is_satisfied:
            self._change(job, "completed")
            self._agenda.after(1.0, self._close, job, None)

    def _close(self, job: Job, reason: str | None) -> None:
        """Close; what is still owed is planned anew."""
        self._change(job, "closed", closed_at=self._agenda.moment, close_reason=reason)
        owed = [key for key, quantity in job.links.items() if quantity > 0]
        job.links.clear()
        for demand in (self._ledger.demands[key] for key in owed):
            demand.was_short = True
            self.plan(demand)

    def _change(self, job: Job, state: str, *, status: str | None = None, **facts: Any) -> None:
        job.state = state
        entry = self._desk.get("production_order", job.organisation, job.number)
        document = {**(entry.data if entry else {}), **self._document(job), **facts}
        default = "cancelled" if state == "cancelled" else "submitted" if state == "planned" else "audited"
        self._desk.write("production_order", job.organisation, job.number, document, status or default)

    # documents

    def _document(self, job: Job) -> Data:
        start = self._agenda.moment
        document = {
            "number": job.number, "material": self._words.of("material", job.material), "state": job.state,
            "quantity": self._words.quantity(job.material, job.quantity), "demands": self._links(job), "plan": job.plan,
            "split_from": job.split_from, "rush": job.rush, "priority": 1 if job.rush else 5, "changed_at": start,
        }  # fmt: skip
        if job.state == "planned":
            return {**document, **_dates(start)}
        if job.state == "released":
            words = self._words
            frozen = shapes.bill_lines(words, job.material), shapes.route_steps(words, job.material)
            return {**document, **self._origins(job), "bom_snapshot": frozen[0], "routing_snapshot": frozen[1]}
        return document

    def _origins(self, job: Job) -> Data:
        """The bill and the routing that the frozen lines come from, by the ERP's own numbers."""
        local = self._words.of("material", job.material)
        return {"bom": f"{local}_V1", "routing": f"{local}_R1"}

    def _plan_document(self, job: Job, state: str) -> Data:
        """The plan; its dates stay what they were when it was made."""
        known = self._desk.get("production_plan", job.organisation, job.plan)
        now = self._agenda.moment
        return {
            **({name: known.data[name] for name in (*DATES, "created_at")} if known else {**_dates(now), "created_at": now}),
            "number": job.plan, "material": self._words.of("material", job.material), "state": state, "demands": self._links(job),
            "quantity": self._words.quantity(job.material, job.quantity), "changed_at": now,
        }  # fmt: skip

    def _links(self, job: Job) -> list[Data]:
        return [
            {"order": key.order, "line": key.line, "quantity": self._words.quantity(job.material, quantity)}
            for key, quantity in job.demands.items() if quantity > 0
        ]  # fmt: skip

    def known(self, entry: Entry) -> Job | None:
        """The production order that a report or receipt is about."""
        number = shapes.local_number(entry.data.get("production_order"))
        return self._ledger.jobs.get((entry.organisation, number))


def _dates(start: datetime) -> Data:
    return dict(zip(DATES, (start, start + timedelta(hours=MAKING_H)), strict=True))
