"""How far the times of a report can be believed (B11), and when its work was done as far as they can. Pure over rows."""

from __future__ import annotations

from datetime import datetime, timedelta

from hub.reporting.merging import Row

SHIFT = timedelta(hours=24)
AHEAD = timedelta(minutes=5)
"""How far another clock may be ahead of the hub's."""


def doubt(row: Row) -> str:
    """What is wrong with the times of a report or job, as the code of a finding; '' where they can be believed.

    A report is of one shift; a job, which nobody reports, may take days.
    """
    start, end, told, heard = (row.get(name) for name in ("started_at", "ended_at", "reported_at", "recorded_at"))
    if start and end and end < start:
        return "ends-before-it-starts"
    if told and start and end and end - start > SHIFT:
        return "too-long"
    if heard and any(at and at > heard + AHEAD for at in (start, end, told)):
        return "in-future"
    return ""


def done_at(row: Row) -> datetime:
    """When the work was done: its end; where its times cannot be believed, when it was told, at the latest when the hub heard of it."""
    told: datetime = row["reported_at"]
    if not doubt(row):
        return row["ended_at"] or told
    return min(told, row.get("recorded_at") or told)
