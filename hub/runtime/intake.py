"""Intake: records read by polling or told by webhook, given their revision, published, and only then confirmed (PROTOCOL I)."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Literal

import structlog

from hub.bus.base import Lost, Message
from hub.errors import CredentialsRejected, DataError, HubError
from hub.incidents import close_incidents, open_incident
from hub.observability.tracing import new_traceparent
from hub.pipeline.wire import UNFIT, Inbound, content_hash, pack_inbound, printable, unfit
from hub.policy import pause_s, row_for
from hub.registry import Opened
from hub.runtime.courtesy import in_turn
from hub.runtime.recent import Recent
from hub.runtime.road import Road
from hub.runtime.stopping import stop_system
from hub.sdk import EntityCard, Record, Source, WebhookRequest
from hub.storage.intake import (
    Lease,
    Reading,
    Reserved,
    Verdict,
    confirm,
    cursor,
    fence_lease,
    free_lease,
    keep_lease,
    known_already,
    move_cursor,
    reserve,
    take_lease,
)
from hub.storage.records import tally
from hub.storage.systems import states
from hub.together import Together

log = structlog.get_logger(__name__)

Via = Literal["poll", "webhook", "fetch"]
PUBLISHED = {Verdict.NEW: "new", Verdict.AGAIN: "new", Verdict.OLDER: "older", Verdict.CONFLICT: "conflict"}
GATHER_S = 0.005
AT_ONCE = 500
PIECE = 50


class Intake:
    """Everything that takes records in from one system."""

    def __init__(self, road: Road, opened: Opened) -> None:
        self._road = road
        self._opened = opened
        self._system = opened.name
        self._cards = {card.entity: card for card in opened.connector.card.entities}
        self._unchanged = 0
        self._confirmed: Recent[Reading, bool] = Recent()
        self._webhooks = Together(self._told, gather_s=GATHER_S, at_most=AT_ONCE)

    async def poll_forever(self) -> None:
        """Poll every entity under the system's lease, until cancelled. Another process polls when this one is gone."""
        while True:
            lease = await self._lease()
            if lease is None:
                await asyncio.sleep(self._road.settings.lease_s / 3)
                continue
            try:
                async with asyncio.TaskGroup() as group:
                    group.create_task(self._keep(lease))
                    for card in self._polled():
                        group.create_task(self._entity(lease, card))
            except* Lost:
                log.warning("lease.lost", system=self._system)
            finally:
                await self._free(lease)

    def _polled(self) -> list[EntityCard]:
        chosen = self._opened.settings.entities
        return [card for card in self._cards.values() if card.polled and (chosen is None or card.entity in chosen)]

    async def _lease(self) -> Lease | None:
        road = self._road
        async with road.db.write() as session:
            return await take_lease(session, f"poll.{self._system}", road.settings.holder(), road.now(), road.settings.lease_s)

    async def _keep(self, lease: Lease) -> None:
        while True:
            await asyncio.sleep(self._road.settings.lease_s / 3)
            async with self._road.db.write() as session:
                await keep_lease(session, lease, self._road.now(), self._road.settings.lease_s)

    async def _free(self, lease: Lease) -> None:
        """A courtesy to other processes: without it the lease runs out by itself, so a failure must not hide why we stop."""
        try:
            async with self._road.db.write() as session:
                await free_lease(session, lease, self._road.now())
        except Exception as error:
            log.info("lease.not_freed", system=self._system, error=str(error)[:200])

    async def _entity(self, lease: Lease, card: EntityCard) -> None:
        """One entity, again and again; a failure waits as the policy says and tells a person after some attempts."""
        failures = 0
        while True:
            pause = self._opened.settings.poll_s
            try:
                if not await self.stopped():
                    await self._read(lease, card)
                failures = await self._good(card, failures)
            except CredentialsRejected as error:
                await stop_system(self._road, self._system, error)
            except HubError as error:
                failures += 1
                pause = max(pause, await self._bad(card, error, failures))
            await asyncio.sleep(pause)

    async def _read(self, lease: Lease, card: EntityCard) -> None:
        async with self._road.db.read() as session:
            since = await cursor(session, self._system, card.entity)
        async for chunk in self._source().read(card.entity, since):
            await self._road.reach("intake.read")
            if chunk.records or chunk.cursor != since:
                *first, last = _pieces(chunk.records)
                async for piece in in_turn(first):
                    await self.take_in(piece, "poll", lease=lease, entity=card.entity, to=since)
                await self.take_in(last, "poll", lease=lease, entity=card.entity, to=chunk.cursor)
                since = chunk.cursor

    def _source(self) -> Source:
        source = self._opened.system.source
        assert source is not None, "a system without a source is not polled"
        return source

    async def receive(self, request: WebhookRequest) -> int:
        """A webhook: its records are on the bus when this returns. Raises SignatureRejected, TransientError."""
        try:
            records = self._source().receive(request)
        except DataError as error:
            await self._unreadable(request, error)
            return 1
        await asyncio.gather(*(self._webhooks.bring(record) for record in records))
        return len(records)

    async def _told(self, records: Sequence[Record]) -> None:
        await self.take_in(records, "webhook")

    async def fetch(self, entity: str, organisation: str, key: str) -> bool:
        """Ask the owner for one record before anybody is asked. False: there is none."""
        record = await self._source().fetch(entity, organisation, key)
        if record is None:
            return False
        await self.take_in([record], "fetch")
        return True

    async def take_in(
        self, records: Sequence[Record], via: Via, *, lease: Lease | None = None, entity: str = "", to: object = None
    ) -> None:
        """Reserve, publish, confirm. With a lease: refused under an older epoch, and the cursor moves in the confirmation. Raises Lost."""
        name = "webhook" if via == "webhook" else "intake"
        now = self._road.now()
        records, readings = await self._news([self._fit(record) for record in records])
        if records:
            async with self._road.db.write() as session:
                if lease:
                    await fence_lease(session, lease)
                reserved = await reserve(session, readings)
            await self._road.reach(f"{name}.reserved")
            await self._road.bus.publish(self._messages(records, readings, reserved, via, now))
            await self._road.reach(f"{name}.published")
        else:
            reserved = []
        if not records and (lease is None or await self._stands(entity, to)):
            return
        await self._confirm(readings, reserved, lease, entity, to, now)
        await self._road.reach(f"{name}.confirmed")

    async def _news(self, records: Sequence[Record]) -> tuple[list[Record], list[Reading]]:
        """Leave out what says nothing new: most of what an overlapping poll reads is that."""
        readings = [self._reading(record) for record in records]
        if not readings:
            return [], []
        known = {reading for reading in readings if reading in self._confirmed}
        unsure = [reading for reading in readings if reading not in known]
        if unsure:
            async with self._road.db.read() as session:
                known.update(reading for reading, old in zip(unsure, await known_already(session, unsure)) if old)
            self._remember(known)
        fresh = [(record, reading) for record, reading in zip(records, readings) if reading not in known]
        self._unchanged += len(records) - len(fresh)
        return [record for record, _ in fresh], [reading for _, reading in fresh]

    def _remember(self, readings: Iterable[Reading]) -> None:
        """These are published and confirmed. What has no version is not remembered: another process may have read it as something
        else meanwhile, and then the same content says something new (A, B, A)."""
        self._confirmed.update({reading: True for reading in readings if reading.version is not None})

    async def _stands(self, entity: str, to: object) -> bool:
        """Whether the cursor is there already."""
        async with self._road.db.read() as session:
            return await cursor(session, self._system, entity) == to

    async def _confirm(
        self, readings: Sequence[Reading], reserved: Sequence[Reserved], lease: Lease | None, entity: str, to: object, now: datetime
    ) -> None:
        published = [
            (reading, answer.revision) for reading, answer in zip(readings, reserved) if answer.verdict in (Verdict.NEW, Verdict.AGAIN)
        ]
        counts = {str(verdict): sum(answer.verdict is verdict for answer in reserved) for verdict in Verdict}
        counts[Verdict.UNCHANGED] += self._unchanged
        self._unchanged = 0
        async with self._road.db.write() as session:
            if lease:
                await fence_lease(session, lease)
            await confirm(session, published)
            if lease and isinstance(to, dict):
                await move_cursor(session, self._system, entity, to, now)
            await tally(session, "intake", self._system, {outcome: count for outcome, count in counts.items() if count})
        self._remember(reading for reading, _ in published)

    def _reading(self, record: Record) -> Reading:
        owned = self._cards[record.entity].version == "owner" if record.entity in self._cards else False
        number = record.version if isinstance(record.version, int) else None
        text = f"{number:020d}" if number is not None else str(record.version) if record.version is not None else None
        return Reading(
            self._system, record.entity, record.key, text, number if owned else None,
            content_hash([record.operation, record.organisation, record.payload]),
        )

    def _messages(
        self, records: Sequence[Record], readings: Sequence[Reading], reserved: Sequence[Reserved], via: Via, now: datetime
    ) -> list[Message]:
        return [
            pack_inbound(self._inbound(record, reading, answer, via, now), new_traceparent())
            for record, reading, answer in zip(records, readings, reserved)
            if answer.verdict is not Verdict.UNCHANGED
        ]

    def _fit(self, record: Record) -> Record:
        """A record that no bus or database can carry is held for a person under its own key, with the reason instead of its content."""
        why = unfit(record)
        if not why:
            return record
        key, lane = printable(record.key), printable(record.lane)
        payload = {UNFIT: f"{record.entity} {key}: {why}", "hash": content_hash(repr(record.payload))}
        return replace(record, key=key, lane=lane, payload=payload, document_key=None)

    def _inbound(self, record: Record, reading: Reading, answer: Reserved, via: Via, now: datetime) -> Inbound:
        return Inbound(
            system=self._system, organisation=record.organisation, entity=record.entity, key=record.key, lane=record.lane,
            payload=dict(record.payload), unreadable=str(record.payload.get(UNFIT, "")), revision=answer.revision,
            read_at=now, operation=record.operation, changed_at=record.changed_at,
            document_key=record.document_key, verdict=PUBLISHED[answer.verdict], via=via, content=reading.content,  # type: ignore[arg-type]
        )

    async def _unreadable(self, request: WebhookRequest, error: DataError) -> None:
        """Signed, but not to be read: it is held for a person, not lost."""
        text = request.body[:2000].decode("utf-8", "replace")
        content = content_hash(text)
        record = Inbound(
            system=self._system, organisation="", entity="?", key=content, lane=f"unreadable/{content}", payload={}, revision=1,
            read_at=self._road.now(), via="webhook", unreadable=f"{error.facts.get('what', error.code)}: {text[:200]}", content=content,
        )
        await self._road.bus.publish([pack_inbound(record)])

    async def stopped(self) -> bool:
        """Whether the system stands still until a person resumes it."""
        async with self._road.db.read() as session:
            row = (await states(session)).get(self._system)
        return row is not None and row["state"] == "stopped"

    async def _good(self, card: EntityCard, failures: int) -> int:
        if failures:
            async with self._road.db.write() as session:
                await close_incidents(session, "source-unreachable", f"{self._system} {card.entity}", self._road.now(), "hub")
        return 0

    async def _bad(self, card: EntityCard, error: HubError, failures: int) -> float:
        row = row_for(error)
        facts = {**error.facts, "system": self._system, "entity": card.entity, "what": error.facts.get("what", error.text())}
        log.warning("source.failed", **{**facts, "code": error.code, "attempt": failures})
        if row is None or row.incident_after == 0 or failures >= row.incident_after:
            async with self._road.db.write() as session:
                await open_incident(session, "source-unreachable", f"{self._system} {card.entity}", facts, self._road.now())
        return max(getattr(error, "retry_after_s", None) or 0.0, pause_s(row, failures) if row else 5.0)


def _pieces(records: Sequence[Record]) -> list[Sequence[Record]]:
    """A page in pieces, at least one: in one piece a long one would keep the whole process from anything else."""
    return [records[start : start + PIECE] for start in range(0, len(records) or 1, PIECE)]
