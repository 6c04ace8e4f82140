"""Four eyes: one person proposes, another approves; approval changes the dictionary and frees what waited, in one transaction."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Row, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.db import Database
from hub.storage.holds import mark_ready
from master_data.codes import change_code, code_row, create_code, retire_code
from master_data.conversions import add_conversion
from master_data.cross_references import add_cross_reference, end_cross_reference
from master_data.errors import NoSuchProposal, PersonMissing, ProposalClosed, ReasonMissing, SamePerson
from master_data.kind import Kind, shipped_kinds
from master_data.proposed import (
    CHANGE,
    AddConversion,
    AddCrossReference,
    Batch,
    Change,
    ChangeCode,
    CreateCode,
    EndCrossReference,
    RetireCode,
)
from master_data.publication import MarkReady, Publication, begin
from master_data.tables import approvals, proposals, unknown_codes


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Means:
    """What the verbs work with: the kinds, who is told of freed causes, the clock."""

    kinds: Mapping[str, Kind] = field(default_factory=shipped_kinds)
    mark: MarkReady = mark_ready
    now: Callable[[], datetime] = _now


@dataclass(frozen=True, slots=True)
class Approved:
    """The dictionary version a proposal became, and how many held messages it made ready."""

    version: int
    freed: int


async def apply(to: Publication, change: Change) -> None:
    """Make one change part of a publication."""
    if isinstance(change, Batch):
        for each in change.changes:
            await apply(to, each)
        return
    await APPLIERS[type(change)](to, change)


async def propose(db: Database, change: Change, *, by: str, reason: str = "", means: Means | None = None) -> int:
    """Write a proposal down; returns its number. Raises at once what approving it would raise now."""
    async with db.write() as session:
        return await propose_in(session, change, by=by, reason=reason, means=means or Means())


async def propose_in(session: AsyncConnection, change: Change, *, by: str, reason: str, means: Means) -> int:
    """As `propose`, in the caller's transaction."""
    change = await _seen(session, change)
    await _rehearse(session, change, by=by, means=means)
    row = {"change": change.model_dump(mode="json"), "reason": reason, "proposed_by": by, "proposed_at": means.now(), "state": "open"}
    return int((await session.execute(insert(proposals).values(row).returning(proposals.c.id))).scalar_one())


async def approve(db: Database, proposal: int, *, by: str, reason: str = "", means: Means | None = None) -> Approved:
    """Raises SamePerson, ProposalClosed, NoSuchProposal, and what the change is refused for now (then it stays open)."""
    means = means or Means()
    async with db.write() as session:
        publication = await begin(session, means.kinds, by=by, at=means.now(), reason=reason)
        row = await _open(session, proposal)
        if row.proposed_by == by:
            raise SamePerson(proposal=proposal, by=by)
        publication.reason = row.reason or reason
        await apply(publication, CHANGE.validate_python(row.change))
        freed = await publication.finish(means.mark)
        await _decide(session, row, decision="approved", by=by, reason=reason, at=publication.at, version=publication.version)
        return Approved(publication.version, freed)


async def refuse(db: Database, proposal: int, *, by: str, reason: str, means: Means | None = None) -> None:
    """Another person says no; the proposer's own no is a withdrawal. An unknown code it answered is open again."""
    if not by.strip():
        raise PersonMissing()
    if not reason.strip():
        raise ReasonMissing()
    means = means or Means()
    async with db.write() as session:
        row = await _open(session, proposal, lock=True)
        decision = "withdrawn" if row.proposed_by == by else "refused"
        await session.execute(update(unknown_codes).where(unknown_codes.c.proposal_id == proposal).values(proposal_id=None))
        await _decide(session, row, decision=decision, by=by, reason=reason, at=means.now())


async def open_proposals(session: AsyncConnection, *, after: int = 0, limit: int = 50) -> list[Row[Any]]:
    """Proposals that wait for a decision, oldest first; `after` is the last number of the page before."""
    statement = select(proposals).where(proposals.c.state == "open", proposals.c.id > after).order_by(proposals.c.id).limit(limit)
    return list(await session.execute(statement))


async def _seen(session: AsyncConnection, change: Change) -> Change:
    """Note which version of the code the proposer saw, so that an approval of something changed meanwhile is refused."""
    if isinstance(change, ChangeCode | RetireCode) and change.expected_version is None:
        row = await code_row(session, change.kind, change.code)
        return change.model_copy(update={"expected_version": row.version})
    return change


async def _rehearse(session: AsyncConnection, change: Change, *, by: str, means: Means) -> None:
    """Apply and take back: a proposal is checked by the very code that will carry it out."""
    savepoint = await session.begin_nested()
    try:
        await apply(await begin(session, means.kinds, by=by, at=means.now()), change)
    finally:
        await savepoint.rollback()


async def _open(session: AsyncConnection, proposal: int, *, lock: bool = False) -> Row[Any]:
    statement = select(proposals).where(proposals.c.id == proposal)
    row = (await session.execute(statement.with_for_update() if lock else statement)).one_or_none()
    if row is None:
        raise NoSuchProposal(proposal=proposal)
    if row.state != "open":
        by = (await session.execute(select(approvals.c.by).where(approvals.c.proposal_id == proposal))).scalar()
        raise ProposalClosed(proposal=proposal, state=row.state, by=by or "")
    return row


async def _decide(
    session: AsyncConnection, row: Row[Any], *, decision: str, by: str, reason: str, at: datetime, version: int | None = None
) -> None:
    """Close the proposal; one that was closed meanwhile is not closed again."""
    statement = update(proposals).where(proposals.c.id == row.id, proposals.c.state == "open").values(state=decision, version=version)
    if not (await session.execute(statement)).rowcount:
        raise ProposalClosed(proposal=row.id, state="closed", by="")
    entry = {"proposal_id": row.id, "by": by, "proposed_by": row.proposed_by, "decision": decision, "reason": reason, "at": at}
    await session.execute(insert(approvals).values(entry))


Applier = Callable[[Publication, Any], Awaitable[None]]
APPLIERS: Mapping[type, Applier] = {
    CreateCode: create_code,
    ChangeCode: change_code,
    RetireCode: retire_code,
    AddCrossReference: add_cross_reference,
    EndCrossReference: end_cross_reference,
    AddConversion: add_conversion,
}
