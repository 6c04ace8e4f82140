"""Code rules of segments: what fits, which segment does not and why, what is made, what a file may not say."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hub.texts import render
from hub.texts.code_rules import CODE_RULES
from master_data import rules
from master_data.class_tree import ClassTree, Node, tree_faults
from master_data.code_examples import check_examples
from master_data.code_segments import DateText
from master_data.errors import (
    AttributeMissing,
    ClassTooBroad,
    CodeCharacterWrong,
    CodeLengthWrong,
    CodeRuleBroken,
    CodeSegmentWrong,
    CodeTextMissing,
    KindInvalid,
    NoCodeSeries,
)
from master_data.kind import Kind, read_kinds, shipped_kinds
from tests.master_data.kind_files import FAULT, PART, make_kind, write

DAY = date(2026, 11, 22)
BAR = {"class": "0101", "control": "lot"}


@pytest.fixture
def part(tmp_path: Path) -> Kind:
    return make_kind(tmp_path, PART)


def luhn36(body: str) -> str:
    return body + rules.check_characters("luhn36", body)


def test_a_code_is_made_of_its_segments(part: Kind) -> None:
    assert part.make_code(BAR, DAY, 12) == luhn36("0101-2611012L")
    part.check_code(part.make_code(BAR, DAY, 12), BAR)


@pytest.mark.parametrize(
    ("body", "segment", "found"),
    [
        ("0399-2611012L", 1, "0399-2611012L"),
        ("0101A2611012L", 2, "A2611012L"),
        ("0101-2613012L", 3, "2613012L"),
        ("0101-261101L", 4, "01L"),
        ("0101-2611009L", 4, "009"),
        ("0101-2611012X", 5, "X"),
    ],
)
def test_the_segment_that_does_not_fit_is_named(part: Kind, body: str, segment: int, found: str) -> None:
    with pytest.raises(CodeSegmentWrong) as caught:
        part.check_code(luhn36(body) if body[4] == "-" else body)
    assert caught.value.facts["segment"] == segment
    assert caught.value.facts["found"].startswith(found)


def test_what_stands_behind_the_last_segment_is_named(part: Kind) -> None:
    with pytest.raises(CodeSegmentWrong) as caught:
        part.check_code(luhn36("0101-2611012L") + "-A")
    assert (caught.value.facts["segment"], caught.value.facts["found"]) == (7, "-A")


def test_a_wrong_check_character_is_told_with_the_right_one(part: Kind) -> None:
    good = luhn36("0101-2611012L")
    wrong = good[:-1] + ("A" if good[-1] != "A" else "B")
    with pytest.raises(CodeSegmentWrong) as caught:
        part.check_code(wrong)
    assert f"'{good[-1]}'" in caught.value.facts["expected_en"]


def test_with_attributes_a_code_must_say_what_they_say(part: Kind) -> None:
    code = part.make_code(BAR, DAY, 12)
    for changed, segment in (({"class": "0102"}, 1), ({"control": "serial"}, 5)):
        with pytest.raises(CodeSegmentWrong) as caught:
            part.check_code(code, BAR | changed)
        assert caught.value.facts["segment"] == segment


def test_a_character_outside_the_alphabet_is_named_with_its_place(part: Kind) -> None:
    with pytest.raises(CodeCharacterWrong) as caught:
        part.check_code("0101-26l1012L0")
    assert (caught.value.facts["character"], caught.value.facts["place"]) == ("l", 8)


def test_a_refusal_says_the_same_in_both_languages(part: Kind) -> None:
    with pytest.raises(CodeSegmentWrong) as caught:
        part.check_code("0101-2613012L0")
    assert "第 3 段" in render("code-segment-wrong", "zh", caught.value.facts, CODE_RULES)
    assert "日期 YYMM" in render("code-segment-wrong", "zh", caught.value.facts, CODE_RULES)
    assert "the date as YYMM" in render("code-segment-wrong", "en", caught.value.facts, CODE_RULES)


def test_what_is_missing_for_a_code_is_named(part: Kind) -> None:
    with pytest.raises(AttributeMissing, match="control"):
        part.make_code({"class": "0101"}, DAY, 12)
    with pytest.raises(CodeTextMissing):
        part.make_code(BAR | {"control": "weight"}, DAY, 12)
    with pytest.raises(ClassTooBroad):
        shipped_kinds()["equipment"].make_code({"class": "10"}, DAY, 1)
    with pytest.raises(NoCodeSeries):
        shipped_kinds()["material"].make_code({}, DAY, 1)


def test_a_rule_says_itself_in_both_languages(part: Kind) -> None:
    said = part.code_words()
    assert said.zh.startswith("类别代码(如 01, 0101, 0102, 02) + “-” + 日期 YYMM + 3 位流水号(从 010 起) + 管理方式的代码(N, L, S)")
    assert said.zh.endswith(" + 校验位(luhn36);长度 ≤ 14")
    assert said.en.startswith("a class code (such as 01, 0101, 0102, 02) + '-' + the date as YYMM + a running number of 3 digits")
    assert shipped_kinds()["customer"].code_words().zh.startswith("大写字母")


def test_every_kind_says_its_rule_in_words() -> None:
    assert [kind.kind for kind in shipped_kinds().values() if not all(len(text) > 5 for text in kind.code_words())] == []


@given(
    st.sampled_from(["01", "0101", "0102", "02"]), st.sampled_from(["none", "lot", "serial"]), st.integers(10, 999),
    st.dates(date(2000, 1, 1), date(2099, 12, 31)),
)  # fmt: skip
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_made_fits_and_is_found_again(part: Kind, class_: str, control: str, number: int, on: date) -> None:
    attributes = {"class": class_, "control": control}
    code = part.make_code(attributes, on, number)
    part.check_code(code, attributes)
    series = part.template.series(attributes, on)
    assert part.template.number_in(code, series) == number
    assert part.template.number_in(code.lower(), series) == number
    other = part.template.series(attributes | {"control": "lot" if control != "lot" else "serial"}, on)
    assert part.template.number_in(code, other) is None


@given(st.integers(10, 999), st.integers(0, 12), st.sampled_from("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_one_wrong_character_is_always_found(part: Kind, number: int, place: int, wrong: str) -> None:
    code = part.make_code(BAR, DAY, number)
    if code[place] in ("-", wrong):
        return
    with pytest.raises(CodeRuleBroken):
        part.check_code(code[:place] + wrong + code[place + 1 :])


@pytest.mark.parametrize("method", rules.METHODS)
def test_a_check_character_finds_every_single_wrong_character(method: str) -> None:
    known = rules.METHODS[method]
    body = known.alphabet[1:8]
    good = rules.check_characters(method, body)
    assert set(good) <= set(known.gives) and len(good) == known.size
    others = (body[:place] + other + body[place + 1 :] for place in range(7) for other in known.alphabet if other != body[place])
    found = [other for other in others if rules.check_characters(method, other) != good]
    assert len(found) == 7 * (len(known.alphabet) - 1) or method == "mod97"   # of mod 97 letters count as two digits


@pytest.mark.parametrize(
    ("method", "body", "check"),
    [
        ("mod10", "629104150021", "3"), ("mod11", "0794", "0"), ("mod11", "11010519491231002", "X"), ("luhn", "7992739871", "3"),
        ("verhoeff", "236", "3"), ("damm", "572", "4"), ("gb32100", "91350100M000100Y4", "3"), ("mod97", "99991234567890121414", "90"),
        ("mod37_36", "A12425GABC1234002", "M"), ("mod11_10", "0794", "5"),
    ],
)  # fmt: skip
def test_check_characters_are_those_that_were_published(method: str, body: str, check: str) -> None:
    assert rules.check_characters(method, body) == check
    assert rules.check_characters(method, "-".join(body)) == check


@pytest.mark.parametrize(
    ("format_", "on", "text"),
    [("YYMM", DAY, "2611"), ("YYYYMMDD", DAY, "20261122"), ("YYWW", date(2027, 1, 2), "2653"), ("YYYYWW", date(2024, 12, 30), "202501")],
)
def test_a_date_is_that_of_the_day_and_a_week_has_its_own_year(tmp_path: Path, format_: str, on: date, text: str) -> None:
    kind = make_kind(tmp_path, FAULT.replace("{type: text, text: E}", f"{{type: date, format: {format_}}}"))
    assert kind.make_code({}, on, 7) == f"{text}07"
    kind.check_code(f"{text}07")


def test_a_day_that_does_not_exist_is_refused() -> None:
    day = DateText(type="date", format="YYMMDD")
    assert day.is_day("240229")
    assert not day.is_day("230229")
    assert DateText(type="date", format="MMDD").is_day("0229")
    assert not DateText(type="date", format="MMDD").is_day("0230")


def test_lengths_are_told(tmp_path: Path) -> None:
    kind = make_kind(tmp_path, FAULT.replace("code:\n", 'code:\n  pattern: "[A-Z0-9]+"\n  hint: {zh: 码, en: code}\n  length: 3\n'))
    kind.check_code("X01")
    with pytest.raises(CodeLengthWrong) as caught:
        kind.check_code("X001")
    assert (caught.value.facts["length"], caught.value.facts["wanted"]) == (4, "3")


def test_a_fault_code_is_e_and_two_digits() -> None:
    reason = shipped_kinds()["reason"]
    assert reason.make_code({"list": "fault"}, DAY, 1) == "E01"
    for good in ("E01", "SCRAP-POROSITY", "E-STOP"):
        reason.check_code(good)
    for wrong in ("E1", "E001", "e01", "Ｅ01"):
        with pytest.raises(CodeRuleBroken):
            reason.check_code(wrong)


def test_a_class_is_found_by_its_level() -> None:
    tree = shipped_kinds()["equipment"].tree
    assert tree.path("100101") == ["10", "1001", "100101"]
    assert (tree.at_level("100101", 2), tree.at_level("10", 2), tree.at_level("100101", 0)) == ("1001", None, "100101")
    assert tree.below("1001") == ["1001", "100101", "100102"]


def test_classes_may_be_nested_or_name_their_parent() -> None:
    flat = [Node(code="0101", zh="棒", en="Bar", parent="01"), Node(code="01", zh="原", en="Raw")]
    nested = [Node(code="01", zh="原", en="Raw", classes=[Node(code="0101", zh="棒", en="Bar")])]
    assert ClassTree(flat).path("0101") == ClassTree(nested).path("0101") == ["01", "0101"]
    assert list(tree_faults(flat)) == list(tree_faults(nested)) == []


@pytest.mark.parametrize("kind", shipped_kinds().values(), ids=shipped_kinds().keys())
def test_the_examples_of_every_shipped_kind_hold(kind: Kind) -> None:
    assert kind.code.examples.good and kind.code.examples.bad
    assert list(check_examples(kind)) == []


WRONG = [
    ("attribute: control, values", "attribute: colour, values", "no attribute 'colour'", "attribute: colour"),
    ("serial: S}", "serial: S, weight: W}", "no value 'weight'", "weight: W"),
    (", serial: S}", "}", "value 'serial' .* has no text", "lot: L}"),
    ("width: 3, start: 10", "start: 10", "Field required", "type: number"),
    ("width: 3, start: 10", "width: 3, start: 1000", "does not fit", "start: 1000"),
    ("{type: date, format: YYMM}", "{type: number, width: 2}", "more than one running number", "segments:"),
    ("format: YYMM", "format: YYQQ", "pattern", "YYQQ"),
    ("method: luhn36", "method: luhn", "check 'luhn' cannot take", "method: luhn"),
    ("method: luhn36", "method: mod12", "unknown method 'mod12'", "mod12"),
    ('text: "-"', 'text: "/"', "'/' in '/' is not in the alphabet", 'text: "/"'),
    ("max_length: 14", "max_length: 12", "11 to 14 characters|to 14 characters", "max_length: 12"),
    ("max_length: 14", "length: 14", "not 14", "  length: 14"),
    ('code: "0102"', 'code: "0101"', "'0101' stands twice", "0101"),
    ('{code: "02", zh', '{code: "02", parent: "09", zh', "parent '09'", '"02"'),
    ('{code: "0102", zh', '{code: "0102", parent: "02", zh', "stands under '01'", '"0102"'),
    ('- {code: "01", zh', '- {code: "01", parent: "0101", zh', "each other's parents: 01 > 0101 > 01", '"01"'),
    ("type: class, mandatory", "type: text, mandatory", "0 attributes have the type class", "attributes:"),
    ("{name: control, type: choice", "{name: class, type: choice", "'class' stands twice", "name: class, type: choice"),
    ("values: [none, lot, serial], mandatory: true", "values: [none, lot, serial], when: {kolor: [red]}", "no attribute 'kolor'", "kolor"),
    ("{type: class}", "{type: class, level: 3}", "has no level 3", "level: 3"),
    ("alphabet:", "alpabet:", "Extra", "alpabet"),
]  # fmt: skip


@pytest.mark.parametrize(("before", "after", "words", "at"), WRONG, ids=lambda value: str(value)[:30])
def test_a_rule_that_cannot_hold_is_refused_with_its_line(tmp_path: Path, before: str, after: str, words: str, at: str) -> None:
    text = PART.replace(before, after)
    assert text != PART
    with pytest.raises(Exception, match=words) as caught:
        make_kind(tmp_path, text)
    facts = caught.value.facts  # type: ignore[attr-defined]
    lines = text.splitlines()
    assert facts["file"] == "part.yaml" and facts["remedy"]
    assert at in "\n".join(lines[max(0, facts["line"] - 2) : facts["line"] + 1])


def test_two_parts_of_varying_length_need_a_text_between_them(tmp_path: Path) -> None:
    text = PART.replace("lot: L,", "lot: LO,").replace('    - {type: text, text: "-"}\n', "")
    with pytest.raises(KindInvalid, match="segments 1 and 4 vary in length"):
        make_kind(tmp_path, text)


EXAMPLES = """  examples:
    good: [{code: E01}, {code: GOOD}]
    bad: [{code: BAD, segment: 2, why: {zh: 少一位, en: one digit short}}]
"""


@pytest.mark.parametrize(
    ("good", "bad", "words"),
    [
        ("E1", "E1", "should be good but is refused"),
        ("E02", "E02", "should be bad but is accepted"),
        ("E02", "X01", "wrong in segment 2, but"),
    ],
)
def test_an_example_that_does_not_hold_is_refused_with_its_line(tmp_path: Path, good: str, bad: str, words: str) -> None:
    text = FAULT + EXAMPLES.replace("GOOD", good).replace("BAD", bad)
    with pytest.raises(KindInvalid, match=re.escape(words)) as caught:
        make_kind(tmp_path, text)
    assert caught.value.facts["line"] == (7 if good == "E1" else 8)
    assert make_kind(tmp_path, FAULT + EXAMPLES.replace("GOOD", "E02").replace("BAD", "E1")).code.examples.good


def test_a_plants_examples_are_run_too(tmp_path: Path) -> None:
    write(tmp_path, FAULT + EXAMPLES.replace("GOOD", "E2").replace("BAD", "E1"), "fault.yaml")
    with pytest.raises(KindInvalid, match="E2"):
        read_kinds(tmp_path, shipped_kinds())
