"""Kinds are data, read strictly; their rules say what is wrong with a code, a name, an attribute."""

from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest
import yaml

from hub.db import Database
from hub.model import ENTITIES
from hub.model.annotations import code_fields
from hub.model.engineering import ReasonList
from hub.texts import TEXTS, Text
from hub.texts.code_rules import CODE_RULES
from master_data import errors, kind_faults
from master_data.errors import (
    AttributeMissing,
    AttributeWrong,
    CodeRuleBroken,
    DictionaryFileInvalid,
    KindInvalid,
    NamePartsWrong,
    NameRuleBroken,
    NameSegmentWrong,
)
from master_data.kind import FOLDER, kinds, read_kinds, shipped_kinds
from master_data.numbers import next_code
from master_data.proposals import Means
from master_data.proposed import CreateCode
from master_data.seeds import take_over
from tests.master_data.kind_files import FAULT, make_kind, write

BOUNDARIES = Path(__file__).parents[2] / "mappings" / "boundaries.yaml"

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


KINDS = {
    "material", "customer", "supplier", "operation", "work_center", "equipment", "tool", "unit", "warehouse", "location", "person",
    "department", "shift", "document_type", "tax_rate", "currency", "settlement", "service_item", "defect", "reason", "organisation",
}  # fmt: skip


def test_every_kind_is_shipped() -> None:
    assert shipped_kinds().keys() == KINDS


def test_every_kind_that_the_model_speaks_of_is_shipped() -> None:
    spoken = {kind for entity in ENTITIES for kind in code_fields(entity).values()}
    assert {"tool", "shift", "settlement", "location", "document_type"} <= spoken
    assert spoken <= shipped_kinds().keys()


def test_every_list_of_reasons_of_the_model_is_one_of_the_kind() -> None:
    lists = shipped_kinds()["reason"].by_name["list"].values
    assert {each.value for each in ReasonList} | {"fault"} == set(lists)


def test_every_owner_is_a_role_that_boundaries_know() -> None:
    rows = yaml.safe_load(BOUNDARIES.read_text(encoding="utf-8"))
    roles = {"hub", *(role for row in rows.values() for role in (*row["receives"], *row.get("may_request", ()), *row.get("never", ())))}
    known = shipped_kinds().values()
    assert {kind.owner for kind in known} | {kind.owner_of(name) for kind in known for name in kind.by_name} <= roles
    assert shipped_kinds()["material"].owner_of("spec") == "erp"
    assert shipped_kinds()["material"].owner_of("drawing") == "plm"


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


def test_an_attribute_may_be_mandatory_only_where_it_applies(tmp_path: Path) -> None:
    text = COLOUR + "  - {name: binder, type: text, mandatory: true, when: {shade: [dark]}, zh: 粘结剂, en: Binder}\n"
    colour = make_kind(tmp_path, text)
    assert colour.normal_attributes("RED", {"shade": "light"}) == {"shade": "light"}
    with pytest.raises(AttributeMissing, match="binder"):
        colour.normal_attributes("RED", {"shade": "dark"})


@pytest.mark.parametrize(
    ("kind", "attributes"),
    [("tax_rate", {"percent": "101"}), ("currency", {"minor_units": -1}), ("shift", {"starts": "8:00", "ends": "16:00"}),
     ("material", {"class": "0199"}), ("customer", {"country": "China"}), ("material", {"brand": "牌" * 61})],
)  # fmt: skip
def test_an_attribute_outside_its_limits_is_refused(kind: str, attributes: Mapping[str, object]) -> None:
    with pytest.raises(AttributeWrong):
        shipped_kinds()[kind].normal_attributes("X", attributes)


def test_completeness_is_the_share_of_the_weights_that_apply() -> None:
    customer = shipped_kinds()["customer"]
    assert customer.completeness({}) == 0
    assert customer.completeness({"type": "foreign", "short_name": "A", "country": "DE"}) == 1
    assert customer.completeness({"type": "cn_org", "short_name": "甲", "country": "CN"}) == Fraction(4, 7)
    assert shipped_kinds()["currency"].completeness({"minor_units": 0}) == 1


