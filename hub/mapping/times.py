"""Conversions of dates and times. In: aware, UTC, ISO 8601 text. A time without a zone is in the system's own zone."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from hub.mapping.errors import NotATime, NotWhole, ZoneUnknown, shorten
from hub.mapping.words import half_width

_FORM = re.compile(
    r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?"
    r"(?:[T ]*(\d{1,2})[:时点](\d{1,2})(?:[:分](\d{1,2})(?:[.,](\d{1,9}))?秒?|分)?)?"
    r" ?(Z|[+-]\d{2}:?\d{2})?"
)
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})(?:(\d{2})(\d{2})(\d{2}))?")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SECONDS, _MILLISECONDS = range(9, 11), range(12, 14)   # digits: 1973–2286


@lru_cache(maxsize=64)
def zone_named(name: str | None) -> ZoneInfo:
    """The zone of an IANA name. Raises ZoneUnknown."""
    try:
        return ZoneInfo(name or "")
    except (ValueError, OSError, KeyError):   # ZoneInfoNotFoundError is a KeyError
        raise ZoneUnknown(zone=name or "") from None


def moment(value: Any, zone: str | None) -> datetime:
    """The aware time that a value says, in UTC. A date is its midnight in `zone`."""
    said = _parse(value)
    if said.tzinfo is None:
        said = said.replace(tzinfo=zone_named(zone))
    return said.astimezone(UTC)


def _parse(value: Any) -> datetime:
    if type(value) is str and value[4:8:3] == "--":   # ISO 8601, the usual case
        try:
            return datetime.fromisoformat(value)
        except ValueError:
            pass
    if isinstance(value, datetime):
        return value
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day)   # noqa: DTZ001 - the caller puts the zone to it
    text = half_width(value).strip() if isinstance(value, str | int | float) and not isinstance(value, bool) else ""
    found = _FORM.fullmatch(text)
    try:
        if found:
            return _formed(found)
        return _digits(text.removesuffix(".0"))
    except (ValueError, OverflowError):
        raise NotATime(value=shorten(value)) from None


def _formed(found: re.Match[str]) -> datetime:
    year, month, day, hour, minute, second, fraction, offset = found.groups()
    micro = int((fraction or "").ljust(6, "0")[:6])
    return datetime(int(year), int(month), int(day), int(hour or 0), int(minute or 0), int(second or 0), micro, tzinfo=_offset(offset))


def _offset(text: str | None) -> tzinfo | None:
    if text is None:
        return None
    return UTC if text == "Z" else datetime.strptime(text, "%z").tzinfo


def _digits(text: str) -> datetime:
    if found := _COMPACT.fullmatch(text):
        return datetime(*(int(part or 0) for part in found.groups()))   # type: ignore[arg-type]  # noqa: DTZ001
    if text.isdecimal() and len(text) in _SECONDS:
        return _EPOCH + timedelta(seconds=int(text))
    if text.isdecimal() and len(text) in _MILLISECONDS:
        return _EPOCH + timedelta(milliseconds=int(text))
    raise ValueError(text)


def datetime_in(value: Any, *, zone: str | None = None) -> str:
    return moment(value, zone).isoformat().replace("+00:00", "Z")


def date_in(value: Any, *, zone: str | None = None) -> str:
    """The calendar day; of an aware time, the day in `zone`."""
    said = _parse(value)
    return (said if said.tzinfo is None else said.astimezone(zone_named(zone))).date().isoformat()


def date_out(value: Any, *, format: str, zone: str | None = None) -> str:
    """A day in the vendor's form."""
    return datetime.strptime(date_in(value, zone=zone), "%Y-%m-%d").strftime(format)   # noqa: DTZ007 - a day has no zone


def datetime_out(value: Any, *, format: str, zone: str | None = None) -> str:
    """A time in the vendor's form and zone."""
    return moment(value, zone).astimezone(zone_named(zone)).strftime(format)


def epoch_ms(value: Any, *, zone: str | None = None) -> int:
    return (moment(value, zone) - _EPOCH) // timedelta(milliseconds=1)


def minutes_in(value: Any) -> str:
    """'1:30' and '01:30:00' are 90 minutes."""
    parts = half_width(value).strip().split(":")
    if len(parts) not in (2, 3) or not all(part.isdecimal() for part in parts):
        raise NotATime(value=shorten(value))
    hours, minutes, seconds = (int(part) for part in [*parts, "0"][:3])
    if seconds % 60:
        raise NotWhole(value=shorten(value))
    return str(hours * 60 + minutes + seconds // 60)
