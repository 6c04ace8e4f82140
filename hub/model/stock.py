"""Stock: what is there, and what suppliers brought."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from hub.model.common import Entity, Nature, Quantity, Row
from hub.model.execution import ReceiptState
from hub.model.types import (
    DocumentNumber,
    LineNumber,
    LocationCode,
    LotNumber,
    MaterialCode,
    PurchaseReceiptKey,
    QualityInspectionKey,
    Reason,
    SupplierCode,
    Time,
    WarehouseCode,
)


class StockStatus(StrEnum):
    UNRESTRICTED = "unrestricted"
    IN_INSPECTION = "in_inspection"
    BLOCKED = "blocked"


class StockBalance(Entity):
    """How much of a material lies where; less than nothing where the ERP allows it (负库存).

    Key: `organisation/material@warehouse@location@lot@status`.
    """

    entity = "stock_balance"
    aggregate = "stock"
    owner = "erp"
    signed = True
    identity = ("material", "warehouse", "location", "lot", "status")

    material: MaterialCode
    warehouse: WarehouseCode
    location: LocationCode | None = None
    lot: LotNumber | None = None
    status: StockStatus = StockStatus.UNRESTRICTED
    quantity: Quantity
    reserved: Quantity | None = None
    counted_at: Time | None = None
    changed_at: Time | None = None


class PurchaseReceiptLine(Row):
    """One delivered material; its price stays in the ERP."""

    line: LineNumber
    material: MaterialCode
    quantity: Quantity
    warehouse: WarehouseCode | None = None
    location: LocationCode | None = None
    lot: LotNumber | None = None
    supplier_lot: LotNumber | None = None
    serials: tuple[LotNumber, ...] = ()
    quality_inspection: QualityInspectionKey | None = None


class PurchaseReceipt(Entity):
    """Goods from a supplier into stock (采购入库)."""

    entity = "purchase_receipt"
    aggregate = "stock"
    nature = Nature.FACT
    owner = "erp"

    number: DocumentNumber
    supplier: SupplierCode | None = None
    state: ReceiptState
    received_at: Time
    posted_at: Time | None = None
    business_date: date | None = None
    posting_date: date | None = None
    lines: Annotated[tuple[PurchaseReceiptLine, ...], Field(min_length=1)]
    reverses: PurchaseReceiptKey | None = None
    reversal_reason: Reason | None = None
