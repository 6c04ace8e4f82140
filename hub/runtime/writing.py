"""One document written to one target: the row before the call, step by step, in doubt → settle → find → go on (PROTOCOL D2–D8)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import msgspec
import structlog

from hub.bus.base import Message
from hub.bus.topics import DELIVERIES
from hub.errors import CredentialsRejected, HubError, InDoubtError, RefusedError, TransientError
from hub.event import Event
from hub.incidents import open_incident
from hub.pipeline.outbound import Prepared
from hub.pipeline.plan import Ended, Waits, person
from hub.policy import pause_s, row_for
from hub.recovery.learning import learn
from hub.recovery.release import document_arrived
from hub.registry import Opened
from hub.runtime.road import Road
from hub.sdk import Document, DocumentKey, Sink, Written
from hub.storage.archive import post
from hub.storage.causes import Cause, CauseKind
from hub.storage.deliveries import DONE, HELD, IN_DOUBT, OPEN, SETTLED, SUPERSEDED, WRITING, Delivery, keep_document, put
from hub.storage.ownership import Owned, fence
from hub.storage.records import KnownDocument

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class Job:
    """One event to bring to one document, and what is known of both."""

    owned: Owned
    event: Event
    prepared: Prepared
    known: KnownDocument | None
    rows: Sequence[Delivery]
    attempts: int = 0

    @property
    def row(self) -> Delivery | None:
        """This event's own delivery."""
        return next((row for row in self.rows if row.event == self.event.id), None)

    @property
    def version(self) -> tuple[int, int]:
        return (self.event.revision, self.event.correction)


