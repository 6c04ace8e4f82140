"""The rules of behaviour over one entity: B1, B11, B13, B33, signs, header against lines."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from hub.model import Entity, decode
from hub.model.checks import Circumstances, CountBroken, RuleBroken, TimesImpossible, findings
from tests.model.examples import NOON, make_report, make_sales_order, pieces

NOW = datetime(2026, 3, 3, tzinfo=UTC)


def codes(entity: Entity, **told: Any) -> list[str]:
    return [broken.code for broken in findings(entity, Circumstances(**told))]


def only(entity: Entity, **told: Any) -> RuleBroken:
    [broken] = findings(entity, Circumstances(**told))
    return broken


def counted(unit: str, material: str | None) -> bool:
    return unit == "H87" and material != "P-CUT"


def test_b1_what_was_processed_is_the_sum_of_its_five_parts() -> None:
    assert codes(make_report(processed="12", concession="1", repair="1")) == []

    broken = only(make_report(processed="11"))

    assert (broken.facts["processed"], broken.facts["sum"]) == ("11", "10")
    assert "“11”" in broken.text("zh")


def test_b1_asks_nothing_where_processed_is_not_given() -> None:
    assert codes(make_report()) == []


@pytest.mark.parametrize(
    "changes",
    [
        {"started_at": NOON, "ended_at": "2026-03-02T11:59:59Z"},
        {"reported_at": "2026-03-03T00:05:01Z"},
        {"started_at": "2026-03-01T11:00:00Z", "ended_at": NOON},
        {"persons": [{"person": "W-1", "minutes": "1441"}]},
    ],
)
def test_b11_impossible_times_are_shown_and_hold_nothing_up(changes: dict[str, Any]) -> None:
    broken = only(make_report(**changes), now=NOW)

    assert isinstance(broken, TimesImpossible)
    assert broken.holds is False
    assert "B11" in broken.text("zh")


def test_b11_another_clock_may_be_a_little_ahead() -> None:
    assert codes(make_report(reported_at="2026-03-03T00:05:00Z"), now=NOW) == []


def test_b11_a_long_stop_of_a_machine_is_possible() -> None:
    stop = {"organisation": "P1", "equipment": "M-1", "state": "down", "started_at": "2026-02-01T00:00:00Z", "ended_at": NOON}

    assert codes(decode("equipment_status", stop), now=NOW) == []


def test_b33_what_is_counted_is_not_broken() -> None:
    broken = only(make_report(good="8.5", material="P-1"), whole=counted)

    assert isinstance(broken, CountBroken)
    assert (broken.facts["path"], broken.facts["value"], broken.facts["unit"]) == ("good", "8.5", "H87")


def test_b33_a_material_may_allow_fractions_and_kilograms_have_them() -> None:
    assert codes(make_report(good="8.5", material="P-CUT"), whole=counted) == []
    assert codes(make_report(good="8.5", unit="KGM"), whole=counted) == []


def test_b33_looks_into_rows_and_second_quantities() -> None:
    line = {"line": 10, "material": "P-1", "quantity": {"value": "1.5", "unit": "KGM", "second": pieces("2.5")}}

    assert only(make_sales_order(lines=[line]), whole=counted).facts["path"] == "lines[0].quantity.second.value"


def test_b33_leaves_rates_alone() -> None:
    line = {"line": 10, "material": "P-1", "quantity": pieces("0.25")}
    bom = {"organisation": "P1", "material": "P-2", "version": "V1", "state": "released", "base_quantity": pieces("1"), "lines": [line]}

    assert codes(decode("bom", bom), whole=counted) == []


def test_a_negative_quantity_that_reverses_nothing_is_refused() -> None:
    broken = only(make_sales_order(lines=[{"line": 10, "material": "P-1", "quantity": pieces("-1")}]))

    assert (broken.code, broken.facts["path"], broken.facts["value"]) == ("quantity-negative", "lines[0].quantity.value", "-1")


def test_stock_may_be_negative_where_the_erp_allows_it() -> None:
    assert codes(decode("stock_balance", {"organisation": "P1", "material": "P-1", "warehouse": "W", "quantity": pieces("-3")})) == []


def test_b13_a_reversal_carries_the_same_quantities_negative() -> None:
    reversal = {"reverses": "P1/R-1", "number": "R-2", "state": "reversed"}

    assert codes(make_report(**reversal, good="-8", scrap="-1", rework="-1")) == []
    assert codes(make_report(**reversal, good="-8", scrap="1", rework="-1")) == ["reversal-not-negative"]


@pytest.mark.parametrize("header", ["226.01", "225.99"])
def test_a_header_that_differs_by_a_cent_is_shown_with_both_numbers(header: str) -> None:
    broken = only(make_sales_order("113.00", "113.00", total=header))

    assert (broken.facts["header"], broken.facts["lines"]) == (header, "226")
    assert header in broken.text("zh")


def test_a_header_equal_to_its_lines_passes_and_less_than_a_cent_is_rounding() -> None:
    assert codes(make_sales_order("113.00", "113.00", total="226")) == []
    assert codes(make_sales_order("113.004", "113.00", total="226")) == []


def test_a_header_is_not_compared_where_a_line_is_silent() -> None:
    silent = {"line": 20, "material": "P-1", "quantity": pieces("1")}
    priced = {**silent, "line": 10, "total": "113"}

    assert codes(make_sales_order(lines=[priced, silent], total="999")) == []


def test_a_partial_entity_is_checked_on_what_it_says() -> None:
    part = decode("sales_order", {"organisation": "P1", "number": "SO-1", "total": "5", "lines": [{"line": 1}]}, partial=True)

    assert codes(part, now=NOW, whole=counted) == []
