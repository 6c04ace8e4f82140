"""Kinds are data, read strictly; their rules say what is wrong with a code, a name, an attribute."""

from pathlib import Path

import pytest

from hub.texts import TEXTS
from master_data import errors
from master_data.errors import AttributeMissing, AttributeWrong, CodeRuleBroken, DictionaryFileInvalid, NameRuleBroken
from master_data.kind import read_kinds, shipped_kinds

COLOUR = """kind: colour
label: {zh: 颜色, en: Colour}
owner: hub
code: {pattern: "[A-Z]+", hint: {zh: 大写字母, en: capital letters}}
attributes:
  - {name: shade, type: choice, values: [light, dark], mandatory: true, zh: 深浅, en: Shade}
"""


def make_folder(folder: Path, text: str, name: str = "colour.yaml") -> Path:
    (folder / name).write_text(text, encoding="utf-8")
    return folder


def test_every_kind_of_the_first_dictionary_is_shipped() -> None:
    assert {"unit", "material", "customer", "operation", "work_center", "reason", "organisation"} <= shipped_kinds().keys()


def test_a_new_kind_needs_a_file_and_no_code(tmp_path: Path) -> None:
    colour = read_kinds(make_folder(tmp_path, COLOUR))["colour"]
    colour.check_code("RED")
    assert colour.normal_attributes("RED", {"shade": "dark"}) == {"shade": "dark"}


@pytest.mark.parametrize(
    ("before", "after", "line", "words"),
    [
        ("owner: hub", "owner: hub\nowmer: x", 4, "owmer"),
        ("type: choice", "type: choise", 6, "attributes.0.type"),
        ("owner: hub\n", "", 1, "owner"),
        ("owner: hub", "owner: hub\nowner: erp", 4, "twice"),
        ('"[A-Z]+"', '"[A-Z+"', 4, "regular expression"),
        (", values: [light, dark]", "", 6, "values"),
        ("owner: hub", "owner: [hub", 4, "YAML"),
        ("kind: colour", "kind: color", 1, "color"),
        ("owner: hub", "owner: 12", 3, "quotes"),
    ],
)
def test_a_wrong_file_names_its_line_and_the_remedy(tmp_path: Path, before: str, after: str, line: int, words: str) -> None:
    with pytest.raises(DictionaryFileInvalid) as caught:
        read_kinds(make_folder(tmp_path, COLOUR.replace(before, after)))
    assert caught.value.facts["file"] == "colour.yaml"
    assert abs(caught.value.facts["line"] - line) <= 1
    assert words in str(caught.value)


def test_an_attribute_that_refers_to_no_kind_is_refused(tmp_path: Path) -> None:
    text = COLOUR + "  - {name: paint, type: code, of: paint, zh: 漆, en: Paint}\n"
    with pytest.raises(DictionaryFileInvalid, match="no kind 'paint'"):
        read_kinds(make_folder(tmp_path, text))


@pytest.mark.parametrize("code", ["m-1", "M 1", "M-1\u200b", "Ｍ-1", "", "M" * 61, "M-1\n"])
def test_a_code_that_breaks_its_rule_is_refused_not_mended(code: str) -> None:
    with pytest.raises(CodeRuleBroken):
        shipped_kinds()["material"].check_code(code)


def test_names_become_half_width_with_single_blanks() -> None:
    assert shipped_kinds()["material"].normal_names(" 螺栓　Ｍ８ （不锈钢） ", "") == ("螺栓 M8 (不锈钢)", "")


@pytest.mark.parametrize("name", ["", "螺栓\u200b", "a<b", "长" * 121])
def test_a_name_that_breaks_its_rule_is_refused(name: str) -> None:
    with pytest.raises(NameRuleBroken):
        shipped_kinds()["material"].normal_names(name, "")


def test_attributes_are_checked_by_type_choice_and_check_digit() -> None:
    material, customer = shipped_kinds()["material"], shipped_kinds()["customer"]
    with pytest.raises(AttributeMissing, match="base_unit"):
        material.normal_attributes("M-1", {"type": "raw"})
    for kind, wrong in ((material, {"type": "odd"}), (material, {"colour": "red"}), (material, {"dual_unit": 1}), (material, {"gtin": "1"}),
                        (customer, {"uscc": "91350100M000100Y4Z"})):  # fmt: skip
        with pytest.raises(AttributeWrong):
            kind.normal_attributes("X", wrong)
    assert customer.normal_attributes("C-1", {"uscc": "91350100M000100Y43", "country": None}) == {"uscc": "91350100M000100Y43"}


def test_a_decimal_is_kept_as_it_was_written() -> None:
    rate = shipped_kinds()["tax_rate"]
    assert rate.normal_attributes("V13", {"percent": "13.00"}) == {"percent": "13.00"}
    for wrong in ("NaN", "1e999x", True, "十三"):
        with pytest.raises(AttributeWrong):
            rate.normal_attributes("V13", {"percent": wrong})


def test_every_refusal_has_its_sentence_in_both_languages() -> None:
    codes = [value.code for value in vars(errors).values() if isinstance(value, type) and value.__module__ == errors.__name__]
    assert len(codes) > 20
    assert all(TEXTS[code].zh and TEXTS[code].en for code in codes)
