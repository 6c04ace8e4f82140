"""One sheet's XML copied with marks put into it: what is not marked is copied byte for byte."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import ClassVar
from xml.parsers import expat

from master_data.exchange.package import local_name
from master_data.exchange.tabular import column_name, column_number
from master_data.exchange.xml_texts import DOCUMENT_RELATIONS

AFTER = frozenset({"legacyDrawingHF", "drawingHF", "picture", "oleObjects", "controls", "webPublishItems", "tableParts", "extLst"})
"""Where the reference to the boxes of the notes is not there it goes before the first of these, or to the end."""
STYLE = re.compile(rb"""\ss\s*=\s*["'](\d+)["']""")
Wanted = Callable[[int], Mapping[int, bool]]
"""The cells of a row to mark: by column, whether it is grave."""


@dataclass(slots=True)
class SheetMarks:
    """`marked`, `before`: as `styles.Styles` has them; `drawing`: the id under which the sheet refers to the boxes of its notes,
    where it does not yet and there are notes."""

    wanted: Wanted
    marked: Mapping[bool, Mapping[int, int]]
    before: Mapping[int, int]
    drawing: str = ""
    _parser: expat.XMLParserType = field(default_factory=expat.ParserCreate)
    _pending: bytearray = field(default_factory=bytearray)
    _base: int = 0
    _edits: list[tuple[int, int, bytes]] = field(default_factory=list)
    _last: int = 0
    _depth: int = 0
    _row: int = 0
    _column: int = -1
    _missing: dict[int, bool] = field(default_factory=dict)
    _here: Mapping[int, bool] = field(default_factory=dict)
    _row_style: str = ""
    _column_styles: list[tuple[int, int, int]] = field(default_factory=list)

    def copy(self, content: Iterable[bytes]) -> Iterator[bytes]:
        """The sheet's XML, changed, by the block."""
        self._parser.StartElementHandler, self._parser.EndElementHandler = self._start, self._end
        for block in content:
            self._pending += block
            self._parser.Parse(block)
            yield self._finished(self._last)
        self._parser.Parse(b"", True)
        yield self._finished(self._base + len(self._pending))

    def _finished(self, until: int) -> bytes:
        """What no later edit can touch, with the edits made in it."""
        pieces, at = [], self._base
        for start, end, content in self._edits:
            pieces += [bytes(self._pending[at - self._base : start - self._base]), content]
            at = end
        until = max(until, at)
        pieces.append(bytes(self._pending[at - self._base : until - self._base]))
        del self._pending[: until - self._base]
        self._base, self._edits = until, []
        return b"".join(pieces)

    def _start(self, name: str, attributes: Mapping[str, str]) -> None:
        self._last = self._parser.CurrentByteIndex
        self._depth += 1
        begin = self._BEGIN.get(name) or self._BEGIN.get(local_name(name))
        if begin is not None:
            begin(self, name, attributes)
        elif self._depth == 2 and local_name(name) in AFTER:
            self._refer(name)

    def _end(self, name: str) -> None:
        self._last = self._parser.CurrentByteIndex
        self._depth -= 1
        if name == "row" or local_name(name) == "row":
            self._insert(name[: -len("row")], 1 << 30)
        elif self._depth == 0:
            self._refer(name)

    def _begin_column(self, _name: str, attributes: Mapping[str, str]) -> None:
        first, last, style = (int(attributes.get(key, "0")) for key in ("min", "max", "style"))
        self._column_styles.append((first - 1, last - 1, style))

    def _begin_row(self, _name: str, attributes: Mapping[str, str]) -> None:
        self._row = int(attributes.get("r") or self._row + 1)
        self._column = -1
        self._row_style = attributes.get("s", "")
        self._here = self.wanted(self._row)
        self._missing = dict(sorted(self._here.items()))

    def _begin_cell(self, name: str, attributes: Mapping[str, str]) -> None:
        place = attributes.get("r")
        self._column = column_number(place.rstrip("0123456789")) if place else self._column + 1
        if not self._missing and self._column not in self._here and not self.before:
            return
        self._insert(name[: -len("c")], self._column)
        style = int(attributes.get("s", "0"))
        grave = self._missing.pop(self._column, None)
        changed = self.before.get(style) if grave is None else self.marked[grave].get(style)
        if changed is not None and changed != style:
            self._restyle(changed)

    def _begin_boxes(self, _name: str, _attributes: Mapping[str, str]) -> None:
        self.drawing = ""

    def _insert(self, prefix: str, until: int) -> None:
        """Cells to be marked that the sheet does not have."""
        for column in [column for column in self._missing if column < until]:
            grave = self._missing.pop(column)
            style = self.marked[grave].get(self._style_at(column), 0)
            cell = f'<{prefix}c r="{column_name(column)}{self._row}" s="{style}"/>'
            self._edits.append((self._last, self._last, cell.encode()))

    def _style_at(self, column: int) -> int:
        if self._row_style:
            return int(self._row_style)
        return next((style for first, last, style in self._column_styles if first <= column <= last), 0)

    def _restyle(self, style: int) -> None:
        start = self._last - self._base
        end = self._pending.index(b">", start) + 1
        tag = STYLE.sub(b"", bytes(self._pending[start:end]))
        name = re.match(rb"<[\w:]+", tag)
        assert name is not None
        changed = name.group() + f' s="{style}"'.encode() + tag[name.end() :]
        self._edits.append((self._last, self._last + end - start, changed))

    def _refer(self, name: str) -> None:
        if self.drawing:
            prefix = name.rpartition(":")[0]
            tag = f"{prefix}:legacyDrawing" if prefix else "legacyDrawing"
            reference = f'<{tag} xmlns:r="{DOCUMENT_RELATIONS}" r:id="{self.drawing}"/>'
            self._edits.append((self._last, self._last, reference.encode()))
            self.drawing = ""

    _BEGIN: ClassVar[Mapping[str, Callable[[SheetMarks, str, Mapping[str, str]], None]]] = {
        "c": _begin_cell, "row": _begin_row, "col": _begin_column, "legacyDrawing": _begin_boxes,
    }  # fmt: skip
