"""Customers are told by their credit code, tax number, phone, and by names without legal form and place."""

from __future__ import annotations

import pytest

from master_data.matching.entry import Entry
from master_data.matching.matcher import Matcher
from master_data.matching.normal import phone
from master_data.matching.parties import CompanyReader
from master_data.matching.words import shipped_words
from master_data.rules import USCC_ALPHABET, is_uscc
from tests.master_data.matching.conftest import match, said


def uscc(body: str) -> str:
    """With its check character."""
    return next(body + last for last in USCC_ALPHABET if is_uscc(body + last))


ONE, OTHER = uscc("91310000MA1K0001X"), uscc("91320500MA1K0002Y")
CUSTOMERS = (
    Entry("C-1", "上海华泰泵业有限公司", "Shanghai Huatai Pump Co., Ltd.", {"uscc": ONE, "phone": "021-5812 3456"}),
    Entry("C-2", "苏州华泰泵业有限公司", "", {"uscc": OTHER}),
    Entry("C-3", "北方重型机械集团股份有限公司", "Northern Heavy Machinery GmbH", {}),
)


@pytest.fixture(scope="module")
def customers() -> Matcher:
    return Matcher("customer", CUSTOMERS)


@pytest.mark.parametrize(
    ("text", "words", "places"),
    [
        ("上海华泰泵业(集团)有限公司", ("华泰泵业",), ("上海",)), ("Northern Machinery Co., Ltd.", ("northern", "machinery"), ()),
        ("Huber GmbH & Co. KG", ("huber", "&"), ()), ("上海有限公司", ("上海",), ("上海",)), ("Pumps S.A.", ("pumps",), ()),
    ],
)  # fmt: skip
def test_legal_forms_and_places_are_taken_off(text: str, words: tuple[str, ...], places: tuple[str, ...]) -> None:
    assert CompanyReader(shipped_words()).read(text) == (words, places)


def test_the_same_credit_code_is_the_same_company_whatever_its_name(customers: Matcher) -> None:
    assert said(customers, Entry("", "华泰水泵厂", "", {"uscc": ONE.lower()})) == ["C-1"]


def test_another_valid_credit_code_is_another_company(customers: Matcher) -> None:
    assert said(customers, Entry("", "上海华泰泵业有限公司", "", {"uscc": uscc("91310000MA1K0009X")})) == []


def test_a_credit_code_with_a_wrong_check_digit_may_be_a_typing_error(customers: Matcher) -> None:
    wrong = ONE[:-1] + ("1" if ONE[-1] != "1" else "2")
    [first, *_] = customers.candidates(Entry("", "上海华泰泵业有限公司", "", {"uscc": wrong}))
    assert (first.code, match(first, "uscc").why) == ("C-1", "typing")


def test_names_are_alike_without_legal_form_and_differ_by_place(customers: Matcher) -> None:
    assert said(customers, Entry("", "北方重型机械(集团)有限责任公司")) == ["C-3"]
    first, second = customers.candidates(Entry("", "上海华泰泵业股份公司"))[:2]
    assert (first.code, second.code, second.score < customers.threshold) == ("C-1", "C-2", True)
    assert match(second, "name").detail == "上海 / 苏州"


def test_phones_are_compared_without_country_and_area() -> None:
    assert phone("+86 21 5812-3456 转 12") == phone("(021)58123456") == "58123456"
    assert phone("110") == ""


def test_a_company_is_found_by_its_initials(customers: Matcher) -> None:
    assert customers.candidates("bfzxjx")[0].code == "C-3"
