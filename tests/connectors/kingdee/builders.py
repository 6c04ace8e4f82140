"""Documents as the mappings make them, and waiting for a condition."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

from hub.sdk import Document, DocumentKey


def make_order(
    step: str = "save", *, number: str = "SO-1", mark: str = "m1", revision: int = 1, id: str | None = None,
    operation: str = "upsert", quantity: int = 10, payload: Mapping[str, Any] | None = None,
) -> Document:  # fmt: skip
    """A sales order as the mapping makes it."""
    line = {"F_HUB_LINE": 1, "FMaterialId": {"FNumber": "M-1"}, "FQty": quantity, "FUnitID": {"FNumber": "Pcs"}, "FTaxPrice": 113}
    model = payload or {
        "FBillNo": number, "FDate": "2026-11-22", "FSaleOrgId": {"FNumber": "100"}, "FCustId": {"FNumber": "C-1"},
        "FSaleOrderEntry": [line],
    }  # fmt: skip
    key = DocumentKey(entity="SAL_SaleOrder", organisation="100", key=f"sales_order/P1/{number}", number=number)
    return Document(
        entity="SAL_SaleOrder", organisation="100", key=key, mark=mark, revision=revision, operation=operation, step=step,
        payload=model, id=id,
    )  # fmt: skip


async def until(condition: Callable[[], bool]) -> None:
    """Look again until it holds (the test's own time-out ends it)."""
    while not condition():  # noqa: ASYNC110 - the books tell nobody
        await asyncio.sleep(0.005)
