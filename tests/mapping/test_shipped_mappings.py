"""Every case of every shipped mapping file passes, and every part of every rule is exercised by one."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from hub.mapping import CaseResult, load_boundaries, load_mappings, run_cases
from hub.mapping.engine import read_folder
from hub.mapping.rules import Rule

FOLDER = Path(__file__).parents[2] / "mappings"


@pytest.fixture(scope="module")
def results() -> Sequence[CaseResult]:
    return run_cases(FOLDER)


def test_every_shipped_case_passes(results: Sequence[CaseResult]) -> None:
    failed = [each for each in results if each.case != "coverage" and not each.passed]
    assert not failed, "\n".join(f"{each.file} line {each.line} '{each.case}': {each.text()}" for each in failed)


def test_every_part_of_every_shipped_rule_is_exercised(results: Sequence[CaseResult]) -> None:
    gaps = [f"{each.file}: {each.text()}" for each in results if each.case == "coverage"]
    assert not gaps, "\n".join(gaps)


PLAYS = {"jiandaoyun": "crm", "kingdee": "erp", "mes_rest": "mes", "tryton": "erp"}


def test_no_shipped_file_says_or_shows_what_its_system_may_not() -> None:
    boundaries = load_boundaries(FOLDER / "boundaries.yaml")
    for file in read_folder(FOLDER, []):
        roles = frozenset({PLAYS[file.product]})
        if file.direction == "in":
            verdict = boundaries.check_in(file.entity, "P1", roles, _targets(file.rules))
            assert not verdict.nothing_to_say and not verdict.crossings, (file.name, verdict)
        else:
            assert not boundaries.check_out(file.entity, roles, ()).refused, file.name


def _targets(rules: Sequence[Rule], prefix: str = "") -> set[str]:
    return {prefix + rule.to for rule in rules} | {name for rule in rules for name in _targets(rule.rules, f"{prefix}{rule.to}.")}


def test_every_product_has_mappings_in_force() -> None:
    mappings = load_mappings(FOLDER)
    assert {folder.name for folder in FOLDER.iterdir() if any(folder.glob("*_in.yaml"))} <= mappings.shipped.keys()
    assert all(mappings.of("any", product) for product in mappings.shipped)
