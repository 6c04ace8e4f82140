"""Production orders and work orders, and every fact of the shop floor against the ERP's documents."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from hub.demo.factory.codes import Codes
from hub.demo.factory.shapes import local_number
from hub.demo.proof.findings import Finding
from hub.demo.proof.written import Written, firsts, number, quantity
from hub.sdk.simulation import Books, Entry
from hub.texts import TEXTS

FACTS = ("operation_report", "material_consumption", "goods_receipt")
STATES = {"released": "active", "in_progress": "active", "completed": "active"}
"""What the MES need not tell apart. A completed order is closed a little later."""

SAME: Mapping[str, Mapping[str, Callable[[Mapping[str, Any]], Any]]] = {
    "operation_report": {
        "good": lambda data: number(data.get("good")) or 0,
        "scrap": lambda data: number(data.get("scrap")) or 0,
    },
    "material_consumption": {"quantity": lambda data: quantity((data.get("lines") or [data])[0])},
    "goods_receipt": {"quantity": quantity},
}


def check_work_orders(erp: Books, mes: Books, codes: Codes) -> Iterator[Finding]:
    """Every production order that was ever released has one work order, in its last version."""
    written = Written(mes, codes, ("production_order",))
    released = {entry.id for entry in erp.history() if entry.kind == "production_order" and entry.data.get("state") == "released"}
    for entry in erp.entries("production_order", visible_only=False):
        if entry.id in released:
            found = written.of("production_order", codes.shared("organisation", "erp", entry.organisation), entry.number)
            yield from _check_work_order(entry, found)


def _check_work_order(order: Entry, found: list[Entry]) -> Iterator[Finding]:
    facts = {"number": order.number}
    if not found:
        yield Finding("work-order-missing", facts)
        return
    if len(found) > 1:
        yield Finding("work-order-twice", {**facts, "count": len(found)})
    for field, read in {"quantity": quantity, "state": _state}.items():
        source, target = read(order.data), read(found[0].data)
        if source != target:
            yield Finding("work-order-differs", {**facts, "field": field, "source": source, "target": target})


def _state(data: Mapping[str, Any]) -> str:
    state = str(data.get("state"))
    return STATES.get(state, state)


class Flushed:
    """Which components the ERP's own bills flush back."""

    def __init__(self, erp: Books, mes: Books, codes: Codes) -> None:
        self._codes, self._mes = codes, mes
        self._pairs = {
            (bill.organisation, bill.data["material"], line["material"])
            for bill in erp.entries("bom", visible_only=False)
            for line in bill.data["lines"] if line.get("issue_method") == "back_flush"
        }  # fmt: skip

    def is_flushed(self, fact: Entry) -> bool:
        job = self._mes.get("production_order", fact.organisation, local_number(fact.data["production_order"]))
        component = fact.data.get("planned_material") or fact.data["material"]
        local = (job.data["material"] if job else "", component)
        names = [self._codes.translate("material", name, source="mes", target="erp") for name in local]
        organisation = self._codes.translate("organisation", fact.organisation, source="mes", target="erp")
        return (organisation, *names) in self._pairs


def check_facts(erp: Books, mes: Books, codes: Codes) -> Iterator[Finding]:
    """Each report, consumption and receipt of the MES has exactly one document in the ERP; what is flushed back has none."""
    written = Written(erp, codes, (*FACTS, "material_issue"))
    flushed = Flushed(erp, mes, codes)
    for kind in FACTS:
        for fact in mes.entries(kind, visible_only=False):
            found = written.of(kind, codes.shared("organisation", "mes", fact.organisation), fact.number)
            if kind == "material_consumption" and flushed.is_flushed(fact):
                yield from _check_flushed(fact, found)
            else:
                yield from _check_fact(fact, found)


def _check_flushed(fact: Entry, found: list[Entry]) -> Iterator[Finding]:
    if found:
        yield Finding("flushed-twice", {"number": fact.number, "material": fact.data["material"], "count": len(found)})


def _check_fact(fact: Entry, found: list[Entry]) -> Iterator[Finding]:
    facts = {**naming(fact.kind), "number": fact.number, "job": local_number(fact.data["production_order"])}
    if not found:
        yield Finding("fact-missing", facts)
        return
    if len(found) > 1:
        yield Finding("fact-twice", {**facts, "count": len(found), "numbers": ", ".join(entry.number for entry in found)})
    for field, read in SAME[fact.kind].items():
        source, target = read(fact.data), read(found[0].data)
        if source != target:
            yield Finding("fact-differs", {**facts, "field": field, "source": source, "target": target})


def naming(kind: str) -> dict[str, str]:
    """What people call it: `what` in Chinese, `what_en` in English."""
    text = TEXTS[f"demo-{kind}"]
    return {"what": text.zh, "what_en": text.en}


def check_lanes(erp: Books, mes: Books, codes: Codes) -> Iterator[Finding]:
    """Facts of one production order and kind stand in the ERP in the order in which the MES told them.

    One that the MES itself committed late may come late.
    """
    written = Written(erp, codes, ())
    for kind in FACTS:
        told = {(codes.shared("organisation", "mes", fact.organisation), fact.number): fact for fact in firsts(mes, kind)}
        furthest: dict[tuple[str, str], Entry] = {}
        arrived = (written.place(entry) for entry in firsts(erp, kind))
        for fact in (told[place[1:]] for place in arrived if place[0] == kind and place[1:] in told):
            lane = fact.organisation, local_number(fact.data["production_order"])
            before = furthest.get(lane, fact)
            if fact.sequence < before.sequence and fact.visible_at <= before.visible_at:
                yield Finding("lane-disordered", {**naming(kind), "job": lane[1], "number": fact.number, "later": before.number})
            furthest[lane] = max(before, fact, key=lambda entry: entry.sequence)
