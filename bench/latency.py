"""From an order confirmed in the CRM, by its webhook through `hub run` in the embedded profile, to the order submitted in the ERP.

Both ends are the connectors' simulators behind real HTTP; the time counts from the change in the CRM's books, before the webhook
is even sent, to the change in the ERP's books.
"""

from __future__ import annotations

import asyncio
import statistics
import tempfile
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from bench.figures import Figure, Result
from bench.hub_process import HubProcess, hub_process
from bench.plant import LOCAL, ORGANISATIONS, dictionary, order
from bench.servers import Servers
from bench.stage import CUSTOMERS, MATERIALS
from hub.registry import connectors
from hub.sdk.simulation import Entry, Faults, MemoryBooks, Simulator, serve

PER_SECOND, SECONDS, WARM_UP, PATIENCE_S = 50, 20, 50, 60.0
CONNECTORS = {"crm": "jiandaoyun", "erp": "kingdee"}
LIMITS = {"crm": {"pace": 1.0}}
"""The CRM's own limits of 30 reads and 20 writes a second, which a simulated factory scales up with its pace; the ERP publishes none."""


class Watch:
    """When each order was confirmed in the CRM and submitted in the ERP."""

    def __init__(self, erp: MemoryBooks) -> None:
        self.confirmed: dict[str, float] = {}
        self.submitted: dict[str, float] = {}
        erp.subscribe(self._see)

    def _see(self, entry: Entry) -> None:
        if entry.kind == "sales_order" and entry.status == "submitted":
            self.submitted.setdefault(entry.number, time.perf_counter())

    async def all_there(self) -> None:
        """Raises TimeoutError where an order never comes."""
        async with asyncio.timeout(PATIENCE_S):
            while self.confirmed.keys() - self.submitted.keys():  # noqa: ASYNC110 - a bench, which nothing wakes
                await asyncio.sleep(0.02)

    def milliseconds(self, leave_out: int) -> list[float]:
        """What each order took, the first few left out."""
        return [1000 * (self.submitted[number] - begun) for number, begun in list(self.confirmed.items())[leave_out:]]


async def run(_servers: Servers | None = None, seconds: int = SECONDS) -> Result:
    """Fifty orders a second after a second of warming up."""
    books = {name: MemoryBooks(name) for name in CONNECTORS}
    _fill(books["erp"])
    watch = Watch(books["erp"])
    async with _hub(books) as hub:
        before_s = hub.processor_s()
        await _orders(books["crm"], watch, WARM_UP + PER_SECOND * seconds)
        await watch.all_there()
        used_s = hub.processor_s() - before_s
    taken = statistics.quantiles(watch.milliseconds(WARM_UP), n=100)
    figures = [
        Figure("webhook → target, p50", taken[49], "ms"), Figure("webhook → target, p99", taken[98], "ms", at_most=500.0),
        Figure("the hub, processor", 1000 * used_s / (WARM_UP + PER_SECOND * seconds), "ms/order"),
    ]
    return Result("latency", figures, {"orders_per_s": PER_SECOND, "seconds": seconds, "profile": "embedded", "ends": "submit"})


@asynccontextmanager
async def _hub(books: Mapping[str, MemoryBooks]) -> AsyncIterator[HubProcess]:
    simulators = {name: _simulator(connector, books[name]) for name, connector in CONNECTORS.items()}
    with tempfile.TemporaryDirectory() as folder:
        async with serve(simulators["crm"].app) as crm, serve(simulators["erp"].app) as erp:
            urls = {"crm": crm, "erp": erp}
            systems = {name: _settings(name, simulator, urls[name]) for name, simulator in simulators.items()}
            async with hub_process(Path(folder), systems, dictionary()) as hub:
                simulators["crm"].connect_webhook(f"{hub.url}/webhooks/crm")
                yield hub
        for simulator in simulators.values():
            await simulator.close()


async def _orders(crm: MemoryBooks, watch: Watch, count: int) -> None:
    begun = time.perf_counter()
    for number in range(count):
        await asyncio.sleep(max(0.0, begun + number / PER_SECOND - time.perf_counter()))
        data = order(number)
        watch.confirmed[data["number"]] = time.perf_counter()
        crm.save("sales_order", LOCAL["crm"], data["number"], data, status="audited")


def _fill(erp: MemoryBooks) -> None:
    for kind, codes in (("material", MATERIALS), ("customer", CUSTOMERS)):
        for code in codes:
            data = {"code": code, "name": code, "state": "active"}
            erp.save(kind, LOCAL["erp"], code, data, status="audited", custom={"allocated": LOCAL["erp"]})


def _simulator(connector: str, books: MemoryBooks) -> Simulator:
    make = connectors()[connector].simulator
    assert make is not None
    return make(books, Faults())


def _settings(name: str, simulator: Simulator, url: str) -> dict[str, Any]:
    own = {**simulator.settings(url), **LIMITS.get(name, {})}
    return {
        "connector": CONNECTORS[name], "roles": [name], "organisations": ORGANISATIONS[name], "settings": own,
        "entities": ["销售订单"] if name == "crm" else ["SAL_SaleOrder"],
    }
