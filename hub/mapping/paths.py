"""Paths into records: `a.b[0].c`, `['a.b'].c` for a key with a dot, `$.x` from the whole record, `@name` from the hub, `.` the row itself.

Reading: an absent step gives ABSENT, a null on the way gives null. Writing makes the tables and list places it needs.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Final, NamedTuple

from hub.mapping.errors import NotAnObject, shorten

CONTEXT: Final = ("organisation", "key", "mark", "revision", "document_key", "zone", "system")
"""What `@name` may ask the hub for."""

_STEP = re.compile(r"\['(?P<quoted>[^']+)'\]|\[(?P<index>[0-9]+)\]|(?P<name>[^.\[\]\s][^.\[\]]*)")


class _Absent:
    def __repr__(self) -> str:
        return "ABSENT"


ABSENT: Final = _Absent()

Step = str | int


class Path(NamedTuple):
    """`origin`: 'row' (relative to `it`), 'root' (whole record) or 'context' (the one step is the name)."""

    origin: str
    steps: tuple[Step, ...]


def parse_path(text: str) -> Path:
    """Raises ValueError where `text` is no path."""
    if text.startswith("@"):
        return Path("context", (text[1:],))
    if text in (".", "$"):
        return Path("row" if text == "." else "root", ())
    if text.startswith("$."):
        return Path("root", _steps(text[2:]))
    return Path("row", _steps(text))


def _steps(text: str) -> tuple[Step, ...]:
    steps: list[Step] = []
    position = 0
    while position < len(text):
        if steps and text[position] == ".":
            position += 1
        found = _STEP.match(text, position)
        if found is None or (found["name"] is not None and steps and text[position - 1] != "."):
            raise ValueError(text)
        steps.append(int(found["index"]) if found["index"] is not None else found["quoted"] or found["name"])
        position = found.end()
    if not steps or text.endswith("."):
        raise ValueError(text)
    return tuple(steps)


def getter(steps: tuple[Step, ...]) -> Callable[[Any], Any]:
    """A function that walks `steps`; a text or number on the way raises NotAnObject."""
    if not steps:
        return lambda value: value
    if len(steps) == 1 and isinstance(steps[0], str):
        return _get_one(steps[0])
    if len(steps) == 2 and isinstance(steps[0], str) and isinstance(steps[1], str):
        return _get_two(steps[0], steps[1])
    return lambda value: _walk(value, steps)


def _get_one(key: str) -> Callable[[Any], Any]:
    def get(value: Any) -> Any:
        try:
            return value.get(key, ABSENT)
        except AttributeError:
            return _enter(value, key)

    return get


def _get_two(first: str, second: str) -> Callable[[Any], Any]:
    def get(value: Any) -> Any:
        try:
            return value[first].get(second, ABSENT)
        except (KeyError, TypeError, AttributeError):
            return _walk(value, (first, second))

    return get


def _walk(value: Any, steps: tuple[Step, ...]) -> Any:
    for step in steps:
        if value is ABSENT or value is None:
            return value
        value = _enter(value, step)
    return value


def _enter(value: Any, step: Step) -> Any:
    if value is None:
        return None
    if isinstance(step, int) and isinstance(value, list):
        return value[step] if step < len(value) else ABSENT
    if isinstance(step, str) and hasattr(value, "get"):
        return value.get(step, ABSENT)
    raise NotAnObject(value=shorten(value), step=step)


def only_step(steps: tuple[Step, ...]) -> str | None:
    """The name where a path is one name; None where it is longer."""
    return steps[0] if len(steps) == 1 and isinstance(steps[0], str) else None


def setter(steps: tuple[Step, ...]) -> Callable[[dict[str, Any], Any], None]:
    """A function that puts a value at `steps` of an output table. The first step is a name."""
    return lambda out, value: _put(out, steps, value)


def _put(out: Any, steps: tuple[Step, ...], value: Any) -> None:
    last = len(steps) - 1
    for position, step in enumerate(steps):
        if isinstance(step, int):
            out.extend([None] * (step + 1 - len(out)))
        if position == last:
            out[step] = value
            return
        inner = out[step] if isinstance(step, int) else out.get(step)
        if inner is None:
            inner = out[step] = [] if isinstance(steps[position + 1], int) else {}
        out = inner
