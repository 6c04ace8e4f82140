"""csv → one table: encoding and delimiter are found out, what a spreadsheet wrote to keep a text a text is taken away."""

from __future__ import annotations

import codecs
import csv
import re
from pathlib import Path

from master_data.exchange.errors import FileBroken, NotText
from master_data.exchange.limits import Limits
from master_data.exchange.tabular import Budget, Content, Table

BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
ENCODINGS = ("utf-8", "gb18030")
DELIMITERS = (",", ";", "\t")
BLOCK = 1 << 20
SAMPLE = 20
GUARDED = re.compile(r"'+[=+\-@\t\r]")
TO_GUARD = re.compile(r"'*[=+\-@\t\r]")
KEPT_AS_TEXT = re.compile(r'="([^"]*)"')


def read_csv(path: Path, limits: Limits) -> Content:
    """Rows are records: one whose text has a line break is one row. Raises NotText, FileBroken, TooManyRows, FileTooLarge."""
    encoding = encoding_of(path)
    delimiter, first = _delimiter(path, encoding)
    table, budget = Table(path.name), Budget(path.name, limits)
    try:
        with path.open(encoding=encoding, newline="") as file:
            for number, cells in enumerate(csv.reader(file, delimiter=delimiter), 1):
                if number >= first:
                    budget.add(table, number, [_plain(cell) or None for cell in cells])
    except csv.Error as error:
        raise FileBroken(file=path.name, what=f"{error} ({len(table.packed) + 1})") from error
    return Content("csv", [table], encoding, delimiter)


def encoding_of(path: Path) -> str:
    """By its mark, else UTF-8 where it is that, else GB18030, which holds GBK and GB 2312. Raises NotText."""
    with path.open("rb") as file:
        start = file.read(4)
    marked = next((name for mark, name in BOMS if start.startswith(mark)), None)
    for encoding in (marked,) if marked else ENCODINGS:
        if _decodes(path, encoding):
            return encoding
    raise NotText(file=path.name)


def guarded(text: str) -> str:
    """As it goes into a csv: a spreadsheet that opens the file takes no value for a formula. `unguarded` undoes it exactly."""
    return f"'{text}" if TO_GUARD.match(text) else text


def unguarded(text: str) -> str:
    """Without the mark of `guarded`."""
    return text[1:] if GUARDED.match(text) else text


def _plain(text: str) -> str:
    kept = KEPT_AS_TEXT.fullmatch(text)
    return kept.group(1) if kept else unguarded(text)


def _decodes(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        with path.open("rb") as file:
            while block := file.read(BLOCK):
                if "\0" in decoder.decode(block):
                    return False
            decoder.decode(b"", True)
    except UnicodeDecodeError:
        return False
    return True


def _delimiter(path: Path, encoding: str) -> tuple[str, int]:
    """The one that makes the most cells of the first lines, or the one that Excel's own first line `sep=;` says; the first row."""
    with path.open(encoding=encoding, newline="") as file:
        lines = [line for line, _ in zip(iter(lambda: file.readline(1 << 16), ""), range(SAMPLE))]
    told = re.fullmatch(r"sep=(.)\r?\n?", lines[0], re.IGNORECASE) if lines else None
    if told:
        return told.group(1), 2
    return max(DELIMITERS, key=lambda delimiter: _cells(lines, delimiter)), 1


def _cells(lines: list[str], delimiter: str) -> int:
    try:
        return sum(len(row) for row in csv.reader(lines, delimiter=delimiter))
    except csv.Error:
        return 0
