"""Check digits and text rules, against published vectors where they lie beside the checkout."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from master_data import rules
from master_data.local_codes import LocalForm, local_code

VECTORS = Path(__file__).parents[3] / "shared" / "data" / "conformance_vectors.json"


@pytest.fixture(scope="module")
def vectors() -> Any:
    if not VECTORS.exists():
        pytest.skip("the conformance vectors are not beside the checkout")
    return json.loads(VECTORS.read_text(encoding="utf-8"))


def test_the_worked_example_of_the_standard_has_check_character_3() -> None:
    assert rules.is_uscc("91350100M000100Y43")
    assert not rules.is_uscc("91350100M000100Y4Z")


def test_a_remainder_of_zero_gives_check_character_0() -> None:
    assert rules.is_uscc("91999900MA5F002370")


@pytest.mark.parametrize(
    ("name", "check"), [("uscc", rules.is_uscc), ("org_code_gb11714", rules.is_organisation_code), ("gs1_mod10", rules.is_gtin)]
)
def test_check_digits_agree_with_the_vectors(vectors: Any, name: str, check: Any) -> None:
    wrong = [each if isinstance(each, str) else each[0] for each in vectors[name]["invalid"]]
    assert [code for code in vectors[name]["valid"] if not check(code)] == []
    assert [code for code in wrong if check(code)] == []
    for before, after in vectors[name].get("normalise", []):
        assert rules.normal_uscc(before) == after


@given(st.text(alphabet="0123456789", min_size=12, max_size=12), st.integers(0, 11), st.integers(1, 9))
def test_one_wrong_digit_of_a_gtin_is_always_found(body: str, place: int, by: int) -> None:
    code = next(body + digit for digit in "0123456789" if rules.is_gtin(body + digit))
    wrong = code[:place] + str((int(code[place]) + by) % 10) + code[place + 1 :]
    assert not rules.is_gtin(wrong)


@given(st.text(max_size=30))
def test_check_digits_refuse_any_text_without_falling_over(text: str) -> None:
    assert {check(text) for check in rules.CHECKS.values()} <= {True, False}
    assert rules.normal_name(rules.normal_name(text)) == rules.normal_name(text)


def test_a_local_code_is_exact_unless_the_system_declares_otherwise() -> None:
    assert local_code(" a b ") == " a b "
    assert local_code(" a b ", LocalForm(trim=True, fold_case=True)) == "A B"


def test_a_compound_code_is_not_its_parts_joined() -> None:
    forms = {local_code(["a", "b"]), local_code("a b"), local_code("a,b"), local_code(["a,b"]), local_code(["a", "b", ""])}
    assert len(forms) == 5
    assert local_code(["P1", "红"]) == '["P1","红"]'
