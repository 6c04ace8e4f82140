"""The deliver loop of one target: events that a route leads there become documents; lanes run side by side (PROTOCOL D)."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import msgspec
import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.bus.base import Lost, Partition, Received
from hub.errors import CredentialsRejected, DataError, TransientError
from hub.event import Event
from hub.pipeline.knowledge import Knowledge
from hub.pipeline.lanes import next_turn, place
from hub.pipeline.outbound import Prepared, decode_data, is_full_state, key_places, prepare, wanted
from hub.pipeline.plan import Ended, Waits, not_foreseen, person, ready_at_of
from hub.pipeline.wire import keep
from hub.recovery.release import ask_again
from hub.registry import Opened
from hub.runtime.batch import Batch, Item, event_of, identity, newest_in_place, version
from hub.runtime.breaker import Breaker
from hub.runtime.job import Job
from hub.runtime.partitions import Memory, Partitions, caught_up
from hub.runtime.ready import ReadyRows
from hub.runtime.road import Road
from hub.runtime.writing import Writing
from hub.storage import deliveries, holds
from hub.storage.causes import CauseKind
from hub.storage.holds import BEHIND, WAITING, Hold
from hub.storage.ownership import Owned, advance, fence, still_owned
from hub.storage.records import KeyPlace, KnownDocument, documents_by_key, tally

log = structlog.get_logger(__name__)

LANES_PER_TURN, ROWS_PER_LANE = 8, 2
EVENTS_PER_CALL = 16
"""A call of ours must end within the bus's handover time, with every partition of the group at work and a slow vendor."""


