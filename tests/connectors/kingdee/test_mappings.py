"""The shipped mappings against the simulated server: what the hub sends arrives in canonical words, and what is read is what was there."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from hub.mapping import load_mappings, run_cases
from hub.model import decode
from hub.sdk import Document, DocumentKey
from tests.connectors.kingdee.conftest import Plant
from tests.mapping.same_words import SameWords

FOLDER = Path(__file__).parents[3] / "mappings"
SHIPPED = load_mappings(FOLDER)
RESULTS = [result for result in run_cases(FOLDER) if result.file.startswith("kingdee/")]


@pytest.mark.parametrize("result", RESULTS, ids=lambda result: f"{result.file}: {result.case}")
def test_the_cases_hold(result: Any) -> None:
    assert result.passed, result.text("en")


async def send(plant: Plant, entity: str, event: dict[str, Any]) -> Any:
    """The entry that a canonical event becomes in the ERP's books."""
    spec = next(iter(SHIPPED.outbound("erp", "kingdee", entity)))
    mapped = spec.apply(event, SameWords("100"))
    assert mapped.number is not None and not mapped.missing
    key = DocumentKey(entity=spec.document, organisation="100", key=f"{entity}/P1/{mapped.number}", number=mapped.number)
    document = Document(
        entity=spec.document, organisation="100", key=key, mark="m", revision=1, operation=mapped.operation, step="save",
        payload=mapped.data, number=mapped.number,
    )  # fmt: skip
    sink = (await plant.open()).sink
    assert sink is not None
    await sink.write(document)
    return plant.books.get(entity, "100", mapped.number)


def quantity(value: str, **second: Any) -> dict[str, Any]:
    return {"value": value, "unit": "Pcs", **second}


ORDER = {
    "number": "SO-7", "customer": "C-1", "state": "confirmed", "ordered_at": "2026-11-22T18:00:00Z", "currency": "CNY",
    "lines": [{"line": 10, "material": "M-1", "quantity": quantity("2.5"), "price_with_tax": "113.00", "tax_rate": "13", "total": "282.50",
               "requested_at": "2026-12-01T00:00:00Z"}],
}  # fmt: skip


async def test_an_order_arrives_with_its_taxed_prices_and_dates(plant: Plant) -> None:
    entry = await send(plant, "sales_order", ORDER)
    line = entry.data["lines"][0]
    assert (line["line"], line["quantity"], line["price_with_tax"], line["total"]) == (10, quantity("2.5"), "113.00", "282.50")
    assert (entry.data["currency"], entry.data["state"], line["requested_at"]) == ("CNY", "confirmed", "2026-11-30T16:00:00Z")


async def test_b24_a_request_to_cancel_is_the_auditors_to_decide(plant: Plant) -> None:
    assert (await send(plant, "sales_order", {**ORDER, "state": "cancel_requested"})).data["state"] == "cancel_requested"


async def test_a_customer_arrives_and_waits_for_its_audit(plant: Plant) -> None:
    customer = {"code": "C-9", "name": "乙", "short_name": "乙", "state": "active", "uscc": "91310000MA1FL4LQ5C"}
    entry = await send(plant, "customer", customer)
    assert (entry.status, entry.data["name"], entry.data["uscc"]) == ("draft", "乙", "91310000MA1FL4LQ5C")


@pytest.mark.parametrize(
    ("entity", "event", "expected"),
    [
        (
            "operation_report",
            {"number": "R-1", "production_order": "P1/MO-1", "sequence": 10, "operation": "OP1", "material": "M-1", "type": "rework",
             "unit": "Pcs", "good": "8", "concession": "1", "scrap": "0.5", "rework": "0.25",
             "repair": "0.25", "reported_at": "2026-11-22T02:00:00Z"},
            {"production_order": "MO-1", "sequence": 10, "good": "8", "concession": "1", "scrap": "0.5", "rework": "0.25", "repair": "0.25",
             "processed": "10.00", "type": "rework"},
        ),
        (
            "material_consumption",
            {"number": "V-1", "production_order": "P1/MO-1", "material": "M-1", "quantity": quantity("3.6"),
             "consumed_at": "2026-11-22T02:00:00Z"},
            {"production_order": "MO-1", "quantity": quantity("3.6"), "consumed_at": "2026-11-22T02:00:00Z"},
        ),
        (
            "goods_receipt",
            {"number": "G-1", "production_order": "P1/MO-1", "material": "M-1", "declared_at": "2026-11-22T02:00:00Z",
             "quantity": quantity("8", second={"value": "96", "unit": "kg"})},
            {"production_order": "MO-1", "state": "declared", "quantity": quantity("8", second={"value": "96", "unit": "kg"})},
        ),
    ],
)  # fmt: skip
async def test_a_fact_of_the_shop_floor_arrives(plant: Plant, entity: str, event: dict[str, Any], expected: dict[str, Any]) -> None:
    plant.books.save("production_order", "100", "MO-1", {"state": "released"}, status="audited")
    entry = await send(plant, entity, event)
    assert {name: entry.data.get(name) for name in expected} == expected


@pytest.mark.parametrize(
    ("form", "kind", "data"),
    [
        ("PRD_MO", "production_order", {
            "material": "M-1", "quantity": quantity("12.5"), "state": "in_progress", "rush": True, "priority": 1,
            "created_at": "2026-11-20T01:00:00Z",
            "demands": [{"order": "SO-1", "line": 10, "quantity": quantity("8")},
                        {"order": "SO-2", "line": 20, "quantity": quantity("4.5")}],
            "bom_snapshot": [{"line": 1, "material": "M-2", "quantity": quantity("0.25"), "issue_method": "back_flush", "sequence": 10}],
            "routing_snapshot": [{"sequence": 10, "operation": "OP1", "work_center": "CJ1", "run_minutes": "5", "subcontracted": True}]}),
        ("SAL_OUTSTOCK", "shipment", {
            "customer": "C-1", "state": "shipped", "shipped_at": "2026-11-22T02:00:00Z",
            "lines": [{"line": 1, "order": "SO-1", "order_line": 10, "material": "M-1", "quantity": quantity("2")}]}),
        ("ENG_BOM", "bom", {
            "material": "M-1", "state": "released", "base_quantity": quantity("1"),
            "lines": [{"line": 10, "sequence": 20, "material": "M-2", "quantity": quantity("0.25"), "issue_method": "back_flush"}]}),
    ],
)  # fmt: skip
async def test_what_is_read_is_what_was_there(plant: Plant, form: str, kind: str, data: dict[str, Any]) -> None:
    entry = plant.books.save(kind, "100", "X-1", {"number": "X-1", **data}, status="audited")
    source = (await plant.open()).source
    assert source is not None
    record = await source.fetch(form, "100", str(entry.id))
    assert record is not None
    spec = next(iter(SHIPPED.inbound("erp", "kingdee", form)))
    mapped = spec.apply(record.payload, SameWords("100"))
    assert not mapped.missing
    decode(kind, {**mapped.data, "organisation": "P1"})
    assert {name: _local(mapped.data[name]) for name in data} == {name: _kept(data[name], mapped.data[name]) for name in data}


def _local(value: Any) -> Any:
    """Canonical document keys as the ERP's numbers."""
    if isinstance(value, list):
        return [{**row, **({"order": row["order"].removeprefix("P1/")} if "order" in row else {})} for row in value]
    return value


def _kept(value: Any, mapped: Any) -> Any:
    """What was there, with the defaults that the ERP adds to a row."""
    if isinstance(value, list):
        return [{**got, **row, **({"order": row["order"]} if "order" in row else {})} for row, got in zip(value, mapped, strict=True)]
    return value
