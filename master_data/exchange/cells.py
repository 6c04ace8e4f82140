"""One cell → one value, and everything that Excel, a keyboard or a formula did to it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, tzinfo
from typing import Any, Final

from master_data.exchange.columns import Field, shown
from master_data.exchange.findings import Finding, found
from master_data.exchange.lists import parted
from master_data.exchange.tabular import Cell, How, Special
from master_data.rules import half_width, invisible
from master_data.tables import STATUSES


class Clear:
    """What stands in a cell to make empty what is there; an empty cell leaves it."""


CLEAR: Final = Clear()
UNSEEN: Final = object()
REMEMBERED = 20_000
CLEARING = ("(清空)", "(clear)")
NEVER_EMPTY = ("code", "status", "moment")
DOUBTS = frozenset({"cell-date-text", "cell-zeros-lost", "cell-number"})
"""Findings that are none where the dictionary has the value just so."""

SCIENTIFIC = re.compile(r"[+-]?\d(?:\.\d+)?[Ee]\+\d+")
MONTHS = "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec"
DATE_TEXT = re.compile(
    rf"\d{{4}}[/年]\d{{1,2}}(?:[/月]\d{{1,2}}日?)?|\d{{1,2}}月\d{{1,2}}日|\d{{1,2}}-(?:{MONTHS})|(?:{MONTHS})-\d{{2,4}}", re.IGNORECASE
)
PROGRAMS = r"\b(?:cmd|powershell|mshta|dde|webservice|hyperlink)\b\s*[|(]"
DANGEROUS = re.compile(rf"\s*[=+\-@].*(?:\w\s*\|.*!|{PROGRAMS})", re.IGNORECASE | re.DOTALL)
FULL_WIDTH = re.compile(r"[\uff10-\uff19\uff21-\uff3a\uff41-\uff5a]")
YES, NO = ("是", "有", "y", "yes", "true", "1", "√"), ("否", "无", "n", "no", "false", "0", "×")
DATES = (re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?"), re.compile(r"(\d{4})(\d{2})(\d{2})"))
STATUS_WORDS: Mapping[str, str] = {
    "草稿": "draft", "审核中": "in_review", "有效": "active", "启用": "active", "逐步停用": "phase_out", "冻结": "blocked",
    "作废": "obsolete", "停用": "obsolete", **{status: status for status in STATUSES},
}  # fmt: skip
EXACT: Mapping[How, str] = {
    "scientific": "cell-scientific", "date": "cell-date", "boolean": "cell-not-text",
}  # fmt: skip
"""What cannot be a code, by what the cell holds; errors and formulas without a value are told for any column."""


@dataclass(slots=True)
class Reader:
    """Reads the cells of one row; what it finds is in `findings`. `zeros`: how long codes that begin with 0 are, by column;
    `spelled`: a code as the dictionary compares it, where the column's system declares that blanks or case do not count;
    `memory`: what good texts were read as, shared by the rows of a sheet: most columns have few different ones."""

    zone: tzinfo
    zeros: Mapping[int, int] = field(default_factory=dict)
    spelled: Callable[[int, str], str] = lambda _, code: code
    memory: dict[tuple[int, str], Any] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)

    def read(self, column: int, of: Field, cell: Cell) -> Any:
        """The value in the form the dictionary takes; CLEAR; None for an empty cell and for one that has a grave finding."""
        if not isinstance(cell, str):
            return None if cell is None else self._read(column, of, cell)
        seen = self.memory.get((column, cell), UNSEEN)
        if seen is not UNSEEN:
            return seen
        before = len(self.findings)
        value = self._read(column, of, cell) if cell.strip() else None
        if len(self.findings) == before and len(self.memory) < REMEMBERED:
            self.memory[column, cell] = value
        return value

    def _read(self, column: int, of: Field, cell: str | Special) -> Any:
        text = shown(cell).strip()
        if text.startswith(("(", "（")) and half_width(text).casefold() in CLEARING:
            return self._cleared(column, of)
        before = len(self.findings)
        self._look(column, cell)
        value = self._value(column, of, cell)
        return None if any(each.grave and each.code not in DOUBTS for each in self.findings[before:]) else value

    def _cleared(self, column: int, of: Field) -> Clear | None:
        if of.sort not in NEVER_EMPTY:
            return CLEAR
        self.findings.append(found(column, "not-cleared", field=of.header))
        return None

    def _value(self, column: int, of: Field, cell: str | Special) -> Any:
        if of.attribute is not None:
            return TYPES[of.attribute.type](self, column, cell)
        return SORTS[of.sort](self, column, cell)

    def _tell(self, column: int, code: str, cell: Cell, *, grave: bool = True, **facts: Any) -> None:
        self.findings.append(found(column, code, grave=grave, value=shown(cell), **facts))

    def _look(self, column: int, cell: str | Special) -> None:
        """What is wrong in any cell."""
        if isinstance(cell, Special):
            self._look_at_special(column, cell)
        elif DANGEROUS.match(cell):
            self._tell(column, "cell-formula-refused", cell)

    def _look_at_special(self, column: int, cell: Special) -> None:
        if cell.how == "error":
            self._tell(column, "cell-error", cell)
        elif cell.formula and DANGEROUS.match(f"={cell.formula}"):
            self._tell(column, "cell-formula-refused", f"={cell.formula}")
        elif cell.how == "nothing":
            self._tell(column, "cell-formula-empty", cell, formula=cell.formula)
        elif cell.formula:
            self._tell(column, "cell-formula", cell, grave=False, formula=cell.formula)

    def exact(self, column: int, cell: Cell) -> str:
        """A code: nothing is trimmed, widened or guessed."""
        text = shown(cell)
        how = cell.how if isinstance(cell, Special) else "text"
        if how in EXACT:
            self._tell(column, EXACT[how], cell)
        elif how == "number":
            self._number_as_code(column, text)
        else:
            self._text_as_code(column, text)
        self._zeros(column, text)
        return text

    def _number_as_code(self, column: int, text: str) -> None:
        if len(text.lstrip("-0")) > 15:
            self._tell(column, "cell-digits-lost", text)
        elif not text.isdigit():
            self._tell(column, "cell-number", text)

    def _text_as_code(self, column: int, text: str) -> None:
        hidden = _hidden(text)
        if hidden:
            place = next(place for place, character in enumerate(text, 1) if f"U+{ord(character):04X}" == hidden)
            self._tell(column, "cell-invisible", text, character=hidden, place=place)
        elif text != text.strip():
            self._tell(column, "cell-blanks", text)
        elif FULL_WIDTH.search(text):
            self._tell(column, "cell-full-width", text, half=half_width(text))
        elif SCIENTIFIC.fullmatch(text):
            self._tell(column, "cell-scientific", text)
        elif DATE_TEXT.fullmatch(text):
            self._tell(column, "cell-date-text", text)

    def _zeros(self, column: int, text: str) -> None:
        length = self.zeros.get(column, 0)
        if is_digits(text) and not text.startswith("0") and len(text) < length:
            self._tell(column, "cell-zeros-lost", text, padded=text.zfill(length))

    def text(self, column: int, cell: Cell) -> str:
        """A text for people or an attribute; a number is its digits."""
        text = shown(cell)
        how = cell.how if isinstance(cell, Special) else "text"
        hidden = _hidden(text.replace("\n", " "))
        if how in ("date", "scientific"):
            self._tell(column, EXACT[how], cell)
        elif how == "number" and len(text.lstrip("-0.").replace(".", "")) > 15:
            self._tell(column, "cell-digits-lost", cell)
        elif hidden:
            place = next(place for place, character in enumerate(text, 1) if f"U+{ord(character):04X}" == hidden)
            self._tell(column, "cell-invisible", cell, character=hidden, place=place)
        return text.strip()

    def texts(self, column: int, cell: Cell) -> list[str]:
        return self._parted(column, self.text(column, cell))

    def codes(self, column: int, cell: Cell) -> list[str]:
        """Several codes, local ones or those of organisations."""
        if isinstance(cell, Special):
            return [self.exact(column, cell)]
        text = shown(cell)
        values = [self.spelled(column, value) for value in self._parted(column, text)]
        for value in values:
            self.exact(column, value.strip() if f'"{value}"' in text else value)   # in quotes, blanks belong to it
        return values

    def _parted(self, column: int, text: str) -> list[str]:
        try:
            return parted(text)
        except ValueError:
            self._tell(column, "cell-quotes", text)
            return []

    def integer(self, column: int, cell: Cell) -> int | None:
        text = self._half(column, shown(cell).strip())
        if re.fullmatch(r"[+-]?\d+", text, re.ASCII):
            return int(text)
        self._tell(column, "cell-not-whole", cell)
        return None

    def decimal(self, column: int, cell: Cell) -> str | None:
        text = self._half(column, shown(cell).strip())
        if re.fullmatch(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?", text, re.ASCII) and _how(cell) not in ("date", "boolean"):
            return text
        self._tell(column, "cell-not-a-number", cell)
        return None

    def boolean(self, column: int, cell: Cell) -> bool | None:
        word = half_width(shown(cell)).strip().casefold()
        if word in YES or word in NO:
            return word in YES
        self._tell(column, "cell-not-yes-or-no", cell)
        return None

    def day(self, column: int, cell: Cell) -> str | None:
        found_day = day_of(shown(cell).strip()[:10] if _how(cell) == "date" else half_width(shown(cell)).strip())
        if found_day is None:
            self._tell(column, "cell-not-a-date", cell)
        return None if found_day is None else found_day.isoformat()

    def moment(self, column: int, cell: Cell) -> datetime | None:
        """A day is its midnight in the zone; with a time it may name its own zone."""
        text = half_width(shown(cell)).strip()
        day = day_of(text)
        try:
            moment = datetime.combine(day, time()) if day else datetime.fromisoformat(text)
        except ValueError:
            self._tell(column, "cell-not-a-date", cell)
            return None
        return moment if moment.tzinfo else moment.replace(tzinfo=self.zone)

    def status(self, column: int, cell: Cell) -> str | None:
        status = STATUS_WORDS.get(shown(cell).strip().casefold())
        if status is None:
            self._tell(column, "cell-not-a-status", cell, known=", ".join(STATUSES))
        return status

    def _half(self, column: int, text: str) -> str:
        if FULL_WIDTH.search(text):
            self._tell(column, "cell-read-half-width", text, grave=False, half=half_width(text))
        return half_width(text)


def day_of(text: str) -> date | None:
    """A day in one of the usual ways to write it, else None."""
    match = next((found for pattern in DATES if (found := pattern.fullmatch(text))), None)
    try:
        return date(*(int(part) for part in match.groups())) if match else None
    except ValueError:
        return None


def _hidden(text: str) -> str:
    """What nobody can see in it: in most texts there is nothing, which is known at once."""
    return "" if text.isprintable() else invisible(text)


def is_digits(text: str) -> bool:
    """Whether it is decimal digits and nothing else."""
    return text.isascii() and text.isdigit()


def _how(cell: Cell) -> How:
    return cell.how if isinstance(cell, Special) else "text"


Read = Callable[[Reader, int, Cell], Any]
TYPES: Mapping[str, Read] = {
    "text": Reader.text, "texts": Reader.texts, "integer": Reader.integer, "decimal": Reader.decimal, "boolean": Reader.boolean,
    "date": Reader.day, "choice": Reader.text, "code": Reader.exact, "class": Reader.exact,
}  # fmt: skip
SORTS: Mapping[str, Read] = {
    "code": Reader.exact, "name": Reader.text, "status": Reader.status, "organisations": Reader.codes, "moment": Reader.moment,
    "local": Reader.codes,
}  # fmt: skip
