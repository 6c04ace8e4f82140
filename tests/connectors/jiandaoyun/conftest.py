"""A simulated app, served over real HTTP, and the connector opened on it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from connectors.jiandaoyun import CONNECTOR
from connectors.jiandaoyun.simulator import JiandaoyunSimulator
from hub.sdk import Document, DocumentKey, Http, Record
from hub.sdk.simulation import Entry, Faults, MemoryBooks, serve


@dataclass
class Crm:
    """The CRM from outside (`system`) and from inside (`books`, `faults`)."""

    books: MemoryBooks
    faults: Faults
    simulator: JiandaoyunSimulator
    url: str
    system: Any
    opened: list[Any] = field(default_factory=list)

    def open(self, *, patience_s: float = 10.0, **changes: Any) -> Any:
        """The connector, with some settings changed; closed with the test."""
        settings = CONNECTOR.settings(**{**self.simulator.settings(self.url), **changes})
        self.opened.append(CONNECTOR.open("crm", settings, Http("crm", requests_per_s=1000, timeout_s=patience_s)))
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

    def rows(self, kind: str = "material") -> list[Entry]:
        """What the CRM itself holds."""
        return list(self.books.entries(kind, visible_only=False))


@pytest.fixture
async def crm() -> AsyncIterator[Crm]:
    """The vendor's limits are a hundred times wider, so that tests do not wait for them."""
    books, faults = MemoryBooks("crm"), Faults()
    simulator = JiandaoyunSimulator(books, faults, pace=100.0, late_s=0.2)
    simulator.veil.late_s = 1.0
    async with serve(simulator.app) as url:
        crm = Crm(books, faults, simulator, url, None)
        crm.system = crm.open()
        yield crm
        await simulator.close()
        for system in crm.opened:
            await system.close()


def make_order(number: str = "SO-1", quantity: str = "2", **changes: Any) -> dict[str, Any]:
    """A sales order as the CRM's books hold one."""
    line = {"line": 10, "material": "P-50", "quantity": {"value": quantity, "unit": "台"}, "price_with_tax": "1130.00"}
    head = {"number": number, "customer": "K0001", "state": "confirmed", "ordered_at": "2026-11-22T01:00:00+00:00"}
    return {**head, "lines": [line], **changes}


def save_order(crm: Crm, number: str = "SO-1", quantity: str = "2", late_s: float = 0.0, **changes: Any) -> Entry:
    """Put an order into the CRM's books."""
    return crm.books.save("sales_order", "一厂", number, make_order(number, quantity, **changes), status="audited", late_s=late_s)


PRODUCT_KEY = DocumentKey(entity="产品", organisation="一厂", key="material/P1/FG-50")


def make_product(mark: str = "m1", revision: int = 1, name: str = "离心泵 50", **changes: Any) -> Document:
    """A product to be written."""
    payload = {"组织": "一厂", "产品编码": "P-50", "产品名称": name, "产品状态": "在售"}
    settled = {"entity": "产品", "organisation": "一厂", "key": PRODUCT_KEY, "operation": "upsert", "step": "save"}
    return Document(**{**settled, "mark": mark, "revision": revision, "payload": payload, **changes})
