"""Plan attainment: what was to be made as the plan stood when it was frozen, and what was made of it by then. Pure over rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from hub.reporting.figures import Figure, Partial, Period, ReportFacts, grouped, ratio
from hub.reporting.merging import Row
from hub.reporting.milestones import ZERO

PLAN, ORDER = "production_plan", "production_order"
ACTIVE = frozenset({"firm", "released", "in_progress", "completed"})

Subject = tuple[str, str]
"""What promises a quantity for a day: entity and key of a production plan, or of a production order that belongs to no plan."""


class Planned(NamedTuple):
    """What one plan, or one production order without a plan, was to make until the end of one day."""

    subject: Subject
    due_at: datetime
    quantity: Decimal


def plan_attainment(facts: ReportFacts, period: Period) -> list[Figure]:
    """Σ min(actual, plan) / Σ plan per plan and day; what is made too much of one does not help another."""
    plan = _due(facts, period)
    made = made_of(facts)
    kept = [min(_until(made.get(one.subject, ()), one, period), one.quantity) for one in plan]
    part = Partial(sum(kept, ZERO), _planned(plan), len(plan))
    return [ratio("plan-attainment", period, part, "kpi-nothing-planned", basis=_basis(plan)).of(*_dated(facts))]


def plan_volume(facts: ReportFacts, period: Period) -> list[Figure]:
    """Σ actual / Σ plan: how much, not whether it was what was planned."""
    plan = _due(facts, period)
    made = [row for rows in made_of(facts).values() for row in rows if period.has_work(row)]
    part = Partial(_yielded(made), _planned(plan), len(plan) + len(made))
    return [ratio("plan-volume", period, part, "kpi-nothing-planned", basis=_basis(plan)).of(*_dated(facts))]


def frozen_plan(facts: ReportFacts, period: Period) -> list[Planned]:
    """Per subject, the version that stood when the plan was frozen: a later shift of the date does not hide a delay."""
    found = []
    for subject, versions in _stated(facts).items():
        for day in {period.business_day(row["due_at"]) for row in versions if period.holds(row["due_at"])}:
            cut_off = period.frozen_at or period.begin_of(day)
            stood = max((row for row in versions if row["happened_at"] < cut_off), key=_version, default=None)
            if stood and stood["due_at"] and period.business_day(stood["due_at"]) == day and stood["state"] in ACTIVE and stood["quantity"]:
                found.append(Planned(subject, stood["due_at"], stood["quantity"]))
    return found


def made_of(facts: ReportFacts) -> dict[Subject, list[Row]]:
    """What came out, per subject: the reports of last operations; of an order nobody reports about (整单委外), its posted receipts."""
    reported = {row["production_order"] for row in facts.reports}
    received = [_as_report(row) for row in facts.receipts if row["posted_at"] and row["production_order"] not in reported]
    plans = plan_of(facts)
    return grouped([*outputs(facts), *received], lambda row: plans.get(row["production_order"], (ORDER, row["production_order"])))


def plan_of(facts: ReportFacts) -> dict[str, Subject]:
    """The plan of each production order that names one the hub was told of."""
    told = {row["key"] for row in facts.plans if row["entity"] == PLAN}
    return {key: (PLAN, order["plan"]) for key, order in facts.production_orders.items() if order.get("plan") in told}


def outputs(facts: ReportFacts) -> list[Row]:
    """The reports of last operations: the last planned one; without a routing, the last that was reported."""
    last: dict[str, int] = {}
    for row in facts.reports:
        key = row["production_order"]
        planned = facts.operations.get(key) or [row]
        last[key] = max(last.get(key, 0), *(one["sequence"] or 0 for one in planned))
    return [row for row in facts.reports if row["sequence"] == last[row["production_order"]]]


def _stated(facts: ReportFacts) -> Mapping[Subject, Sequence[Row]]:
    """The versions that count as the plan: those of plans, and those of production orders that belong to none.

    Where no production order of an organisation names its plan, nobody could tell what was made of one: its plans are left out.
    """
    plans = plan_of(facts)
    linked = {_organisation(key) for _, key in plans.values()}
    counting = (row for row in facts.plans if (_organisation(row["key"]) in linked if row["entity"] == PLAN else row["key"] not in plans))
    return {subject: _since_created(versions) for subject, versions in grouped(counting, lambda row: (row["entity"], row["key"])).items()}


def _since_created(versions: Sequence[Row]) -> list[Row]:
    """The first version that the hub knows stands since its document was created: any touch of a record moves its last change."""
    first = min(versions, key=_version)
    created = first.get("created_at") or first["happened_at"]
    return [{**row, "happened_at": min(created, row["happened_at"])} if row is first else row for row in versions]


def _organisation(key: str) -> str:
    return key.partition("/")[0]


def _version(row: Row) -> tuple[int, int, str]:
    return row["revision"], row["correction"], row["source"]


def _due(facts: ReportFacts, period: Period) -> list[Planned]:
    """The frozen plan of the days that have come."""
    return [one for one in frozen_plan(facts, period) if period.business_day(one.due_at) <= period.business_day(period.as_of)]


def _planned(plan: Iterable[Planned]) -> Decimal:
    return sum((one.quantity for one in plan), ZERO)


def _basis(plan: Sequence[Planned]) -> str:
    """What the figure rests on: 'production_plan', 'production_order', or both with how many each; '' where nothing was planned."""
    found = Counter(one.subject[0] for one in plan)
    return ", ".join(f"{entity} {found[entity]}" for entity in (PLAN, ORDER)) if len(found) > 1 else "".join(found)


def _dated(facts: ReportFacts) -> tuple[int, int]:
    """Of what is to be made, how much says its quantity and its day; and how much there is."""
    newest = [max(versions, key=_version) for versions in _stated(facts).values()]
    living = [row for row in newest if row["state"] in ACTIVE]
    return sum(bool(row["due_at"] and row["quantity"]) for row in living), len(living)


def _until(made: Iterable[Row], plan: Planned, period: Period) -> Decimal:
    """What was made of the plan by the end of its day."""
    day = period.business_day(plan.due_at)
    return _yielded(row for row in made if period.worked_on(row) <= day)


def _yielded(made: Iterable[Row]) -> Decimal:
    return sum((row["good"] + row["concession"] for row in made), ZERO)


def _as_report(receipt: Row) -> Row:
    """A receipt as if its quantity had been reported good when it was posted."""
    posted = receipt["posted_at"]
    return {**receipt, "good": receipt["quantity"], "concession": ZERO, "started_at": None, "ended_at": posted, "reported_at": posted}
