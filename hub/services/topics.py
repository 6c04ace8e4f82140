"""Topics: the table of what the hub declares, and creating what is missing."""

from __future__ import annotations

from collections.abc import Sequence

from hub.bus.base import Bus, Topic
from hub.bus.topics import topics_for
from hub.config import Settings


def declared(settings: Settings) -> Sequence[Topic]:
    """Every topic of a hub with these settings."""
    return topics_for(settings.systems, settings.profile, partitions=settings.partitions or None)


async def create(bus: Bus, settings: Settings) -> Sequence[Topic]:
    """Create what is missing. Raises ConfigError where a topic exists with another number of partitions."""
    rows = declared(settings)
    await bus.declare(rows)
    return rows
