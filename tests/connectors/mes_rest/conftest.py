"""A simulated MES, served over real HTTP, and the connector opened on it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from connectors.mes_rest import CONNECTOR
from connectors.mes_rest.config import Settings
from connectors.mes_rest.simulator import MesSimulator
from hub.sdk import Document, DocumentKey, Http, Record
from hub.sdk.simulation import Entry, Faults, MemoryBooks, serve


@dataclass
class Mes:
    """The MES from outside (`system`) and from inside (`books`, `faults`)."""

    books: MemoryBooks
    faults: Faults
    simulator: MesSimulator
    url: str
    system: Any
    opened: list[Any] = field(default_factory=list)

    def open(self, *, patience_s: float = 10.0, **changes: Any) -> Any:
        """The connector, with some settings changed; closed with the test."""
        settings = Settings(**{**self.simulator.settings(self.url), **changes})
        self.opened.append(CONNECTOR.open("mes", settings, Http("mes", requests_per_s=settings.requests_per_s, timeout_s=patience_s)))
        return self.opened[-1]

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

    def rows(self, kind: str = "production_order") -> list[Entry]:
        """What the MES itself holds."""
        return list(self.books.entries(kind, visible_only=False))


@pytest.fixture
async def mes() -> AsyncIterator[Mes]:
    """The vendor's limit is a thousand times wider, so that tests do not wait for it."""
    books, faults = MemoryBooks("mes"), Faults()
    simulator = MesSimulator(books, faults, pace=1000.0, late_s=0.2)
    async with serve(simulator.app) as url:
        mes = Mes(books, faults, simulator, url, None)
        mes.system = mes.open()
        yield mes
        await simulator.close()
        for system in mes.opened:
            await system.close()


ORDER_KEY = DocumentKey(entity="work-orders", organisation="F1", key="production_order/P1/MO-1")


def make_order(mark: str = "m1", revision: int = 1, quantity: str = "100", **changes: Any) -> Document:
    """A work order to be written."""
    payload = {
        "order_no": "MO-1", "material_code": "MAT1001", "planned_qty": quantity, "unit": "PCS", "state": "released",
        "demand_links": [{"order_ref": "P1/SO-1", "line": 10, "qty": quantity, "unit": "PCS"}],
    }  # fmt: skip
    settled = {"entity": "work-orders", "organisation": "F1", "key": ORDER_KEY, "operation": "upsert", "step": "import"}
    return Document(**{**settled, "mark": mark, "revision": revision, "payload": payload, **changes})


def save_report(mes: Mes, number: str, sequence: int = 10, late_s: float = 0.0, **changes: Any) -> Entry:
    """Let the shop floor report."""
    data = {
        "number": number, "production_order": "MO-1", "sequence": sequence, "operation": "GX10", "unit": "PCS", "good": "10",
        "reported_at": "2026-11-23T03:00:00+00:00", **changes,
    }  # fmt: skip
    return mes.books.save("operation_report", "F1", number, data, status="audited", late_s=late_s)
