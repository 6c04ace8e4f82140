"""The factory brain: the people of three systems, each at their own desk, who know of each other only what the hub carries."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta

from hub.demo.factory import catalogue, shapes
from hub.demo.factory.auditor import Auditor
from hub.demo.factory.clerk import Clerk
from hub.demo.factory.clock import Agenda, BusinessClock, Dice
from hub.demo.factory.customers import Customers
from hub.demo.factory.desk import Desk
from hub.demo.factory.ledger import Ledger
from hub.demo.factory.orders import plan_order, plan_orders
from hub.demo.factory.planner import Planner
from hub.demo.factory.shapes import Words
from hub.demo.factory.shopfloor import ShopFloor
from hub.demo.factory.slips import Slip
from hub.sdk.simulation import Books, Faults

PACE = 3600.0            # business seconds per real second: an hour a second
INTERVAL_H = 0.25        # business hours between orders: 200 orders in fifty real seconds
SOURCES_READ_H = 2.0     # a moment for the master data to travel before the first order
LOOK_BACK = timedelta(days=28)
EXTRA_FROM = 90_000      # numbers of orders that a scene asks for


class Factory:
    """Steps through the business. `step()` is cheap and is called every 50–100 ms; nothing in it waits or does I/O."""

    def __init__(
        self, books: Mapping[str, Books], *, orders: int = 40, seed: int = 7, pace: float = PACE,
        start: datetime | None = None, real: Callable[[], float] = time.monotonic, faults: Mapping[str, Faults] | None = None,
    ) -> None:  # fmt: skip
        """`books`: of 'crm', 'erp' and 'mes'. `start` of business time (aware UTC). If not given: 28 days ago, so that it ends before
        today, and `hub report` finds it in the month it looks at by itself.

        `faults` (per system) strike with late commits here, for systems whose simulator does not hide changes itself.
        """
        self.codes, self.books, self.orders = catalogue.codes(), books, orders
        for shared in catalogue.NEW_CUSTOMERS:
            self.codes.add(catalogue.customer(shared))
        self._real, self._quiet_since, self._extra = real, real(), 0
        self.dice = Dice(seed)
        self.clock = BusinessClock(start or datetime.now(UTC) - LOOK_BACK, pace, real)
        self.agenda = Agenda(self.clock)
        self.desks = {system: Desk(books[system], (faults or {}).get(system)) for system in ("crm", "erp", "mes")}
        self.words = {system: Words(system, self.codes) for system in self.desks}
        self._open_crm(seed)
        self._open_erp()
        self.shopfloor = ShopFloor(self.desks["mes"], self.agenda, self.dice, self.words["mes"])

    def _open_crm(self, seed: int) -> None:
        planned = plan_orders(self.orders, self.dice)
        self.customers = Customers(self.desks["crm"], self.agenda, self.dice, self.words["crm"], planned)
        self.agenda.after(SOURCES_READ_H, self.customers.open_for_business, INTERVAL_H)

    def _open_erp(self) -> None:
        desk, words = self.desks["erp"], self.words["erp"]
        self.ledger = Ledger()
        self.clerk = Clerk(desk, self.agenda, self.dice, words, self.ledger)
        self.planner = Planner(desk, self.agenda, self.dice, words, self.ledger, self.clerk)
        self.clerk.planning = self.planner
        self.auditor = Auditor(desk, self.agenda, self.dice, words, self.ledger, self.planner, self.clerk)
        for _, organisation, *_ in catalogue.ORGANISATIONS.values():
            _open_master_data(desk, words, organisation)
        self.clerk.open_stock()

    def step(self) -> None:
        """Read what has come in, do what is due."""
        worked = len(self.agenda)
        heard = sum(desk.read_inbox() for desk in self.desks.values())
        self.agenda.work_off()
        if heard or len(self.agenda) != worked:
            self._quiet_since = self._real()

    def finished(self) -> bool:
        """All orders are placed, nothing is put down to be done, and no system has anything open."""
        return self.all_placed() and not len(self.agenda) and not any(self.open_business().values())

    def all_placed(self) -> bool:
        """Whether every planned order has been placed."""
        return len(self.customers.placed) >= self.orders + self._extra

    def order_now(self, story: str) -> str:
        """A further order, at once, whose story goes as told (`orders.STORIES`, or 'new_alias'); its number."""
        self._extra += 1
        order = plan_order(EXTRA_FROM + self._extra, story, self.dice)
        self.customers.place(order)
        return order.number

    def quiet_for_s(self) -> float:
        """Real seconds since anybody last had something to do or was told something."""
        return self._real() - self._quiet_since

    def open_business(self) -> dict[str, list[str]]:
        """What is still open, per system, by the system's own numbers: from that system's point of view."""
        return {"crm": self.customers.open_business(), "erp": self._open_in_erp(), "mes": self.shopfloor.open_business()}

    def slips(self) -> dict[str, Slip]:
        """The typing errors so far, by order number: the operator's stand-in knows them, as a person would see them."""
        return self.customers.slips

    def variety(self) -> dict[str, int]:
        """How often each kind of thing has happened."""
        return dict(sorted({**self.customers.done, **self.ledger.done, **self.shopfloor.done}.items()))

    def _open_in_erp(self) -> list[str]:
        lines = [f"{'/'.join(map(str, key))}" for key, demand in self.ledger.demands.items() if not demand.is_done]
        return lines + [f"{job.number} {job.state}" for job in self.ledger.jobs.values() if job.is_open]


def _open_master_data(desk: Desk, words: Words, organisation: str) -> None:
    """What the ERP knew before the hub came: materials, bills, routings, operations, work centres."""
    from hub.demo.factory.structure import made

    masters = {
        "operation": shapes.operations(words),
        "work_center": shapes.work_centers(words),
        "material": [shapes.material(words, code) for code in words.codes.kind("material")],
    }
    for kind, records in masters.items():
        for record in records:
            desk.write(kind, organisation, record["code"], record, "audited", allocated=organisation)
    for product in made():
        local = words.of("material", product)
        desk.write("bom", organisation, f"{local}_V1", shapes.bill(words, product), "audited", allocated=organisation)
        desk.write("routing", organisation, f"{local}_R1", shapes.route(words, product), "audited", allocated=organisation)
