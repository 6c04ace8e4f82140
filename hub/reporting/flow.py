"""Work in process, lead time by stage, and how complete the loop is."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import NamedTuple

from hub.reporting.clocks import done_at
from hub.reporting.figures import Figure, Partial, Period, ReportFacts, count, grouped, percentile, ratio
from hub.reporting.merging import Row
from hub.reporting.milestones import MILESTONES, ZERO, Milestone, Part, Stage, stages
from hub.reporting.yields import processed

SHARES = {"P50": Decimal("0.5"), "P85": Decimal("0.85")}
HOUR = Decimal(3600)


class Balance(NamedTuple):
    """One production order's pieces: what it started, lost and delivered, and where the rest is (by operation in front of them)."""

    started: Decimal
    scrapped: Decimal
    received: Decimal
    waiting: dict[str, Decimal]
    rework: Decimal


def balance(reports: Sequence[Row], received: Decimal, planned: Sequence[Row] = ()) -> Balance:
    """B4: started = scrap + received + waiting + open rework. A negative part is shown, not clamped: reports may still come (B3)."""
    names = {row["sequence"] or 0: row["operation"] or str(row["sequence"]) for row in (*reports, *planned)}
    waiting: dict[str, Decimal] = {}
    started = came = rework = ZERO
    for place, sequence in enumerate(sorted(names)):
        rows = [row for row in reports if (row["sequence"] or 0) == sequence]
        taken = sum((processed(row) for row in rows if row["first_pass"]), ZERO)
        started = taken if place == 0 else started
        if place:
            waiting[names[sequence]] = waiting.get(names[sequence], ZERO) + came - taken
        mended = sum((processed(row) for row in rows if not row["first_pass"]), ZERO)
        rework += sum((row["rework"] + row["repair"] for row in rows), ZERO) - mended
        came = sum((row["good"] + row["concession"] for row in rows), ZERO)
    waiting["receipt"] = came - received
    return Balance(started, sum((row["scrap"] for row in reports), ZERO), received, waiting, rework)


def work_in_process(facts: ReportFacts, period: Period) -> list[Figure]:
    """Pieces between the first operation and receipt as of now: in all, and by what they wait for. Closed orders hold none."""
    reports = grouped((row for row in facts.reports if _known(row, period)), lambda row: row["production_order"])
    received = (row for row in facts.receipts if row["posted_at"] and row["posted_at"] <= period.as_of)
    posted = grouped(received, lambda row: row["production_order"])
    places: dict[str, Decimal] = {}
    for key, rows in reports.items():
        if facts.production_orders.get(key, {}).get("state") in ("closed", "cancelled"):
            continue
        stands = balance(rows, sum((row["quantity"] for row in posted.get(key, [])), ZERO), facts.operations.get(key, ()))
        for place, quantity in {**stands.waiting, "rework": stands.rework}.items():
            places[place] = places.get(place, ZERO) + quantity
    sources = sum(map(len, reports.values())) + sum(map(len, posted.values()))
    found = [count("wip", period, sum(places.values(), ZERO), "pieces", sources)]
    found += [count("wip", period, quantity, "pieces", sources, waits_for=place) for place, quantity in sorted(places.items())]
    known = sum(key in facts.production_orders for key in reports)
    return [figure.of(known, len(reports)) for figure in found]


def _known(row: Row, period: Period) -> bool:
    return done_at(row) <= period.as_of


def stages_of(line: Row) -> list[Stage]:
    """The stages of a row of `read_order_lines`."""
    left_out, within = line["not_applicable"].split(), line["within_making"].split()
    return stages([
        Milestone(
            code=step.code, applies=step.code not in left_out, within=step.code in within,
            parts=[Part("", "", line["quantity"], line[step.code])],
        )
        for step in MILESTONES
    ])  # fmt: skip


def lead_time(facts: ReportFacts, period: Period) -> list[Figure]:
    """Hours by stage, and from the confirmation to the last milestone, of lines that were shipped in the period: P50 and P85.

    Calendar hours, and working hours where the period has a calendar. A stage with something missing inside, or negative, is a
    defect: counted as such, in no percentile.
    """
    lines = [line for line in facts.lines if period.holds(line["t8"])]
    taken = [(line, stage) for line in lines for stage in stages_of(line)]
    figures: list[Figure] = []
    for step in MILESTONES[1:]:
        found = [(line, stage) for line, stage in taken if stage.ends == step.code]
        spans = [(line[stage.begins], line[stage.ends]) for line, stage in found if not stage.defect]
        figures += [figure.of(len(spans), len(found)) for figure in _hours(period, step.code, spans)]
        defects = Decimal(len(found) - len(spans))
        figures.append(count("lead-time", period, defects, "lines", len(found), stage=step.code, statistic="defects"))
    totals = [(line["t0"], line["t9"] or line["t8"]) for line in lines if line["t0"]]
    return figures + [figure.of(len(totals), len(lines)) for figure in _hours(period, "total", totals)]


Spans = Sequence[tuple[datetime, datetime]]


def _hours(period: Period, stage: str, spans: Spans) -> list[Figure]:
    figures = _percentiles(period, [ends - begins for begins, ends in spans], stage=stage)
    if period.calendar is not None:
        worked = [period.calendar.working(begins, ends) for begins, ends in spans]
        figures += _percentiles(period, worked, stage=stage, clock="working")
    return figures


def _percentiles(period: Period, durations: Sequence[timedelta], **scope: str) -> list[Figure]:
    hours = [Decimal(duration // timedelta(milliseconds=1)) / 1000 / HOUR for duration in durations]
    return [
        count("lead-time", period, percentile(hours, share), "hours", len(hours), reason="kpi-no-stages", statistic=name, **scope)
        for name, share in SHARES.items()
    ]


def is_complete(line: Row) -> bool:
    """Whether every milestone that applies, up to the shipment, is there, in its order."""
    left_out = line["not_applicable"].split()
    reached = all(line[step.code] is not None for step in MILESTONES[:9] if step.code not in left_out)
    return reached and not any(stage.defect for stage in stages_of(line))


def loop_completeness(facts: ReportFacts, period: Period) -> list[Figure]:
    """The share of the order lines confirmed in the period, without cancelled and rejected ones, whose chain is complete."""
    lines = [line for line in facts.lines if period.holds(line["t0"]) and line["state"] not in ("cancelled", "rejected")]
    part = Partial(Decimal(sum(map(is_complete, lines))), Decimal(len(lines)), len(lines))
    return [ratio("loop-completeness", period, part, "kpi-no-lines").of(len(lines), len(lines))]


def feedback_age(facts: ReportFacts, period: Period) -> list[Figure]:
    """Hours since anything was heard from ERP or MES about open lines: the middle and the oldest."""
    still_open = [line for line in facts.lines if line["t0"] and line["waits_for"] and line["t8"] is None]
    heard = sum(line["heard_at"] is not None for line in still_open)
    ages = [Decimal(int((period.as_of - (line["heard_at"] or line["t0"])).total_seconds())) / HOUR for line in still_open]
    return [
        count("feedback-age", period, value, "hours", len(ages), reason="kpi-nothing-heard", statistic=name).of(heard, len(ages))
        for name, value in (("P50", percentile(ages, SHARES["P50"])), ("oldest", max(ages, default=None)))
    ]
