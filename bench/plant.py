"""A small plant for the benches with whole processes: its dictionary, and orders as its CRM's books hold them."""

from __future__ import annotations

from typing import Any

from bench.stage import CUSTOMERS, MATERIALS

ORGANISATIONS = {"crm": {"一厂": "P1"}, "erp": {"100": "P1"}}
LOCAL = {"crm": "一厂", "erp": "100"}


def dictionary() -> dict[str, Any]:
    """The seed: one unit, fifty materials, twenty customers; materials and customers have the same code everywhere."""
    piece = {"dimension": "count", "count": True}
    unit = {"code": "H87", "zh": "件", "en": "piece", "attributes": piece, "local": {"crm": "件", "erp": "Pcs"}}
    materials = [_code(code, {"type": "finished", "base_unit": "H87"}) for code in MATERIALS]
    customers = [_code(code, {"type": "cn_org", "country": "CN"}) for code in CUSTOMERS]
    return {"codes": {"unit": [unit], "material": materials, "customer": customers}}


def _code(code: str, attributes: dict[str, Any]) -> dict[str, Any]:
    return {"code": code, "zh": code, "en": code, "attributes": attributes, "local": {"crm": code, "erp": code}}


def order(number: int) -> dict[str, Any]:
    """An order of three lines as the CRM's books hold it."""
    lines = [
        {
            "line": row, "material": MATERIALS[(number + row) % len(MATERIALS)], "quantity": {"value": str(row), "unit": "件"},
            "state": "confirmed",
        }
        for row in (1, 2, 3)
    ]
    return {
        "number": f"SO-{number:07d}", "customer": CUSTOMERS[number % len(CUSTOMERS)], "state": "confirmed", "currency": "CNY",
        "ordered_at": "2026-01-05T08:00:00Z", "lines": lines,
    }
