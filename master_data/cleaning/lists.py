"""A system's list as a file (xlsx, xls, csv): its columns are found by header, as in an import; its codes are the system's own."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import tzinfo
from pathlib import Path
from typing import Any

from master_data.cleaning.listed import Listed
from master_data.exchange.cells import CLEAR, Reader
from master_data.exchange.columns import shown
from master_data.exchange.reading import read_file
from master_data.exchange.survey import Sheeted, survey
from master_data.kind import Kind


def read_list(path: Path, kind: Kind, system: str, *, organisation: str = "", zone: tzinfo) -> list[Listed]:
    """The rows that have a code. Values that cannot be read are left out: they are told when the code is proposed.

    Raises what a file that cannot be read is refused for, HeaderMissing, HeaderTwice, SheetsAlike.
    """
    content = read_file(path)
    found = survey(content, kind, path.name)
    return [row for sheet in found.sheets for row in _rows(sheet, system, organisation, zone)]


def _rows(sheet: Sheeted, system: str, organisation: str, zone: tzinfo) -> Iterator[Listed]:
    code = sheet.header.column_of("code") or 0
    for number, cells in sheet.table:
        if number <= sheet.header.row or code >= len(cells) or not shown(cells[code]).strip():
            continue
        reader = Reader(zone, sheet.zeros)
        values: dict[str, Any] = {}
        for column, field in sheet.header.fields.items():
            value = reader.read(column, field, cells[column]) if column < len(cells) else None
            if value is not None and value is not CLEAR:
                values[field.key] = value
        attributes = {key.removeprefix("attributes."): value for key, value in values.items() if key.startswith("attributes.")}
        local = str(values.get("code") or shown(cells[code]).strip())
        yield Listed(0, system, organisation, local, str(values.get("zh", "")), str(values.get("en", "")), attributes)
