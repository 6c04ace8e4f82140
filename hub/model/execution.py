"""What the MES does and tells: jobs, operation reports, material issued and consumed, goods received into stock.

Facts are immutable. A reversal is a new fact that names what it reverses and carries the same quantities, negative (B13).
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from hub.model.common import Demands, Entity, IssueMethod, Nature, PersonMinutes, Quantity, ReasonQuantity, Row
from hub.model.types import (
    ZERO,
    DocumentNumber,
    GoodsReceiptKey,
    JobOrderKey,
    LineNumber,
    LocationCode,
    LotNumber,
    MaterialCode,
    MaterialConsumptionKey,
    MaterialIssueKey,
    Measure,
    NonconformanceKey,
    Number,
    OperationCode,
    OperationReportKey,
    PersonCode,
    ProductionOrderKey,
    QualityInspectionKey,
    Reason,
    Remark,
    ShiftCode,
    SupplierCode,
    Time,
    ToolCode,
    UnitCode,
    WarehouseCode,
    WorkCenterCode,
)


class JobState(StrEnum):
    WAITING = "waiting"
    READY = "ready"
    DISPATCHED = "dispatched"
    RUNNING = "running"
    PAUSED = "paused"
    HELD = "held"
    SUSPENDED = "suspended"
    COMPLETED = "completed"
    CLOSED = "closed"
    ABORTED = "aborted"
    CANCELLED = "cancelled"


class JobOrder(Entity):
    """One operation of a production order, dispatched to a work centre (派工单). `sequence` is its place in the routing."""

    entity = "job_order"
    aggregate = "production_order"
    owner = "mes"
    root = "production_order"

    number: DocumentNumber
    production_order: ProductionOrderKey
    sequence: LineNumber
    operation: OperationCode
    work_center: WorkCenterCode | None = None
    state: JobState
    quantity: Quantity | None = None
    planned_start_at: Time | None = None
    planned_end_at: Time | None = None
    started_at: Time | None = None
    ended_at: Time | None = None
    subcontracted: bool = False
    supplier: SupplierCode | None = None
    hold_reason: Reason | None = None
    demands: Demands = ()
    changed_at: Time | None = None


class ReportState(StrEnum):
    RECORDED = "recorded"
    ACCEPTED = "accepted"
    REVERSED = "reversed"


class ReportType(StrEnum):
    PRODUCTION = "production"
    REWORK = "rework"


class ReportSource(StrEnum):
    TERMINAL = "terminal"
    MACHINE = "machine"
    EXCEL = "excel"


class OperationReport(Entity):
    """What was done at one operation (报工单). Quantities are in `unit`; `processed`, where given, is the sum of the five (B1).

    `concession` 让步接收, `rework` 返工, `repair` 返修. `first_pass` is False for what comes again after rework;
    such a report has type `rework` and names its `nonconformance`. `cavities`: a mould's pieces per shot.
    """

    entity = "operation_report"
    aggregate = "production_order"
    nature = Nature.FACT
    owner = "mes"
    root = "production_order"

    number: DocumentNumber
    production_order: ProductionOrderKey
    job_order: JobOrderKey | None = None
    sequence: LineNumber
    operation: OperationCode
    material: MaterialCode | None = None
    type: ReportType = ReportType.PRODUCTION
    state: ReportState = ReportState.RECORDED
    unit: UnitCode
    processed: Measure | None = None
    good: Measure = ZERO
    concession: Measure = ZERO
    scrap: Measure = ZERO
    rework: Measure = ZERO
    repair: Measure = ZERO
    second_good: Quantity | None = None
    reasons: tuple[ReasonQuantity, ...] = ()
    work_center: WorkCenterCode | None = None
    tool: ToolCode | None = None
    cavities: Annotated[int, Field(gt=0)] | None = None
    persons: tuple[PersonMinutes, ...] = ()
    shift: ShiftCode | None = None
    business_date: date | None = None
    started_at: Time | None = None
    ended_at: Time | None = None
    reported_at: Time
    setup_minutes: Number | None = None
    run_minutes: Number | None = None
    first_pass: bool = True
    is_final: bool = False
    reverses: OperationReportKey | None = None
    reversal_reason: Reason | None = None
    nonconformance: NonconformanceKey | None = None
    source: ReportSource = ReportSource.TERMINAL
    lot: LotNumber | None = None
    serials: tuple[LotNumber, ...] = ()
    demands: Demands = ()
    remark: Remark | None = None


class PostingState(StrEnum):
    """A fact, and what the ERP made of it (B16)."""

    RECORDED = "recorded"
    POSTED = "posted"
    POST_FAILED = "post_failed"
    REVERSED = "reversed"


class MaterialIssueLine(Row):
    """One material handed out of stock for a production order."""

    line: LineNumber
    material: MaterialCode
    planned_material: MaterialCode | None = None
    quantity: Quantity
    warehouse: WarehouseCode | None = None
    location: LocationCode | None = None
    lot: LotNumber | None = None
    serials: tuple[LotNumber, ...] = ()


class IssueType(StrEnum):
    """Picked to plan, in excess of it (超领), or brought back (退料; quantities are positive)."""

    PICK = "pick"
    EXCESS = "excess"
    RETURN = "return"


class MaterialIssue(Entity):
    """Material handed out of the store (领料), of which the ERP keeps the document."""

    entity = "material_issue"
    aggregate = "production_order"
    nature = Nature.FACT
    owner = "erp"
    root = "production_order"

    number: DocumentNumber
    production_order: ProductionOrderKey
    type: IssueType = IssueType.PICK
    state: PostingState = PostingState.RECORDED
    issued_at: Time
    business_date: date | None = None
    posting_date: date | None = None
    lines: Annotated[tuple[MaterialIssueLine, ...], Field(min_length=1)]
    reverses: MaterialIssueKey | None = None
    reversal_reason: Reason | None = None
    demands: Demands = ()


class MaterialConsumption(Entity):
    """One component used up at an operation. A substitute names the component it stood in for: `planned_material` (B28).

    `produced_lot` and `produced_serials`: what it went into. `issue_method` back_flush: the ERP posts it by itself.
    """

    entity = "material_consumption"
    aggregate = "production_order"
    nature = Nature.FACT
    owner = "mes"
    root = "production_order"

    number: DocumentNumber
    production_order: ProductionOrderKey
    job_order: JobOrderKey | None = None
    operation_report: OperationReportKey | None = None
    sequence: LineNumber | None = None
    bom_line: LineNumber | None = None
    material: MaterialCode
    planned_material: MaterialCode | None = None
    quantity: Quantity
    issue_method: IssueMethod = IssueMethod.PICK
    state: PostingState = PostingState.RECORDED
    lot: LotNumber | None = None
    serials: tuple[LotNumber, ...] = ()
    produced_lot: LotNumber | None = None
    produced_serials: tuple[LotNumber, ...] = ()
    warehouse: WarehouseCode | None = None
    consumed_at: Time
    posted_at: Time | None = None
    posting_date: date | None = None
    reverses: MaterialConsumptionKey | None = None
    reversal_reason: Reason | None = None
    demands: Demands = ()


class ReceiptState(StrEnum):
    DECLARED = "declared"
    POSTED = "posted"
    REVERSED = "reversed"


class GoodsReceipt(Entity):
    """Finished goods into stock (完工入库): the MES declares, the ERP posts and owns `posted_at`, `posting_date`, `erp_number`."""

    entity = "goods_receipt"
    aggregate = "production_order"
    nature = Nature.FACT
    owner = "mes"
    root = "production_order"

    number: DocumentNumber
    production_order: ProductionOrderKey
    material: MaterialCode
    quantity: Quantity
    state: ReceiptState = ReceiptState.DECLARED
    declared_at: Time
    declared_by: PersonCode | None = None
    posted_at: Time | None = None
    posting_date: date | None = None
    erp_number: DocumentNumber | None = None
    warehouse: WarehouseCode | None = None
    location: LocationCode | None = None
    lot: LotNumber | None = None
    serials: tuple[LotNumber, ...] = ()
    quality_inspection: QualityInspectionKey | None = None
    reverses: GoodsReceiptKey | None = None
    reversal_reason: Reason | None = None
    demands: Demands = ()
