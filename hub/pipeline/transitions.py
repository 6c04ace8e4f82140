"""Whether a state may follow the last one told of the same document: by its own record and, once it was withdrawn, by others. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

from hub.model import Entity
from hub.model.sales import OrderState
from hub.model.states import TRANSITIONS, TransitionForbidden, check_transition
from hub.pipeline.wire import Inbound
from hub.storage.records import KeyPlace, RecordPlace, RecordState

OVER = frozenset({OrderState.CANCEL_REQUESTED, OrderState.CANCELLED, OrderState.CLOSED})
"""States in which a withdrawn order may be told again: it does not return by them."""


def mark(content: Entity, content_hash: str) -> str:
    """What is remembered of an event that was told: its data's hash, and after a blank its state where states have an order."""
    state = getattr(content, "state", None) if content.entity in TRANSITIONS else None
    return f"{content_hash} {state}" if state else content_hash


def hash_of(told: str) -> str:
    """The hash in a mark."""
    return told.partition(" ")[0]


def withdrawn(records: Iterable[Inbound], states: Mapping[RecordPlace, RecordState], systems: Iterable[str]) -> set[KeyPlace]:
    """Orders that their own record asked to cancel, and now tells of again: where the archive has what the others said of them last.

    The usual batch has none, and asks nothing.
    """
    asked = {
        (record.system, *named(name))
        for record in records
        if (last := states.get((record.system, record.entity, record.key))) is not None
        for name, told in last.events.items()
        if _state(told) == OrderState.CANCEL_REQUESTED
    }
    return {(other, entity, key) for system, entity, key in asked for other in systems if other != system}


def check(content: Entity, last: RecordState, system: str, told: Mapping[KeyPlace, bytes]) -> None:
    """`told`: what other systems said last of a withdrawn order. Raises TransitionForbidden."""
    after = getattr(content, "state", None)
    if after is None or content.entity not in TRANSITIONS:
        return
    before = _state(last.events.get(f"{content.entity} {content.key}", ""))
    if before:
        check_transition(content.entity, content.key, type(after)(before), after)
    if before == OrderState.CANCEL_REQUESTED and after not in OVER:
        others = [data for place, data in told.items() if place[0] != system and place[1:] == (content.entity, content.key)]
        if any(msgspec.json.decode(data).get("state") == OrderState.CANCELLED for data in others):
            raise TransitionForbidden(key=content.key, before=OrderState.CANCELLED.value, after=after.value)


def _state(told: str) -> str:
    return told.partition(" ")[2]


def named(name: str) -> tuple[str, str]:
    """The entity and the canonical key that a mark is remembered under."""
    entity, _, key = name.partition(" ")
    return entity, key
