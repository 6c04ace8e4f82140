"""A plant's file of approval routes over the shipped one, checked against the kinds: what does not exist is told with file and line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

import yaml

from hub.yaml_nodes import compose
from master_data.errors import DictionaryFileInvalid
from master_data.kind import Kind, shipped_kinds
from master_data.routes import NAMES, SHIPPED, Route, RouteBook, RouteFile, over, read_file

Place = tuple[str | int, ...]


class Fault(NamedTuple):
    """Something that a file names and that does not exist."""

    place: Place
    what: str
    remedy: str


def read_routes(own: Path | None = None, kinds: Mapping[str, Kind] | None = None) -> RouteBook:
    """The shipped routes and rules, with the plant's own over them. Raises DictionaryFileInvalid at the first thing wrong."""
    kinds = shipped_kinds() if kinds is None else kinds
    book = RouteBook()
    for path in (SHIPPED, own):
        if path is not None:
            book = _checked(path, book, kinds)
    return book


def _checked(path: Path, below: RouteBook, kinds: Mapping[str, Kind]) -> RouteBook:
    file = read_file(path)
    book = over(below, file)
    fault = next(faults(file, book, kinds), None)
    if fault is not None:
        line, where = line_of(path, fault.place), ".".join(map(str, fault.place))
        raise DictionaryFileInvalid(file=path.name, line=line, path=where, what=fault.what, remedy=fault.remedy)
    return book


def faults(file: RouteFile, book: RouteBook, kinds: Mapping[str, Kind]) -> Iterator[Fault]:
    """What the file names and neither the kinds nor the book have, in the file's order."""
    for number, route in enumerate(file.routes):
        yield from _route_faults(route, ("routes", number), kinds)
    for number, rule in enumerate(file.automatic):
        for place, kind in enumerate(rule.kinds):
            yield from _unknown(kind, kinds, ("automatic", number, "kinds", place), "kind")
        for place, name in enumerate(rule.only):
            fields = [field for kind in rule.kinds if kind in kinds for field in fields_of(kinds[kind])] or [name]
            yield from _unknown(name, dict.fromkeys(fields), ("automatic", number, "only", place), "field")
    known = dict.fromkeys([*(route.name for route in book.routes), *(rule.name for rule in book.rules)])
    for switch in ("switch_on", "switch_off"):
        for place, name in enumerate(getattr(file, switch)):
            yield from _unknown(name, known, (switch, place), "route or rule")


def fields_of(kind: Kind) -> list[str]:
    """What a step may fill in: the names and the attributes."""
    return [*NAMES, *kind.by_name]


def line_of(path: Path, place: Place) -> int:
    """The line where a place of the file stands; of one that is not there the nearest above."""
    node, line = compose(path.read_text(encoding="utf-8")), 1
    for part in place:
        found = _inner(node, part)
        if found is None:
            break
        line, node = found.start_mark.line + 1, found
    return line


def _route_faults(route: Route, place: Place, kinds: Mapping[str, Kind]) -> Iterator[Fault]:
    yield from _unknown(route.kind, kinds, (*place, "kind"), "kind")
    if route.kind not in kinds:
        return
    known = dict.fromkeys(fields_of(kinds[route.kind]))
    for name in route.when:
        yield from _unknown(name, known, (*place, "when", name), "field")
    for number, step in enumerate(route.steps):
        for position, name in enumerate(step.fields):
            yield from _unknown(name, known, (*place, "steps", number, "fields", position), "field")


def _unknown(name: str, known: Mapping[str, object], place: Place, what: str) -> Iterator[Fault]:
    if name not in known:
        yield Fault(place, f"there is no {what} '{name}'", f"Choose one of {', '.join(known)}")


def _inner(node: yaml.Node | None, part: str | int) -> yaml.Node | None:
    if isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
        found: yaml.Node = node.value[part]
        return found
    if isinstance(node, yaml.MappingNode):
        return next((value for key, value in node.value if key.value == part), None)
    return None
