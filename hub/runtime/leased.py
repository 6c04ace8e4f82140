"""A task that one process does at a time: its lease is taken and renewed as the task goes along."""

from __future__ import annotations

from datetime import datetime, timedelta

from hub.bus.base import Lost
from hub.runtime.road import Road
from hub.storage.intake import Lease, keep_lease, take_lease


class Leased:
    """Ask `mine()` before each turn."""

    def __init__(self, road: Road, name: str) -> None:
        self._road = road
        self._name = name
        self._lease: Lease | None = None
        self._renew_at: datetime | None = None

    async def mine(self) -> bool:
        """Whether this process holds the lease now; takes or renews it as needed. Raises Lost when another one took it."""
        road, now = self._road, self._road.now()
        if self._renew_at is not None and now < self._renew_at:
            return self._lease is not None
        ttl = road.settings.lease_s
        async with road.db.write() as session:
            if self._lease is None:
                self._lease = await take_lease(session, self._name, road.settings.holder(), now, ttl)
            else:
                await keep_lease(session, self._lease, now, ttl)
        self._renew_at = now + timedelta(seconds=ttl / 3)
        return self._lease is not None

    def lease(self) -> Lease:
        """The lease held. Raises Lost."""
        if self._lease is None:
            raise Lost(self._name)
        return self._lease

    def forget(self) -> None:
        """It was taken over."""
        self._lease = None
        self._renew_at = None
