"""The stage of the benches: a shop and a works as the road's tests have them, with a dictionary, and orders of three lines."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import hub.reporting.tables  # noqa: F401 - its tables belong to the database
from hub.bus.base import Message
from hub.db import METADATA, Database
from hub.observability.tracing import new_traceparent
from hub.pipeline.wire import Inbound, content_hash, pack_inbound
from master_data.proposed import AddCrossReference, CreateCode
from master_data.seeds import load_units, take_over

MATERIALS = [f"M-{number:04d}" for number in range(50)]
CUSTOMERS = [f"C-{number:03d}" for number in range(20)]
READ_AT = datetime(2026, 1, 5, 8, tzinfo=UTC)


async def fill(url: str) -> None:
    """Tables, units, fifty materials and twenty customers under the same codes in both systems."""
    db = Database.connect(url)
    async with db.write() as session:
        await session.run_sync(METADATA.create_all)
    await load_units(db)
    material = {"type": "finished", "base_unit": "H87"}
    customer = {"type": "cn_org", "country": "CN"}
    codes = [CreateCode(kind="material", code=code, zh=code, en=code, attributes=material) for code in MATERIALS]
    codes += [CreateCode(kind="customer", code=code, zh=code, en=code, attributes=customer) for code in CUSTOMERS]
    references = [
        AddCrossReference(kind=code.kind, system=system, local_code=code.code, code=code.code)
        for code in codes
        for system in ("crm", "erp")
    ]
    await take_over(db, [*codes, *references], by="bench")
    await db.close()


def payload(number: int) -> dict[str, Any]:
    """An order of three lines, about 350 bytes of JSON, in the shop's words."""
    lines = [
        {"line": 10 * row, "material": MATERIALS[(number + row) % len(MATERIALS)], "quantity": str(row + number % 9)} for row in (1, 2, 3)
    ]
    return {
        "number": f"SO-{number:07d}", "customer": CUSTOMERS[number % len(CUSTOMERS)], "state": "confirmed",
        "ordered_at": "2026-01-05T08:00:00Z", "lines": lines,
        "note": "Deliver to gate 3, call the warehouse an hour before, pallets are returned",
    }


def record(number: int) -> Message:
    """The order as intake publishes it: a key of its own, so that nothing is known of it before."""
    said = payload(number)
    key = str(said["number"])
    inbound = Inbound(
        system="crm", organisation="1", entity="order", key=key, lane=f"order/{key}", payload=said, revision=1, read_at=READ_AT,
        changed_at=READ_AT, content=content_hash(["upsert", "1", said]),
    )
    return pack_inbound(inbound, new_traceparent())
