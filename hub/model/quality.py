"""Inspections and what does not conform."""

from __future__ import annotations

from enum import StrEnum

from hub.model.common import Demands, Entity, Nature, Part, Quantity, ReasonQuantity
from hub.model.types import (
    ZERO,
    DocumentNumber,
    JobOrderKey,
    LineNumber,
    LotNumber,
    MaterialCode,
    Measure,
    Name,
    Number,
    OperationCode,
    OperationReportKey,
    PersonCode,
    ProductionOrderKey,
    PurchaseReceiptKey,
    QualityInspectionKey,
    Reason,
    Remark,
    Time,
    UnitCode,
)


class InspectionState(StrEnum):
    OPEN = "open"
    PASSED = "passed"
    FAILED = "failed"
    CONCESSION = "concession"
    CLOSED = "closed"


class InspectionStage(StrEnum):
    """First piece, patrol, last piece, final, incoming goods."""

    FIRST = "first"
    PATROL = "patrol"
    LAST = "last"
    FINAL = "final"
    INCOMING = "incoming"


class QualityDisposition(StrEnum):
    """What is to become of the goods."""

    ACCEPT = "accept"
    CONCESSION = "concession"
    REWORK = "rework"
    REPAIR = "repair"
    SCRAP = "scrap"


class Measurement(Part):
    """One measured characteristic, with its limits."""

    characteristic: Name
    value: Number
    unit: UnitCode | None = None
    lower: Number | None = None
    upper: Number | None = None
    passed: bool | None = None


class QualityInspection(Entity):
    """An inspection. `accepted` and `rejected` of the `inspected` quantity, in `unit`; incoming ones name a purchase receipt.

    Lane: the production order; its own key where there is none.
    """

    entity = "quality_inspection"
    aggregate = "production_order"
    nature = Nature.FACT
    owner = "mes"
    root = "production_order"

    number: DocumentNumber
    stage: InspectionStage
    state: InspectionState
    production_order: ProductionOrderKey | None = None
    job_order: JobOrderKey | None = None
    operation_report: OperationReportKey | None = None
    purchase_receipt: PurchaseReceiptKey | None = None
    sequence: LineNumber | None = None
    operation: OperationCode | None = None
    material: MaterialCode
    lot: LotNumber | None = None
    serials: tuple[LotNumber, ...] = ()
    unit: UnitCode
    sample: Measure | None = None
    inspected: Measure
    accepted: Measure = ZERO
    rejected: Measure = ZERO
    defects: tuple[ReasonQuantity, ...] = ()
    disposition: QualityDisposition | None = None
    measurements: tuple[Measurement, ...] = ()
    inspector: PersonCode | None = None
    inspected_at: Time
    reverses: QualityInspectionKey | None = None
    demands: Demands = ()


class NonconformanceState(StrEnum):
    OPEN = "open"
    DISPOSITIONED = "dispositioned"
    REWORKING = "reworking"
    CLOSED = "closed"


class Nonconformance(Entity):
    """Goods that do not conform, what is decided, and the rework order that follows."""

    entity = "nonconformance"
    aggregate = "production_order"
    owner = "mes"
    root = "production_order"

    number: DocumentNumber
    state: NonconformanceState
    production_order: ProductionOrderKey | None = None
    quality_inspection: QualityInspectionKey | None = None
    operation_report: OperationReportKey | None = None
    rework_order: ProductionOrderKey | None = None
    sequence: LineNumber | None = None
    operation: OperationCode | None = None
    material: MaterialCode
    quantity: Quantity
    reason: Reason
    disposition: QualityDisposition | None = None
    lot: LotNumber | None = None
    serials: tuple[LotNumber, ...] = ()
    opened_at: Time
    closed_at: Time | None = None
    remark: Remark | None = None
    demands: Demands = ()
