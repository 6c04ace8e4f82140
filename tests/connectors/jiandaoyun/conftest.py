"""A simulated app, served over real HTTP, and the connector opened on it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from connectors.jiandaoyun import CONNECTOR
from connectors.jiandaoyun.simulator import JiandaoyunSimulator
from hub.sdk import Document, DocumentKey
from hub.sdk.simulation import Entry, Faults, MemoryBooks
from tests.connectors.installation import Installation, installed


@pytest.fixture
async def crm() -> AsyncIterator[Installation]:
    """The vendor's limits are a hundred times wider, so that tests do not wait for them."""
    books, faults = MemoryBooks("crm"), Faults()
    simulator = JiandaoyunSimulator(books, faults, pace=100.0, late_s=0.2)
    simulator.veil.late_s = 1.0
    async with installed(Installation(CONNECTOR, simulator, books, faults, "material")) as crm:
        yield crm


def make_order(number: str = "SO-1", quantity: str = "2", **changes: Any) -> dict[str, Any]:
    """A sales order as the CRM's books hold one."""
    line = {"line": 10, "material": "P-50", "quantity": {"value": quantity, "unit": "台"}, "price_with_tax": "1130.00"}
    head = {"number": number, "customer": "K0001", "state": "confirmed", "ordered_at": "2026-11-22T01:00:00+00:00"}
    return {**head, "lines": [line], **changes}


def save_order(crm: Installation, number: str = "SO-1", quantity: str = "2", late_s: float = 0.0, **changes: Any) -> Entry:
    """Put an order into the CRM's books."""
    return crm.books.save("sales_order", "一厂", number, make_order(number, quantity, **changes), status="audited", late_s=late_s)


PRODUCT_KEY = DocumentKey(entity="产品", organisation="一厂", key="material/P1/FG-50")


def make_product(mark: str = "m1", revision: int = 1, name: str = "离心泵 50", **changes: Any) -> Document:
    """A product to be written."""
    payload = {"组织": "一厂", "产品编码": "P-50", "产品名称": name, "产品状态": "在售"}
    settled = {"entity": "产品", "organisation": "一厂", "key": PRODUCT_KEY, "operation": "upsert", "step": "save"}
    return Document(**{**settled, "mark": mark, "revision": revision, "payload": payload, **changes})
