"""The units that come with the hub against the whole list of UN/ECE Recommendation 20, where it lies beside the checkout."""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from fractions import Fraction
from pathlib import Path
from typing import NamedTuple

import pytest
import yaml

from master_data.seeds import UNITS

REC20 = Path(__file__).parents[3] / "shared" / "data" / "uom" / "units-of-measure.csv"
SEED = yaml.safe_load(UNITS.read_text(encoding="utf-8"))
SHIPPED = {entry["code"]: entry for entry in SEED["codes"]["unit"]}
FACTORS = {row["from_unit"]: row for row in SEED["conversions"]}
IN_WORDS = {"EA": 1}
"""Of these the list says the factor in its description only: each is one piece."""

SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")
NUMBER = re.compile(r"(?P<number>\d[\d ]*(?:[.,][\d ]+)?(?![\d,⁰¹²³⁴⁵⁶⁷⁸⁹⁻]))?(?: ?x ?)?(?:10(?P<power>[⁰¹²³⁴⁵⁶⁷⁸⁹⁻]+))? ?(?P<si>\D.*)?")


class Size(NamedTuple):
    """How much one unit is, in which SI unit; '' for counts."""

    factor: Fraction
    si: str


def is_package(code: str) -> bool:
    """Packages are of Recommendation 21, with X before."""
    return len(code) == 3 and code.startswith("X")


def size(text: str) -> Size | None:
    """`25,4 x 10⁻³ m` as 0.0254 m; None where the list says none."""
    found = NUMBER.fullmatch(" ".join(text.split()))
    if not text.strip() or found is None:
        return None
    number = Fraction((found["number"] or "1").replace(" ", "").replace(",", "."))
    return Size(number * Fraction(10) ** int((found["power"] or "0").translate(SUPERSCRIPTS)), found["si"] or "")


@pytest.fixture(scope="module")
def rec20() -> dict[str, dict[str, str]]:
    if not REC20.exists():
        pytest.skip("UN/ECE's list of units is not beside the checkout")
    with REC20.open(encoding="utf-8-sig", newline="") as file:
        return {row["CommonCode"]: row for row in csv.DictReader(file)}


Rows = dict[str, dict[str, str]]


def test_the_list_is_the_whole_list(rec20: Rows) -> None:
    assert len(rec20) > 2000
    assert size(rec20["INH"]["ConversionFactor"]) == Size(Fraction(254, 10000), "m")


def test_every_unit_stands_in_the_list_and_is_in_use(rec20: Rows) -> None:
    ours = [code for code in SHIPPED if not is_package(code)]
    assert len(ours) > 80
    assert [code for code in ours if code not in rec20 or rec20[code]["Status"] in ("X", "D")] == []


def test_no_package_is_written_without_its_x(rec20: Rows) -> None:
    assert [code for code in SHIPPED if is_package(code) and code in rec20 and not rec20[code]["Status"]] == []


def test_every_english_name_is_that_of_the_list(rec20: Rows) -> None:
    theirs = {code: re.split(r" \[| \(", " ".join(rec20[code]["Name"].split()))[0] for code in SHIPPED if code in rec20}
    assert {code: (SHIPPED[code]["en"], name) for code, name in theirs.items() if SHIPPED[code]["en"] != name} == {}


def test_every_factor_is_exactly_that_of_the_list(rec20: Rows) -> None:
    wrong = {}
    for code, row in FACTORS.items():
        theirs, base = size(rec20[code]["ConversionFactor"]), size(rec20[row["to_unit"]]["ConversionFactor"])
        expected = Fraction(IN_WORDS[code]) if code in IN_WORDS else theirs and theirs.factor / (base.factor if base else 1)
        if expected != Fraction(row["factor"]):
            wrong[code] = (row["factor"], expected)
    assert wrong == {}


def test_every_unit_that_converts_has_its_factor_to_the_base_and_no_other_has() -> None:
    based = {code: entry["attributes"].get("base", "") for code, entry in SHIPPED.items()}
    assert {code for code, base in based.items() if base and base != code} == FACTORS.keys()
    assert {code: row["to_unit"] for code, row in FACTORS.items() if row["to_unit"] != based[code]} == {}
    assert {base for base in based.values() if base and based[base] != base} == set()


def test_units_of_one_dimension_are_those_that_the_list_measures_by_one_si_unit(rec20: Rows) -> None:
    """A factor never leads across dimensions: in each there is one SI unit, and no two that convert share one."""
    measures: dict[str, set[str]] = defaultdict(set)
    for code, entry in SHIPPED.items():
        theirs = size(rec20[code]["ConversionFactor"]) if code in rec20 else None
        if theirs and entry["attributes"].get("base"):
            measures[entry["attributes"]["dimension"]].add(theirs.si)
    assert measures.keys() >= {"mass", "length", "area", "volume", "time", "energy", "pressure", "count"}
    assert {dimension: found for dimension, found in measures.items() if len(found) > 1} == {}
    assert len({next(iter(found)) for found in measures.values()}) == len(measures)


def test_temperatures_never_convert_by_a_factor() -> None:
    assert [code for code in ("CEL", "FAH", "KEL") if code in FACTORS or SHIPPED[code]["attributes"].get("base")] == []
