"""The whole dictionary against itself: clusters of entries that are one thing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from master_data.matching.matcher import Candidate, Matcher

MOST_ALIKE = 8


@dataclass(frozen=True, slots=True)
class Pair:
    """Two entries said to be one; `found` is the second as a candidate of the first, with the reasons."""

    code: str
    found: Candidate


@dataclass(frozen=True, slots=True)
class Cluster:
    """`codes` in order; `pairs`: why they stand together, the likeliest first."""

    codes: tuple[str, ...]
    pairs: tuple[Pair, ...]


def duplicates(matcher: Matcher, threshold: float | None = None) -> Iterator[Cluster]:
    """Clusters by their first code. One bounded search per entry: the time grows with the entries, not with their pairs."""
    bar = matcher.threshold if threshold is None else threshold
    pairs: dict[tuple[str, str], Pair] = {}
    for code in matcher:
        for found in matcher.alike(code, MOST_ALIKE):
            if found.score >= bar:
                pairs.setdefault((min(code, found.code), max(code, found.code)), Pair(code, found))
    yield from _joined(list(pairs.values()))


def _joined(pairs: list[Pair]) -> Iterator[Cluster]:
    """Pairs that share an entry are one cluster."""
    head: dict[str, str] = {}
    for pair in pairs:
        one, other = sorted((_head(head, pair.code), _head(head, pair.found.code)))
        head[other] = one
    members: dict[str, list[Pair]] = {}
    for pair in pairs:
        members.setdefault(_head(head, pair.code), []).append(pair)
    for _, inside in sorted(members.items()):
        codes = {code for pair in inside for code in (pair.code, pair.found.code)}
        yield Cluster(tuple(sorted(codes)), tuple(sorted(inside, key=lambda pair: (-pair.found.score, pair.code))))


def _head(head: dict[str, str], code: str) -> str:
    while (there := head.get(code, code)) != code:
        head[code] = code = head.get(there, there)
    return code
