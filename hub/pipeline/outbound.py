"""Map-out: from an event to the document that one target wants, or why it does not want it, or what it waits for. Pure."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import msgspec

from hub.event import Event
from hub.mapping.quantities import converted
from hub.mapping.spec import Rounding
from hub.model import entity
from hub.pipeline import fields
from hub.pipeline.errors import MustNotReceive
from hub.pipeline.knowledge import Knowledge, OutboundLookups, SystemView, cause_of
from hub.pipeline.plan import Ended, Waits, waiting
from hub.pipeline.wire import content_hash
from hub.sdk.document import Written
from hub.storage.records import KeyPlace


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """A document ready to be written. `hash` tells whether the target has exactly this already; `rounded`: what it says inexactly."""

    document: str
    form: str
    operation: str
    organisation: str
    payload: Mapping[str, Any]
    number: str | None
    hash: str
    rounded: Sequence[Rounding] = ()


def wanted(event: Event, data: Mapping[str, Any], known: Knowledge, target: str) -> bool:
    """Whether a route leads this event to the target; never back to its source."""
    organisation = event.key.partition("/")[0]
    return event.operation == "upsert" and target in known.rules.routes.targets(event.entity, organisation, event.source, data)


def key_places(event: Event, data: Mapping[str, Any], known: Knowledge, target: SystemView) -> list[KeyPlace]:
    """The documents of the target that a mapping-out may ask for, and the event's own."""
    places: list[KeyPlace] = [(target.name, event.entity, event.key)]
    for spec in known.rules.mappings.outbound(target.name, target.product, event.entity):
        places.extend((target.name, reference.entity, reference.number) for reference in spec.references(data))
    return places


def prepare(event: Event, data: dict[str, Any], known: Knowledge, target: SystemView) -> Prepared | Waits | Ended:
    """The document of an event for a target. Raises DataError leaves (mapping, boundary)."""
    spec = next((one for one in known.rules.mappings.outbound(target.name, target.product, event.entity) if one.applies(data)), None)
    if spec is None:
        return Ended("not mapped")
    seen = _visible(event, data, known, target)
    organisation = event.key.partition("/")[0]
    document = f"{event.entity}/{event.key}"
    context = {"document_key": document, "key": event.key, "mark": event.id, "revision": event.revision}
    convert = partial(converted, known.snapshot.units, at=event.time)      # B32: the factor in force when it happened
    mapped = spec.apply(seen, OutboundLookups(known, target, organisation, context), convert)
    if mapped.missing:
        causes = [cause_of(missing, target.name, organisation) for missing in mapped.missing]
        return waiting(list(dict.fromkeys(causes)), [missing.detail for missing in mapped.missing])
    return Prepared(
        document=document, form=spec.form, operation=mapped.operation, organisation=target.local_organisation(organisation) or "",
        payload=mapped.data, number=mapped.number, hash=content_hash([mapped.operation, mapped.data]), rounded=mapped.rounded,
    )


def _visible(event: Event, data: dict[str, Any], known: Knowledge, target: SystemView) -> dict[str, Any]:
    """What the target may see of the event: fields that it must never receive are not there to be mapped."""
    roles = known.rules.routes.role_for(event.entity, target.name) or target.roles
    verdict = known.rules.boundaries.check_out(event.entity, roles, fields.names(data))
    if verdict.refused:
        raise MustNotReceive(entity=event.entity, fields=", ".join(sorted(verdict.strip)) or event.entity, target=target.name)
    if not verdict.strip:
        return data
    seen = copy.deepcopy(data)
    for name in verdict.strip:
        fields.drop(seen, name)
    return seen


def furthest(found: Sequence[Written], steps: Sequence[str]) -> Written | None:
    """Of the documents that a target has under our key, the one to go on from: the newest change, then the furthest step."""

    def rank(one: Written) -> tuple[int, int, str]:
        return (one.revision or 0, steps.index(one.step) if one.step in steps else len(steps), one.id)

    return max(found, key=rank, default=None)


def decode_data(event: Event) -> dict[str, Any]:
    """An event's data as plain values; decimals stay text."""
    found: dict[str, Any] = msgspec.json.decode(event.data)
    return found


def is_full_state(event: Event) -> bool:
    """Whether a newer version takes this event's place."""
    return entity(event.entity).nature == "state"
