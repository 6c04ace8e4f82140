"""The stages of normalize: pure functions over one record. `STAGES` is their order; a check on every message is one function more.

A stage raises a DataError (held for a person), adds causes (held until they are gone), or goes on.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import msgspec

from hub.event import Event, event_id
from hub.mapping.engine import MappingSpec
from hub.mapping.fields import says
from hub.model import Entity, decode, encode, entity
from hub.model.checks import Circumstances, findings
from hub.model.states import TransitionForbidden
from hub.pipeline import fields, transitions
from hub.pipeline.errors import ChangeOutdated, CodeTooLong, EntityNotOwned, FieldNotOwned, OrganisationUnknown, UnreadableRecord
from hub.pipeline.knowledge import CODE_KINDS, Knowledge, SystemView, cause_of
from hub.pipeline.wire import Inbound
from hub.storage.causes import Cause
from hub.storage.records import KeyPlace, KnownDocument, NumberPlace, RecordState

LONGEST_CODE = 200


@dataclass(slots=True)
class Draft:
    """One event in the making."""

    spec: MappingSpec
    data: dict[str, Any]
    owner: bool = True
    content: Entity | None = None


@dataclass(slots=True)
class Work:
    """One record on its way through the stages. `last`: what was decided of it before; `released`: the error a person lets pass."""

    record: Inbound
    known: Knowledge
    system: SystemView
    now: datetime
    last: RecordState | None = None
    released: str = ""
    organisation: str = ""
    specs: Sequence[MappingSpec] = ()
    drafts: list[Draft] = field(default_factory=list)
    causes: list[Cause] = field(default_factory=list)
    details: list[str] = field(default_factory=list)


def read(work: Work) -> None:
    """A body that could not be decoded is for a person."""
    if work.record.unreadable:
        raise UnreadableRecord(system=work.record.system, what=work.record.unreadable)


def scope(work: Work) -> None:
    """The system's own organisation becomes the shared one."""
    organisation = work.system.organisations.get(work.record.organisation)
    if organisation is None:
        raise OrganisationUnknown(system=work.record.system, organisation=work.record.organisation)
    work.organisation = organisation


def choose(work: Work) -> None:
    """The mappings that read this form and apply to this record."""
    specs = work.known.rules.mappings.inbound(work.system.name, work.system.product, work.record.entity)
    work.specs = [spec for spec in specs if spec.applies(work.record.payload)]


def translate(work: Work) -> None:
    """Map fields, translate codes and document numbers; all that is missing is collected."""
    look = work.known.inbound(work.system, work.organisation)
    for spec in work.specs:
        mapped = spec.apply(work.record.payload, look)
        mapped.data["organisation"] = work.organisation
        work.drafts.append(Draft(spec, mapped.data))
        for missing in mapped.missing:
            if len(missing.value) > LONGEST_CODE:
                facts = {"field": missing.name, "length": len(missing.value), "value": missing.value[:20]}
                raise CodeTooLong(system=work.system.name, **facts)
            cause = cause_of(missing, work.system.name, work.organisation)
            if cause not in work.causes:
                work.causes.append(cause)
                work.details.append(missing.detail)


def check_boundary(work: Work) -> None:
    """What the system does not own and may not ask for: unchanged it is left out, changed it is a crossing."""
    if work.causes:
        return
    boundaries = work.known.rules.boundaries
    for draft in work.drafts:
        asking = (draft.spec.entity, work.organisation, work.system.roles)
        guarded = boundaries.guarded(*asking)
        said = fields.names(draft.data) if guarded is None or says(draft.data, guarded) else ()
        verdict = boundaries.check_in(*asking, said)
        draft.owner = verdict.owner
        if verdict.nothing_to_say:
            raise EntityNotOwned(system=work.system.name, entity=draft.spec.entity, key=work.record.key)
        if verdict.crossings:
            _settle_crossings(work, draft, verdict.crossings)


def _settle_crossings(work: Work, draft: Draft, crossings: Mapping[str, str]) -> None:
    written = _last_written(work, draft)
    changed = [name for name, policy in crossings.items() if policy == "hold" and _differs(draft.data, written, name)]
    for name in crossings:
        fields.drop(draft.data, name)
    if changed:
        raise FieldNotOwned(
            system=work.system.name, entity=draft.spec.entity, key=work.record.key, fields=", ".join(changed),
            owner=work.known.rules.boundaries.owner(draft.spec.entity, work.organisation),
        )


def _differs(said: dict[str, Any], written: dict[str, Any], name: str) -> bool:
    """Only what we know to have written can have been changed."""
    before = fields.values(written, name)
    return any(place in before and before[place] != value for place, value in fields.values(said, name).items())


