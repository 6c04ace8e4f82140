"""What the owner of a partition remembers of its keys instead of reading it again: bounded, dropped whenever a commit is in doubt."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Mapping
from typing import Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")
LIMIT = 20_000


class Recent(Generic[K, V]):
    """The last values of at most `limit` keys; the longest unused go first."""

    def __init__(self, limit: int = LIMIT) -> None:
        self._limit = limit
        self._values: OrderedDict[K, V] = OrderedDict()     # the first of a plain dict is sought behind all that were deleted

    def __contains__(self, key: K) -> bool:
        return key in self._values

    def some(self, keys: Iterable[K]) -> dict[K, V]:
        """The values of these keys, where known."""
        return {key: self._values[key] for key in keys if key in self._values}

    def update(self, values: Mapping[K, V]) -> None:
        """Remember these as the newest."""
        for key, value in values.items():
            self._values[key] = value
            self._values.move_to_end(key)
        while len(self._values) > self._limit:
            self._values.popitem(last=False)
