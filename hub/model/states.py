"""Which state may follow which, for production orders and for sales orders.

A poller need not see every state, so what is asked is whether a state can be reached, not whether it is the next one.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from functools import cache

from hub.errors import DataError
from hub.model.planning import ProductionOrderState as Work
from hub.model.sales import OrderState as Order

PRODUCTION_ORDER: Mapping[StrEnum, frozenset[StrEnum]] = {
    Work.PLANNED: frozenset({Work.FIRM, Work.RELEASED, Work.CANCELLED}),
    Work.FIRM: frozenset({Work.PLANNED, Work.RELEASED, Work.ON_HOLD, Work.CANCELLED}),
    Work.RELEASED: frozenset({Work.IN_PROGRESS, Work.ON_HOLD, Work.CLOSED, Work.CANCELLED}),
    Work.IN_PROGRESS: frozenset({Work.COMPLETED, Work.ON_HOLD, Work.CLOSED}),
    Work.COMPLETED: frozenset({Work.IN_PROGRESS, Work.ON_HOLD, Work.CLOSED}),      # back: its last report was reversed
    Work.ON_HOLD: frozenset({Work.RELEASED, Work.IN_PROGRESS, Work.COMPLETED, Work.CLOSED, Work.CANCELLED}),
    Work.CLOSED: frozenset({Work.RELEASED, Work.IN_PROGRESS, Work.COMPLETED}),     # 反结案
    Work.CANCELLED: frozenset(),
}  # fmt: skip

SALES_ORDER: Mapping[StrEnum, frozenset[StrEnum]] = {
    Order.DRAFT: frozenset({Order.CONFIRMED, Order.CANCELLED}),
    Order.CONFIRMED: frozenset({Order.ACCEPTED, Order.REJECTED, Order.ON_HOLD, Order.CANCEL_REQUESTED, Order.CANCELLED}),
    Order.REJECTED: frozenset({Order.CONFIRMED, Order.CANCELLED}),                 # 驳回, then a new revision
    Order.ACCEPTED: frozenset({Order.PLANNED, Order.READY, Order.ON_HOLD, Order.CANCEL_REQUESTED, Order.CONFIRMED}),
    Order.PLANNED: frozenset({Order.IN_PRODUCTION, Order.READY, Order.ON_HOLD, Order.CANCEL_REQUESTED, Order.ACCEPTED}),
    Order.IN_PRODUCTION: frozenset({Order.READY, Order.PART_SHIPPED, Order.ON_HOLD, Order.CANCEL_REQUESTED, Order.CLOSED}),
    Order.READY: frozenset({Order.PART_SHIPPED, Order.SHIPPED, Order.ON_HOLD, Order.CANCEL_REQUESTED, Order.CLOSED, Order.IN_PRODUCTION}),
    Order.PART_SHIPPED: frozenset({Order.SHIPPED, Order.CANCEL_REQUESTED, Order.CLOSED}),
    Order.SHIPPED: frozenset({Order.DELIVERED, Order.CLOSED, Order.PART_SHIPPED}),  # back: goods returned
    Order.DELIVERED: frozenset({Order.CLOSED}),
    Order.CLOSED: frozenset(                                                       # 反关闭: a late change, or goods returned
        {Order.ACCEPTED, Order.PLANNED, Order.IN_PRODUCTION, Order.READY, Order.PART_SHIPPED, Order.SHIPPED}
    ),
    Order.ON_HOLD: frozenset({Order.CONFIRMED, Order.ACCEPTED, Order.PLANNED, Order.IN_PRODUCTION, Order.READY, Order.CANCEL_REQUESTED}),
    Order.CANCEL_REQUESTED: frozenset(
        {Order.CANCELLED, Order.CONFIRMED, Order.ACCEPTED, Order.PLANNED, Order.IN_PRODUCTION, Order.READY, Order.PART_SHIPPED}
    ),                                                                             # back: the ERP decided to finish it (B24)
    Order.CANCELLED: frozenset(),
}  # fmt: skip

TRANSITIONS: Mapping[str, Mapping[StrEnum, frozenset[StrEnum]]] = {"production_order": PRODUCTION_ORDER, "sales_order": SALES_ORDER}


class TransitionForbidden(DataError):
    """A state that cannot follow the last known one: a cancelled order that returns."""

    code = "transition-forbidden"


@cache
def reachable(entity: str, before: StrEnum) -> frozenset[StrEnum]:
    """The states that may be seen after `before`, itself included; entities without a table allow every state of theirs."""
    table = TRANSITIONS.get(entity)
    if table is None:
        return frozenset(type(before))
    seen, ahead = {before}, [before]
    while ahead:
        new = table[ahead.pop()] - seen
        seen |= new
        ahead.extend(new)
    return frozenset(seen)


def check_transition(entity: str, key: str, before: StrEnum, after: StrEnum) -> None:
    """Raises TransitionForbidden where no allowed way leads from the one state to the other."""
    if after not in reachable(entity, before):
        raise TransitionForbidden(key=key, before=before.value, after=after.value)
