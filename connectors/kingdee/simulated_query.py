"""FilterString and OrderString as the simulated server understands them: `key op literal` joined by `and`; anything else is refused."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

LITERAL = r"'(?:[^']|'')*'|-?\d+"
LIST = rf"\((?:\s*(?:{LITERAL})\s*,?)+\)"
CONDITION = re.compile(rf"\s*(?P<key>\w[\w.]*)\s*(?P<op>>=|<|=|in\b)\s*(?P<value>{LIST}|{LITERAL})\s*(?P<joint>and\b|$)")
Row = dict[str, Any]


class FilterUnreadable(Exception):
    """The server cannot parse the text."""


def matcher(text: str) -> Callable[[Row], bool]:
    """Whether a row meets a FilterString. Raises FilterUnreadable; the predicate raises KeyError for an unknown field."""
    conditions = list(_conditions(text)) if text.strip() else []
    return lambda row: all(_holds(row[key], op, values) for key, op, values in conditions)


def wanted(text: str, key: str) -> list[Any]:
    """The values that a FilterString asks of one key; none where it leaves them open."""
    conditions = _conditions(text) if text.strip() else []
    return next((values for name, op, values in conditions if name == key and op in ("=", "in")), [])


def ordered(rows: Sequence[Row], text: str) -> list[Row]:
    """Rows in the order of an OrderString (ascending keys only)."""
    result = list(rows)
    for part in reversed([part for part in text.split(",") if part.strip()]):
        key, _, direction = part.strip().partition(" ")
        if direction.strip().upper() not in ("", "ASC"):
            raise FilterUnreadable(part)
        result.sort(key=lambda row: (row[key] is not None, row[key]))
    return result


def _conditions(text: str) -> list[tuple[str, str, list[Any]]]:
    found, position = [], 0
    while True:
        condition = CONDITION.match(text, position)
        if condition is None:
            raise FilterUnreadable(text[position:])
        values = [_literal(each) for each in re.findall(LITERAL, condition["value"])]
        if (condition["op"] == "in") != condition["value"].startswith("("):
            raise FilterUnreadable(condition[0])
        found.append((condition["key"], condition["op"], values))
        position = condition.end()
        if not condition["joint"]:
            return found


def _literal(text: str) -> Any:
    return text[1:-1].replace("''", "'") if text.startswith("'") else int(text)


def _holds(value: Any, op: str, wanted: list[Any]) -> bool:
    actual = _comparable(value, wanted[0])
    if op == "<":
        return bool(actual < wanted[0])
    return bool(actual >= wanted[0]) if op == ">=" else actual in wanted


def _comparable(value: Any, like: Any) -> Any:
    if isinstance(like, int):
        return int(value or 0)
    text = "" if value is None else str(value)
    return re.sub(r"^(\d{4}-\d\d-\d\d)T", r"\1 ", text)
