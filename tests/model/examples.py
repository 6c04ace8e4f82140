"""Builders of the few entities that the tests of the model look at closely, and strategies that make any entity at all."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from annotated_types import Ge, Gt
from hypothesis import strategies as st
from pydantic.fields import FieldInfo

from hub.model import Entity, decode
from hub.model.common import DemandLink, Part
from hub.model.types import Code, Reference

NOON = "2026-03-02T12:00:00Z"


def pieces(value: str, unit: str = "H87") -> dict[str, Any]:
    return {"value": value, "unit": unit}


def make_sales_order(*totals: str, **changes: Any) -> Entity:
    """An order whose lines have these totals (price with tax), and header totals only where given in `changes`."""
    lines = [
        {"line": place * 10, "material": "P-100", "quantity": pieces("2"), "total": total}
        for place, total in enumerate(totals or ("113.00",), start=1)
    ]
    fields = {"organisation": "P1", "number": "SO-1", "customer": "C-1", "state": "confirmed", "ordered_at": NOON, "lines": lines}
    return decode("sales_order", {**fields, **changes})


def make_report(**changes: Any) -> Entity:
    fields = {
        "organisation": "P1", "number": "R-1", "production_order": "P1/MO-1", "sequence": 10, "operation": "OP-CAST", "unit": "H87",
        "good": "8", "scrap": "1", "rework": "1", "reported_at": NOON,
    }  # fmt: skip
    return decode("operation_report", {**fields, **changes})


def entities_of(cls: type[Entity]) -> st.SearchStrategy[Entity]:
    """Any entity of a class: every field of it, the optional ones sometimes."""
    return parts_of(cls)


@cache
def parts_of(cls: type[Any]) -> st.SearchStrategy[Any]:
    if cls is DemandLink:
        return st.builds(cls, order=KEYS, line=st.integers(0, 99), quantity=parts_of(DemandLink.model_fields["quantity"].annotation))
    fields = {}
    for name, field in cls.model_fields.items():
        if name == "plant":
            continue
        strategy = values(field.annotation, tuple(field.metadata))
        fields[name] = strategy if field.is_required() else st.just(MISSING) | strategy
    return st.fixed_dictionaries(fields).map(lambda said: cls(**{name: value for name, value in said.items() if value is not MISSING}))


MISSING = object()
WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["C"]), min_size=1, max_size=8)
SIMPLE = st.text("ABCDEF0123456789-", min_size=1, max_size=6)
KEYS = st.builds("{}/{}".format, SIMPLE, WORDS)
NUMBERS = st.decimals(min_value=-(10**9), max_value=10**9, places=4) | st.integers(-(10**15), 10**15).map(Decimal)
TIMES = st.datetimes(datetime(2000, 1, 1), datetime(2099, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
SCALARS: dict[type, st.SearchStrategy[Any]] = {
    Decimal: NUMBERS,
    datetime: TIMES,
    date: st.dates(date(2000, 1, 1), date(2099, 1, 1)),
    bool: st.booleans(),
}


def values(annotation: Any, marks: tuple[Any, ...] = ()) -> st.SearchStrategy[Any]:
    """Values of one annotation; `marks` are its metadata."""
    origin = get_origin(annotation)
    if origin is Annotated:
        inner, *more = get_args(annotation)
        flat = (mark for outer in more for mark in (outer.metadata if isinstance(outer, FieldInfo) else [outer]))
        return values(inner, (*flat, *marks))
    if origin in (Union, UnionType):
        return st.one_of(*(values(inner, marks) for inner in get_args(annotation)))
    if origin is tuple:
        return rows(get_args(annotation)[0], least=1 if any(hasattr(mark, "min_length") for mark in marks) else 0)
    return scalar(annotation, marks)


def rows(annotation: Any, least: int) -> st.SearchStrategy[Any]:
    unique = {"unique_by": lambda link: (link.order, link.line)} if annotation is DemandLink else {}
    return st.lists(values(annotation), min_size=least, max_size=3, **unique).map(tuple)


def scalar(kind: Any, marks: tuple[Any, ...]) -> st.SearchStrategy[Any]:
    if kind is NoneType:
        return st.none()
    if kind is str:
        return texts(marks)
    if kind is int:
        least = max([mark.ge for mark in marks if isinstance(mark, Ge)] + [mark.gt + 1 for mark in marks if isinstance(mark, Gt)] + [0])
        return st.integers(least, 10**6)
    if issubclass(kind, Enum):
        return st.sampled_from(list(kind))
    return parts_of(kind) if issubclass(kind, Part) else SCALARS[kind]


def texts(marks: tuple[Any, ...]) -> st.SearchStrategy[str]:
    pattern = next((mark.pattern for mark in marks if getattr(mark, "pattern", None)), None)
    if any(isinstance(mark, Reference) for mark in marks):
        return KEYS
    if any(isinstance(mark, Code) and mark.kind == "organisation" for mark in marks):
        return SIMPLE
    return st.from_regex(pattern.rstrip("$"), fullmatch=True, alphabet=st.characters(codec="ascii")) if pattern else WORDS
