"""An import is taken back as one: from its last row to its first, what was changed since stays and is told row by row."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.db import Database
from hub.storage.among import among
from master_data.approving import person
from master_data.codes import code_row, put_code
from master_data.cross_references import add_cross_reference, end_row
from master_data.errors import ReasonMissing, SamePerson
from master_data.exchange.batches import batch_in, put_batch
from master_data.exchange.errors import KeptChanged, KeptLocal, KeptReferred
from master_data.exchange.portions import Outcome, portion_of, put_outcomes, said, tried
from master_data.exchange.referring import referred
from master_data.proposals import Means
from master_data.proposed import AddCrossReference
from master_data.publication import Publication, begin
from master_data.tables import codes, cross_references

MOMENTS = ("valid_from", "valid_to")


async def begin_undo(db: Database, number: int, *, by: str, reason: str, means: Means | None = None) -> None:
    """Mark an import to be undone; `resume_import` does it. Whoever proposed it does not undo it alone either.

    Raises PersonMissing, ReasonMissing, SamePerson, NoSuchImport, ImportStands.
    """
    by, means = person(by), means or Means()
    if not reason.strip():
        raise ReasonMissing()
    async with db.write() as session:
        batch = await batch_in(session, number, "applied", lock=True)
        if batch.proposed_by == by:
            raise SamePerson(proposal=number, by=by)
        await put_batch(session, number, state="undoing", undone_by=by, remark={"reason": reason})


async def undo_portion(session: AsyncConnection, batch: Row[Any], means: Means) -> bool:
    """Some rows back, as one version of the dictionary; whether there may be more."""
    rows = await portion_of(session, batch, down=True)
    if not rows:
        await put_batch(session, batch.id, state="undone", undone_at=means.now())
        return False
    reason = str((batch.remark or {}).get("reason", "")) + f" [undo {batch.file} #{batch.id}]"
    to = await begin(session, means.kinds, by=batch.undone_by, at=means.now(), reason=reason.strip())
    outcomes = [await _undone(to, batch, row) for row in rows]
    await to.finish(means.mark)
    taken = await _take_back(session, batch, rows, outcomes)
    await put_outcomes(session, batch.id, [_told(batch, row, outcome, taken) for row, outcome in zip(rows, outcomes)])
    await put_batch(session, batch.id, done=rows[-1].number - 1)
    return True


async def _undone(to: Publication, batch: Row[Any], row: Row[Any]) -> Outcome:
    error = await tried(to, lambda: _undo(to, batch.kind, row))
    return Outcome(row.number, "undone") if error is None else Outcome(row.number, "kept", remark=said(error))


async def _undo(to: Publication, kind: str, row: Row[Any]) -> None:
    """A row goes back whole or not at all. Raises KeptChanged, KeptLocal, and what the dictionary refuses."""
    for change in reversed(row.changes):
        if change["action"] == "add_cross_reference" and not change.get("preferred"):
            await _end_added(to, kind, row, change)
        elif change["action"] == "end_cross_reference":
            await _add_ended(to, row, change)
    await _prefer(to, kind, row)
    if any(change["action"] in ("create_code", "change_code") for change in row.changes):
        await _put_back(to, kind, row)


async def _put_back(to: Publication, kind: str, row: Row[Any]) -> None:
    """The code's columns as they were; a new code is obsolete."""
    now = await code_row(to.session, kind, row.code)
    if now.version not in (row.version, to.version):
        raise KeptChanged(kind=kind, value=row.code, now=now.version)
    before = row.before["code"]
    if before is None:
        await put_code(to, kind, row.code, status="obsolete")
        return
    moments = {name: datetime.fromisoformat(before[name]) if before[name] else None for name in MOMENTS}
    await put_code(to, kind, row.code, **before | moments)


async def _end_added(to: Publication, kind: str, row: Row[Any], change: dict[str, Any]) -> None:
    system, organisation, local = change["system"], change.get("organisation", ""), change["local_code"]
    found = [each for each in await _in_force(to, kind, system, organisation, local) if each.code == row.code]
    if not found:
        raise KeptLocal(kind=kind, value=row.code, local=local)
    for each in found:
        await end_row(to, each, to.at)


async def _add_ended(to: Publication, row: Row[Any], change: dict[str, Any]) -> None:
    place = [change["system"], change.get("organisation", ""), change["local_code"]]
    before = next((each for each in row.before["locals"] if each[:3] == place), None)
    if before is not None:
        await _add(to, change["kind"], row.code, before, preferred=bool(before[3]))


async def _prefer(to: Publication, kind: str, row: Row[Any]) -> None:
    """The local codes that were written before are written again, where the row chose others."""
    if any(change.get("preferred") for change in row.changes):
        for each in row.before["locals"]:
            if each[3]:
                await _add(to, kind, row.code, each, preferred=True)


async def _add(to: Publication, kind: str, code: str, before: Sequence[Any], *, preferred: bool) -> None:
    system, organisation, local, _, state = before
    await add_cross_reference(
        to, AddCrossReference(
            kind=kind, system=system, organisation=organisation, local_code=local, code=code, preferred=preferred, state=state,
        ),
    )  # fmt: skip


async def _in_force(to: Publication, kind: str, system: str, organisation: str, local: str) -> Sequence[Row[Any]]:
    table = cross_references.c
    where = (table.kind == kind, table.system == system, table.organisation == organisation, table.local_code == local)
    rows = await to.session.execute(select(cross_references).where(*where))
    return [row for row in rows if row.valid_to is None or row.valid_to > to.at]


async def _take_back(session: AsyncConnection, batch: Row[Any], rows: Sequence[Row[Any]], outcomes: Sequence[Outcome]) -> set[str]:
    """New codes that nothing refers to and nobody was told of are no codes any more, and may be given out again.

    To whoever follows the dictionary they are obsolete as of this version; their history stays.
    """
    made = [row.code for row, outcome in zip(rows, outcomes) if row.before["code"] is None and outcome.state == "undone"]
    free = set(made) - await referred(session, batch.kind, made, since=batch.decided_at)
    if free:
        await session.execute(delete(codes).where(codes.c.kind == batch.kind, among(codes.c.code, sorted(free))))
    return free


def _told(batch: Row[Any], row: Row[Any], outcome: Outcome, taken: set[str]) -> Outcome:
    """A new code that could only be made obsolete is told."""
    if outcome.state == "undone" and row.before["code"] is None and row.code not in taken:
        outcome.remark = said(KeptReferred(kind=batch.kind, value=row.code))
    return outcome
