"""What normalize decides about a batch or about a lane to release: pure, one decision fed into the next (PROTOCOL N2–N8).

A `Plan` is filled in offset order by `arrive` or by `turn`; the loop then publishes its events, and after that writes the
rest in one transaction.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Set
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

import structlog

from hub.bus.base import Received
from hub.errors import DataError
from hub.event import Event
from hub.model import entity
from hub.pipeline import deletions, stages
from hub.pipeline.errors import NotForeseen
from hub.pipeline.knowledge import Knowledge
from hub.pipeline.lanes import awaited, place
from hub.pipeline.transitions import mark
from hub.pipeline.wire import Inbound, bytes_hash, keep
from hub.storage.causes import DOCUMENTS, Cause, CauseKind
from hub.storage.holds import BEHIND, WAITING, Hold
from hub.storage.records import KeyPlace, KnownDocument, RecordPlace, RecordState

log = structlog.get_logger(__name__)

CONCERNS: Mapping[CauseKind, str] = {
    CauseKind.CODE: "steward",
    CauseKind.TARGET_CODE: "steward",
    CauseKind.CONVERSION: "steward",
    CauseKind.DOCUMENT: "it",
    CauseKind.TARGET_DOCUMENT: "it",
}
"""Whom a wait is for; what is not named here concerns whoever is responsible for the system."""


class Passed(NamedTuple):
    """A record that passed the stages. `told`: for each event what is remembered of it, and under which name."""

    events: list[Event]
    documents: list[KnownDocument]
    told: list[tuple[str, str]]
    sent_back: list[KeyPlace]


class Waits(NamedTuple):
    """A record that must wait: for these causes, or for a person."""

    causes: tuple[Cause, ...]
    code: str
    facts: dict[str, object]
    concerns: str


class Ended(NamedTuple):
    """A record that ends here, counted: nothing maps it."""

    outcome: str


Judged = Passed | Waits | Ended


class Plan:
    """Decisions about one partition, under one epoch and one snapshot. `queues` and `states` are read before; both are kept up here.

    `more`: lanes that go on behind the rows that were read.
    """

    def __init__(
        self, *, group: str, known: Knowledge, states: dict[RecordPlace, RecordState], queues: dict[str, list[Hold]], origin: str,
        now: datetime, more: Set[str] = frozenset(),
    ) -> None:
        self._group, self._known, self._origin, self._now = group, known, origin, now
        self._before = states
        self.queues, self.more = queues, more
        self.states: dict[RecordPlace, RecordState] = {}
        self.events: list[Event] = []
        self.documents: list[KnownDocument] = []
        self.sent_back: list[KeyPlace] = []
        self.new: list[Hold] = []
        self.again: list[Hold] = []
        self.closed: dict[str, list[int]] = {}
        self.tally: Counter[str] = Counter()
        self.conflicts: list[Inbound] = []

    def arrive(self, message: Received, record: Inbound) -> None:
        """One message of the batch."""
        old = self._gate(record)
        if old:
            self.tally[old] += 1
            if old == "conflict":
                self.conflicts.append(record)
            return
        queue = self.queues.get(record.lane, [])
        judged = self._judge(record, message.headers.get("traceparent", ""))
        if isinstance(judged, Ended):
            self.tally[judged.outcome] += 1
            return
        if isinstance(judged, Passed) and not queue:     # the common case: nothing of this lane waits
            self._pass(record, judged, echo_allowed=True)
            return
        identity = (record.entity, record.key) if self._full_state(record) else None
        where = place(queue, identity, (record.revision, record.correction), message.offset, _brought(judged))
        if isinstance(judged, Waits) or not where.free:
            self._hold(message, record, judged, identity is not None)
            return
        self._pass(record, judged, echo_allowed=not where.older)
        for row in where.older:
            self._close(row, "superseded")

    def turn(self, row: Hold, older: tuple[Hold, ...], record: Inbound, traceparent: str) -> bool:
        """Try a held row in its lane's place. True: it is closed (and so are the older versions); False: it waits again."""
        if self._gate(record):
            self._close(row, "history")
        else:
            judged = self._judge(record, traceparent, released=row.code if row.wish == "release" else "")
            if isinstance(judged, Waits):
                self._wait_again(row, judged)
                return False
            if isinstance(judged, Passed):
                self._pass(record, judged, echo_allowed=not older)
            self._close(row, "published")
        for one in older:
            self._close(one, "superseded")
        return True

    def bring_forward(self, lane: str, read: Callable[[Hold], tuple[Inbound, str]]) -> bool:
        """Publish what the head of the lane waits for, if that stands behind it; only judging tells what a row brings. Whether it did."""
        queue = self.queues.get(lane, [])
        wanted = awaited(queue[0]) if queue else frozenset()
        for row in queue[1:] if wanted else ():
            record, traceparent = read(row)
            if not wanted.isdisjoint(_brought(self._judge(record, traceparent))):
                return self.turn(row, (), record, traceparent)
        return False

    def drop(self, row: Hold, closed_as: str) -> None:
        """A person's word: the row ends without being published."""
        self._close(row, closed_as)
        self.tally[closed_as] += 1

    def _state(self, record: Inbound) -> RecordState | None:
        at = (record.system, record.entity, record.key)
        return self.states.get(at) or self._before.get(at)

    def _gate(self, record: Inbound) -> str:
        if record.verdict != "new":
            return "history" if record.verdict == "older" else "conflict"
        last = self._state(record)
        if last is None or (record.revision, record.correction) > (last.revision, last.correction):
            return ""
        same = (record.revision, record.correction) != (last.revision, last.correction) or record.content == last.content
        return "history" if same else "conflict"

    def _judge(self, record: Inbound, traceparent: str, released: str = "") -> Judged:
        work = stages.Work(record, self._known, self._known.rules.systems[record.system], self._now, self._state(record), released)
        try:
            (deletions if record.operation == "delete" else stages).run(work)
        except DataError as error:
            return Waits((person(error.code),), error.code, dict(error.facts), f"system:{record.system}")
        except Exception as error:
            log.exception("record.not_judged", system=record.system, entity=record.entity, key=record.key)
            return not_foreseen(error, f"{record.entity} {record.key}")
        if not work.specs:
            return Ended("not mapped")
        if work.causes:
            return waiting(work.causes, work.details)
        sealed = stages.seal(work, self._origin, traceparent)
        told = [(f"{event.entity} {event.key}", mark(content, bytes_hash(event.data))) for event, content in sealed]
        events = [event for event, _ in sealed]
        return Passed(events, stages.own_documents(work, events), told, stages.sent_back(work))

    def _full_state(self, record: Inbound) -> bool:
        system = self._known.rules.systems[record.system]
        specs = self._known.rules.mappings.inbound(system.name, system.product, record.entity)
        return bool(specs) and all(entity(spec.entity).nature == "state" for spec in specs) and not record.unreadable

    def _pass(self, record: Inbound, passed: Judged, *, echo_allowed: bool) -> None:
        assert isinstance(passed, Passed)
        last = self._state(record)
        known = last.events if last and echo_allowed else {}
        for event, (name, told) in zip(passed.events, passed.told):
            if known.get(name) == told and event.operation == "upsert" and not record.correction:
                self.tally["echo"] += 1
            else:
                self.events.append(event)
                self.tally["published"] += 1
        if not passed.events:
            self.tally["deleted"] += 1
        self.sent_back.extend(passed.sent_back)
        if last is None:
            self.documents.extend(passed.documents)
        self.states[(record.system, record.entity, record.key)] = RecordState(
            record.revision, record.correction, record.content, dict(passed.told)
        )

    def _hold(self, message: Received, record: Inbound, judged: Judged, full_state: bool) -> None:
        waits = judged if isinstance(judged, Waits) else None
        row = Hold(
            group=self._group, partition=message.partition, offset=message.offset, lane=record.lane,
            state=WAITING if waits else BEHIND, system=record.system, entity=record.entity, key=record.key, full_state=full_state,
            revision=record.revision, correction=record.correction, message=keep(message), held_at=self._now,
            code=waits.code if waits else "behind", facts=waits.facts if waits else {}, concerns=waits.concerns if waits else "",
            causes=waits.causes if waits else (), ready_at=ready_at_of(waits),
        )
        self.new.append(row)
        self.queues.setdefault(record.lane, []).append(row)
        self.tally["held"] += 1

    def _wait_again(self, row: Hold, waits: Waits) -> None:
        changed = replace(
            row, state=WAITING, code=waits.code, facts=waits.facts, concerns=waits.concerns, causes=waits.causes, wish="",
            ready_at=ready_at_of(waits),
        )
        self.again.append(changed)
        queue = self.queues[row.lane]
        queue[queue.index(row)] = changed

    def _close(self, row: Hold, closed_as: str) -> None:
        self.queues[row.lane].remove(row)
        if row.id:
            self.closed.setdefault(closed_as, []).append(row.id)
        else:
            self.new.remove(row)


