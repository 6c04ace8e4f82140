"""What the annotations tell machines: codes, references, quantities; and the texts of the model in both languages."""

from __future__ import annotations

import re

import pytest

from hub.model import ENTITIES, Entity, code_fields, entity, field_paths, partial, quantities, reference_fields
from hub.texts.model import MODEL
from tests.model.examples import make_report, make_sales_order

PLACES = re.compile(r"\{(\w+)\}").findall
WORDS_OF_PEOPLE = {("order_progress", "reason")}         # what the ERP's auditor wrote
IN_ONE_LANGUAGE = {"zh", "en", "words_zh", "words_en"}   # facts that come in both languages

every_entity = pytest.mark.parametrize("cls", ENTITIES, ids=lambda cls: cls.entity)


def test_every_field_that_holds_a_shared_code_says_of_which_kind() -> None:
    codes = code_fields(entity("sales_order"))

    assert codes["customer"] == "customer"
    assert codes["lines[].material"] == "material"
    assert codes["lines[].quantity.unit"] == "unit"
    assert codes["lines[].quantity.second.unit"] == "unit"
    assert code_fields(entity("operation_report"))["persons[].person"] == "person"


def test_every_reference_says_to_which_entity() -> None:
    references = reference_fields(entity("order_progress"))

    assert references == {"order": "sales_order", "production_orders[]": "production_order"}


@every_entity
def test_references_name_entities_that_exist(cls: type[Entity]) -> None:
    names = {other.entity for other in ENTITIES}

    assert set(reference_fields(cls).values()) <= names


@every_entity
def test_units_materials_customers_and_reasons_are_never_bare_texts(cls: type[Entity]) -> None:
    codes = code_fields(cls)
    kinds = {"unit": "unit", "material": "material", "customer": "customer", "operation": "operation", "reason": "reason"}
    for path in field_paths(cls):
        name = path.rsplit(".", 1)[-1]
        if name in kinds and (cls.entity, path) not in WORDS_OF_PEOPLE:
            assert codes[path] == kinds[name]


@every_entity
def test_a_partial_form_has_the_same_codes_and_references(cls: type[Entity]) -> None:
    assert code_fields(partial(cls)) == code_fields(cls)
    assert reference_fields(partial(cls)) == reference_fields(cls)


def test_quantities_are_found_with_their_unit_and_material() -> None:
    order = {found.path: (str(found.value), found.unit, found.material) for found in quantities(make_sales_order())}
    report = make_report(reasons=[{"reason": "E01", "quantity": "1"}], material="P-1")

    assert order == {"lines[0].quantity.value": ("2", "H87", "P-100")}
    assert {(found.path, found.unit, found.material) for found in quantities(report)} >= {
        ("good", "H87", "P-1"), ("reasons[0].quantity", "H87", "P-1"),
    }  # fmt: skip


@pytest.mark.parametrize("key", MODEL)
def test_both_languages_have_the_same_places(key: str) -> None:
    text = MODEL[key]
    zh, en = (set(PLACES(words)) - IN_ONE_LANGUAGE for words in text)

    assert zh == en
