"""Shipments to customers."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from hub.model.common import DemandLink, Entity, Quantity, Row, links
from hub.model.types import (
    CustomerCode,
    DocumentNumber,
    LineNumber,
    LocationCode,
    LotNumber,
    MaterialCode,
    Name,
    Reason,
    SalesOrderKey,
    ShipmentKey,
    Time,
    WarehouseCode,
)


class ShipmentState(StrEnum):
    PLANNED = "planned"
    PICKED = "picked"
    SHIPPED = "shipped"
    DELIVERED = "delivered"
    RETURNED = "returned"


class ShipmentLine(Row):
    """What is sent of one order line."""

    line: LineNumber
    order: SalesOrderKey | None = None
    order_line: LineNumber | None = None
    material: MaterialCode
    quantity: Quantity
    warehouse: WarehouseCode | None = None
    location: LocationCode | None = None
    lot: LotNumber | None = None
    serials: tuple[LotNumber, ...] = ()


class Shipment(Entity):
    """Goods sent to a customer (发货), without prices. On time by default means `shipped_at`; `delivered_at` (签收) is rarely recorded."""

    entity = "shipment"
    aggregate = "shipment"
    owner = "erp"

    number: DocumentNumber
    customer: CustomerCode
    state: ShipmentState
    shipped_at: Time | None = None
    delivered_at: Time | None = None
    business_date: date | None = None
    posting_date: date | None = None
    carrier: Name | None = None
    tracking: Name | None = None
    lines: Annotated[tuple[ShipmentLine, ...], Field(min_length=1)]
    reverses: ShipmentKey | None = None
    reversal_reason: Reason | None = None
    changed_at: Time | None = None

    @property
    def demand_links(self) -> tuple[DemandLink, ...]:
        """One link per line that names an order line."""
        return links(self.lines)
