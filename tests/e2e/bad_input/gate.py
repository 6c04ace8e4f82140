"""The works with its webhook door open: signed pushes with whatever a test puts in, and what became of them."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy import select

from connectors.jiandaoyun.sheets import SHEETS, raw_row, stamp, widget
from connectors.jiandaoyun.simulator import WEBHOOK_SECRET
from connectors.jiandaoyun.source import signature
from hub.api import create_api
from hub.api.server import serving
from hub.app import Hub
from hub.incidents import list_incidents
from hub.sdk.simulation import Entry, MemoryBooks
from hub.services.holds import HoldView
from hub.storage.tables import tallies
from tests.e2e.variants.people import Sales, count
from tests.e2e.variants.works import Works, open_works

Row = dict[str, Any]
SHEET = next(sheet for sheet in SHEETS if sheet.kind == "sales_order")
LINES = widget("订单明细")
BEGAN = datetime(2026, 11, 22, 1, tzinfo=UTC)


def tell(books: MemoryBooks, entry: Entry, version: int, **changes: Any) -> None:
    """Another state of a document, under a number that its own books would not give it."""
    said = replace(entry, data={**entry.data, **changes}, version=version, modified_at=books.now())
    books._keep((entry.kind, entry.organisation, entry.number), said)


@dataclass(frozen=True, slots=True)
class Gate:
    """The works, and the hub's address."""

    works: Works
    address: str
    client: httpx.AsyncClient

    def row(self, number: str, quantity: int = 2, at_s: float = 0.0) -> Row:
        """A good order as the vendor pushes one: raw ids, its own codes; changed so many seconds after the first."""
        clerk = Sales(self.works.sales.words.codes)
        clerk.order(number, quantity)
        entry = clerk.books.get("sales_order", clerk.organisation, number)
        assert entry is not None
        row = raw_row(clerk.books, SHEET, entry)
        return {**row, "_id": uuid.uuid4().hex[:24], "updateTime": stamp(BEGAN + timedelta(seconds=at_s))}

    async def push(self, body: bytes | Mapping[str, Any], op: str = "data_update", language: str = "zh") -> httpx.Response:
        """A data push with the vendor's own signature over these very bytes."""
        if not isinstance(body, bytes):
            body = json.dumps({"data": body, "op": op}, ensure_ascii=False).encode()
        nonce, at = uuid.uuid4().hex[:8], str(int(time.time()))
        headers = {"X-JDY-Signature": signature(nonce, body, WEBHOOK_SECRET, at), "Accept-Language": language}
        query = {"nonce": nonce, "timestamp": at}
        return await self.client.post(f"{self.address}/webhooks/crm", content=body, headers=headers, params=query)

    def in_erp(self, number: str) -> Row:
        """What the ERP itself holds of an order."""
        return self.works.planning.held("sales_order", number)

    async def arrives(self, number: str, quantity: int = 2) -> Row:
        """Wait until the ERP holds the order with this quantity, submitted."""
        def is_there() -> bool:
            held = self.in_erp(number)
            return held.get("status") == "submitted" and bool(held["lines"]) and count(held["lines"][0]) == quantity

        await self.works.until(is_there)
        return self.in_erp(number)

    async def still_carries(self) -> None:
        """A good order goes all the way, whatever came before it."""
        number = f"GUT-{uuid.uuid4().hex[:6]}"
        assert (await self.push(self.row(number, 3))).status_code == 202
        await self.arrives(number, 3)

    async def held(self, before: set[int]) -> HoldView:
        """The one message that is held since."""
        found: list[HoldView] = []

        async def is_held() -> bool:
            found[:] = [view for view in await self.works.holds() if view.id not in before]
            return bool(found)

        await self.works.until(is_held)
        (view,) = found
        return view

    async def counted(self, loop: str, system: str) -> dict[str, int]:
        """How messages have ended so far."""
        where = (tallies.c.loop == loop, tallies.c.system == system)
        async with self.works.road.db.read() as session:
            return {row.outcome: row.count for row in await session.execute(select(tallies).where(*where))}

    async def counts(self, loop: str, system: str, outcome: str, before: Mapping[str, int], more: int = 1) -> None:
        """Wait until so many more have ended in this way."""
        async def is_counted() -> bool:
            return (await self.counted(loop, system)).get(outcome, 0) == before.get(outcome, 0) + more

        await self.works.until(is_counted)

    async def incidents(self, kind: str) -> list[Any]:
        """The open incidents of a kind."""
        async with self.works.road.db.read() as session:
            return [row for row in await list_incidents(session) if row["kind"] == kind]


@asynccontextmanager
async def open_gate(folder: Path) -> AsyncIterator[Gate]:
    """The works and its door; at the end nothing is doubled."""
    async with open_works(folder) as works, serving(create_api(Hub(works.road)), "127.0.0.1", 0) as address:
        async with httpx.AsyncClient(trust_env=False) as client:
            gate = Gate(works, address, client)
            await gate.works.until(_reads_forms(gate))
            await gate.arrives("GUT-0", 1)
            yield gate
        assert works.doubled() == []


def _reads_forms(gate: Gate) -> Callable[[], Any]:
    """The vendor's form is read at its first push, which is answered with an error and pushed again."""
    row = gate.row("GUT-0", 1)

    async def accepted() -> bool:
        return (await gate.push(row)).status_code == 202

    return accepted
