"""A pump works: three vendors' servers with quiet faults, one hub between them, and people who follow a test's script."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from hub.app import Hub, open_road
from hub.config import Settings, SystemSettings
from hub.demo.factory import seed
from hub.demo.factory.catalogue import codes
from hub.demo.plant import CONNECTORS, ORGANISATIONS
from hub.recovery.verify import verify
from hub.registry import connectors
from hub.reporting.journeys import Journey
from hub.runtime.road import Road
from hub.sdk.simulation import Faults, serve
from hub.services.holds import HoldView, list_holds
from hub.services.journeys import find_journeys
from tests.e2e.variants.people import CUSTOMER, PRODUCT, Floor, Office, Planning, Sales
from tests.road.toy import eventually

PATIENCE_S = 12.0
READ = {
    "crm": ("客户", "销售订单"),
    "erp": ("BD_Customer", "BD_MATERIAL", "ENG_Route", "SAL_SaleOrder", "PRD_MO", "PRD_INSTOCK", "SAL_OUTSTOCK"),
    "mes": ("jobs", "reports", "receipts"),
}
"""What is polled: the forms that these stories are about."""


@dataclass(frozen=True, slots=True)
class Works:
    """The people at the three systems, and the hub's road."""

    sales: Sales
    planning: Planning
    floor: Floor
    road: Road

    async def until(self, condition: Callable[[], Any]) -> None:
        """Wait for something to be true; says what is held when it never comes."""
        try:
            await eventually(condition, PATIENCE_S)
        except AssertionError:
            held = [(row.group, row.entity, row.key, row.code, row.waits_for.en) for row in await self.holds()]
            raise AssertionError(f"it did not come to that; held: {held}") from None

    async def told(self, order: str, **facts: Any) -> None:
        """Wait until the CRM has been told this of an order's line."""
        await self.until(lambda: facts.items() <= self.sales.progress(order).items())

    async def holds(self) -> Sequence[HoldView]:
        """What waits, as people see it."""
        return await list_holds(self.road.db)

    async def held(self, code: str) -> HoldView:
        """The one held message, once it is there."""
        async def is_held() -> bool:
            return [row.code for row in await self.holds()] == [code]

        await self.until(is_held)
        return (await self.holds())[0]

    async def journey(self, number: str) -> Journey:
        """The only order line that a number leads to."""
        (found,) = await find_journeys(self.road.db, number)
        return found

    async def ordered(self, order: str, quantity: int, **wishes: Any) -> None:
        """A customer's order as far as the ERP's promise."""
        self.sales.order(order, quantity, **wishes)
        await self.until(lambda: self.planning.held("sales_order", order).get("status") == "submitted")
        self.planning.accept(order, days=8)

    async def released(self, number: str, quantity: int, demands: Mapping[str, int], **facts: Any) -> None:
        """A production order as far as the shop floor."""
        self.planning.make(number, quantity, demands, **facts)
        await self.until(lambda: self.floor.order(number))

    async def booked(self, number: str, good: Mapping[int, int]) -> None:
        """The ERP's own reports of a production order add up to this, per operation."""
        await self.until(lambda: self.planning.reported(number) == good)

    async def stored(self, number: str, quantity: int) -> None:
        """Everything that the shop declared of a production order is in the ERP's store."""
        def is_stored() -> bool:
            self.planning.post()
            return self.planning.received(number) == quantity

        await self.until(is_stored)

    async def in_order(self) -> bool:
        """Nothing waits, and the protocol's invariants hold."""
        return not await self.holds() and not await verify(self.road.db, self.road.bus, self.road.now())

    def doubled(self) -> list[str]:
        """Documents of ours that a system has more than once."""
        offices: tuple[Office, ...] = (self.sales, self.planning, self.floor)
        return [key for office in offices for key, count in _written(office).items() if count > 1]


def _written(office: Office) -> Counter[str]:
    written = (entry for entry in {entry.id: entry for entry in office.books.history()}.values() if entry.custom.get("key"))
    return Counter(f"{office.books.system} {entry.custom['key']}" for entry in written)


@asynccontextmanager
async def open_works(folder: Path) -> AsyncIterator[Works]:
    """Everything started, the customer known to the ERP; ended with the block."""
    known = codes()
    people = Sales(known), Planning(known), Floor(known)
    async with AsyncExitStack() as stack:
        systems = {office.books.system: await _serve(stack, office) for office in people}
        road = await stack.enter_async_context(open_road(_settings(folder, systems)))
        hub = asyncio.create_task(Hub(road).run())
        works = Works(*people, road)
        try:
            await works.until(works.planning.audit_customers)
            yield works
        finally:
            hub.cancel()
            await asyncio.gather(hub, return_exceptions=True)


async def _serve(stack: AsyncExitStack, office: Office) -> SystemSettings:
    name = office.books.system
    make = connectors()[CONNECTORS[name]].simulator
    assert make is not None
    simulator = make(office.books, Faults())
    url = await stack.enter_async_context(serve(simulator.app))
    stack.push_async_callback(simulator.close)
    return SystemSettings(
        connector=CONNECTORS[name], roles=frozenset({name}), organisations=ORGANISATIONS[name], poll_s=0.25, entities=READ[name],
        settings=dict(simulator.settings(url)),
    )


def _dictionary() -> dict[str, Any]:
    """The demo's, as far as these stories go: the whole of it takes longer to load than a story takes."""
    found = seed()["codes"]
    wanted = {"material": PRODUCT, "customer": CUSTOMER}
    return {"codes": {kind: [row for row in rows if row["code"] == wanted.get(kind, row["code"])] for kind, rows in found.items()}}


def _settings(folder: Path, systems: Mapping[str, SystemSettings]) -> Settings:
    dictionary = folder / "dictionary.yaml"
    dictionary.write_text(yaml.safe_dump(_dictionary(), allow_unicode=True), encoding="utf-8")
    return Settings(
        folder=folder / "hub", seeds=(dictionary,), systems=dict(systems), tick_s=0.05, sweep_s=1.0, lease_s=5.0, instance="a", partitions=1
    )