def _brought(judged: Judged) -> set[tuple[str, str]]:
    """The documents that a record makes known, by every name that another record may use for them."""
    told = judged.documents if isinstance(judged, Passed) else ()
    return {(one.entity, name) for one in told for name in (one.key, one.number, one.id)}


def not_foreseen(error: Exception, what: str) -> Waits:
    """A mistake of ours or of a mapping stops one message, never the loop; many of them stop it as a flood."""
    facts: dict[str, object] = {"what": what, "error": f"{type(error).__name__}: {error}"[:200]}
    return Waits((person(NotForeseen.code),), NotForeseen.code, facts, "it")


def ready_at_of(waits: Waits | None) -> datetime | None:
    """The time at which a timed wait ends; None: something else is waited for."""
    times = [cause.value for cause in waits.causes if cause.kind is CauseKind.TIME] if waits else []
    return datetime.fromisoformat(max(times)) if times else None


def person(code: str) -> Cause:
    """Nobody but a person frees it."""
    return Cause(CauseKind.PERSON, "", "", code, "")


def waiting(causes: list[Cause], details: list[str]) -> Waits:
    """A wait for what is missing; the first cause says whom it concerns and gives the text."""
    first = causes[0]
    facts: dict[str, object] = {
        "system": first.system, "name": first.name, "value": first.value, "organisation": first.organisation, "detail": details[0],
        "count": len(causes), "documents": [(cause.name, cause.value) for cause in causes if cause.kind in DOCUMENTS],
    }
    return Waits(tuple(causes), f"cause-{first.kind}", facts, CONCERNS.get(first.kind, f"system:{first.system}"))
