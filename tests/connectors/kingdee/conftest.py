"""A simulated K3Cloud over real HTTP, and the connector opened on it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import Any

import pytest

from connectors.kingdee import CONNECTOR, KingdeeSystem
from connectors.kingdee.config import Settings
from connectors.kingdee.simulator import KingdeeSimulator
from hub.sdk import Http
from hub.sdk.simulation import Faults, MemoryBooks, serve

MATERIAL = {"code": "M-1", "name": "泵", "type": "finished", "state": "active", "base_unit": "Pcs", "sellable": True}


@dataclass
class Plant:
    """The simulated installation with a customer and a material that orders may use. `timeout_s` is short: silence is tested a lot."""

    books: MemoryBooks = field(default_factory=lambda: MemoryBooks("erp"))
    faults: Faults = field(default_factory=Faults)
    url: str = ""
    stack: AsyncExitStack = field(default_factory=AsyncExitStack)

    async def start(self) -> Plant:
        self.simulator = KingdeeSimulator(self.books, self.faults, landing_s=0.05, late_s=0.2)
        self.books.save("material", "100", "M-1", MATERIAL, status="audited")
        customer = {"code": "C-1", "name": "甲", "state": "active"}
        self.books.save("customer", "100", "C-1", customer, status="audited", custom={"allocated": "100"})
        self.url = await self.stack.enter_async_context(serve(self.simulator.app))
        return self

    async def open(self, **changes: Any) -> KingdeeSystem:
        settings = Settings.model_validate({**self.simulator.settings(self.url), **changes})
        http = Http("erp", requests_per_s=10_000, timeout_s=0.3)
        system = CONNECTOR.open("erp", settings, http)
        assert isinstance(system, KingdeeSystem)
        self.stack.push_async_callback(http.close)
        self.stack.push_async_callback(system.close)
        return system


@pytest.fixture
async def plant() -> AsyncIterator[Plant]:
    started = await Plant().start()
    async with started.stack:
        yield started
        started.faults.quiet()
        await started.simulator.close()


@pytest.fixture
async def system(plant: Plant) -> KingdeeSystem:
    return await plant.open()
