"""What the ERP's people keep in mind about demand, production orders and stock. Materials are shared codes, numbers are the ERP's."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple

ZERO = Decimal()
OPEN = ("planned", "released", "in_progress", "on_hold")


class LineKey(NamedTuple):
    """One order line in the ERP (its own organisation code and document number)."""

    organisation: str
    order: str
    line: int


@dataclass(slots=True)
class Demand:
    """One order line: what is wanted, put aside, on its way out; `waiting` is with the planner and not yet in a production order."""

    key: LineKey
    material: str
    wanted: Decimal = ZERO
    waiting: Decimal = ZERO
    reserved: Decimal = ZERO
    shipped: Decimal = ZERO
    invoiced: Decimal = ZERO
    first_promised: str = ""
    rush: bool = False
    was_short: bool = False

    @property
    def is_urgent(self) -> bool:
        """A rush order, or one that has already been let down."""
        return self.rush or self.was_short

    @property
    def is_done(self) -> bool:
        return self.shipped >= self.wanted and self.invoiced >= self.shipped


@dataclass(slots=True)
class Job:
    """A production order: `demands` are the order lines it is for, `links` what it still owes them."""

    organisation: str
    number: str
    material: str
    quantity: Decimal
    links: dict[LineKey, Decimal]
    demands: dict[LineKey, Decimal]
    plan: str
    split_from: str | None = None
    rush: bool = False
    state: str = "planned"
    received: Decimal = ZERO
    scrapped: Decimal = ZERO
    reports: int = 0
    receipts: int = 0
    is_pinned: bool = False

    @property
    def is_open(self) -> bool:
        return self.state in OPEN

    @property
    def is_satisfied(self) -> bool:
        """Everything that was to be made is in the store or on the scrap heap."""
        return self.received + self.scrapped >= self.quantity and not self.is_pinned


@dataclass(slots=True)
class Ledger:
    """Demand, production orders and stock of all organisations."""

    demands: dict[LineKey, Demand] = field(default_factory=dict)
    jobs: dict[tuple[str, str], Job] = field(default_factory=dict)
    on_hand: defaultdict[tuple[str, str], Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    free: defaultdict[tuple[str, str], Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    done: Counter[str] = field(default_factory=Counter)

    def order_lines(self, organisation: str, order: str) -> list[Demand]:
        return [demand for key, demand in self.demands.items() if key[:2] == (organisation, order)]

    def open_jobs(self, key: LineKey) -> Iterator[Job]:
        """Open production orders that still owe something to the line."""
        return (job for job in self.jobs.values() if job.is_open and job.links.get(key))

    def expected(self, key: LineKey) -> Decimal:
        return sum((job.links[key] for job in self.open_jobs(key)), ZERO)

    def gap(self, demand: Demand) -> Decimal:
        """What nothing covers yet; negative: more than is wanted."""
        return demand.wanted - demand.shipped - demand.reserved - demand.waiting - self.expected(demand.key)
