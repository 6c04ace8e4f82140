"""Every case of every shipped mapping file passes, and every part of every rule is exercised by one."""

from __future__ import annotations

from pathlib import Path

import pytest

from hub.mapping.cases import CaseResult, run_cases
from hub.mapping.engine import load_mappings

FOLDER = Path(__file__).parents[2] / "mappings"


def _results() -> list[CaseResult]:
    return list(run_cases(FOLDER))


@pytest.mark.parametrize("result", _results(), ids=lambda result: f"{result.file}: {result.case}")
def test_a_shipped_case_passes_and_every_rule_is_exercised(result: CaseResult) -> None:
    assert result.passed, result.text()


def test_the_shipped_files_load() -> None:
    assert load_mappings(FOLDER)
