"""What rules do to a record: sources, the three kinds of nothing, translations, rows, conditions, failures."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from hub.mapping import MappingFailed, Missing, Reference, load_mappings
from tests.mapping.make import HEAD_IN, HEAD_OUT, Tables, make_file, make_spec, mapped


def test_a_rule_takes_a_path_a_constant_or_an_expression(tmp_path: Path) -> None:
    rules = "- {to: a, from: x.y}\n- {to: b, const: {k: [1]}}\n- {to: c, expr: \"it['数量'] + '件'\"}\n- {to: d, from: '@organisation'}\n"
    assert mapped(tmp_path, rules, {"x": {"y": 1}, "数量": "3"}).data == {"a": 1, "b": {"k": [1]}, "c": "3件", "d": "P1"}


@pytest.mark.parametrize(("record", "plain", "filled"), [
    ({}, {}, {"a": "absent"}), ({"x": None}, {"a": None}, {"a": "null"}), ({"x": ""}, {"a": ""}, {"a": "empty"}),
    ({"x": " \u3000"}, {"a": " \u3000"}, {"a": "empty"}), ({"x": []}, {"a": []}, {"a": "empty"}), ({"x": 0}, {"a": 0}, {"a": 0}),
    ({"x": False}, {"a": False}, {"a": False}),
])  # fmt: skip
def test_absent_null_and_empty_are_three_things(tmp_path: Path, record: dict[str, Any], plain: object, filled: object) -> None:
    assert mapped(tmp_path, "- {to: a, from: x}\n", record).data == plain
    assert mapped(tmp_path, "- {to: a, from: x, default: {absent: absent, null: 'null', empty: empty}}\n", record).data == filled


def test_a_default_is_final_and_may_leave_the_field_out(tmp_path: Path) -> None:
    rules = "- {to: a, from: x, using: decimal, default: {empty: '@absent', absent: none}}\n"
    assert mapped(tmp_path, rules, {"x": ""}).data == {}
    assert mapped(tmp_path, rules, {}).data == {"a": "none"}


def test_null_is_neither_converted_nor_translated(tmp_path: Path) -> None:
    assert mapped(tmp_path, "- {to: a, from: x, using: decimal, code: material}\n", {"x": None}).data == {"a": None}


def test_several_paths_give_a_list_and_conversions_run_in_turn(tmp_path: Path) -> None:
    rules = "- {to: a, from: [m, aux], using: [join_key, trim], code: material}\n- {to: q, from: [模次, 穴数], using: product}\n"
    look = Tables({("material", '["W-1","红"]'): "M-1"})
    assert mapped(tmp_path, rules, {"m": "W-1", "aux": "红", "模次": "120", "穴数": 4}, look).data == {"a": "M-1", "q": "480"}


def test_all_that_is_missing_is_collected_with_its_place(tmp_path: Path) -> None:
    rules = """- {to: customer, from: c, code: customer}
- {to: order, from: o, document: sales_order}
- to: lines
  each: rows
  rules: [{to: material, from: m, code: material}, {to: line, from: n}]
