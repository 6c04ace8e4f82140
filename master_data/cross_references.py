"""Cross-references: what each system calls a code. A collision is refused with both sides named, never overwritten."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Row, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.storage.causes import CauseKind
from hub.storage.holds import mark_ready
from master_data.aliases import winner_of
from master_data.codes import usable_code
from master_data.errors import CrossReferenceCollision, NoSuchCrossReference
from master_data.kind import Kind
from master_data.plant import kinds_in_force
from master_data.proposed import AddCrossReference, EndCrossReference, overlap
from master_data.publication import MarkReady, Publication, begin
from master_data.rows import LOCAL_KEY, OWN_KEY
from master_data.spelling import EXACTLY, Spellings
from master_data.tables import cross_references, unknown_codes


async def add_cross_reference(to: Publication, change: AddCrossReference) -> None:
    """Nothing to do where the same is there already; without `valid_from` it follows on what has ended.

    Raises CrossReferenceCollision, NoSuchCode, CodeMerged, CodeObsolete, CodeNotReleased, UnknownKind.
    """
    to.kind(change.kind)
    await usable_code(to.session, change.kind, change.code, change.organisation)
    rows = await _of_local(to.session, change)
    change = _after_ended(rows, change, to.at)
    there = _in_the_way(rows, change)
    if there is not None:
        await _put_state(to, there, change)
        return
    rivals = await preferred_rows(to.session, change)
    preferred = change.preferred if change.preferred is not None else not rivals
    if preferred:
        await _demote(to, rivals)
    await insert_row(to, change.model_dump(exclude={"action", "preferred"}) | {"preferred": preferred, "origin": to.origin})


async def end_cross_reference(to: Publication, change: EndCrossReference) -> None:
    """Raises NoSuchCrossReference where none is in force then."""
    at = change.at or to.at
    rows = [row for row in await _of_local(to.session, change) if overlap(row.valid_from, row.valid_to, at, None)]
    if not rows:
        raise NoSuchCrossReference(kind=change.kind, system=change.system, organisation=change.organisation, local=change.local_code)
    for row in rows:
        await end_row(to, row, at)


async def record_fact(
    session: AsyncConnection,
    fact: AddCrossReference,
    *,
    by: str,
    at: datetime,
    kinds: Mapping[str, Kind] | None = None,
    mark: MarkReady = mark_ready,
    spellings: Spellings = EXACTLY,
) -> int | None:
    """What came back from our own delivery: the target's own code, and whether it can be used there. Needs no approval.

    A code that has been merged meanwhile stands for the one it was merged into.

    Returns the dictionary version it became, None where it was known. In a larger transaction call it first: it takes the
    dictionary's lock, and an approver holding it may want rows the caller has written. Raises CrossReferenceCollision.
    """
    fact = await _of_winner(session, spellings.reference(fact))
    if await _known(session, fact, at):
        return None
    publication = await begin(session, kinds_in_force() if kinds is None else kinds, by=by, at=at, reason="", origin="delivery")
    await add_cross_reference(publication, await _of_winner(session, fact))     # under the lock: merged meanwhile, perhaps
    await publication.finish(mark)
    return publication.version


async def end_row(to: Publication, row: Row[Any], at: datetime) -> None:
    """One entry holds no longer from `at` on; one that would only begin then is taken away."""
    never_began = row.valid_from is not None and row.valid_from >= at
    await (_remove(to, row) if never_began else _set(to, row, valid_to=at))
    touch_row(to, row.kind, row.system, row.organisation, row.local_code, row.code)


async def insert_row(to: Publication, values: Mapping[str, Any]) -> int:
    """One entry as it is, whoever calls has checked it; returns its number. What waited for it is free."""
    written = insert(cross_references).values(**values, **_stamp(to)).returning(cross_references.c.id)
    number = int((await to.session.execute(written)).scalar_one())
    columns = ("kind", "system", "organisation", "local_code", "code", "state")
    await _published(to, AddCrossReference(**{name: values[name] for name in columns}))
    return number


def touch_row(to: Publication, kind: str, system: str, organisation: str, local_code: str, code: str) -> None:
    """Both directions of an entry belong to this version."""
    to.touch("local", kind, system, organisation, local_code)
    to.touch("own", kind, system, organisation, code)


async def rows_in_force(session: AsyncConnection, kind: str, code: str, at: datetime) -> list[Row[Any]]:
    """What holds for the code at `at` or will later, in the order in which it was entered."""
    table = cross_references
    statement = select(table).where(table.c.kind == kind, table.c.code == code).order_by(table.c.id)
    return [row for row in await session.execute(statement) if overlap(row.valid_from, row.valid_to, at, None)]


async def preferred_rows(session: AsyncConnection, of: AddCrossReference) -> list[Row[Any]]:
    """The preferred entries of the same code in the same scope at the same time."""
    key = (of.kind, of.system, of.organisation, of.code)
    statement = select(cross_references).where(*(column == value for column, value in zip(OWN_KEY, key)), cross_references.c.preferred)
    rows = await session.execute(statement)
    return [row for row in rows if overlap(row.valid_from, row.valid_to, of.valid_from, of.valid_to)]


async def cross_references_of(session: AsyncConnection, kind: str, code: str) -> list[Row[Any]]:
    """Everything the systems call a code, ended ones too."""
    table = cross_references
    statement = select(table).where(table.c.kind == kind, table.c.code == code)
    return list(await session.execute(statement.order_by(table.c.system, table.c.organisation, table.c.id)))


def _in_the_way(rows: list[Row[Any]], wanted: AddCrossReference) -> Row[Any] | None:
    """The entry that says the same already; raises where another meaning, or another window, overlaps."""
    for row in rows:
        if not overlap(row.valid_from, row.valid_to, wanted.valid_from, wanted.valid_to):
            continue
        if row.code == wanted.code and _covers(row, wanted):
            return row
        raise CrossReferenceCollision(
            kind=wanted.kind, system=wanted.system, organisation=wanted.organisation, local=wanted.local_code,
            there=row.code, wanted=wanted.code,
        )  # fmt: skip
    return None


def _after_ended(rows: list[Row[Any]], wanted: AddCrossReference, at: datetime) -> AddCrossReference:
    ended = [row.valid_to for row in rows if row.valid_to is not None and row.valid_to <= at]
    return wanted if wanted.valid_from or not ended else wanted.model_copy(update={"valid_from": max(ended)})


def _covers(row: Row[Any], wanted: AddCrossReference) -> bool:
    begins = row.valid_from is None or (wanted.valid_from is not None and row.valid_from <= wanted.valid_from)
    ends = row.valid_to is None or (wanted.valid_to is not None and wanted.valid_to <= row.valid_to)
    return begins and ends


async def _put_state(to: Publication, row: Row[Any], wanted: AddCrossReference) -> None:
    promoted = wanted.preferred is True and not row.preferred
    if row.state == wanted.state and not promoted:
        return
    if promoted:
        await _demote(to, await preferred_rows(to.session, wanted))
    await _set(to, row, state=wanted.state, preferred=row.preferred or promoted)
    await _published(to, wanted)


async def _of_winner(session: AsyncConnection, fact: AddCrossReference) -> AddCrossReference:
    return fact.model_copy(update={"code": await winner_of(session, fact.kind, fact.code)})


async def _known(session: AsyncConnection, fact: AddCrossReference, at: datetime) -> bool:
    in_force = [row for row in await _of_local(session, fact) if row.valid_to is None and (row.valid_from is None or row.valid_from <= at)]
    return any(row.code == fact.code and row.state == fact.state for row in in_force)


async def _published(to: Publication, change: AddCrossReference) -> None:
    """The keys it touches, the messages it frees, the unknown code it answers."""
    system, organisation = change.system, change.organisation
    touch_row(to, change.kind, system, organisation, change.local_code, change.code)
    await to.free_everywhere(CauseKind.CODE, system, organisation, change.kind, change.local_code)
    await to.free_everywhere(CauseKind.TARGET_CODE, system, organisation, change.kind, change.code)
    if change.state == "usable":
        await to.free_everywhere(CauseKind.TARGET_STATE, system, organisation, change.kind, change.code)
    await _answer(to, change)


async def _answer(to: Publication, change: AddCrossReference) -> None:
    table = unknown_codes
    where = [table.c.kind == change.kind, table.c.system == change.system, table.c.local_code == change.local_code]
    if change.organisation:
        where.append(table.c.organisation == change.organisation)
    answered = {"state": "answered", "code": change.code, "decided_by": to.by, "decided_at": to.at, "verdict": None, "reason": None}
    await to.session.execute(update(table).where(*where, table.c.state != "answered").values(**answered))


async def _demote(to: Publication, rows: list[Row[Any]]) -> None:
    for row in rows:
        await _set(to, row, preferred=False)


async def _set(to: Publication, row: Row[Any], **values: Any) -> None:
    statement = update(cross_references).where(cross_references.c.id == row.id)
    await to.session.execute(statement.values(**values, **_stamp(to)))


async def _remove(to: Publication, row: Row[Any]) -> None:
    await to.session.execute(cross_references.delete().where(cross_references.c.id == row.id))


async def _of_local(session: AsyncConnection, of: AddCrossReference | EndCrossReference) -> list[Row[Any]]:
    key = (of.kind, of.system, of.organisation, of.local_code)
    return list(await session.execute(select(cross_references).where(*(column == value for column, value in zip(LOCAL_KEY, key)))))


def _stamp(to: Publication) -> dict[str, Any]:
    return {"version": to.version, "changed_at": to.at, "changed_by": to.by}
