"""What is found in a cell: a sentence with its facts, and whether it keeps the row out."""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from hub.errors import HubError
from hub.texts import render

Verdict = Literal["new", "changed", "unchanged", "refused"]


class Finding(msgspec.Struct, frozen=True, array_like=True):
    """`column` from 0, -1: of the whole row. `grave`: the row is not taken."""

    column: int
    code: str
    facts: dict[str, str]
    grave: bool = True

    def text(self, language: str) -> str:
        """The sentence: `[code] What is wrong, with the value. What to do.`"""
        return render(self.code, language, self.facts)


class Checked(msgspec.Struct, array_like=True):
    """One row of a file after the dry run. `changes`: `proposed.Change` as JSON, in the order in which they are applied."""

    sheet: int
    row: int
    code: str
    verdict: Verdict
    findings: list[Finding] = []
    changes: list[dict[str, Any]] = []


def found(column: int | None, code: str, /, *, grave: bool = True, **facts: Any) -> Finding:
    """A finding in a column; None: of the whole row."""
    return Finding(-1 if column is None else column, code, {name: str(value) for name, value in facts.items()}, grave)


def refused(column: int | None, error: HubError) -> Finding:
    """What the dictionary would refuse."""
    return found(column, error.code, **error.facts)
