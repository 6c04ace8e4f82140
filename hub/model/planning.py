"""What the ERP plans and orders: production plans and production orders."""

from __future__ import annotations

from enum import StrEnum

from hub.model.common import Demands, Entity, Quantity
from hub.model.engineering import BomLine, RoutingOperation
from hub.model.types import (
    BomKey,
    DocumentNumber,
    LotNumber,
    MaterialCode,
    NonconformanceKey,
    Number,
    ProductionOrderKey,
    ProductionPlanKey,
    Reason,
    Remark,
    RoutingKey,
    SupplierCode,
    Time,
    WarehouseCode,
    WorkCenterCode,
)


class PlanState(StrEnum):
    DRAFT = "draft"
    FIRM = "firm"
    RELEASED = "released"
    CLOSED = "closed"


class ProductionPlan(Entity):
    """A planned order: what the ERP means to make of a material, and for which order lines."""

    entity = "production_plan"
    aggregate = "production_plan"
    owner = "erp"

    number: DocumentNumber
    material: MaterialCode
    quantity: Quantity
    state: PlanState
    planned_start_at: Time | None = None
    planned_end_at: Time | None = None
    demands: Demands = ()
    created_at: Time | None = None
    changed_at: Time | None = None


class ProductionOrderState(StrEnum):
    PLANNED = "planned"
    FIRM = "firm"
    RELEASED = "released"
    IN_PROGRESS = "in_progress"
    COMPLETED = "completed"
    CLOSED = "closed"
    ON_HOLD = "on_hold"
    CANCELLED = "cancelled"


class ProductionOrderType(StrEnum):
    STANDARD = "standard"
    REWORK = "rework"
    TRIAL = "trial"
    REPAIR = "repair"
    DISASSEMBLY = "disassembly"


class ProductionOrder(Entity):
    """An order to make something (生产工单), for a set of order lines, or for stock where there are none.

    `bom_snapshot` and `routing_snapshot` are frozen at release: a new version of either does not touch them (B25).
    `quantity` is what is to be made; the MES owns `actual_start_at`, `actual_end_at`, `good`, `scrapped`, `reworked`.
    `close_reason` is given where it was closed short (强制结案); `hold_reason` where it stands (反审核, 暂停).
    """

    entity = "production_order"
    aggregate = "production_order"
    owner = "erp"

    number: DocumentNumber
    material: MaterialCode
    quantity: Quantity
    state: ProductionOrderState
    type: ProductionOrderType = ProductionOrderType.STANDARD
    demands: Demands = ()
    plan: ProductionPlanKey | None = None
    bom: BomKey | None = None
    routing: RoutingKey | None = None
    bom_snapshot: tuple[BomLine, ...] = ()
    routing_snapshot: tuple[RoutingOperation, ...] = ()
    outdated: bool = False
    planned_start_at: Time | None = None
    planned_end_at: Time | None = None
    created_at: Time | None = None
    released_at: Time | None = None
    closed_at: Time | None = None
    priority: int | None = None
    rush: bool = False
    over_tolerance_percent: Number | None = None
    parent: ProductionOrderKey | None = None
    split_from: ProductionOrderKey | None = None
    merged_into: ProductionOrderKey | None = None
    nonconformance: NonconformanceKey | None = None
    subcontracted: bool = False
    supplier: SupplierCode | None = None
    work_center: WorkCenterCode | None = None
    warehouse: WarehouseCode | None = None
    lot: LotNumber | None = None
    close_reason: Reason | None = None
    cancel_reason: Reason | None = None
    hold_reason: Reason | None = None
    remark: Remark | None = None
    actual_start_at: Time | None = None
    actual_end_at: Time | None = None
    good: Quantity | None = None
    scrapped: Quantity | None = None
    reworked: Quantity | None = None
    changed_at: Time | None = None
