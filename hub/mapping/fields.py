"""Fields by dotted name (`lines.promised_at`; rows of a list are not told apart): those of the model, those of some data."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import cache
from typing import Any, get_args

from pydantic import BaseModel

from hub.model import entity


@cache
def model_fields(name: str) -> frozenset[str]:
    """Every field of an entity of the model, those of its rows and parts included."""
    return frozenset(path for path, _ in _walk(entity(name), ""))


@cache
def identities(name: str) -> frozenset[str]:
    """The fields that say which document, and which row of it, is meant: nobody's property, so never a crossing."""
    cls = entity(name)
    rows = {path for path, is_identity in _walk(cls, "") if is_identity}
    return frozenset({"organisation", cls.root, *cls.identity} - {""} | rows)


def _walk(cls: type[BaseModel], prefix: str) -> Iterator[tuple[str, bool]]:
    for name, field in cls.model_fields.items():
        yield prefix + name, bool(prefix) and name in getattr(cls, "identity", ())
        for part in _models(field.annotation):
            yield from _walk(part, f"{prefix}{name}.")


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for argument in get_args(annotation):
        yield from _models(argument)


def field_paths(data: Mapping[str, Any], prefix: str = "") -> set[str]:
    """Every dotted name that some data says something about."""
    paths: set[str] = set()
    for name, value in data.items():
        paths.add(prefix + name)
        for part in value if isinstance(value, list) else (value,):
            if isinstance(part, Mapping):
                paths |= field_paths(part, f"{prefix}{name}.")
    return paths


def without(data: Mapping[str, Any], names: Collection[str]) -> dict[str, Any]:
    """The data without these dotted names, in whatever row they stand. The data given stays as it is."""
    kept = {name: value for name, value in data.items() if name not in names}
    for name in {path.partition(".")[0] for path in names if "." in path} & kept.keys():
        inner = [path.partition(".")[2] for path in names if path.startswith(f"{name}.")]
        value = kept[name]
        if isinstance(value, Mapping):
            kept[name] = without(value, inner)
        elif isinstance(value, list):
            kept[name] = [without(row, inner) if isinstance(row, Mapping) else row for row in value]
    return kept


Tree = Mapping[str, "Tree"]
"""Names of fields; those within a table stand under its name. Empty: the field with all that is in it."""


def tree(names: Iterable[str]) -> Tree:
    """The tree of dotted names. What lies within another of them adds nothing."""
    grown: dict[str, Any] = {}
    for name in sorted(names, key=len, reverse=True):
        *tables, last = name.split(".")
        inner = grown
        for table in tables:
            inner = inner.setdefault(table, {})
        inner[last] = {}
    return grown


def says(data: Mapping[str, Any], fields: Tree) -> bool:
    """Does some data say any of these fields, in whatever row?"""
    for name, inside in fields.items():
        if name not in data:
            continue
        if not inside:
            return True
        value = data[name]
        for row in value if value.__class__ is list else (value,):
            if row.__class__ is dict and says(row, inside):
                return True
    return False
