"""What machines were doing, from when to when."""

from __future__ import annotations

from enum import StrEnum

from hub.model.common import Entity
from hub.model.types import Name, Number, ProductionOrderKey, Reason, Time, WorkCenterCode


class EquipmentState(StrEnum):
    RUN = "run"
    SETUP = "setup"
    IDLE = "idle"
    DOWN = "down"
    PLANNED_DOWN = "planned_down"
    OFFLINE = "offline"


class EquipmentStatus(Entity):
    """One stretch of time in one state; open while `ended_at` is None. Key: `organisation/equipment@started_at`. Lane: the equipment."""

    entity = "equipment_status"
    aggregate = "equipment"
    owner = "mes"
    identity = ("equipment", "started_at")
    root = "equipment"

    equipment: WorkCenterCode
    state: EquipmentState
    started_at: Time
    ended_at: Time | None = None
    reason: Reason | None = None
    production_order: ProductionOrderKey | None = None
    alarm: Name | None = None
    shots: Number | None = None
    source: Name | None = None
