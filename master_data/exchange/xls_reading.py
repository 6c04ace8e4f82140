"""xls → tables, by xlrd; which cells are formulas is read from the records themselves, because no reader of xls tells it."""

from __future__ import annotations

import struct
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path

import xlrd
import xlrd.compdoc
from xlrd.biffh import XLRDError

from master_data.exchange.errors import FileBroken, FileEncrypted
from master_data.exchange.limits import Limits
from master_data.exchange.numbers import SCIENTIFIC, ZEROS, decimal_text
from master_data.exchange.tabular import Budget, Cell, Content, Special, Table

FORMULA, SHEET, END = 0x0006, 0x0085, 0x000A
Formulas = Mapping[int, Sequence[int]]
"""The columns of each row that are formulas."""


def read_xls(path: Path, limits: Limits) -> Content:
    """Every worksheet. Raises FileBroken, FileEncrypted, TooManyRows, FileTooLarge."""
    content = path.read_bytes()
    budget = Budget(path.name, limits)
    try:
        with xlrd.open_workbook(file_contents=content, formatting_info=True, logfile=_Silent(), ragged_rows=True) as book:
            formulas = _formulas(content, book)
            return Content("xls", [_table(book, sheet, formulas.get(sheet.name, {}), budget) for sheet in book.sheets()])
    except XLRDError as error:
        raise (FileEncrypted(file=path.name) if "ncrypted" in str(error) else FileBroken(file=path.name, what=str(error))) from error
    except (AssertionError, IndexError, ValueError, KeyError, struct.error, UnicodeDecodeError) as error:
        raise FileBroken(file=path.name, what=str(error) or type(error).__name__) from error


def _table(book: xlrd.Book, sheet: xlrd.sheet.Sheet, formulas: Formulas, budget: Budget) -> Table:
    table = Table(sheet.name, [(top + 1, left, bottom, right - 1) for top, bottom, left, right in sheet.merged_cells])
    for number in range(sheet.nrows):
        cells = [_cell(book, cell) for cell in sheet.row(number)]
        for column in formulas.get(number, ()):
            cells[column] = _formula(cells[column])
        while cells and cells[-1] is None:
            cells.pop()
        budget.add(table, number + 1, cells)
    return table


def _cell(book: xlrd.Book, cell: xlrd.sheet.Cell) -> Cell:
    if cell.ctype == xlrd.XL_CELL_TEXT:
        return str(cell.value) or None
    if cell.ctype == xlrd.XL_CELL_NUMBER:
        return _number(book, cell)
    if cell.ctype == xlrd.XL_CELL_DATE:
        return _date(book, cell)
    if cell.ctype == xlrd.XL_CELL_BOOLEAN:
        return Special("boolean", str(int(cell.value)))
    if cell.ctype == xlrd.XL_CELL_ERROR:
        return Special("error", xlrd.error_text_from_code.get(int(cell.value), "#ERROR"))
    return None


def _number(book: xlrd.Book, cell: xlrd.sheet.Cell) -> Special:
    shown = decimal_text(repr(float(cell.value)))
    style = book.format_map[book.xf_list[cell.xf_index or 0].format_key].format_str
    if SCIENTIFIC.search(style):
        return Special("scientific", shown)
    return Special("number", shown.zfill(len(style)) if ZEROS.fullmatch(style) and shown.isdigit() else shown)


def _date(book: xlrd.Book, cell: xlrd.sheet.Cell) -> Special:
    try:
        moment = xlrd.xldate_as_datetime(float(cell.value), book.datemode)
    except (ValueError, OverflowError):
        return Special("error", str(cell.value))
    whole = float(cell.value).is_integer()
    return Special("date", moment.date().isoformat() if whole else moment.isoformat(timespec="seconds"))


def _formula(cell: Cell) -> Special:
    if cell is None:
        return Special("nothing", "", "…")
    return Special("text", cell, "…") if isinstance(cell, str) else cell._replace(formula="…")


def _formulas(content: bytes, book: xlrd.Book) -> Mapping[str, Formulas]:
    """Where each sheet has formulas: [MS-XLS] 2.4.127 (Formula) and 2.4.28 (BoundSheet8)."""
    document = xlrd.compdoc.CompDoc(content, logfile=_Silent())
    stream, start, size = document.locate_named_stream("Workbook")
    if stream is None:
        stream, start, size = document.locate_named_stream("Book")
    if stream is None:
        return {}
    records = bytes(stream[start : start + size])
    places = [struct.unpack_from("<I", records, at + 4)[0] for kind, at in _records(records, 0) if kind == SHEET]
    return {name: _of_sheet(records, place) for name, place in zip(book.sheet_names(), places)}


def _of_sheet(records: bytes, place: int) -> Formulas:
    found: dict[int, list[int]] = defaultdict(list)
    for at in (at for kind, at in _records(records, place) if kind == FORMULA):
        row, column = struct.unpack_from("<HH", records, at + 4)
        found[row].append(column)
    return found


def _records(records: bytes, at: int) -> list[tuple[int, int]]:
    found = []
    while at + 4 <= len(records):
        kind, size = struct.unpack_from("<HH", records, at)
        found.append((kind, at))
        if kind == END:
            break
        at += 4 + size
    return found


class _Silent:
    """Where xlrd may write what nobody reads."""

    def write(self, _text: str) -> None:
        return
