"""The tables of the read models. All of them can be thrown away and rebuilt from the archive, except what was told (`PROGRESS_TOLD`).

Every table of facts has `key` (canonical document key) and `source` (the system that says it): what a system says replaces
what the same system said before, and never what another one says. Who is right about which field is decided on reading.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger, Boolean, Column, Date, Dialect, Index, Integer, Numeric, String, Table, Text, TypeDecorator
from sqlalchemy.types import TypeEngine

from hub.db import METADATA, UtcTime


class Amount(TypeDecorator[Decimal]):
    """An exact decimal: `numeric` in PostgreSQL, its text in SQLite, which has no decimals."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(Numeric(asdecimal=True) if dialect.name == "postgresql" else Text())

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> Any:
        return value if value is None or dialect.name == "postgresql" else str(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> Decimal | None:
        return None if value is None else Decimal(value)


def _facts(name: str, *columns: Column[Any], also_key: str = "") -> Table:
    """A table of what each source says; `also_key` names the column that numbers the rows of one document."""
    numbering = [Column(also_key, Integer, primary_key=True)] if also_key else []
    return Table(
        f"read_{name}", METADATA,
        Column("key", String(300), primary_key=True), Column("source", String(50), primary_key=True), *numbering, *columns,
    )  # fmt: skip


def _said() -> list[Column[Any]]:
    """Which version says so, when it happened and when the hub heard of it."""
    return [
        Column("organisation", String(50), nullable=False, default=""), Column("state", String(40)), Column("reverses", String(300)),
        Column("revision", BigInteger, nullable=False), Column("correction", Integer, nullable=False),
        Column("happened_at", UtcTime, nullable=False), Column("recorded_at", UtcTime, nullable=False),
    ]  # fmt: skip


def _key(name: str) -> Column[Any]:
    return Column(name, String(300), index=True)


EVENTS = Table(
    "read_events", METADATA,
    Column("id", String(64), primary_key=True), Column("entity", String(50), nullable=False),
    Column("key", String(300), nullable=False), Column("source", String(50), nullable=False),
    Column("revision", BigInteger, nullable=False), Column("correction", Integer, nullable=False),
    Column("state", String(40)), Column("happened_at", UtcTime, nullable=False), Column("recorded_at", UtcTime, nullable=False),
    Index("ix_read_events_entity_key", "entity", "key"),
)  # fmt: skip

DOCUMENTS = Table(
    "read_documents", METADATA,
    Column("entity", String(50), primary_key=True), Column("key", String(300), primary_key=True),
    Column("source", String(50), primary_key=True),
    Column("revision", BigInteger, nullable=False), Column("correction", Integer, nullable=False),
)  # fmt: skip

ORDERS = _facts("orders", *_said(), Column("customer", String(120)), Column("ordered_at", UtcTime), Column("reason", Text))
ORDER_ITEMS = _facts(
    "order_items",
    Column("material", String(120)), Column("quantity", Amount), Column("unit", String(20)), Column("state", String(40)),
    Column("requested_at", UtcTime), Column("first_promised_at", UtcTime), Column("promised_at", UtcTime), Column("under_percent", Amount),
    Column("over_percent", Amount), also_key="line",
)  # fmt: skip

PRODUCTION_ORDERS = _facts(
    "production_orders", *_said(),
    Column("material", String(120), index=True), Column("routing", String(300)),
    Column("quantity", Amount), Column("unit", String(20)), Column("kind", String(40)),
    Column("subcontracted", Boolean), Column("supplier", String(120)), Column("created_at", UtcTime), Column("released_at", UtcTime),
    Column("planned_start_at", UtcTime), Column("planned_end_at", UtcTime), Column("reason", String(120)),
    Column("actual_start_at", UtcTime), Column("actual_end_at", UtcTime), Column("over_percent", Amount), _key("plan"),
)  # fmt: skip
DEMAND = _facts("demand", _key("line_key"), Column("quantity", Amount), also_key="position")


PLANS = _facts(
    "plans", *_said(), Column("material", String(120)), Column("quantity", Amount), Column("unit", String(20)),
    Column("planned_start_at", UtcTime), Column("planned_end_at", UtcTime),
)  # fmt: skip


def _steps(name: str) -> Table:
    return _facts(
        name, Column("operation", String(120)), Column("work_center", String(120)),
        Column("outsourced", Boolean, nullable=False), Column("inspected", Boolean, nullable=False), also_key="sequence",
    )  # fmt: skip


OPERATIONS = _steps("operations")
"""The operations frozen on production orders. Where an order brings none, its material's routing counts."""
ROUTINGS = _facts("routings", *_said(), Column("material", String(120), index=True))
ROUTING_STEPS = _steps("routing_steps")
JOBS = _facts(
    "jobs", *_said(), _key("production_order"), Column("sequence", Integer), Column("operation", String(120)),
    Column("work_center", String(120)), Column("started_at", UtcTime), Column("ended_at", UtcTime),
)  # fmt: skip
REPORTS = _facts(
    "reports", *_said(), _key("production_order"), Column("sequence", Integer), Column("operation", String(120)),
    Column("work_center", String(120)), Column("material", String(120)),
    Column("first_pass", Boolean, nullable=False), Column("is_final", Boolean, nullable=False),
    Column("unit", String(20)),
    *(Column(term, Amount, nullable=False) for term in ("good", "concession", "scrap", "rework", "repair")),
    Column("started_at", UtcTime), Column("ended_at", UtcTime), Column("reported_at", UtcTime), Column("business_date", Date),
)  # fmt: skip
INSPECTIONS = _facts(
    "inspections", *_said(), _key("production_order"), Column("sequence", Integer), Column("stage", String(40)),
    Column("disposition", String(40)), Column("inspected", Amount), Column("inspected_at", UtcTime),
)  # fmt: skip
RECEIPTS = _facts(
    "receipts", *_said(), _key("production_order"), Column("material", String(120)), Column("quantity", Amount), Column("unit", String(20)),
    Column("declared_at", UtcTime), Column("posted_at", UtcTime),
)  # fmt: skip
SHIPMENTS = _facts(
    "shipments", *_said(), Column("shipped_at", UtcTime), Column("delivered_at", UtcTime), Column("business_date", Date),
)  # fmt: skip
SHIPMENT_ITEMS = _facts("shipment_items", _key("line_key"), Column("quantity", Amount), also_key="position")
INVOICES = _facts("invoices", *_said(), Column("invoiced_at", UtcTime))
INVOICE_ITEMS = _facts("invoice_items", _key("line_key"), Column("quantity", Amount), also_key="position")

NUMBERS = _facts("numbers", Column("entity", String(50), primary_key=True), Column("number", String(300), primary_key=True, index=True))


def _versions(name: str, *columns: Column[Any]) -> Table:
    """A table of every version that was ever said, so that what stood at a moment is found however late the events came."""
    return Table(
        f"read_{name}", METADATA,
        Column("event_id", String(64), primary_key=True), Column("position", Integer, primary_key=True),
        Column("key", String(300), nullable=False, index=True), Column("source", String(50), nullable=False),
        Column("revision", BigInteger, nullable=False), Column("correction", Integer, nullable=False), Column("state", String(40)),
        Column("happened_at", UtcTime, nullable=False), Column("recorded_at", UtcTime, nullable=False), *columns,
    )  # fmt: skip


LINE_VERSIONS = _versions("line_versions", Column("promised_at", UtcTime))
"""The states and promises of order lines; `position` is the line."""

PLAN_VERSIONS = _versions(
    "plan_versions", Column("entity", String(50), nullable=False), Column("organisation", String(50), nullable=False),
    Column("material", String(120)), Column("quantity", Amount), Column("due_at", UtcTime), Column("created_at", UtcTime),
)  # fmt: skip
"""What each production plan and each production order (`entity`) was to make, and until when; `position` is 0."""

ORDER_LINES = Table(
    "read_order_lines", METADATA,
    Column("line_key", String(320), primary_key=True), Column("order_key", String(300), nullable=False, index=True),
    Column("line", Integer, nullable=False), Column("organisation", String(50), nullable=False),
    Column("customer", String(120)), Column("material", String(120)), Column("unit", String(20)),
    Column("state", String(40), nullable=False),
    *(Column(name, Amount, nullable=False) for name in ("quantity", "produced", "received", "shipped", "invoiced")),
    *(Column(name, UtcTime) for name in ("requested_at", "first_promised_at", "promised_at", "cancelled_at")),
    Column("under_percent", Amount), Column("over_percent", Amount),
    *(Column(f"t{number}", UtcTime) for number in range(10)), Column("invoiced_at", UtcTime),
    Column("not_applicable", String(120), nullable=False), Column("missing", String(120), nullable=False),
    Column("within_making", String(120), nullable=False),
    Column("waits_for", String(40), nullable=False), Column("heard_at", UtcTime),
)  # fmt: skip
"""One row per order line: its figures and milestones, as far as they are reached. Lists are codes with a space between."""

PROGRESS_TOLD = Table(
    "progress_told", METADATA,
    Column("line_key", String(320), primary_key=True),
    Column("revision", BigInteger, nullable=False), Column("content", Text, nullable=False),
)  # fmt: skip
"""What was last published as order_progress. Not a read model: a rebuild keeps it, so that revisions never go back."""

READ_MODELS: tuple[Table, ...] = (
    EVENTS, DOCUMENTS, ORDERS, ORDER_ITEMS, PLANS, PRODUCTION_ORDERS, DEMAND, OPERATIONS, ROUTINGS, ROUTING_STEPS,
    JOBS, REPORTS, INSPECTIONS, RECEIPTS, SHIPMENTS, SHIPMENT_ITEMS, INVOICES, INVOICE_ITEMS,
    NUMBERS, LINE_VERSIONS, PLAN_VERSIONS, ORDER_LINES,
)  # fmt: skip
