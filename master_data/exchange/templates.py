"""Templates: one sheet with every column of a kind, drop-downs for what is chosen, notes on what each column takes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter, quote_sheetname
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.db import Database
from hub.texts import sentence
from hub.texts.exchange import EXCHANGE, both
from master_data.exchange.columns import Field, fields_of
from master_data.exchange.known import OBSOLETE, Scope, scopes_of
from master_data.kind import Kind
from master_data.proposals import Means
from master_data.publication import known_kind
from master_data.tables import STATUSES, codes

AUTHOR = "Loopline 模板 / template"
MOST_CHOICES = 2_000
"""A drop-down longer than this helps nobody."""
LAST = 1_048_576
MANDATORY = PatternFill("solid", fgColor="FFDDEBF7")
Choices = Mapping[str, Sequence[str]]
"""The codes of a kind, for a drop-down, by kind."""


async def make_template(
    db: Database, kind: str, out: Path, *, systems: Iterable[str | Scope] | None = None, means: Means | None = None
) -> None:
    """Write the template of a kind. `systems`: whose local codes have a column, (system, organisation) or the system alone;
    None: those that have some. Raises UnknownKind."""
    of = known_kind((means or Means()).kinds, kind)
    async with db.read() as session:
        book = workbook(of, await scopes(session, kind, systems), await choices(session, of))
    book.save(out)


async def scopes(session: AsyncConnection, kind: str, systems: Iterable[str | Scope] | None) -> list[Scope]:
    """What has a column of local codes."""
    there = await scopes_of(session, kind)
    if systems is None:
        return there
    return [(each, "") if isinstance(each, str) else each for each in systems]


async def choices(session: AsyncConnection, kind: Kind) -> Choices:
    """The codes that can be chosen in the kind's columns; of a kind with too many there is no drop-down."""
    found = {}
    for of in dict.fromkeys(attribute.of for attribute in kind.attributes if attribute.of):
        statement = select(codes.c.code).where(codes.c.kind == of, codes.c.status != OBSOLETE).order_by(codes.c.code)
        some = list(await session.scalars(statement.limit(MOST_CHOICES + 1)))
        if some and len(some) <= MOST_CHOICES:
            found[of] = some
    return found


def workbook(kind: Kind, of: Sequence[Scope], lists: Choices) -> Workbook:
    """The template. Every column is formatted as Text: so Excel changes nothing that is typed."""
    book = Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet.title = sheet_name(kind)
    notes, lists_sheet = book.create_sheet(both("template-sheet-notes")), book.create_sheet(both("template-sheet-lists"))
    fields = fields_of(kind, of)
    for column, field in enumerate(fields, 1):
        _put_column(sheet, lists_sheet, column, field, kind, lists)
        notes.append([field.header, told(field, kind, "zh"), told(field, kind, "en")])
    for rule in ("template-rule-empty", "template-rule-text", "template-rule-header"):
        notes.append(["", EXCHANGE[rule].zh, EXCHANGE[rule].en])
    for letter, width in (("A", 36), ("B", 70), ("C", 70)):
        notes.column_dimensions[letter].width = width
    sheet.freeze_panes = "B2"
    lists_sheet.sheet_state = "hidden"
    return book


def sheet_name(kind: Kind) -> str:
    """What Excel allows as one."""
    return re.sub(r"[\[\]:*?/\\]", " ", f"{kind.label.zh} {kind.label.en}")[:31]


def told(field: Field, kind: Kind, language: str) -> str:
    """What a column takes, in a sentence or two."""
    mandatory = "template-mandatory" if is_mandatory(field, kind) else "template-optional"
    example = _example(field)
    parts = [_type(field, kind, language), sentence(EXCHANGE[mandatory], language, {})]
    parts += [sentence(EXCHANGE["template-example"], language, {"example": example})] if example else []
    return ("。" if language == "zh" else ". ").join(parts)


def is_mandatory(field: Field, kind: Kind) -> bool:
    """Whether a new code needs it."""
    return field.sort == "code" or field.key in kind.names.mandatory or bool(field.attribute and field.attribute.mandatory)


def _put_column(sheet: Worksheet, lists_sheet: Worksheet, column: int, field: Field, kind: Kind, lists: Choices) -> None:
    letter = get_column_letter(column)
    head = sheet.cell(1, column, field.header)
    head.font, head.alignment = Font(bold=True), Alignment(wrap_text=True, vertical="top")
    if is_mandatory(field, kind):
        head.fill = MANDATORY
    note = Comment(f"{told(field, kind, 'zh')}\n{told(field, kind, 'en')}", AUTHOR, width=320, height=140)
    head.comment = note
    sheet.column_dimensions[letter].width = max(12, min(len(field.header) + 4, 30))
    sheet.column_dimensions[letter].number_format = "@"
    values = _values(field, kind, lists)
    if values:
        _put_choice(sheet, lists_sheet, letter, field, values)


def _put_choice(sheet: Worksheet, lists_sheet: Worksheet, letter: str, field: Field, values: Sequence[str]) -> None:
    lists_sheet[f"{letter}1"] = field.header
    for row, value in enumerate(values, 2):
        cell = lists_sheet[f"{letter}{row}"]
        cell.value, cell.data_type = value, "s"
    area = f"{quote_sheetname(lists_sheet.title)}!${letter}$2:${letter}${len(values) + 1}"
    # a warning, not a stop: who imports is told anyway, and a new code of another kind may come with the next file
    choice = DataValidation("list", formula1=area, allow_blank=True, errorStyle="warning", showErrorMessage=True)
    choice.add(f"{letter}2:{letter}{LAST}")
    sheet.add_data_validation(choice)


def _values(field: Field, kind: Kind, lists: Choices) -> Sequence[str]:
    if field.sort == "status":
        return STATUSES
    if field.attribute is None:
        return ()
    if field.attribute.type == "boolean":
        return ("Y", "N")
    if field.attribute.type == "class":
        return [node.code for node in kind.tree]
    return field.attribute.values or lists.get(field.attribute.of, ())


def _type(field: Field, kind: Kind, language: str) -> str:
    if field.sort == "code":
        return str(getattr(kind.code_words(), language))
    facts = {"values": ", ".join(STATUSES), "length": kind.names.max_length}
    if field.attribute is None:
        return sentence(EXCHANGE[f"template-type-{field.sort}"], language, facts)
    facts |= {"values": ", ".join(field.attribute.values), "of": field.attribute.of}
    return sentence(EXCHANGE[f"template-type-{field.attribute.type}"], language, facts)


def _example(field: Field) -> str:
    if field.attribute is None:
        return {"local": "A-100;A-101", "moment": "2026-01-31", "status": "active"}.get(field.sort, "")
    by_type = {"date": "2026-01-31", "boolean": "Y", "decimal": "12.5", "integer": "12", "texts": "A;B"}
    return field.attribute.values[0] if field.attribute.values else by_type.get(field.attribute.type, "")