LATHE = {"class": "100101", "brand": "沈阳机床", "model": "CAK-5085"}


@pytest.mark.parametrize("name", ["数控车床-沈阳机床-CAK-5085-01", "车床-沈阳机床-CAK-5085-A01", " 数控车床－沈阳机床－CAK－5085－０１ "])
def test_a_name_of_equipment_says_type_brand_model_and_number(name: str) -> None:
    zh, _ = shipped_kinds()["equipment"].normal_names(name, "", LATHE)
    assert zh.startswith(("数控车床-沈阳机床-CAK-5085-", "车床-"))


@pytest.mark.parametrize(
    ("name", "error", "said"),
    [
        ("数控车床-沈阳机床-01", NamePartsWrong, "设备类型-品牌-型号-编号"),
        ("数控车床--CAK5085-01", NamePartsWrong, "type-brand-model-number"),
        ("大床子-沈阳机床-CAK-5085-01", NameSegmentWrong, "数控车床"),
        ("铣床-沈阳机床-CAK-5085-01", NameSegmentWrong, "数控车床"),
        ("数控车床-大连机床-CAK-5085-01", NameSegmentWrong, "沈阳机床"),
        ("数控车床-沈阳机床-CAK-5085-一号", NameSegmentWrong, "编号"),
    ],
)
def test_the_part_of_a_name_that_does_not_fit_is_named(name: str, error: type[NameRuleBroken], said: str) -> None:
    with pytest.raises(error) as caught:
        shipped_kinds()["equipment"].normal_names(name, "", LATHE)
    assert said in str(caught.value.facts)


def test_without_attributes_a_name_begins_with_any_class() -> None:
    assert shipped_kinds()["equipment"].normal_names("铣床-北一-X5032-3", "Milling machine-BYJC-X5032-3")[0] == "铣床-北一-X5032-3"


def test_what_a_name_rule_does_is_data(tmp_path: Path) -> None:
    rule = "names: {min_length: 2, max_length: 6, half_width: false, single_blanks: false, mandatory: [zh, en]}\n"
    colour = make_kind(tmp_path, COLOUR + rule)
    assert colour.normal_names(" 红（深） ", "a  b") == ("红（深）", "a  b")
    for zh, en in (("红", "red"), ("红红红红红红红", "red"), ("红红", "")):
        with pytest.raises(NameRuleBroken):
            colour.normal_names(zh, en)


@pytest.mark.parametrize(
    ("segments", "words"),
    [
        ("[{zh: 甲, en: a, free: true}, {zh: 乙, en: b, free: true}]", "more than one part"),
        ("[{zh: 甲, en: a, attribute: kolor}]", "no attribute 'kolor'"),
        ("[{zh: 甲, en: a, values: [x-y]}]", "'x-y' holds the separator"),
        ("[{zh: 甲, en: a, pattern: '['}]", "regular expression"),
    ],
)
def test_a_name_rule_that_cannot_hold_is_refused(tmp_path: Path, segments: str, words: str) -> None:
    with pytest.raises(DictionaryFileInvalid, match=words):
        make_kind(tmp_path, COLOUR + f"names:\n  segments: {segments}\n")


async def test_a_plants_own_kind_is_used_like_any_other(database: Database, tmp_path: Path) -> None:
    plant = kinds(write(tmp_path, FAULT, "fault.yaml"))
    assert plant.keys() == {*shipped_kinds(), "fault"}
    code = await next_code(database, plant["fault"], {}, on=date(2026, 1, 1))
    await take_over(database, [CreateCode(kind="fault", code=code, zh="电源故障")], by="wang", means=Means(kinds=plant))
    with pytest.raises(CodeRuleBroken):
        await take_over(database, [CreateCode(kind="fault", code="E2", zh="电机故障")], by="wang", means=Means(kinds=plant))
    assert await next_code(database, plant["fault"], {}, on=date(2026, 1, 1)) == "E02"


def test_a_plant_puts_a_kind_in_the_place_of_a_shipped_one(tmp_path: Path) -> None:
    text = COLOUR.replace("kind: colour", "kind: warehouse")
    plant = kinds(write(tmp_path, text, "warehouse.yaml"))
    assert list(plant["warehouse"].by_name) == ["shade"]
    assert list(shipped_kinds()["warehouse"].by_name) != ["shade"]


