"""The bus: what the loops ask of it. One contract suite (`tests/bus/contract.py`) holds for every implementation.

A message's key is its lane; one key always lands in one partition, the same on every client (murmur2, as Kafka's own).
Order is kept per partition. Delivery is at least once; the database's `next_offset` is the truth about what is done.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, Protocol

import msgspec


class Message(msgspec.Struct, frozen=True, gc=False):
    """Bytes for a topic. Header values are UTF-8 text; `key` is never empty."""

    topic: str
    key: str
    value: bytes
    headers: Mapping[str, str] = {}


class Partition(NamedTuple):
    """A part of a topic that one member of a group works on at a time."""

    topic: str
    number: int


class Received(msgspec.Struct, frozen=True, gc=False):
    """A message as the bus holds it. A header or key that is not UTF-8 arrives with replacement characters, never as an exception."""

    partition: Partition
    offset: int
    key: str
    value: bytes
    headers: Mapping[str, str]
    published_at: datetime


class Lag(NamedTuple):
    """What a group has not done yet in one partition: messages, and the age in seconds of the oldest of them."""

    partition: Partition
    messages: int
    seconds: float


class Lost(Exception):
    """The partition belongs to another worker. Raised by a `Consumer`; the bus leaves the group and joins anew (PROTOCOL P6)."""


class Consumer(Protocol):
    """A loop, as the bus sees it. For one partition, calls never overlap (PROTOCOL P7); partitions run side by side."""

    async def assigned(self, partition: Partition) -> int:
        """The partition is ours now. Returns the offset to begin at (PROTOCOL P2). A raise: tried again after a back-off."""
        ...

    async def arrived(self, partition: Partition, messages: Sequence[Received]) -> int | None:
        """Work on messages in offset order; when it returns, the outcome of the first so many of them is durable (None: of all).

        The rest is given again at once: so a call that would last too long can end. A raise brings the same again, in order,
        after a back-off.
        """
        ...

    async def tick(self, partition: Partition) -> None:
        """Called between batches and when idle, about every `tick_s`: releases, and whatever else time brings."""
        ...

    async def revoked(self, partition: Partition) -> None:
        """The partition is no longer ours; called when nothing of it is in flight. Drop what is in memory.

        Also called after Lost, and where `assigned` never succeeded.
        """
        ...


class Bus(Protocol):
    """Publish, consume, lag. `start` connects, `stop` finishes what is begun."""

    async def start(self) -> None: ...

    async def stop(self) -> None: ...

    async def declare(self, topics: Sequence[Topic]) -> None:
        """Create what is missing. Raises ConfigError where a topic exists with another number of partitions."""
        ...

    async def publish(self, messages: Sequence[Message]) -> None:
        """Returns when all are durable; the order of one key is kept, also between calls awaited one after the other.

        Raises TransientError (some may be on the bus; publishing again is harmless by event id), MessageTooLarge.
        """
        ...

    async def consume(
        self, group: str, topics: Sequence[str], consumer: Consumer, *, batch: int = 500, tick_s: float = 0.2
    ) -> None:
        """Works as a member of the group until cancelled. Cancelling waits for the batch in flight."""
        ...

    async def pause(self, group: str, paused: bool) -> None:
        """Stop or resume `arrived` for this member without leaving the group (ticks go on); survives rebalances."""
        ...

    async def lag(self, group: str, topics: Sequence[str]) -> Sequence[Lag]:
        """Per partition, from what the group has committed (shown only: the truth is `next_offset`)."""
        ...

    async def partitions(self, topics: Sequence[str]) -> Mapping[str, int]:
        """How many partitions each of these topics has; one that does not exist is left out."""
        ...

    async def read(self, partition: Partition, offset: int, limit: int) -> Sequence[Received]:
        """Messages of a partition from an offset, without a group: for rebuilds and tests."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """One row of the table of topics."""

    name: str
    partitions: int
    retention_days: float
    compacted: bool = False
