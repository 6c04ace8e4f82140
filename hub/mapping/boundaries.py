"""Who owns an entity or field, who may only ask, who receives it, who must never see it: `boundaries.yaml`, read strictly.

Pure and fast: what roles may do is worked out once for each (entity, organisation, roles) and remembered.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Literal, NamedTuple, cast

from hub.mapping.errors import KeyMissing, MappingsWrong, Mistake, NameUnknown, OwnerContradicted, RoleUnplaced, nearest
from hub.mapping.fields import Tree, identities, model_fields, tree
from hub.mapping.yaml_file import Reading, Rows, Table, read_yaml
from hub.model import ENTITIES

ROLES: Final = ("crm", "erp", "mes", "wms", "qms", "hr", "eam", "finance", "plm", "oa", "hub")
ENTITY_KEYS: Final = ("owner", "owner_by_organisation", "may_request", "receives", "never", "only", "on_crossing", "fields")
FIELD_KEYS: Final = ("owner", "owner_by_organisation", "may_request", "never", "on_crossing")
POLICIES: Final = ("hold", "ignore")
Policy = Literal["hold", "ignore"]


class Owner(NamedTuple):
    """A role, and where another one owns instead: the switch per organisation."""

    role: str
    by_organisation: Mapping[str, str]

    def of(self, organisation: str) -> str:
        return self.by_organisation.get(organisation, self.role)


class FieldBoundary(NamedTuple):
    owner: Owner | None
    may_request: frozenset[str]
    never: frozenset[str]
    on_crossing: Policy


class Boundary(NamedTuple):
    """One row. `only`: roles that receive no more than these fields (beside identity)."""

    owner: Owner
    may_request: frozenset[str]
    never: frozenset[str]
    only: Mapping[str, frozenset[str]]
    on_crossing: Policy
    fields: Mapping[str, FieldBoundary]


class Inbound(NamedTuple):
    """What a system's roles may say. `crossings`: fields they may neither set nor ask for, each with its policy.

    `nothing_to_say`: they have no right on the entity or any of its fields.
    """

    owner: bool
    nothing_to_say: bool
    crossings: Mapping[str, Policy]


class Outbound(NamedTuple):
    """What roles may be shown. `refused`: nothing of it; `strip`: all but these fields."""

    refused: bool
    strip: frozenset[str]


class _Rights(NamedTuple):
    owner: bool
    nothing: bool
    base: bool
    policy: Policy
    ruled: Mapping[str, Policy | None]   # field → its policy where it is a crossing, None where it is allowed
    opened: frozenset[str]               # tables in which some field is allowed
    guarded: Tree | None                 # the fields at which alone a crossing can be; None: it can be anywhere
    judged: dict[frozenset[str], Inbound]   # the crossings of each set of fields that was asked for: as many as mappings say


@dataclass(frozen=True, slots=True)
class Boundaries:
    """The boundaries of all entities. Roles are given as a frozenset: a system has several, and may what any of them may."""

    rows: Mapping[str, Boundary]
    _rights: dict[tuple[str, str, frozenset[str]], _Rights] = field(default_factory=dict, repr=False, compare=False)
    _hidden: dict[tuple[str, frozenset[str]], tuple[bool, Mapping[str, bool]]] = field(default_factory=dict, repr=False, compare=False)

    def owner(self, entity: str, organisation: str) -> str:
        """The role that owns the entity in this organisation."""
        return self.rows[entity].owner.of(organisation)

    def owns(self, entity: str, organisation: str, roles: frozenset[str]) -> bool:
        return self.owner(entity, organisation) in roles

    def check_in(self, entity: str, organisation: str, roles: frozenset[str], fields: Iterable[str]) -> Inbound:
        """May these roles say these fields (dotted, or the first level only)? Identity may always be said."""
        rights = self._rights.get((entity, organisation, roles)) or self._work_out(entity, organisation, roles)
        names = frozenset(fields)
        found = rights.judged.get(names)
        if found is None:
            known = identities(entity)
            crossings = {name: policy for name in names if name not in known and (policy := _crossing(rights, name)) is not None}
            found = rights.judged[names] = Inbound(rights.owner, rights.nothing, crossings)
        return found

    def guarded(self, entity: str, organisation: str, roles: frozenset[str]) -> Tree | None:
        """Where alone what these roles say can be a crossing: who says nothing of it crosses nothing. None: anywhere."""
        return (self._rights.get((entity, organisation, roles)) or self._work_out(entity, organisation, roles)).guarded

    def check_out(self, entity: str, roles: frozenset[str], fields: Iterable[str]) -> Outbound:
        """What of these fields must these roles never see? The roles are those by which the payload was routed."""
        hidden = self._hidden.get((entity, roles))
        if hidden is None:
            hidden = self._hidden[(entity, roles)] = self._see(entity, roles)
        refused, strip = hidden
        if refused or not strip:
            return Outbound(refused, frozenset())
        return Outbound(False, frozenset(name for name in fields if strip.get(name)))

    def may_subscribe(self, name: str, roles: frozenset[str]) -> bool:
        """May the group of a system with these roles read the topic of this aggregate (or entity)? All that travels there counts."""
        members = [cls.entity for cls in ENTITIES if cls.aggregate == name] or [name]
        return not any(roles <= self.rows[member].never for member in members)

    def _work_out(self, entity: str, organisation: str, roles: frozenset[str]) -> _Rights:
        row = self.rows[entity]
        owner = row.owner.of(organisation) in roles
        base = owner or bool(roles & row.may_request)
        ruled: dict[str, Policy | None] = {}
        for name, rule in row.fields.items():
            owns = (rule.owner or row.owner).of(organisation) in roles
            ruled[name] = None if owns or roles & rule.may_request else rule.on_crossing
        allowed = [name for name, policy in ruled.items() if policy is None]
        opened = frozenset(name[:place] for name in allowed for place, letter in enumerate(name) if letter == ".")
        guarded = tree(name for name, policy in ruled.items() if policy is not None) if base else None
        rights = _Rights(owner, not base and not allowed, base, row.on_crossing, ruled, opened, guarded, {})
        self._rights[(entity, organisation, roles)] = rights
        return rights

    def _see(self, entity: str, roles: frozenset[str]) -> tuple[bool, Mapping[str, bool]]:
        row = self.rows[entity]
        seeing = roles - row.never
        strip = {name: all(_hides(row, entity, role, name) for role in seeing) for name in model_fields(entity)}
        return not seeing, {name: hides for name, hides in strip.items() if hides}


def _crossing(rights: _Rights, name: str) -> Policy | None:
    """The policy of a crossing, None where the field is allowed. The nearest rule decides: of the field, else of what it is in."""
    asked = name
    while asked:
        if asked in rights.ruled:
            return rights.ruled[asked]
        asked = asked.rpartition(".")[0]
    return None if rights.base or name in rights.opened else rights.policy


def _hides(row: Boundary, entity: str, role: str, name: str) -> bool:
    inside = [name[:place] for place, letter in enumerate(name) if letter == "."] + [name]
    if any(role in row.fields[part].never for part in inside if part in row.fields):
        return True
    only = row.only.get(role)
    if only is None or name in identities(entity):
        return False
    return not any(part in only for part in inside) and not any(shown.startswith(name + ".") for shown in only)


def load_boundaries(*files: Path) -> Boundaries:
    """Read boundary files; an entity in a later file (the plant's own) takes the place of the earlier row. Raises MappingsWrong."""
    mistakes: list[Mistake] = []
    rows: dict[str, Boundary] = {}
    for path in files:
        rows |= _Reader(Reading(path.name, mistakes)).read(path)
    if not mistakes:
        lacking = [cls.entity for cls in ENTITIES if cls.entity not in rows]
        mistakes += [KeyMissing(place=f"{files[0].name}:1", name=name) for name in lacking]
    if mistakes:
        raise MappingsWrong(mistakes)
    return Boundaries(rows)


class _Reader:
    def __init__(self, reading: Reading) -> None:
        self._reading = reading

    def read(self, path: Path) -> dict[str, Boundary]:
        before = len(self._reading.mistakes)
        value = read_yaml(path, self._reading)
        table = self._reading.table(value, 1, "file") if len(self._reading.mistakes) == before else None
        rows: dict[str, Boundary] = {}
        for name, row in (table or Table()).items():
            line = (table or Table()).lines[name]
            self._known(name, [cls.entity for cls in ENTITIES], line, "entity")
            inner = self._reading.table(row, line, name)
            if inner is not None:
                rows[name] = self._row(name, inner)
        return rows

    def _row(self, entity: str, table: Table) -> Boundary:
        self._reading.known_keys(table, ENTITY_KEYS)
        owner = self._owner(table)
        if owner is None:
            self._reading.wrong(KeyMissing, table.line, name=f"{entity}.owner")
        may_request, receives, never = (self._roles(table, key) for key in ("may_request", "receives", "never"))
        owner = owner or Owner("hub", {})
        self._all_placed(table, entity, {owner.role, *owner.by_organisation.values()} | may_request | receives, never)
        return Boundary(owner, may_request, never, self._only(table, entity), self._policy(table), self._fields(table, entity))

    def _all_placed(self, table: Table, entity: str, seeing: set[str] | frozenset[str], never: frozenset[str]) -> None:
        """Every role stands somewhere, and nowhere twice. The hub itself always receives."""
        for role in sorted(seeing & never):
            self._reading.wrong(OwnerContradicted, table.lines["never"], role=role)
        for role in ROLES:
            if role not in seeing | never | {"hub"}:
                self._reading.wrong(RoleUnplaced, table.line, role=role, name=entity)

    def _only(self, table: Table, entity: str) -> Mapping[str, frozenset[str]]:
        only = self._reading.table(table["only"], table.lines["only"], "only") if "only" in table else None
        found: dict[str, frozenset[str]] = {}
        for role, names in (only or Table()).items():
            line = (only or Table()).lines[role]
            self._known(role, ROLES, line, "role")
            rows = self._reading.rows(names, line, role) or Rows()
            for name, at in rows.placed():
                self._known(str(name), model_fields(entity), at, "field")
            found[role] = frozenset(map(str, rows))
        return found

    def _fields(self, table: Table, entity: str) -> Mapping[str, FieldBoundary]:
        fields = self._reading.table(table["fields"], table.lines["fields"], "fields") if "fields" in table else None
        found: dict[str, FieldBoundary] = {}
        for name, value in (fields or Table()).items():
            line = (fields or Table()).lines[name]
            if not name.startswith("plant."):
                self._known(name, model_fields(entity) if entity in _NAMES else [name], line, "field")
            rule = self._reading.table(value, line, name)
            if rule is not None:
                self._reading.known_keys(rule, FIELD_KEYS)
                asking, never = self._roles(rule, "may_request"), self._roles(rule, "never")
                found[name] = FieldBoundary(self._owner(rule), asking, never, self._policy(rule))
        return found

    def _owner(self, table: Table) -> Owner | None:
        role = self._reading.text(table, "owner")
        if role is None:
            return None
        self._known(role, ROLES, table.lines["owner"], "role")
        key = "owner_by_organisation"
        switch = self._reading.table(table[key], table.lines[key], key) if key in table else None
        for organisation, other in (switch or Table()).items():
            self._known(str(other), ROLES, (switch or Table()).lines[organisation], "role")
        return Owner(role, {organisation: str(other) for organisation, other in (switch or Table()).items()})

    def _roles(self, table: Table, key: str) -> frozenset[str]:
        rows = self._reading.rows(table[key], table.lines[key], key) if key in table else None
        for role, line in (rows or Rows()).placed():
            self._known(str(role), ROLES, line, "role")
        return frozenset(map(str, rows or ()))

    def _policy(self, table: Table) -> Policy:
        policy = self._reading.text(table, "on_crossing") or "hold"
        self._known(policy, POLICIES, table.lines.get("on_crossing", table.line), "on_crossing")
        return cast(Policy, policy)

    def _known(self, name: str, known: Iterable[Any], line: int, what: str) -> None:
        names = list(known)
        if name not in names:
            self._reading.wrong(NameUnknown, line, what=what, name=name, nearest=nearest(name, names))


_NAMES: Final = frozenset(cls.entity for cls in ENTITIES)
