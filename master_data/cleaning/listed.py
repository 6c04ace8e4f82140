"""One row of a system's list, and a cluster of rows that are one thing. Values; nothing here does I/O."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from master_data.matching.entry import Entry


class Listed(NamedTuple):
    """What a system has in its list, under its own code. `known`: the shared code that it is cross-referenced with already, or ''."""

    number: int
    system: str
    organisation: str
    local_code: str
    zh: str = ""
    en: str = ""
    attributes: Mapping[str, Any] = {}
    known: str = ""

    def entry(self, key: str) -> Entry:
        """As the matcher compares it."""
        return Entry(key, self.zh, self.en, self.attributes)


class Clustered(NamedTuple):
    """Rows that are one thing. `code`: the shared code it is already, '' where it is new. `score`: of the weakest link, 100 for one row.

    `doubts`: why a person must look: `two-codes` (two shared codes seem to be one thing), `twice` (a system has it twice).
    """

    rows: tuple[Listed, ...]
    code: str
    score: float
    doubts: tuple[str, ...]


class Proposed(NamedTuple):
    """The one code for a cluster. `differing`: attributes (or zh, en) on which its rows disagree, with each value's systems."""

    code: str
    is_new: bool
    zh: str
    en: str
    attributes: Mapping[str, Any]
    differing: Mapping[str, Mapping[str, Sequence[str]]]
