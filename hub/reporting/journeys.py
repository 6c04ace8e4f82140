"""The journey of an order line through all systems, found by any number that stands on any of its documents."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from hub.reporting import queries, tables
from hub.reporting.gathering import gather
from hub.reporting.lines import LineFacts, closed_short, milestones, order_line
from hub.reporting.milestones import STEPS, Milestone, Part, Stage, stages
from hub.reporting.progress import holder
from hub.texts import TEXTS, Text

CrossReference = Callable[[str], Awaitable[Sequence[tuple[str, str]]]]
"""Entity and canonical key of the documents that some system calls by this number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JourneyStep:
    """One milestone as people see it. `system` told it; `status` is a word of the catalogue: `milestone-<status>`."""

    code: str
    role: str
    status: str
    at: datetime | None
    system: str
    parts: Sequence[Part]

    @property
    def name(self) -> Text:
        return TEXTS[f"milestone-{self.code}"]

    @property
    def status_name(self) -> Text:
        return TEXTS[f"milestone-{self.status}"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Journey:
    """One order line's way. The stages' durations add up to `total`, the last reached milestone of T0–T9 minus the first.

    `holder` and `waits_for` are '' once everything is done, cancelled or rejected; `missing` are milestones passed over.
    `production_orders` are the ones that serve the line; `closed_short`: what closed ones leave unmade (强制结案).
    `reason` is what a person said (rejection, cancellation).
    """

    line_key: str
    order: str
    line: int
    customer: str
    material: str
    quantity: str
    closed_short: str
    state: str
    steps: Sequence[JourneyStep]
    stages: Sequence[Stage]
    total: timedelta | None
    missing: Sequence[str]
    not_applicable: Sequence[str]
    waits_for: str
    holder: str
    production_orders: Sequence[str]
    reason: str

    @property
    def waits_for_name(self) -> Text | None:
        return TEXTS[f"waits-for-{self.waits_for}"] if self.waits_for else None

    @property
    def holder_name(self) -> Text | None:
        return TEXTS[f"holder-{self.holder}"] if self.holder else None


async def find(session: AsyncConnection, number: str, cross_reference: CrossReference | None = None) -> list[Journey]:
    """The journeys of all order lines that a number leads to, in order of their keys; none where nobody knows it.

    The number may be an order's, a customer's, a plan's, a production order's, a report's, receipt's, shipment's or invoice's, a lot or
    serial, a canonical key, an order line's key, or what `cross_reference` knows a document by in some system.
    """
    documents = set(await queries.documents_by_number(session, number.strip()))
    if cross_reference is not None:
        documents.update(await cross_reference(number.strip()))
    lines = await _lines(session, documents) | {number.strip()}
    return [journey(facts) for _, facts in sorted((await gather(session, lines)).items())]


async def _lines(session: AsyncConnection, documents: Iterable[tuple[str, str]]) -> set[str]:
    """The order lines that documents belong to."""
    keys: dict[str, set[str]] = {}
    for entity, key in documents:
        keys.setdefault(entity, set()).add(key)
    lines = await queries.lines_of(session, keys.get("sales_order", ()))
    orders = set(keys.get("production_order", ())) | await queries.orders_of_plans(session, keys.get("production_plan", ()))
    for entity, table in queries.OF_PRODUCTION_ORDERS.items():
        orders |= {row["production_order"] for row in await queries.where_in(session, table, "key", keys.get(entity, ()))}
    served = await queries.where_in(session, tables.DEMAND, "key", orders)
    for entity, table in queries.OF_ORDER_LINES.items():
        served += await queries.where_in(session, table, "key", keys.get(entity, ()))
    return lines | {row["line_key"] for row in served}


def journey(facts: LineFacts) -> Journey:
    """The journey that facts about a line tell."""
    row, found = order_line(facts), milestones(facts)
    chain = found[:10]
    spent = stages(chain)
    return Journey(
        line_key=row["line_key"], order=row["order_key"], line=row["line"], customer=row["customer"] or "", material=row["material"] or "",
        quantity=f"{row['quantity']} {row['unit'] or ''}".strip(), closed_short=str(closed_short(facts)), state=row["state"],
        steps=[_step(one, row["missing"], spent) for one in found], stages=spent,
        total=sum((stage.duration for stage in spent), timedelta()) if spent else None,
        missing=row["missing"].split(), not_applicable=row["not_applicable"].split(), waits_for=row["waits_for"],
        holder=holder(row["waits_for"]) or "", reason=facts.order["reason"] or "",
        production_orders=sorted({supply.order["key"] for supply in facts.supplies}),
    )  # fmt: skip


def _step(milestone: Milestone, missing: str, spent: Sequence[Stage]) -> JourneyStep:
    return JourneyStep(
        code=milestone.code, role=STEPS[milestone.code].role, status=status(milestone, missing.split(), spent), at=milestone.at,
        system=milestone.system, parts=milestone.parts,
    )  # fmt: skip


def status(milestone: Milestone, missing: Sequence[str], spent: Sequence[Stage]) -> str:
    """Which word describes a milestone; the first that holds."""
    words = (
        ("not-applicable", not milestone.applies),
        ("negative", any(stage.ends == milestone.code and stage.duration < timedelta() for stage in spent)),
        ("reached", milestone.at is not None),
        ("at-supplier", any(part.at_supplier for part in milestone.parts)),
        ("missing", milestone.code in missing),
        ("partly", milestone.reached > 0),
    )
    return next((word for word, holds in words if holds), "open")

