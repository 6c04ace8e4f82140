"""What is said about a proposal, and who is reminded of the step that waits for them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Row, func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.db import Database
from hub.db import insert as upsert
from hub.storage.among import among
from master_data.approving import person
from master_data.proposal_rows import SIGNED, proposal_row
from master_data.proposals import Means
from master_data.refusals import CommentUnfit
from master_data.routes import Route
from master_data.tables import approvals, proposal_comments, proposal_reminders, proposals

LONGEST = 4000


class Reminder(NamedTuple):
    """A step that has waited too long. `times`: how often it was reminded of, this time included; `is_new`: send it now."""

    proposal: int
    step: str
    whom: tuple[str, ...]
    since: datetime
    times: int
    is_new: bool


async def comment(db: Database, proposal: int, text: str, *, by: str, means: Means | None = None) -> int:
    """Say something about a proposal, also when it is closed; returns the comment's number.

    Raises PersonMissing, CommentUnfit (empty, or longer than 4,000 characters), NoSuchProposal.
    """
    by, text = person(by), text.strip()
    if not 0 < len(text) <= LONGEST:
        raise CommentUnfit(length=len(text), longest=LONGEST)
    row = {"proposal_id": proposal, "by": by, "at": (means or Means()).now(), "text": text}
    async with db.write() as session:
        await proposal_row(session, proposal)
        written = await session.execute(insert(proposal_comments).values(row).returning(proposal_comments.c.id))
        return int(written.scalar_one())


async def comments_of(session: AsyncConnection, proposal: int) -> list[Row[Any]]:
    """Everything said about a proposal, oldest first: by, at, text."""
    table = proposal_comments
    return list(await session.execute(select(table).where(table.c.proposal_id == proposal).order_by(table.c.id)))


async def reminders(session: AsyncConnection, now: datetime) -> list[Reminder]:
    """Every step that has waited too long, in a writing transaction. Each period is counted once, however often and by whomever
    this is asked; only the one who counted it is told that it is new.
    """
    waiting = (proposals.c.state == "open", proposals.c.route.is_not(None))
    rows = list(await session.execute(select(proposals).where(*waiting).order_by(proposals.c.id)))
    signed = await _signed(session, [row.id for row in rows])
    due = [found for row in rows for found in overdue(row, signed.get(row.id, {}), now)]
    return [await _counted(session, one, now) for one in due]


def overdue(row: Row[Any], signed: Mapping[str, datetime], now: datetime) -> list[Reminder]:
    """The steps of one proposal of which a reminder has fallen due, `times` being how many have. Pure."""
    route = Route.model_validate(row.route)
    since = {step.name: route.since(step, row.proposed_at, signed) for step in route.waiting(signed)}
    due = [(step, step.reminders_due(since[step.name], now)) for step in route.waiting(signed)]
    return [Reminder(row.id, step.name, tuple(step.whom), since[step.name], count, False) for step, count in due if count]


async def _counted(session: AsyncConnection, due: Reminder, now: datetime) -> Reminder:
    """Count the present period; periods in which nobody asked are none."""
    table = proposal_reminders
    row = {"proposal_id": due.proposal, "step": due.step, "period": due.times - 1, "at": now}
    written = await session.execute(upsert(session, table).values(row).on_conflict_do_nothing().returning(table.c.period))
    is_new = written.first() is not None
    counted = select(func.count()).select_from(table).where(table.c.proposal_id == due.proposal, table.c.step == due.step)
    return due._replace(times=int((await session.execute(counted)).scalar_one()), is_new=is_new)


async def _signed(session: AsyncConnection, wanted: list[int]) -> dict[int, dict[str, datetime]]:
    """When each step of these proposals signed."""
    table = approvals
    found: dict[int, dict[str, datetime]] = {}
    for row in await session.execute(select(table).where(among(table.c.proposal_id, wanted), table.c.decision == SIGNED)):
        found.setdefault(row.proposal_id, {})[row.step] = row.at
    return found
