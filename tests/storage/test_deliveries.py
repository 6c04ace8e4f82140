"""Delivery rows, on both databases: what is read of a document does not grow with its age."""

from __future__ import annotations

from datetime import UTC, datetime

from hub.bus.base import Partition
from hub.db import Database
from hub.storage.deliveries import DONE, HELD, IN_DOUBT, SUPERSEDED, Delivery, of_documents, put

DOCUMENT = "sales_order/P1/SO-1"


def make_delivery(revision: int, state: str = DONE, **more: object) -> Delivery:
    noon = datetime(2026, 11, 22, 12, tzinfo=UTC)
    facts = {"target": "erp", "document": DOCUMENT, "event": f"e{revision}", "entity": "sales_order", "key": "P1/SO-1", "form": "order"}
    rest = {"revision": revision, "correction": 0, "operation": "upsert", "step": "submit", "state": state, "began_at": noon}
    return Delivery(partition=Partition("canonical.sales_order", 0), **{**facts, **rest, **more})  # type: ignore[arg-type]


async def test_of_an_old_document_only_what_still_matters_is_read(database: Database) -> None:
    said = {8: (HELD, {}), 9: (DONE, {"attempts": 2}), 20: (SUPERSEDED, {}), 40: (IN_DOUBT, {"attempts": 1})}
    async with database.write() as session:
        for revision in range(1, 41):
            state, more = said.get(revision, (DONE, {}))
            await put(session, [make_delivery(revision, state, **more)])
        await put(session, [make_delivery(3, document="sales_order/P1/SO-2")])
    async with database.read() as session:
        found = await of_documents(session, "erp", [DOCUMENT], ["e20", "e30"])
        assert {document: [row.revision for row in rows] for document, rows in found.items()} == {DOCUMENT: [8, 9, 20, 30, 40]}
        both = await of_documents(session, "erp", [DOCUMENT, "sales_order/P1/SO-2"], [])
        assert {document: [row.revision for row in rows] for document, rows in both.items()} == {DOCUMENT: [8, 9, 40]}
