"""The one form of a local code: exact text, or for a compound one the JSON array of its parts."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LocalForm:
    """What a system declares about its codes. Nothing is trimmed or folded that was not declared."""

    trim: bool = False
    fold_case: bool = False


EXACT = LocalForm()


def local_code(value: str | Sequence[str], form: LocalForm = EXACT) -> str:
    """The text under which a local code is stored, looked up and waited for; a sequence is a compound code.

    `["P1", "red"]` is `["P1","red"]`: it is neither `P1 red` nor `P1,red`.
    """
    if isinstance(value, str):
        return _formed(value, form)
    return json.dumps([_formed(part, form) for part in value], ensure_ascii=False, separators=(",", ":"))


def restated(stored: str, form: LocalForm) -> str:
    """A local code that is written already, in the form a system declares; of a compound one each part. Twice is as once."""
    parts = parts_of(stored)
    return _formed(stored, form) if parts is None else local_code(parts, form)


def parts_of(stored: str) -> list[str] | None:
    """The parts of a compound code; None for a plain one, which may begin with a bracket, too."""
    try:
        parts = json.loads(stored) if stored.startswith("[") else None
    except ValueError:
        return None
    compound = isinstance(parts, list) and all(isinstance(part, str) for part in parts) and local_code(parts) == stored
    return parts if compound else None


def _formed(text: str, form: LocalForm) -> str:
    text = text.strip() if form.trim else text
    return text.upper() if form.fold_case else text