def _last_written(work: Work, draft: Draft) -> dict[str, Any]:
    place = written_place(work.record)
    known = work.known.by_key.get(place) if place and place[1] == draft.spec.entity else None
    return msgspec.json.decode(known.data) if known and known.data else {}


def validate(work: Work) -> None:
    """The mapped fields make an entity of the model: the whole of it from its owner, a part of it from others."""
    if work.causes:
        return
    for draft in work.drafts:
        draft.content = decode(draft.spec.entity, draft.data, partial=not draft.owner, plant=work.known.rules.plant)


def check_rules(work: Work) -> None:
    """What fits the model and yet cannot be true is held; what is only odd goes on and is shown by the reports."""
    circumstances = Circumstances(whole=work.known.snapshot.units.whole)
    for draft in work.drafts:
        broken = findings(draft.content, circumstances) if draft.content is not None else []
        for rule in broken:
            if rule.holds:
                raise rule


def check_base(work: Work) -> None:
    """B20: a change made from an older version than the last one would undo what its author has not seen. A person may want that."""
    if work.released == ChangeOutdated.code:
        return
    last = work.last.revision if work.last else 0
    for draft in work.drafts:
        base = getattr(draft.content, "based_on", None)
        if base is not None and base < last < work.record.revision:
            raise ChangeOutdated(system=work.system.name, entity=draft.spec.entity, key=work.record.key, base=base, last=last)


def check_state(work: Work) -> None:
    """B24: a cancelled order does not return by itself. A correction may go back, and so may what a person has released."""
    if work.last is None or work.record.correction or work.released == TransitionForbidden.code:
        return
    for draft in work.drafts:
        if draft.content is not None:
            transitions.check(draft.content, work.last, work.system.name, work.known.told)


Stage = Callable[[Work], None]
STAGES: tuple[Stage, ...] = (read, scope, choose, translate, check_boundary, validate, check_base, check_state, check_rules)


def run(work: Work) -> Work:
    """All stages in order. Raises DataError leaves."""
    for stage in STAGES:
        stage(work)
    return work


def seal(work: Work, origin: str, traceparent: str) -> list[tuple[Event, Entity]]:
    """The events of a record that passed, each with what it says: ids from the source's revision, caused by the record."""
    return [
        (_event(work, draft, draft.content, origin, traceparent), draft.content) for draft in work.drafts if draft.content is not None
    ]


def _event(work: Work, draft: Draft, content: Entity, origin: str, traceparent: str) -> Event:
    record, key, lane = work.record, content.key, content.lane
    return Event(
        id=event_id(record.system, content.entity, key, record.revision, record.correction),
        source=record.system, entity=content.entity, key=key, lane=lane, revision=record.revision,
        correction=record.correction, time=record.changed_at or record.read_at, recorded_at=record.read_at,
        data=encode(content), correlation=_correlation(content, key), causation=record.id, mapping_version=draft.spec.version,
        traceparent=traceparent, origin=origin,
    )


def _correlation(content: Entity, key: str) -> str:
    """The order, where the content is about exactly one."""
    if content.entity == "sales_order":
        return key
    orders = {link.order for link in content.demand_links}
    return orders.pop() if len(orders) == 1 else ""


def own_documents(work: Work, events: Sequence[Event]) -> list[KnownDocument]:
    """The documents a system tells us of, under its own number and id: what other records refer to."""
    return [
        KnownDocument(
            system=work.system.name, entity=event.entity, key=event.key, form=work.record.entity, organisation=work.organisation,
            id=work.record.key, number=event.key.partition("/")[2] if entity(event.entity).identity == ("number",) else work.record.key,
        )
        for event in events
        if event.entity not in CODE_KINDS
    ]


SENT_BACK = frozenset({"draft", "rejected"})
"""States in which another system tells us that a document of ours is not where we left it."""


def sent_back(work: Work) -> list[KeyPlace]:
    """Documents of which their target says that they were sent back: the same content is to be written once more."""
    return [
        (work.system.name, draft.spec.entity, draft.content.key)
        for draft in work.drafts
        if not draft.owner and draft.content is not None and getattr(draft.content, "state", None) in SENT_BACK
    ]


def written_place(record: Inbound) -> KeyPlace | None:
    """The document of ours that the record carries the key of."""
    entity_name, _, key = (record.document_key or "").partition("/")
    return (record.system, entity_name, key) if key else None


def references(record: Inbound, known: Knowledge) -> list[tuple[NumberPlace, bool]]:
    """The documents a record refers to in its source's own words, and whether by internal id: what the batched read has to find."""
    system = known.rules.systems[record.system]
    organisation = system.organisations.get(record.organisation)
    if organisation is None or record.unreadable:
        return []
    return [
        ((system.name, reference.entity, organisation, reference.number), reference.internal_id)
        for spec in known.rules.mappings.inbound(system.name, system.product, record.entity)
        for reference in spec.references(record.payload)
    ]
