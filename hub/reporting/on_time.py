"""On-time delivery: lines delivered in full by a date, over lines that were due; and the same by quantity."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date as Day
from decimal import Decimal

from hub.reporting.figures import Figure, Partial, Period, ReportFacts, grouped, ratio
from hub.reporting.lines import SHIPPED, needed
from hub.reporting.merging import Row, effective
from hub.reporting.milestones import ZERO

OnTime = Callable[[ReportFacts, Period], list[Figure]]

NOTHING_DUE = "kpi-nothing-due"


def is_due(line: Row, date: str, period: Period) -> bool:
    """Whether the line counts: its day lies in the period and is over, and it was not cancelled before it came.

    A line that is past due and not delivered counts, as late. `date` is the column that says when it was due.
    """
    due = line[date]
    if not period.holds(due) or period.day(due) >= period.day(period.as_of):
        return False
    return line["cancelled_at"] is None or period.day(line["cancelled_at"]) > period.day(due)


def delivered(deliveries: Sequence[Row], line: Row, date: str, period: Period) -> Decimal:
    """The quantity that was there by the end of the due day."""
    due = period.day(line[date])
    return sum((row["quantity"] for row in deliveries if arrived_on(row, period) <= due), ZERO)


def arrived_on(row: Row, period: Period) -> Day:
    """The day on which a delivery counts as made: signed for where that is recorded; where it is not, the business date of the
    shipment, which may be audited days later."""
    if row["delivered_at"]:
        return period.day(row["delivered_at"])
    day: Day = row.get("business_date") or period.day(row["shipped_at"])
    return day


def on_time(kpi: str, date: str) -> OnTime:
    """The function of one variant: requested, first promise or last promise."""

    def figure(facts: ReportFacts, period: Period) -> list[Figure]:
        due, made = _due(facts, date, period)
        punctual = [line for line in due if delivered(made.get(line["line_key"], []), line, date, period) >= needed(line)]
        part = Partial(Decimal(len(punctual)), Decimal(len(due)), len(due) + sum(len(made.get(line["line_key"], [])) for line in due))
        return [ratio(kpi, period, part, NOTHING_DUE, basis=_basis(due, made)).of(*_dated(facts, date))]

    return figure


def on_time_quantity(kpi: str, date: str) -> OnTime:
    """The function that weighs by quantity; what exceeds a line's quantity does not make up for another's."""

    def figure(facts: ReportFacts, period: Period) -> list[Figure]:
        due, made = _due(facts, date, period)
        timely = sum((min(delivered(made.get(line["line_key"], []), line, date, period), line["quantity"]) for line in due), ZERO)
        part = Partial(timely, sum((line["quantity"] for line in due), ZERO), len(due))
        return [ratio(kpi, period, part, NOTHING_DUE, basis=_basis(due, made)).of(*_dated(facts, date))]

    return figure


def _due(facts: ReportFacts, date: str, period: Period) -> tuple[list[Row], dict[str, list[Row]]]:
    made = [row for row in effective(facts.deliveries) if row["state"] in SHIPPED and row["shipped_at"] and row["quantity"]]
    return [line for line in facts.lines if is_due(line, date, period)], grouped(made, lambda row: row["line_key"])


def _dated(facts: ReportFacts, date: str) -> tuple[int, int]:
    """Of the lines that were not cancelled, how many have this date; and how many there are."""
    living = [line for line in facts.lines if line["cancelled_at"] is None]
    return sum(line[date] is not None for line in living), len(living)


def _basis(due: Sequence[Row], made: dict[str, list[Row]]) -> str:
    """What the figure rests on: 'shipped', 'signed', or both with how many deliveries each."""
    rows = [row for line in due for row in made.get(line["line_key"], [])]
    signed = sum(row["delivered_at"] is not None for row in rows)
    if 0 < signed < len(rows):
        return f"shipped {len(rows) - signed}, signed {signed}"
    return "signed" if signed else "shipped"
