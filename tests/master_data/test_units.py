"""Units: exact, never guessed, never chained across dimensions (B30–B34); ours against UN/ECE's list."""

import csv
import re
from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from hub.storage.causes import CauseKind
from master_data.errors import FractionOfCount
from master_data.seeds import UNITS
from master_data.units import BaseQuantity, FactorSpan, Missing, UnitBook, rounded, tidy

REC20 = Path(__file__).parents[3] / "shared" / "data" / "uom" / "units-of-measure.csv"
SEED = yaml.safe_load(UNITS.read_text(encoding="utf-8"))
NOW = datetime(2026, 11, 22, tzinfo=UTC)
CODES = [entry["code"] for entry in SEED["codes"]["unit"]]


def make_book() -> UnitBook:
    book = UnitBook()
    for entry in SEED["codes"]["unit"]:
        book.put_unit(entry["code"], entry["attributes"])
    for row in SEED["conversions"]:
        factor = Fraction(row["factor"])
        book.put_spans(("", row["from_unit"], row["to_unit"]), [FactorSpan(factor.numerator, factor.denominator, 1, None, None)])
    return book


def put(book: UnitBook, material: str, pair: str, factor: str, start: datetime | None = None, end: datetime | None = None) -> None:
    exact = Fraction(factor)
    from_unit, to_unit = pair.split(">")
    key = (material, from_unit, to_unit)
    book.put_spans(key, [*book.spans.get(key, ()), FactorSpan(exact.numerator, exact.denominator, 7, start, end)])


@pytest.mark.parametrize(
    ("quantity", "pair", "expected"),
    [("1.25", "TNE>KGM", "1250"), ("11.5", "HUR>MIN", "690"), ("1", "INH>MMT", "25.4"), ("2.5", "LTR>MLT", "2500"), ("3", "DZN>H87", "36")],
)
def test_units_of_one_dimension_convert_exactly(quantity: str, pair: str, expected: str) -> None:
    assert make_book().convert(Decimal(quantity), *pair.split(">"), material="", at=NOW) == Fraction(expected)


QUANTITIES = st.decimals(allow_nan=False, allow_infinity=False, places=6, min_value=-(10**12), max_value=10**12)


@given(QUANTITIES, st.sampled_from(CODES), st.sampled_from(CODES))
def test_there_and_back_is_the_same_quantity(quantity: Decimal, one: str, other: str) -> None:
    book = make_book()
    there = book.convert(quantity, one, other, material="", at=NOW)
    if isinstance(there, Missing):
        assert isinstance(book.convert(quantity, other, one, material="", at=NOW), Missing)
    else:
        assert book.convert(there, other, one, material="", at=NOW) == Fraction(quantity)
        assert book.same_dimension(one, other)


@given(st.integers(1, 10**9), st.integers(1, 10**9), st.decimals(allow_nan=False, allow_infinity=False, places=3))
def test_a_materials_factor_loses_nothing(numerator: int, denominator: int, quantity: Decimal) -> None:
    book = make_book()
    put(book, "M-1", "KGM>MTR", f"{numerator}/{denominator}")
    there = book.convert(quantity, "KGM", "MTR", material="M-1", at=NOW)
    assert isinstance(there, Fraction)
    assert book.convert(there, "MTR", "KGM", material="M-1", at=NOW) == Fraction(quantity)


@given(st.fractions(), st.integers(0, 6))
def test_b30_rounding_and_residue_make_the_quantity(quantity: Fraction, places: int) -> None:
    value, residue = rounded(quantity, places)
    assert Fraction(value) + residue == quantity
    assert abs(residue) <= Fraction(1, 2 * 10**places)


def test_halves_are_rounded_away_from_zero() -> None:
    assert [rounded(Fraction(text), 2).value for text in ("0.125", "-0.125", "7/3")] == [Decimal("0.13"), Decimal("-0.13"), Decimal("2.33")]
    assert [str(tidy(Fraction(text))) for text in ("1000", "2.50", "7/3")] == ["1000", "2.5", "2.333333333"]


def test_b31_without_a_factor_nothing_is_guessed() -> None:
    missing = make_book().factor("KGM", "MTR", "M-1", NOW)
    assert isinstance(missing, Missing)
    assert missing.cause.kind == CauseKind.CONVERSION
    assert (missing.cause.name, missing.cause.value) == ("M-1", "KGM>MTR")


def test_b31_two_factors_across_dimensions_are_not_chained() -> None:
    book = make_book()
    put(book, "M-1", "KGM>MTR", "3")
    put(book, "M-1", "MTR>H87", "2")
    assert isinstance(book.factor("KGM", "H87", "M-1", NOW), Missing)


def test_a_factor_of_one_material_is_not_lent_to_another() -> None:
    book = make_book()
    put(book, "M-1", "KGM>H87", "20")
    assert book.convert(Decimal("51.5"), "KGM", "H87", material="M-1", at=NOW) == 1030
    assert isinstance(book.factor("KGM", "H87", "M-2", NOW), Missing)


