"""Rows of several lists become clusters: linked by what they are cross-referenced with, then by the matcher, the surest first. Pure."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from master_data.cleaning.listed import Clustered, Listed
from master_data.matching.entry import Entry
from master_data.matching.matcher import Matcher

NEIGHBOURS = 8
SURELY_TWICE = 97.0
"""Two rows of one system are joined from here on: a list that has a thing twice says so nearly word by word."""
ROW, CODE = "row", "code"


class _Link(NamedTuple):
    score: float
    one: str
    other: str


def clusters(kind: str, rows: Sequence[Listed], entries: Iterable[Entry], threshold: float | None = None) -> list[Clustered]:
    """Every row in one cluster, by the number of its first row. `entries`: the codes that the dictionary has already."""
    known = {_key(CODE, entry.code): entry for entry in entries}
    listed = {_key(ROW, str(row.number)): row for row in rows}
    matcher = Matcher(kind, [entry._replace(code=key) for key, entry in known.items()])
    for key, row in listed.items():
        matcher.add(row.entry(key))
    bar = matcher.threshold if threshold is None else threshold
    groups = _Groups(listed, known)
    for key, row in listed.items():
        if row.known:
            groups.join(_Link(100.0, key, _key(CODE, row.known)))
    for link in sorted(_links(matcher, listed, bar), key=lambda link: (-link.score, link.one, link.other)):
        groups.join(link)
    return groups.clusters()


def _links(matcher: Matcher, listed: Iterable[str], bar: float) -> set[_Link]:
    return {
        _Link(found.score, *sorted((key, found.code)))
        for key in listed
        for found in matcher.alike(key, NEIGHBOURS)
        if found.score >= bar
    }


def _key(sort: str, name: str) -> str:
    return f"{sort} {name}"


class _Groups:
    """Joins what is one thing, and remembers what it would not join."""

    def __init__(self, listed: dict[str, Listed], known: dict[str, Entry]) -> None:
        self._listed = listed
        self._of = {key: key for key in (*listed, *known)}
        self._members: dict[str, list[str]] = {key: [key] for key in self._of}
        self._score: dict[str, float] = dict.fromkeys(self._of, 100.0)
        self._doubts: dict[str, set[str]] = defaultdict(set)

    def join(self, link: _Link) -> None:
        """Two groups become one, unless that would make two shared codes one, or one list have a thing twice that is not sure."""
        if link.one not in self._of or link.other not in self._of:
            return
        one, other = self._of[link.one], self._of[link.other]
        if one == other:
            return
        if self._codes(one) and self._codes(other):
            self._doubts[one].add("two-codes")
            self._doubts[other].add("two-codes")
            return
        if link.score < SURELY_TWICE and self._systems(one) & self._systems(other):
            return
        self._merge(one, other, link.score)

    def clusters(self) -> list[Clustered]:
        """Those with rows; a shared code that no list has is none of this."""
        found = [self._cluster(head, members) for head, members in self._members.items() if any(key in self._listed for key in members)]
        return sorted(found, key=lambda one: one.rows[0].number)

    def _merge(self, one: str, other: str, score: float) -> None:
        if len(self._members[one]) < len(self._members[other]):
            one, other = other, one
        for key in self._members[other]:
            self._of[key] = one
        self._members[one] += self._members.pop(other)
        self._score[one] = min(self._score[one], self._score.pop(other), score)
        self._doubts[one] |= self._doubts.pop(other, set())

    def _codes(self, head: str) -> list[str]:
        return [key for key in self._members[head] if key not in self._listed]

    def _systems(self, head: str) -> set[tuple[str, str]]:
        rows = [self._listed[key] for key in self._members[head] if key in self._listed]
        return {(row.system, row.organisation) for row in rows}

    def _cluster(self, head: str, members: list[str]) -> Clustered:
        rows = sorted((self._listed[key] for key in members if key in self._listed), key=lambda row: row.number)
        counts = Counter((row.system, row.organisation) for row in rows if not row.known)
        doubts = {*self._doubts.get(head, ()), *(["twice"] if any(count > 1 for count in counts.values()) else [])}
        code = next((key.partition(" ")[2] for key in self._codes(head)), "")
        return Clustered(tuple(rows), code, round(self._score[head], 1), tuple(sorted(doubts)))
