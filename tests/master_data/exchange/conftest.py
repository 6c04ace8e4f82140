"""Small files of materials as people keep them, and what came of reading them."""

from __future__ import annotations

import csv
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from hub.db import Database
from master_data.exchange.checking import Options, dry_run
from master_data.exchange.findings import Checked
from master_data.exchange.report import Report
from master_data.proposed import AddCrossReference, CreateCode
from master_data.seeds import take_over

HEADER = ("编码", "名称", "物料类别", "基本单位", "本地编码 erp")
Line = Sequence[Any]


@pytest.fixture
def xlsx(tmp_path: Path) -> Callable[..., Path]:
    """Writes a workbook of one sheet; `header` None: the lines alone."""

    def write(*lines: Line, header: Line | None = HEADER, name: str = "list.xlsx", change: Callable[[Any], None] = lambda _: None) -> Path:
        book = Workbook()
        sheet = book.active
        assert sheet is not None
        for line in ([header] if header else []) + list(lines):
            sheet.append(list(line))
        change(sheet)
        book.save(tmp_path / name)
        return tmp_path / name

    return write


@pytest.fixture
def text(tmp_path: Path) -> Callable[..., Path]:
    """Writes a csv of lines."""

    def write(*lines: Line, header: Line | None = HEADER, encoding: str = "utf-8", delimiter: str = ",", name: str = "list.csv") -> Path:
        path = tmp_path / name
        with path.open("w", encoding=encoding, newline="") as file:
            csv.writer(file, delimiter=delimiter).writerows(([header] if header else []) + list(lines))
        return path

    return write


@pytest.fixture
async def stocked(dictionary: Database) -> Database:
    """The dictionary with codes that begin with zeros, and two local codes."""
    codes = [CreateCode(kind="department", code=f"00{number}", zh=f"部门{number}") for number in range(1, 5)]
    local = [AddCrossReference(kind="material", system="erp", local_code=each, code="M-2") for each in ("01.002", "02.002")]
    await take_over(dictionary, [*codes, *local], by="go-live")
    return dictionary


async def checked(db: Database, path: Path, kind: str = "material", **options: Any) -> Report:
    """A dry run."""
    return await dry_run(db, path, kind, options=Options(**options))


def rows_of(report: Report) -> dict[int, Checked]:
    """By row number."""
    return {row.row: row for row in report}


def codes_at(report: Report, row: int, column: int) -> list[str]:
    """What was found in a cell; columns from 0."""
    return [finding.code for finding in rows_of(report)[row].findings if finding.column == column]
