"""The normalize loop: records of `inbound.<system>` become events of `canonical.<aggregate>`, or wait (PROTOCOL N)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from time import monotonic

import msgspec
import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.bus.base import Message, Partition, Received
from hub.bus.topics import canonical
from hub.event import Event
from hub.incidents import close_incidents, closed_by_a_person, open_incident
from hub.model import entity
from hub.pipeline import stages
from hub.pipeline.deletions import told_by
from hub.pipeline.flood import Flood
from hub.pipeline.knowledge import Knowledge
from hub.pipeline.lanes import awaited, next_turn
from hub.pipeline.plan import Plan
from hub.pipeline.transitions import withdrawn
from hub.pipeline.wire import NUL, Inbound, Kept, unkeep, unpack_inbound
from hub.recovery.release import ask_again, document_arrived, drop_never_accepted, note_unknown_codes
from hub.runtime.partitions import Memory, Partitions, caught_up
from hub.runtime.ready import ReadyRows
from hub.runtime.recent import Recent
from hub.runtime.road import Road
from hub.storage import holds
from hub.storage.causes import CauseKind
from hub.storage.holds import Hold, Some
from hub.storage.ownership import Owned, advance, fence, still_owned
from hub.storage.records import (
    KeyPlace,
    RecordPlace,
    RecordState,
    documents_by_key,
    documents_by_number,
    forget_payloads,
    keep_record_states,
    note_documents,
    record_states_of,
    tally,
)
from hub.storage.told import last_told

log = structlog.get_logger(__name__)

GROUP = "normalize"
LANES_PER_TURN, ROWS_PER_TURN, ROWS_PER_LANE = 200, 200, 1
"""A turn lasts less than 100 ms: so long arriving messages wait for it. The fewer the lanes, the more rows of each are tried."""
TURNS_S = 1.0
"""For so long a large release goes on by itself: then the bus may take the partition away."""


class NormalizeLoop:
    """A `hub.bus.base.Consumer` over the inbound topics."""

    def __init__(self, road: Road, ready: ReadyRows) -> None:
        self._road = road
        self._ready = ready
        self._partitions = Partitions(road.db, GROUP)
        self._states: dict[Partition, Recent[RecordPlace, RecordState]] = {}
        self._floods: dict[Partition, Flood] = {}

    async def assigned(self, partition: Partition) -> int:
        """P2: raise the epoch, load the held lanes, wait until the snapshot has what the raise saw."""
        offset = await self._partitions.take_over(partition)
        self._states[partition] = Recent()
        self._floods[partition] = Flood()
        await caught_up(self._road.db, self._road.follower)
        return offset

    async def revoked(self, partition: Partition) -> None:
        """Forget it."""
        self._partitions.drop(partition)
        self._states.pop(partition, None)
        self._floods.pop(partition, None)

    async def arrived(self, partition: Partition, messages: Sequence[Received]) -> None:
        """Decide, publish, then write down what was decided, and the offset with it."""
        owned = self._partitions.owned(partition)
        memory = await self._partitions.memory(partition)
        messages = memory.fresh(messages)
        if not messages:
            return
        records = [_read(partition, message.offset, message) for message in messages]
        plan = await self._plan(owned, records)
        for message, record in zip(messages, records):
            plan.arrive(message, record)
        await self._watch(partition, plan, len(records))
        await self._road.reach("normalize.decided")
        await self._publish(plan.events)
        await self._road.reach("normalize.published")
        await self._write(owned, plan, messages[-1].offset + 1)
        await self._road.reach("normalize.committed")
        await self._ask(plan)
        if memory.releasing:      # what arrives interrupts a release, and does not end it
            await self.tick(partition)

    async def tick(self, partition: Partition) -> None:
        """Release turns (N8): one, and more while something is ready and nothing arrives."""
        until = monotonic() + TURNS_S
        memory = await self._partitions.memory(partition)
        memory.releasing = await self._release_turn(partition)
        while memory.releasing and monotonic() < until and not await self._has_arrivals(partition):
            memory.releasing = await self._release_turn(partition)

    async def _has_arrivals(self, partition: Partition) -> bool:
        waiting = await self._road.bus.lag(GROUP, [partition.topic])
        return any(one.messages for one in waiting if one.partition == partition)

    async def _release_turn(self, partition: Partition) -> bool:
        """Lanes with a ready row, the first rows of each. Whether to look for more."""
        owned, memory = self._partitions.owned(partition), await self._partitions.memory(partition)
        if not memory.whole and not self._ready.has(GROUP, partition):
            return False
        async with self._road.db.read() as session:
            lanes = await self._some_lanes(session, partition, memory)
            most = max(ROWS_PER_LANE, ROWS_PER_TURN // max(1, len(lanes)))
            found = await holds.to_release(session, GROUP, partition, lanes, most)
        if not found.queues:
            return False
        memory.held.update(found.queues)
        kept = {row.id: _kept(row) for queue in found.queues.values() for row in queue}
        plan = await self._plan(owned, [record for record, _ in kept.values()], found)
        for lane in found.queues:
            self._release(plan, lane, most, lambda row: kept[row.id])
        await self._road.reach("release.decided")
        await self._publish(plan.events)
        await self._road.reach("release.published")
        await self._write(owned, plan, None)
        await self._road.reach("release.committed")
        await self._ask(plan)
        return True

    async def _some_lanes(self, session: AsyncConnection, partition: Partition, memory: Memory) -> list[str]:
        """The next lanes that can go on, in a round, so that nobody is passed over; and those that must be read whole."""
        version = self._road.follower.snapshot.version
        lanes, memory.after = await holds.next_lanes(session, GROUP, partition, version, LANES_PER_TURN, memory.after)
        return list(dict.fromkeys([*lanes, *memory.whole]))

    def _release(self, plan: Plan, lane: str, most: int, read: Callable[[Hold], tuple[Inbound, str]]) -> None:
        for row in list(plan.queues.get(lane, ())):
            if row.wish == "discard":
                plan.drop(row, "discarded")
        version = self._road.follower.snapshot.version
        for _ in range(most):
            turn = next_turn(plan.queues.get(lane, ()), version)
            if turn is not None:
                plan.turn(turn.row, turn.older, *read(turn.row))
            elif not plan.bring_forward(lane, read):
                return

    async def _plan(self, owned: Owned, records: Sequence[Inbound], found: Some | None = None) -> Plan:
        """The batched read, ended by the epoch (P4); `found`: queues that were read just before, else those of the records' lanes."""
        road, partition = self._road, owned.partition
        known = Knowledge(rules=road.rules, snapshot=road.follower.snapshot)
        recent = self._states[partition]
        places = {(record.system, record.entity, record.key) for record in records}
        unknown = [place for place in places if place not in recent]
        wanted = [found for record in records for found in stages.references(record, known)]
        async with road.db.read() as session:
            found = found or await self._around(session, partition, records)
            states = await record_states_of(session, unknown) if unknown else {}
            numbers = await documents_by_number(session, {place for place, by_id in wanted if not by_id})
            ids = await documents_by_number(session, {place for place, by_id in wanted if by_id}, internal_id=True)
            ours = await documents_by_key(session, {place for record in records if (place := stages.written_place(record))})
            before = {**recent.some(places), **states}
            asked = _told_by_deleted(records, before) | withdrawn(records, before, road.rules.systems)
            told = await last_told(session, asked)
            await still_owned(session, owned)
        recent.update(states)
        origin = f"{partition.topic}/{partition.number}/{owned.epoch}"
        return Plan(
            group=GROUP, known=replace(known, by_number=numbers, by_id=ids, by_key=ours, told=told), states=before,
            queues=found.queues, more=found.more, origin=origin, now=road.now(),
        )

    async def _around(self, session: AsyncConnection, partition: Partition, records: Sequence[Inbound]) -> Some:
        """What is held where these records arrive."""
        memory = await self._partitions.memory(partition)
        behind = [record for record in records if record.lane in memory.held]
        lanes = {record.lane for record in behind}
        return await holds.around(session, GROUP, partition, lanes, {(record.entity, record.key) for record in behind})

    async def _publish(self, events: Sequence[Event]) -> None:
        if events:
            await self._road.bus.publish(
                [Message(canonical(entity(one.entity).aggregate), one.lane, one.data, one.headers()) for one in events]
            )

    async def _write(self, owned: Owned, plan: Plan, next_offset: int | None) -> None:
        """One transaction, fenced: states, rows, documents, counts, and the offset of a batch. Memory follows the commit."""
        partition = owned.partition
        memory = await self._partitions.memory(partition)
        try:
            async with self._road.db.write() as session:
                if next_offset is None:
                    await fence(session, owned)
                else:
                    await advance(session, owned, next_offset)
                await self._write_rows(session, owned, plan)
        except BaseException:
            self._states[partition] = Recent()
            self._partitions.doubt(partition)
            raise
        self._states[partition].update(plan.states)
        self._floods[partition].suspected = False
        for lane, queue in plan.queues.items():
            (memory.held.add if queue or lane in plan.more else memory.held.discard)(lane)
        memory.whole = {row.lane for row in plan.again if row.lane in plan.more and awaited(row)}
        memory.next_offset = next_offset or memory.next_offset

    async def _write_rows(self, session: AsyncConnection, owned: Owned, plan: Plan) -> None:
        await keep_record_states(session, plan.states)
        refused = await note_unknown_codes(session, [*plan.new, *plan.again], self._road.now())     # before rows, as an approver locks them
        await note_documents(session, plan.documents)
        await document_arrived(session, plan.documents)
        await forget_payloads(session, plan.sent_back)
        await holds.insert_holds(session, plan.new)
        for row in plan.again:
            await holds.wait_again(session, row)
        await drop_never_accepted(session, refused)
        for closed_as, ids in plan.closed.items():
            await holds.close(session, ids, closed_as, self._road.now())
        if plan.closed or plan.new:
            await holds.ready_heads(session, GROUP, owned.partition, plan.queues)
        for record in plan.conflicts:
            facts = {"system": record.system, "entity": record.entity, "key": record.key, "revision": record.revision}
            await open_incident(session, "version-conflict", f"{record.entity}/{record.key}", facts, self._road.now())
        if self._floods[owned.partition].suspected:
            await close_incidents(session, "too-many-errors", _system(owned.partition), self._road.now(), "hub")
        await tally(session, GROUP, _system(owned.partition), plan.tally)

    async def _ask(self, plan: Plan) -> None:
        """N7: the cause may have gone between the decision and the commit; ask the database, not the snapshot."""
        causes = {cause for row in (*plan.new, *plan.again) for cause in row.causes if cause.kind is not CauseKind.PERSON}
        if causes:
            async with self._road.db.write() as session:
                await ask_again(session, sorted(causes))
            await self._road.reach("normalize.asked")

    async def _watch(self, partition: Partition, plan: Plan, count: int) -> None:
        """A bad deploy cannot hold everything. Raises TooManyErrors, and the batch comes again."""
        wrong = sum(1 for row in plan.new if any(cause.kind is CauseKind.PERSON for cause in row.causes))
        flood, system = self._floods[partition], _system(partition)
        flooded = flood.note(count, wrong)
        if flooded is None:
            return
        async with self._road.db.write() as session:
            flood.let_on = flood.stopped and await closed_by_a_person(session, "too-many-errors", system)
            if flood.let_on:
                return
            flood.stopped = True
            facts = {"system": system, "wrong": flooded.facts["wrong"], "count": flooded.facts["count"]}
            await open_incident(session, "too-many-errors", system, facts, self._road.now())
        raise flooded


