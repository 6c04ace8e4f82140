"""A hold row as a value, and the conditions that all statements over hold rows share. Others take it from `hub.storage.holds`."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import FromClause, and_
from sqlalchemy.sql.elements import ColumnElement

from hub.bus.base import Partition
from hub.storage.causes import Cause
from hub.storage.tables import holds

WAITING, BEHIND, READY, CLOSED = "waiting", "behind", "ready", "closed"
DISCARD = "discard"
"""The wish of a person who wants a row dropped (`hub.recovery.wishes`)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """One held message. `message` is the whole of it (`hub.runtime.wire`); `causes` is empty unless state is waiting."""

    group: str
    partition: Partition
    offset: int
    lane: str
    state: str
    system: str
    entity: str
    key: str
    full_state: bool
    revision: int
    correction: int
    message: bytes
    held_at: datetime
    code: str = ""
    facts: dict[str, Any] = field(default_factory=dict)
    concerns: str = ""
    causes: tuple[Cause, ...] = ()
    ready_version: int = 0
    ready_at: datetime | None = None
    attempts: int = 0
    wish: str = ""
    reason: str = ""
    id: int = 0

    @property
    def record(self) -> tuple[str, str] | None:
        """What a newer version may supersede: (entity, key), None for an immutable fact."""
        return (self.entity, self.key) if self.full_state else None

    @property
    def version(self) -> tuple[int, int]:
        return (self.revision, self.correction)


NAMES = ("id", "group", "topic", "partition", "offset", "lane", "state", "system", "entity", "key", "full_state", "revision", "correction",
         "message", "held_at", "code", "facts", "concerns", "ready_version", "ready_at", "attempts", "wish", "reason")  # fmt: skip
COLUMNS = tuple(holds.c[name] for name in NAMES)
"""What `hold_of` takes, in its order."""


def hold_of(row: Any) -> Hold:
    """A row of `COLUMNS` as a value."""
    number, group, topic, partition, *more = row
    return Hold(id=number, group=group, partition=Partition(topic, partition), **dict(zip(NAMES[4:], more)))


def of_partition(group: str, partition: Partition) -> ColumnElement[bool]:
    """Whether a hold row belongs to a partition of a group."""
    return and_(holds.c.group == group, holds.c.topic == partition.topic, holds.c.partition == partition.number)


def same_lane(one: FromClause, other: FromClause) -> ColumnElement[bool]:
    """Whether two hold rows stand in one queue."""
    return and_(*(one.c[name] == other.c[name] for name in ("group", "topic", "partition", "lane")))


__all__ = ["BEHIND", "CLOSED", "COLUMNS", "DISCARD", "READY", "WAITING", "Hold", "hold_of", "of_partition", "same_lane"]
