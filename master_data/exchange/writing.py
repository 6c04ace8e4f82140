"""Export of the codes of a kind to xlsx or csv: importing the file again gives no change in any row."""

from __future__ import annotations

import asyncio
import csv
import io
import re
import zipfile
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime, time, tzinfo
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.db import Database
from hub.storage.among import among
from master_data.exchange.columns import Field, fields_of
from master_data.exchange.csv_reading import guarded
from master_data.exchange.known import Local, Scope, by_code, in_force
from master_data.exchange.lists import joined
from master_data.exchange.package import Package
from master_data.exchange.states import Filters, State, held, states_of
from master_data.exchange.templates import choices, scopes, sheet_name, workbook
from master_data.exchange.xml_texts import text_row
from master_data.kind import Kind
from master_data.proposals import Means
from master_data.publication import known_kind
from master_data.tables import cross_references

END_OF_ROWS = b"</sheetData>"


async def export_codes(
    db: Database, kind: str, out: Path, *, filters: Filters | None = None, systems: Iterable[str | Scope] | None = None,
    zone: tzinfo = UTC, means: Means | None = None,
) -> int:
    """Write a file, csv by its ending (UTF-8 with its mark), else xlsx; returns how many codes are in it. Raises UnknownKind.

    `systems`: as of a template; None: every one that has local codes. `zone`: of validity.
    """
    means, filters = means or Means(), filters or Filters()
    of = known_kind(means.kinds, kind)
    async with db.read(one_moment=True) as session:
        fields = fields_of(of, await scopes(session, kind, systems))
        lists = await choices(session, of)
        rows = _rows(session, of, fields, filters, zone, means.now())
        if out.suffix.lower() == ".csv":
            return await _write_csv(out, fields, rows)
        return await _write_xlsx(out, of, fields, workbook_bytes(of, fields, lists), rows)


def workbook_bytes(kind: Kind, fields: Sequence[Field], lists: Mapping[str, Sequence[str]]) -> bytes:
    """The template that the rows are put into."""
    scopes_there = [(field.system, field.organisation) for field in fields if field.sort == "local"]
    stream = io.BytesIO()
    workbook(kind, scopes_there, lists).save(stream)
    return stream.getvalue()


Pages = AsyncIterator[list[list[str]]]


async def _write_csv(out: Path, fields: Sequence[Field], pages: Pages) -> int:
    count = 0
    with out.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([field.header for field in fields])
        async for page in pages:
            writer.writerows([guarded(text) for text in row] for row in page)
            count += len(page)
    return count


async def _write_xlsx(out: Path, kind: Kind, fields: Sequence[Field], template: bytes, pages: Pages) -> int:
    """The template's parts as they are, the rows written into its sheet: as texts, whatever they begin with."""
    count = 0
    with zipfile.ZipFile(io.BytesIO(template)) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=4) as target:
        package = Package(source, out.name)
        part = next(sheet.part for sheet in package.sheets() if sheet.name == sheet_name(kind))
        for name in source.namelist():
            if name != part:
                target.writestr(name, source.read(name))
        before, after = source.read(part).split(END_OF_ROWS)
        style = _text_style(before)
        with target.open(part, "w", force_zip64=True) as sheet:
            sheet.write(before)
            async for page in pages:
                styles = [style] * len(fields)
                sheet.write("".join(text_row(count + number, row, styles) for number, row in enumerate(page, 2)).encode())
                count += len(page)
            sheet.write(END_OF_ROWS + after)
    return count


def _text_style(sheet: bytes) -> int:
    """The style of the template's columns: Text."""
    found = re.search(rb'<col\b[^>]*\bstyle="(\d+)"', sheet)
    return int(found.group(1)) if found else 0


async def _rows(
    session: AsyncConnection, kind: Kind, fields: Sequence[Field], filters: Filters, zone: tzinfo, now: datetime
) -> Pages:
    texts = [_text_of(field, zone) for field in fields]
    async for states in states_of(session, kind, filters, now):
        holds = in_force(now) if filters.as_of is None else held(filters.as_of)
        locals_of = await _locals(session, kind, [state.code for state in states], holds)
        yield [[text(state, locals_of.get(state.code, {})) for text in texts] for state in states]
        await asyncio.sleep(0)


async def _locals(
    session: AsyncConnection, kind: Kind, some: Sequence[str], holds: Any
) -> Mapping[str, Mapping[Scope, list[Local]]]:
    statement = select(cross_references).where(cross_references.c.kind == kind.kind, among(cross_references.c.code, some), holds)
    return by_code(await session.execute(statement))


Text = Callable[[State, Mapping[Scope, Sequence[Local]]], str]


def _text_of(field: Field, zone: tzinfo) -> Text:
    """What stands in a column."""
    if field.sort == "local":
        scope = (field.system, field.organisation)
        return lambda _, locals_of: joined(local.local for local in locals_of.get(scope, ()))
    if field.attribute is not None:
        name = field.attribute.name
        return lambda state, _: _plain(state.attributes.get(name))
    if field.sort == "moment":
        return lambda state, _: _moment(getattr(state, field.key), zone)
    return lambda state, _: _plain(getattr(state, field.key))


def _plain(value: Any) -> str:
    """As it is read again."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "Y" if value else "N"
    return joined(value) if isinstance(value, list | tuple) else str(value)


def _moment(moment: datetime | None, zone: tzinfo) -> str:
    if moment is None:
        return ""
    there = moment.astimezone(zone)
    return there.date().isoformat() if there.time() == time() else there.isoformat()
