"""From the form to the model and back: what the CRM's people typed, through the shipped mappings."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import mappings
from hub.mapping.engine import load_mappings
from hub.mapping.spec import Missing
from hub.model.parties import Customer, CustomerProfile
from hub.model.sales import OrderProgress, SalesOrder
from hub.sdk import Document, DocumentKey
from tests.connectors.installation import Installation
from tests.connectors.jiandaoyun.conftest import save_order

SPECS = load_mappings(Path(mappings.__file__).parent)


class Dictionary:
    """Knows a shared code for everything: the local one with a mark before it; and takes the mark away again."""

    def __init__(self, **context: str) -> None:
        self._context = {"zone": "Asia/Shanghai", **context}

    def code(self, kind: str, value: str) -> str | Missing:
        return value.removeprefix("S-") if value.startswith("S-") else f"S-{value}"

    def document(self, entity: str, value: str, internal_id: bool) -> str | Missing:
        return value.partition("/")[2]

    def context(self, name: str) -> Any:
        return self._context[name]


def mapped(entity: str, form: str, payload: Mapping[str, Any]) -> dict[str, Any]:
    """The canonical data of a record."""
    spec = next(spec for spec in SPECS.inbound("crm", "jiandaoyun", form) if spec.entity == entity)
    return {"organisation": "P1", **spec.apply(payload, Dictionary()).data}


async def test_an_order_as_the_simulator_gives_it_is_an_order_of_the_model(crm: Installation) -> None:
    save_order(crm, quantity="12.5", total="14125.00", change_reason="需求变更")
    (record,), _ = await crm.read("销售订单")
    order = SalesOrder.model_validate(mapped("sales_order", "销售订单", record.payload))
    assert (order.number, order.customer, str(order.state), order.currency) == ("SO-1", "S-K0001", "confirmed", "CNY")
    assert str(order.lines[0].quantity.value) == "12.5" and order.lines[0].quantity.unit == "S-台"
    assert str(order.lines[0].price_with_tax) == "1130" and str(order.total) == "14125"


async def test_one_customer_form_gives_a_customer_and_a_profile(crm: Installation) -> None:
    crm.books.save("customer", "一厂", "K1", {"code": "K1", "name": "恒通水务", "state": "active", "type": "cn_organisation"})
    profile = {"customer": "K1", "address": "南京", "contacts": [{"name": "周建国", "phone": "139"}]}
    crm.books.save("customer_profile", "一厂", "K1", profile)
    (record,), _ = await crm.read("客户")
    customer = Customer.model_validate(mapped("customer", "客户", record.payload))
    assert "139" not in customer.model_dump_json() and "南京" not in customer.model_dump_json()
    assert CustomerProfile.model_validate(mapped("customer_profile", "客户", record.payload)).contacts[0].phone == "139"


async def test_progress_stands_in_the_crms_books_as_the_hub_told_it(crm: Installation) -> None:
    facts = {
        "organisation": "P1", "order": "P1/SO-1", "line": 10, "state": "in_production", "unit": "S-台", "ordered": "12.5", "shipped": "2",
        "customer": "S-K0001", "promised_at": "2026-12-01T16:00:00Z", "waits_for": {"zh": "等待检验", "en": "waits for inspection"},
    }  # fmt: skip
    progress = OrderProgress.model_validate(facts)
    (spec,) = SPECS.outbound("crm", "jiandaoyun", "order_progress")
    made = spec.apply(progress.model_dump(mode="json"), Dictionary(organisation="一厂", key=progress.key))
    key = DocumentKey(entity=spec.document, organisation="一厂", key=f"order_progress/{progress.key}", number=made.number)
    asked = {"entity": spec.document, "organisation": "一厂", "operation": made.operation, "step": "save"}
    written = await crm.system.sink.write(Document(**asked, key=key, mark="m1", revision=1, payload=made.data))
    (entry,) = crm.rows("order_progress")
    assert (entry.organisation, entry.number, written.number) == ("一厂", "P1/SO-1/10", "P1/SO-1/10")
    told = {"order": "SO-1", "line": 10, "state": "in_production", "unit": "台", "ordered": "12.5", "shipped": "2"}
    assert {name: entry.data[name] for name in told} == told and entry.data["waits_for"]["zh"] == "等待检验"
