"""One event to bring to one document, and how its delivery is told. Values; nothing here does I/O."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec

from hub.bus.base import Message
from hub.bus.topics import DELIVERIES
from hub.event import Event
from hub.pipeline.outbound import Prepared
from hub.sdk import Written
from hub.storage.deliveries import Delivery
from hub.storage.ownership import Owned
from hub.storage.records import KnownDocument


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
    def doubted(self) -> bool:
        """Whether a write of this document was ever in doubt: a refusal may be about our own earlier call, and it is verified (D7, D8)."""
        return any(row.attempts for row in self.rows)

    @property
    def facts(self) -> dict[str, Any]:
        """What is told and kept of the delivery beside its end: what rounding took away (B30)."""
        return {"rounded": [one.facts() for one in self.prepared.rounded]} if self.prepared.rounded else {}

    @property
    def version(self) -> tuple[int, int]:
        return (self.event.revision, self.event.correction)


@dataclass(frozen=True, slots=True)
class Found:
    """What a find has said of a document (None: nothing that is this event's), and the doubtful delivery that is over with it."""

    there: Written | None
    overtaken: Delivery | None


def document_of(job: Job, target: str, written: Written, *, complete: bool) -> KnownDocument:
    """What now stands in the target, as it is noted; not complete: some step is still to come, so no repeat may be skipped."""
    event, prepared = job.event, job.prepared
    return KnownDocument(
        system=target, entity=event.entity, key=event.key, form=prepared.form, organisation=event.key.partition("/")[0],
        id=written.id, number=written.number, ours=True, event=event.id, revision=event.revision, correction=event.correction,
        payload=prepared.hash if complete else "", data=event.data, step=written.step, usable=written.usable, why=written.why,
    )


def told(job: Job, target: str, written: Written, now: datetime) -> Message:
    """The delivery as an event of its own, for projections."""
    body = {
        "target": target, "document": job.prepared.document, "entity": job.event.entity, "key": job.event.key,
        "event": job.event.id, "form": job.prepared.form, "id": written.id, "number": written.number, "step": written.step,
        "delivered_at": now, **job.facts,
    }
    headers = {"content-type": "application/json", "ce_id": f"{job.event.id}.{target}", "ce_causationid": job.event.id}
    if job.event.traceparent:
        headers["traceparent"] = job.event.traceparent
    return Message(DELIVERIES, job.event.lane, msgspec.json.encode(body), headers)


def order(event: Event) -> int:
    """Revision and correction as one ascending number, for targets that refuse an older one."""
    return event.revision * 1000 + event.correction
