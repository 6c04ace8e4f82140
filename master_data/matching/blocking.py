"""Candidates first: an inverted index from tokens to places; rare tokens count most and are read first, and the work is bounded."""

from __future__ import annotations

import math
from array import array
from collections.abc import Collection, Iterable, Mapping
from heapq import nlargest

MOST_READ = 12_000                          # places read for one search, however many entries there are


class Postings:
    """token → places. A token that one place has costs no list: most tokens are such."""

    __slots__ = ("_count", "_places")

    def __init__(self) -> None:
        self._places: dict[int, int | array[int]] = {}
        self._count = 0

    def add(self, place: int, tokens: Collection[object]) -> None:
        """Each token once. Tokens are kept by their hash: two that share one cost a candidate too many, never one too few."""
        self._count += 1
        for token in {hash(token) for token in tokens}:
            there = self._places.get(token)
            if there is None:
                self._places[token] = place
            elif isinstance(there, int):
                self._places[token] = array("I", (there, place))
            else:
                there.append(place)

    def remove(self, place: int, tokens: Collection[object]) -> None:
        """Take back what `add` did with the same tokens."""
        self._count -= 1
        for token in {hash(token) for token in tokens}:
            there = self._places[token]
            if isinstance(there, int):
                del self._places[token]
                continue
            there.remove(place)
            if len(there) == 1:
                self._places[token] = there[0]

    def frequency(self, token: object) -> int:
        """How many places have it."""
        there = self._places.get(hash(token))
        return 0 if there is None else 1 if isinstance(there, int) else len(there)

    def likeliest(
        self, tokens: Iterable[str], limit: int, weights: Mapping[str, float] | None = None, budget: int = MOST_READ
    ) -> list[tuple[int, float]]:
        """The places that have most of the tokens, by how rare these are (times a weight of their own), the likeliest first.

        At most `budget` places are read, the rarest tokens' first.
        """
        found: dict[int, float] = {}
        for token in sorted(tokens, key=self.frequency):
            there = self._places.get(hash(token))
            if there is None:
                continue
            places = (there,) if isinstance(there, int) else there
            if len(places) > budget and found:
                break
            weight = self._weight(len(places)) * (weights or {}).get(token, 1.0)
            for place in places[:budget]:
                found[place] = found.get(place, 0.0) + weight
            budget -= len(places)
        return nlargest(limit, found.items(), key=lambda pair: pair[1])

    def _weight(self, frequency: int) -> float:
        return math.log1p(self._count / frequency)
