"""Every case of every shipped mapping file passes, and every part of every rule is exercised by one."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from hub.mapping import CaseResult, load_mappings, run_cases

FOLDER = Path(__file__).parents[2] / "mappings"


@pytest.fixture(scope="module")
def results() -> Sequence[CaseResult]:
    return run_cases(FOLDER)


def test_every_shipped_case_passes(results: Sequence[CaseResult]) -> None:
    wrong = [f"{each.file} line {each.line} '{each.case}': {each.text()}" for each in results if each.case != "coverage" and not each.passed]
    assert not wrong, "\n".join(wrong)


def test_every_part_of_every_shipped_rule_is_exercised(results: Sequence[CaseResult]) -> None:
    gaps = [f"{each.file}: {each.text()}" for each in results if each.case == "coverage"]
    assert not gaps, "\n".join(gaps)


def test_every_product_has_mappings_in_force() -> None:
    mappings = load_mappings(FOLDER)
    assert {folder.name for folder in FOLDER.iterdir() if any(folder.glob("*_in.yaml"))} <= mappings.shipped.keys()
    assert all(mappings.of("any", product) for product in mappings.shipped)
