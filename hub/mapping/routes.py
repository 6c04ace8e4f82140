"""Which systems want an event: `routes.yaml`, read strictly; a role is resolved to the one system that plays it for the organisation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from hub.mapping.boundaries import ROLES
from hub.mapping.errors import ExpressionWrong, KeyMissing, MappingFailed, MappingsWrong, Mistake, NameUnknown, RoleAmbiguous, nearest
from hub.mapping.expressions import BadExpression, Expression, fields_of, holds, parse_expression
from hub.mapping.yaml_file import Reading, Rows, Table, read_yaml
from hub.model import ENTITIES

KEYS: Final = ("entity", "to", "from", "when")


@dataclass(frozen=True, slots=True)
class RoutedSystem:
    """A system as routes see it. `organisations`: shared codes."""

    name: str
    roles: frozenset[str]
    organisations: frozenset[str]


@dataclass(frozen=True, slots=True)
class Route:
    """Events of `entity` go to `to` (a role, or a system's name), where `source` (a role, '' = any) said them and `when` holds."""

    entity: str
    to: str
    source: str
    when: Expression | None
    place: str


@dataclass(frozen=True, slots=True)
class Routes:
    """All routes over the connected systems. Every (role, organisation) was resolved when they were read."""

    routes: tuple[Route, ...]
    systems: Mapping[str, RoutedSystem]
    _found: dict[tuple[str, str, str], tuple[tuple[str, Route], ...]] = field(default_factory=dict, repr=False, compare=False)

    def targets(self, entity: str, organisation: str, source_system: str, data: Mapping[str, Any]) -> Sequence[str]:
        """The systems that want this event, in the order of the routes; never its source.

        Raises MappingFailed where a route's `when` cannot be answered (a missing field is null there).
        """
        asked = (entity, organisation, source_system)
        found = self._found.get(asked)
        if found is None:
            found = self._found[asked] = tuple(self._candidates(*asked))
        return list(dict.fromkeys(name for name, route in found if route.when is None or _answer(route, route.when, data)))

    def entities_for(self, system: str) -> set[str]:
        """The entities that some route leads to this system: what its group must subscribe to."""
        return {route.entity for route in self.routes if self._leads(route, system)}

    def role_for(self, entity: str, system: str) -> frozenset[str]:
        """The roles by which this system is routed this entity: what its payload may show. All of its roles where it is named."""
        roles = frozenset(route.to for route in self.routes if route.entity == entity and self._leads(route, system))
        return self.systems[system].roles if system in roles else roles

    def _leads(self, route: Route, system: str) -> bool:
        organisations = self.systems[system].organisations
        return route.to == system or any(system in resolve(route.to, organisation, self.systems) for organisation in organisations)

    def _candidates(self, entity: str, organisation: str, source: str) -> list[tuple[str, Route]]:
        said_by = self.systems[source].roles if source in self.systems else frozenset({source})
        pairs = [
            (name, route) for route in self.routes if route.entity == entity and (not route.source or route.source in said_by)
            for name in resolve(route.to, organisation, self.systems)
        ]  # fmt: skip
        return [(name, route) for name, route in pairs if name != source]


def resolve(to: str, organisation: str, systems: Mapping[str, RoutedSystem]) -> list[str]:
    """The systems of this name or role that serve the organisation: none, one, or (an ambiguity) several."""
    if to in systems:
        return [to] if organisation in systems[to].organisations else []
    return sorted(system.name for system in systems.values() if to in system.roles and organisation in system.organisations)


def _answer(route: Route, when: Expression, data: Mapping[str, Any]) -> bool:
    try:
        return holds(when, fields_of(data, when))
    except MappingFailed as error:
        raise error.at(rule=route.place, to=route.to, path=when.source, value="", count=1) from None


def load_routes(path: Path, systems: Sequence[RoutedSystem]) -> Routes:
    """Read the routes and resolve them over these systems. Raises MappingsWrong: mistakes, and roles that several systems play."""
    mistakes: list[Mistake] = []
    by_name = {system.name: system for system in systems}
    routes = _read(path, Reading(path.name, mistakes), by_name)
    for route in routes:
        mistakes += _ambiguities(route, by_name)
    if mistakes:
        raise MappingsWrong(mistakes)
    return Routes(tuple(routes), by_name)


def _ambiguities(route: Route, systems: Mapping[str, RoutedSystem]) -> list[Mistake]:
    organisations = sorted({organisation for system in systems.values() for organisation in system.organisations})
    return [
        RoleAmbiguous(place=route.place, organisation=organisation, role=route.to, systems=", ".join(found))
        for organisation in organisations
        if len(found := resolve(route.to, organisation, systems)) > 1
    ]


def _read(path: Path, reading: Reading, systems: Mapping[str, RoutedSystem]) -> list[Route]:
    value = read_yaml(path, reading)
    table = None if reading.mistakes else reading.table(value, 1, "file")
    if table is None:
        return []
    reading.known_keys(table, ("routes",))
    if "routes" not in table:
        reading.wrong(KeyMissing, table.line, name="routes")
        return []
    rows = reading.rows(table["routes"], table.lines["routes"], "routes") or Rows()
    found = [_route(reading, row, line, str(number), systems) for number, (row, line) in enumerate(rows.placed(), 1)]
    return [route for route in found if route is not None]


def _route(reading: Reading, value: Any, line: int, number: str, systems: Mapping[str, RoutedSystem]) -> Route | None:
    table = reading.table(value, line, "route", number)
    if table is None:
        return None
    reading.known_keys(table, KEYS, number)
    entity = _name(reading, table, "entity", [cls.entity for cls in ENTITIES], number)
    to = _name(reading, table, "to", [*ROLES, *systems], number)
    source = _name(reading, table, "from", list(ROLES), number) if "from" in table else ""
    return Route(entity, to, source, _when(reading, table, number), reading.place(line, number))


def _name(reading: Reading, table: Table, key: str, known: list[str], number: str) -> str:
    if key not in table:
        reading.wrong(KeyMissing, table.line, number, name=key)
    name = reading.text(table, key, number) or ""
    if name and name not in known:
        reading.wrong(NameUnknown, table.lines[key], number, what=key, name=name, nearest=nearest(name, known))
    return name


def _when(reading: Reading, table: Table, number: str) -> Expression | None:
    source = reading.text(table, "when", number)
    if source is None:
        return None
    try:
        return parse_expression(source, ())
    except BadExpression as error:
        reading.wrong(ExpressionWrong, table.lines["when"], number, name="when", value=source, words=str(error))
        return None
