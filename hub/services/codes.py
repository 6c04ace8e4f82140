"""The dictionary's use cases: the steward's inbox (待办编码), codes and cross-references, proposals and their approval, seeds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from sqlalchemy import Row, and_, distinct, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.db import Database
from hub.recovery.wishes import wish_discard_waiting
from hub.services.errors import ChangeUnreadable
from hub.storage.holds import CLOSED
from hub.storage.tables import hold_causes, holds
from hub.texts import Text
from master_data import codes as dictionary
from master_data import cross_references as references
from master_data import unknown_codes as inbox_rows
from master_data.kind import Kind
from master_data.plant import kinds_in_force
from master_data.proposals import Approved, open_proposals
from master_data.proposals import approve as approve_proposal
from master_data.proposals import propose as write_proposal
from master_data.proposals import refuse as refuse_proposal
from master_data.proposed import CHANGE, Change, CreateCode
from master_data.publication import known_kind
from master_data.seeds import Seeded, load_seed
from master_data.suggestions import Suggestion, suggest
from master_data.unknown_codes import Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Unknown:
    """One unknown local code, and what waits for it: messages (those behind them too), orders (lanes). `proposal`: answered already."""

    id: int
    kind: str
    kind_name: Text
    system: str
    organisation: str
    local_code: str
    about: Mapping[str, str]
    first_seen: datetime
    messages: int
    orders: int
    systems: int
    proposal: int | None
    suggestions: tuple[Suggestion, ...] = ()


async def inbox(db: Database, *, kind: str = "", after: int = 0, limit: int = 50) -> list[Unknown]:
    """The open ones, those with most waiting first within the page."""
    async with db.read() as session:
        rows = await inbox_rows.open_unknowns(session, kind=kind, after=after, limit=limit)
        waiting = await _waiting(session, [row.cause for row in rows])
    found = [_unknown(row, waiting.get(row.cause, (0, 0, 0))) for row in rows]
    return sorted(found, key=lambda one: (-one.messages, one.id))


async def show_unknown(db: Database, unknown: int) -> Unknown:
    """One of them, with suggestions. Raises NoSuchUnknownCode."""
    async with db.read() as session:
        row = await inbox_rows.unknown_row(session, unknown)
        waiting = await _waiting(session, [row.cause])
        suggestions = await suggest(session, row.kind, row.local_code, row.about)
    return _unknown(row, waiting.get(row.cause, (0, 0, 0)), tuple(suggestions))


async def answer_with_code(db: Database, unknown: int, code: str, *, by: str, organisation: str | None = None, reason: str = "") -> int:
    """It is this code: the number of the proposal that another person approves. Raises what the dictionary refuses."""
    return await inbox_rows.answer_with(db, unknown, code, by=by, organisation=organisation, reason=reason)


async def answer_with_new(
    db: Database, unknown: int, *, by: str, organisation: str | None = None, reason: str = "", code: str = "", zh: str = "", en: str = "",
    attributes: Mapping[str, Any] = {},
) -> int:
    """Make it a new code; what is left out is taken from what the source says. Returns the proposal.

    `organisation` '' answers for every organisation of the system.
    """
    async with db.read() as session:
        draft = inbox_rows.prefilled(await inbox_rows.unknown_row(session, unknown))
    given = {name: value for name, value in (("code", code), ("zh", zh), ("en", en)) if value}
    create = CreateCode.model_validate(draft | given | {"attributes": {**draft["attributes"], **attributes}})
    return await inbox_rows.answer_new(db, unknown, create, by=by, organisation=organisation, reason=reason)


async def answer_with_no(db: Database, unknown: int, verdict: Verdict, *, by: str, reason: str) -> int:
    """Wrong at the source (its messages go on waiting for a corrected version), or never (they are discarded). How many were."""

    async def discard(session: AsyncConnection, causes: Sequence[str], why: str) -> int:
        return await wish_discard_waiting(session, causes, by, why)

    return await inbox_rows.answer_no(db, unknown, verdict, by=by, reason=reason, wish=discard if verdict == "never" else None)


async def kinds() -> Sequence[Kind]:
    """Every kind of code."""
    return list(kinds_in_force().values())


async def find(db: Database, kind: str, *, like: str = "", after: str = "", limit: int = 50) -> list[Row[Any]]:
    """Codes of a kind whose code or name contains `like`. Raises UnknownKind."""
    known_kind(kinds_in_force(), kind)
    async with db.read() as session:
        return await dictionary.find_codes(session, kind, like=like, after=after, limit=limit)


@dataclass(frozen=True, slots=True)
class CodeDetail:
    """A code, what the systems call it, and its history."""

    code: Row[Any]
    cross_references: Sequence[Row[Any]]
    history: Sequence[Row[Any]]


async def show(db: Database, kind: str, code: str) -> CodeDetail:
    """Raises UnknownKind, NoSuchCode."""
    known_kind(kinds_in_force(), kind)
    async with db.read() as session:
        row = await dictionary.code_row(session, kind, code)
        called = await references.cross_references_of(session, kind, code)
        return CodeDetail(row, called, await dictionary.history(session, kind, code))


def read_change(content: Any) -> Change:
    """A change as JSON says it (`hub code propose`, the API). Raises ChangeUnreadable."""
    try:
        return CHANGE.validate_python(content)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        raise ChangeUnreadable(where=".".join(map(str, first["loc"])), what=first["msg"]) from error


async def propose(db: Database, change: Change, *, by: str, reason: str = "") -> int:
    """The number of the proposal. Raises at once what approving it would raise now."""
    return await write_proposal(db, change, by=by, reason=reason)


async def proposals(db: Database, *, after: int = 0, limit: int = 50) -> list[Row[Any]]:
    """Those that wait for a decision, oldest first."""
    async with db.read() as session:
        return await open_proposals(session, after=after, limit=limit)


async def approve(db: Database, proposal: int, *, by: str, reason: str = "") -> Approved:
    """By another person than the proposer: the dictionary changes, and what waited is ready, in one transaction."""
    return await approve_proposal(db, proposal, by=by, reason=reason)


async def refuse(db: Database, proposal: int, *, by: str, reason: str) -> None:
    """By another person; the proposer's own no is a withdrawal."""
    await refuse_proposal(db, proposal, by=by, reason=reason)


