"""A wrong file names its place and what to do, and all mistakes of all files are told at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from hub.mapping import MappingsWrong, load_mappings
from hub.mapping.yaml_file import Reading, read_yaml
from hub.texts import LANGUAGES
from tests.mapping.make import HEAD_IN, HEAD_OUT, make_file, mistakes

RULE_MISTAKES = [
    ("{to: number, frm: no}", "yaml-key-unknown", "'from'"),
    ("{from: no}", "yaml-key-missing", "'to'"),
    ("{to: number}", "rule-source-unclear", "–"),
    ("{to: number, from: no, const: 1}", "rule-source-unclear", "from, const"),
    ("{to: number, from: no, using: decimel}", "yaml-name-unknown", "'decimal'"),
    ("{to: number, from: no, using: {name: times}}", "rule-parameter-wrong", "factor: str"),
    ("{to: number, from: no, using: {name: datetime, zone: Asia/Nowhere}}", "rule-parameter-wrong", "zone"),
    ("{to: number, from: no, using: {name: trim, size: 3}}", "rule-parameter-wrong", "size"),
    ("{to: number, from: no, code: materiel}", "yaml-name-unknown", "'material'"),
    ("{to: number, from: no, document: sales_oder}", "yaml-name-unknown", "'sales_order'"),
    ("{to: number, from: no, code: material, lookup: {a: b}}", "rule-translation-unclear", "code, lookup"),
    ("{to: number, from: no, document_id: true}", "yaml-type-wrong", "document_id"),
    ("{to: number, from: no, lookup: [a]}", "yaml-type-wrong", "lookup"),
    ("{to: number, from: no, lookup: {}}", "yaml-type-wrong", "lookup"),
    ("{to: number, from: no, default: {missing: 1}}", "yaml-key-unknown", "'absent'"),
    ("{to: number, from: no, default: {absent: '@asbent'}}", "yaml-name-unknown", "'@absent'"),
    ("{to: number, from: 12}", "yaml-type-wrong", "a.b"),
    ("{to: number, from: a..b}", "rule-path-wrong", "a..b"),
    ("{to: $.number, from: a}", "rule-path-wrong", "$.number"),
    ("{to: number, from: '@organization'}", "yaml-name-unknown", "organisation"),
    ("{to: number, expr: 'it.no =='}", "rule-expression-wrong", "column"),
    ("{to: number, expr: 'record.no'}", "rule-expression-wrong", "record"),
    ("{to: number, expr: 'upercase(it.no)'}", "rule-expression-wrong", "upercase"),
    ("{to: number, from: no, when: true}", "yaml-type-wrong", "when"),
    ("{to: lines, each: rows}", "yaml-key-missing", "rules"),
    ("{to: lines, each: rows, using: trim, rules: [{to: line, from: no}]}", "yaml-key-unknown", "using"),
    ("{to: numbr, from: no}", "yaml-name-unknown", "'number'"),
    ("{to: lines, each: rows, rules: [{to: quantity.vlaue, from: no}]}", "yaml-name-unknown", "'lines.quantity.value'"),
    ("{to: organisation, from: no}", "yaml-name-unknown", "organisation"),
    ("text", "yaml-type-wrong", "key: value"),
    ("{to: number, to: x, from: no}", "yaml-key-twice", "'to'"),
]


@pytest.mark.parametrize(("rule", "code", "says"), RULE_MISTAKES, ids=[rule for rule, _, _ in RULE_MISTAKES])
def test_a_mistake_in_a_rule_is_named_with_its_place(tmp_path: Path, rule: str, code: str, says: str) -> None:
    told = mistakes(tmp_path, f"{HEAD_IN}rules:\n  - {{to: state, const: x}}\n  - {rule}\n")
    found = [mistake for mistake in told if mistake.code == code]
    assert found, f"{code} was not found"
    assert found[0].facts["place"].removesuffix(".1") in ("acme/sales_order_in.yaml:7 #2", "acme/sales_order_in.yaml:7")
    assert says in found[0].text("en")


HEAD_MISTAKES = [
    (HEAD_IN.replace("sales_order", "sales_oder"), "yaml-name-unknown", "'sales_order'"),
    (HEAD_IN.replace("direction: in", "direction: inn"), "yaml-name-unknown", "'in'"),
    (HEAD_IN.replace("record: order\n", ""), "yaml-key-missing", "record"),
    (HEAD_IN.replace("sales_order", "customer"), "yaml-misplaced", "customer_in.yaml"),
    (HEAD_IN + "operation: {const: upsert}\n", "yaml-key-unknown", "operation"),
    (HEAD_IN + "when: it.x +\n", "rule-expression-wrong", "column"),
    (HEAD_IN + "product: [\n", "yaml-unreadable", ""),
    ("- a list\n", "yaml-type-wrong", "key: value"),
    ("", "yaml-type-wrong", "file"),
]


@pytest.mark.parametrize(("head", "code", "says"), HEAD_MISTAKES, ids=[code for _, code, _ in HEAD_MISTAKES])
def test_a_mistake_in_the_head_is_named(tmp_path: Path, head: str, code: str, says: str) -> None:
    rules = "rules:\n  - {to: number, from: no}\n" if head.startswith("product") else ""
    found = mistakes(tmp_path, head + rules)
    assert code in [mistake.code for mistake in found] or found[0].code == "yaml-unreadable"
    assert any(says in mistake.text("en") for mistake in found)


def test_a_target_stands_once_unless_each_rule_has_its_own_condition(tmp_path: Path) -> None:
    twice = "rules:\n  - {to: plant.b, from: x}\n  - {to: plant.b, from: y}\n  - {to: plant, from: z}\n"
    assert [mistake.code for mistake in mistakes(tmp_path, HEAD_IN + twice)] == ["rule-target-twice"] * 3
    alternatives = "rules:\n  - {to: state, from: x, when: it.t == 1}\n  - {to: state, from: y, when: it.t == 2}\n"
    assert mistakes(tmp_path, HEAD_IN + alternatives) == ()


def test_all_mistakes_of_all_files_are_told_at_once(tmp_path: Path) -> None:
    make_file(tmp_path, HEAD_IN + "rules:\n  - {to: number}\n  - {to: lines, each: rows, rules: [{frm: x}]}\n")
    make_file(tmp_path, HEAD_OUT + "rules:\n  - {to: FBillNo, from: number, using: nothing}\n", "acme/sales_order_out.yaml")
    with pytest.raises(MappingsWrong) as raised:
        load_mappings(tmp_path)
    assert len(raised.value.mistakes) >= 5
    for language in LANGUAGES:
        text = raised.value.text(language)
        assert "acme/sales_order_in.yaml:6 #1" in text and "#2.1" in text and "acme/sales_order_out.yaml:6 #1" in text
        assert "{" not in text


def test_scalars_stay_what_the_author_wrote(tmp_path: Path) -> None:
    path = make_file(tmp_path, "{day: 2026-11-22, answer: yes, code: 0012, one: 1, half: 1.5, none: null, null: x, quoted: '1', 3: three}")
    read = read_yaml(path, Reading("x", []))
    assert read == {
        "day": "2026-11-22", "answer": "yes", "code": "0012", "one": 1, "half": 1.5, "none": None, "null": "x", "quoted": "1", "3": "three",
    }  # fmt: skip


@pytest.mark.parametrize(("deleted", "code", "says"), [
    ("{stat: {confirmed: cancelled}}", "yaml-name-unknown", "'state'"), ("[state]", "yaml-type-wrong", "deleted"),
    ("{state: cancelled}", "yaml-type-wrong", "state"), ("{state: {confirmed: 3}}", "yaml-type-wrong", "confirmed"),
])  # fmt: skip
def test_what_a_deletion_says_is_read_strictly(tmp_path: Path, deleted: str, code: str, says: str) -> None:
    (mistake,) = mistakes(tmp_path, f"{HEAD_IN}deleted: {deleted}\nrules: [{{to: number, from: no}}]\n")
    assert mistake.code == code and says in mistake.text("en") and ":5" in mistake.text("zh")
