"""Several values in one cell: `A;B`. A value in which that would be unclear stands in quotes: `"A;1";B`."""

from __future__ import annotations

import json
from collections.abc import Iterable

SEPARATORS = ";；\n"
QUOTE = '"'


def joined(values: Iterable[str]) -> str:
    """The values as one text; `parted` gives exactly them back."""
    return ";".join(_quoted(value) for value in values)


def parted(text: str) -> list[str]:
    """The values of a cell as they stand: blanks between them are part of them. Raises ValueError for quotes that do not close.

    What begins with `[` is a compound code, a JSON list: its parts are not looked into.
    """
    if not text.startswith((QUOTE, "[")) and not any(mark in text for mark in SEPARATORS):
        return [text] if text else []
    values, at = [], 0
    while at <= len(text):
        value, at = _next(text, at)
        if value:
            values.append(value)
    return values


def _next(text: str, at: int) -> tuple[str, int]:
    if text.startswith(QUOTE, at):
        return _until_quote(text, at + 1)
    if text.startswith("[", at):
        compound = _compound(text, at)
        if compound is not None:
            return compound
    end = next((place for place in range(at, len(text)) if text[place] in SEPARATORS), len(text))
    return text[at:end], end + 1


def _until_quote(text: str, at: int) -> tuple[str, int]:
    value = ""
    while True:
        end = text.find(QUOTE, at)
        if end < 0:
            raise ValueError(text)
        value += text[at:end]
        if not text.startswith(QUOTE, end + 1):
            return value, _after(text, end + 1)
        value, at = value + QUOTE, end + 2


def _compound(text: str, at: int) -> tuple[str, int] | None:
    try:
        parts, end = json.JSONDecoder().raw_decode(text, at)
    except ValueError:
        return None
    is_one = isinstance(parts, list) and all(isinstance(part, str) for part in parts)
    if not is_one or (end < len(text) and text[end] not in SEPARATORS):
        return None
    return text[at:end], _after(text, end)


def _after(text: str, at: int) -> int:
    if at < len(text) and text[at] not in SEPARATORS:
        raise ValueError(text)
    return at + 1


def _quoted(value: str) -> str:
    plain = _plain(value) or (value.startswith("[") and _compound(value, 0) == (value, len(value) + 1))
    return value if plain else QUOTE + value.replace(QUOTE, QUOTE * 2) + QUOTE


def _plain(value: str) -> bool:
    return value == value.strip() and not value.startswith((QUOTE, "[")) and not any(mark in value for mark in SEPARATORS)
