"""Cases pass or say what differs, and what none of them exercised is named."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from hub.mapping import CaseResult, MappingsWrong, run_cases
from tests.mapping.make import HEAD_IN, HEAD_OUT, make_file

RULES = """rules:
  - {to: number, from: no}
  - {to: customer, from: c, code: customer, default: {absent: nobody}}
  - {to: state, from: s, lookup: {a: confirmed, b: cancelled}, when: it.no != '0'}
  - {to: lines, each: rows, where: it.q != 0, rules: [{to: quantity.value, from: q, using: decimal}]}
"""
COMPLETE = """
- case: all
  record: {no: 1, c: K, s: a, rows: [{q: 2}, {q: 0}]}
  codes: {customer: {K: C-1}}
  expect: {number: 1, customer: C-1, state: confirmed, lines: [{quantity: {value: "2"}}]}
- {case: other state, record: {no: 1, s: b, rows: []}, expect: {number: 1, customer: nobody, state: cancelled, lines: []}}
- {case: nothing, record: {no: '0'}, expect: {number: '0', customer: nobody}}
- {case: unknown, record: {no: 1, c: X}, missing: [{code: customer, value: X}]}
- {case: wrong, record: {no: 1, s: z}, error: not-in-table}
- {case: wrong with words, record: {no: 1, s: z}, error: {code: not-in-table, says: "'z'"}}
- {case: draft, record: {no: draft}, skipped: true}
"""
WHEN = "when: it.no != 'draft'\n"


def _run(root: Path, cases: str, rules: str = WHEN + RULES) -> list[CaseResult]:
    make_file(root, HEAD_IN + rules)
    make_file(root, cases, "acme/sales_order_in_test.yaml")
    return list(run_cases(root))


def test_a_complete_set_of_cases_passes(tmp_path: Path) -> None:
    results = _run(tmp_path, COMPLETE)
    assert [result.text() for result in results if not result.passed] == []
    assert len(results) == 7


@pytest.mark.parametrize(("leave", "gap"), [
    ("other state", "lookup b"), ("nothing", "when false"), ("draft", "when false"), ("all", "where true"),
])  # fmt: skip
def test_what_no_case_exercised_is_named(tmp_path: Path, leave: str, gap: str) -> None:
    cases = re.split(r"\n(?=- )", COMPLETE.strip())
    kept = "\n".join(case for case in cases if f"case: {leave}" not in case)
    assert any(gap in result.text("en") and gap in result.text("zh") for result in _run(tmp_path, kept) if result.case == "coverage")


@pytest.mark.parametrize(("case", "says"), [
    ("{case: x, record: {no: 1, s: a}, expect: {number: 2, customer: nobody, state: confirmed}}", "number: 2 ≠ 1"),
    ("{case: x, record: {no: 1, s: a}, expect: {number: true, customer: nobody, state: confirmed}}", "number: True ≠ 1"),
    ("{case: x, record: {no: 1, s: a}, expect: {number: 1, customer: nobody, state: confirmed, more: 1}}", "more: 1 ≠ –"),
    ("{case: x, record: {no: 1, c: X, s: a}, expect: {number: 1, state: confirmed}}", "customer 'X'"),
    ("{case: x, record: {no: 1, s: z}, expect: {number: 1}}", "not-in-table"),
    ("{case: x, record: {no: 1, s: a}, error: not-in-table}", "error: not-in-table"),
    ("{case: x, record: {no: 1, s: z}, error: not-a-number}", "not-in-table"),
    ("{case: x, record: {no: 1, s: a}, skipped: true}", "skipped"),
    ("{case: x, record: {no: draft}, expect: {}}", "skipped"),
    ("{case: x, record: {no: 1, c: X, s: a}, missing: [{code: customer, value: Y}]}", "missing"),
])  # fmt: skip
def test_a_case_that_differs_says_where(tmp_path: Path, case: str, says: str) -> None:
    result = _run(tmp_path, f"- {case}\n")[0]
    assert not result.passed and result.line == 1
    assert says in result.text("en") and says in result.text("zh")


@pytest.mark.parametrize(("case", "code"), [
    ("{case: x, record: {}}", "case-outcome-unclear"), ("{case: x, record: {}, expect: {}, error: y}", "case-outcome-unclear"),
    ("{case: x, expect: {}}", "yaml-key-missing"), ("{case: x, record: {}, expekt: {}}", "yaml-key-unknown"),
    ("{case: x, record: [], expect: {}}", "yaml-type-wrong"),
])  # fmt: skip
def test_a_case_is_read_as_strictly_as_a_rule(tmp_path: Path, case: str, code: str) -> None:
    with pytest.raises(MappingsWrong) as raised:
        _run(tmp_path, f"- {case}\n")
    assert code in [mistake.code for mistake in raised.value.mistakes]


def test_a_file_without_cases_is_a_mistake(tmp_path: Path) -> None:
    make_file(tmp_path, HEAD_IN + RULES)
    with pytest.raises(MappingsWrong) as raised:
        run_cases(tmp_path)
    assert "sales_order_in_test.yaml" in raised.value.text()


def test_codes_are_written_local_to_shared_in_both_directions(tmp_path: Path) -> None:
    rules = "number: FNo\nrules: [{to: FCust, from: customer, code: customer}, {to: FNo, from: order, document: sales_order}]\n"
    make_file(tmp_path, HEAD_OUT + rules, "acme/sales_order_out.yaml")
    case = "- {case: x, record: {customer: C-1, order: P1/SO-1}, codes: {customer: {K: C-1}}, documents: {sales_order: {XS-9: P1/SO-1}}, "
    make_file(tmp_path, case + "expect: {FCust: K, FNo: XS-9}, operation: upsert, number: XS-9}\n", "acme/sales_order_out_test.yaml")
    assert [result.text() for result in run_cases(tmp_path)] == [""]


DELETED = "deleted: {state: {confirmed: cancel_requested, on_hold: cancelled}}\nrules: [{to: number, from: no}]\n"
READ = "- {case: read, record: {no: 1}, expect: {number: 1}}\n"


def test_what_a_deletion_says_is_a_case_too_and_nothing_follows_where_the_table_is_silent(tmp_path: Path) -> None:
    cases = READ + """
- {case: gone, deleted: true, record: {number: '1', state: confirmed}, expect: {number: '1', state: cancel_requested}}
- {case: gone while it stood, deleted: true, record: {state: on_hold}, expect: {state: cancelled}}
- {case: over, deleted: true, record: {state: closed}, skipped: true}
- {case: without a state, deleted: true, record: {number: '1'}, skipped: true}
"""
    assert [result.text() for result in _run(tmp_path, cases, DELETED) if not result.passed] == []


def test_a_deletion_that_says_something_else_or_stands_in_no_case_is_named(tmp_path: Path) -> None:
    cases = READ + """
- {case: gone, deleted: true, record: {state: confirmed}, expect: {state: cancelled}}
- {case: silent, deleted: true, record: {state: confirmed}, skipped: true}
"""
    texts = [result.text() for result in _run(tmp_path, cases, DELETED) if not result.passed]
    assert len(texts) == 3 and "'cancelled' ≠ 'cancel_requested'" in texts[0] and "deleted state on_hold" in texts[2]
