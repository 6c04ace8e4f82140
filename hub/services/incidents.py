"""Incidents (what a person must act on): listed, and closed with a reason."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import RowMapping, select
from sqlalchemy.ext.asyncio import AsyncConnection

from hub import incidents as rules
from hub.db import Database
from hub.services.errors import NoSuchIncident, ReasonNeeded
from hub.services.words import concern_words, say
from hub.storage.tables import incidents
from hub.texts import LANGUAGES, Text
from master_data.errors import PersonMissing


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """One incident. Grade 1: the line stops, 2: a target or a loop stops, 3: one document. `what`: what happened and what to do."""

    id: int
    kind: str
    grade: int
    subject: str
    system: str
    concerns: str
    concerns_name: Text
    what: Text
    count: int
    opened_at: datetime
    last_at: datetime
    closed_at: datetime | None
    closed_by: str
    reason: str


async def list_incidents(db: Database, *, open_only: bool = True, limit: int = 200) -> list[Incident]:
    """The gravest and oldest first."""
    async with db.read() as session:
        return [_incident(row) for row in await rules.list_incidents(session, open_only=open_only, limit=limit)]


async def close_incident(db: Database, incident: int, *, by: str, reason: str, now: datetime) -> Incident:
    """A person says it is over; it opens anew where it is not. Raises NoSuchIncident, ReasonNeeded, PersonMissing."""
    if not by.strip():
        raise PersonMissing()
    if not reason.strip():
        raise ReasonNeeded()
    async with db.write() as session:
        row = await _row(session, incident)
        if row is None or not await rules.close_incidents(session, row["kind"], row["subject"], now, by, reason):
            raise NoSuchIncident(incident=incident)
        after = await _row(session, incident)
        assert after is not None
        return _incident(after)


async def _row(session: AsyncConnection, incident: int) -> RowMapping | None:
    return (await session.execute(select(incidents).where(incidents.c.id == incident))).mappings().first()


def _incident(row: RowMapping) -> Incident:
    names = ("id", "kind", "grade", "subject", "system", "concerns", "count", "opened_at", "last_at", "closed_at", "closed_by", "reason")
    return Incident(
        **{name: row[name] for name in names},
        concerns_name=Text(*(concern_words(row["concerns"], language) for language in LANGUAGES)),
        what=Text(*(say(f"incident-{row['kind']}", language, row["facts"]).partition("] ")[2] for language in LANGUAGES)),
    )  # fmt: skip
