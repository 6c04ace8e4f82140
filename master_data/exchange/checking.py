"""The dry run: every row of a file against its kind's rules, the other rows and the dictionary. Nothing is written."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as made
from datetime import UTC, tzinfo
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from hub.db import Database
from master_data.errors import NoSuchCode
from master_data.exchange.cells import Reader
from master_data.exchange.columns import Header
from master_data.exchange.differences import Entry, compare
from master_data.exchange.errors import SystemUnknown
from master_data.exchange.findings import Checked, Finding, found
from master_data.exchange.inner_references import settle
from master_data.exchange.known import Known, Place, existing, usual_length, zeros_of_codes, zeros_of_locals
from master_data.exchange.limits import LIMITS, Limits
from master_data.exchange.local_differences import Claims
from master_data.exchange.reading import read_file
from master_data.exchange.report import Report, Sheet, digest_of
from master_data.exchange.survey import Sheeted, Survey, survey
from master_data.exchange.tabular import Content
from master_data.kind import Kind
from master_data.proposals import Means
from master_data.publication import known_kind
from master_data.spelling import Spellings

CHUNK = 500
ENDINGS = {"xlsx": (".xlsx",), "xls": (".xls", ".et"), "csv": (".csv", ".txt", ".tsv")}


@dataclass(frozen=True, slots=True)
class Options:
    """`sheets`: which to take, where several fit; `systems`: those that are connected (None: any may be named in a header);
    `zone`: of days without a time."""

    sheets: Sequence[str] = ()
    systems: Collection[str] | None = None
    zone: tzinfo = UTC
    limits: Limits = LIMITS


@dataclass(slots=True)
class _Run:
    """What the rows of one file share."""

    kind: Kind
    survey: Survey
    known: Known
    zone: tzinfo
    zeros: Sequence[Mapping[int, int]]
    spellings: Spellings
    claims: Claims = made(default_factory=dict)
    references: dict[int, Sequence[tuple[int, str]]] = made(default_factory=dict)


async def dry_run(db: Database, path: Path, kind: str, *, options: Options | None = None, means: Means | None = None) -> Report:
    """Check a file of a kind's codes. Raises what `read_file` and `survey` refuse, UnknownKind, SystemUnknown, NoSuchCode."""
    return (await checked_file(db, path, kind, options=options, means=means))[0]


async def checked_file(
    db: Database, path: Path, kind: str, *, options: Options | None = None, means: Means | None = None
) -> tuple[Report, Mapping[int, int]]:
    """The same, and how deep rows stand below the rows that they refer to (`inner_references.settle`)."""
    options, means = options or Options(), means or Means()
    of = known_kind(means.kinds, kind)
    content = await asyncio.to_thread(read_file, path, options.limits)
    looked = await asyncio.to_thread(survey, content, of, path.name, options.sheets)
    digest = await asyncio.to_thread(digest_of, path)
    report = Report(
        kind, path, content.form, digest, [Sheet(sheet.table.name, sheet.header) for sheet in looked.sheets],
        content.encoding, content.delimiter, [*_renamed(path, content), *looked.notices],
    )  # fmt: skip
    async with db.read() as session:
        await _check_scopes(session, looked, path.name, options.systems)
        zeros = [await _zeros(session, of, sheet) for sheet in looked.sheets]
    run = _Run(of, looked, Known(of, means.now()), options.zone, zeros, means.spellings)
    await _check_rows(db, run, report)
    return report, settle(report, run.references)


async def _check_rows(db: Database, run: _Run, report: Report) -> None:
    entries = _entries(run)
    while chunk := list(islice(entries, CHUNK)):
        good = [entry for entry in chunk if isinstance(entry, Entry)]
        async with db.read() as session:
            await run.known.read(session, [entry.code for entry in good], _places(good), _references(run.kind, good))
        for entry in chunk:
            checked = compare(run.kind, entry, run.known, run.claims) if isinstance(entry, Entry) else entry
            if isinstance(entry, Entry) and entry.references and checked.verdict != "refused":
                run.references[report.rows] = entry.references
            report.add(checked)
        await asyncio.sleep(0)


