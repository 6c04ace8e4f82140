"""The canonical model: every entity that travels through the hub, its key, its lane, its states and its owner.

`ENTITIES` lists them; `entity(name)` finds one by the name used in topics, mappings and routes.
"""

from __future__ import annotations

from hub.errors import DataError
from hub.model.common import DemandLink, Entity, IssueMethod, Money, Nature, Part, PersonMinutes, Quantity, ReasonQuantity, Row, Words
from hub.model.engineering import Bom, Operation, ReasonCode, Routing, WorkCenter
from hub.model.equipment import EquipmentStatus
from hub.model.execution import GoodsReceipt, JobOrder, MaterialConsumption, MaterialIssue, OperationReport
from hub.model.finance import CostActual, Invoice, Payment
from hub.model.materials import Lot, Material, Serial, UnitConversion
from hub.model.parties import Customer, CustomerProfile, Organisation, Person
from hub.model.planning import ProductionOrder, ProductionPlan
from hub.model.quality import Nonconformance, QualityInspection
from hub.model.sales import MILESTONES, OrderProgress, SalesOrder
from hub.model.shipping import Shipment
from hub.model.stock import PurchaseReceipt, StockBalance
from hub.model.types import Code, Reference

ENTITIES: tuple[type[Entity], ...] = (
    Organisation, Person, Customer, CustomerProfile,
    Material, UnitConversion, Lot, Serial,
    Operation, WorkCenter, ReasonCode, Bom, Routing,
    SalesOrder, ProductionPlan, ProductionOrder,
    JobOrder, OperationReport, QualityInspection, Nonconformance, EquipmentStatus,
    MaterialIssue, MaterialConsumption, GoodsReceipt, PurchaseReceipt, StockBalance,
    Shipment, Invoice, Payment, CostActual, OrderProgress,
)  # fmt: skip

AGGREGATES: tuple[str, ...] = tuple(dict.fromkeys(cls.aggregate for cls in ENTITIES))

_BY_NAME = {cls.entity: cls for cls in ENTITIES}


class UnknownEntity(DataError):
    """No entity has this name."""

    code = "unknown-entity"


def entity(name: str) -> type[Entity]:
    """The class of an entity by its snake_case name. Raises UnknownEntity, which lists the known ones."""
    try:
        return _BY_NAME[name]
    except KeyError:
        raise UnknownEntity(name=name, known=", ".join(sorted(_BY_NAME))) from None