def test_b32_the_factor_in_force_at_the_event_counts() -> None:
    book = make_book()
    change = datetime(2026, 6, 1, tzinfo=UTC)
    put(book, "M-1", "KGM>H87", "20", end=change)
    put(book, "M-1", "KGM>H87", "25", start=change)
    before = book.convert(Decimal(1), "KGM", "H87", material="M-1", at=datetime(2026, 5, 31, 23, 59, tzinfo=UTC))
    assert (before, book.convert(Decimal(1), "KGM", "H87", material="M-1", at=change)) == (20, 25)


def test_where_only_that_time_lacks_a_factor_the_cause_says_so() -> None:
    book = make_book()
    put(book, "M-1", "KGM>H87", "20", start=NOW)
    missing = book.factor("KGM", "H87", "M-1", datetime(2026, 1, 1, tzinfo=UTC))
    assert isinstance(missing, Missing)
    assert missing.cause.value == "KGM>H87@2026-01-01T00:00:00+00:00"


def test_b33_counts_take_no_fractions_unless_the_material_does() -> None:
    book = make_book()
    book.check_count(Decimal("2.0"), "H87", "M-1")
    book.check_count(Decimal("2.5"), "KGM", "M-1")
    with pytest.raises(FractionOfCount):
        book.check_count(Decimal("2.5"), "H87", "M-1")
    book.put_material("M-1", {"base_unit": "H87", "fractions": True})
    book.check_count(Decimal("2.5"), "H87", "M-1")


def test_b34_a_material_measured_in_two_units_is_never_converted_by_a_factor() -> None:
    book = make_book()
    put(book, "M-1", "KGM>H87", "20")
    book.put_material("M-1", {"base_unit": "KGM", "second_unit": "H87", "dual_unit": True})
    missing = book.factor("KGM", "H87", "M-1", NOW)
    assert isinstance(missing, Missing)
    assert missing.cause.kind == CauseKind.PERSON
    assert book.convert(Decimal(1), "TNE", "KGM", material="M-1", at=NOW) == 1000


def test_b30_entered_and_base_quantity_stand_side_by_side() -> None:
    book = make_book()
    book.put_material("M-1", {"base_unit": "KGM"})
    assert book.base_quantity(Decimal("1.5"), "TNE", "M-1", NOW) == BaseQuantity(Decimal("1.5"), "TNE", Fraction(1500), "KGM", 1)


def test_the_traps_are_not_among_our_units() -> None:
    assert not {"KG", "MT", "TN", "PF", "KGS", "BX", "CT", "PA", "RO", "ST", "PK", "PCE", "PCS"} & set(CODES)


def rec20() -> dict[str, dict[str, str]]:
    if not REC20.exists():
        pytest.skip("UN/ECE's list is not beside the checkout")
    with REC20.open(encoding="utf-8-sig", newline="") as file:
        return {row["CommonCode"]: row for row in csv.DictReader(file)}


def test_our_units_stand_in_recommendation_20_and_are_not_deleted() -> None:
    rows = rec20()
    ours = [code for code in CODES if not (len(code) == 3 and code.startswith("X"))]
    assert [code for code in ours if code not in rows or rows[code]["Status"] in ("X", "D")] == []


def test_our_english_names_are_those_of_recommendation_20() -> None:
    rows = rec20()
    ours = {entry["code"]: entry["en"] for entry in SEED["codes"]["unit"] if entry["code"] in rows}
    assert {code: name for code, name in ours.items() if name not in re.split(r" \[| \(", rows[code]["Name"])[0]} == {}


SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")
SIZE = re.compile(r"^(?:(?P<number>[\d, ]+?)(?: x )?)??(?:10(?P<power>[⁰¹²³⁴⁵⁶⁷⁸⁹⁻]+))?(?: (?P<unit>\D.*))?$")


def size(text: str) -> Fraction | None:
    """`25,4 x 10⁻³ m` as 0.0254; None where the list gives no size."""
    found = SIZE.match(text.replace("\u00a0", " ").strip())
    if not text or found is None or not (found["number"] or found["power"]):
        return None
    number = Fraction((found["number"] or "1").replace(" ", "").replace(",", "."))
    return number * Fraction(10) ** int((found["power"] or "0").translate(SUPERSCRIPTS))


def test_our_factors_are_those_of_recommendation_20() -> None:
    rows = rec20()
    compared = {}
    for row in SEED["conversions"]:
        theirs = size(rows[row["from_unit"]]["ConversionFactor"])
        if theirs is not None:
            compared[row["from_unit"]] = (Fraction(row["factor"]), theirs)
    assert {"TNE", "MMT", "HUR", "INH", "LTR", "KWH", "BAR"} <= compared.keys()
    assert {code: pair for code, pair in compared.items() if pair[0] != pair[1]} == {}
