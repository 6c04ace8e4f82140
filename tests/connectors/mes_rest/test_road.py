"""From the shop floor to the model, and from the ERP's order to the shop floor, through the shipped mappings."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import mappings
from hub.mapping.engine import load_mappings
from hub.mapping.spec import Missing
from hub.model import entity
from hub.model.planning import ProductionOrder
from hub.sdk import Document, DocumentKey
from tests.connectors.installation import Installation

SPECS = load_mappings(Path(mappings.__file__).parent)
COMMERCIAL = ("price", "amount", "cost", "tax", "customer", "contact", "phone", "address", "单价", "客户")


class Dictionary:
    """Every code is the same in both systems; a document's key is its number in P1."""

    def __init__(self, **context: str) -> None:
        self._context = {"zone": "Asia/Shanghai", "organisation": "P1", **context}

    def code(self, kind: str, value: str) -> str | Missing:
        return value

    def document(self, entity: str, value: str, internal_id: bool) -> str | Missing:
        return f"P1/{value}"

    def context(self, name: str) -> Any:
        return self._context[name]


FACTS: dict[str, tuple[str, dict[str, Any]]] = {
    "job_order": ("jobs", {"number": "J-1", "production_order": "MO-1", "sequence": 10, "operation": "OP", "state": "running"}),
    "operation_report": (
        "reports",
        {
            "number": "R-1", "production_order": "MO-1", "job_order": "J-1", "sequence": 10, "operation": "OP", "unit": "C62", "good": "3",
            "scrap": "1", "reasons": [{"reason": "S01", "quantity": "1"}], "reported_at": "2026-11-23T03:00:00+00:00", "first_pass": True,
        },
    ),
    "quality_inspection": (
        "inspections",
        {
            "number": "Q-1", "stage": "final", "state": "passed", "production_order": "MO-1", "material": "FG-50", "unit": "C62",
            "inspected": "3", "inspected_at": "2026-11-23T03:00:00+00:00",
        },
    ),
    "nonconformance": (
        "nonconformances",
        {
            "number": "N-1", "state": "open", "production_order": "MO-1", "material": "FG-50", "quantity": {"value": "1", "unit": "C62"},
            "reason": "R01", "opened_at": "2026-11-23T03:00:00+00:00",
        },
    ),
    "material_consumption": (
        "consumptions",
        {
            "number": "C-1", "production_order": "MO-1", "material": "RM-SS", "planned_material": "RM-45", "issue_method": "back_flush",
            "quantity": {"value": "3.6", "unit": "KGM"}, "consumed_at": "2026-11-23T03:00:00+00:00",
        },
    ),
    "goods_receipt": (
        "receipts",
        {
            "number": "G-1", "production_order": "MO-1", "material": "FG-50", "quantity": {"value": "3", "unit": "C62"},
            "declared_at": "2026-11-23T03:00:00+00:00",
            "demands": [{"order": "P1/SO-1", "line": 10, "quantity": {"value": "3", "unit": "C62"}}],
        },
    ),
    "equipment_status": (
        "equipment-status", {"equipment": "WC-1", "state": "down", "started_at": "2026-11-23T03:00:00+00:00", "reason": "D01"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", FACTS)
async def test_what_the_shop_floor_says_is_what_the_model_holds(mes: Installation, name: str) -> None:
    resource, said = FACTS[name]
    mes.books.save(name, "F1", str(said.get("number", "E-1")), said)
    (record,), _ = await mes.read(resource)
    (spec,) = SPECS.inbound("mes", "mes_rest", resource)
    made = entity(name).model_validate({"organisation": "P1", **spec.apply(record.payload, Dictionary()).data})
    references = {field: f"P1/{said[field]}" for field in ("production_order", "job_order") if field in said}
    expected = entity(name).model_validate({"organisation": "P1", **said, **references})
    changed = {"changed_at": made.changed_at} if "changed_at" in type(made).model_fields else {}
    assert made == expected.model_copy(update=changed)


async def test_b35_a_work_order_reaches_the_shop_floor_without_anything_commercial(mes: Installation) -> None:
    link = {"order": "P1/SO-1", "line": 10, "quantity": {"value": "3", "unit": "C62"}}
    step = {"sequence": 10, "operation": "OP-TURN", "run_minutes": "6", "subcontracted": True, "supplier": "GYS-01"}
    part = {"line": 1, "material": "RM-45", "quantity": {"value": "3.6", "unit": "KGM"}, "issue_method": "pick", "sequence": 10}
    order = ProductionOrder.model_validate(
        {
            "organisation": "P1", "number": "MO-1", "material": "FG-50", "quantity": {"value": "3", "unit": "C62"}, "state": "released",
            "demands": [link], "bom": "P1/FG-50@V1", "bom_snapshot": [part], "routing_snapshot": [step],
        }
    )  # fmt: skip
    (spec,) = SPECS.outbound("mes", "mes_rest", "production_order")
    made = spec.apply(order.model_dump(mode="json"), Dictionary(organisation="F1", key=order.key))
    assert not any(word in json.dumps(made.data, ensure_ascii=False) for word in COMMERCIAL)
    key = DocumentKey(entity=spec.document, organisation="F1", key=f"production_order/{order.key}", number=made.number)
    asked = {"entity": spec.document, "organisation": "F1", "operation": made.operation, "step": "import"}
    await mes.system.sink.write(Document(**asked, key=key, mark="m1", revision=1, payload=made.data))
    (entry,) = mes.rows()
    assert ProductionOrder.model_validate({"organisation": "P1", **entry.data, "bom": order.bom}) == order