class DeliverLoop:
    """A `hub.bus.base.Consumer` over the canonical topics that a target's routes name."""

    def __init__(self, road: Road, opened: Opened, ready: ReadyRows) -> None:
        self._road = road
        self._ready = ready
        self._target = road.rules.systems[opened.name]
        self.group = f"deliver.{opened.name}"
        self._partitions = Partitions(road.db, self.group)
        self._writing = Writing(road, opened)
        self._opened = opened
        self._slots = asyncio.Semaphore(opened.connector.card.concurrency)
        self.breaker = Breaker(road, opened, self.group)

    async def assigned(self, partition: Partition) -> int:
        """P2; what an earlier owner left in *writing* is in doubt from now on (D5)."""
        offset = await self._partitions.take_over(partition, self._doubt)
        await caught_up(self._road.db, self._road.follower)
        return offset

    async def _doubt(self, session: AsyncConnection, owned: Owned) -> None:
        found = await deliveries.found_writing(session, self._opened.name, owned.partition)
        await deliveries.put(session, [
            replace(row, state=deliveries.IN_DOUBT, settle_at=self._settled(row), attempts=row.attempts + 1, code="found-writing")
            for row in found
        ])  # fmt: skip

    def _settled(self, row: deliveries.Delivery) -> datetime:
        return self._road.now() + timedelta(seconds=self._opened.connector.card.entity(row.form).settle_s)

    async def revoked(self, partition: Partition) -> None:
        """Forget it."""
        self._partitions.drop(partition)

    async def arrived(self, partition: Partition, messages: Sequence[Received]) -> int:
        """Work the lanes of some events side by side, then write down what must wait, and the offset."""
        owned = self._partitions.owned(partition)
        memory = await self._partitions.memory(partition)
        fresh = memory.fresh(messages)
        known = len(messages) - len(fresh)
        if not fresh:
            return known
        items, count, unreadable = self._some(fresh)
        lanes: dict[str, list[Item]] = {}
        for item in items:
            lanes.setdefault(item.event.lane, []).append(item)
        batch = await self._read(owned, items, set(lanes) & memory.held)
        batch.tally["unreadable"] += unreadable
        if lanes:
            await self.breaker.check()
            await self._side_by_side([self._lane(batch, each) for each in lanes.values()])
        await self._write(batch, fresh[count - 1].offset + 1)
        await self._road.reach("deliver.offset")
        await self._ask(batch.new)
        return known + count

    def _some(self, messages: Sequence[Received]) -> tuple[list[Item], int, int]:
        """The first wanted events, how many messages that is, and how many of these nobody can read."""
        known = Knowledge(rules=self._road.rules, snapshot=self._road.follower.snapshot)
        items: list[Item] = []
        unreadable = 0
        for count, message in enumerate(messages):
            if len(items) == EVENTS_PER_CALL:
                return items, count, unreadable
            try:
                event = Event.parse(message.headers, message.value)
                data = decode_data(event)
                if wanted(event, data, known, self._target.name):
                    items.append(Item(event, data, message, offset=message.offset))
            except (KeyError, ValueError, DataError, msgspec.MsgspecError) as error:
                unreadable += 1
                log.error("event.unreadable", topic=message.partition.topic, offset=message.offset, error=str(error)[:200])
        return items, len(messages), unreadable

    async def _read(self, owned: Owned, items: Sequence[Item], lanes: set[str]) -> Batch:
        """One batched read, ended by the epoch (P4)."""
        known = Knowledge(rules=self._road.rules, snapshot=self._road.follower.snapshot)
        places: set[KeyPlace] = {place for item in items for place in key_places(item.event, item.data, known, self._target)}
        documents = [f"{item.event.entity}/{item.event.key}" for item in items]
        async with self._road.db.read() as session:
            queues = await holds.queues(session, self.group, owned.partition, lanes) if lanes else {}
            by_key = await documents_by_key(session, places)
            rows = await deliveries.of_documents(session, self._opened.name, documents, [item.event.id for item in items])
            await still_owned(session, owned)
        return Batch(owned, replace(known, by_key=by_key), rows, queues)

    async def _side_by_side(self, lanes: Sequence[Any]) -> None:
        """All lanes to their end; then the gravest of their errors, if any."""
        results = await asyncio.gather(*lanes, return_exceptions=True)
        errors = [one for one in results if isinstance(one, BaseException)]
        for kind in (Lost, CredentialsRejected, TransientError, BaseException):
            error = next((one for one in errors if isinstance(one, kind)), None)
            if error is not None:
                await self.breaker.failed(error)
                raise error
        await self.breaker.good()

    async def _lane(self, batch: Batch, items: Sequence[Item]) -> None:
        over = [item for item in items if self._is_over(batch, item)]
        standing = newest_in_place([item for item in items if item not in over])
        batch.tally["repeated"] += len(over)
        batch.tally["superseded"] += len(items) - len(over) - len(standing)
        for item in standing:
            queue, documents = batch.queues.get(item.event.lane, ()), [(item.event.entity, item.event.key)]
            where = place(queue, identity(item.event), version(item.event), item.offset, documents)
            result = await self._attempt(batch, item, 0) if where.free else None
            if isinstance(result, Ended):
                batch.tally[result.outcome] += 1
                for row in where.older:
                    self._close(batch, row, "superseded")
            else:
                self._hold(batch, item, result)

    def _is_over(self, batch: Batch, item: Item) -> bool:
        """The event has been delivered, or overtaken, before: it keeps no newer version from its own place."""
        rows = batch.rows.get(f"{item.event.entity}/{item.event.key}", ())
        return any(row.event == item.event.id and row.state in (deliveries.DONE, deliveries.SUPERSEDED) for row in rows)

    async def _attempt(self, batch: Batch, item: Item, attempts: int) -> Waits | Ended:
        try:
            prepared = prepare(item.event, item.data, batch.known, self._target)
        except DataError as error:
            return Waits((person(error.code),), error.code, dict(error.facts), "it")
        except Exception as error:
            log.exception("event.not_prepared", event_id=item.event.id)
            return not_foreseen(error, f"{item.event.entity} {item.event.key}")
        if not isinstance(prepared, Prepared):
            return prepared
        known: KnownDocument | None = batch.known.by_key.get((self._target.name, item.event.entity, item.event.key))
        job = Job(batch.owned, item.event, prepared, known, batch.rows.get(prepared.document, ()), attempts)
        async with self._slots:
            await self._road.reach("deliver.prepared")
            return await self._writing.bring(job)

    def _hold(self, batch: Batch, item: Item, waits: Waits | None) -> None:
        message, event = item.message, item.event
        assert message is not None
        row = Hold(
            group=self.group, partition=batch.owned.partition, offset=item.offset, lane=event.lane, state=WAITING if waits else BEHIND,
            system=self._target.name, entity=event.entity, key=event.key, full_state=is_full_state(event), revision=event.revision,
            correction=event.correction, message=keep(message), held_at=self._road.now(), code=waits.code if waits else "behind",
            facts=waits.facts if waits else {}, concerns=waits.concerns if waits else "", causes=waits.causes if waits else (),
            ready_at=ready_at_of(waits), attempts=1 if waits else 0,
        )
        batch.new.append(row)
        batch.queues.setdefault(event.lane, []).append(row)
        batch.tally["held"] += 1

    def _close(self, batch: Batch, row: Hold, closed_as: str) -> None:
        batch.queues[row.lane].remove(row)
        if row.id:
            batch.closed.setdefault(closed_as, []).append(row.id)
        else:
            batch.new.remove(row)

    async def _write(self, batch: Batch, next_offset: int) -> None:
        partition = batch.owned.partition
        memory = await self._partitions.memory(partition)
        try:
            async with self._road.db.write() as session:
                await advance(session, batch.owned, next_offset)
                await holds.insert_holds(session, batch.new)
                await self._close_rows(session, batch)
                await tally(session, "deliver", self._opened.name, batch.tally)
        except BaseException:
            self._partitions.doubt(partition)
            raise
        self._remember(batch, memory)
        memory.next_offset = next_offset

    async def _close_rows(self, session: AsyncConnection, batch: Batch) -> None:
        for closed_as, ids in batch.closed.items():
            await holds.close(session, ids, closed_as, self._road.now())
        if batch.closed or batch.new:
            await holds.ready_heads(session, self.group, batch.owned.partition, batch.queues)

    def _remember(self, batch: Batch, memory: Memory) -> None:
        for lane, queue in batch.queues.items():
            (memory.held.add if queue else memory.held.discard)(lane)

    async def _ask(self, rows: Sequence[Hold]) -> None:
        causes = {cause for row in rows for cause in row.causes if cause.kind not in (CauseKind.PERSON, CauseKind.TIME)}
        if causes:
            async with self._road.db.write() as session:
                await ask_again(session, sorted(causes))

    async def tick(self, partition: Partition) -> None:
        """A release turn (N8): lanes with a ready row, side by side, a few rows of each."""
        if self.breaker.open or not self._ready.has(self.group, partition):
            return
        owned = self._partitions.owned(partition)
        version = self._road.follower.snapshot.version
        memory = await self._partitions.memory(partition)
        async with self._road.db.read() as session:
            lanes, memory.after = await holds.next_lanes(session, self.group, partition, version, LANES_PER_TURN, memory.after)
        if lanes:
            await self.breaker.check()
            memory.held.update(lanes)
            await self._side_by_side([self._turns(owned, lane, version) for lane in lanes])

    async def _turns(self, owned: Owned, lane: str, known: int) -> None:
        async with self._road.db.read() as session:
            queue = (await holds.queues(session, self.group, owned.partition, [lane])).get(lane, [])
        queue = await self._discard(owned, lane, queue)
        for _ in range(ROWS_PER_LANE):
            turn = next_turn(queue, known, newest=True)
            if turn is None:
                return
            event = event_of(turn.row)
            item = Item(event, decode_data(event), row=turn.row)
            batch = await self._read(owned, [item], set())
            batch.queues[lane] = queue
            result = await self._attempt(batch, item, turn.row.attempts)
            if isinstance(result, Waits):
                queue[queue.index(turn.row)] = await self._wait_again(owned, turn.row, result)
                continue
            for row, closed_as in [(turn.row, result.outcome), *((row, "superseded") for row in turn.older)]:
                self._close(batch, row, closed_as)
            await self._commit_turn(batch, result)

    async def _discard(self, owned: Owned, lane: str, queue: list[Hold]) -> list[Hold]:
        dropped = [row for row in queue if row.wish == "discard"]
        if not dropped:
            return queue
        batch = Batch(owned, Knowledge(rules=self._road.rules, snapshot=self._road.follower.snapshot), {}, {lane: list(queue)})
        for row in dropped:
            self._close(batch, row, "discarded")
        await self._commit_turn(batch, Ended("discarded"), [event_of(row) for row in dropped])
        return batch.queues[lane]

    async def _commit_turn(self, batch: Batch, result: Ended, discarded: Sequence[Event] = ()) -> None:
        batch.tally[result.outcome] += 1
        memory = await self._partitions.memory(batch.owned.partition)
        try:
            async with self._road.db.write() as session:
                await fence(session, batch.owned)
                await deliveries.discard(session, self._opened.name, [event.id for event in discarded], self._road.now())
                await self._close_rows(session, batch)
                await tally(session, "deliver", self._opened.name, batch.tally)
        except BaseException:
            self._partitions.doubt(batch.owned.partition)
            raise
        self._remember(batch, memory)

    async def _wait_again(self, owned: Owned, row: Hold, waits: Waits) -> Hold:
        changed = replace(
            row, state=WAITING, code=waits.code, facts=waits.facts, concerns=waits.concerns, causes=waits.causes,
            ready_at=ready_at_of(waits), attempts=row.attempts + 1, wish="",
        )
        async with self._road.db.write() as session:
            await fence(session, owned)
            await holds.wait_again(session, changed)
        await self._ask([changed])
        return changed
