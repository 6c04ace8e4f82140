"""The parts of a step: the run of one record, and the closures that read, convert and translate one value."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from hub.mapping.errors import ContextUnknown, EmptyCode, MappingFailed
from hub.mapping.expressions import Scope
from hub.mapping.paths import ABSENT, Path, getter
from hub.mapping.rules import Rule, Using
from hub.mapping.spec import Convert, Lookups, Missing, Rounding

_NOBODY = object()


class Run:
    """One record on its way through the steps. `at`: the rows we are in, outermost first, as linked (outer, list, index)."""

    __slots__ = ("at", "cel", "cel_for", "cel_scope", "convert", "failures", "look", "missing", "root", "rounded")

    def __init__(self, root: Any, look: Lookups, convert: Convert) -> None:
        self.root = root
        self.look = look
        self.convert = convert
        self.missing: list[Missing] = []
        self.rounded: list[Rounding] = []
        self.failures: list[MappingFailed] = []
        self.at: Any = None
        self.cel: Any = None
        self.cel_for: Any = _NOBODY
        self.cel_scope: Scope | None = None

    def context(self, it: Any, scope: Scope) -> Any:
        """The CEL context of `it`, built once for all expressions of its level."""
        if self.cel_for is not it or self.cel_scope is not scope:
            self.cel = scope.context(it=it, root=self.root)
            self.cel_for, self.cel_scope = it, scope
        return self.cel

    def place(self, name: str) -> str:
        """`lines[2].FQty`: a path of a rule, with the rows we are in."""
        parts, at = [name], self.at
        while at is not None:
            at, outer, index = at
            parts.append(f"{outer}[{index}]")
        return ".".join(reversed(parts))


Fetch = Callable[[Any, Run], Any]
Step = Callable[[Any, Run, dict[str, Any]], None]
Mark = Callable[[str, str], None]
"""Told what was exercised: rule number, and which part of it (coverage by cases)."""


def key_text(value: Any) -> str:
    """A value as it is written in YAML."""
    if isinstance(value, str):
        return value
    return {True: "true", False: "false"}[value] if isinstance(value, bool) else str(value)


def state_of(value: Any) -> str:
    """'absent', 'null', 'empty' (nothing but blanks; no items), or '' where there is a value (0 and false are values)."""
    if value is ABSENT:
        return "absent"
    if value is None:
        return "null"
    if isinstance(value, str):
        return "" if value and not value.isspace() else "empty"
    return "empty" if isinstance(value, list | dict) and not value else ""


def read_one(path: Path) -> Fetch:
    get = getter(path.steps)
    if path.origin == "row":
        return lambda it, run: get(it)
    if path.origin == "root":
        return lambda it, run: get(run.root)
    name = str(path.steps[0])

    def ask(it: Any, run: Run) -> Any:
        try:
            return run.look.context(name)
        except LookupError:
            raise ContextUnknown(name=name) from None

    return ask


def read_all(fetches: tuple[Fetch, ...]) -> Fetch:
    """Several paths give a list in which an absent value is null; absent where all are."""

    def read(it: Any, run: Run) -> Any:
        values = [fetch(it, run) for fetch in fetches]
        if all(value is ABSENT for value in values):
            return ABSENT
        return [None if value is ABSENT else value for value in values]

    return read


def chain(using: tuple[Using, ...]) -> Callable[[Any, Run], Any] | None:
    if not using:
        return None
    if len(using) == 1:
        return _single(using[0].convert, using[0].asks)

    each_in_turn = tuple(_single(each.convert, each.asks) for each in using)

    def convert(value: Any, run: Run) -> Any:
        for each in each_in_turn:
            if value is None:
                return None
            value = each(value, run)
        return value

    return convert


def _single(convert: Callable[..., Any], asks: str) -> Callable[[Any, Run], Any]:
    if asks == "zone":
        return lambda value, run: convert(value, zone=_ask(run, "zone"))
    if asks:
        return lambda value, run: convert(value, **{asks: _ask(run, asks)})
    return lambda value, run: convert(value)


def _ask(run: Run, name: str) -> Any:
    try:
        return run.look.context(name)
    except LookupError:
        return None


def listed(translate: Callable[[Any, Run], Any]) -> Callable[[Any, Run], Any]:
    """A list is translated item by item; what is missing of it makes the whole missing."""

    def each(value: Any, run: Run) -> Any:
        if type(value) is not list:
            return translate(value, run)
        values = [translate(item, run) for item in value]
        return ABSENT if ABSENT in values else values

    return each


def coded(rule: Rule, name: str, ask: Callable[[Lookups, str], str | Missing]) -> Callable[[Any, Run], Any]:
    """Ask the dictionary; what it does not know is noted in the run, and the field stays out."""

    def translate(value: Any, run: Run) -> Any:
        if type(value) is list:
            return each_of(value, run)
        text = value if type(value) is str else key_text(value)
        if not text or text.isspace():
            raise EmptyCode(kind=name)
        found = ask(run.look, text)
        if isinstance(found, Missing):
            run.missing.append(replace(found, path=run.place(rule.source.text), rule=rule.number, to=rule.to))
            return ABSENT
        return found

    each_of = listed(translate)
    return translate
