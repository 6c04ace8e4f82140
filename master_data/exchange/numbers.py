"""What Excel makes of what people type: dates, 1.2E+15, zeros that are only format. A number with its format → a cell."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from decimal import Decimal

from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format
from openpyxl.utils.datetime import CALENDAR_MAC_1904, CALENDAR_WINDOWS_1900, from_excel

from master_data.exchange.tabular import Cell, Special

DATES_OF_EAST_ASIA = {*range(27, 37), *range(50, 59)}
"""Formats that have no text in the file, because it depends on Excel's language."""
ZEROS = re.compile(r"0{2,}")
SCIENTIFIC = re.compile(r"[0#]E[+-]", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Formats:
    """By a cell's style, as the file numbers it: which are dates, which show 1.2E+15, which only fill up with zeros."""

    dates: frozenset[str]
    scientific: frozenset[str]
    zeros: Mapping[str, int]
    epoch: datetime

    @classmethod
    def of(cls, used: Sequence[str], own: Mapping[str, str], from_1904: bool) -> Formats:
        """`used`: the number format of each style, in order; `own`: the formats that the file defines."""
        texts = [own.get(number) or BUILTIN_FORMATS.get(_int(number), "General") for number in used]
        dates = {str(style) for style, text in enumerate(texts) if is_date_format(text) or _int(used[style]) in DATES_OF_EAST_ASIA}
        scientific = {str(style) for style, text in enumerate(texts) if SCIENTIFIC.search(text)}
        zeros = {str(style): len(text) for style, text in enumerate(texts) if ZEROS.fullmatch(text)}
        return cls(frozenset(dates), frozenset(scientific - dates), zeros, CALENDAR_MAC_1904 if from_1904 else CALENDAR_WINDOWS_1900)


def number_cell(value: str, style: str, formats: Formats) -> Cell:
    """`value` as the file writes a number. Raises ValueError where it is none."""
    if style in formats.dates:
        return _date(float(value), formats.epoch)
    shown = decimal_text(value)
    if style in formats.scientific:
        return Special("scientific", shown)
    zeros = formats.zeros.get(style, 0)
    return Special("number", shown.zfill(zeros) if shown.isdigit() else shown)


def decimal_text(value: str) -> str:
    """The shortest decimal that is the same number: 1.1000000000000001 is 1.1, 1.5E3 is 1500."""
    if value.isdigit() and len(value) <= 15:
        return str(int(value))
    number = Decimal(repr(float(value)))
    if not number.is_finite():
        raise ValueError(value)
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _date(value: float, epoch: datetime) -> Special:
    try:
        moment = from_excel(value, epoch)
    except (ValueError, OverflowError, TypeError):
        return Special("error", str(value))
    if isinstance(moment, datetime):
        return Special("date", moment.date().isoformat() if moment.time() == time() else moment.isoformat(timespec="seconds"))
    return Special("date", str(moment) if isinstance(moment, time | timedelta) else str(value))


def _int(text: str) -> int:
    return int(text) if text.isdigit() else 0
