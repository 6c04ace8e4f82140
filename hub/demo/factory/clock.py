"""Business time, the agenda of what is due, and chance under a seed."""

from __future__ import annotations

import heapq
import random
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

CHINA = timezone(timedelta(hours=8))


def midnight(moment: datetime) -> datetime:
    """The factory's day: systems that know only dates keep this exactly."""
    return moment.astimezone(CHINA).replace(hour=0, minute=0, second=0, microsecond=0).astimezone(UTC)


class BusinessClock:
    """Business time: `pace` business seconds pass per real second, from `start` (aware UTC) on."""

    def __init__(self, start: datetime, pace: float, real: Callable[[], float] = time.monotonic) -> None:
        self._start, self.pace, self._real, self._zero = start, pace, real, real()

    def now(self) -> datetime:
        return self._start + timedelta(seconds=(self._real() - self._zero) * self.pace)


class Agenda:
    """What people have put down to do, in business time. One thing's time is `moment` while it is being done."""

    def __init__(self, clock: BusinessClock) -> None:
        self._clock = clock
        self._due: list[tuple[datetime, int, Callable[..., None], tuple[Any, ...]]] = []
        self._count = 0
        self.moment = clock.now()

    def after(self, hours: float, action: Callable[..., None], *arguments: Any) -> None:
        """Do it `hours` business hours from the present moment."""
        self._count += 1
        heapq.heappush(self._due, (self.moment + timedelta(hours=hours), self._count, action, arguments))

    def work_off(self) -> None:
        """Do everything that is due by now, in the order in which it is due."""
        now = self._clock.now()
        while self._due and self._due[0][0] <= now:
            self.moment, _, action, arguments = heapq.heappop(self._due)
            action(*arguments)
        self.moment = now

    def __len__(self) -> int:
        return len(self._due)


class Dice:
    """Chance that depends on the seed and on what is being decided, never on the order in which things happen."""

    def __init__(self, seed: int) -> None:
        self._seed = seed

    def about(self, *subject: Any) -> random.Random:
        """The same subject always gets the same throws."""
        return random.Random(f"{self._seed}/" + "/".join(map(str, subject)))

    def happens(self, share: float, *subject: Any) -> bool:
        return self.about(*subject).random() < share

    def hours(self, low: float, high: float, *subject: Any) -> float:
        return self.about(*subject, "hours").uniform(low, high)
