"""Proposals as rows: found, locked, signed and closed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Row, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from master_data.approving import Signer
from master_data.errors import NoSuchProposal, ProposalClosed
from master_data.refusals import NotRefused, ProposedAgain
from master_data.tables import approvals, proposals

SIGNED = "signed"
APPROVED = "approved"


async def open_proposals(session: AsyncConnection, *, after: int = 0, limit: int = 50) -> list[Row[Any]]:
    """Proposals that wait for a decision, oldest first; `after` is the last number of the page before."""
    statement = select(proposals).where(proposals.c.state == "open", proposals.c.id > after).order_by(proposals.c.id).limit(limit)
    return list(await session.execute(statement))


async def proposal_row(session: AsyncConnection, proposal: int, *, lock: bool = False) -> Row[Any]:
    """Raises NoSuchProposal. `lock`: ours until the end of the transaction."""
    statement = select(proposals).where(proposals.c.id == proposal)
    row = (await session.execute(statement.with_for_update() if lock else statement)).one_or_none()
    if row is None:
        raise NoSuchProposal(proposal=proposal)
    return row


async def decisions_of(session: AsyncConnection, proposal: int) -> list[Row[Any]]:
    """Who signed, approved, refused or withdrew it: when, why, which step, what was filled in; in that order."""
    return list(await session.execute(select(approvals).where(approvals.c.proposal_id == proposal).order_by(approvals.c.at)))


async def signed_steps(session: AsyncConnection, proposal: int) -> list[Row[Any]]:
    """The signatures of a proposal in their order."""
    statement = select(approvals).where(approvals.c.proposal_id == proposal, approvals.c.decision.in_((SIGNED, APPROVED)))
    return list(await session.execute(statement.order_by(approvals.c.at)))


async def open_row(session: AsyncConnection, proposal: int) -> Row[Any]:
    """The proposal, ours until the end of the transaction. Raises NoSuchProposal, ProposalClosed."""
    row = await proposal_row(session, proposal, lock=True)
    if row.state != "open":
        decided = select(approvals.c.by).where(approvals.c.proposal_id == proposal, approvals.c.decision != SIGNED)
        raise ProposalClosed(proposal=proposal, state=row.state, by=(await session.execute(decided)).scalar() or "")
    return row


async def check_refused(session: AsyncConnection, proposal: int) -> None:
    """Only what was refused, and not yet proposed again, is proposed again. Raises NoSuchProposal, NotRefused, ProposedAgain."""
    row = await proposal_row(session, proposal, lock=True)
    if row.state not in ("refused", "withdrawn"):
        raise NotRefused(proposal=proposal, state=row.state)
    again = select(proposals.c.id).where(proposals.c.replaces == proposal, proposals.c.state.in_(("open", APPROVED)))
    number = (await session.execute(again)).scalar()
    if number is not None:
        raise ProposedAgain(proposal=proposal, again=number)


async def decide(
    session: AsyncConnection, row: Row[Any], signer: Signer, *, decision: str, at: datetime, step: str | None = None, **values: Any
) -> None:
    """Close the proposal; one that was closed meanwhile is not closed again."""
    statement = update(proposals).where(proposals.c.id == row.id, proposals.c.state == "open").values(state=decision, **values)
    if not (await session.execute(statement)).rowcount:
        raise ProposalClosed(proposal=row.id, state="closed", by="")
    await enter(session, row, signer, decision=decision, at=at, step=step)


async def enter(session: AsyncConnection, row: Row[Any], signer: Signer, *, decision: str, at: datetime, step: str | None) -> None:
    """A signature or a decision."""
    entry = {
        "proposal_id": row.id, "by": signer.by, "proposed_by": row.proposed_by, "decision": decision, "reason": signer.reason, "at": at,
        "step": step, "fields": dict(signer.fields),
    }  # fmt: skip
    await session.execute(insert(approvals).values(entry))
