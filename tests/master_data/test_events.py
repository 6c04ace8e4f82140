"""What the dictionary tells the systems of an approved code: an entity of the model for each organisation it is assigned to."""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec
import pytest

from hub.event import Event
from hub.model import decode, entity
from master_data.events import FORMS, Code, messages
from master_data.kind import shipped_kinds
from master_data.tables import STATUSES

NOW = datetime(2026, 11, 28, 8, tzinfo=UTC)
SAMPLE = {"material": {"type": "raw", "base_unit": "KGM"}, "customer": {"type": "cn_org"}, "reason": {"list": "scrap"}}


def code(kind: str, status: str = "active", **attributes: object) -> Code:
    return Code(
        kind=kind, code="A-1", zh="泵", en="pump", status=status, attributes={**SAMPLE.get(kind, {}), **attributes},
        organisations=("P1", "P2"),
    )  # fmt: skip


@pytest.mark.parametrize("kind", sorted(FORMS))
@pytest.mark.parametrize("status", STATUSES)
def test_every_status_of_every_kind_makes_a_whole_entity(kind: str, status: str) -> None:
    told = messages([code(kind, status)], 7, NOW)
    assert [Event.parse(one.headers, one.value).revision for one in told] == [7, 7]
    for one in told:
        event = Event.parse(one.headers, one.value)
        content = decode(event.entity, one.value)
        assert (content.key, content.lane, event.source) == (event.key, one.key, "hub")


def test_attributes_become_fields_of_the_model_in_its_words() -> None:
    (one, _) = messages([code("customer", uscc="91350100M000100Y43")], 1, NOW)
    said = msgspec.json.decode(one.value)
    assert (said["type"], said["uscc"], said["name"], said["organisation"]) == ("cn_organisation", "91350100M000100Y43", "泵", "P1")


def test_a_persons_name_never_travels() -> None:
    (one, _) = messages([code("person")], 1, NOW)
    assert "泵" not in one.value.decode() and "pump" not in one.value.decode()


def test_a_kind_without_an_entity_stays_within_the_dictionary() -> None:
    assert messages([code("currency")], 1, NOW) == []


def test_every_field_and_every_attribute_that_is_told_exists() -> None:
    for kind, form in FORMS.items():
        assert set(form.fields) <= set(shipped_kinds()[kind].by_name), kind
        assert set(form.fields.values()) <= set(entity(form.entity).model_fields), kind
