"""Builders of events: what CRM, ERP and MES say about one order line on its way, in the model's own entities."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from hub.event import Event, event_id
from hub.model import decode, encode

START = datetime(2026, 11, 2, 8, tzinfo=UTC)
OPERATIONS = {10: "TURN", 20: "ASSEMBLE", 30: "PACK"}


def at(days: float) -> str:
    """The text of the moment so many days after the start."""
    return (START + timedelta(days=days)).isoformat()


def pieces(value: int | str) -> dict[str, str]:
    return {"value": str(value), "unit": "H87"}


def make_event(
    source: str, name: str, days: float, *, revision: int = 1, correction: int = 0, partial: bool = False, late: float = 0, **fields: Any,
) -> Event:  # fmt: skip
    """An event of a valid entity, said `days` after the start; `late`: how many days later the hub heard of it."""
    one = decode(name, {"organisation": "P1", **fields}, partial=partial)
    time = START + timedelta(days=days)
    return Event(
        id=event_id(source, name, one.key, revision, correction), source=source, entity=name, key=one.key, lane=one.lane,
        revision=revision, correction=correction, time=time, recorded_at=time + timedelta(days=late), data=encode(one),
    )  # fmt: skip


def make_order(
    days: float = 0, *, revision: int = 1, state: str = "confirmed", quantity: int = 100, number: str = "SO-1", **line: Any,
) -> Event:  # fmt: skip
    lines = [{"line": 1, "material": "PUMP", "quantity": pieces(quantity), "requested_at": at(20), **line}]
    return make_event(
        "crm", "sales_order", days, revision=revision, number=number, customer="C1", state=state, ordered_at=at(0),
        customer_order="PO-77", lines=lines,
    )  # fmt: skip


def make_answer(
    days: float, *, revision: int = 1, state: str = "accepted", promised: float = 18, number: str = "SO-1", **fields: Any,
) -> Event:  # fmt: skip
    """What the ERP says of the CRM's order: its state and its promise."""
    lines = [{"line": 1, "promised_at": at(promised)}]
    return make_event("erp", "sales_order", days, revision=revision, partial=True, number=number, state=state, lines=lines, **fields)


def make_production_order(
    days: float, *, revision: int = 1, state: str = "released", number: str = "MO-1", quantity: int = 100, **fields: Any,
) -> Event:  # fmt: skip
    given = {
        "demands": [{"order": "P1/SO-1", "line": 1, "quantity": pieces(quantity)}], "planned_end_at": at(10),
        "routing_snapshot": [{"sequence": 10, "operation": "TURN"}, {"sequence": 20, "operation": "ASSEMBLE", "checks": ["last"]}],
        **fields,
    }  # fmt: skip
    return make_event(
        "erp", "production_order", days, revision=revision, number=number, material="PUMP", quantity=pieces(quantity), state=state, **given,
    )  # fmt: skip


def make_routing(days: float, *sequences: int, revision: int = 1) -> Event:
    """The material's routing, for production orders that bring none of their own."""
    operations = [{"sequence": sequence, "operation": OPERATIONS[sequence]} for sequence in sequences]
    return make_event(
        "erp", "routing", days, revision=revision, material="PUMP", version="V1", state="released", operations=operations,
    )  # fmt: skip


def make_report(number: str, days: float, sequence: int, good: int, *, order: str = "P1/MO-1", late: float = 0, **fields: Any) -> Event:
    given = {"operation": OPERATIONS[sequence], "started_at": at(days - 0.2), "ended_at": at(days), "unit": "H87", **fields}
    return make_event(
        "mes", "operation_report", days, late=late, number=number, production_order=order, sequence=sequence, good=str(good),
        reported_at=at(days), **given,
    )  # fmt: skip


def make_inspection(days: float, *, number: str = "QI-1", state: str = "passed", **fields: Any) -> Event:
    return make_event(
        "mes", "quality_inspection", days, number=number, stage="final", state=state, production_order="P1/MO-1", material="PUMP",
        unit="H87", inspected="100", accepted="100", inspected_at=at(days), **fields,
    )  # fmt: skip


def make_receipt(days: float, quantity: int = 100, *, number: str = "GR-1", **fields: Any) -> Event:
    return make_event(
        "mes", "goods_receipt", days, number=number, production_order="P1/MO-1", material="PUMP", quantity=pieces(quantity),
        declared_at=at(days), **fields,
    )  # fmt: skip


def make_posting(days: float, *, number: str = "GR-1", state: str = "posted", revision: int = 1) -> Event:
    """What the ERP says of the MES's receipt."""
    return make_event(
        "erp", "goods_receipt", days, revision=revision, partial=True, number=number, production_order="P1/MO-1", state=state,
        posted_at=at(days), erp_number=f"E-{number}",
    )  # fmt: skip


def make_shipment(days: float, quantity: int = 100, *, number: str = "DN-1", state: str = "shipped", **fields: Any) -> Event:
    line = {"line": 1, "order": "P1/SO-1", "order_line": 1, "material": "PUMP", "quantity": pieces(quantity), "lot": "L-9"}
    return make_event("erp", "shipment", days, number=number, customer="C1", state=state, shipped_at=at(days), lines=[line], **fields)


def make_invoice(days: float, quantity: int = 100) -> Event:
    line = {"line": 1, "order": "P1/SO-1", "order_line": 1, "material": "PUMP", "quantity": pieces(quantity)}
    return make_event("erp", "invoice", days, number="IV-1", customer="C1", state="issued", invoiced_at=at(days), lines=[line])


def make_story() -> list[Event]:
    """One line's whole way: two weeks, two operations, one inspection, one receipt, one shipment, one invoice."""
    return [
        make_order(),
        make_answer(1),
        make_production_order(2, state="firm"),
        make_production_order(3, revision=2, released_at=at(3)),
        make_report("RP-1", 5, 10, 100),
        make_report("RP-2", 7, 20, 100),
        make_inspection(8),
        make_receipt(9),
        make_posting(9.5),
        make_shipment(11),
        make_invoice(12),
    ]


async def archive(events: Sequence[Event], size: int = 3) -> AsyncIterator[Sequence[Event]]:
    """The events as an archive gives them: in batches."""
    for start in range(0, len(events), size):
        yield events[start:start + size]
