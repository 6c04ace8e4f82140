"""B35 and B36: nothing commercial and nobody by name outside the entities made for it."""

from __future__ import annotations

import pytest

from hub.model import ENTITIES, Entity, partial
from hub.model.privacy import denied, denied_fields, people_in_words

OPEN = [cls for cls in ENTITIES if not cls.commercial]
each = pytest.mark.parametrize("cls", ENTITIES, ids=lambda cls: cls.entity)
each_open = pytest.mark.parametrize("cls", OPEN, ids=lambda cls: cls.entity)

MONEY_OF_AN_ORGANISATION = {"organisation": ["currency"]}   # its books' currency, no amount


@each_open
def test_b35_an_entity_that_a_mes_may_see_has_no_price_contact_or_pay(cls: type[Entity]) -> None:
    assert list(denied_fields(cls)) == MONEY_OF_AN_ORGANISATION.get(cls.entity, [])
    assert list(denied_fields(partial(cls))) == MONEY_OF_AN_ORGANISATION.get(cls.entity, [])


@each
def test_b36_people_are_known_by_code_only(cls: type[Entity]) -> None:
    assert list(people_in_words(cls)) == []


def test_b36_a_person_is_a_code_and_nothing_personal() -> None:
    person = next(cls for cls in ENTITIES if cls.entity == "person")

    assert set(person.model_fields) == {"organisation", "plant", "code", "state", "department", "skills"}


def test_commercial_entities_travel_on_topics_of_their_own() -> None:
    commercial = {cls.aggregate for cls in ENTITIES if cls.commercial}

    assert commercial.isdisjoint(cls.aggregate for cls in OPEN)
    assert {cls.entity for cls in ENTITIES if cls.commercial} == {"sales_order", "customer_profile", "invoice", "payment", "cost_actual"}


@pytest.mark.parametrize("cls", [cls for cls in ENTITIES if cls.commercial], ids=lambda cls: cls.entity)
def test_the_deny_list_would_catch_every_commercial_entity(cls: type[Entity]) -> None:
    assert list(denied_fields(cls))


@pytest.mark.parametrize(
    ("name", "is_denied"), [("unit_price", True), ("tax_rate", True), ("pricing_unit", False), ("totals", False), ("Phone", True)]
)
def test_names_are_judged_word_by_word(name: str, is_denied: bool) -> None:
    assert denied(name) is is_denied