"""
    look = Tables({("customer", "K1"): "C-1", ("material", "W-1"): "M-1"})
    result = mapped(tmp_path, rules, {"c": "K1", "o": "SO-9", "rows": [{"m": "W-1", "n": 1}, {"m": "W-9", "n": 2}]}, look)
    assert result.missing == (
        Missing("document", "sales_order", "SO-9", "o", "2", "order"),
        Missing("code", "material", "W-9", "rows[1].m", "3.1", "material", "nobody knows it"),
    )
    assert result.data == {"customer": "C-1", "lines": [{"material": "M-1", "line": 1}, {"line": 2}]}


def test_a_list_of_codes_is_translated_item_by_item(tmp_path: Path) -> None:
    rules = "- {to: persons, from: p, using: split, code: person}\n"
    look = Tables({("person", "1"): "P-1", ("person", "2"): "P-2"})
    assert mapped(tmp_path, rules, {"p": "1,2"}, look).data == {"persons": ["P-1", "P-2"]}
    assert mapped(tmp_path, rules, {"p": "1,3"}, look).missing[0].value == "3"


def test_a_code_may_be_a_number_and_never_empty(tmp_path: Path) -> None:
    rules = "- {to: c, from: c, code: customer}\n"
    assert mapped(tmp_path, rules, {"c": 7}, Tables({("customer", "7"): "C-7"})).data == {"c": "C-7"}
    with pytest.raises(MappingFailed) as raised:
        mapped(tmp_path, rules, {"c": "  "})
    assert raised.value.code == "empty-code"


def test_a_value_outside_the_table_is_an_error_that_names_the_table(tmp_path: Path) -> None:
    rules = "- {to: state, from: s, lookup: {1: planned, true: yes, 已确认: confirmed}}\n"
    found = [mapped(tmp_path, rules, {"s": value}).data["state"] for value in (1, "1", True, "已确认")]
    assert found == ["planned", "planned", "yes", "confirmed"]
    with pytest.raises(MappingFailed) as raised:
        mapped(tmp_path, rules, {"s": "归档"})
    assert raised.value.code == "not-in-table" and "'已确认'" in raised.value.text("en")


def test_all_failures_of_a_record_are_collected_and_the_first_leads(tmp_path: Path) -> None:
    rules = """- {to: a, from: x, using: decimal}
- {to: ok, from: y}
- to: lines
  each: rows
  rules: [{to: q, from: 数量.值, using: decimal}]
"""
    with pytest.raises(MappingFailed) as raised:
        mapped(tmp_path, rules, {"x": "zwölf", "y": 1, "rows": [{"数量": {"值": "1"}}, {"数量": {"值": "?"}}, {"数量": "3"}]})
    error = raised.value
    assert (error.code, [other.code for other in error.others]) == ("not-a-number", ["not-a-number", "not-an-object"])
    assert error.facts == {"rule": "acme/sales_order_out.yaml #1", "to": "a", "path": "x", "value": "zwölf", "count": 3}
    assert (error.others[0].facts["path"], error.others[0].facts["rule"]) == ("rows[1].数量.值", "acme/sales_order_out.yaml #3.1")
    for language in ("zh", "en"):
        assert all(part in error.text(language) for part in ("zwölf", "#1", "'a'" if language == "en" else "“a”", "3"))


def test_a_long_value_is_shortened(tmp_path: Path) -> None:
    with pytest.raises(MappingFailed) as raised:
        mapped(tmp_path, "- {to: a, from: x, using: decimal}\n", {"x": "9" * 50 + "x" * 5000})
    assert len(raised.value.facts["value"]) == 60


def test_conditions_choose_rules_rows_and_files(tmp_path: Path) -> None:
    rules = """- {to: a, const: 1, when: it.t == 'x'}
- {to: a, const: 2, when: it.t != 'x'}
- to: lines
  each: rows
  where: number(it.q) > 0.0 && root.t == 'y'
  rules: [{to: q, from: q}, {to: t, from: $.t}]
