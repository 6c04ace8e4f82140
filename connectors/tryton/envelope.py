"""What a Tryton answer means, and how its typed values become plain JSON and back.

Business errors come as HTTP 200 with `error`; so do mistakes of ours (an unknown field); other failures come as HTML.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from hub.sdk import Meaning


@dataclass(frozen=True, slots=True)
class Verdict:
    """`words` are the vendor's own, `result` the plain value of a good answer."""

    meaning: Meaning
    words: str = ""
    result: Any = None


# Tryton: an expired session is 401 with an empty body; 403 an unknown method, 404 an unknown database, 422 a missing context.
STATUSES: Mapping[int, Meaning] = {
    401: Meaning.RENEW, 403: Meaning.REFUSED, 404: Meaning.RETRY, 405: Meaning.RETRY, 422: Meaning.REFUSED, 429: Meaning.RATE_LIMITED,
}  # fmt: skip
ERRORS: Mapping[str, Meaning] = {
    "ConcurrencyException": Meaning.BUSY, "LoginException": Meaning.CREDENTIALS, "database is locked": Meaning.RETRY,
}  # fmt: skip


TIME = ("year", "month", "day", "hour", "minute", "second", "microsecond")


def classify(status: int, text: str) -> Verdict:
    """The verdict on one answer, whatever the method was."""
    if status in STATUSES:
        return Verdict(STATUSES[status], f"HTTP {status}")
    try:
        body = json.loads(text, object_hook=plain, parse_float=str)  # 0.1 stays 0.1
    except ValueError:
        return Verdict(Meaning.IN_DOUBT, f"HTTP {status}, not JSON")
    if status != 200 or not isinstance(body, dict):
        return Verdict(Meaning.IN_DOUBT, f"HTTP {status}")
    if "error" in body:
        return _failure(body["error"])
    return Verdict(Meaning.OK, result=body.get("result")) if "result" in body else Verdict(Meaning.IN_DOUBT, "no result")


def _failure(error: Any) -> Verdict:
    """`["UserError", [words, …]]`, or `[words, ""]` where the server itself stumbled (over an unknown field, for example)."""
    parts = error if isinstance(error, list) and error else [str(error)]
    name, rest = str(parts[0]), parts[1] if len(parts) > 1 else ""
    words = str(rest[0]) if isinstance(rest, list) and rest else str(rest or name)
    return Verdict(ERRORS.get(name, Meaning.REFUSED), words if rest else name)


def plain(value: dict[str, Any]) -> Any:
    """A typed value as JSON has it: decimals as text, times in ISO 8601 (Tryton's are UTC without saying so)."""
    read = _PLAIN.get(str(value.get("__class__")))
    return read(value) if read else value


def _time(value: Mapping[str, Any]) -> str:
    return datetime(**{name: int(value[name]) for name in TIME}, tzinfo=UTC).isoformat()


_PLAIN: Mapping[str, Callable[[Mapping[str, Any]], Any]] = {
    "Decimal": lambda value: value["decimal"],
    "datetime": _time,
    "date": lambda value: date(value["year"], value["month"], value["day"]).isoformat(),
    "time": lambda value: f"{value['hour']:02}:{value['minute']:02}:{value['second']:02}",
    "timedelta": lambda value: value["seconds"],
    "bytes": lambda value: value["base64"],
}


def typed_decimal(value: Any) -> dict[str, Any]:
    """A money value as Tryton takes it."""
    return {"__class__": "Decimal", "decimal": str(Decimal(str(value)))}


def typed_date(value: Any) -> dict[str, Any]:
    """A day, from ISO 8601."""
    day = date.fromisoformat(str(value)[:10])
    return {"__class__": "date", "year": day.year, "month": day.month, "day": day.day}


def typed_time(at: datetime) -> dict[str, Any]:
    """A moment, in UTC."""
    at = at.astimezone(UTC)
    return {"__class__": "datetime", **{name: getattr(at, name) for name in TIME}}
