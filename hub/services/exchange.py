"""Workbooks and csv for people: a template, a check with the errors marked in their cells, an import that another approves, an export."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Row

from hub.db import Database
from hub.texts import LANGUAGES, Text
from master_data.exchange import applying, batches, marking, templates, writing
from master_data.exchange.batches import Progress
from master_data.exchange.checking import Options, dry_run
from master_data.exchange.findings import Finding
from master_data.exchange.report import Report
from master_data.exchange.states import Filters
from master_data.exchange.tabular import column_name

SHOWN = 20
"""So many findings are told at once; all of them stand in the result file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingView:
    """What is wrong in a cell (`B7`; '' for a whole row or file), and whether the row is kept out by it."""

    sheet: str
    place: str
    text: Text
    grave: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckView:
    """A dry run: rows by verdict (new, changed, unchanged, refused), the first findings, and where the marked file was written."""

    file: str
    kind: str
    rows: int
    verdicts: Mapping[str, int]
    findings: Sequence[FindingView]
    more: int
    result: Path | None


async def template(db: Database, kind: str, out: Path, systems: Sequence[str] = ()) -> Path:
    """A workbook with the kind's columns, for the local codes of these systems too (none: those that have some)."""
    await templates.make_template(db, kind, out, systems=systems or None)
    return out


async def check(
    db: Database, file: Path, kind: str, *, result: Path | None = None, language: str = "zh", sheets: Sequence[str] = (),
    zone: str = "Asia/Shanghai",
) -> CheckView:  # fmt: skip
    """What an import of the file would do; nothing is changed. `result`: where the same file is written with the errors marked."""
    report = await dry_run(db, file, kind, options=Options(sheets=sheets, zone=ZoneInfo(zone)))
    written = await asyncio.to_thread(marking.mark, report, result, language=language) if result else None
    return _checked(report, written)


async def propose(
    db: Database, file: Path, kind: str, *, by: str, reason: str = "", only_good: bool = False, sheets: Sequence[str] = (),
    zone: str = "Asia/Shanghai",
) -> int:  # fmt: skip
    """Write down what the file would change: the number of the import, which another person approves."""
    options = Options(sheets=sheets, zone=ZoneInfo(zone))
    found = await batches.propose_import(db, file, kind, by=by, reason=reason, only_good=only_good, options=options)
    return found.number


async def approve(db: Database, number: int, *, by: str) -> Progress:
    """By another person; applied to its end."""
    return await applying.approve_import(db, number, by=by)


async def refuse(db: Database, number: int, *, by: str, reason: str) -> None:
    """Another person's no, or the proposer's own withdrawal."""
    await batches.refuse_import(db, number, by=by, reason=reason)


async def undo(db: Database, number: int, *, by: str, reason: str) -> Progress:
    """Take an applied import back as one; what was changed since stays and is told."""
    return await applying.undo_import(db, number, by=by, reason=reason)


async def resume(db: Database, number: int) -> Progress:
    """Go on where a kill left it."""
    return await applying.resume_import(db, number)


async def imports(db: Database, *, after: int = 0, limit: int = 50) -> list[Row[Any]]:
    """All imports, oldest first."""
    async with db.read() as session:
        return await batches.imports(session, after=after, limit=limit)


async def progress(db: Database, number: int) -> Progress:
    """How far an import is."""
    async with db.read() as session:
        return await batches.progress(session, number)


async def export(
    db: Database, kind: str, out: Path, *, statuses: Sequence[str] = (), like: str = "", system: str = "",
    changed_since: datetime | None = None, zone: str = "Asia/Shanghai",
) -> int:  # fmt: skip
    """Write the codes of a kind to xlsx or csv; how many. Importing it back changes nothing."""
    filters = Filters(statuses=tuple(statuses), like=like, system=system, changed_since=changed_since)
    return await writing.export_codes(db, kind, out, filters=filters, zone=ZoneInfo(zone))


def _checked(report: Report, result: Path | None) -> CheckView:
    notices = [_finding(one) for one in report.notices]
    told = notices + [_finding(one, report.sheets[row.sheet].name, row.row) for row in report for one in row.findings]
    return CheckView(
        file=report.path.name, kind=report.kind, rows=report.rows, verdicts=dict(report.verdicts), findings=told[:SHOWN],
        more=max(len(told) - SHOWN, 0), result=result,
    )  # fmt: skip


def _finding(one: Finding, sheet: str = "", row: int | None = None) -> FindingView:
    """Of a row, or (None) of the whole file."""
    place = "" if row is None else f"{column_name(one.column)}{row}"
    text = Text(*(one.text(language).partition("] ")[2] for language in LANGUAGES))
    return FindingView(sheet=sheet, place=place, text=text, grave=one.grave)
