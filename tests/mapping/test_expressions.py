"""CEL as rules and routes use it."""

from __future__ import annotations

from typing import Any

import pytest

from hub.mapping.expressions import BadExpression, Scope, asked_of, evaluate, fields_of, holds, parse_expression


def _value(source: str, it: Any, root: Any = None) -> Any:
    expression = parse_expression(source, ("it", "root"))
    scope = Scope()
    scope.add(expression)
    return evaluate(expression, scope.context(it=it, root=root))


@pytest.mark.parametrize(("source", "value"), [
    ("it.a", 1), ("it['状态']", "已确认"), ("'状态' in it", True), ("'z' in it", False), ("has(it.z) ? it.z : 'none'", "none"),
    ("it.rows.exists(row, row.q == '2')", True), ("it.rows.map(row, row.q)", ["1", "2"]), ("size(it.rows)", 2), ("it.t.split('-')[1]", "b"),
    ("add(it.x, it.y)", "0.3"), ("subtract('1', 0.9)", "0.1"), ("multiply(it.x, 3, '2')", "0.6"), ("divide('10', '3', 4)", "3.3333"),
    ("number(it.x) < 0.2", True), ("root.b", 2), ("timestamp('2026-11-22T10:00:00+08:00')", "2026-11-22T02:00:00Z"),
    ("it.exists(key, key == 'a')", True),
])  # fmt: skip
def test_an_expression_sees_the_record_as_it(source: str, value: Any) -> None:
    it = {"a": 1, "状态": "已确认", "rows": [{"q": "1"}, {"q": "2"}], "t": "a-b", "x": "0.1", "y": "0.2"}
    assert _value(source, it, {"b": 2}) == value


def test_only_the_fields_that_are_named_are_handed_over() -> None:
    assert parse_expression("it.a == 1 && it['b c'] == root.d.e && it.t.size() > 0", ("it", "root")).fields == {
        "it": {"a", "b c", "t"}, "root": {"d"},
    }  # fmt: skip
    assert parse_expression("'x' in it || it.a", ("it",)).fields == {"it": None}
    assert _value("it.a", {"a": 1, "unfit": object()}) == 1


def test_rows_that_say_the_same_ask_the_same() -> None:
    said = asked_of(parse_expression("it.state == 'done' && has(it.origin)", ("it", "root")))
    assert said({"state": "done", "origin": None, "n": 1}) == said({"n": 2, "origin": None, "state": "done"})
    assert len({said({"state": "done"}), said({"state": "done", "origin": None}), said({"state": "done", "origin": ""}), said({})}) == 4
    assert said({"state": 1}) is None and said({"state": ["done"]}) is None and said([]) is None


@pytest.mark.parametrize("source", ["root.a", "it.a == root.a", "'x' in it", "true"])
def test_what_asks_for_more_than_named_fields_of_the_row_is_always_evaluated(source: str) -> None:
    assert asked_of(parse_expression(source, ("it", "root")))({"a": "x"}) is None


@pytest.mark.parametrize("source", ["", "1 +", "other.a", "shout(it.a)", "it.状态"])
def test_a_wrong_expression_is_refused_when_it_is_read(source: str) -> None:
    with pytest.raises(BadExpression):
        parse_expression(source, ("it", "root"))


def test_a_route_names_fields_directly_and_an_absent_one_is_null() -> None:
    expression = parse_expression("state in ['a'] || it.kind == 'b' || gone != null", ())
    assert holds(expression, fields_of({"state": "x", "kind": "b"}, expression))
    assert not holds(expression, fields_of({"state": "x", "kind": "c"}, expression))
