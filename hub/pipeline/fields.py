"""Fields of an entity by dotted name (`lines.promised_at`), rows told apart by their line. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

ROW_ID = "line"


def names(data: Mapping[str, Any]) -> set[str]:
    """Every field that is said, dotted; a table's fields once for all its rows."""
    found: set[str] = set()
    _names(data, "", found)
    return found


def _names(data: Mapping[str, Any], prefix: str, found: set[str]) -> None:
    for name, value in data.items():
        rows = (value,) if value.__class__ is dict else value if value.__class__ is list else ()
        inside = False
        for row in rows:
            if row.__class__ is dict:
                inside = True
                _names(row, f"{prefix}{name}.", found)
        if not inside:
            found.add(prefix + name)


def drop(data: dict[str, Any], name: str) -> None:
    """Take a field out, in every row of its table."""
    first, _, rest = name.partition(".")
    if not rest:
        data.pop(first, None)
        return
    for row in _rows(data.get(first)):
        drop(row, rest)


def values(data: Mapping[str, Any], name: str) -> dict[tuple[Any, ...], Any]:
    """The values of a field by the rows they stand in (their `line`); () for a field of the head."""
    return dict(_values(data, name, ()))


def _values(data: Mapping[str, Any], name: str, place: tuple[Any, ...]) -> Iterator[tuple[tuple[Any, ...], Any]]:
    first, _, rest = name.partition(".")
    if first not in data:
        return
    if not rest:
        yield place, data[first]
        return
    for row in _rows(data[first]):
        yield from _values(row, rest, (*place, row.get(ROW_ID)) if isinstance(data[first], list) else place)


def _rows(value: Any) -> list[dict[str, Any]]:
    rows = value if isinstance(value, list) else [value]
    return [row for row in rows if isinstance(row, dict)]
