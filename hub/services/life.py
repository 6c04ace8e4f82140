"""The life of a code for people: signing by steps, what was said about a proposal, what waits too long, as of a date, the next code."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row

from hub.db import Database
from master_data import discussion
from master_data.aliases import aliases_of
from master_data.as_of import CodeState, code_as_of, cross_references_as_of
from master_data.discussion import Reminder
from master_data.errors import NoSuchCode
from master_data.numbers import next_code as take_next
from master_data.plant import kinds_in_force
from master_data.proposal_rows import decisions_of, proposal_row
from master_data.proposals import Approved
from master_data.proposals import approve as sign_proposal
from master_data.publication import known_kind


async def sign(
    db: Database, proposal: int, *, by: str, reason: str = "", roles: Sequence[str] = (), step: str = "", fields: Mapping[str, Any] = {}
) -> Approved:
    """The step of its route that is this person's, with the fields that it fills; the last signature makes the change."""
    return await sign_proposal(db, proposal, by=by, reason=reason, roles=roles, step=step, fields=fields)


async def show_proposal(db: Database, proposal: int) -> dict[str, Any]:
    """A proposal with its signatures and what was said about it. Raises NoSuchProposal."""
    async with db.read() as session:
        return {
            "proposal": await proposal_row(session, proposal), "decisions": await decisions_of(session, proposal),
            "comments": await discussion.comments_of(session, proposal),
        }  # fmt: skip


async def comment(db: Database, proposal: int, text: str, *, by: str) -> int:
    """Say something about a proposal: the number of the comment."""
    return await discussion.comment(db, proposal, text, by=by)


async def reminders(db: Database, now: datetime) -> list[Reminder]:
    """Every step that has waited too long."""
    async with db.write() as session:
        return await discussion.reminders(session, now)


async def as_of(db: Database, kind: str, code: str, at: datetime) -> tuple[CodeState, Sequence[Row[Any]]]:
    """What a code was at a time, and what the systems called it then. Raises NoSuchCode where it was not there yet."""
    async with db.read() as session:
        found = await code_as_of(session, kind, code, at)
        if found is None:
            raise NoSuchCode(kind=kind, value=code)
        return found, await cross_references_as_of(session, kind, code, at)


async def aliases(db: Database, kind: str, code: str) -> Sequence[Row[Any]]:
    """The codes that were merged into this one."""
    async with db.read() as session:
        return await aliases_of(session, kind, code)


async def next_code(db: Database, kind: str, attributes: Mapping[str, Any], *, on: date) -> str:
    """The next code by the kind's rule: given once and for all."""
    return await take_next(db, known_kind(kinds_in_force(), kind), attributes, on=on)