EXTENSION = """kind: customer
extends: shipped
attributes:
  - {name: old_code, type: text, owner: erp, zh: 旧编码, en: Old code}
  - {name: country, type: text, mandatory: true, zh: 国家, en: Country}
"""


def test_a_plant_adds_to_a_shipped_kind_what_it_needs(tmp_path: Path) -> None:
    customer = kinds(write(tmp_path, EXTENSION, "customer.yaml"))["customer"]
    assert [*shipped_kinds()["customer"].by_name, "old_code"] == list(customer.by_name)
    assert customer.by_name["country"].mandatory
    assert customer.code == shipped_kinds()["customer"].code


@pytest.mark.parametrize(
    ("text", "name", "words", "line"),
    [
        (EXTENSION.replace("customer", "visitor"), "visitor.yaml", "no kind 'visitor' is shipped", 2),
        (EXTENSION + "  - {name: x, type: code, of: planet, zh: x, en: x}\n", "customer.yaml", "no kind 'planet'", 6),
        (EXTENSION + "colour: red\n", "customer.yaml", "colour", 6),
        ("classes: [{code: '1', zh: 甲, en: A}]", "classes/planet.yaml", "no kind 'planet'", 1),
        ("classes:\n  - {code: '1', zh: 甲, en: A}\n  - {code: '1', zh: 乙, en: B}\n", "classes/equipment.yaml", "'1' stands twice", 3),
    ],
)
def test_a_plants_file_that_is_wrong_names_its_line(tmp_path: Path, text: str, name: str, words: str, line: int) -> None:
    with pytest.raises(DictionaryFileInvalid, match=words) as caught:
        kinds(write(tmp_path, text, name))
    assert (caught.value.facts["file"], caught.value.facts["line"]) == (name.rpartition("/")[2], line)


CLASSES = """classes:
  - {code: A, zh: 泵, en: Pump, classes: [{code: A1, zh: 离心泵, en: Centrifugal pump}]}
examples:
  good: [{code: "EQA1-0001", attributes: {class: A1}}]
  bad: [{code: "EQ1001-0001", segment: 2, why: {zh: 没有这个类别, en: there is no such class}}]
"""


def test_a_plant_has_classes_of_its_own_under_a_shipped_rule(tmp_path: Path) -> None:
    equipment = kinds(write(tmp_path, CLASSES, "classes/equipment.yaml"))["equipment"]
    assert equipment.make_code({"class": "A1"}, date(2026, 1, 1), 7) == "EQA1-0007"
    assert equipment.normal_names("离心泵-凯泉-KQL50-1", "", {"class": "A1"})[0] == "离心泵-凯泉-KQL50-1"
    with pytest.raises(KindInvalid, match="EQA1-0001"):
        kinds(write(tmp_path / "other", CLASSES.replace("code: A1", "code: A2"), "classes/equipment.yaml"))


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    assert kinds() == shipped_kinds() == kinds(tmp_path)
    with pytest.raises(KindInvalid, match="no folder"):
        kinds(tmp_path / "kindz")


def test_every_file_of_kinds_is_one_of_the_shipped() -> None:
    assert {path.stem for path in FOLDER.glob("*.yaml")} == shipped_kinds().keys()


def test_every_fault_has_a_remedy_and_every_text_is_there_twice() -> None:
    texts: Mapping[str, Text] = CODE_RULES
    said = {key for key in texts if key.startswith("kind-") and not key.endswith("-remedy") and "example" not in key} - {"kind-invalid"}
    assert {f"{key}-remedy" for key in said} <= texts.keys()
    assert all(text.zh.strip() and text.en.strip() for text in texts.values())
    assert kind_faults.FAULTS


def test_every_refusal_has_its_sentence_in_both_languages() -> None:
    codes = [value.code for value in vars(errors).values() if isinstance(value, type) and value.__module__ == errors.__name__]
    assert len(codes) > 20
    known = {**TEXTS, **CODE_RULES}
    assert all(known[code].zh and known[code].en for code in codes)
