"""Typing errors on purpose: what sales people get wrong in the CRM, and who mends it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from hub.demo.factory import catalogue
from hub.demo.factory.orders import PlannedOrder
from hub.demo.factory.shapes import Data

TEST_STATE = "测试"          # a trial entry: no order, and no system but the CRM should ever have it
WRONG_UNIT = "抬"            # a slip for 台
FOREIGN_STATE = "待领导确认"
FULL_WIDTH = {digit: digit + 0xFEE0 for digit in range(ord("0"), ord("9") + 1)}


@dataclass(frozen=True, slots=True)
class Slip:
    """A typing error on purpose. Who mends it: 'crm' (a corrected order follows by itself), 'operator' (the message is corrected
    in the hub: the text `wrong` becomes `right`; or, where `right` is None, it is discarded), or 'nobody' (the hub must cope).
    """

    number: str
    kind: str
    mended_by: str
    wrong: str = ""
    right: str | None = None


def _wrong_unit(order: PlannedOrder, data: Data) -> Slip:
    quantity = data["lines"][0]["quantity"]
    right, quantity["unit"] = quantity["unit"], WRONG_UNIT
    return Slip(order.number, "wrong_unit", "crm", WRONG_UNIT, right)


def _price_off(order: PlannedOrder, data: Data) -> Slip:
    right = data["total"]
    data["total"] = wrong = str(Decimal(right) + 100)
    return Slip(order.number, "price_off", "operator", wrong, right)


def _full_width(order: PlannedOrder, data: Data) -> Slip:
    quantity = data["lines"][0]["quantity"]
    quantity["value"] = quantity["value"].translate(FULL_WIDTH)
    return Slip(order.number, "full_width", "nobody")


def _foreign_state(order: PlannedOrder, data: Data) -> Slip:
    data["state"] = FOREIGN_STATE
    return Slip(order.number, "foreign_state", "crm", FOREIGN_STATE, "confirmed")


def _new_alias(order: PlannedOrder, data: Data) -> Slip:
    data["lines"][0]["material"] = catalogue.ALIAS
    return Slip(order.number, "new_alias", "nobody", catalogue.ALIAS)


SLIPS: dict[str, Callable[[PlannedOrder, Data], Slip]] = {
    "wrong_unit": _wrong_unit,
    "price_off": _price_off,
    "full_width": _full_width,
    "foreign_state": _foreign_state,
    "new_alias": _new_alias,
}
"""By the order's story."""
