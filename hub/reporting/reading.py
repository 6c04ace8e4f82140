"""How each entity of the model becomes rows: pure functions over an event and its decoded data.

An event may be partial (the ERP about a CRM's order): what it does not say is None in its rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Table

from hub.event import Event
from hub.reporting import tables

Said = Mapping[str, Any]
Rows = dict[Table, list[dict[str, Any]]]

ORDER_TIMES = ("planned_start_at", "planned_end_at", "created_at", "released_at", "actual_start_at", "actual_end_at")

SINCE = {"confirmed": "confirmed_at", "accepted": "accepted_at"}
"""The fields that say since when an order is in a state."""

TERMS = ("good", "concession", "scrap", "rework", "repair")
"""What becomes of processed pieces; they balance (B1)."""


def sales_order(event: Event, data: Said) -> Rows:
    head = _head(event, data) | {
        "customer": data.get("customer"), "ordered_at": _time(data, "ordered_at"),
        "reason": data.get("rejection") or data.get("cancel_reason"),
    }  # fmt: skip
    items = [
        _named(event) | _material(line) | _times(line, "requested_at", "first_promised_at", "promised_at")
        | {"line": line["line"], "state": line.get("state"), "under_percent": _number(line.get("under_tolerance_percent")),
           "over_percent": _number(line.get("over_tolerance_percent"))}
        for line in data.get("lines") or ()
    ]  # fmt: skip
    return {tables.ORDERS: [head], tables.ORDER_ITEMS: items, tables.NUMBERS: _numbers(event, data, "customer_order")}


def line_versions(event: Event, data: Said) -> list[dict[str, Any]]:
    """Each line's state and promise in this version; a line without a state of its own has the order's.

    The order's own word when it was confirmed or accepted goes before the time of the record, which any touch of it changes.
    """
    return [_line_version(event, data, line) for line in data.get("lines") or ()]


def _line_version(event: Event, data: Said, line: Said) -> dict[str, Any]:
    state = line.get("state") or data.get("state")
    since = _time(data, SINCE[state]) if state in SINCE else None
    row = _version(event) | _times(line, "promised_at") | {"position": line["line"], "state": state}
    return row | ({"happened_at": since} if since else {})


def production_order(event: Event, data: Said) -> Rows:
    head = _head(event, data) | _material(data) | _times(data, *ORDER_TIMES) | {
        "kind": data.get("type"), "routing": data.get("routing"), "plan": data.get("plan"),
        "subcontracted": data.get("subcontracted"), "supplier": data.get("supplier"),
        "over_percent": _number(data.get("over_tolerance_percent")),
        "reason": data.get("close_reason") or data.get("hold_reason") or data.get("cancel_reason"),
    }  # fmt: skip
    demand = [
        _named(event) | {"position": position, "line_key": f"{link['order']}/{link['line']}", "quantity": _material(link)["quantity"]}
        for position, link in enumerate(data.get("demands") or ())
    ]
    operations = _steps(event, data.get("routing_snapshot"))
    numbers = _numbers(event, data, "lot")
    return {tables.PRODUCTION_ORDERS: [head], tables.DEMAND: demand, tables.OPERATIONS: operations, tables.NUMBERS: numbers}


def production_plan(event: Event, data: Said) -> Rows:
    row = _head(event, data) | _material(data) | _times(data, "planned_start_at", "planned_end_at")
    return {tables.PLANS: [row], tables.NUMBERS: _numbers(event, data)}


def routing(event: Event, data: Said) -> Rows:
    head = _head(event, data) | {"material": data.get("material")}
    return {tables.ROUTINGS: [head], tables.ROUTING_STEPS: _steps(event, data.get("operations"))}


def plan_versions(event: Event, data: Said) -> list[dict[str, Any]]:
    """What this version of a production plan or of a production order is to make, and until when."""
    stated = _material(data)
    plan = {
        "position": 0, "entity": event.entity, "organisation": event.key.partition("/")[0], "state": data.get("state"),
        "material": stated["material"], "quantity": stated["quantity"], "due_at": _time(data, "planned_end_at"),
        "created_at": _time(data, "created_at"),
    }  # fmt: skip
    return [_version(event) | plan]


def job_order(event: Event, data: Said) -> Rows:
    row = _head(event, data) | _place(data) | _times(data, "started_at", "ended_at")
    return {tables.JOBS: [row], tables.NUMBERS: _numbers(event, data)}


def operation_report(event: Event, data: Said) -> Rows:
    row = _head(event, data) | _place(data) | _times(data, "started_at", "ended_at", "reported_at")
    row |= {term: _number(data.get(term)) or Decimal(0) for term in TERMS}
    row |= {
        "material": data.get("material"), "unit": data.get("unit"), "business_date": _date(data, "business_date"),
        "is_final": bool(data.get("is_final")), "first_pass": bool(data.get("first_pass", True)) and data.get("type") != "rework",
    }  # fmt: skip
    return {tables.REPORTS: [row], tables.NUMBERS: _numbers(event, data, "lot")}


def quality_inspection(event: Event, data: Said) -> Rows:
    row = _head(event, data) | _times(data, "inspected_at") | {
        "production_order": data.get("production_order"), "sequence": data.get("sequence"), "stage": data.get("stage"),
        "disposition": data.get("disposition"), "inspected": _number(data.get("inspected")),
    }  # fmt: skip
    return {tables.INSPECTIONS: [row], tables.NUMBERS: _numbers(event, data, "lot")}


def goods_receipt(event: Event, data: Said) -> Rows:
    row = _head(event, data) | _material(data) | _times(data, "declared_at", "posted_at")
    row["production_order"] = data.get("production_order")
    return {tables.RECEIPTS: [row], tables.NUMBERS: _numbers(event, data, "lot", "erp_number")}


def shipment(event: Event, data: Said) -> Rows:
    head = _head(event, data) | _times(data, "shipped_at", "delivered_at") | {"business_date": _date(data, "business_date")}
    return {tables.SHIPMENTS: [head], tables.SHIPMENT_ITEMS: _items(event, data), tables.NUMBERS: _numbers(event, data, "tracking")}


def invoice(event: Event, data: Said) -> Rows:
    head = _head(event, data) | _times(data, "invoiced_at")
    return {tables.INVOICES: [head], tables.INVOICE_ITEMS: _items(event, data), tables.NUMBERS: _numbers(event, data, "tax_invoice")}


def history(event: Event, data: Said) -> dict[str, Any]:
    """The row that remembers that this version was said."""
    return {
        "id": event.id, "entity": event.entity, "key": event.key, "source": event.source, "revision": event.revision,
        "correction": event.correction, "state": "deleted" if event.operation == "delete" else data.get("state"),
        "happened_at": event.time, "recorded_at": event.recorded_at,
    }  # fmt: skip


def _named(event: Event) -> dict[str, Any]:
    return {"key": event.key, "source": event.source}


def _head(event: Event, data: Said) -> dict[str, Any]:
    return _named(event) | {
        "organisation": event.key.partition("/")[0], "state": data.get("state"), "reverses": data.get("reverses"),
        "revision": event.revision, "correction": event.correction, "happened_at": event.time, "recorded_at": event.recorded_at,
    }  # fmt: skip


def _version(event: Event) -> dict[str, Any]:
    return _named(event) | {
        "event_id": event.id, "revision": event.revision, "correction": event.correction,
        "happened_at": event.time, "recorded_at": event.recorded_at,
    }  # fmt: skip


def _material(data: Said) -> dict[str, Any]:
    quantity = data.get("quantity") or {}
    return {"material": data.get("material"), "quantity": _number(quantity.get("value")), "unit": quantity.get("unit")}


def _place(data: Said) -> dict[str, Any]:
    """Where in a production order something was done."""
    return {name: data.get(name) for name in ("production_order", "sequence", "operation", "work_center")}


def _steps(event: Event, steps: Iterable[Said] | None) -> list[dict[str, Any]]:
    return [
        _named(event) | {
            "sequence": step["sequence"], "operation": step.get("operation"), "work_center": step.get("work_center"),
            "outsourced": bool(step.get("subcontracted")), "inspected": "last" in (step.get("checks") or ()),
        }
        for step in steps or ()
    ]  # fmt: skip


def _items(event: Event, data: Said) -> list[dict[str, Any]]:
    """The rows of a shipment or invoice that name an order line."""
    return [
        _named(event) | {
            "position": position, "line_key": f"{line['order']}/{line['order_line']}", "quantity": _material(line)["quantity"],
        }
        for position, line in enumerate(data.get("lines") or ())
        if line.get("order") and line.get("order_line") is not None
    ]  # fmt: skip


def _numbers(event: Event, data: Said, *fields: str) -> list[dict[str, Any]]:
    """By which numbers a person may ask for this document: its own, those in `fields`, lots and serials of it and its lines."""
    own = [data.get(field) for field in ("number", *fields)]
    own += data.get("serials") or ()
    for line in data.get("lines") or ():
        own += [line.get("lot"), *(line.get("serials") or ())]
    found: Iterable[str] = dict.fromkeys(number for number in own if number)
    return [_named(event) | {"entity": event.entity, "number": number} for number in found]


def _number(value: Any) -> Decimal | None:
    return None if value is None else Decimal(str(value))


def _time(data: Said, name: str) -> datetime | None:
    value = data.get(name)
    return None if value is None else datetime.fromisoformat(value)


def _date(data: Said, name: str) -> date | None:
    value = data.get(name)
    return None if value is None else date.fromisoformat(value)


def _times(data: Said, *names: str) -> dict[str, Any]:
    return {name: _time(data, name) for name in names}
