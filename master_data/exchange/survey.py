"""A first look over all rows: which sheets are meant, which codes stand twice, how long codes with zeros before them are."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from hub.texts.exchange import EXCHANGE, both
from master_data.exchange.cells import is_digits
from master_data.exchange.columns import Header, find_header, no_header, shown
from master_data.exchange.errors import NoSuchSheet, SheetsAlike
from master_data.exchange.findings import Finding, found
from master_data.exchange.tabular import Content, Table, column_name
from master_data.kind import Kind

OURS = frozenset(
    {both("template-sheet-notes"), both("template-sheet-lists"), EXCHANGE["summary-sheet"].zh, EXCHANGE["summary-sheet"].en}
)
"""Sheets that the hub itself puts into workbooks."""


@dataclass(frozen=True, slots=True)
class Sheeted:
    """A table that is taken, with its header. `zeros`: by column, how long digits are that begin with 0."""

    table: Table
    header: Header
    zeros: Mapping[int, int]


@dataclass(frozen=True, slots=True)
class Survey:
    """`twice`: the places (sheet, row) of a code that stands more than once, by the code without case."""

    sheets: Sequence[Sheeted]
    twice: Mapping[str, Sequence[tuple[int, int]]]
    notices: Sequence[Finding]


def survey(content: Content, kind: Kind, file: str, wanted: Sequence[str] = ()) -> Survey:
    """`wanted`: the sheets to take, by name. Raises HeaderMissing, HeaderTwice, SheetsAlike, NoSuchSheet."""
    found_headers = [(table, find_header(table, kind, file)) for table in content.tables]
    good = [(table, header) for table, header in found_headers if header is not None]
    taken = _taken(content, good, kind, file, wanted)
    sheets = [Sheeted(table, header, _zeros(table, header)) for table, header in taken]
    return Survey(sheets, _twice(sheets), _notices(content, sheets))


Pairs = Sequence[tuple[Table, Header]]


def _taken(content: Content, good: Pairs, kind: Kind, file: str, wanted: Sequence[str]) -> Pairs:
    names = {table.name for table, _ in good}
    for name in wanted:
        if name not in names:
            raise NoSuchSheet(file=file, sheet=name, known=", ".join(table.name for table in content.tables))
    if not good:
        raise no_header(file, kind)
    if len(good) > 1 and not wanted:
        raise SheetsAlike(file=file, sheets=", ".join(table.name for table, _ in good))
    return [(table, header) for table, header in good if not wanted or table.name in wanted]


def _zeros(table: Table, header: Header) -> dict[int, int]:
    exact = [column for column, field in header.fields.items() if field.exact]
    digits: dict[int, Counter[tuple[bool, int]]] = defaultdict(Counter)
    for number, cells in table:
        for column in exact if number > header.row else ():
            text = shown(cells[column]) if column < len(cells) else ""
            if is_digits(text):
                digits[column][text.startswith("0"), len(text)] += 1
    return {column: length for column, counted in digits.items() if (length := _usual(counted))}


def _usual(counted: Counter[tuple[bool, int]]) -> int:
    """The length that most numbers of the column have, some of them with a 0 before them; 0: there is none."""
    length = max((length for zero, length in counted if zero), key=lambda length: counted[True, length], default=0)
    same = counted[True, length] + counted[False, length]
    return length if 2 * same >= counted.total() else 0


def _twice(sheets: Sequence[Sheeted]) -> dict[str, list[tuple[int, int]]]:
    first: dict[str, tuple[int, int]] = {}
    twice: dict[str, list[tuple[int, int]]] = {}
    for place, sheet in enumerate(sheets):
        column = sheet.header.column_of("code") or 0
        for number, cells in sheet.table:
            code = shown(cells[column]).casefold() if number > sheet.header.row and column < len(cells) else ""
            if code and first.setdefault(code, (place, number)) != (place, number):
                twice.setdefault(code, [first[code]]).append((place, number))
    return twice


def _notices(content: Content, sheets: Sequence[Sheeted]) -> list[Finding]:
    """Columns that nobody knows, sheets that are left out, several that are taken."""
    notices = [
        found(column, "column-unknown", grave=False, sheet=sheet.table.name, place=f"{column_name(column)}{sheet.header.row}", header=text)
        for sheet in sheets
        for column, text in sheet.header.unknown.items()
    ]
    names = [sheet.table.name for sheet in sheets]
    if len(names) > 1:
        notices.append(found(None, "sheets-taken", grave=False, sheets=", ".join(names)))
    left = [table.name for table in content.tables if table.name not in (*names, *OURS) and table.packed]
    if left:
        notices.append(found(None, "sheets-left-out", grave=False, sheets=", ".join(left)))
    return notices
