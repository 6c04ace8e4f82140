"""What a KPI is computed from and what it is: facts, period, figure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, tzinfo
from decimal import Decimal
from math import ceil
from typing import Any

from hub.reporting.merging import Row
from hub.reporting.milestones import ZERO


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """What is asked: from `begins` up to but not including `ends`, as things stand at `as_of`. Days are those of `zone`.

    `frozen_at` is when the plan was frozen; None: each day's plan at the beginning of that day.
    """

    begins: datetime
    ends: datetime
    as_of: datetime
    zone: tzinfo = UTC
    organisation: str = ""
    frozen_at: datetime | None = None

    def holds(self, at: datetime | None) -> bool:
        return at is not None and self.begins <= at < self.ends

    def day(self, at: datetime) -> date:
        """The calendar day of a moment. Shift calendars (B12) come with the service calendars."""
        return at.astimezone(self.zone).date()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportFacts:
    """The rows that KPIs read, `operations` per production order; withdrawn and reversed facts are not among them."""

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

    `sources` counts the facts it rests on; `scope` says of what it is (organisation, material, operation, stage…).
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
