"""What the stages may know: the dictionary's snapshot, the rules, the systems, and what one batched read found. Nothing here does I/O."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from hub.mapping.boundaries import Boundaries
from hub.mapping.engine import MappingSet, Missing
from hub.mapping.routes import Routes
from hub.model.fields import PlantFields
from hub.storage.causes import Cause, CauseKind
from hub.storage.records import KeyPlace, KnownDocument, NumberPlace
from master_data.errors import DualUnitNotConverted
from master_data.snapshot import Snapshot
from master_data.spelling import EXACTLY, Spellings


@dataclass(frozen=True, slots=True, kw_only=True)
class SystemView:
    """One connected system, as the stages see it. `organisations`: its own code → the shared one."""

    name: str
    product: str
    roles: frozenset[str]
    organisations: Mapping[str, str]
    zone: str = "Asia/Shanghai"

    def local_organisation(self, shared: str) -> str | None:
        """Its own code of a shared organisation."""
        return next((local for local, code in self.organisations.items() if code == shared), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What the integrator wrote: compiled once, the same for every message."""

    mappings: MappingSet
    routes: Routes
    boundaries: Boundaries
    systems: Mapping[str, SystemView]
    plant: PlantFields | None = None
    spellings: Spellings = EXACTLY


@dataclass(frozen=True, slots=True, kw_only=True)
class Knowledge:
    """Everything one batch may look at: the rules, the snapshot it is decided under, and the documents that were read for it."""

    rules: Rules
    snapshot: Snapshot
    by_number: Mapping[NumberPlace, KnownDocument] = field(default_factory=dict)
    by_id: Mapping[NumberPlace, KnownDocument] = field(default_factory=dict)
    by_key: Mapping[KeyPlace, KnownDocument] = field(default_factory=dict)
    told: Mapping[KeyPlace, bytes] = field(default_factory=dict)
    """For deletions and withdrawn orders: the data of the last event that a system told of an entity, as the archive has it."""
    _inbound: dict[tuple[str, str], InboundLookups] = field(default_factory=dict, init=False, repr=False, compare=False)

    def inbound(self, system: SystemView, organisation: str) -> InboundLookups:
        """The look-ups of one system and organisation, the same for all records of the batch."""
        asked = (system.name, organisation)
        found = self._inbound.get(asked)
        if found is None:
            found = self._inbound[asked] = InboundLookups(self, system, organisation)
        return found


CODE_KINDS: Mapping[str, str] = {
    "customer": "customer", "material": "material", "operation": "operation", "work_center": "work_center", "reason_code": "reason",
    "person": "person",
}
"""Entities whose number is a shared code: their deliveries teach the dictionary the target's own code (entity → kind)."""

CAUSE_OF = {
    "code": CauseKind.CODE,
    "document": CauseKind.DOCUMENT,
    "target-code": CauseKind.TARGET_CODE,
    "target-state": CauseKind.TARGET_STATE,
    "target-document": CauseKind.TARGET_DOCUMENT,
}


def cause_of(missing: Missing, system: str, organisation: str) -> Cause:
    """What the engine could not translate, as something to wait for. Raises DualUnitNotConverted: for that no factor is waited for."""
    if missing.what == "dual-unit":
        from_unit, _, to_unit = missing.value.partition(">")
        raise DualUnitNotConverted(material=missing.name, from_unit=from_unit, to_unit=to_unit)
    if missing.what == "conversion":      # the same factor in every system and organisation
        return Cause(CauseKind.CONVERSION, "", "", missing.name, missing.value)
    return Cause(CAUSE_OF[missing.what], system, organisation, missing.name, missing.value)


class InboundLookups:
    """What a mapping-in asks: local codes and the source's own document numbers, of one system and organisation.

    What was asked once is not looked up again: the snapshot is one for the whole batch. A local code is looked up, and waited for,
    as its system's spelling makes it.
    """

    __slots__ = ("_codes", "_context", "_known", "_organisation", "_system")

    def __init__(self, known: Knowledge, system: SystemView, organisation: str) -> None:
        self._known = known
        self._system = system
        self._organisation = organisation
        self._context = {"organisation": organisation, "zone": system.zone, "system": system.name}
        self._codes: dict[tuple[str, str], str | Missing] = {}

    def code(self, kind: str, value: str) -> str | Missing:
        found = self._codes.get((kind, value))
        if found is None:
            local = self._known.rules.spellings.normal(self._system.name, kind, value)
            shared = self._known.snapshot.to_shared(kind, self._system.name, self._organisation, local)
            found = self._codes[(kind, value)] = shared if shared is not None else Missing(what="code", name=kind, value=local)
        return found

    def document(self, entity: str, value: str, internal_id: bool) -> str | Missing:
        found = self._known.by_id if internal_id else self._known.by_number
        known = found.get((self._system.name, entity, self._organisation, value))
        if known is not None:
            return known.key
        if not internal_id and self._known.rules.boundaries.owns(entity, self._organisation, self._system.roles):
            return f"{self._organisation}/{value}"
        return Missing(what="document", name=entity, value=value)

    def context(self, name: str) -> Any:
        return self._context.get(name)


class OutboundLookups:
    """What a mapping-out asks: the target's own codes and document numbers."""

    __slots__ = ("_context", "_known", "_organisation", "_target")

    def __init__(self, known: Knowledge, target: SystemView, organisation: str, context: Mapping[str, Any]) -> None:
        self._known = known
        self._target = target
        self._organisation = organisation
        self._context = {"organisation": target.local_organisation(organisation), "zone": target.zone, **context}

    def code(self, kind: str, value: str) -> str | Missing:
        local = self._known.snapshot.to_local(kind, self._target.name, self._organisation, value)
        if local is None:
            return Missing(what="target-code", name=kind, value=value)
        if not local.usable:
            return Missing(what="target-state", name=kind, value=value, detail=local.why)
        return local.local

    def document(self, entity: str, value: str, internal_id: bool) -> str | Missing:
        known = self._known.by_key.get((self._target.name, entity, value))
        if known is None:
            return Missing(what="target-document", name=entity, value=value)
        if not known.usable:
            return Missing(what="target-document", name=entity, value=value, detail=known.why)
        return known.id if internal_id else known.number

    def context(self, name: str) -> Any:
        return self._context.get(name)
