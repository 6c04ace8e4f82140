"""Sheets as all forms of files are read into: rows of cells, packed, because as objects they would take ten times the memory."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

import msgspec

from master_data.exchange.errors import FileTooLarge, TooManyRows
from master_data.exchange.limits import Limits

Form = Literal["xlsx", "xls", "csv"]
How = Literal["text", "number", "scientific", "date", "boolean", "error", "nothing"]


class Special(NamedTuple):
    """A cell that is not plain text: what it holds, the text that stands for it, its formula ('' without one).

    number: decimal text; scientific: a number shown as 1.2E+15; date: ISO; boolean: 1 or 0; nothing: a formula that has no
    value. A number whose format is only zeros (`000000`) is shown, and so read, with them.
    """

    how: How
    shown: str
    formula: str = ""


Cell = str | Special | None
Row = tuple[int, list[Cell]]
"""Its number in the sheet, from 1, and its cells from the first column on."""
Area = tuple[int, int, int, int]
"""First row, first column, last row, last column of merged cells; rows from 1, columns from 0."""

_ENCODER = msgspec.msgpack.Encoder()
_DECODER = msgspec.msgpack.Decoder(tuple[int, list[str | Special | None]])


@dataclass(slots=True)
class Table:
    """One sheet."""

    name: str
    merged: Sequence[Area] = ()
    packed: list[bytes] = field(default_factory=list)

    def __iter__(self) -> Iterator[Row]:
        return map(_DECODER.decode, self.packed)

    def head(self, rows: int) -> list[Row]:
        """The first rows."""
        return [_DECODER.decode(row) for row in self.packed[:rows]]


@dataclass(slots=True)
class Content:
    """What a file holds. `encoding`, `delimiter`: of a csv."""

    form: Form
    tables: list[Table]
    encoding: str = ""
    delimiter: str = ""


class Budget:
    """Counts what is read of one file and stops where it is too much."""

    def __init__(self, file: str, limits: Limits) -> None:
        self._file, self._limits = file, limits
        self._rows = self._bytes = 0

    def add(self, table: Table, number: int, cells: list[Cell]) -> None:
        """Keep a row; an empty one is none. Raises TooManyRows, FileTooLarge."""
        if not any(cells):
            return
        if len(cells) > self._limits.columns:
            raise FileTooLarge(file=self._file, what="columns", size=len(cells), limit=self._limits.columns)
        packed = _ENCODER.encode((number, cells))
        self._rows += 1
        self._bytes += len(packed)
        if self._rows > self._limits.rows:
            raise TooManyRows(file=self._file, limit=self._limits.rows)
        if self._bytes > self._limits.content_bytes:
            raise FileTooLarge(file=self._file, what="content", size=self._bytes, limit=self._limits.content_bytes)
        table.packed.append(packed)


def column_name(column: int) -> str:
    """0 is A, 26 is AA."""
    name = ""
    column += 1
    while column:
        column, letter = divmod(column - 1, 26)
        name = chr(65 + letter) + name
    return name


def column_number(name: str) -> int:
    """A is 0, AA is 26."""
    number = 0
    for letter in name.upper():
        number = number * 26 + ord(letter) - 64
    return number - 1
