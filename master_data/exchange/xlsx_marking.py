"""Marks an xlsx: every part is copied as it is, but for styles, the sheets with marks, their notes, and one sheet more."""

from __future__ import annotations

import posixpath
import re
import shutil
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from master_data.exchange.findings import Finding
from master_data.exchange.notes import MOST, merged_notes
from master_data.exchange.package import Package, SheetPart, blocks, relations_part, relative
from master_data.exchange.report import Report
from master_data.exchange.sheet_marks import SheetMarks
from master_data.exchange.styles import Styles, with_marks
from master_data.exchange.summary import WIDTHS, summary, word
from master_data.exchange.xml_texts import DOCUMENT_RELATIONS, HEAD, MAIN, PACKAGE_RELATIONS, attribute, text_row

TYPES = "[Content_Types].xml"
SPREADSHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml"
VML = "application/vnd.openxmlformats-officedocument.vmlDrawing"
LANGUAGES = ("zh", "en")


def mark_xlsx(report: Report, out: Path, language: str, *, source: Path | None = None) -> Path:
    """`source`: the workbook to mark, where it is not the file that was checked."""
    with zipfile.ZipFile(source or report.path) as archive:
        package = Package(archive, report.path.name)
        marks = Marks(report, language)
        changed = _Changes(package)
        for sheet in package.sheets():
            if marks.has(sheet.name):
                changed.notes(sheet, marks.notes(sheet.name))
        unnoted = changed.unnoted
        changed.summary(word("summary-sheet", language))
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=4) as target:
            _write(package, target, changed, marks)
            _write_summary(target, changed.summary_part, report, language, unnoted)
    return out


class Marks:
    """Which cells are marked, and what their notes say, sheet by sheet; texts are made when they are asked for."""

    def __init__(self, report: Report, language: str) -> None:
        self._report, self._language = report, language
        self._sheets = {sheet.name: number for number, sheet in enumerate(report.sheets)}
        self._places: dict[tuple[int, int], int] = {
            (checked.sheet, checked.row): place for place, checked in enumerate(report) if checked.findings
        }
        self._headers: dict[tuple[int, int], list[Finding]] = {}
        for notice in report.notices:
            sheet = self._sheets.get(notice.facts.get("sheet", ""))
            if notice.column >= 0 and sheet is not None:
                self._headers.setdefault((sheet, report.sheets[sheet].header.row), []).append(notice)

    def has(self, sheet: str) -> bool:
        """Whether the sheet was read: one without marks may have those of an earlier result."""
        return sheet in self._sheets

    def of_row(self, sheet: str, row: int) -> Mapping[int, bool]:
        """The cells of a row: by column, whether what was found is grave."""
        grave: dict[int, bool] = {}
        for finding in self._findings(sheet, row):
            column = self._column(sheet, finding)
            grave[column] = grave.get(column, False) or finding.grave
        return grave

    def notes(self, sheet: str) -> Iterator[tuple[tuple[int, int], str]]:
        """Place and text of every marked cell, by row."""
        number = self._sheets[sheet]
        rows = sorted({row for of, row in (*self._places, *self._headers) if of == number})
        for row in rows:
            texts: dict[int, list[str]] = {}
            for finding in self._findings(sheet, row):
                texts.setdefault(self._column(sheet, finding), []).append(finding.text(self._language))
            yield from (((row, column), "\n".join(lines)) for column, lines in sorted(texts.items()))

    def _findings(self, sheet: str, row: int) -> list[Finding]:
        key = (self._sheets[sheet], row)
        place = self._places.get(key)
        return self._headers.get(key, []) + (self._report.at(place).findings if place is not None else [])

    def _column(self, sheet: str, finding: Finding) -> int:
        """What belongs to no cell is marked at the code."""
        if finding.column >= 0:
            return finding.column
        return self._report.sheets[self._sheets[sheet]].header.column_of("code") or 0