def _system(partition: Partition) -> str:
    """Whose records an inbound topic carries."""
    return partition.topic.partition(".")[2]


def _told_by_deleted(records: Sequence[Inbound], states: Mapping[RecordPlace, RecordState]) -> set[KeyPlace]:
    """What to ask the archive for; the usual batch has no deletion."""
    deleted = [record for record in records if record.operation == "delete"]
    return {one.place for record in deleted for one in told_by(record, states.get((record.system, record.entity, record.key)))}


def _kept(row: Hold) -> tuple[Inbound, str]:
    """The record of a hold row, and its trace."""
    kept = unkeep(row.message)
    return _read(row.partition, row.offset, kept), kept.headers.get("traceparent", "")


def _read(partition: Partition, offset: int, message: Received | Kept) -> Inbound:
    """The record of a message; bytes that are none of ours, or not this system's, become a record that says so."""
    system = _system(partition)
    try:
        record = unpack_inbound(message.value)
        if record.system == system and NUL not in message.value:
            return record
        what = "a NUL character" if record.system == system else f"a record of system '{record.system}' in {partition.topic}"
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        what = str(error)[:200]
    return Inbound(
        system=system, organisation="", entity="?", key=f"{partition.topic}/{partition.number}/{offset}", lane=message.key, payload={},
        revision=1, read_at=message.published_at, unreadable=what,
    )
