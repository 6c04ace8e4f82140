"""Sales orders with taxed prices, and the progress of each order line that the hub tells."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from hub.model.common import DemandLink, Entity, Part, Quantity, Row, Words
from hub.model.types import (
    ZERO,
    Amount,
    CurrencyCode,
    CustomerCode,
    DepartmentCode,
    DocumentNumber,
    DocumentTypeCode,
    LineNumber,
    MaterialCode,
    Measure,
    Name,
    Number,
    PersonCode,
    ProductionOrderKey,
    Reason,
    Remark,
    SalesOrderKey,
    SettlementCode,
    Time,
    UnitCode,
)


class OrderState(StrEnum):
    """States of a sales order and of each of its lines."""

    DRAFT = "draft"
    CONFIRMED = "confirmed"
    ACCEPTED = "accepted"
    PLANNED = "planned"
    IN_PRODUCTION = "in_production"
    READY = "ready"
    PART_SHIPPED = "part_shipped"
    SHIPPED = "shipped"
    DELIVERED = "delivered"
    CLOSED = "closed"
    ON_HOLD = "on_hold"
    CANCEL_REQUESTED = "cancel_requested"
    CANCELLED = "cancelled"
    REJECTED = "rejected"


class SalesOrderLine(Row):
    """One line. The ERP owns `promised_at` and `first_promised_at`; prices are in the order's currency.

    `price` 不含税单价, `price_with_tax` 含税单价, `tax_rate` in percent, `amount` 不含税金额, `tax` 税额, `total` 价税合计.
    """

    line: LineNumber
    material: MaterialCode
    customer_material: Name | None = None
    quantity: Quantity
    state: OrderState | None = None
    price: Amount | None = None
    price_with_tax: Amount | None = None
    tax_rate: Number | None = None
    amount: Amount | None = None
    tax: Amount | None = None
    total: Amount | None = None
    requested_at: Time | None = None
    first_promised_at: Time | None = None
    promised_at: Time | None = None
    priority: int | None = None
    under_tolerance_percent: Number | None = None
    over_tolerance_percent: Number | None = None
    cancel_reason: Reason | None = None
    remark: Remark | None = None


class SalesOrder(Entity):
    """An order of a customer. `rejection`: the words of the ERP's auditor (驳回). `based_on`: the version a change was made from (B20).

    `confirmed_at` is the CRM's word, `accepted_at` the ERP's: when it was done, not when a record was last touched.
    """

    entity = "sales_order"
    aggregate = "sales_order"
    commercial = True
    owner = "crm"

    number: DocumentNumber
    customer: CustomerCode
    state: OrderState
    type: DocumentTypeCode | None = None
    ordered_at: Time
    confirmed_at: Time | None = None
    accepted_at: Time | None = None
    currency: CurrencyCode = "CNY"
    customer_order: Name | None = None
    salesperson: PersonCode | None = None
    department: DepartmentCode | None = None
    settlement: SettlementCode | None = None
    amount: Amount | None = None
    tax: Amount | None = None
    total: Amount | None = None
    based_on: int | None = None
    change_reason: Reason | None = None
    cancel_reason: Reason | None = None
    rejection: Remark | None = None
    remark: Remark | None = None
    changed_at: Time | None = None
    lines: Annotated[tuple[SalesOrderLine, ...], Field(min_length=1)]

    @property
    def demand_links(self) -> tuple[DemandLink, ...]:
        """One link to each of its own lines that says a quantity."""
        return tuple(
            DemandLink(order=self.key, line=row.line, quantity=row.quantity) for row in self.lines or () if row.quantity is not None
        )


MILESTONES: dict[str, str] = {
    "t0": "confirmed_at",
    "t1": "accepted_at",
    "t2": "planned_at",
    "t3": "released_at",
    "t4": "started_at",
    "t5": "finished_at",
    "t6": "inspected_at",
    "t7": "received_at",
    "t8": "shipped_at",
    "t9": "delivered_at",
    "invoice": "invoiced_at",
}
"""The milestones of an order line, T0 to T9 and the invoice, and the field of `Milestones` that holds each."""


class Milestones(Part):
    """When an order line passed each milestone; None: not yet, or it does not apply."""

    confirmed_at: Time | None = None
    accepted_at: Time | None = None
    planned_at: Time | None = None
    released_at: Time | None = None
    started_at: Time | None = None
    finished_at: Time | None = None
    inspected_at: Time | None = None
    received_at: Time | None = None
    shipped_at: Time | None = None
    delivered_at: Time | None = None
    invoiced_at: Time | None = None


class OrderProgress(Entity):
    """How far one order line is, made by the hub, in full each time. Key: the order's key, '/', the line.

    Quantities are in `unit`. `waits_for`, `waits_since`, `waits_on`: what it waits for, since when, and which role must act.
    `closed_short`: what closed production orders leave unmade and nothing makes up for (强制结案).
    `not_applicable` names milestones (`t6`, …) that do not apply: from stock T2–T7, without inspection T6.
    """

    entity = "order_progress"
    aggregate = "order_progress"
    owner = "hub"
    identity = ("order", "line")

    order: SalesOrderKey
    line: LineNumber
    customer: CustomerCode | None = None
    material: MaterialCode | None = None
    state: OrderState
    unit: UnitCode
    ordered: Measure
    produced: Measure = ZERO
    received: Measure = ZERO
    shipped: Measure = ZERO
    invoiced: Measure = ZERO
    closed_short: Measure = ZERO
    requested_at: Time | None = None
    first_promised_at: Time | None = None
    promised_at: Time | None = None
    production_orders: tuple[ProductionOrderKey, ...] = ()
    milestones: Milestones = Milestones()
    not_applicable: tuple[Name, ...] = ()
    waits_for: Words | None = None
    waits_since: Time | None = None
    waits_on: Name | None = None
    reason: Remark | None = None
    changed_at: Time | None = None

    @property
    def key(self) -> str:
        """`organisation/order number/line`."""
        return f"{self.order}/{self.line}"

    @property
    def lane(self) -> str:
        return self.key
