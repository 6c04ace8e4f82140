"""What the model's annotations say, for machines: which field holds which kind of code, which one a document, which a quantity."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from functools import cache
from typing import Any, NamedTuple, get_args

from hub.model.common import Measured, Part
from hub.model.types import Code, InUnit, Reference


@cache
def code_fields(cls: type[Part]) -> dict[str, str]:
    """Path of every field that holds a shared code → the kind of code: `{'customer': 'customer', 'lines[].quantity.unit': 'unit'}`."""
    return {path: mark.kind for path, mark in _marks(cls) if isinstance(mark, Code)}


@cache
def reference_fields(cls: type[Part]) -> dict[str, str]:
    """Path of every field that holds a canonical document key → the entity it names."""
    return {path: mark.entity for path, mark in _marks(cls) if isinstance(mark, Reference)}


def field_paths(cls: type[Part], prefix: str = "") -> Iterator[str]:
    """Every field's path, rows as `lines[]`."""
    for name, field in cls.model_fields.items():
        yield prefix + name
        for part, rows in _parts(field.annotation):
            yield from field_paths(part, f"{prefix}{name}{'[]' if rows else ''}.")


def _marks(cls: type[Part], prefix: str = "") -> Iterator[tuple[str, object]]:
    for name, field in cls.model_fields.items():
        path = prefix + name
        yield from ((path, mark) for mark in field.metadata)
        yield from _inner_marks(field.annotation, path)
        for part, rows in _parts(field.annotation):
            yield from _marks(part, f"{path}{'[]' if rows else ''}.")


def _inner_marks(annotation: Any, path: str) -> Iterator[tuple[str, object]]:
    """Marks inside `X | None` and `tuple[X, ...]`."""
    metadata = getattr(annotation, "__metadata__", ())
    yield from ((path, mark) for mark in metadata)
    rows = getattr(annotation, "__origin__", None) is tuple
    for inner in get_args(annotation):
        if inner is not Ellipsis and not isinstance(inner, str):
            yield from _inner_marks(inner, path + "[]" if rows else path)


def _parts(annotation: Any, rows: bool = False) -> Iterator[tuple[type[Part], bool]]:
    if isinstance(annotation, type) and issubclass(annotation, Part):
        yield annotation, rows
        return
    rows = rows or getattr(annotation, "__origin__", None) is tuple
    for inner in get_args(annotation):
        yield from _parts(inner, rows)


class Found(NamedTuple):
    """A quantity inside an entity: where, how much, in which unit, of which material; `rate`: it is per unit made."""

    path: str
    value: Decimal
    unit: str | None
    material: str | None
    rate: bool


def quantities(part: Part) -> list[Found]:
    """Every quantity of an entity and its rows. Unit and material come from the nearest part that says them."""
    found: list[Found] = []
    _part(part, "", None, None, False, found)
    return found


def are_plain(part: Part) -> bool:
    """Whether every quantity of an entity and its rows is whole and not negative, as nearly all are: then no rule asks where it stands."""
    said = part.__dict__
    for name, is_plain in _plain(type(part)):
        value = said[name]
        if value is not None and not is_plain(value):
            return False
    return True


def _is_plain(value: Decimal) -> bool:
    return value >= 0 and value == int(value)


def _is_measured_plain(quantity: Measured) -> bool:
    said = quantity.__dict__
    value = said["value"]
    return said.get("second") is None and value >= 0 and value == int(value)


def _part(part: Part, path: str, unit: str | None, material: str | None, _: bool, found: list[Found]) -> None:
    said = part.__dict__  # not getattr: pydantic makes a missing attribute expensive
    unit = said.get("unit") or unit
    material = said.get("material") or material
    prefix = f"{path}." if path else ""
    for name, read in _plan(type(part)):
        value = said[name]
        if value is not None:
            read(value, prefix + name, unit, material, part.rates, found)


def _number(value: Decimal, path: str, unit: str | None, material: str | None, rate: bool, found: list[Found]) -> None:
    found.append(Found(path, value, unit, material, rate))


def _measured(quantity: Measured, path: str, _: str | None, material: str | None, rate: bool, found: list[Found]) -> None:
    said = quantity.__dict__
    found.append(Found(f"{path}.value", said["value"], said["unit"], material, rate))
    second = said.get("second")
    if second is not None:
        found.append(Found(f"{path}.second.value", second.value, second.unit, material, rate))


def _rows(rows: tuple[Part, ...], path: str, unit: str | None, material: str | None, rate: bool, found: list[Found]) -> None:
    for place, row in enumerate(rows):
        _part(row, f"{path}[{place}]", unit, material, rate, found)


def _are_rows_plain(rows: tuple[Part, ...]) -> bool:
    return all(map(are_plain, rows))


_ARE_PLAIN: dict[Callable[..., None], Callable[[Any], bool]] = {
    _number: _is_plain, _measured: _is_measured_plain, _rows: _are_rows_plain, _part: are_plain,
}  # fmt: skip
"""By how a field is read: whether nothing about it is remarkable."""
Read = Callable[[Any, str, str | None, str | None, bool, list[Found]], None]


@cache
def _plan(cls: type[Part]) -> tuple[tuple[str, Read], ...]:
    """The fields of a part that hold quantities, and how each is read."""
    return tuple((name, read) for name, field in cls.model_fields.items() if (read := _reader(cls, name, field.annotation)))


@cache
def _plain(cls: type[Part]) -> tuple[tuple[str, Callable[[Any], bool]], ...]:
    """The same fields, and how each is seen to be unremarkable."""
    return tuple((name, _ARE_PLAIN[read]) for name, read in _plan(cls))


def _reader(cls: type[Part], name: str, annotation: Any) -> Read | None:
    if any(isinstance(mark, InUnit) for path, mark in _marks(cls) if path == name):
        return _number
    for inner, rows in _parts(annotation):
        if issubclass(inner, Measured):
            return _measured
        if _plan(inner):
            return _rows if rows else _part
    return None