async def import_seed(db: Database, file: Path, *, by: str) -> Seeded:
    """Take over codes and cross-references of going live. Loading again changes nothing."""
    return await load_seed(db, file, by=by)


async def _waiting(session: AsyncConnection, causes: Sequence[str]) -> dict[str, tuple[int, int, int]]:
    """Per cause: messages (the rows behind included), lanes, systems."""
    behind = holds.alias("behind")
    lane = [behind.c[name] == holds.c[name] for name in ("group", "topic", "partition", "lane")]
    counted = [func.count(distinct(column)) for column in (behind.c.id, holds.c.lane, holds.c.system)]
    statement = (
        select(hold_causes.c.cause, *counted)
        .join(holds, holds.c.id == hold_causes.c.hold)
        .join(behind, and_(*lane, behind.c.offset >= holds.c.offset, behind.c.state != CLOSED))
        .where(hold_causes.c.cause.in_(list(causes)), holds.c.state != CLOSED)
        .group_by(hold_causes.c.cause)
    )
    return {cause: (messages, lanes, systems) for cause, messages, lanes, systems in (await session.execute(statement)).all()}


def _unknown(row: Row[Any], waiting: tuple[int, int, int], suggestions: tuple[Suggestion, ...] = ()) -> Unknown:
    label = kinds_in_force()[row.kind].label if row.kind in kinds_in_force() else None
    return Unknown(
        id=row.id, kind=row.kind, kind_name=Text(label.zh, label.en) if label else Text(row.kind, row.kind), system=row.system,
        organisation=row.organisation, local_code=row.local_code, about=row.about, first_seen=row.first_seen, messages=waiting[0],
        orders=waiting[1], systems=waiting[2], proposal=row.proposal_id, suggestions=suggestions,
    )  # fmt: skip
