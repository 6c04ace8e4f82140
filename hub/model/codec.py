"""Entities to JSON and back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from hub.model.common import Entity
from hub.model.entities import entity
from hub.model.fields import PlantFields
from hub.model.findings import ModelViolated, read_findings
from hub.model.partial import partial as partial_of


def decode(name: str, data: bytes | str | Mapping[str, Any], *, partial: bool = False, plant: PlantFields | None = None) -> Entity:
    """The entity that JSON text, or a mapping of fields, says. With `plant`, the plant's own fields must be declared there.

    Raises UnknownEntity, and ModelViolated with everything that is wrong: field, value, and what to do about it.
    """
    cls = partial_of(entity(name)) if partial else entity(name)
    try:
        validator = cls.__pydantic_validator__
        read = validator.validate_json(data) if isinstance(data, bytes | str) else validator.validate_python(data)
    except ValidationError as error:
        raise ModelViolated(name, read_findings(error.errors(include_url=False))) from None
    decoded: Entity = read
    return plant.checked(decoded) if plant is not None and decoded.plant else decoded


def encode(value: Entity) -> bytes:
    """JSON in UTF-8. A full entity leaves out what is None; a partial one says exactly what was said, nulls included."""
    partial = value.is_partial
    return value.__pydantic_serializer__.to_json(value, exclude_none=not partial, exclude_unset=partial)
