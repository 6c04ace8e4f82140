"""The steward's inbox (待办编码): one row per unknown local code, what its source says about it, and the answer to it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Row, case, exists, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.db import Database
from hub.db import insert as upsert
from hub.storage.causes import Cause, CauseKind
from master_data.causes import causes_gone
from master_data.errors import AlreadyAnswered, NoSuchUnknownCode, PersonMissing, ReasonMissing
from master_data.proposals import Means, propose_in
from master_data.proposed import AddCrossReference, Batch, CreateCode
from master_data.publication import known_kind
from master_data.suggestions import told
from master_data.tables import cross_references, proposals, unknown_codes

Verdict = Literal["wrong_at_source", "never"]
Wish = Callable[[AsyncConnection, Sequence[str], str], Awaitable[int]]
"""What becomes of the messages that wait for these causes (`Cause.text`), with the reason; returns how many. The runtime's."""


@dataclass(frozen=True, slots=True)
class Sighting:
    """A local code met without a shared one. `about`: what the record says of it (name, spec, unit, …), short texts."""

    kind: str
    system: str
    organisation: str
    local_code: str
    about: Mapping[str, str] = field(default_factory=dict)

    @property
    def cause(self) -> Cause:
        return Cause(CauseKind.CODE, self.system, self.organisation, self.kind, self.local_code)


async def note_unknown(session: AsyncConnection, sightings: Sequence[Sighting], at: datetime) -> dict[str, str]:
    """Note codes that hold messages, in the transaction of the holds; again and again has no further effect.

    Returns the state per `Cause.text`; `refused`: a person has said what becomes of such messages. One that was answered and
    is unknown again (its cross-reference has ended) is open again.
    """
    seen = {sighting.cause.text: sighting for sighting in sightings}
    known = await causes_gone(session, [sighting.cause for sighting in seen.values()], at)
    states: dict[str, str] = {}
    for cause in sorted(seen.keys() - known.keys()):        # one order for all, so that two batches never wait for each other
        states[cause] = await _note(session, cause, seen[cause], at)
    return states | dict.fromkeys(known, "answered")


async def open_unknowns(session: AsyncConnection, *, kind: str = "", after: int = 0, limit: int = 50) -> list[Row[Any]]:
    """The inbox in order of arrival: open, and no cross-reference has come meanwhile. `proposal_id`: answered, not yet approved."""
    table = unknown_codes
    statement = select(table).where(table.c.state == "open", table.c.id > after, ~_answered()).order_by(table.c.id).limit(limit)
    return list(await session.execute(statement.where(table.c.kind == kind) if kind else statement))


async def unknown_row(session: AsyncConnection, unknown: int) -> Row[Any]:
    """Raises NoSuchUnknownCode."""
    row = (await session.execute(select(unknown_codes).where(unknown_codes.c.id == unknown))).one_or_none()
    if row is None:
        raise NoSuchUnknownCode(unknown=unknown)
    return row


def prefilled(row: Row[Any], means: Means | None = None) -> dict[str, Any]:
    """A new code as the source describes it, for the steward to complete (`CreateCode`)."""
    attributes = known_kind((means or Means()).kinds, row.kind).by_name
    about = told(row.about)
    known = {name: value for name, value in {**row.about, **about}.items() if name in attributes}
    return {"kind": row.kind, "code": row.local_code.strip().upper(), "zh": about.get("name", ""), "en": "", "attributes": known}


async def answer_with(
    db: Database, unknown: int, code: str, *, by: str, organisation: str | None = None, reason: str = "", means: Means | None = None
) -> int:
    """It is this code. Returns the proposal to approve; `organisation` '' answers for every organisation of the system."""
    async with db.write() as session:
        row = await _free(session, unknown)
        return await _answer(session, row, _reference(row, code, organisation), by=by, reason=reason, means=means)


async def answer_new(
    db: Database,
    unknown: int,
    create: CreateCode,
    *,
    by: str,
    organisation: str | None = None,
    reason: str = "",
    means: Means | None = None,
) -> int:
    """Make it a new code, with its cross-reference. Returns the proposal to approve."""
    async with db.write() as session:
        row = await _free(session, unknown)
        both = Batch(changes=(create, _reference(row, create.code, organisation)))
        return await _answer(session, row, both, by=by, reason=reason, means=means)


async def answer_no(
    db: Database, unknown: int, verdict: Verdict, *, by: str, reason: str, means: Means | None = None, wish: Wish | None = None
) -> int:
    """Wrong at the source, or never to be accepted. `wish` settles the waiting messages in the same transaction; returns how many."""
    if not by.strip():
        raise PersonMissing()
    if not reason.strip():
        raise ReasonMissing()
    now = (means or Means()).now()
    async with db.write() as session:
        row = await _free(session, unknown)
        decided = {"state": "refused", "verdict": verdict, "reason": reason, "decided_by": by, "decided_at": now}
        await _close(session, row, **decided)
        return await wish(session, [row.cause], reason) if wish else 0


async def _note(session: AsyncConnection, cause: str, seen: Sighting, at: datetime) -> str:
    table = unknown_codes
    row = {
        "kind": seen.kind, "system": seen.system, "organisation": seen.organisation, "local_code": seen.local_code, "cause": cause,
        "about": dict(seen.about), "first_seen": at, "last_seen": at, "state": "open",
    }  # fmt: skip
    was_answered = table.c.state == "answered"
    again = {
        "last_seen": at,
        "state": case((was_answered, "open"), else_=table.c.state),
        "proposal_id": case((was_answered, None), else_=table.c.proposal_id),
    }
    statement = upsert(session, table).values(row).on_conflict_do_update(index_elements=["cause"], set_=again)
    return str((await session.execute(statement.returning(table.c.state))).scalar_one())


async def _answer(
    session: AsyncConnection, row: Row[Any], change: AddCrossReference | Batch, *, by: str, reason: str, means: Means | None
) -> int:
    proposal = await propose_in(session, change, by=by, reason=reason, means=means or Means())
    await _close(session, row, proposal_id=proposal)
    return proposal


async def _close(session: AsyncConnection, row: Row[Any], **values: Any) -> None:
    """Of two stewards at once one gets here first; the other is told."""
    table = unknown_codes
    statement = update(table).where(table.c.id == row.id, table.c.state == "open", table.c.proposal_id.is_(None))
    if not (await session.execute(statement.values(**values))).rowcount:
        await _free(session, row.id)
        raise AlreadyAnswered(local=row.local_code, system=row.system, state="open", by="")


async def _free(session: AsyncConnection, unknown: int) -> Row[Any]:
    """The row, if nobody has answered it. Raises AlreadyAnswered with who did."""
    row = await unknown_row(session, unknown)
    if row.state == "open" and row.proposal_id is None:
        return row
    by = row.decided_by
    if row.state == "open":
        by = (await session.execute(select(proposals.c.proposed_by).where(proposals.c.id == row.proposal_id))).scalar()
    raise AlreadyAnswered(local=row.local_code, system=row.system, state=row.state, by=by or "")


def _reference(row: Row[Any], code: str, organisation: str | None) -> AddCrossReference:
    scope = row.organisation if organisation is None else organisation
    return AddCrossReference(kind=row.kind, system=row.system, organisation=scope, local_code=row.local_code, code=code)


def _answered() -> Any:
    table = cross_references
    scope = or_(table.c.organisation == unknown_codes.c.organisation, table.c.organisation == "")
    same = [table.c[name] == unknown_codes.c[name] for name in ("kind", "system", "local_code")]
    return exists(select(table.c.id).where(*same, scope, table.c.valid_to.is_(None)))
