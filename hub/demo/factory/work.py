"""A work order on the shop floor: its operations, and how much has come through each."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

from hub.demo.factory.shapes import Data

ZERO = Decimal()


@dataclass(slots=True)
class Operation:
    """One operation of a work order: what went through it, and the quantity that is at it now (`running`)."""

    sequence: int
    code: str
    work_center: str
    minutes: float
    outsourced: bool
    components: list[Data]
    processed: Decimal = ZERO
    good: Decimal = ZERO
    running: Decimal = ZERO
    runs: int = 0


@dataclass(slots=True)
class WorkOrder:
    """A work order as the foreman sees it; `declared` of what the last operation has finished is told to the store."""

    organisation: str
    number: str
    material: str
    quantity: Decimal
    state: str
    operations: list[Operation] = field(default_factory=list)
    declared: Decimal = ZERO

    def waiting_at(self, at: int) -> Decimal:
        """How much could be begun at this operation now. Everything of the operation before must have come through."""
        operation = self.operations[at]
        if at == 0:
            return self.quantity - operation.processed - operation.running
        before = self.operations[at - 1]
        if before.running or self.waiting_at(at - 1) > 0:
            return ZERO
        return before.good - operation.processed - operation.running

    @property
    def is_at_rest(self) -> bool:
        return not any(operation.running or self.waiting_at(at) > 0 for at, operation in enumerate(self.operations))
