"""The milestones T0–T9 of an order line, its stages and who has it now: pure functions over facts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import cached_property
from typing import NamedTuple

ZERO = Decimal(0)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Step(NamedTuple):
    """What a milestone is: the role whose system tells it, the code of what the line waits for, who has it until then."""

    code: str
    role: str
    waits_for: str
    holder: str


MILESTONES: tuple[Step, ...] = (
    Step("t0", "crm", "confirmation", "sales"),
    Step("t1", "erp", "acceptance", "order-audit"),
    Step("t2", "erp", "planning", "planner"),
    Step("t3", "erp", "release", "planner"),
    Step("t4", "mes", "start", "workshop"),
    Step("t5", "mes", "production", "workshop"),
    Step("t6", "mes", "inspection", "quality"),
    Step("t7", "erp", "receipt", "warehouse"),
    Step("t8", "erp", "shipment", "shipping"),
    Step("t9", "erp", "signature", "customer"),
)
INVOICE = Step("invoice", "erp", "invoice", "finance")
"""After the milestones, outside the lead time: it may come before the customer signs."""

STEPS = {step.code: step for step in (*MILESTONES, INVOICE)}


@dataclass(frozen=True, slots=True)
class Part:
    """One document's share in a milestone: `at` is None as long as it has not reached it."""

    document: str
    system: str
    quantity: Decimal
    at: datetime | None
    at_supplier: bool = False


@dataclass(frozen=True, kw_only=True)
class Milestone:
    """One milestone of one line. `at` is the quantity-weighted time of its parts once `needed` is reached, else None.

    `within` says that it lies within the making (goods tested, then packed): it has its time, but no stage ends at it.
    """

    code: str
    needed: Decimal = ZERO
    parts: Sequence[Part] = field(default=())
    applies: bool = True
    within: bool = False

    @cached_property
    def reached(self) -> Decimal:
        return sum((part.quantity for part in self.parts if part.at), ZERO)

    @cached_property
    def at(self) -> datetime | None:
        if not self.applies or not self.parts or self.reached < self.needed:
            return None
        return weighted([(part.at, part.quantity) for part in self.parts if part.at])

    @property
    def system(self) -> str:
        """Who told it, or '' as long as nobody has."""
        return " ".join(sorted({part.system for part in self.parts if part.at}))


def weighted(times: Sequence[tuple[datetime, Decimal]]) -> datetime | None:
    """The quantity-weighted mean, cut to the microsecond; without quantities, the last. None of nothing."""
    if not times:
        return None
    total = sum((quantity for _, quantity in times), ZERO)
    if len(times) == 1 or total <= 0:
        return max(at for at, _ in times)
    moments = sum((Decimal((at - EPOCH) // timedelta(microseconds=1)) * quantity for at, quantity in times), ZERO)
    return EPOCH + timedelta(microseconds=int(moments / total))


@dataclass(frozen=True, slots=True)
class Stage:
    """The time between two reached milestones. A defect says what is wrong: 'negative', or the codes that are missing between."""

    begins: str
    ends: str
    duration: timedelta
    defect: str = ""


def stages(milestones: Sequence[Milestone]) -> list[Stage]:
    """The stages of T0–T9. Nothing is clamped, so that their sum is always the last reached milestone minus the first."""
    found: list[Stage] = []
    previous: Milestone | None = None
    missing: list[str] = []
    for milestone in milestones:
        at = milestone.at
        if at is None or milestone.within:
            missing += [milestone.code] if milestone.applies and at is None else []
            continue
        if previous is not None and previous.at is not None:
            took = at - previous.at
            found.append(Stage(previous.code, milestone.code, took, "negative" if took < timedelta(0) else " ".join(missing)))
        previous, missing = milestone, []
    return found


def missing(milestones: Sequence[Milestone]) -> list[str]:
    """The codes that were passed over: not reached, although a later one is."""
    return [milestone.code for milestone in milestones[:_last(milestones) + 1] if milestone.applies and milestone.at is None]


def awaited(milestones: Sequence[Milestone]) -> Milestone | None:
    """The first applicable milestone after the last one reached; None when the line is through. A signature is not waited for."""
    after = milestones[_last(milestones) + 1:]
    return next((milestone for milestone in after if milestone.applies and milestone.at is None and milestone.code != "t9"), None)


def _last(milestones: Sequence[Milestone]) -> int:
    """The place of the last milestone reached; -1 for none."""
    return max((index for index, milestone in enumerate(milestones) if milestone.at is not None and not milestone.within), default=-1)