class Writing:
    """Writes documents to one target."""

    def __init__(self, road: Road, opened: Opened) -> None:
        self._road = road
        self._opened = opened

    async def bring(self, job: Job) -> Waits | Ended:
        """Bring the target to this event's state, or say what to wait for.

        Raises TransientError (about the target as a whole), CredentialsRejected, Lost.
        """
        ended = self._nothing_to_do(job)
        if ended is not None:
            return ended
        doubtful = next((row for row in job.rows if row.state in OPEN), None)
        if doubtful is None:
            return await self._steps(job, self._first(job), *self._place(job))
        if doubtful.state != SETTLED and (doubtful.settle_at is None or doubtful.settle_at > self._road.now()):
            return self._wait_until(doubtful.settle_at or self._road.now(), "in-doubt", job)
        return await self._find(job, doubtful)

    def _nothing_to_do(self, job: Job) -> Ended | None:
        known, row = job.known, job.row
        if row is not None and row.state in (DONE, SUPERSEDED):
            return Ended("repeated")
        if known is None or not known.ours or any(one.state in OPEN for one in job.rows):
            return None
        if (known.revision, known.correction) > job.version:
            return Ended("history")
        complete = known.step == self._until(job) and known.event != job.event.id
        return Ended("unchanged") if complete and known.payload == job.prepared.hash else None

    def _until(self, job: Job) -> str:
        return self._opened.steps[job.prepared.form]

    def _path(self, job: Job) -> list[str]:
        """The steps of this form up to the configured one."""
        steps = self._opened.connector.card.entity(job.prepared.form).steps
        return list(steps[: steps.index(self._until(job)) + 1])

    def _first(self, job: Job) -> str:
        """Where to go on: after the step that this very event has reached, else at the beginning."""
        path, known = self._path(job), job.known
        if known is not None and known.event == job.event.id and known.step in path[:-1]:
            return path[path.index(known.step) + 1]
        return path[0]

    def _place(self, job: Job) -> tuple[str | None, str | None]:
        """The vendor's id and number of the document, where it is there already."""
        return (job.known.id, job.known.number) if job.known else (None, job.prepared.number)

    async def _steps(self, job: Job, step: str, id: str | None, number: str | None, *, doubted: bool = False) -> Waits | Ended:
        path = self._path(job)
        row = self._row(job, step, WRITING)
        await self._commit(job, row)
        while True:
            await self._road.reach("deliver.writing")
            try:
                written = await self._call(job, step, id, number)
            except HubError as error:
                return await self._failed(job, replace(row, step=step), error, doubted=doubted)
            await self._road.reach("deliver.answered")
            if step == path[-1]:
                return await self._done(job, replace(row, step=step), written, verify=doubted)
            step = path[path.index(step) + 1]
            id, number = written.id, written.number
            row = replace(row, step=step)
            await self._commit(job, row, written)

    async def _call(self, job: Job, step: str, id: str | None, number: str | None) -> Written:
        prepared = job.prepared
        document = Document(
            entity=prepared.form, organisation=prepared.organisation, key=self._key(job, id), mark=job.event.id,
            revision=_order(job.event), operation=prepared.operation, step=step, payload=prepared.payload, id=id, number=number,
        )
        written = await self._sink().write(document)
        await self._road.reach("deliver.called")
        return written

    def _sink(self) -> Sink:
        sink = self._opened.system.sink
        assert sink is not None, "a system without a sink is no target"
        return sink

    def _key(self, job: Job, id: str | None) -> DocumentKey:
        prepared = job.prepared
        return DocumentKey(entity=prepared.form, organisation=prepared.organisation, key=prepared.document, number=prepared.number, id=id)

    async def _failed(self, job: Job, row: Delivery, error: HubError, *, doubted: bool) -> Waits:
        now = self._road.now()
        if isinstance(error, InDoubtError) or (isinstance(error, RefusedError) and self._may_have_been_sent(job, row, doubted)):
            settle_at = now + timedelta(seconds=self._settle_s(job))
            code = "refused-once" if isinstance(error, RefusedError) else error.code
            doubt = replace(row, state=IN_DOUBT, settle_at=settle_at, attempts=row.attempts + 1, code=code, facts=error.facts)
            await self._commit(job, doubt)
            await self._road.reach("deliver.doubt")
            return self._wait_until(settle_at, "in-doubt", job)
        await self._commit(job, replace(row, state=HELD, code=error.code, facts=error.facts, ended_at=now))
        if isinstance(error, TransientError) and not error.target_wide:
            policy = row_for(error)
            assert policy is not None
            pause = error.retry_after_s or pause_s(policy, job.attempts + 1)
            return self._wait_until(now + timedelta(seconds=pause), error.code, job, error.facts)
        if isinstance(error, TransientError | CredentialsRejected):
            raise error
        async with self._road.db.write() as session:
            facts = {"system": self._opened.name, "key": job.prepared.document, "words": error.facts.get("words", error.text())}
            await open_incident(session, "document-refused", f"{self._opened.name} {job.prepared.document}", facts, now)
        facts = {"system": self._opened.name, **error.facts}
        return Waits((person(error.code),), error.code, facts, f"system:{self._opened.name}")

    def _may_have_been_sent(self, job: Job, row: Delivery, doubted: bool) -> bool:
        """D7: a refusal after a possible send is a doubt, until a find has failed to explain it once."""
        earlier = job.row
        return earlier is not None and earlier.attempts > 0 and not (doubted and earlier.code == "refused-once")

    def _settle_s(self, job: Job) -> float:
        return self._opened.connector.card.entity(job.prepared.form).settle_s

    def _wait_until(self, at: datetime, code: str, job: Job, facts: dict[str, object] | None = None) -> Waits:
        cause = Cause(CauseKind.TIME, "", "", job.prepared.document, at.isoformat())
        known: dict[str, object] = {"system": self._opened.name, "what": job.prepared.document, **(facts or {})}
        return Waits((cause,), code, known, f"system:{self._opened.name}")

    async def _find(self, job: Job, doubtful: Delivery) -> Waits | Ended:
        """Settled: what the target says decides, never the row (D6)."""
        known_id = job.known.id if job.known else None
        found = list(await self._sink().find(self._key(job, known_id)))
        await self._road.reach("deliver.found")
        if doubtful.event != job.event.id:
            await self._commit(job, replace(doubtful, state=SUPERSEDED, ended_at=self._road.now()))
        if len(found) > 1:
            await self._doubled(job, found)
        if not found:
            return await self._steps(job, self._path(job)[0], None, job.prepared.number, doubted=True)
        newest = max(found, key=lambda one: (one.revision or 0, one.id))
        if newest.mark == job.event.id:
            return await self._go_on(job, newest)
        if newest.revision is not None and newest.revision > _order(job.event):
            row = self._row(job, newest.step, SUPERSEDED)
            await self._commit(job, replace(row, ended_at=self._road.now()))
            return Ended("history")
        return await self._steps(job, self._path(job)[0], newest.id, newest.number, doubted=True)

    async def _go_on(self, job: Job, there: Written) -> Waits | Ended:
        path = self._path(job)
        reached = path.index(there.step) if there.step in path else len(path) - 1
        if reached == len(path) - 1:
            return await self._done(job, self._row(job, path[-1], WRITING), replace(there, step=path[-1]), verify=True)
        await self._commit(job, self._row(job, path[reached + 1], WRITING), there)
        return await self._steps(job, path[reached + 1], there.id, there.number, doubted=True)

    async def _doubled(self, job: Job, found: Sequence[Written]) -> None:
        facts = {
            "system": self._opened.name, "key": job.prepared.document, "count": len(found),
            "numbers": ", ".join(one.number or one.id for one in found),
        }
        async with self._road.db.write() as session:
            await open_incident(session, "document-doubled", f"{self._opened.name} {job.prepared.document}", facts, self._road.now())

    def _row(self, job: Job, step: str, state: str) -> Delivery:
        earlier = job.row
        return Delivery(
            target=self._opened.name, document=job.prepared.document, event=job.event.id, entity=job.event.entity, key=job.event.key,
            revision=job.event.revision, correction=job.event.correction, form=job.prepared.form, operation=job.prepared.operation,
            step=step, state=state, partition=job.owned.partition, began_at=self._road.now(),
            attempts=earlier.attempts if earlier else 0, code=earlier.code if earlier else "",
        )

    async def _commit(self, job: Job, row: Delivery, reached: Written | None = None) -> None:
        """One fenced transaction: the row's state, and the step that the document has reached."""
        async with self._road.db.write() as session:
            await fence(session, job.owned)
            await put(session, row)
            if reached is not None:
                await keep_document(session, self._document(job, reached, complete=False), None)
        await self._road.reach("deliver.committed")

    async def _done(self, job: Job, row: Delivery, written: Written, *, verify: bool) -> Ended:
        """The delivery ends: its row, the document's cross-reference, what the dictionary learns, what waited for it, its event."""
        now = self._road.now()
        look_again = verify or not written.usable
        verify_at = now + timedelta(seconds=self._settle_s(job)) if look_again else None
        document = self._document(job, written, complete=True)
        async with self._road.db.write() as session:
            await fence(session, job.owned)
            await learn(session, self._opened.name, job.event.entity, job.event.key, written, now)
            await put(session, replace(row, state=DONE, settle_at=None, code="", facts={}, ended_at=now))
            await keep_document(session, document, verify_at)
            await document_arrived(session, [document])
            await post(session, [self._told(job, written, now)], now)
        await self._road.reach("deliver.committed")
        return Ended("delivered")

    def _document(self, job: Job, written: Written, *, complete: bool) -> KnownDocument:
        event, prepared = job.event, job.prepared
        return KnownDocument(
            system=self._opened.name, entity=event.entity, key=event.key, form=prepared.form, organisation=event.key.partition("/")[0],
            id=written.id, number=written.number, ours=True, event=event.id, revision=event.revision, correction=event.correction,
            payload=prepared.hash if complete else "", data=event.data, step=written.step, usable=written.usable, why=written.why,
        )

    def _told(self, job: Job, written: Written, now: datetime) -> Message:
        """The delivery as an event of its own, for projections."""
        body = {
            "target": self._opened.name, "document": job.prepared.document, "entity": job.event.entity, "key": job.event.key,
            "event": job.event.id, "form": job.prepared.form, "id": written.id, "number": written.number, "step": written.step,
            "delivered_at": now,
        }
        headers = {"content-type": "application/json", "ce_id": f"{job.event.id}.{self._opened.name}", "ce_causationid": job.event.id}
        if job.event.traceparent:
            headers["traceparent"] = job.event.traceparent
        return Message(DELIVERIES, job.event.lane, msgspec.json.encode(body), headers)


def _order(event: Event) -> int:
    """Revision and correction as one ascending number, for targets that refuse an older one."""
    return event.revision * 1000 + event.correction
