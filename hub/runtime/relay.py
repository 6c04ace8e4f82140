"""The outbox's relay: what was written with a transaction is published after it, in order, by one process at a time."""

from __future__ import annotations

import asyncio

import structlog

from hub.bus.base import Lost
from hub.errors import HubError
from hub.runtime.leased import Leased
from hub.runtime.road import Road
from hub.storage.archive import mark_published, unpublished
from hub.storage.intake import fence_lease

log = structlog.get_logger(__name__)
GATHER_S = 0.1
"""How long what is posted may wait for the next: a turn for each would cost more than all that it publishes."""
PAGE = 500


class Relay:
    """Publishes `published_at is null`, oldest first, under a lease; a crash between the two only publishes again."""

    def __init__(self, road: Road) -> None:
        self._road = road
        self._leased = Leased(road, "relay")

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            try:
                done = await self.turn() if await self._leased.mine() else 0
            except Lost:
                self._leased.forget()
                continue
            except HubError as error:
                log.warning("relay.failed", code=error.code, **error.facts)
                done = 0
            if done < PAGE:
                await asyncio.sleep(GATHER_S)

    async def turn(self) -> int:
        """One page; how many were published."""
        road = self._road
        async with road.db.read() as session:
            rows = await unpublished(session, PAGE)
        if not rows:
            return 0
        await road.bus.publish([message for _, message in rows])
        await road.reach("relay.published")
        async with road.db.write() as session:
            await fence_lease(session, self._leased.lease())
            await mark_published(session, [number for number, _ in rows], road.now())
        await road.reach("relay.marked")
        return len(rows)
