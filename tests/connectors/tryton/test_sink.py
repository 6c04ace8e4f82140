"""Writing to the real Tryton: each step does what it says or says why not, and none does anything a second time."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from connectors.tryton import CONNECTOR, TrytonSystem
from connectors.tryton.config import Settings
from hub.sdk import Document, DocumentKey, Http, RefusedError, TransientError
from tests.connectors.tryton.conftest import order, write
from tests.connectors.tryton.test_source import made
from tests.e2e.tryton.office import Office
from tests.e2e.tryton.server import Tryton

pytestmark = [pytest.mark.verify, pytest.mark.timeout(1200)]


def receipt(production: str, number: str, quantity: str, **more: Any) -> Document:
    key = DocumentKey(entity="production.output", organisation="1", key=f"goods_receipt/P1/{number}", number=number)
    payload = {"receipt": number, "production": {"number": production}, "quantity": quantity, "unit": {"symbol": "u"}, **more}
    return Document(
        entity="production.output", organisation="1", key=key, mark="m", revision=1, operation="upsert", step="run", payload=payload,
        number=number,
    )  # fmt: skip


def report(production: str) -> Document:
    key = DocumentKey(entity="production.start", organisation="1", key="operation_report/P1/R-1", number="R-1")
    return Document(
        entity="production.start", organisation="1", key=key, mark="m", revision=1, operation="upsert", step="run",
        payload={"report": "R-1", "production": {"number": production}}, number="R-1",
    )  # fmt: skip


async def production(system: TrytonSystem, office: Office, order_number: str, quantity: str, *, release: bool = True) -> dict[str, Any]:
    """A released production of pumps for an order."""
    await write(system, order(order_number, quantity), "save", "quote", "confirm")
    (found,) = made(office, order_number)
    if release:
        office.release(found["id"])
    return made(office, order_number)[0]


def books(office: Office, id: int) -> dict[str, Any]:
    return office.read("production", "state", "reference", "outputs.quantity", "outputs.state", "inputs.state", id=id)[0]


def outputs(office: Office, id: int) -> list[float]:
    return sorted(move["quantity"] for move in books(office, id)["outputs."])


async def test_a_customer_is_one_party_however_often_it_is_written(system: TrytonSystem, office: Office) -> None:
    document = party("C-9", "甲")
    first = await write(system, document, "save")
    second = await write(system, replace(document, payload={**document.payload, "name": "乙"}), "save")
    assert (first.id, first.number, first.usable) == (second.id, "C-9", True)
    (found,) = office.read("party.party", "name", "addresses", code="C-9")
    assert (found["name"], len(found["addresses"])) == ("乙", 1)
    assert system.sink is not None
    assert [one.id for one in await system.sink.find(document.key)] == [first.id]


async def test_an_archived_customer_cannot_be_used(system: TrytonSystem) -> None:
    document = party("C-10", "甲")
    written = await write(system, replace(document, payload={**document.payload, "active": False}), "save")
    assert (written.usable, written.why) == (False, "disabled")


async def test_an_order_is_saved_quoted_and_confirmed(system: TrytonSystem, office: Office) -> None:
    document = order("SO-10", "10")
    states = []
    for step in ("save", "quote", "confirm"):
        written = await write(system, document, step)
        states.append(office.read("sale.sale", "state", reference="SO-10")[0]["state"])
        assert (written.step, written.number, written.mark, written.revision) == (step, "SO-10", "m1", 1)
    assert states == ["draft", "quotation", "processing"]
    (sale,) = office.read("sale.sale", "untaxed_amount", "currency.code", "sale_date", reference="SO-10")
    assert (sale["untaxed_amount"]["decimal"], sale["currency."]["code"], sale["sale_date"]["day"]) == ("1000.00", "CNY", 22)


async def test_every_step_may_be_repeated(system: TrytonSystem, office: Office) -> None:
    document = order("SO-11", "1")
    steps = ("save", "save", "quote", "quote", "confirm", "confirm", "quote", "save")
    written = await write(system, document, *steps)
    assert len(office.read("sale.sale", reference="SO-11")) == len(made(office, "SO-11")) == 1
    assert system.sink is not None
    assert await system.sink.find(document.key) == [replace(written, step="confirm")]


async def test_a_change_before_confirmation_replaces_the_lines(system: TrytonSystem, office: Office) -> None:
    await write(system, order("SO-12", "1"), "save", "quote")
    newer = replace(order("SO-12", "7"), mark="m2", revision=2)
    written = await write(system, newer, "save", "quote")
    assert (written.mark, written.revision) == ("m2", 2)
    assert [line["quantity"] for line in office.read("sale.line", "quantity", sale__reference="SO-12")] == [7.0]


async def test_a_change_after_confirmation_is_for_a_person(system: TrytonSystem, office: Office) -> None:
    await write(system, order("SO-13", "1"), "save", "quote", "confirm")
    with pytest.raises(RefusedError) as caught:
        await write(system, replace(order("SO-13", "7"), mark="m2", revision=2), "save")
    assert caught.value.code == "tryton-sale-not-open"
    assert [line["quantity"] for line in office.read("sale.line", "quantity", sale__reference="SO-13")] == [1.0]


async def test_an_order_is_cancelled_while_it_is_open(system: TrytonSystem, office: Office) -> None:
    await write(system, order("SO-14", "1"), "save", "quote")
    cancel = replace(order("SO-14", "1"), mark="m2", revision=2, operation="cancel")
    assert (await write(system, cancel, "save", "quote", "confirm")).step == "confirm"
    assert office.read("sale.sale", "state", reference="SO-14")[0]["state"] == "cancelled"


async def test_cancelling_what_is_made_already_is_refused_in_trytons_words(system: TrytonSystem) -> None:
    await write(system, order("SO-15", "1"), "save", "quote", "confirm")
    with pytest.raises(RefusedError) as caught:
        await write(system, replace(order("SO-15", "1"), mark="m2", revision=2, operation="cancel"), "save")
    assert 'You can not call "cancel"' in caught.value.facts["words"]


async def test_an_unknown_product_is_named(system: TrytonSystem) -> None:
    document = order("SO-16", "1")
    lines = [{**document.payload["lines"][0], "product": {"code": "NIX"}}]
    with pytest.raises(RefusedError) as caught:
        await write(system, replace(document, payload={**document.payload, "lines": lines}), "save")
    assert (caught.value.code, caught.value.facts["value"]) == ("tryton-no-such-record", "NIX")


async def test_a_sale_that_was_there_before_the_hub_is_found_by_its_reference(system: TrytonSystem, office: Office) -> None:
    document = order("SO-17", "1")
    first = await write(system, document, "save")
    office.do("sale.sale", "write", [int(first.id)], {"description": None})
    assert system.sink is not None
    (found,) = await system.sink.find(document.key)
    assert (found.id, found.mark, found.step) == (first.id, None, "save")


async def test_a_report_starts_the_production_once(system: TrytonSystem, office: Office) -> None:
    made_here = await production(system, office, "SO-20", "2")
    await write(system, report(made_here["number"]), "run", "run")
    found = books(office, made_here["id"])
    assert (found["state"], {move["state"] for move in found["inputs."]}) == ("running", {"done"})


async def test_receipts_in_parts_end_the_production_with_the_last(system: TrytonSystem, office: Office) -> None:
    made_here = await production(system, office, "SO-21", "10")
    first, second = receipt(made_here["number"], "G-1", "4"), receipt(made_here["number"], "G-2", "6")
    await write(system, first, "run", "save", "save", "do")
    assert (books(office, made_here["id"])["state"], outputs(office, made_here["id"])) == ("running", [4.0, 6.0])
    await write(system, second, "run", "save", "save", "do", "do", "save")
    found = books(office, made_here["id"])
    assert (found["state"], outputs(office, made_here["id"])) == ("done", [4.0, 6.0])
    assert found["reference"] == "goods_receipt/P1/G-1; goods_receipt/P1/G-2"
    assert system.sink is not None
    assert [one.step for one in await system.sink.find(first.key)] == ["do"]


async def test_more_than_planned_is_received_too(system: TrytonSystem, office: Office) -> None:
    made_here = await production(system, office, "SO-22", "3")
    await write(system, receipt(made_here["number"], "G-3", "5"), "run", "save", "do")
    assert (books(office, made_here["id"])["state"], outputs(office, made_here["id"])) == ("done", [5.0])


async def test_a_saved_receipt_is_found_at_its_step(system: TrytonSystem, office: Office) -> None:
    made_here = await production(system, office, "SO-23", "3")
    document = receipt(made_here["number"], "G-4", "3")
    assert system.sink is not None
    assert await system.sink.find(document.key) == []
    await write(system, document, "run", "save")
    (found,) = await system.sink.find(document.key)
    assert (found.step, found.number) == ("save", "G-4")


async def test_the_receipts_of_a_production_are_read_back_as_posted(system: TrytonSystem, office: Office) -> None:
    made_here = await production(system, office, "SO-24", "3")
    await write(system, receipt(made_here["number"], "G-5", "3"), "run", "save", "do")
    assert system.source is not None
    record = await system.source.fetch("production.output", "1", "G-5")
    assert record is not None and record.document_key == "goods_receipt/P1/G-5"
    assert (record.payload["receipt"], record.payload["state"], record.lane) == ("G-5", "done", f"production/{made_here['id']}")


async def test_a_reversal_and_another_unit_are_for_a_person(system: TrytonSystem, office: Office) -> None:
    made_here = await production(system, office, "SO-25", "3")
    with pytest.raises(RefusedError) as caught:
        await write(system, receipt(made_here["number"], "G-6", "-3", reverses="P1/G-5"), "run")
    assert caught.value.code == "tryton-reversal-by-hand"
    with pytest.raises(RefusedError) as caught:
        await write(system, receipt(made_here["number"], "G-7", "3", unit={"symbol": "kg"}), "run", "save")
    assert caught.value.code == "tryton-unit-differs"


async def test_a_production_that_is_not_released_is_refused_in_trytons_words(system: TrytonSystem, office: Office) -> None:
    made_here = await production(system, office, "SO-26", "3")
    office.press("production", made_here["id"], "cancel")
    with pytest.raises(RefusedError) as caught:
        await write(system, report(made_here["number"]), "run")
    assert 'You can not call "run"' in caught.value.facts["words"]


async def test_assign_try_that_does_nothing_is_noticed(tryton: Tryton, system: TrytonSystem, office: Office) -> None:
    made_here = await production(system, office, "SO-27", "3")
    http = Http("erp", requests_per_s=10_000, timeout_s=30)
    careful = TrytonSystem("erp", Settings.model_validate(tryton.settings(assign="try")), http)
    with pytest.raises(TransientError) as caught:
        await write(careful, report(made_here["number"]), "run")
    assert (caught.value.code, caught.value.target_wide) == ("tryton-components-short", False)
    assert books(office, made_here["id"])["state"] == "waiting"
    await careful.close()
    await http.close()


async def test_the_identity_is_database_and_company(system: TrytonSystem) -> None:
    assert await system.identity() == "erp/Pump Works"


def test_every_written_form_ends_at_one_of_its_steps() -> None:
    written = [row for row in CONNECTOR.card.entities if row.steps]
    assert [row.entity for row in written] == ["party.party", "sale.sale", "production.start", "production.output"]
    assert all(row.default_step == row.steps[-1] for row in written)


def party(code: str, name: str) -> Document:
    key = DocumentKey(entity="party.party", organisation="1", key=f"customer/P1/{code}", number=code)
    payload = {"code": code, "name": name, "active": True}
    return Document(
        entity="party.party", organisation="1", key=key, mark="m1", revision=1, operation="upsert", step="save", payload=payload,
        number=code,
    )  # fmt: skip
