"""First-pass yield, rolled yield, scrap, rework and concession from operation reports (ISO 22400-2)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import Decimal
from math import prod

from hub.reporting.clocks import doubt
from hub.reporting.figures import Figure, Partial, Period, ReportFacts, grouped, ratio
from hub.reporting.merging import Row
from hub.reporting.milestones import ZERO
from hub.reporting.reading import TERMS

NOTHING_PROCESSED = "kpi-nothing-processed"


def processed(report: Row) -> Decimal:
    """What went through the operation: the five terms together (B1)."""
    return sum((report[term] for term in TERMS), ZERO)


def first_pass(report: Row) -> Partial:
    """GP/IP: good pieces of the first run over pieces of the first run; what comes again after rework counts in neither."""
    return Partial(report["good"], processed(report), 1) if report["first_pass"] else Partial()


def scrapped(report: Row) -> Partial:
    """SQ/PQ: scrap of every run over what was made once."""
    return Partial(report["scrap"], processed(report) if report["first_pass"] else ZERO, 1)


def reworked(report: Row) -> Partial:
    """RQ/PQ: pieces sent to rework or repair by the first run."""
    return Partial(report["rework"] + report["repair"], processed(report), 1) if report["first_pass"] else Partial()


def conceded(report: Row) -> Partial:
    """Pieces accepted by concession over what was made once."""
    return Partial(report["concession"], processed(report) if report["first_pass"] else ZERO, 1)


def order_yield(report: Row) -> Partial:
    """Good pieces after all rework over what was made once: what customers get, not how well it ran."""
    return Partial(report["good"], processed(report) if report["first_pass"] else ZERO, 1)


def per_report(kpi: str, part: Callable[[Row], Partial]) -> Callable[[ReportFacts, Period], list[Figure]]:
    """The function of a ratio over reports: in total, then by operation."""

    def figures(facts: ReportFacts, period: Period) -> list[Figure]:
        reports = reported(facts.reports, period)
        operations = grouped(reports, lambda row: row["operation"] or "")
        return [figure(reports, period), *(figure(rows, period, operation=name) for name, rows in operations.items())]

    def figure(rows: list[Row], period: Period, **scope: str) -> Figure:
        return ratio(kpi, period, summed(rows, part), NOTHING_PROCESSED, **scope).of(believed(rows), len(rows))

    return figures


def rolled(kpi: str) -> Callable[[ReportFacts, Period], list[Figure]]:
    """The function of RTY: per material, the product of its operations' first-pass yields."""

    def figures(facts: ReportFacts, period: Period) -> list[Figure]:
        def material(row: Row) -> str:
            return row["material"] or facts.production_orders.get(row["production_order"], {}).get("material") or ""

        reports = [row for row in reported(facts.reports, period) if row["first_pass"]]
        return [_rolled(kpi, period, name, rows) for name, rows in grouped(reports, material).items()]

    return figures


def _rolled(kpi: str, period: Period, material: str, reports: list[Row]) -> Figure:
    steps = [summed(rows, first_pass) for rows in grouped(reports, lambda row: (row["sequence"], row["operation"])).values()]
    above = prod((step.numerator for step in steps), start=Decimal(1))
    below = prod((step.denominator for step in steps), start=Decimal(1))
    return ratio(kpi, period, Partial(above, below, len(reports)), NOTHING_PROCESSED, material=material).of(believed(reports), len(reports))


def believed(reports: Iterable[Row]) -> int:
    """How many of these reports have times that can be believed; the others are here by when they were told."""
    return sum(not doubt(row) for row in reports)


def summed(reports: Iterable[Row], part: Callable[[Row], Partial]) -> Partial:
    """Σ numerators over Σ denominators."""
    return sum((part(report) for report in reports), Partial())


def reported(reports: Iterable[Row], period: Period) -> list[Row]:
    """The reports of work that was done in the period, whenever they were told (B10)."""
    return [row for row in reports if period.has_work(row)]
