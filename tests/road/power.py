"""Cutting a hub's power at a named point: what it does from then on reaches no bus, no database and no vendor."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any

from hub.config import Settings
from hub.runtime.road import Road
from tests.road.toy import Pair, open_toy_road, running


class PowerGone(Exception):
    """The process is dead; whatever still runs of it meets this."""


class Power:
    """`async with Power("normalize.published").hub(...)`: a hub that dies when it passes that point for the `nth` time."""

    def __init__(self, point: str = "", nth: int = 1) -> None:
        self.point, self._left = point, nth
        self.gone = asyncio.Event()
        self._road: Road | None = None

    async def reach(self, point: str) -> None:
        if point == self.point and not self.gone.is_set():
            self._left -= 1
            if not self._left:
                self.cut()
        if self.gone.is_set():
            raise PowerGone(point)

    def cut(self) -> None:
        """From now on nothing is written, read or sent."""
        self.gone.set()
        assert self._road is not None
        self._road.db.write = self._road.db.read = _refuse      # type: ignore[method-assign,assignment]
        self._road.bus.publish = _refused                       # type: ignore[method-assign]

    @contextlib.asynccontextmanager
    async def hub(self, settings: Settings, pair: Pair) -> AsyncIterator[Any]:
        """The road and the hub that runs on it; dead at the end of the block, without a last word."""
        async with open_toy_road(settings, pair, self.reach) as road:
            self._road = road
            async with running(road) as hub:
                try:
                    yield road, hub
                finally:
                    self.cut()


@contextlib.asynccontextmanager
async def _refuse() -> AsyncIterator[Any]:
    raise PowerGone("database")
    yield


async def _refused(_messages: object) -> None:
    raise PowerGone("bus")
