"""Materials, their units, lots and serials."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from hub.model.common import Demands, Entity, IssueMethod, Quantity
from hub.model.types import (
    LotNumber,
    MaterialCode,
    Name,
    ProductionOrderKey,
    PurchaseReceiptKey,
    Reason,
    SupplierCode,
    Time,
    UnitCode,
)


class MaterialState(StrEnum):
    DRAFT = "draft"
    IN_REVIEW = "in_review"
    ACTIVE = "active"
    PHASE_OUT = "phase_out"
    BLOCKED = "blocked"
    OBSOLETE = "obsolete"


class MaterialType(StrEnum):
    RAW = "raw"
    SEMI = "semi"
    FINISHED = "finished"
    PHANTOM = "phantom"
    TOOL = "tool"
    CONSUMABLE = "consumable"
    SERVICE = "service"


class Procurement(StrEnum):
    MAKE = "make"
    BUY = "buy"
    SUBCONTRACT = "subcontract"


class LotControl(StrEnum):
    NONE = "none"
    LOT = "lot"
    SERIAL = "serial"


class Material(Entity):
    """A material in one organisation. Its units for stock, purchase, sales and pricing are attributes of their own.

    `floating_rate`: its second quantity is measured and never converted by a factor (浮动换算率). `fractions`: a count unit
    may be broken (B33). `inspected`: False for 免检.
    """

    entity = "material"
    aggregate = "material"
    owner = "erp"
    identity = ("code",)

    code: MaterialCode
    name: Name
    name_en: Name | None = None
    specification: Name | None = None
    drawing: Name | None = None
    revision: Name | None = None
    category: Name | None = None
    type: MaterialType
    state: MaterialState
    base_unit: UnitCode
    second_unit: UnitCode | None = None
    stock_unit: UnitCode | None = None
    purchase_unit: UnitCode | None = None
    sales_unit: UnitCode | None = None
    pricing_unit: UnitCode | None = None
    floating_rate: bool = False
    fractions: bool = False
    procurement: Procurement = Procurement.MAKE
    lot_control: LotControl = LotControl.NONE
    issue_method: IssueMethod = IssueMethod.PICK
    inspected: bool = True
    sellable: bool = False
    shelf_life_days: Annotated[int, Field(ge=0)] | None = None
    gtin: Name | None = None
    replaced_by: MaterialCode | None = None
    changed_at: Time | None = None


class ConversionState(StrEnum):
    ACTIVE = "active"
    RETIRED = "retired"


class UnitConversion(Entity):
    """`numerator / denominator` of `to_unit` are one `from_unit`; for one material, or for all where `material` is None.

    Key: `organisation/material@from_unit@to_unit@version`. Lane: the material.
    """

    entity = "unit_conversion"
    aggregate = "material"
    owner = "hub"
    identity = ("material", "from_unit", "to_unit", "version")
    root = "material"

    material: MaterialCode | None = None
    from_unit: UnitCode
    to_unit: UnitCode
    version: Annotated[int, Field(ge=1)] = 1
    numerator: Annotated[int, Field(gt=0)]
    denominator: Annotated[int, Field(gt=0)]
    state: ConversionState = ConversionState.ACTIVE
    valid_from: Time | None = None
    valid_to: Time | None = None


class Disposition(StrEnum):
    """What may be done with a lot (B2MML's disposition)."""

    PLANNED = "planned"
    IN_PROCESS = "in_process"
    RESTRICTED = "restricted"
    UNRESTRICTED = "unrestricted"
    CLOSED = "closed"


class Lot(Entity):
    """A lot of a material. Key: `organisation/material@number`. Lane: the material."""

    entity = "lot"
    aggregate = "material"
    owner = "mes"
    identity = ("material", "number")
    root = "material"

    material: MaterialCode
    number: LotNumber
    state: Disposition
    quantity: Quantity | None = None
    supplier: SupplierCode | None = None
    supplier_lot: LotNumber | None = None
    production_order: ProductionOrderKey | None = None
    purchase_receipt: PurchaseReceiptKey | None = None
    made_at: Time | None = None
    expires_at: Time | None = None
    restricted_because: Reason | None = None
    demands: Demands = ()


class Serial(Entity):
    """One piece of a material, and the lot it belongs to. Key: `organisation/material@number`. Lane: the material."""

    entity = "serial"
    aggregate = "material"
    owner = "mes"
    identity = ("material", "number")
    root = "material"

    material: MaterialCode
    number: LotNumber
    state: Disposition
    lot: LotNumber | None = None
    production_order: ProductionOrderKey | None = None
    made_at: Time | None = None
    demands: Demands = ()
