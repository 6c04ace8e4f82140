"""An approved import goes into the dictionary, portion by portion; and on after a kill."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Row

from hub.db import Database
from master_data.exchange.batches import Progress, accept_import, batch_in, progress, put_batch
from master_data.exchange.portions import Outcome, before_of, portion_of, put_outcomes, said, tried
from master_data.exchange.tables import IMPORT_STATES
from master_data.exchange.undoing import begin_undo, undo_portion
from master_data.proposals import Means, apply
from master_data.proposed import CHANGE
from master_data.publication import Publication, begin

Before = Mapping[str, Mapping[str, Any]]


async def approve_import(db: Database, number: int, *, by: str, means: Means | None = None) -> Progress:
    """The second person says yes, and it is applied to its end.

    Raises SamePerson, PersonMissing, NoSuchImport, ImportStands. A row that the dictionary refuses by now stays out, with the
    reason; of an import that is all or nothing everything is taken back, and it ends as undone.
    """
    await accept_import(db, number, by=by, means=means)
    return await resume_import(db, number, means=means)


async def undo_import(db: Database, number: int, *, by: str, reason: str, means: Means | None = None) -> Progress:
    """Take an applied import back to its end. What was changed since stays: rows in state `kept`, with the reason.

    New codes are taken back where nothing refers to them, else made obsolete; changes are put back, local codes ended.
    Raises PersonMissing, ReasonMissing, SamePerson (whoever proposed it), NoSuchImport, ImportStands.
    """
    await begin_undo(db, number, by=by, reason=reason, means=means)
    return await resume_import(db, number, means=means)


async def resume_import(db: Database, number: int, *, means: Means | None = None) -> Progress:
    """Go on with what was begun, applying or undoing, to its end; nothing to do is no error. Raises NoSuchImport.

    Two who do this at once share the portions: each portion is done once.
    """
    means = means or Means()
    while await _step(db, number, means):
        pass
    async with db.read() as session:
        return await progress(session, number)


async def _step(db: Database, number: int, means: Means) -> bool:
    """One portion in one transaction; whether there may be more."""
    async with db.write() as session:
        batch = await batch_in(session, number, *IMPORT_STATES, lock=True)
        if batch.state == "undoing":
            return await undo_portion(session, batch, means)
        if batch.state != "applying":
            return False
        rows = await portion_of(session, batch)
        if not rows:
            await put_batch(session, number, state="applied")
            return False
        publication = await begin(session, means.kinds, by=batch.decided_by, at=means.now(), reason=reason_of(batch))
        return await _applied(publication, batch, rows, means)


async def _applied(to: Publication, batch: Row[Any], rows: Sequence[Row[Any]], means: Means) -> bool:
    before = await before_of(to, batch.kind, [row.code for row in rows])
    good: list[Outcome] = []
    failed = await tried(to, lambda: _all(to, rows, before, good))
    if failed is not None and not batch.only_good:
        await put_outcomes(to.session, batch.id, [Outcome(rows[len(good)].number, "failed", remark=said(failed))])
        await put_batch(to.session, batch.id, state="undoing", remark=said(failed), undone_by=batch.decided_by)
        await to.finish(means.mark)
        return True
    outcomes = good if failed is None else [await _alone(to, row, before) for row in rows]
    await to.finish(means.mark)
    await put_outcomes(to.session, batch.id, outcomes)
    await put_batch(to.session, batch.id, done=rows[-1].number)
    return True


async def _all(to: Publication, rows: Sequence[Row[Any]], before: Before, good: list[Outcome]) -> None:
    for row in rows:
        await _apply(to, row)
        good.append(Outcome(row.number, "applied", to.version, before[row.code]))


async def _alone(to: Publication, row: Row[Any], before: Before) -> Outcome:
    error = await tried(to, lambda: _apply(to, row))
    if error is not None:
        return Outcome(row.number, "failed", remark=said(error))
    return Outcome(row.number, "applied", to.version, before[row.code])


async def _apply(to: Publication, row: Row[Any]) -> None:
    for change in row.changes:
        await apply(to, CHANGE.validate_python(change))


def reason_of(batch: Row[Any]) -> str:
    """What the history of a code says of why."""
    return f"{batch.reason} [{batch.file} #{batch.id}]".strip()
