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


def _formed(text: str, form: LocalForm) -> str:
    text = text.strip() if form.trim else text
    return text.upper() if form.fold_case else text
