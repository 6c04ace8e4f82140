"""Conversions of text and of lists of text."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

from hub.mapping.errors import EmptyCode, NotAList, NotText, TextUnfit, shorten
from master_data.local_codes import local_code

_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}


def text(value: Any) -> str:
    """Text as it is; numbers and truth values as JSON writes them."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, int | float):
        return repr(value)
    raise NotText(value=shorten(value))


def half_width(value: Any) -> str:
    return text(value).translate(_FULL_WIDTH)


def trim(value: Any) -> str:
    return text(value).strip()


def upper(value: Any) -> str:
    return text(value).upper()


def lower(value: Any) -> str:
    return text(value).lower()


def strip_prefix(value: Any, *, prefix: str) -> str:
    return text(value).removeprefix(prefix)


def add_prefix(value: Any, *, prefix: str) -> str:
    return prefix + text(value)


def before(value: Any, *, by: str) -> str:
    return text(value).partition(by)[0]


def after(value: Any, *, by: str) -> str:
    """The part after the first `by`; all of it where there is none."""
    head, found, tail = text(value).partition(by)
    return tail if found else head


def enumeration(value: Any) -> str:
    """The code of 'code.name', as vendors of pick lists answer."""
    return before(value, by=".").strip()


def zero_pad(value: Any, *, width: int) -> str:
    return text(value).strip().zfill(width)


def at_most(value: Any, *, length: int) -> str:
    """Text no longer than the target's field; refused rather than cut."""
    if len(text(value)) > length:
        raise TextUnfit(value=shorten(value), wanted=f"≤ {length}")
    return text(value)


def cut(value: Any, *, length: int) -> str:
    return text(value)[:length]


def split(value: Any, *, by: str) -> list[str]:
    """The parts, trimmed, without empty ones."""
    return [part.strip() for part in text(value).split(by) if part.strip()]


def join(value: Any, *, by: str) -> str:
    """The parts that are there, joined."""
    return by.join(text(part) for part in _list(value) if part not in (None, ""))


def join_key(value: Any) -> str:
    """A compound code in the dictionary's form: every part keeps its place. The plain code where the other parts are empty."""
    parts = ["" if part is None else text(part).strip() for part in _list(value)]
    return local_code(parts) if any(parts[1:]) else "".join(parts[:1])


def part_key(value: Any, *, place: int) -> str:
    """Part number `place` (from 1) of a compound code; empty where it has fewer."""
    code = text(value)
    parts = _parts(code)
    return text(parts[place - 1]) if 1 <= place <= len(parts) else ""


def _parts(code: str) -> list[Any]:
    """The parts of a compound code; a plain code may begin with a bracket, too."""
    try:
        parts = json.loads(code) if code.startswith("[") else [code]
    except ValueError:
        return [code]
    return parts if all(isinstance(part, str) for part in parts) else [code]


def own_key(value: Any, *, organisation: str) -> str:
    """`organisation/number`, for a reference to a document of the same system whose number is the canonical one."""
    if not trim(value):
        raise EmptyCode(kind="number")
    return f"{organisation}/{trim(value)}"


def key_number(value: Any) -> str:
    return after(value, by="/")


def first(value: Any) -> Any:
    """The first item, null where there is none."""
    items = _list(value)
    return items[0] if items else None


def last(value: Any) -> Any:
    items = _list(value)
    return items[-1] if items else None


def wrap(value: Any) -> list[Any]:
    return [value]


def in_language(value: Any, *, language: int) -> str:
    """Kingdee's names in several languages: [{"Key": 2052, "Value": "…"}]."""
    for entry in _list(value):
        if isinstance(entry, dict) and entry.get("Key") == language:
            return text(entry.get("Value"))
    raise TextUnfit(value=shorten(value), wanted=f"Key {language}")


def _list(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise NotAList(value=shorten(value))
    return value
