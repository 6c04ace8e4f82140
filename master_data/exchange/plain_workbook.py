"""The values of an .xls as an .xlsx: texts stay texts, numbers, days and yes or no what they are; formats are left behind."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

from master_data.exchange.limits import LIMITS
from master_data.exchange.reading import read_file
from master_data.exchange.tabular import Cell, Special, Table


def write_plain(source: Path, target: Path) -> None:
    """Raises what reading raises."""
    book = Workbook(write_only=True)
    for table in read_file(source, LIMITS).tables:
        sheet = book.create_sheet(table.name)
        for cells in _lines(table):
            sheet.append([_cell(sheet, cell) for cell in cells])
    book.save(target)


def _lines(table: Table) -> Iterator[list[Cell]]:
    """Rows without gaps: each stands where it stood."""
    at = 0
    for number, cells in table:
        yield from ([] for _ in range(number - at - 1))
        yield cells
        at = number


def _cell(sheet: Any, cell: Cell) -> Any:
    if isinstance(cell, Special) and cell.how in ("number", "scientific"):
        return float(cell.shown) if not cell.shown.startswith("0") else _text(sheet, cell.shown)
    if isinstance(cell, Special) and cell.how == "date":
        return _date(cell.shown)
    if isinstance(cell, Special) and cell.how == "boolean":
        return cell.shown == "1"
    return None if cell is None else _text(sheet, cell.shown if isinstance(cell, Special) else cell)


def _text(sheet: Any, text: str) -> Any:
    made = WriteOnlyCell(sheet, value=text)
    made.data_type = "s"   # a text that begins with = is no formula
    return made


def _date(text: str) -> datetime | str:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return text
