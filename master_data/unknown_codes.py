"""The steward's inbox (待办编码): one row per unknown local code, what its source says about it, and the answer to it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import JSON, ColumnElement, Row, and_, case, exists, func, literal, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.db import Database
from hub.db import insert as upsert
from hub.storage.among import among
from hub.storage.causes import Cause, CauseKind
from master_data.approving import person
from master_data.causes import causes_gone
from master_data.errors import AlreadyAnswered, NoSuchUnknownCode, ReasonMissing
from master_data.proposals import Means, propose_in
from master_data.proposed import AddCrossReference, Batch, CreateCode
from master_data.publication import known_kind
from master_data.refusals import NotRefusedUnknown
from master_data.spelling import EXACTLY, Spellings
from master_data.suggestions import told
from master_data.tables import cross_references, proposals, unknown_codes

Verdict = Literal["wrong_at_source", "never"]
Wish = Callable[[AsyncConnection, Sequence[str], str], Awaitable[int]]
"""What becomes of the messages that wait for these causes (`Cause.text`), with the reason; returns how many. The runtime's."""


@dataclass(frozen=True, slots=True)
class Sighting:
    """A local code met without a shared one. `about`: what the record says of it (name, spec, unit, …), short texts.

    `message`: the message that names it, as a person finds it; `arrived`: when that came (None: it is not known).
    """

    kind: str
    system: str
    organisation: str
    local_code: str
    about: Mapping[str, str] = field(default_factory=dict)
    message: str = ""
    arrived: datetime | None = None

    @property
    def cause(self) -> Cause:
        return Cause(CauseKind.CODE, self.system, self.organisation, self.kind, self.local_code)


@dataclass(frozen=True, slots=True)
class Refusal:
    """What a person has said becomes of the messages that name a code, and why."""

    verdict: Verdict
    reason: str
    by: str
    at: datetime


async def note_unknown(
    session: AsyncConnection, sightings: Sequence[Sighting], at: datetime, spellings: Spellings = EXACTLY
) -> dict[str, str]:
    """Note codes that hold messages, in the transaction of the holds; again and again has no further effect.

    Returns the state per `Cause.text` (of the sighting as given); `refused`: a person has said what becomes of such messages
    (`refusals`). Open again is one that was answered and is unknown again (its cross-reference has ended), and one that was
    wrong at the source and is named by a message that arrived after that was said: the source has been told, and stands by it.
    """
    told_as = {sighting.cause.text: _spelled(sighting, spellings) for sighting in sightings}
    seen = {sighting.cause.text: sighting for sighting in told_as.values()}
    known = await causes_gone(session, [sighting.cause for sighting in seen.values()], at)
    states: dict[str, str] = dict.fromkeys(known, "answered")
    for cause in sorted(seen.keys() - known.keys()):        # one order for all, so that two batches never wait for each other
        states[cause] = await _note(session, cause, seen[cause], at)
    return {text: states[sighting.cause.text] for text, sighting in told_as.items()}


async def refusals(session: AsyncConnection, causes: Sequence[str]) -> dict[str, Refusal]:
    """Of these causes (`Cause.text`), those that a person has refused: the verdict with its reason."""
    table = unknown_codes
    rows = await session.execute(select(table).where(table.c.state == "refused", among(table.c.cause, causes)))
    return {row.cause: Refusal(row.verdict, row.reason, row.decided_by, row.decided_at) for row in rows}


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
    db: Database,
    unknown: int,
    code: str,
    *,
    by: str,
    organisation: str | None = None,
    reason: str = "",
    replaces: int | None = None,
    means: Means | None = None,
) -> int:
    """It is this code. Returns the proposal to approve; `organisation` '' answers for every organisation of the system.

    `replaces`: the refused answer that this is the second try of.
    Raises AlreadyAnswered, NoSuchUnknownCode, NoSuchCode, CodeObsolete, CodeMerged with the code to use instead, and what else
    a cross-reference is refused for.
    """
    async with db.write() as session:
        row = await _free(session, unknown)
        answer = _reference(row, code, organisation)
        return await _answer(session, row, answer, by=by, reason=reason, replaces=replaces, means=means)


