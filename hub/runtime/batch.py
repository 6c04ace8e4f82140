"""What deliver works on: wanted events and their places, and what was read and is decided about them. Values; nothing here does I/O."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from hub.bus.base import Received
from hub.event import Event
from hub.pipeline.knowledge import Knowledge
from hub.pipeline.outbound import is_full_state
from hub.pipeline.wire import unkeep
from hub.storage import deliveries
from hub.storage.holds import Hold
from hub.storage.ownership import Owned


@dataclass(slots=True)
class Item:
    """One wanted event of a batch or of a hold row. `offset`: the place it stands at."""

    event: Event
    data: dict[str, Any]
    message: Received | None = None
    row: Hold | None = None
    offset: int = 0


@dataclass(slots=True)
class Batch:
    """What the batched read found, and what the lanes decide."""

    owned: Owned
    known: Knowledge
    rows: Mapping[str, list[deliveries.Delivery]]
    queues: dict[str, list[Hold]]
    new: list[Hold] = field(default_factory=list)
    closed: dict[str, list[int]] = field(default_factory=dict)
    tally: Counter[str] = field(default_factory=Counter)


def newest_in_place(items: Sequence[Item]) -> list[Item]:
    """Of each full-state document only its newest version, standing where its oldest one stood (D2, N4)."""
    newest: dict[tuple[str, str], Item] = {}
    for item in items:
        name = identity(item.event)
        if name and (name not in newest or version(item.event) >= version(newest[name].event)):
            newest[name] = item
    standing: dict[object, Item] = {}
    for item in items:
        name = identity(item.event)
        if name is None:
            standing.setdefault(item.event.id, item)
        elif name not in standing:
            standing[name] = replace(newest[name], offset=item.offset)
    return list(standing.values())


def event_of(row: Hold) -> Event:
    """The event that a hold row keeps."""
    kept = unkeep(row.message)
    return Event.parse(kept.headers, kept.value)


def identity(event: Event) -> tuple[str, str] | None:
    """The document whose newer versions take this one's place; None: an immutable fact."""
    return (event.entity, event.key) if is_full_state(event) else None


def version(event: Event) -> tuple[int, int]:
    """The order of a document's events."""
    return (event.revision, event.correction)
