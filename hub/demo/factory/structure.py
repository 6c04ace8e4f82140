"""What a pump is made of and how: bills of material over four levels, and routings."""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple

from hub.demo.factory.catalogue import OPERATIONS, OUTSOURCED, PARTS, PRODUCTS


class Component(NamedTuple):
    """One line of a bill: quantity per parent, the operation that uses it (its number in the routing), the issue method."""

    material: str
    quantity: Decimal
    operation: int
    issue_method: str


class Step(NamedTuple):
    """One operation of a routing."""

    number: int
    operation: str
    work_center: str
    minutes: int
    outsourced: bool


def made() -> list[str]:
    """Shared codes of everything the factory makes itself."""
    return [f"FG-{size}" for size in PRODUCTS] + [code for code, row in PARTS.items() if row[2] == "semi"]


def bom(material: str) -> list[Component]:
    """The bill of a made material, shared codes. Raises KeyError for a bought one."""
    if not material.startswith("SF-"):
        return _pump(material)
    _, group, size = material.split("-")
    return _components(_PART_BILLS[group], size)


def routing(material: str) -> list[Step]:
    """The routing of a made material, operations numbered 10, 20, …"""
    if material.startswith("SF-"):
        names = _PART_ROUTES[material.split("-")[1]]
    else:
        names = _COATED if PRODUCTS[material.removeprefix("FG-")][5] else _PLAIN
    return [
        Step(10 * at, name, OPERATIONS[name][4], OPERATIONS[name][5], name == OUTSOURCED)
        for at, name in enumerate(names, 1)
    ]  # fmt: skip


_PLAIN = ("OP-ASSEMBLE", "OP-TEST", "OP-PACK")
_COATED = ("OP-ASSEMBLE", "OP-TEST", "OP-COAT", "OP-PACK")
_PART_ROUTES = {
    "BODY": ("OP-MILL", "OP-DRILL"),
    "IMP": ("OP-TURN", "OP-DRILL", "OP-BALANCE"),
    "SHAFT": ("OP-CUT", "OP-TURN", "OP-HEAT"),
    "ROTOR": ("OP-ASSEMBLE", "OP-BALANCE"),
}
_PART_BILLS = {
    "BODY": (("RM-CAST-{}", "1", 10), ("RM-PLUG", "2", 20)),
    "IMP": (("RM-BLANK-{}", "1", 10),),
    "SHAFT": (("RM-BAR-45", "3.6", 10),),
    "ROTOR": (("SF-SHAFT-{}", "1", 10), ("SF-IMP-{}", "1", 10), ("RM-KEY-8", "1", 10), ("RM-BRG-6205", "2", 10)),
}
_PUMP_BILLS = {
    "50": (
        ("SF-BODY-50", "1", 10), ("SF-ROTOR-50", "1", 10), ("RM-SEAL-25", "1", 10), ("RM-MOTOR-1K5", "1", 10),
        ("RM-COUP-S", "1", 10), ("RM-PLATE", "1", -1), ("RM-PAINT", "0.25", -1), ("RM-BOX-S", "1", -1),
    ),
    "80": (
        ("SF-BODY-80", "1", 10), ("SF-ROTOR-80", "1", 10), ("RM-SEAL-35", "1", 10), ("RM-MOTOR-5K5", "1", 10),
        ("RM-COUP-L", "1", 10), ("RM-PLATE", "1", -1), ("RM-PAINT", "0.4", -1), ("RM-BOX-L", "1", -1),
    ),
}  # fmt: skip


def _pump(material: str) -> list[Component]:
    last = routing(material)[-1].number
    rows = _PUMP_BILLS[PRODUCTS[material.removeprefix("FG-")][4]]
    return _components(tuple((part, quantity, last if at < 0 else at) for part, quantity, at in rows), "")


def _components(rows: tuple[tuple[str, str, int], ...], size: str) -> list[Component]:
    parts = [(part.format(size), Decimal(quantity), at) for part, quantity, at in rows]
    return [Component(part, quantity, at, PARTS[part][5]) for part, quantity, at in parts]