"""
    spec = make_spec(tmp_path, rules, HEAD_OUT + "when: \"'t' in it\"\n")
    assert not spec.applies({"rows": []})
    assert spec.applies({"t": "y"})
    assert spec.apply({"t": "y", "rows": [{"q": "0"}, {"q": "2.5"}]}, Tables()).data == {"a": 2, "lines": [{"q": "2.5", "t": "y"}]}


def test_an_expression_that_fails_is_an_error_in_the_data(tmp_path: Path) -> None:
    expressions = ("expr: it.x", "expr: 'divide(it.q, 0, 2)'", "const: 1, when: it.q", "expr: 'number(it.w)'")
    for rule in (f"{{to: a, {expression}}}" for expression in expressions):
        with pytest.raises(MappingFailed) as raised:
            mapped(tmp_path, f"- {rule}\n", {"q": "1", "w": "word"})
        assert raised.value.code in ("expression-failed", "field-absent", "not-a-condition") and raised.value.facts["rule"].endswith("#1")
    spec = make_spec(tmp_path, "- {to: a, const: 1}\n", HEAD_OUT + "when: it.gone == 1\n")
    with pytest.raises(MappingFailed) as raised:
        spec.applies({})
    assert raised.value.facts["rule"].endswith("#when")


@pytest.mark.parametrize("rows", ["text", 3, {"a": 1}])
def test_each_wants_a_list(tmp_path: Path, rows: Any) -> None:
    rules = "- {to: lines, each: rows, default: {absent: []}, rules: [{to: q, from: q}]}\n"
    assert mapped(tmp_path, rules, {}).data == {"lines": []}
    assert mapped(tmp_path, rules, {"rows": None}).data == {"lines": None}
    with pytest.raises(MappingFailed) as raised:
        mapped(tmp_path, rules, {"rows": rows})
    assert raised.value.code == "not-a-list"


def test_rows_that_are_values_are_read_by_a_dot(tmp_path: Path) -> None:
    assert mapped(tmp_path, "- {to: lots, each: lots, rules: [{to: number, from: .}]}\n", {"lots": ["A", "B"]}).data == {
        "lots": [{"number": "A"}, {"number": "B"}]
    }


def test_a_look_up_that_breaks_holds_the_record_and_nothing_else(tmp_path: Path) -> None:
    class Broken(Tables):
        def code(self, kind: str, value: str) -> str | Missing:
            raise RuntimeError("the snapshot is gone")

    with pytest.raises(MappingFailed) as raised:
        mapped(tmp_path, "- {to: a, from: x, code: material}\n", {"x": "1"}, Broken())
    assert raised.value.code == "mapping-failed" and "snapshot" in raised.value.text()


def test_out_says_the_operation_and_the_number(tmp_path: Path) -> None:
    head = HEAD_OUT + "operation: {expr: \"it.state == 'cancelled' ? 'cancel' : 'upsert'\"}\nnumber: Model.FBillNo\n"
    spec = make_spec(tmp_path, "- {to: Model.FBillNo, from: number}\n", head)
    result = spec.apply({"number": "SO-1", "state": "cancelled"}, Tables())
    assert (result.operation, result.number) == ("cancel", "SO-1")
    assert spec.apply({"state": "x"}, Tables()).number is None


def test_references_are_known_before_anything_is_read(tmp_path: Path) -> None:
    rules = """- {to: a, from: x, document: production_order, using: trim}
- {to: b, from: missing, document: production_order}
- {to: c, from: bad, using: integer, document: sales_order}
- {to: n, from: n}
- to: lines
  each: rows
  rules: [{to: o, from: o, document: sales_order, document_id: true, when: it.o != 0}, {to: m, from: m, code: material}]
"""
    spec = make_spec(tmp_path, rules)
    record = {"x": " MO-1 ", "bad": "?", "rows": [{"o": 7}, {"o": 0}, {"o": 7}]}
    assert spec.references(record) == [Reference("production_order", "MO-1", False), Reference("sales_order", "7", True)]
    assert spec.documents == {"production_order", "sales_order"} and spec.codes == {"material"}


def test_a_systems_own_file_takes_the_place_of_the_shipped_one(tmp_path: Path) -> None:
    shipped, plant = tmp_path / "shipped", tmp_path / "plant"
    make_file(shipped, HEAD_IN + "rules: [{to: number, const: shipped}]\n")
    make_file(shipped, HEAD_OUT + "rules: [{to: number, const: shipped}]\n", "acme/sales_order_out.yaml")
    make_file(plant, HEAD_IN + "rules: [{to: number, const: own}]\n", "erp-2/sales_order_in.yaml")
    mappings = load_mappings(shipped, plant)
    said = {system: mappings.inbound(system, "acme", "order")[0].apply({}, Tables()).data["number"] for system in ("erp", "erp-2")}
    assert said == {"erp": "shipped", "erp-2": "own"}
    assert len(mappings.outbound("erp-2", "acme", "sales_order")) == 1
    assert mappings.inbound("erp", "acme", "nothing") == () and mappings.inbound("erp", "other", "order") == ()


def test_the_version_follows_the_content_and_nothing_else(tmp_path: Path) -> None:
    first = make_spec(tmp_path, "- {to: a, const: 1}\n").version
    assert make_spec(tmp_path, "- {to: a, const: 1}\n").version == first
    assert make_spec(tmp_path, "- {to: a, const: 2}\n").version != first
    assert len(first) == 12
