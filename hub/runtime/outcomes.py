"""What deliveries write down: the outcomes of documents that are worked side by side, in one fenced transaction (PROTOCOL D3, D4)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from hub.bus.base import Message
from hub.db import Database
from hub.recovery.learning import learn
from hub.recovery.release import document_arrived
from hub.sdk import Written
from hub.storage.archive import post
from hub.storage.deliveries import Delivery, keep_documents, put, supersede_held
from hub.storage.ownership import Owned, fence
from hub.storage.records import KnownDocument
from hub.together import Together

AT_MOST = 50


@dataclass(frozen=True, slots=True)
class End:
    """A delivery that is done: what the target answered, and how it is told."""

    written: Written
    told: Message


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What one document's work writes at once.

    `rows`: deliveries; what closes stands before what opens, for a document has one open delivery (D2). `document`: what now
    stands in the target, to be looked at again at `verify_at`.
    """

    owned: Owned
    rows: tuple[Delivery, ...]
    document: KnownDocument | None = None
    verify_at: datetime | None = None
    end: End | None = None


class Outcomes:
    """Writes outcomes down. On SQLite, where writers wait for each other, what comes while the last transaction went on shares the
    next one: statements and the wait for the disk are paid once. When one of them fails, each is tried alone."""

    def __init__(self, db: Database, system: str, now: Callable[[], datetime]) -> None:
        self._db, self._system, self._now = db, system, now
        self._together = Together(self._carry_out, gather_s=0.0, at_most=AT_MOST)

    async def bring(self, outcome: Outcome) -> None:
        """Returns when it is committed. Raises Lost."""
        await (self._together.bring(outcome) if self._db.one_writer else self._carry_out([outcome]))

    async def _carry_out(self, outcomes: Sequence[Outcome]) -> None:
        now = self._now()
        async with self._db.write() as session:
            for owned in dict.fromkeys(one.owned for one in outcomes):
                await fence(session, owned)
            await self._end(session, [one for one in outcomes if one.end], now)
            await put(session, [row for one in outcomes for row in one.rows])
            await keep_documents(session, [(one.document, one.verify_at) for one in outcomes if one.document])
            await document_arrived(session, [one.document for one in outcomes if one.document and one.end])

    async def _end(self, session: AsyncConnection, outcomes: Sequence[Outcome], now: datetime) -> None:
        """What the dictionary learns, what is overtaken, and the events that tell of it."""
        for one in outcomes:
            if one.end and one.document:
                await learn(session, self._system, one.document.entity, one.document.key, one.end.written, now)
        await supersede_held(session, [one.rows[-1] for one in outcomes], now)
        await post(session, [one.end.told for one in outcomes if one.end], now)
