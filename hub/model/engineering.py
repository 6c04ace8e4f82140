"""How things are made: operations, work centres, reasons, bills of material, routings."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from hub.model.common import Entity, IssueMethod, Part, Quantity, Row
from hub.model.types import (
    LineNumber,
    MaterialCode,
    Measure,
    Name,
    Number,
    OperationCode,
    Reason,
    SupplierCode,
    Time,
    UnitCode,
    WorkCenterCode,
)


class OperationState(StrEnum):
    DRAFT = "draft"
    ACTIVE = "active"
    OBSOLETE = "obsolete"


class Operation(Entity):
    """A standard operation (工序): a code, not a place in a routing."""

    entity = "operation"
    aggregate = "routing"
    owner = "hub"
    identity = ("code",)

    code: OperationCode
    name: Name
    name_en: Name | None = None
    state: OperationState
    outsourced: bool = False


class WorkCenterState(StrEnum):
    PLANNED = "planned"
    IN_SERVICE = "in_service"
    OUT_OF_SERVICE = "out_of_service"
    RETIRED = "retired"


class WorkCenter(Entity):
    """A work centre or a machine in it: `level` after ISA-95, `parent` the one above, `asset` the EAM's number of the same thing."""

    entity = "work_center"
    aggregate = "routing"
    owner = "hub"
    identity = ("code",)

    code: WorkCenterCode
    name: Name
    name_en: Name | None = None
    state: WorkCenterState
    level: Name = "work_center"
    parent: WorkCenterCode | None = None
    asset: Name | None = None


class ReasonState(StrEnum):
    ACTIVE = "active"
    RETIRED = "retired"


class ReasonList(StrEnum):
    """What a reason is given for."""

    SCRAP = "scrap"
    REWORK = "rework"
    CONCESSION = "concession"
    DEFECT = "defect"
    DOWNTIME = "downtime"
    CHANGE = "change"
    CANCEL = "cancel"
    CLOSE = "close"
    HOLD = "hold"
    REVERSAL = "reversal"


class ReasonCode(Entity):
    """A reason on one of the lists. Key: `organisation/list@code`."""

    entity = "reason_code"
    aggregate = "routing"
    owner = "hub"
    identity = ("list", "code")

    list: ReasonList
    code: Reason
    name: Name
    name_en: Name | None = None
    state: ReasonState


class DefinitionState(StrEnum):
    """The states of a bill of material and of a routing."""

    DRAFT = "draft"
    RELEASED = "released"
    SUPERSEDED = "superseded"
    OBSOLETE = "obsolete"


class BomUsage(StrEnum):
    PRODUCTION = "production"
    ENGINEERING = "engineering"
    COSTING = "costing"


class Substitute(Part):
    """A material that may stand in for the component (替代料), the lowest priority number first."""

    material: MaterialCode
    priority: int = 1
    ratio: Number | None = None
    valid_from: Time | None = None
    valid_to: Time | None = None


class ComponentKind(StrEnum):
    COMPONENT = "component"
    BY_PRODUCT = "by_product"
    CO_PRODUCT = "co_product"


class BomLine(Row):
    """One component: `quantity` per the bill's `base_quantity`, or per order where `fixed`. Scrap in percent (B29)."""

    rates = True

    line: LineNumber
    material: MaterialCode
    quantity: Quantity
    fixed: bool = False
    issue_method: IssueMethod = IssueMethod.PICK
    kind: ComponentKind = ComponentKind.COMPONENT
    phantom: bool = False
    sequence: LineNumber | None = None
    component_scrap_percent: Number | None = None
    operation_scrap_percent: Number | None = None
    net: bool = False
    substitutes: tuple[Substitute, ...] = ()
    valid_from: Time | None = None
    valid_to: Time | None = None


class Bom(Entity):
    """A bill of material, without cost. Key: `organisation/material@version`; an alternative is part of the version's name."""

    entity = "bom"
    aggregate = "bom"
    rates = True
    owner = "erp"
    identity = ("material", "version")

    material: MaterialCode
    version: Name
    state: DefinitionState
    usage: BomUsage = BomUsage.PRODUCTION
    base_quantity: Quantity
    assembly_scrap_percent: Number | None = None
    engineering_change: Name | None = None
    valid_from: Time | None = None
    valid_to: Time | None = None
    lines: tuple[BomLine, ...]


class Check(StrEnum):
    """Inspections that an operation asks for: first piece, patrol, last piece."""

    FIRST = "first"
    PATROL = "patrol"
    LAST = "last"


class RoutingOperation(Row):
    """One step of a routing. Minutes: `setup_minutes` once, `run_minutes` per `base_quantity` pieces of `unit`."""

    identity = ("sequence",)
    rates = True

    sequence: LineNumber
    operation: OperationCode
    work_center: WorkCenterCode | None = None
    name: Name | None = None
    setup_minutes: Number | None = None
    run_minutes: Number | None = None
    labour_minutes: Number | None = None
    base_quantity: Measure | None = None
    unit: UnitCode | None = None
    milestone: bool = False
    report_point: bool = True
    checks: tuple[Check, ...] = ()
    subcontracted: bool = False
    supplier: SupplierCode | None = None
    predecessors: tuple[LineNumber, ...] = ()


class Routing(Entity):
    """The order of operations of a material. Key: `organisation/material@version`. Owner: ERP, or MES by a switch per organisation."""

    entity = "routing"
    aggregate = "routing"
    owner = "erp"
    identity = ("material", "version")

    material: MaterialCode
    version: Name
    state: DefinitionState
    valid_from: Time | None = None
    valid_to: Time | None = None
    operations: Annotated[tuple[RoutingOperation, ...], Field(min_length=1)]
