"""Keys, lanes, and what the list of entities promises."""

from __future__ import annotations

from typing import Any

import pytest

from hub.model import AGGREGATES, ENTITIES, Nature, UnknownEntity, decode, entity, partial
from tests.model.examples import NOON, make_report, make_sales_order, pieces

NAMES = [
    "customer", "customer_profile", "material", "unit_conversion", "operation", "work_center", "reason_code", "person", "lot",
    "serial", "bom", "routing", "sales_order", "production_plan", "production_order", "job_order", "operation_report",
    "quality_inspection", "nonconformance", "equipment_status", "material_issue", "material_consumption", "goods_receipt",
    "purchase_receipt", "stock_balance", "shipment", "invoice", "payment", "cost_actual", "order_progress", "organisation",
]  # fmt: skip


def test_every_entity_of_the_plan_is_there_once() -> None:
    assert sorted(cls.entity for cls in ENTITIES) == sorted(NAMES)


def test_an_unknown_entity_names_the_known_ones() -> None:
    with pytest.raises(UnknownEntity) as raised:
        entity("sales_odrer")

    assert "'sales_odrer'" in raised.value.text("en")
    assert "sales_order" in raised.value.text("zh")


def test_only_reports_consumptions_receipts_issues_inspections_and_payments_are_facts() -> None:
    assert {cls.entity for cls in ENTITIES if cls.nature is Nature.FACT} == {
        "operation_report", "material_consumption", "material_issue", "goods_receipt", "purchase_receipt", "quality_inspection", "payment",
    }  # fmt: skip


def test_what_follows_a_production_order_shares_its_topic_and_lane() -> None:
    report = make_report()

    assert (report.aggregate, report.key, report.lane) == ("production_order", "P1/R-1", "P1/MO-1")
    assert "production_order" in AGGREGATES


@pytest.mark.parametrize(
    ("name", "fields", "key", "lane"),
    [
        ("equipment_status", {"equipment": "PUMP/1", "state": "run", "started_at": NOON}, f"PUMP/1@{NOON}", "PUMP/1"),
        ("lot", {"material": "P-1", "number": "L7", "state": "unrestricted"}, "P-1@L7", "P-1"),
        ("unit_conversion", {"from_unit": "KGM", "to_unit": "GRM", "numerator": 1000, "denominator": 1}, "@KGM@GRM@1", "@KGM@GRM@1"),
        ("stock_balance", {"material": "P", "warehouse": "W", "quantity": pieces("3")}, "P@W@@@unrestricted", "P@W@@@unrestricted"),
        ("order_progress", {"order": "P1/SO-1", "line": 10, "state": "planned", "unit": "H87", "ordered": "2"}, "SO-1/10", "SO-1/10"),
        ("reason_code", {"list": "scrap", "code": "E01", "name": "气孔", "state": "active"}, "scrap@E01", "scrap@E01"),
        ("person", {"code": "W-1", "state": "active"}, "W-1", "W-1"),
    ],
)
def test_compound_keys_and_lanes(name: str, fields: dict[str, Any], key: str, lane: str) -> None:
    made = decode(name, {"organisation": "P1", **fields})

    assert (made.key, made.lane) == (f"P1/{key}", f"P1/{lane}")


def test_a_cost_is_kept_apart_from_the_lane_that_a_mes_may_see() -> None:
    fields = {"organisation": "P1", "production_order": "P1/MO-1", "element": "labour", "period": "2026-03", "state": "prelim"}

    cost = decode("cost_actual", {**fields, "actual": {"amount": "12.5", "currency": "CNY"}})

    assert (cost.aggregate, cost.key, cost.lane) == ("cost", "P1/MO-1@labour@2026-03", "P1/MO-1@labour@2026-03")


def test_an_incoming_inspection_without_an_order_is_its_own_lane() -> None:
    fields = {"organisation": "P1", "number": "Q-1", "stage": "incoming", "state": "open", "material": "P-1", "unit": "H87"}

    inspection = decode("quality_inspection", {**fields, "inspected": "5", "inspected_at": NOON})

    assert inspection.lane == "P1/Q-1"


def test_plants_with_the_same_number_never_meet() -> None:
    assert make_sales_order().key != make_sales_order(organisation="P2").key


def test_an_order_links_to_its_own_lines() -> None:
    links = make_sales_order("1", "2").demand_links

    assert [(link.order, link.line) for link in links] == [("P1/SO-1", 10), ("P1/SO-1", 20)]


def test_a_shipment_links_to_the_order_lines_it_serves() -> None:
    lines = [
        {"line": 1, "material": "P-1", "quantity": pieces("2"), "order": "P1/SO-1", "order_line": 10},
        {"line": 2, "material": "P-2", "quantity": pieces("1")},
    ]

    shipment = decode("shipment", {"organisation": "P1", "number": "D-1", "customer": "C-1", "state": "shipped", "lines": lines})

    assert [(link.order, link.line) for link in shipment.demand_links] == [("P1/SO-1", 10)]


def test_demand_links_are_a_set() -> None:
    one, two = ({"order": "P1/SO-1", "line": line, "quantity": pieces("1")} for line in (10, 20))

    assert make_report(demands=[two, one]) == make_report(demands=[one, two])


def test_a_partial_entity_has_the_key_and_lane_of_the_whole() -> None:
    part = decode("goods_receipt", {"organisation": "P1", "number": "G-1", "production_order": "P1/MO-1", "state": "posted"}, partial=True)

    assert (part.key, part.lane, part.demand_links) == ("P1/G-1", "P1/MO-1", ())


def test_partial_classes_are_made_once() -> None:
    cls = entity("sales_order")

    assert partial(cls) is partial(cls)
    assert partial(partial(cls)) is partial(cls)
    assert issubclass(partial(cls), cls)
