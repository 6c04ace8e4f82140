"""Every entity comes back from JSON as it went, fits its published schema, and has a partial form that does the same."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from hub.model import ENTITIES, Entity, decode, encode, partial
from hub.model.schema import json_schema, write_schemas
from tests.model.examples import entities_of

steadily = settings(derandomize=True, deadline=None, max_examples=15, suppress_health_check=list(HealthCheck))

every_entity = pytest.mark.parametrize("cls", ENTITIES, ids=lambda cls: cls.entity)


@every_entity
@steadily
@given(data=st.data())
def test_what_is_encoded_decodes_to_the_same_entity(cls: type[Entity], data: st.DataObject) -> None:
    made = data.draw(entities_of(cls))

    back = decode(cls.entity, encode(made))

    assert back == made
    assert encode(back) == encode(made)
    assert (back.key, back.lane) == (made.key, made.lane)


@every_entity
@steadily
@given(data=st.data())
def test_what_is_encoded_fits_the_published_schema(cls: type[Entity], data: st.DataObject) -> None:
    validator = Draft202012Validator(json_schema(cls))

    validator.validate(json.loads(encode(data.draw(entities_of(cls)))))


@every_entity
@steadily
@given(data=st.data())
def test_a_partial_entity_says_exactly_what_it_was_told(cls: type[Entity], data: st.DataObject) -> None:
    said = json.loads(encode(data.draw(entities_of(cls))))
    kept = {"organisation", *cls.identity, cls.root}
    told = {name: value for name, value in said.items() if name in kept or data.draw(st.booleans())}

    part = decode(cls.entity, told, partial=True)

    assert json.loads(encode(part)) == told
    assert part.model_fields_set == set(told)
    Draft202012Validator(json_schema(partial(cls))).validate(told)


@every_entity
def test_every_schema_is_a_schema_with_an_id_of_its_own(cls: type[Entity]) -> None:
    full, part = json_schema(cls), json_schema(partial(cls))

    Draft202012Validator.check_schema(full)
    Draft202012Validator.check_schema(part)
    assert full["$id"] == f"urn:loopline:schema:{cls.entity}:1"
    assert part["$id"] == f"urn:loopline:schema:{cls.entity}:1:partial"


def test_schemas_are_written_one_file_per_form(tmp_path: Path) -> None:
    written = write_schemas(tmp_path / "schemas")

    assert len(written) == 2 * len(ENTITIES)
    assert json.loads((tmp_path / "schemas" / "sales_order.json").read_text(encoding="utf-8"))["x-commercial"] is True


def test_the_schema_says_which_field_holds_which_code() -> None:
    properties = json_schema(next(cls for cls in ENTITIES if cls.entity == "sales_order"))["properties"]

    assert properties["customer"]["x-code"] == "customer"


def test_a_schema_refuses_what_the_model_refuses() -> None:
    validator = Draft202012Validator(json_schema(next(cls for cls in ENTITIES if cls.entity == "person")))

    assert not validator.is_valid({"organisation": "P1", "code": "W-1", "state": "active", "phone": "1"})
    assert not validator.is_valid({"organisation": "P1", "state": "active"})
