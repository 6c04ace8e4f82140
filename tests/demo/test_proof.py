"""The proof: clean books give zeros, and every fault that is put into them by hand is found and counted where it belongs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from hub.demo.factory import catalogue
from hub.demo.proof import Proof, prove
from hub.demo.proof.boundary import is_forbidden
from hub.demo.proof.execution import check_lanes
from hub.demo.proof.findings import COUNTS
from hub.sdk.simulation import Entry, MemoryBooks
from tests.demo.shortcut import World


def proof_of(world: World, received: tuple[Any, ...] = ()) -> Proof:
    return prove(world.books, world.factory.codes, received)


def some(world: World, system: str, kind: str, when: Callable[[Entry], bool] = lambda entry: True) -> Entry:
    return next(entry for entry in world.books[system].entries(kind) if when(entry))


def rewrite(world: World, system: str, entry: Entry, custom: dict[str, str] | None = None, **changes: Any) -> None:
    world.books[system].save(entry.kind, entry.organisation, entry.number, {**entry.data, **changes}, custom=custom)


def copy(world: World, system: str, entry: Entry) -> None:
    number = f"{entry.number}-2"
    world.books[system].save(entry.kind, entry.organisation, number, entry.data, status=entry.status, custom=dict(entry.custom))


def alive(world: World) -> Entry:
    """A sales order of the ERP with a line that was shipped."""
    return some(world, "erp", "sales_order", lambda entry: entry.data["state"] == "closed")


def delete(system: str, kind: str, when: Callable[[Entry], bool] = lambda entry: True) -> Callable[[World], None]:
    def put_in(world: World) -> None:
        entry = some(world, system, kind, when)
        world.books[system].delete(entry.kind, entry.organisation, entry.number)

    return put_in


def double(system: str, kind: str, when: Callable[[Entry], bool] = lambda entry: True) -> Callable[[World], None]:
    return lambda world: copy(world, system, some(world, system, kind, when))


def change(system: str, kind: str, when: Callable[[Entry], bool] = lambda entry: True, **changes: Any) -> Callable[[World], None]:
    return lambda world: rewrite(world, system, some(world, system, kind, when), **changes)


def change_line(**changes: Any) -> Callable[[World], None]:
    def put_in(world: World) -> None:
        order = alive(world)
        first, *rest = order.data["lines"]
        rewrite(world, "erp", order, lines=[{**first, **changes}, *rest])

    return put_in


def drop_line(world: World) -> None:
    rewrite(world, "erp", alive(world), lines=[])


def cancel_in_the_crm_only(world: World) -> None:
    order = alive(world)
    for kind in ("shipment", "invoice"):
        for entry in world.books["erp"].entries(kind, organisation=order.organisation):
            if entry.data["lines"][0]["order"] == order.number:
                world.books["erp"].delete(kind, entry.organisation, entry.number)
    entry = some(world, "crm", "sales_order", lambda entry: entry.number == order.number)
    rewrite(world, "crm", entry, state="cancel_requested")


def flush_twice(world: World) -> None:
    fact = some(world, "mes", "material_consumption", lambda entry: entry.data["issue_method"] == "back_flush")
    key = f"material_consumption/{world.factory.codes.shared('organisation', 'mes', fact.organisation)}/{fact.number}"
    world.books["erp"].save("material_consumption", "100", "LL-X", {"material": "M-2025", "lines": []}, custom={"key": key})


def go_back(world: World) -> None:
    entry = some(world, "mes", "production_order", lambda entry: int(entry.custom["revision"]) > 1)
    rewrite(world, "mes", entry, custom={"revision": "1"})


def swap(world: World) -> None:
    """A report reaches the ERP again after a later one: written anew, as a document of its own, the first one taken away."""
    entry = some(world, "erp", "operation_report")
    world.books["erp"].delete(entry.kind, entry.organisation, entry.number)
    world.books["erp"].save(entry.kind, entry.organisation, "BG-LATE", entry.data, status="audited", custom=dict(entry.custom))


def leak(field: str, value: Any) -> Callable[[World], None]:
    return change("mes", "production_order", **{field: value})


FAULTS: dict[str, tuple[str, Callable[[World], None]]] = {
    "an order that never arrived": ("order-missing", delete("erp", "sales_order", lambda entry: entry.data["state"] == "closed")),
    "an order twice": ("order-twice", double("erp", "sales_order")),
    "a line that never arrived": ("line-missing", drop_line),
    "a quantity that was lost": ("line-differs", change_line(quantity={"value": "99", "unit": "Pcs"})),
    "a price that was lost": ("line-differs", change_line(price_with_tax="1.00")),
    "a date that was lost": ("line-differs", change_line(requested_at="2020-01-01T00:00:00+00:00")),
    "a cancellation that never arrived": ("cancellation-missing", cancel_in_the_crm_only),
    "a progress row that never arrived": ("progress-missing", delete("crm", "order_progress", lambda row: row.data["state"] == "shipped")),
    "a progress row twice": ("progress-twice", double("crm", "order_progress", lambda row: row.data["state"] == "shipped")),
    "a shipment that the CRM never heard of": (
        "progress-differs", change("crm", "order_progress", lambda row: row.data["state"] == "shipped", shipped="0"),
    ),
    "a promise that the CRM never heard of": (
        "progress-differs", change("crm", "order_progress", lambda row: row.data["state"] == "shipped", promised_at=None),
    ),
    "a work order that never arrived": ("work-order-missing", delete("mes", "production_order")),
    "a work order twice": ("work-order-twice", double("mes", "production_order")),
    "a change of a work order that was lost": ("work-order-differs", change("mes", "production_order", state="released")),
    "a report that never arrived": ("fact-missing", delete("erp", "operation_report")),
    "a receipt that never arrived": ("fact-missing", delete("erp", "goods_receipt")),
    "a consumption that never arrived": ("fact-missing", delete("erp", "material_consumption")),
    "a report twice": ("fact-twice", double("erp", "operation_report")),
    "a receipt twice": ("fact-twice", double("erp", "goods_receipt")),
    "a report with another quantity": ("fact-differs", change("erp", "operation_report", good="77")),
    "a back-flushed component posted again": ("flushed-twice", flush_twice),
    "a work order set back": ("version-back", go_back),
    "reports in the wrong order": ("lane-disordered", swap),
    "a price in the MES": ("boundary-breach", leak("unit_price", "12.5")),
    "a price in Chinese in the MES": ("boundary-breach", leak("含税单价", "12.5")),
    "a contact in the MES": ("boundary-breach", leak("remark", "请联系 13900010001")),
}  # fmt: skip


def test_clean_books_give_zeros(finished: World) -> None:
    figures = proof_of(finished).figures()
    assert {name: figures[name] for name in set(COUNTS.values())} == dict.fromkeys(COUNTS.values(), 0)


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_put_into_the_books_is_found(finished: World, name: str) -> None:
    code, put_in = FAULTS[name]
    put_in(finished)
    proof = proof_of(finished)
    assert code in {finding.code for finding in proof.findings}
    assert proof.figures()[COUNTS[code]] > 0


def test_every_kind_of_finding_has_a_fault_that_causes_it() -> None:
    assert {code for code, _ in FAULTS.values()} == COUNTS.keys()


def test_findings_name_what_they_are_about_in_both_languages(finished: World) -> None:
    order = alive(finished)
    copy(finished, "erp", order)
    text = proof_of(finished).findings[0].text
    assert order.number in text.zh and f"{order.number}-2" in text.en
    assert "{" not in text.zh + text.en


def test_a_price_that_was_only_sent_to_the_mes_is_a_breach(finished: World) -> None:
    payload = {"orders": [{"order_no": "MO00001", "lines": [{"price_with_tax": "2380.00"}]}]}
    assert [finding.facts["field"] for finding in proof_of(finished, (payload,)).findings] == ["price_with_tax"]


@pytest.mark.parametrize(("late_s", "found"), [(0.0, ["lane-disordered"]), (5.0, [])])
def test_a_fact_that_the_mes_committed_late_may_come_late(late_s: float, found: list[str]) -> None:
    mes, erp = MemoryBooks("mes"), MemoryBooks("erp")
    mes.save("operation_report", "F1", "BG1", {"production_order": "MO1"}, late_s=late_s)
    mes.save("operation_report", "F1", "BG2", {"production_order": "MO1"})
    for number in ("BG2", "BG1"):
        erp.save("operation_report", "100", number, {}, custom={"key": f"operation_report/P1/{number}"})
    assert [finding.code for finding in check_lanes(erp, mes, catalogue.codes())] == found


@pytest.mark.parametrize(
    ("field", "forbidden"),
    [("price_with_tax", True), ("FTaxPrice", True), ("含税单价", True), ("contacts", True), ("payload", False), ("planned_qty", False)],
)
def test_field_names_are_judged_by_their_words(field: str, forbidden: bool) -> None:
    assert is_forbidden(field) is forbidden
