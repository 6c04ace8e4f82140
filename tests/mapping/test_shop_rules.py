"""Behaviour rules that the shipped mappings, routes and boundaries keep together. Each test names its rule."""

from __future__ import annotations

import json
from typing import Any

import pytest

from hub.mapping import load_boundaries, load_mappings, load_routes
from tests.mapping.same_words import SameWords
from tests.mapping.test_boundaries import SHIPPED as BOUNDARIES
from tests.mapping.test_routes import LOOP
from tests.mapping.test_routes import SHIPPED as ROUTES

SPECS = load_mappings(ROUTES.parent)
RUNNING = ("released", "in_progress", "on_hold", "closed")


def targets(entity: str, source: str, **data: Any) -> list[str]:
    return load_routes(ROUTES, LOOP).targets(entity, "P1", source, data)


def told(record: str, payload: dict[str, Any]) -> dict[str, Any]:
    """What the MES says, in canonical words."""
    (spec,) = SPECS.inbound("mes", "mes_rest", record)
    mapped = spec.apply(payload, SameWords("P1"))
    assert not mapped.missing
    return mapped.data


def sent(entity: str, data: dict[str, Any]) -> dict[str, Any]:
    """What the ERP is sent of it."""
    (spec,) = SPECS.outbound("erp", "kingdee", entity)
    mapped = spec.apply(data, SameWords("P1"))
    assert not mapped.missing
    return mapped.data


@pytest.mark.parametrize("state", RUNNING)
def test_b23_every_version_after_release_goes_to_the_shop_floor_again(state: str) -> None:
    assert targets("production_order", "erp", state=state) == ["mes"]


@pytest.mark.parametrize("state", ["planned", "firm"])
def test_b23_before_release_the_shop_floor_hears_nothing(state: str) -> None:
    assert targets("production_order", "erp", state=state) == []


def test_b24_a_customers_cancellation_is_a_request_to_the_erp_and_to_nobody_else() -> None:
    assert targets("sales_order", "crm", state="cancel_requested") == ["erp"]
    line = {"line": 10, "material": "M-1", "quantity": {"value": "1", "unit": "Pcs"}}
    order = {"number": "SO-1", "customer": "C-1", "ordered_at": "2026-11-22T08:00:00Z", "currency": "CNY", "lines": [line]}
    asked, plain = (sent("sales_order", {**order, "state": state}) for state in ("cancel_requested", "confirmed"))
    assert (asked["F_HUB_REQUEST"], plain["F_HUB_REQUEST"]) == ("cancel", "")
    assert {name: value for name, value in asked.items() if name != "F_HUB_REQUEST"} == {
        name: value for name, value in plain.items() if name != "F_HUB_REQUEST"
    }


def test_b24_the_shop_floor_stops_and_cancels_only_on_the_erps_word() -> None:
    boundaries = load_boundaries(BOUNDARIES)
    assert [targets("production_order", "erp", state=state) for state in ("on_hold", "cancelled")] == [["mes"], ["mes"]]
    assert boundaries.owner("production_order", "P1") == "erp"
    assert not boundaries.may_subscribe("sales_order", frozenset({"mes"}))


CONSUMED = {
    "consumption_no": "C-1", "order_no": "MO-1", "material_code": "RM-SS", "planned_material_code": "RM-45", "qty": "43.2", "unit": "KG",
    "second_qty": "12", "second_unit": "PCS", "issue_method": "pick", "consumed_at": "2026-11-23T01:00:00+00:00",
}  # fmt: skip


def test_b28_a_substitute_names_itself_and_what_it_stood_in_for_all_the_way_to_the_erp() -> None:
    fact = told("consumptions", CONSUMED)
    assert (fact["material"], fact["planned_material"]) == ("RM-SS", "RM-45")
    row = sent("material_consumption", fact)["FEntity"][0]
    assert (row["FMaterialId"]["FNumber"], row["F_HUB_PLANNEDMATERIAL"]["FNumber"]) == ("RM-SS", "RM-45")


def test_b30_what_was_entered_arrives_as_it_was_entered_whatever_its_unit() -> None:
    exact = told("consumptions", CONSUMED | {"qty": "0.333333333333"})
    assert exact["quantity"] == {"value": "0.333333333333", "unit": "KG", "second": {"value": "12", "unit": "PCS"}}
    assert sent("material_consumption", exact)["FEntity"][0]["FActualQty"] == "0.333333333333"


def test_b34_both_measured_quantities_travel_and_neither_is_worked_out_of_the_other() -> None:
    row = sent("material_consumption", told("consumptions", CONSUMED))["FEntity"][0]
    assert (row["FActualQty"], row["FUnitID"]["FNumber"], row["FSecRealQty"], row["FSecUnitId"]["FNumber"]) == ("43.2", "KG", "12", "PCS")
    single = {name: value for name, value in CONSUMED.items() if not name.startswith("second")}
    assert "FSecRealQty" not in json.dumps(sent("material_consumption", told("consumptions", single)))
