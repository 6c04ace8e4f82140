"""xlsx → tables, each sheet in one pass of its XML: values with their formulas and number formats, merged cells.

No reader of xlsx gives value, formula and format of a cell at once, and what Excel did to a code is seen only from all three.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import ClassVar
from xml.parsers import expat

from master_data.exchange.errors import FileBroken
from master_data.exchange.limits import Limits
from master_data.exchange.numbers import Formats, number_cell
from master_data.exchange.package import Package, blocks, local_name
from master_data.exchange.tabular import Area, Budget, Cell, Content, How, Special, Table, column_number

ESCAPED = re.compile(r"_x([0-9a-fA-F]{4})_")
BROKEN = (zipfile.BadZipFile, zlib.error, expat.ExpatError, EOFError, ValueError, KeyError, IndexError, OverflowError)


def read_xlsx(path: Path, limits: Limits) -> Content:
    """Every worksheet. Raises FileBroken, FileTooLarge, TooManyRows."""
    try:
        with zipfile.ZipFile(path) as archive:
            return Content("xlsx", _tables(Package(archive, path.name), Budget(path.name, limits)))
    except BROKEN as error:
        raise FileBroken(file=path.name, what=str(error) or type(error).__name__) from error


def _tables(package: Package, budget: Budget) -> list[Table]:
    texts = _shared_texts(package)
    formats = _formats(package)
    tables = []
    for sheet in package.sheets():
        table = Table(sheet.name)
        scanner = _Sheet(texts, formats, partial(budget.add, table))
        parse(package, sheet.part, scanner.start, scanner.end, scanner.data)
        table.merged = scanner.merged
        tables.append(table)
    return tables


def parse(
    package: Package, part: str, start: Callable[[str, Mapping[str, str]], None], end: Callable[[str], None], data: Callable[[str], None]
) -> None:
    """Go through a part by the block; a document type, where bombs of entities are declared, is refused."""
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = start, end, data
    parser.StartDoctypeDeclHandler = _no_document_type
    with package.open(part) as stream:
        for block in blocks(stream):
            parser.Parse(block)
        parser.Parse(b"", True)


def _no_document_type(*_: object) -> None:
    raise ValueError("<!DOCTYPE")


class _Texts:
    """The texts that cells refer to by number; how a word is pronounced (`rPh`) is no part of it."""

    def __init__(self) -> None:
        self.found: list[str] = []
        self._parts: list[str] = []
        self._listening = self._pronounced = False

    def start(self, name: str, _attributes: Mapping[str, str]) -> None:
        name = local_name(name)
        if name == "si":
            self._parts = []
        elif name == "rPh":
            self._pronounced = True
        self._listening = name == "t" and not self._pronounced

    def end(self, name: str) -> None:
        name = local_name(name)
        self._listening = False
        if name == "si":
            self.found.append(plain("".join(self._parts)))
        elif name == "rPh":
            self._pronounced = False

    def data(self, text: str) -> None:
        if self._listening:
            self._parts.append(text)


def plain(text: str) -> str:
    """The text without Excel's escapes: `_x000D_` is one character."""
    return ESCAPED.sub(lambda found: chr(int(found.group(1), 16)), text) if "_x" in text else text


def _shared_texts(package: Package) -> list[str]:
    part = package.related(package.workbook, "sharedStrings")
    texts = _Texts()
    if part is not None:
        parse(package, part, texts.start, texts.end, texts.data)
    return texts.found


def _formats(package: Package) -> Formats:
    part = package.related(package.workbook, "styles")
    properties = package.tree(package.workbook).find("workbookPr")
    from_1904 = properties is not None and properties.get("date1904") in ("1", "true")
    if part is None:
        return Formats.of([], {}, from_1904)
    root = package.tree(part)
    own = {each.get("numFmtId", ""): each.get("formatCode", "") for each in root.iterfind("numFmts/numFmt")}
    used = [each.get("numFmtId", "0") for each in root.iterfind("cellXfs/xf")]
    return Formats.of(used, own, from_1904)


