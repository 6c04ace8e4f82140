"""What management follows up to the money: invoices, payments, actual cost. All of it commercial."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from hub.model.common import DemandLink, Entity, Money, Nature, Quantity, Row, links
from hub.model.types import (
    Amount,
    CurrencyCode,
    CustomerCode,
    DocumentNumber,
    InvoiceKey,
    LineNumber,
    MaterialCode,
    Name,
    Number,
    PaymentKey,
    ProductionOrderKey,
    Reason,
    SalesOrderKey,
    SettlementCode,
    ShipmentKey,
    Time,
)


class InvoiceState(StrEnum):
    DRAFT = "draft"
    ISSUED = "issued"
    REVERSED = "reversed"


class InvoiceLine(Row):
    """What is invoiced of one order line; prices as on the sales order's line."""

    line: LineNumber
    order: SalesOrderKey | None = None
    order_line: LineNumber | None = None
    shipment: ShipmentKey | None = None
    material: MaterialCode
    quantity: Quantity
    price: Amount | None = None
    price_with_tax: Amount | None = None
    tax_rate: Number | None = None
    amount: Amount | None = None
    tax: Amount | None = None
    total: Amount | None = None


class Invoice(Entity):
    """A receivable (应收单, 开票)."""

    entity = "invoice"
    aggregate = "invoice"
    commercial = True
    owner = "erp"

    number: DocumentNumber
    customer: CustomerCode
    state: InvoiceState
    invoiced_at: Time
    business_date: date | None = None
    posting_date: date | None = None
    due_at: Time | None = None
    currency: CurrencyCode = "CNY"
    tax_invoice: Name | None = None
    amount: Amount | None = None
    tax: Amount | None = None
    total: Amount | None = None
    lines: Annotated[tuple[InvoiceLine, ...], Field(min_length=1)]
    reverses: InvoiceKey | None = None
    reversal_reason: Reason | None = None
    changed_at: Time | None = None

    @property
    def demand_links(self) -> tuple[DemandLink, ...]:
        """One link per line that names an order line."""
        return links(self.lines)


class PaymentState(StrEnum):
    RECEIVED = "received"
    REVERSED = "reversed"


class PaymentLine(Row):
    """What a payment settles."""

    line: LineNumber
    invoice: InvoiceKey | None = None
    order: SalesOrderKey | None = None
    amount: Amount


class Payment(Entity):
    """Money received (回款)."""

    entity = "payment"
    aggregate = "payment"
    nature = Nature.FACT
    commercial = True
    owner = "finance"

    number: DocumentNumber
    customer: CustomerCode
    state: PaymentState = PaymentState.RECEIVED
    amount: Money
    settlement: SettlementCode | None = None
    received_at: Time
    posting_date: date | None = None
    lines: tuple[PaymentLine, ...] = ()
    reverses: PaymentKey | None = None
    reversal_reason: Reason | None = None


class CostState(StrEnum):
    PRELIM = "prelim"
    FINAL = "final"
    ADJUSTED = "adjusted"


class CostElement(StrEnum):
    MATERIAL = "material"
    LABOUR = "labour"
    MACHINE = "machine"
    OVERHEAD = "overhead"
    SUBCONTRACT = "subcontract"


class CostActual(Entity):
    """Standard and actual cost of a production order, by element and period (`2026-01`).

    Key: `organisation/number of the production order@element@period`. It travels on a topic of its own, so its lane is its key.
    """

    entity = "cost_actual"
    aggregate = "cost"
    commercial = True
    owner = "finance"
    identity = ("production_order", "element", "period")

    production_order: ProductionOrderKey
    element: CostElement
    period: Annotated[str, Field(pattern=r"^\d{4}-(0[1-9]|1[0-2])$")]
    state: CostState
    standard: Money | None = None
    actual: Money
    changed_at: Time | None = None

    @property
    def key(self) -> str:
        """The production order's key, then element and period."""
        return f"{self.production_order}@{self.element}@{self.period}"
