"""Partial entities: what a source may say that does not own the whole. Every field optional, but what makes up key and lane."""

from __future__ import annotations

from functools import cache
from typing import Annotated, Any, TypeVar, get_args, get_origin

from pydantic import create_model
from pydantic.fields import FieldInfo

from hub.model.common import Entity, Part, Row

P = TypeVar("P", bound=Part)


@cache
def partial(cls: type[Entity]) -> type[Entity]:
    """The class of partial entities of `cls`: a subclass whose absent fields are None and not in `model_fields_set`.

    Required stay the organisation, the identity, and the root document (the lane needs it); so does every row's identity.
    An explicit null is kept: the source says that there is nothing.
    """
    if cls.is_partial:
        return cls
    made = _optional(cls, {"organisation", "plant", *cls.identity, cls.root})
    made.is_partial = True
    return made


@cache
def _partial_row(cls: type[Row]) -> type[Row]:
    return _optional(cls, set(cls.identity))


def _optional(cls: type[P], kept: set[str]) -> type[P]:
    fields: dict[str, Any] = {name: _or_none(field) for name, field in cls.model_fields.items() if name not in kept}
    return create_model(f"{cls.__name__}Partial", __base__=cls, __module__=cls.__module__, __doc__=cls.__doc__, **fields)


def _or_none(field: FieldInfo) -> tuple[Any, None]:
    annotation: Any = _of_partial_rows(field.annotation)
    if field.metadata:
        annotation = Annotated[(annotation, *field.metadata)]
    return annotation | None, None


def _of_partial_rows(annotation: Any) -> Any:
    """`tuple[Row, ...]` → a tuple of partial rows; anything else as it is."""
    row = get_args(annotation)[0] if get_origin(annotation) is tuple else None
    return tuple[_partial_row(row), ...] if isinstance(row, type) and issubclass(row, Row) else annotation  # type: ignore[misc]
