"""A simulated installation of a vendor, served over real HTTP, and its connector opened on it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from hub.sdk import Connector, Http, Record
from hub.sdk.simulation import Entry, Faults, MemoryBooks, serve


@dataclass
class Installation:
    """One system from outside (`system`) and from inside (`books`, `faults`). `writes`: the kind of entry that the hub writes there."""

    connector: Connector
    simulator: Any
    books: MemoryBooks
    faults: Faults
    writes: str
    url: str = ""
    system: Any = None
    stack: AsyncExitStack = field(default_factory=AsyncExitStack)

    def open(self, *, patience_s: float = 10.0, **changes: Any) -> Any:
        """The connector, with some settings changed; closed with the test."""
        settings = self.connector.settings(**{**self.simulator.settings(self.url), **changes})
        pace = getattr(settings, "requests_per_s", 1000)
        http = Http(self.books.system, requests_per_s=pace, timeout_s=patience_s)
        system: Any = self.connector.open(self.books.system, settings, http)
        self.stack.push_async_callback(http.close)
        self.stack.push_async_callback(system.close)
        return system

    @property
    def hasty(self) -> Any:
        """A connector that gives up after half a second: for calls that are never answered."""
        return self.open(patience_s=0.5)

    async def read(self, entity: str, cursor: Any = None, **changes: Any) -> tuple[list[Record], Any]:
        """Everything from the cursor on, and the cursor after it."""
        system = self.open(**changes) if changes else self.system
        records: list[Record] = []
        async for chunk in system.source.read(entity, cursor):
            records += chunk.records
            cursor = chunk.cursor
        return records, cursor

    def rows(self, kind: str = "") -> list[Entry]:
        """What the system itself holds."""
        return list(self.books.entries(kind or self.writes, visible_only=False))


@asynccontextmanager
async def installed(installation: Installation) -> AsyncIterator[Installation]:
    """Served, and opened with the simulator's own settings."""
    async with serve(installation.simulator.app) as installation.url, installation.stack:
        installation.system = installation.open()
        yield installation
        await installation.simulator.close()