@dataclass(slots=True)
class _Changes:
    """The parts that are new or other ones; `unnoted`: marked cells beyond what a sheet may have of notes."""

    package: Package
    parts: dict[str, bytes] = field(default_factory=dict)
    drawings: dict[str, str] = field(default_factory=dict)
    styles: Styles = field(init=False)
    styles_part: str | None = None
    summary_part: str = ""
    unnoted: int = 0

    def __post_init__(self) -> None:
        self.styles_part = self.package.related(self.package.workbook, "styles")
        if self.styles_part is None:
            self.styles = Styles(b"", {True: {}, False: {}}, {})
            return
        self.styles = with_marks(self.package.read(self.styles_part))
        self.parts[self.styles_part] = self.styles.content

    def read(self, part: str) -> bytes:
        """A part as it is by now."""
        return self.parts[part] if part in self.parts else self.package.read(part)

    def notes(self, sheet: SheetPart, wanted: Iterator[tuple[tuple[int, int], str]]) -> None:
        """Notes of one sheet, beside those it has."""
        some = {}
        for number, (place, text) in enumerate(wanted):
            if number < MOST:
                some[place] = text
            else:
                self.unnoted += 1
        texts, boxes = self.package.related(sheet.part, "comments"), self.package.related(sheet.part, "vmlDrawing")
        if not some and texts is None:
            return
        comments, drawing = merged_notes(self._text(texts), self._text(boxes), some)
        texts, boxes = texts or self._new("xl/comments{}.xml"), boxes or self._new("xl/drawings/vmlDrawing{}.vml")
        self.parts |= {texts: comments.encode(), boxes: drawing.encode()}
        self._declare(texts, f"{SPREADSHEET}.comments+xml")
        self._declare_vml()
        self._relate(sheet.part, texts, "comments")
        self.drawings[sheet.part] = self._relate(sheet.part, boxes, "vmlDrawing")

    def summary(self, name: str) -> None:
        """A sheet at the end; that of an earlier result is used again, whatever its language."""
        names = {word("summary-sheet", language) for language in LANGUAGES}
        there = next((sheet.part for sheet in self.package.sheets() if sheet.name in names), None)
        if there is not None:
            self.summary_part = there
            return
        workbook = self.package.workbook
        self.summary_part = self._new("xl/worksheets/sheet{}.xml")
        self._declare(self.summary_part, f"{SPREADSHEET}.worksheet+xml")
        relation = self._relate(workbook, self.summary_part, "worksheet")
        content = self.read(workbook).decode()
        number = max((int(each) for each in re.findall(r'\bsheetId\s*=\s*"(\d+)"', content)), default=0) + 1
        sheet = f'sheet xmlns:r="{DOCUMENT_RELATIONS}" name={attribute(name)} sheetId="{number}" r:id="{relation}"/>'
        self.parts[workbook] = _into(content, "sheets", sheet).encode()

    def _text(self, part: str | None) -> str:
        return self.read(part).decode("utf-8-sig") if part is not None else ""

    def _new(self, pattern: str) -> str:
        taken = {name.lower() for name in (*self.package.names, *self.parts)}
        number = 1
        while pattern.format(number).lower() in taken:
            number += 1
        return pattern.format(number)

    def _declare(self, part: str, kind: str) -> None:
        content = self.read(TYPES).decode("utf-8-sig")
        if f'"/{part}"'.lower() not in content.lower():
            self.parts[TYPES] = _into(content, "Types", f'Override PartName="/{part}" ContentType="{kind}"/>').encode()

    def _declare_vml(self) -> None:
        content = self.read(TYPES).decode("utf-8-sig")
        if not re.search(r'Extension\s*=\s*"vml"', content, re.IGNORECASE):
            self.parts[TYPES] = _into(content, "Types", f'Default Extension="vml" ContentType="{VML}"/>').encode()

    def _relate(self, part: str, target: str, kind: str) -> str:
        """The id under which a part refers to another one."""
        there = next((each.id for each in self.package.relations(part) if each.kind == kind and each.target == target), None)
        if there is not None:
            return there
        name = relations_part(part)
        known = name in self.parts or name in self.package.names
        content = self.read(name).decode("utf-8-sig") if known else f'{HEAD}<Relationships xmlns="{PACKAGE_RELATIONS}"></Relationships>'
        number = 1
        while f'"loopline{number}"' in content:
            number += 1
        relation = f'Relationship Id="loopline{number}" Type="{DOCUMENT_RELATIONS}/{kind}" Target="{relative(part, target)}"/>'
        self.parts[name] = _into(content, "Relationships", relation).encode()
        return f"loopline{number}"


def _into(content: str, name: str, tag: str) -> str:
    """A tag as the last one of an element."""
    content = re.sub(rf"<((?:\w+:)?){name}\b([^>]*?)\s*/>", rf"<\1{name}\2></\1{name}>", content)
    end = list(re.finditer(rf"</((?:\w+:)?){name}\s*>", content))[-1]
    return f"{content[: end.start()]}<{end.group(1)}{tag}{content[end.start() :]}"


def _write(package: Package, target: zipfile.ZipFile, changed: _Changes, marks: Marks) -> None:
    sheets = {sheet.part: sheet.name for sheet in package.sheets() if marks.has(sheet.name)}
    for name in dict.fromkeys((*package.archive.namelist(), *changed.parts)):
        if name == changed.summary_part or name.endswith("/"):
            continue
        if name in changed.parts:
            target.writestr(name, changed.parts[name])
            continue
        with package.open(name) as source, target.open(name, "w", force_zip64=True) as copy:
            if name in sheets:
                copy.writelines(_marked(changed, marks, name, sheets[name]).copy(blocks(source)))
            else:
                shutil.copyfileobj(source, copy)


def _marked(changed: _Changes, marks: Marks, part: str, name: str) -> SheetMarks:
    styles = changed.styles
    return SheetMarks(lambda row: marks.of_row(name, row), styles.marked, styles.before, changed.drawings.get(part, ""))


def _write_summary(target: zipfile.ZipFile, part: str, report: Report, language: str, unnoted: int) -> None:
    widths = "".join(f'<col min="{n}" max="{n}" width="{width}" customWidth="1"/>' for n, width in enumerate(WIDTHS, 1))
    with target.open(posixpath.normpath(part), "w", force_zip64=True) as sheet:
        sheet.write(f'{HEAD}<worksheet xmlns="{MAIN}"><cols>{widths}</cols><sheetData>'.encode())
        for number, texts in enumerate(summary(report, language, unnoted), 1):
            sheet.write(text_row(number, texts).encode())
        sheet.write(b"</sheetData></worksheet>")
