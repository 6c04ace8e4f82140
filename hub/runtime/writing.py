"""One document written to one target: the row before the call, step by step, in doubt → settle → find → go on (PROTOCOL D2–D8)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from time import monotonic
from typing import Any

import structlog

from hub.bus.base import Lost
from hub.errors import CredentialsRejected, HubError, InDoubtError, RefusedError, TransientError
from hub.incidents import open_incident
from hub.pipeline.outbound import furthest
from hub.pipeline.plan import Ended, Waits, person
from hub.policy import pause_s, row_for
from hub.registry import Opened
from hub.runtime.job import Found, Job, document_of, order, told
from hub.runtime.outcomes import End, Outcome, Outcomes
from hub.runtime.road import Road
from hub.sdk import Document, DocumentKey, Sink, Written
from hub.storage.causes import Cause, CauseKind
from hub.storage.deliveries import DONE, HELD, IN_DOUBT, OPEN, SETTLED, SUPERSEDED, WRITING, Delivery

log = structlog.get_logger(__name__)

DEADLINE_S = 5.0
"""A call begins this soon after its row was committed under the epoch, or the epoch is asked for again."""
REFUSED_ONCE = "refused-once"


class Writing:
    """Writes documents to one target."""

    def __init__(self, road: Road, opened: Opened) -> None:
        self._road = road
        self._opened = opened
        self._outcomes = Outcomes(road.db, opened.name, road.now)

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
        if (doubtful.revision, doubtful.correction) > job.version:      # the newer one goes on by itself and must not be closed by this
            return await self._history(job, doubtful.step)
        if doubtful.state == WRITING:       # a call of ours ended without a word, or its answer could not be written down
            return await self._doubt(job, doubtful, "found-writing", {})
        if doubtful.settle_at is not None and doubtful.state != SETTLED and doubtful.settle_at > self._road.now():
            return self._wait_until(doubtful.settle_at, "in-doubt", job)
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

    async def _steps(
        self, job: Job, step: str, id: str | None, number: str | None, *, found: Found | None = None
    ) -> Waits | Ended:
        """The steps from here on. `found`: what a find has just said, written down with the first row."""
        path = self._path(job)
        row = self._row(job, step, WRITING)
        began = await self._commit(job, row, found.there if found else None, overtaken=found.overtaken if found else None)
        while True:
            await self._road.reach("deliver.writing")
            if monotonic() - began > DEADLINE_S:        # frozen in between: still ours? (D3 narrows the window, it cannot close it)
                began = await self._commit(job, row)
            try:
                written = await self._call(job, step, id, number)
            except HubError as error:
                return await self._failed(job, row, error, doubted=found is not None)
            except Lost:
                raise
            except Exception as error:
                log.exception("document.not_written", system=self._opened.name, document=job.prepared.document)
                return await self._doubt(job, row, "not-foreseen", {"what": job.prepared.document, "error": str(error)[:200]})
            await self._road.reach("deliver.answered")
            if step == path[-1]:
                return await self._done(job, row, written, verify=job.doubted or found is not None)
            step = path[path.index(step) + 1]
            id, number = written.id, written.number
            row = replace(row, step=step)
            began = await self._commit(job, row, written)

    async def _call(self, job: Job, step: str, id: str | None, number: str | None) -> Written:
        prepared = job.prepared
        document = Document(
            entity=prepared.form, organisation=prepared.organisation, key=self._key(job, id), mark=job.event.id,
            revision=order(job.event), operation=prepared.operation, step=step, payload=prepared.payload, id=id, number=number,
            last=step == self._until(job),
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
        if isinstance(error, InDoubtError):
            return await self._doubt(job, row, error.code, error.facts)
        if isinstance(error, RefusedError) and (self._may_have_been_sent(job, doubted) or (not doubted and await self._stands(job))):
            return await self._doubt(job, row, REFUSED_ONCE, error.facts)
        await self._commit(job, replace(row, state=HELD, code=error.code, facts=error.facts, ended_at=now))
        if isinstance(error, TransientError) and not error.target_wide:
            return await self._later(job, error)
        if isinstance(error, TransientError | CredentialsRejected):
            raise error
        async with self._road.db.write() as session:
            facts = {"system": self._opened.name, "key": job.prepared.document, "words": error.facts.get("words", error.text())}
            await open_incident(session, "document-refused", f"{self._opened.name} {job.prepared.document}", facts, now)
        facts = {"system": self._opened.name, **error.facts}
        return Waits((person(error.code),), error.code, facts, f"system:{self._opened.name}")

    def _may_have_been_sent(self, job: Job, doubted: bool) -> bool:
        """D7: a refusal after a possible send is a doubt, until a find has failed to explain it once."""
        row = job.row
        return (doubted or job.doubted) and not (doubted and row is not None and row.code == REFUSED_ONCE)

    async def _stands(self, job: Job) -> bool:
        """A document that we believed not to be there: then its refusal may be about itself, and a find decides."""
        if job.known is not None:
            return False
        try:
            return bool(await self._sink().find(self._key(job, None)))
        except HubError:
            return True

    async def _later(self, job: Job, error: TransientError) -> Waits:
        """About this document only: a timed wait; after some attempts a person is told."""
        policy = row_for(error)
        assert policy is not None
        pause = error.retry_after_s or pause_s(policy, job.attempts + 1)
        if job.attempts + 1 >= policy.incident_after:
            await self._tell("document-delayed", job, error.facts.get("what", error.code))
        return self._wait_until(self._road.now() + timedelta(seconds=pause), error.code, job, error.facts)

    async def _doubt(self, job: Job, row: Delivery, code: str, facts: dict[str, Any], pause_s: float = 0.0) -> Waits:
        """It may be done: find out when it has settled (D5). After some times a person is told."""
        settle_at = self._road.now() + timedelta(seconds=max(pause_s, self._settle_s(job)))
        doubt = replace(row, state=IN_DOUBT, settle_at=settle_at, attempts=row.attempts + 1, code=code, facts=facts)
        await self._commit(job, doubt)
        await self._road.reach("deliver.doubt")
        policy = row_for(InDoubtError())
        if policy is not None and doubt.attempts >= policy.incident_after:
            await self._tell("still-in-doubt", job, code)
        return self._wait_until(settle_at, "in-doubt", job)

    async def _tell(self, kind: str, job: Job, what: object) -> None:
        facts = {"system": self._opened.name, "key": job.prepared.document, "what": what}
        async with self._road.db.write() as session:
            await open_incident(session, kind, f"{self._opened.name} {job.prepared.document}", facts, self._road.now())

    def _settle_s(self, job: Job) -> float:
        return self._opened.connector.card.entity(job.prepared.form).settle_s

    def _wait_until(self, at: datetime, code: str, job: Job, facts: dict[str, object] | None = None) -> Waits:
        cause = Cause(CauseKind.TIME, "", "", job.prepared.document, at.isoformat())
        known: dict[str, object] = {"system": self._opened.name, "what": job.prepared.document, **(facts or {})}
        return Waits((cause,), code, known, f"system:{self._opened.name}")

    async def _find(self, job: Job, doubtful: Delivery) -> Waits | Ended:
        """Settled: what the target says decides, never the row (D6)."""
        try:
            found = list(await self._sink().find(self._key(job, job.known.id if job.known else None)))
        except (TransientError, CredentialsRejected) as error:
            if isinstance(error, TransientError) and not error.target_wide:
                return await self._unanswered(job, doubtful, error)
            raise
        except HubError as error:
            return await self._unanswered(job, doubtful, error)
        await self._road.reach("deliver.found")
        if len(found) > 1:
            await self._doubled(job, found)
        newest = furthest(found, self._path(job))
        said = Found(newest, doubtful if doubtful.event != job.event.id else None)
        if newest is None:
            return await self._steps(job, self._path(job)[0], None, job.prepared.number, found=said)
        if newest.mark == job.event.id:
            return await self._go_on(job, newest, said)
        if newest.revision is not None and newest.revision > order(job.event):
            return await self._history(job, newest.step, said.overtaken)
        return await self._steps(job, self._path(job)[0], newest.id, newest.number, found=replace(said, there=None))

    async def _history(self, job: Job, step: str, overtaken: Delivery | None = None) -> Ended:
        """A newer version is there, or under way: nothing of this one is written any more."""
        await self._commit(job, replace(self._row(job, step, SUPERSEDED), ended_at=self._road.now()), overtaken=overtaken)
        return Ended("history")

    async def _unanswered(self, job: Job, doubtful: Delivery, error: HubError) -> Waits:
        """The question itself failed: still in doubt, asked again after a pause that grows."""
        policy = row_for(InDoubtError())
        assert policy is not None
        return await self._doubt(job, doubtful, error.code, error.facts, pause_s(policy, doubtful.attempts))

    async def _go_on(self, job: Job, there: Written, said: Found) -> Waits | Ended:
        path = self._path(job)
        reached = path.index(there.step) if there.step in path else len(path) - 1
        if reached == len(path) - 1:
            row = self._row(job, path[-1], WRITING)
            return await self._done(job, row, replace(there, step=path[-1]), verify=True, overtaken=said.overtaken)
        return await self._steps(job, path[reached + 1], there.id, there.number, found=said)

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

    async def _commit(
        self, job: Job, row: Delivery, reached: Written | None = None, *, overtaken: Delivery | None = None
    ) -> float:
        """One fenced transaction: the row's state, the step that the document has reached, and the doubtful row it overtakes.

        Returns the moment from which the next call's deadline counts.
        """
        document = document_of(job, self._opened.name, reached, complete=False) if reached else None
        await self._outcomes.bring(Outcome(owned=job.owned, rows=(*self._overtaken(overtaken), row), document=document))
        at = monotonic()
        await self._road.reach("deliver.committed")
        return at

    def _overtaken(self, row: Delivery | None) -> tuple[Delivery, ...]:
        """A doubtful row closes after its find, in one transaction with the row that goes on: one open delivery a document (D2)."""
        return () if row is None else (replace(row, state=SUPERSEDED, ended_at=self._road.now()),)

    async def _done(
        self, job: Job, row: Delivery, written: Written, *, verify: bool, overtaken: Delivery | None = None
    ) -> Ended:
        """The delivery ends: its row, the document's cross-reference, what the dictionary learns, what waited for it, its event."""
        now, target = self._road.now(), self._opened.name
        over = replace(row, state=DONE, settle_at=None, code="", facts=job.facts, ended_at=now)
        look_again = verify or not written.usable
        verify_at = now + timedelta(seconds=self._settle_s(job)) if look_again else None
        await self._outcomes.bring(Outcome(
            owned=job.owned, rows=(*self._overtaken(overtaken), over), document=document_of(job, target, written, complete=True),
            verify_at=verify_at, end=End(written, told(job, target, written, now)),
        ))  # fmt: skip
        await self._road.reach("deliver.committed")
        return Ended("delivered")
