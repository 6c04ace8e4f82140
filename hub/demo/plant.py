"""The simulated plant: three books, three vendors' servers over them, and the settings of a hub between them."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from hub.demo.factory import Factory, seed
from hub.demo.recorded import Recorded
from hub.sdk import Card, Connector
from hub.sdk.simulation import Fault, Faults, MemoryBooks, Simulator, serve

CONNECTORS = {"crm": "jiandaoyun", "erp": "kingdee", "mes": "mes_rest"}
ORGANISATIONS = {
    "crm": {"一厂": "P1", "二厂": "P2"},
    "erp": {"100": "P1", "200": "P2"},
    "mes": {"F1": "P1", "F2": "P2"},
}
POLL_S = {"crm": 2.0, "erp": 2.5, "mes": 2.0}

FAULT_RATES: dict[str, dict[Fault, float]] = {
    "crm": {
        Fault.TIMEOUT_BEFORE: 0.002, Fault.TIMEOUT_AFTER: 0.004, Fault.LATE_LANDING: 0.002, Fault.GARBAGE: 0.004,
        Fault.RATE_LIMITED: 0.004, Fault.LATE_COMMIT: 0.02, Fault.WEBHOOK_TWICE: 0.05, Fault.WEBHOOK_REORDERED: 0.05,
        Fault.WEBHOOK_FORGED: 0.02, Fault.WEBHOOK_LOST: 0.05,
    },
    "erp": {
        Fault.TIMEOUT_BEFORE: 0.002, Fault.TIMEOUT_AFTER: 0.004, Fault.LATE_LANDING: 0.002, Fault.NOTHING_DONE: 0.003,
        Fault.BUSINESS_ERROR: 0.006, Fault.SESSION_DIES: 0.002, Fault.RATE_LIMITED: 0.003, Fault.GARBAGE: 0.003, Fault.LATE_COMMIT: 0.02,
    },
    "mes": {
        Fault.TIMEOUT_BEFORE: 0.002, Fault.TIMEOUT_AFTER: 0.004, Fault.LATE_LANDING: 0.002, Fault.NOTHING_DONE: 0.003,
        Fault.RATE_LIMITED: 0.004, Fault.GARBAGE: 0.004, Fault.LATE_COMMIT: 0.02,
    },
}
"""How often each bad habit strikes, per opportunity."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plant:
    """What is running. `sent` remembers the JSON that each system received."""

    factory: Factory
    books: Mapping[str, MemoryBooks]
    faults: Mapping[str, Faults]
    simulators: Mapping[str, Simulator]
    sent: Mapping[str, Recorded]
    cards: Mapping[str, Card]
    settings: Mapping[str, Any]
    """The `systems` part of the hub's settings."""

    def connect_webhooks(self, hub_url: str) -> None:
        """The vendors that push do so from now on."""
        for name, simulator in self.simulators.items():
            simulator.connect_webhook(f"{hub_url}/webhooks/{name}")

    def struck(self) -> dict[str, int]:
        """How often each fault has struck, over all systems."""
        counts: dict[str, int] = {}
        for faults in self.faults.values():
            for fault, count in faults.counts.items():
                counts[fault] = counts.get(fault, 0) + count
        return dict(sorted(counts.items()))


@asynccontextmanager
async def open_plant(installed: Mapping[str, Connector], *, orders: int, seed_number: int, pace: float) -> AsyncIterator[Plant]:
    """Start the three servers on free ports; they end with the block."""
    books = {name: MemoryBooks(name) for name in CONNECTORS}
    faults = {name: Faults(FAULT_RATES[name], seed_number * 10 + number) for number, name in enumerate(CONNECTORS)}
    factory = Factory(books, orders=orders, seed=seed_number, pace=pace, faults={"mes": faults["mes"]})
    cards = {name: installed[connector].card for name, connector in CONNECTORS.items()}
    async with AsyncExitStack() as stack:
        simulators: dict[str, Simulator] = {}
        sent: dict[str, Recorded] = {}
        systems: dict[str, Any] = {}
        for name, connector in CONNECTORS.items():
            simulator = _simulator(installed[connector], books[name], faults[name])
            simulators[name], sent[name] = simulator, Recorded(simulator.app)
            url = await stack.enter_async_context(serve(sent[name]))
            stack.push_async_callback(simulator.close)
            systems[name] = {
                "connector": connector, "roles": [name], "organisations": ORGANISATIONS[name], "poll_s": POLL_S[name],
                "settings": dict(simulator.settings(url)),
            }
        yield Plant(factory=factory, books=books, faults=faults, simulators=simulators, sent=sent, cards=cards, settings=systems)


def _simulator(connector: Connector, books: MemoryBooks, faults: Faults) -> Simulator:
    assert connector.simulator is not None, "the demo's connectors have simulators"
    return connector.simulator(books, faults)


def write_settings(folder: Path, plant: Plant, more: Mapping[str, Any]) -> Path:
    """The hub's settings file and the dictionary's seed beside it."""
    (folder / "dictionary.yaml").write_text(yaml.safe_dump(seed(), allow_unicode=True, sort_keys=False), encoding="utf-8")
    settings = {"folder": "data", "seeds": ["dictionary.yaml"], "instance": "demo", "systems": dict(plant.settings), **more}
    path = folder / "loopline.yaml"
    path.write_text(yaml.safe_dump(settings, allow_unicode=True, sort_keys=False), encoding="utf-8")
    return path


def free_port() -> int:
    """A port of 127.0.0.1 that nothing listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
