"""What every loop is given: the bus, the database, the rules, the dictionary's follower, the clock, and the named points tests stop at."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from hub.bus.base import Bus
from hub.config import Settings
from hub.db import Database
from hub.pipeline.knowledge import Rules
from hub.registry import Opened
from master_data.follower import Follower

POINTS: tuple[str, ...] = (
    "intake.read", "intake.reserved", "intake.published", "intake.confirmed",
    "webhook.reserved", "webhook.published", "webhook.confirmed",
    "normalize.decided", "normalize.published", "normalize.committed", "normalize.asked",
    "release.decided", "release.published", "release.committed",
    "deliver.prepared", "deliver.writing", "deliver.called", "deliver.answered", "deliver.committed", "deliver.doubt",
    "deliver.found", "deliver.offset",
    "project.read", "project.committed",
    "relay.published", "relay.marked",
)
"""The named points between reading and committing; a test kills or pauses the process at each of them."""


async def pass_by(point: str) -> None:
    """What happens at a named point in production: nothing."""


def utc_now() -> datetime:
    """The present moment."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Road:
    """Shared by the loops of one process; put together in `hub.app`."""

    settings: Settings
    bus: Bus
    db: Database
    rules: Rules
    follower: Follower
    systems: dict[str, Opened]
    now: Callable[[], datetime] = utc_now
    reach: Callable[[str], Awaitable[None]] = pass_by
