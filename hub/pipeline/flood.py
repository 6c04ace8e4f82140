"""A bad deploy cannot hold everything: too large a share of data errors stops a partition instead of filling the holds. Pure."""

from __future__ import annotations

from collections import deque

from hub.errors import HubError

WINDOW = 200
SHARE = 0.5


class TooManyErrors(HubError):
    """More than half of the last messages were wrong: more likely our rules than their data."""

    code = "too-many-errors"


class Flood:
    """Counts wrong messages (waits never count) over the last `WINDOW` or more.

    `suspected`: stopped before, or nobody knows yet. `stopped`: a person has been told, and this stop stands. `let_on`: a person
    lets the wrong ones be held; a window that is good again takes that word back.
    """

    def __init__(self) -> None:
        self.suspected = True
        self.stopped = False
        self.let_on = False
        self._batches: deque[tuple[int, int]] = deque()

    def note(self, count: int, wrong: int) -> TooManyErrors | None:
        """Add a batch. The error to raise, with the batch taken out again, since it comes again."""
        self._batches.append((count, wrong))
        while sum(n for n, _ in self._batches) - self._batches[0][0] >= WINDOW:
            self._batches.popleft()
        total, bad = (sum(column) for column in zip(*self._batches))
        if total < WINDOW or bad <= total * SHARE:
            self.stopped, self.let_on = False, self.let_on and total < WINDOW
            return None
        if self.let_on:
            return None
        self._batches.pop()
        self.suspected = True
        return TooManyErrors(wrong=bad, count=total)