class _Sheet:
    """The events of one sheet's XML → rows. Names are those of the file: some writers put a prefix before each."""

    def __init__(self, texts: Sequence[str], formats: Formats, sink: Callable[[int, list[Cell]], None]) -> None:
        self.merged: list[Area] = []
        self._texts, self._formats, self._sink = texts, formats, sink
        self._columns: dict[str, int] = {}
        self._number, self._column = 0, -1
        self._cells: list[Cell] = []
        self._type = self._style = ""
        self._value: list[str] = []
        self._formula: list[str] = []
        self._has_formula = self._pronounced = False
        self._into: list[str] | None = None

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        begin = self._BEGIN.get(name) or self._BEGIN.get(local_name(name))
        if begin is not None:
            begin(self, attributes)

    def end(self, name: str) -> None:
        self._into = None
        finish = self._FINISH.get(name) or self._FINISH.get(local_name(name))
        if finish is not None:
            finish(self)

    def data(self, text: str) -> None:
        if self._into is not None:
            self._into.append(text)

    def _begin_row(self, attributes: Mapping[str, str]) -> None:
        self._number = int(attributes.get("r") or self._number + 1)
        self._cells, self._column = [], -1

    def _begin_cell(self, attributes: Mapping[str, str]) -> None:
        place = attributes.get("r")
        self._column = self._column_of(place) if place else self._column + 1
        self._type, self._style = attributes.get("t", "n"), attributes.get("s", "")
        self._value, self._formula, self._has_formula = [], [], False

    def _begin_value(self, _attributes: Mapping[str, str]) -> None:
        self._into = None if self._pronounced else self._value

    def _begin_formula(self, _attributes: Mapping[str, str]) -> None:
        self._into, self._has_formula = self._formula, True

    def _begin_pronounced(self, _attributes: Mapping[str, str]) -> None:
        self._pronounced = True

    def _begin_merged(self, attributes: Mapping[str, str]) -> None:
        first, _, last = attributes.get("ref", "A1").partition(":")
        self.merged.append((*_place(first), *_place(last or first)))

    def _finish_pronounced(self) -> None:
        self._pronounced = False

    def _finish_cell(self) -> None:
        if not self._value and not self._has_formula:
            return
        cell = self._cell("".join(self._value))
        if self._has_formula:
            cell = _with_formula(cell, "".join(self._formula) or "…")
        if cell is not None:
            self._cells.extend([None] * (self._column - len(self._cells)))
            self._cells.append(cell)

    def _finish_row(self) -> None:
        self._sink(self._number, self._cells)

    def _cell(self, value: str) -> Cell:
        how = self._type
        if how == "s":
            return self._texts[int(value)] or None
        if how in ("str", "inlineStr"):
            return plain(value) or None
        if how in OTHER:
            return Special(OTHER[how], value)
        return number_cell(value, self._style, self._formats) if value else None

    def _column_of(self, place: str) -> int:
        letters = place.rstrip("0123456789")
        column = self._columns.get(letters)
        if column is None:
            column = self._columns[letters] = column_number(letters)
        return column

    _BEGIN: ClassVar[Mapping[str, Callable[[_Sheet, Mapping[str, str]], None]]] = {
        "c": _begin_cell, "v": _begin_value, "t": _begin_value, "row": _begin_row, "f": _begin_formula, "rPh": _begin_pronounced,
        "mergeCell": _begin_merged,
    }  # fmt: skip
    _FINISH: ClassVar[Mapping[str, Callable[[_Sheet], None]]] = {"c": _finish_cell, "row": _finish_row, "rPh": _finish_pronounced}


OTHER: Mapping[str, How] = {"b": "boolean", "e": "error", "d": "date"}


def _with_formula(cell: Cell, formula: str) -> Special:
    if cell is None:
        return Special("nothing", "", formula)
    return Special("text", cell, formula) if isinstance(cell, str) else cell._replace(formula=formula)


def _place(name: str) -> tuple[int, int]:
    letters = name.rstrip("0123456789")
    return int(name[len(letters) :]), column_number(letters)
