"""Values as plain JSON: what `--json` prints and the API answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime, timedelta, tzinfo
from decimal import Decimal
from pathlib import Path
from typing import Any

from pydantic import BaseModel
from sqlalchemy import Row, RowMapping

from hub.texts import Text


def plain(value: Any) -> Any:
    """Dataclasses and rows become objects, decimals and times texts, durations seconds; unknown things their text."""
    if value is None or isinstance(value, bool | int | float | str):
        return str(value) if isinstance(value, str) else value
    for kind, turn in TURNS:
        if isinstance(value, kind):
            return turn(value)
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, tuple) and hasattr(value, "_asdict"):
        return plain(value._asdict())
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(item) for item in value]
    return str(value)


TURNS: tuple[tuple[Any, Any], ...] = (
    (Text, lambda value: {"zh": value.zh, "en": value.en}),
    (Row, lambda value: plain(value._mapping)),
    ((Mapping, RowMapping), lambda value: {str(key): plain(item) for key, item in value.items()}),
    (BaseModel, lambda value: value.model_dump(mode="json")),
    (Decimal, lambda value: format(value, "f")),
    ((datetime, date), lambda value: value.isoformat()),
    (timedelta, lambda value: value.total_seconds()),
    (bytes, lambda value: value.decode("utf-8", "replace")),
    ((Path, tzinfo), str),
)
