"""The list of entities, and finding one by its name."""

from __future__ import annotations

from hub.errors import DataError
from hub.model.common import Entity
from hub.model.engineering import Bom, Operation, ReasonCode, Routing, WorkCenter
from hub.model.equipment import EquipmentStatus
from hub.model.execution import GoodsReceipt, JobOrder, MaterialConsumption, MaterialIssue, OperationReport
from hub.model.finance import CostActual, Invoice, Payment
from hub.model.materials import Lot, Material, Serial, UnitConversion
from hub.model.parties import Customer, CustomerProfile, Organisation, Person
from hub.model.planning import ProductionOrder, ProductionPlan
from hub.model.quality import Nonconformance, QualityInspection
from hub.model.sales import OrderProgress, SalesOrder
from hub.model.shipping import Shipment
from hub.model.stock import PurchaseReceipt, StockBalance

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
