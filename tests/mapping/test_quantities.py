"""A rule that asks for another unit: which unit, which factor, rounding and its residue, and what is missing or wrong."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.mapping import MappingFailed
from hub.mapping.quantities import book_of, converted
from hub.mapping.spec import Mapped, QuantityAsked, QuantityGiven
from hub.texts import LANGUAGES
from master_data.units import FactorSpan
from tests.mapping.make import HEAD_IN, HEAD_OUT, Tables, make_spec, mistakes

BOOK = book_of({"M-1 BX>H87": 12, "M-1 KGM>H87": "1/3", "TNE>KGM": 1000}, {"M-1": "H87"})
HEAD = HEAD_OUT + "rules:\n"
BASE = "- {to: qty, from: quantity, unit: {material: material, places: 3}}"


def given_out(root: Path, rules: str, record: dict[str, Any]) -> Mapped:
    return make_spec(root, rules).apply(record, Tables({("unit", "H87"): "Pcs"}), partial(converted, BOOK))


def quantity(value: str, unit: str, material: str = "M-1") -> dict[str, Any]:
    return {"quantity": {"value": value, "unit": unit}, "material": material}


@pytest.mark.parametrize(("rule", "record", "out"), [
    (BASE, quantity("2", "BX"), "24"),
    (BASE, quantity("1.50000", "H87"), "1.50000"),
    (BASE, quantity("7", "KGM", "M-2"), "7"),                                                       # no base unit: as entered
    ("- {to: qty, from: quantity, unit: {const: KGM, places: 3}}", quantity("0.0305", "TNE"), "30.5"),
    ("- {to: qty, from: [good, unit], unit: {expr: \"'H87'\", material: material, places: 0}}",
     {"good": "3", "unit": "BX", "material": "M-1"}, "36"),
    ("- {to: qty, from: quantity, unit: {from: $.wanted, material: material, places: 2}}",
     quantity("-6", "H87") | {"wanted": "BX"}, "-0.5"),
    ("- {to: qty, from: quantity, unit: {material: material, places: 3}, using: number}", quantity("2", "BX"), 24),
    ("- {to: qty, from: quantity, unit: {material: material}, code: unit}", quantity("2", "BX"), "Pcs"),
])
def test_a_quantity_is_given_in_the_unit_that_the_rule_asks_for(tmp_path: Path, rule: str, record: dict[str, Any], out: object) -> None:
    mapped = given_out(tmp_path, rule, record)
    assert (mapped.data, mapped.missing, mapped.rounded) == ({"qty": out}, (), ())


@pytest.mark.parametrize(("record", "out"), [({}, {}), ({"quantity": None}, {"qty": None}), ({"quantity": {"value": None}}, {"qty": None})])
def test_absent_and_null_stay_what_they_are(tmp_path: Path, record: dict[str, Any], out: dict[str, Any]) -> None:
    assert given_out(tmp_path, BASE, record).data == out


def test_b30_what_rounding_takes_away_is_told_exactly(tmp_path: Path) -> None:
    rules = "- {to: lines, each: lines, rules: [{to: qty, from: quantity, unit: {material: $.material, places: 3}}]}"
    mapped = given_out(tmp_path, rules, {"material": "M-1", "lines": [quantity("10", "KGM")]})
    assert mapped.data == {"lines": [{"qty": "3.333"}]}
    assert [one.facts() for one in mapped.rounded] == [{
        "path": "lines[0].quantity", "to": "qty", "material": "M-1", "entered": "10", "entered_unit": "KGM", "given": "3.333",
        "given_unit": "H87", "residue": "1/3000",
    }]


def test_b31_without_a_factor_there_is_no_guess_and_no_chain_across_dimensions(tmp_path: Path) -> None:
    """BX>H87 and KGM>H87 are known of M-1, TNE>KGM in general: neither BX>KGM nor TNE>H87 follows."""
    for unit, wanted in (("BX", "KGM"), ("TNE", "H87")):
        rule = f"- {{to: qty, from: quantity, unit: {{const: {wanted}, material: material, places: 3}}}}"
        mapped = given_out(tmp_path, rule, quantity("1", unit))
        (missing,) = mapped.missing
        assert (missing.what, missing.name, missing.value, missing.to) == ("conversion", "M-1", f"{unit}>{wanted}", "qty")
        assert mapped.data == {}


def test_b34_a_material_measured_in_both_units_is_never_converted_and_keeps_the_one_entered() -> None:
    book = book_of({"M-1 KGM>H87": 2, "GRM>KGM": "1/1000"}, {})
    for unit, dimension in (("KGM", "mass"), ("GRM", "mass"), ("H87", "count")):
        book.put_unit(unit, {"dimension": dimension, "count": False})
    book.put_material("M-1", {"base_unit": "H87", "dual_unit": True})
    assert converted(book, QuantityAsked(Decimal("1.5"), "KGM", "", "M-1", 3)) == (Decimal("1.5"), "KGM", 0)
    assert converted(book, QuantityAsked(Decimal("1.5"), "GRM", "KGM", "M-1", 4)) == (Decimal("0.0015"), "KGM", 0)
    missing = converted(book, QuantityAsked(Decimal(1), "KGM", "H87", "M-1", 3))
    assert not isinstance(missing, QuantityGiven) and (missing.what, missing.value) == ("dual-unit", "KGM>H87")


def test_b32_the_factor_in_force_when_it_happened_counts() -> None:
    noon, book = datetime(2026, 11, 22, 4, tzinfo=UTC), book_of({"M-1 BX>H87": 12}, {"M-1": "H87"})
    book.put_spans(("M-1", "BX", "H87"), [FactorSpan(12, 1, 1, None, noon), FactorSpan(10, 1, 2, noon, None)])
    asked = QuantityAsked(Decimal(2), "BX", "", "M-1", 0)
    given = [converted(book, asked, at=at) for at in (noon.replace(hour=3), noon)]
    assert [str(one.value) for one in given if isinstance(one, QuantityGiven)] == ["24", "20"]


def test_b33_what_is_counted_becomes_whole_unless_its_material_has_fractions() -> None:
    book = book_of({"M-1 KGM>H87": "2/5", "M-2 KGM>H87": "2/5"}, {})
    book.put_unit("H87", {"dimension": "count", "count": True})
    book.put_material("M-2", {"fractions": True})
    asked = [QuantityAsked(Decimal(6), "KGM", "H87", material, 3) for material in ("M-1", "M-2")]
    assert [converted(book, one) for one in asked] == [(2, "H87", Fraction(2, 5)), (Decimal("2.4"), "H87", 0)]


@given(st.decimals(-1000, 1000, places=4), st.integers(1, 999), st.integers(1, 999), st.integers(0, 6))
def test_value_and_residue_are_the_quantity(value: Any, top: int, bottom: int, places: int) -> None:
    found = converted(book_of({"M-1 A>B": f"{top}/{bottom}"}, {}), QuantityAsked(value, "A", "B", "M-1", places))
    assert isinstance(found, QuantityGiven)
    assert Fraction(found.value) + found.residue == Fraction(value) * Fraction(top, bottom)
    assert abs(found.residue) * 2 * 10**places <= 1


@pytest.mark.parametrize(("record", "code"), [
    ({"quantity": "2"}, "not-a-quantity"), ({"quantity": {"value": "two", "unit": "H87"}}, "not-a-number"),
    ({"quantity": {"value": "2"}}, "empty-code"), ({"quantity": {"value": "2", "unit": " "}}, "empty-code"),
])
def test_what_is_no_quantity_is_refused_in_both_languages(tmp_path: Path, record: dict[str, Any], code: str) -> None:
    with pytest.raises(MappingFailed) as raised:
        given_out(tmp_path, BASE, record)
    assert raised.value.code == code
    for language in LANGUAGES:
        assert "quantity" in raised.value.text(language) and "{" not in raised.value.text(language).replace('{"value"', "")


@pytest.mark.parametrize(("unit", "code", "says"), [
    ("unit: {places: 2}", "yaml-key-missing", "'material'"),
    ("unit: {material: m}", "yaml-key-missing", "'places'"),
    ("unit: KGM", "yaml-type-wrong", "unit"),
    ("unit: {material: m, places: 11}", "yaml-type-wrong", "0–10"),
    ("unit: {material: m, places: two}", "yaml-type-wrong", "two"),
    ("unit: {material: a..b, places: 2}", "rule-path-wrong", "a..b"),
    ("unit: {const: KGM, from: x, places: 2}", "rule-source-unclear", "from, const"),
    ("unit: {material: m, digits: 2}", "yaml-key-unknown", "digits"),
    ("unit: {material: m, places: 2}, code: unit", "rule-translation-unclear", "unit, code: unit"),
    ("unit: {material: m}, lookup: {a: b}", "rule-translation-unclear", "lookup"),
])
def test_a_mistake_in_a_unit_is_named(tmp_path: Path, unit: str, code: str, says: str) -> None:
    told = mistakes(tmp_path, f"{HEAD}  - {{to: qty, from: quantity, {unit}}}\n", "acme/sales_order_out.yaml")
    found = [one for one in told if one.code == code]
    assert found and says in found[0].text("en")


def test_b30_on_the_way_in_nothing_is_converted(tmp_path: Path) -> None:
    told = mistakes(tmp_path, f"{HEAD_IN}rules:\n  - {{to: number, from: q, unit: {{const: KGM, places: 2}}}}\n")
    assert [one.code for one in told] == ["yaml-key-unknown"]
