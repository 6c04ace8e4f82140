"""The KPIs: one row each, with its definition, its names and what computes it. Pure over `ReportFacts`; the rows come by `facts`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy.ext.asyncio import AsyncConnection

from hub.reporting import queries, tables
from hub.reporting.figures import Figure, Period, ReportFacts
from hub.reporting.flow import feedback_age, lead_time, loop_completeness, work_in_process
from hub.reporting.gathering import latest_corrections, operations_of
from hub.reporting.merging import Row, effective, merged
from hub.reporting.on_time import on_time, on_time_quantity
from hub.reporting.plans import plan_attainment, plan_volume
from hub.reporting.yields import conceded, first_pass, order_yield, per_report, reworked, rolled, scrapped
from hub.texts import TEXTS, Text


class Kpi(NamedTuple):
    """A published definition. `version` changes when the formula does."""

    id: str
    version: int
    compute: Callable[[ReportFacts, Period], list[Figure]]

    @property
    def names(self) -> Text:
        return TEXTS[f"kpi-{self.id}"]

    @property
    def formula(self) -> Text:
        return TEXTS[f"formula-{self.id}"]


KPIS: tuple[Kpi, ...] = (
    Kpi("on-time-requested", 1, on_time("on-time-requested", "requested_at")),
    Kpi("on-time-first-promise", 1, on_time("on-time-first-promise", "first_promised_at")),
    Kpi("on-time-last-promise", 1, on_time("on-time-last-promise", "promised_at")),
    Kpi("on-time-quantity", 1, on_time_quantity("on-time-quantity", "first_promised_at")),
    Kpi("plan-attainment", 2, plan_attainment),
    Kpi("plan-volume", 2, plan_volume),
    Kpi("wip", 1, work_in_process),
    Kpi("first-pass-yield", 1, per_report("first-pass-yield", first_pass)),
    Kpi("rolled-yield", 1, rolled("rolled-yield")),
    Kpi("scrap-ratio", 1, per_report("scrap-ratio", scrapped)),
    Kpi("rework-ratio", 1, per_report("rework-ratio", reworked)),
    Kpi("concession-ratio", 1, per_report("concession-ratio", conceded)),
    Kpi("order-yield", 1, per_report("order-yield", order_yield)),
    Kpi("lead-time", 1, lead_time),
    Kpi("loop-completeness", 1, loop_completeness),
    Kpi("feedback-age", 1, feedback_age),
)  # fmt: skip


async def facts(session: AsyncConnection, organisation: str = "", known_at: datetime | None = None) -> ReportFacts:
    """The rows that KPIs read. With `known_at`, facts the hub heard of later are left out, so that a closed period's figures
    can be printed again as they were (B10); order lines themselves stand as they stand now."""
    reports = _known(await queries.facts(session, tables.REPORTS, organisation), known_at)
    receipts = _known(await queries.facts(session, tables.RECEIPTS, organisation), known_at)
    orders = merged(await queries.facts(session, tables.PRODUCTION_ORDERS, organisation), "quantity")
    operations = await operations_of(session, {key: row for key, row in orders.items() if row["quantity"] is not None})
    return ReportFacts(
        lines=await queries.order_lines(session, organisation),
        deliveries=_known(await queries.deliveries(session, organisation), known_at),
        production_orders=orders, operations=operations,
        reports=_counting(reports, "production_order"), receipts=_counting(receipts, "quantity"),
        plans=latest_corrections(_known(await queries.facts(session, tables.PLAN_VERSIONS, organisation), known_at)),
    )  # fmt: skip


def _known(rows: Sequence[Row], known_at: datetime | None) -> list[Row]:
    return [row for row in rows if known_at is None or row["recorded_at"] <= known_at]


def _counting(rows: Sequence[Row], defining: str) -> list[Row]:
    return effective(row for row in merged(rows, defining).values() if row[defining] is not None)


async def report(session: AsyncConnection, period: Period, known_at: datetime | None = None) -> list[Figure]:
    """Every KPI of the period."""
    rows = await facts(session, period.organisation, known_at)
    return [figure for kpi in KPIS for figure in kpi.compute(rows, period)]