async def answer_new(
    db: Database,
    unknown: int,
    create: CreateCode,
    *,
    by: str,
    organisation: str | None = None,
    reason: str = "",
    replaces: int | None = None,
    means: Means | None = None,
) -> int:
    """Make it a new code, with its cross-reference. Returns the proposal to approve."""
    async with db.write() as session:
        row = await _free(session, unknown)
        both = Batch(changes=(create, _reference(row, create.code, organisation)))
        return await _answer(session, row, both, by=by, reason=reason, replaces=replaces, means=means)


async def answer_no(
    db: Database, unknown: int, verdict: Verdict, *, by: str, reason: str, means: Means | None = None, wish: Wish | None = None
) -> int:
    """Wrong at the source, or never to be accepted. `wish` settles the waiting messages in the same transaction; returns how many."""
    by = person(by)
    if not reason.strip():
        raise ReasonMissing()
    now = (means or Means()).now()
    async with db.write() as session:
        row = await _free(session, unknown)
        decided = {"state": "refused", "verdict": verdict, "reason": reason, "decided_by": by, "decided_at": now}
        await _close(session, row, **decided)
        return await wish(session, [row.cause], reason) if wish else 0


async def open_again(db: Database, unknown: int, *, by: str, reason: str, means: Means | None = None) -> None:
    """Take a no back: the code is a question again. Raises NotRefusedUnknown, NoSuchUnknownCode, ReasonMissing, PersonMissing."""
    by = person(by)
    if not reason.strip():
        raise ReasonMissing()
    now = (means or Means()).now()
    table = unknown_codes
    values = {"state": "open", "verdict": None, "reason": reason, "decided_by": by, "decided_at": now, "open_since": now}
    async with db.write() as session:
        statement = update(table).where(table.c.id == unknown, table.c.state == "refused").values(values)
        if not (await session.execute(statement)).rowcount:
            row = await unknown_row(session, unknown)
            raise NotRefusedUnknown(local=row.local_code, system=row.system, state=row.state)


async def _note(session: AsyncConnection, cause: str, seen: Sighting, at: datetime) -> str:
    table = unknown_codes
    row = {
        "kind": seen.kind, "system": seen.system, "organisation": seen.organisation, "local_code": seen.local_code, "cause": cause,
        "about": dict(seen.about), "first_seen": at, "last_seen": at, "state": "open", "open_since": at,
        "first_message": seen.message or None, "last_message": seen.message or None,
    }  # fmt: skip
    again = _asked_again(seen)
    said = {
        "last_seen": at,
        "last_message": func.coalesce(seen.message or None, table.c.last_message),
        "about": case((again, literal(dict(seen.about), JSON)), else_=table.c.about) if seen.about else table.c.about,
        "state": case((again, "open"), else_=table.c.state),
        "open_since": case((again, at), else_=table.c.open_since),
        "proposal_id": case((again, None), else_=table.c.proposal_id),
    }
    statement = upsert(session, table).values(row).on_conflict_do_update(index_elements=["cause"], set_=said)
    return str((await session.execute(statement.returning(table.c.state))).scalar_one())


def _asked_again(seen: Sighting) -> ColumnElement[bool]:
    """Whether a decided code is a question again, with what the source says now."""
    table = unknown_codes
    answered = table.c.state == "answered"
    if seen.arrived is None:
        return answered
    insists = and_(table.c.state == "refused", table.c.verdict == "wrong_at_source", table.c.decided_at < seen.arrived)
    return or_(answered, insists)


def _spelled(seen: Sighting, spellings: Spellings) -> Sighting:
    return replace(seen, local_code=spellings.normal(seen.system, seen.kind, seen.local_code))


async def _answer(
    session: AsyncConnection, row: Row[Any], change: AddCrossReference | Batch, *, means: Means | None, **said: Any
) -> int:
    proposed = await propose_in(session, change, means=means or Means(), **said)
    if proposed.approved is None:               # where a rule has approved it, the cross-reference has answered the row
        await _close(session, row, proposal_id=proposed.number)
    return proposed.number


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
