"""The figures of a period, what cannot be right in the facts, and rebuilding the read models from the archive."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hub.config import CalendarSettings
from hub.db import Database
from hub.event import Event
from hub.reporting import findings, kpis, projections
from hub.reporting.calendars import calendar
from hub.reporting.figures import Figure, Period
from hub.reporting.findings import Finding
from hub.runtime.project import progress_message
from hub.storage.archive import events, post


def period(
    begins: datetime | None, ends: datetime | None, *, now: datetime, zone: str, organisation: str = "",
    calendars: Mapping[str, CalendarSettings] | None = None,
) -> Period:
    """From `begins` (30 days back if None) up to but not including `ends` (now if None). Times without a zone are in `zone`.

    The calendar is the organisation's among those configured; where all organisations are asked for, the one of all.
    """
    place = ZoneInfo(zone)
    end = _aware(ends, place) if ends else now
    begin = _aware(begins, place) if begins else end - timedelta(days=30)
    return Period(
        begins=begin, ends=end, as_of=max(now, end) if ends is None else min(now, end), zone=place, organisation=organisation,
        calendar=calendar(calendars or {}, organisation),
    )


async def report(db: Database, of: Period) -> Sequence[Figure]:
    """Every KPI of the period."""
    async with db.read() as session:
        return await kpis.report(session, of)


async def doubts(db: Database, organisation: str = "") -> Sequence[Finding]:
    """What behaviour rules find wrong in the facts."""
    async with db.read() as session:
        return await findings.findings(session, organisation)


async def rebuild(db: Database, now: datetime) -> int:
    """Throw the read models away and build them from the archive, in one transaction; what differs from what was told goes out.

    Returns how many order lines' progress is told anew.
    """
    async with db.write() as session:
        changes = await projections.rebuild(session, _archived_events(db))
        await post(session, [progress_message(change, now) for change in changes], now)
    return len(changes)


async def _archived_events(db: Database) -> AsyncIterator[Sequence[Event]]:
    async for page in events(db):
        yield [Event.parse(one.headers, one.value) for one in page]


def _aware(time: datetime, zone: ZoneInfo) -> datetime:
    return (time if time.tzinfo else time.replace(tzinfo=zone)).astimezone(UTC)
