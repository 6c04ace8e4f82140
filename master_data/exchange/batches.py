"""An import as one batch: proposed by one person, approved by another, applied some hundred rows at a time, each portion once.

A portion is a version of the dictionary; its rows and how far the import is are written in the same transaction. So whoever
calls `resume_import` after a kill goes on with the row after the last one that is in the dictionary.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Row, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.db import Database
from hub.storage.among import among
from master_data.approving import person
from master_data.errors import ReasonMissing, SamePerson
from master_data.exchange.checking import Options, checked_file
from master_data.exchange.errors import ImportStands, NoSuchImport, NothingToImport, RowsRefused
from master_data.exchange.report import Report
from master_data.exchange.tables import IMPORT_STATES, import_batches, import_rows
from master_data.proposals import Means

WRITTEN = 1_000
"""Rows written down in one transaction."""


@dataclass(frozen=True, slots=True)
class Import:
    """An import's number and what its dry run found."""

    number: int
    report: Report


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an import is: rows to apply, rows by state, the last row done, what stopped or undid it."""

    number: int
    state: str
    rows: int
    done: int
    states: Mapping[str, int]
    remark: Mapping[str, Any]


async def propose_import(
    db: Database, path: Path, kind: str, *, by: str, reason: str = "", only_good: bool = False,
    options: Options | None = None, means: Means | None = None,
) -> Import:
    """Check a file and write down what it would change. Nothing of the dictionary changes before `approve_import`.

    Raises what the dry run raises, RowsRefused where it is to be all or nothing and rows have errors, NothingToImport, PersonMissing.
    """
    by, means = person(by), means or Means()
    report, depths = await checked_file(db, path, kind, options=options, means=means)
    if report.refused and not only_good:
        raise RowsRefused(file=path.name, rows=report.refused)
    if not report.verdicts["new"] + report.verdicts["changed"]:
        raise NothingToImport(file=path.name, rows=report.rows)
    number = await _enter(db, report, by=by, at=means.now(), reason=reason, only_good=only_good)
    await _write_rows(db, report, number, depths)
    return Import(number, report)


async def refuse_import(db: Database, number: int, *, by: str, reason: str, means: Means | None = None) -> None:
    """Another person says no; the proposer's own no is a withdrawal. Raises PersonMissing, ReasonMissing, NoSuchImport, ImportStands."""
    by, means = person(by), means or Means()
    if not reason.strip():
        raise ReasonMissing()
    async with db.write() as session:
        batch = await batch_in(session, number, "proposed", "writing", lock=True)
        state = "withdrawn" if batch.proposed_by == by else "refused"
        await put_batch(session, number, state=state, decided_by=by, decided_at=means.now(), remark={"reason": reason})


async def accept_import(db: Database, number: int, *, by: str, means: Means | None = None) -> None:
    """The second pair of eyes; `resume_import` applies. Raises PersonMissing, SamePerson, NoSuchImport, ImportStands."""
    by, means = person(by), means or Means()
    async with db.write() as session:
        batch = await batch_in(session, number, "proposed", lock=True)
        if batch.proposed_by == by:
            raise SamePerson(proposal=number, by=by)
        await put_batch(session, number, state="applying", decided_by=by, decided_at=means.now())


async def batch_in(session: AsyncConnection, number: int, *states: str, lock: bool = False) -> Row[Any]:
    """The import, if it is in one of these states. Raises NoSuchImport, ImportStands."""
    statement = select(import_batches).where(import_batches.c.id == number)
    row = (await session.execute(statement.with_for_update() if lock else statement)).one_or_none()
    if row is None:
        raise NoSuchImport(number=number)
    if row.state not in states:
        raise ImportStands(number=number, state=row.state, wanted=", ".join(states))
    return row


async def put_batch(session: AsyncConnection, number: int, **values: Any) -> None:
    """Write columns of an import."""
    await session.execute(update(import_batches).where(import_batches.c.id == number).values(**values))


async def imports(session: AsyncConnection, *, after: int = 0, limit: int = 50) -> list[Row[Any]]:
    """All imports, oldest first; `after` is the last number of the page before."""
    statement = select(import_batches).where(import_batches.c.id > after).order_by(import_batches.c.id).limit(limit)
    return list(await session.execute(statement))


async def unfinished(session: AsyncConnection) -> list[int]:
    """Imports that a kill left in the middle of being applied or undone: `resume_import` goes on with them."""
    statement = select(import_batches.c.id).where(import_batches.c.state.in_(("applying", "undoing"))).order_by(import_batches.c.id)
    return list(await session.scalars(statement))


async def import_rows_of(
    session: AsyncConnection, number: int, *, states: Sequence[str] = (), after: int = 0, limit: int = 100
) -> list[Row[Any]]:
    """Rows of an import in the order of applying; `remark` says why one failed or was kept."""
    statement = select(import_rows).where(import_rows.c.batch_id == number, import_rows.c.number > after)
    if states:
        statement = statement.where(among(import_rows.c.state, states))
    return list(await session.execute(statement.order_by(import_rows.c.number).limit(limit)))


async def progress(session: AsyncConnection, number: int) -> Progress:
    """Raises NoSuchImport."""
    batch = await batch_in(session, number, *IMPORT_STATES)
    counted = select(import_rows.c.state, func.count()).where(import_rows.c.batch_id == number).group_by(import_rows.c.state)
    states = {row[0]: row[1] for row in await session.execute(counted)}
    return Progress(number, batch.state, batch.rows, batch.done, states, batch.remark or {})


async def _enter(db: Database, report: Report, *, by: str, at: datetime, reason: str, only_good: bool) -> int:
    row = {
        "kind": report.kind, "file": report.path.name, "digest": report.digest, "only_good": only_good, "reason": reason,
        "state": "writing", "counts": dict(report.verdicts), "rows": report.verdicts["new"] + report.verdicts["changed"], "done": 0,
        "proposed_by": by, "proposed_at": at,
    }  # fmt: skip
    async with db.write() as session:
        return int((await session.execute(insert(import_batches).values(row).returning(import_batches.c.id))).scalar_one())


async def _write_rows(db: Database, report: Report, number: int, depths: Mapping[int, int]) -> None:
    """With the last of them the import can be approved: one that a kill cut short never can."""
    places = [place for place, checked in enumerate(report) if checked.changes]
    places.sort(key=lambda place: depths.get(place, 0))   # what other rows refer to comes before them
    for start in range(0, len(places), WRITTEN):
        some = enumerate(places[start : start + WRITTEN], start + 1)
        async with db.write() as session:
            await session.execute(insert(import_rows), [_row(report, place, number, order) for order, place in some])
            if start + WRITTEN >= len(places):
                await put_batch(session, number, state="proposed")


def _row(report: Report, place: int, number: int, order: int) -> dict[str, Any]:
    checked = report.at(place)
    return {
        "batch_id": number, "number": order, "sheet": report.sheets[checked.sheet].name, "row": checked.row, "code": checked.code,
        "verdict": checked.verdict, "changes": checked.changes, "state": "open",
    }  # fmt: skip