def _entries(run: _Run) -> Iterator[Entry | Checked]:
    """The rows with something in them; one without a code, or with one that stands twice, is refused at once."""
    for place, sheet in enumerate(run.survey.sheets):
        spelled, memory = _spelling(run, sheet.header), dict[tuple[int, str], Any]()
        for number, cells in sheet.table:
            if number <= sheet.header.row:
                continue
            reader = Reader(run.zone, run.zeros[place], spelled, memory=memory)
            values = {
                field.key: reader.read(column, field, cells[column])
                for column, field in sheet.header.fields.items()
                if column < len(cells)
            }
            if any(value is not None for value in values.values()) or reader.findings:
                yield _entry(run, place, number, sheet.header, values, reader.findings)


def _spelling(run: _Run, header: Header) -> Callable[[int, str], str]:
    """A local code as its system compares it."""
    systems = {column: field.system for column, field in header.fields.items() if field.sort == "local"}
    kind = run.kind.kind
    return lambda column, code: run.spellings.normal(systems[column], kind, code) if column in systems else code


def _entry(
    run: _Run, sheet: int, number: int, header: Header, values: Mapping[str, Any], findings: list[Finding]
) -> Entry | Checked:
    code, column = values.get("code"), header.column_of("code")
    if code is None:
        if not any(finding.column == column and finding.grave for finding in findings):
            findings.append(found(column, "code-missing"))
        return Checked(sheet, number, "", "refused", findings)
    places = run.survey.twice.get(code.casefold(), ())
    if places:
        others = ", ".join(_named(run.survey, place) for place in places if place != (sheet, number))
        findings.append(found(column, "code-twice", value=code, rows=others))
    return Entry(sheet, number, code, header, values, findings)


def _named(looked: Survey, place: tuple[int, int]) -> str:
    sheet, row = place
    return str(row) if len(looked.sheets) == 1 else f"{looked.sheets[sheet].table.name}:{row}"


def _places(entries: Sequence[Entry]) -> Iterator[Place]:
    for entry in entries:
        for field in entry.header.fields.values():
            values = entry.values.get(field.key) if field.sort == "local" else None
            for local in values if isinstance(values, list) else ():
                yield field.system, field.organisation, local


def _references(kind: Kind, entries: Sequence[Entry]) -> Mapping[str, set[str]]:
    """By kind: the codes that rows refer to."""
    wanted: dict[str, set[str]] = defaultdict(set)
    for attribute in kind.attributes:
        if attribute.of:
            values = (entry.values.get(f"attributes.{attribute.name}") for entry in entries)
            wanted[attribute.of] |= {value for value in values if isinstance(value, str)}
    for entry in entries:
        organisations = entry.values.get("organisations")
        wanted["organisation"].update(organisations if isinstance(organisations, list) else ())
    return wanted


def _renamed(path: Path, content: Content) -> list[Finding]:
    """A file whose name says something else than what it is."""
    if path.suffix.lower() in ENDINGS[content.form]:
        return []
    return [found(None, "file-renamed", grave=False, file=path.name, form=content.form)]


async def _check_scopes(session: AsyncConnection, looked: Survey, file: str, systems: Collection[str] | None) -> None:
    """Systems and organisations that headers name. Raises SystemUnknown, NoSuchCode."""
    fields = {field.key: field for sheet in looked.sheets for field in sheet.header.fields.values() if field.sort == "local"}
    for field in fields.values():
        if systems is not None and field.system not in systems:
            raise SystemUnknown(file=file, system=field.system, known=", ".join(sorted(systems)))
    organisations = sorted({field.organisation for field in fields.values() if field.organisation})
    there = await existing(session, "organisation", organisations)
    for code in organisations:
        if code not in there:
            raise NoSuchCode(kind="organisation", value=code)


async def _zeros(session: AsyncConnection, kind: Kind, sheet: Sheeted) -> Mapping[int, int]:
    """Neighbours in the file first, else what the dictionary has."""
    found_zeros = dict(sheet.zeros)
    for column, field in sheet.header.fields.items():
        if not field.exact or column in found_zeros:
            continue
        if field.sort == "local":
            found_zeros[column] = await zeros_of_locals(session, kind.kind, (field.system, field.organisation))
        elif field.attribute is not None and field.attribute.type == "class":
            found_zeros[column] = usual_length(node.code for node in kind.tree)
        else:
            found_zeros[column] = await zeros_of_codes(session, field.attribute.of if field.attribute else kind.kind)
    return found_zeros
