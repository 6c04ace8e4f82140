"""The dictionary of go-live as a seed file, and what the steward will answer about the codes that were left out of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from hub.demo.factory import catalogue
from hub.demo.factory.codes import Code

KINDS = ("organisation", "unit", "warehouse", "operation", "work_center", "reason", "person", "material", "customer")
"""In the order in which they refer to each other."""

DIMENSIONS = {"H87": ("count", True), "KGM": ("mass", False), "SET": ("set", True)}


@dataclass(frozen=True, slots=True)
class Answer:
    """What `local` means in `system`. `is_new`: the shared code is not in the dictionary yet; names and attributes are for creating it."""

    kind: str
    system: str
    local: str
    code: str
    zh: str
    en: str
    is_new: bool = False
    attributes: Mapping[str, Any] = field(default_factory=dict)


def seed() -> dict[str, Any]:
    """The seed file's content (`master_data.seeds`): shared codes with their cross-references, some left out on purpose."""
    codes = catalogue.codes()
    return {"codes": {kind: [_entry(code) for code in codes.kind(kind)] for kind in KINDS}}


def answers() -> dict[tuple[str, str, str], Answer]:
    """By (kind, system, local code): what a steward who knows the factory answers about every code that turns up unknown."""
    everything = [*catalogue.codes().all(), *map(catalogue.customer, catalogue.NEW_CUSTOMERS)]
    left_out = [(code, system) for code in everything for system in code.unknown_in]
    found = {(code.kind, system, code.local[system]): _answer(code, system) for code, system in left_out}
    product = catalogue.codes().get("material", catalogue.ALIAS_OF)
    alias = Answer("material", "crm", catalogue.ALIAS, product.code, product.zh, product.en, attributes=_attributes(product))
    return {**found, ("material", "crm", catalogue.ALIAS): alias}


COME_BACK = {("customer", "erp")}
"""Codes that the dictionary learns from the hub's own deliveries: the ERP has no customers before the hub brings them."""


def _entry(code: Code) -> dict[str, Any]:
    known = {system: name for system, name in code.local.items() if system not in code.unknown_in}
    local = {system: name for system, name in known.items() if (code.kind, system) not in COME_BACK}
    return {"code": code.code, "zh": code.zh, "en": code.en, "attributes": _attributes(code), "local": local}


def _answer(code: Code, system: str) -> Answer:
    is_new = code.code in catalogue.NEW_CUSTOMERS
    return Answer(code.kind, system, code.local[system], code.code, code.zh, code.en, is_new, _attributes(code))


def _attributes(code: Code) -> dict[str, Any]:
    shape = _ATTRIBUTES.get(code.kind)
    return shape(code) if shape else {}


def _material(code: Code) -> dict[str, Any]:
    traits = code.attributes
    is_dual = code.code in catalogue.DUAL_UNIT
    return {
        "type": traits["type"], "base_unit": traits["unit"], "control": traits["tracking"], "sellable": traits["sellable"],
        "procurement": "buy" if traits["type"] == "raw" else "make", **({"second_unit": "KGM", "dual_unit": True} if is_dual else {}),
    }  # fmt: skip


def _unit(code: Code) -> dict[str, Any]:
    dimension, counts = DIMENSIONS[code.code]
    return {"dimension": dimension, "count": counts}


_ATTRIBUTES: Mapping[str, Callable[[Code], dict[str, Any]]] = {
    "organisation": lambda code: {"type": "plant"},
    "unit": _unit,
    "operation": lambda code: {"outsourced": code.code == catalogue.OUTSOURCED, "inspection": code.code == catalogue.FINAL_INSPECTION},
    "reason": lambda code: {"list": catalogue.REASON_LISTS[code.code.split("-")[0]]},
    "material": _material,
    "customer": lambda code: {"short_name": code.zh[2:6], "type": "cn_org", "country": "CN"},
}
