"""What a KPI is computed from and what it is: facts, period, figure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, tzinfo
from decimal import Decimal
from math import ceil
from typing import Any

from hub.reporting.calendars import Calendar
from hub.reporting.clocks import done_at
from hub.reporting.merging import Row
from hub.reporting.milestones import ZERO


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """What is asked: from `begins` up to but not including `ends`, as things stand at `as_of`. Days are those of `zone`.

    `frozen_at` is when the plan was frozen; None: each day's plan at the beginning of that day. `calendar` tells the business
    day of work (B12) and the working hours of a span; without one a day begins at midnight. Promises and shipments are of calendar days.
    """

    begins: datetime
    ends: datetime
    as_of: datetime
    zone: tzinfo = UTC
    organisation: str = ""
    frozen_at: datetime | None = None
    calendar: Calendar | None = None

    def holds(self, at: datetime | None) -> bool:
        return at is not None and self.begins <= at < self.ends

    def day(self, at: datetime) -> date:
        """The calendar day of a moment."""
        return at.astimezone(self.zone).date()

    def business_day(self, at: datetime) -> date:
        """The day whose shifts a moment belongs to."""
        return self.calendar.business_day(at) if self.calendar else self.day(at)

    def begin_of(self, day: date) -> datetime:
        """When a business day begins."""
        return self.calendar.begins(day) if self.calendar else datetime.combine(day, time(), self.zone)

    def worked_on(self, report: Row) -> date:
        """The business day of a report: as its source says, else by the calendar."""
        day: date = report.get("business_date") or self.business_day(done_at(report))
        return day

    def has_work(self, report: Row) -> bool:
        """Whether the work of a report belongs to the period: by business days where there are such, else by the moment."""
        if self.calendar is None and not report.get("business_date"):
            return self.holds(done_at(report))
        return self.holds(datetime.combine(self.worked_on(report), time(), self.zone))


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportFacts:
    """The rows that KPIs read, `operations` per production order; withdrawn and reversed facts are not among them.

    `plans` are the versions of production plans and production orders.
    """

    lines: Sequence[Row] = ()
    deliveries: Sequence[Row] = ()
    production_orders: Mapping[str, Row] = field(default_factory=dict)
    operations: Mapping[str, Sequence[Row]] = field(default_factory=dict)
    reports: Sequence[Row] = ()
    receipts: Sequence[Row] = ()
    plans: Sequence[Row] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One value of one KPI: where `value` is None, `reason` is the code of the text that says why, never 0 or 1 in its place.

    `sources` counts the facts it rests on; `scope` says of what it is (organisation, material, operation, stage…). `complete` is
    the share of the facts it should rest on that could be used; None where there were none to ask for.
    """

    kpi: str
    numerator: Decimal | None
    denominator: Decimal | None
    value: Decimal | None
    unit: str
    period: Period
    sources: int
    scope: Mapping[str, str] = field(default_factory=dict)
    reason: str = ""
    basis: str = ""
    complete: Decimal | None = None

    def of(self, used: int, asked: int) -> Figure:
        """The same figure, resting on so many of the facts that it should rest on."""
        return replace(self, complete=Decimal(used) / asked if asked else None)


@dataclass(frozen=True, slots=True)
class Partial:
    """A numerator and a denominator that can be added to others: ratios are Σ/Σ, never a mean of ratios."""

    numerator: Decimal = ZERO
    denominator: Decimal = ZERO
    sources: int = 0

    def __add__(self, other: Partial) -> Partial:
        return Partial(self.numerator + other.numerator, self.denominator + other.denominator, self.sources + other.sources)


def ratio(kpi: str, period: Period, part: Partial, empty: str, *, basis: str = "", **scope: str) -> Figure:
    """A figure of a ratio; nothing below the line gives None with the reason `empty`."""
    value = part.numerator / part.denominator if part.denominator else None
    return Figure(
        kpi=kpi, numerator=part.numerator, denominator=part.denominator, value=value, unit="ratio", period=period, sources=part.sources,
        scope=scope, reason="" if part.denominator else empty, basis=basis,
    )  # fmt: skip


def count(kpi: str, period: Period, value: Decimal | None, unit: str, sources: int, *, reason: str = "", **scope: str) -> Figure:
    """A figure that is no ratio."""
    return Figure(
        kpi=kpi, numerator=value, denominator=None, value=value, unit=unit, period=period, sources=sources, scope=scope,
        reason=reason if value is None else "",
    )  # fmt: skip


def percentile(values: Iterable[Decimal], share: Decimal) -> Decimal | None:
    """The smallest value that at least `share` of all values do not exceed (nearest rank). None of nothing."""
    ordered = sorted(values)
    return ordered[max(ceil(share * len(ordered)), 1) - 1] if ordered else None


def grouped(rows: Iterable[Row], by: Callable[[Row], Any]) -> dict[Any, list[Row]]:
    """Rows per group, groups in order."""
    groups: dict[Any, list[Row]] = {}
    for row in rows:
        groups.setdefault(by(row), []).append(row)
    return dict(sorted(groups.items(), key=lambda item: str(item[0])))
