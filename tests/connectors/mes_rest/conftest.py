"""A simulated MES, served over real HTTP, and the connector opened on it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from connectors.mes_rest import CONNECTOR
from connectors.mes_rest.simulator import MesSimulator
from hub.sdk import Document, DocumentKey
from hub.sdk.simulation import Entry, Faults, MemoryBooks
from tests.connectors.installation import Installation, installed


@pytest.fixture
async def mes() -> AsyncIterator[Installation]:
    """The vendor's limit is a thousand times wider, so that tests do not wait for it."""
    books, faults = MemoryBooks("mes"), Faults()
    simulator = MesSimulator(books, faults, pace=1000.0, late_s=0.2)
    async with installed(Installation(CONNECTOR, simulator, books, faults, "production_order")) as mes:
        yield mes


ORDER_KEY = DocumentKey(entity="work-orders", organisation="F1", key="production_order/P1/MO-1")


def make_order(mark: str = "m1", revision: int = 1, quantity: str = "100", **changes: Any) -> Document:
    """A work order to be written."""
    payload = {
        "order_no": "MO-1", "material_code": "MAT1001", "planned_qty": quantity, "unit": "PCS", "state": "released",
        "demand_links": [{"order_ref": "P1/SO-1", "line": 10, "qty": quantity, "unit": "PCS"}],
    }  # fmt: skip
    settled = {"entity": "work-orders", "organisation": "F1", "key": ORDER_KEY, "operation": "upsert", "step": "import"}
    return Document(**{**settled, "mark": mark, "revision": revision, "payload": payload, **changes})


def save_report(mes: Installation, number: str, sequence: int = 10, late_s: float = 0.0, **changes: Any) -> Entry:
    """Let the shop floor report."""
    data = {
        "number": number, "production_order": "MO-1", "sequence": sequence, "operation": "GX10", "unit": "PCS", "good": "10",
        "reported_at": "2026-11-23T03:00:00+00:00", **changes,
    }  # fmt: skip
    return mes.books.save("operation_report", "F1", number, data, status="audited", late_s=late_s)
