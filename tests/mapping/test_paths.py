"""Paths read what is there, say what is not, and build what they need."""

from __future__ import annotations

from typing import Any

import pytest

from hub.mapping.errors import NotAnObject
from hub.mapping.paths import ABSENT, Path, getter, parse_path, setter

RECORD: dict[str, Any] = {"a": {"b": [{"c": 1}, {"c": None}]}, "x.y": 2, "n": None, "单价!含税": 3, "t": "text", "rows": []}


@pytest.mark.parametrize(("path", "value"), [
    ("a.b[0].c", 1), ("a.b[1].c", None), ("a.b[2].c", ABSENT), ("['x.y']", 2), ("单价!含税", 3), ("n", None), ("n.deeper.still", None),
    ("z", ABSENT), ("z.y", ABSENT), ("a.z", ABSENT), ("rows[0]", ABSENT), (".", RECORD),
])  # fmt: skip
def test_a_path_reads_what_is_there(path: str, value: Any) -> None:
    assert getter(parse_path(path).steps)(RECORD) == value


@pytest.mark.parametrize("path", ["t.x", "t.x.y", "a.b.c", "t[0]"])
def test_a_text_or_list_on_the_way_is_an_error(path: str) -> None:
    with pytest.raises(NotAnObject):
        getter(parse_path(path).steps)(RECORD)


@pytest.mark.parametrize("text", ["", "a..b", "a.", ".a", "a[", "a[x]", "a[-1]", "a]b", "$.", "[0]x", "a b[0] c"])
def test_what_is_no_path_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        parse_path(text)


def test_a_path_says_where_it_starts() -> None:
    assert parse_path("$.a.b") == Path("root", ("a", "b"))
    assert parse_path("@key") == Path("context", ("key",))
    assert parse_path("$") == Path("root", ())


def test_writing_makes_the_tables_and_rows_it_needs() -> None:
    out: dict[str, Any] = {}
    for path, value in [("FEntity[0].FQty", 1), ("FEntity[0].FUnit.FNumber", "kg"), ("FEntity[1].FQty", 2), ("FDate", "2026-11-22")]:
        setter(parse_path(path).steps)(out, value)
    assert out == {"FEntity": [{"FQty": 1, "FUnit": {"FNumber": "kg"}}, {"FQty": 2}], "FDate": "2026-11-22"}
