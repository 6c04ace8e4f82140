"""The project loop: archives every record and event once, keeps the read models, and tells the progress of order lines."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

import msgspec
import structlog

from hub.bus.base import Message, Partition, Received
from hub.bus.topics import DELIVERIES, canonical
from hub.event import Event, event_id
from hub.pipeline.wire import unpack_inbound
from hub.reporting.progress import ProgressChange
from hub.reporting.projections import project
from hub.runtime.courtesy import in_turn
from hub.runtime.partitions import Partitions
from hub.runtime.road import Road
from hub.runtime.zombies import ZOMBIE, Epochs, late
from hub.storage.archive import Archived, keep, post
from hub.storage.ownership import Owned, advance
from hub.storage.records import tally
from hub.together import Together

log = structlog.get_logger(__name__)

GROUP = "project"
HUB = "hub"
GATHER_S = 0.7
"""A read model may be so much older than the facts; what touches one order line in that time is worked out and told once."""
BATCHES = 50
PORTION, PORTION_ALONE = 500, 25
"""Messages of one transaction; and where writers wait for each other: everything else of the hub waits for it, ten to thirty
milliseconds."""


class Told(NamedTuple):
    """What one message is for the archive and for the read models; neither where it cannot be read, or only tells of a delivery."""

    offset: int
    archived: Archived | None = None
    event: Event | None = None


class Batch(NamedTuple):
    """What one partition brings, in order; zombies by source system."""

    owned: Owned
    told: Sequence[Told]
    zombies: Mapping[str, int]


class ProjectLoop:
    """A `hub.bus.base.Consumer` over every topic. Idempotent: what comes twice changes nothing."""

    def __init__(self, road: Road) -> None:
        self._road = road
        self._partitions = Partitions(road.db, GROUP)
        self._together = Together(self._carry_out, gather_s=GATHER_S, at_most=BATCHES)
        self._epochs: dict[Partition, Epochs] = {}

    async def assigned(self, partition: Partition) -> int:
        """Where the read models have got to."""
        return await self._partitions.take_over(partition)

    async def revoked(self, partition: Partition) -> None:
        """Forget it."""
        self._partitions.drop(partition)
        self._epochs.pop(partition, None)

    async def tick(self, partition: Partition) -> None:
        """Nothing waits here."""

    async def arrived(self, partition: Partition, messages: Sequence[Received]) -> None:
        """Archived, and in the read models, when it returns."""
        owned = self._partitions.owned(partition)
        told = [_read(message) for message in messages]
        await self._road.reach("project.read")
        zombies, epochs = late([one.event for one in told if one.event], self._epochs.get(partition, {}))
        await self._together.bring(Batch(owned, told, zombies))
        self._epochs[partition] = epochs
        await self._road.reach("project.committed")

    async def _carry_out(self, batches: Sequence[Batch]) -> None:
        """What several partitions have brought, some of it at a time. A failure on the way leaves what is written: it comes again."""
        size = PORTION_ALONE if self._road.db.one_writer else PORTION
        async for portion in in_turn(portions(batches, size)):
            await self._write(portion)

    async def _write(self, batches: Sequence[Batch]) -> None:
        """One transaction: offsets, archive, read models, progress in the outbox."""
        now = self._road.now()
        told = [one for batch in batches for one in batch.told]
        events = [one.event for one in told if one.event]
        async with self._road.db.write() as session:
            for batch in sorted(batches, key=lambda batch: batch.owned.partition):
                await advance(session, batch.owned, batch.told[-1].offset + 1)
            await keep(session, [one.archived for one in told if one.archived])
            if events:
                changes = await project(session, events)
                await post(session, [progress_message(change, now, events[-1]) for change in changes], now)
            for system, count in sum((Counter(batch.zombies) for batch in batches), Counter[str]()).items():
                await tally(session, GROUP, system, {ZOMBIE: count})


def portions(batches: Sequence[Batch], size: int) -> Iterator[list[Batch]]:
    """The batches cut into portions of at most `size` messages, each partition's in its order and in one piece per portion."""
    portion: list[Batch] = []
    room = size
    for batch in batches:
        begin = 0
        while begin < len(batch.told):
            piece = batch.told[begin : begin + room]
            portion.append(Batch(batch.owned, piece, {} if begin else batch.zombies))
            begin, room = begin + len(piece), room - len(piece)
            if not room:
                yield portion
                portion, room = [], size
    if portion:
        yield portion


def _read(message: Received) -> Told:
    try:
        if message.partition.topic.startswith("inbound."):
            return Told(message.offset, _inbound(message))
        if message.partition.topic != DELIVERIES:
            event = Event.parse(message.headers, message.value)
            return Told(message.offset, _event(message, event), event)
    except (KeyError, ValueError, msgspec.MsgspecError) as error:
        log.error("message.unreadable", topic=message.partition.topic, offset=message.offset, error=str(error)[:200])
    return Told(message.offset)


def _inbound(message: Received) -> Archived:
    record = unpack_inbound(message.value)
    return Archived(
        id=f"r{record.id}", kind="inbound", system=record.system, entity=record.entity, key=record.key, lane=record.lane,
        revision=record.revision, recorded_at=record.read_at, headers=message.headers, value=message.value,
    )


def _event(message: Received, event: Event) -> Archived:
    return Archived(
        id=event.id, kind="event", system=event.source, entity=event.entity, key=event.key, lane=event.lane, revision=event.revision,
        recorded_at=event.recorded_at, headers=message.headers, value=message.value,
    )


def progress_message(change: ProgressChange, now: datetime, cause: Event | None = None) -> Message:
    """The progress of an order line as an event of the hub's own; a rebuild has no cause."""
    event = Event(
        id=event_id(HUB, "order_progress", change.key, change.revision), source=HUB, entity="order_progress", key=change.key,
        lane=change.key, revision=change.revision, correction=0, time=now, recorded_at=now, data=change.content,
        correlation=change.key.rpartition("/")[0], causation=cause.id if cause else "", traceparent=cause.traceparent if cause else "",
    )
    return Message(canonical("order_progress"), event.lane, event.data, event.headers())
