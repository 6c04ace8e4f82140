"""Workbooks written by hand, part by part, for what no library writes."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
HEAD = '<?xml version="1.0" encoding="UTF-8"?>'
KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml"

TYPES = (
    f'<Types xmlns="{PACKAGE}/content-types"><Default Extension="rels" '
    'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    f'<Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="{KIND}.sheet.main+xml"/>'
    f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{KIND}.worksheet+xml"/></Types>'
)


def parts_of(rows: str, header: Sequence[str] = (), prefix: str = "") -> dict[str, str]:
    """The least a workbook needs; `prefix`: as some writers put before every name."""
    titles = "".join(f"<c t=\"inlineStr\"><is><t>{title}</t></is></c>" for title in header)
    content = f"<sheetData><row>{titles}</row>{rows}</sheetData>"
    if prefix:
        content = content.replace("</", "\0").replace("<", f"<{prefix}:").replace("\0", f"</{prefix}:")
    p, declared = (f"{prefix}:", f":{prefix}") if prefix else ("", "")
    return {
        "[Content_Types].xml": TYPES,
        "_rels/.rels": _relation("officeDocument", "xl/workbook.xml"),
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{RELATIONS}"><sheets><sheet name="S" sheetId="1" r:id="a"/></sheets>'
                           "</workbook>",
        "xl/_rels/workbook.xml.rels": _relation("worksheet", "worksheets/sheet1.xml"),
        "xl/worksheets/sheet1.xml": f'{HEAD}<{p}worksheet xmlns{declared}="{MAIN}">{content}</{p}worksheet>',
    }  # fmt: skip


def _relation(kind: str, target: str) -> str:
    one = f'<Relationship Id="a" Type="{RELATIONS}/{kind}" Target="{target}"/>'
    return f'<Relationships xmlns="{PACKAGE}/relationships">{one}</Relationships>'


def write_parts(path: Path, parts: Mapping[str, str | bytes]) -> Path:
    """A zip of parts."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path


def workbook_of(path: Path, rows: str, header: Sequence[str] = (), prefix: str = "") -> Path:
    """A workbook with these rows of XML."""
    return write_parts(path, parts_of(rows, header, prefix))
