"""Reading the real Tryton: what changed in a record or in a part of it comes once more, in every state, and late reading loses nothing."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from connectors.tryton import CONNECTOR, TrytonSystem
from connectors.tryton.config import Settings
from connectors.tryton.source import TrytonSource
from hub.sdk import Cursor, Http, Record, SignatureRejected, WebhookRequest
from tests.connectors.tryton.conftest import order, write
from tests.e2e.tryton.office import Office
from tests.e2e.tryton.server import Tryton

pytestmark = [pytest.mark.verify, pytest.mark.timeout(1200)]


async def read(system: TrytonSystem, entity: str, cursor: Cursor | None = None) -> tuple[list[Record], Cursor | None]:
    records: list[Record] = []
    assert system.source is not None
    async for chunk in system.source.read(entity, cursor):
        records += chunk.records
        cursor = chunk.cursor
    return records, cursor


async def changed(system: TrytonSystem, entity: str, cursor: Cursor | None) -> list[Record]:
    """Without the newest of before, which is always read again."""
    assert cursor is not None
    return [record for record in (await read(system, entity, cursor))[0] if str(record.version) > cursor["from"]]


async def test_a_product_shows_its_template_and_comes_again_when_only_that_changes(system: TrytonSystem, office: Office) -> None:
    records, cursor = await read(system, "product.product")
    pump = next(record for record in records if record.payload["code"] == "PUMP")
    assert pump.payload["template"]["salable"] is True and pump.payload["template"]["default_uom"]["symbol"] == "u"
    (template,) = office.do("product.template", "search", [["code", "=", "PUMP"]], 0, None, None)
    office.do("product.template", "write", [template], {"name": "离心泵 II"})
    (again,) = await changed(system, "product.product", cursor)
    assert (again.key, again.payload["template"]["name"]) == (pump.key, "离心泵 II")


async def test_a_bill_comes_again_when_only_an_input_changes(system: TrytonSystem, office: Office) -> None:
    _, cursor = await read(system, "production.bom")
    (bom,) = office.read("production.bom", "inputs")
    office.do("production.bom.input", "write", bom["inputs"], {"quantity": 3.0})
    (again,) = await changed(system, "production.bom", cursor)
    assert [row["quantity"] for row in again.payload["inputs"]] == ["3.0"]
    office.do("production.bom.input", "write", bom["inputs"], {"quantity": 2.0})


async def test_a_sale_comes_again_when_only_a_line_changes(system: TrytonSystem, office: Office) -> None:
    sale = await write(system, order("SO-LINE", "3"), "save")
    _, cursor = await read(system, "sale.sale")
    (line,) = office.read("sale.line", sale__reference="SO-LINE")
    office.do("sale.line", "write", [line["id"]], {"quantity": 4.0})
    (again,) = await changed(system, "sale.sale", cursor)
    assert (again.key, again.document_key, again.payload["lines"][0]["quantity"]) == (sale.id, "sales_order/P1/SO-LINE", "4.0")


async def test_what_is_archived_is_still_read(system: TrytonSystem, office: Office) -> None:
    _, cursor = await read(system, "product.product")
    spare = office.product("SPARE", "备件")
    office.do("product.product", "write", [spare], {"active": False})
    (archived,) = await changed(system, "product.product", cursor)
    assert archived.payload["active"] is False


@pytest.mark.parametrize("page", [1, 2, 200])
async def test_small_pages_give_every_record_once(tryton: Tryton, office: Office, page: int) -> None:
    http = Http("erp", requests_per_s=10_000, timeout_s=30)
    system = CONNECTOR.open("erp", Settings.model_validate(tryton.settings(page=page)), http)
    assert system.source is not None
    keys, cursors = [], []
    async for chunk in system.source.read("product.product", None):
        keys += [record.key for record in chunk.records]
        cursors.append(chunk.cursor)
    assert sorted(keys, key=int) == keys == list(dict.fromkeys(keys)) and len(keys) >= 2
    resumed = [record.key async for chunk in system.source.read("product.product", cursors[0]) for record in chunk.records]
    assert set(keys[page:]) <= set(resumed)
    await system.close()
    await http.close()


async def test_a_quiet_source_says_nothing_new(system: TrytonSystem) -> None:
    _, cursor = await read(system, "product.product")
    records, again = await read(system, "product.product", cursor)
    assert again == cursor
    assert {str(record.version) for record in records} == {cursor["from"] if cursor else ""}


async def test_a_production_names_its_order_line_and_its_components(system: TrytonSystem, office: Office) -> None:
    await write(system, order("SO-MADE", "5"), "save", "quote", "confirm")
    (production,) = made(office, "SO-MADE")
    record = await fetch(system, "production", str(production["id"]))
    assert (record.payload["state"], record.payload["number"], record.lane) == ("request", None, f"production/{production['id']}")
    assert record.payload["origin"] == {"order": "SO-MADE", "line": 10, "document_key": "sales_order/P1/SO-MADE"}
    assert [(row["product"]["code"], row["quantity"], row["place"]) for row in record.payload["inputs"]] == [("IMP", "10.0", 10)]
    office.release(production["id"])
    number = office.read("production", "number", id=production["id"])[0]["number"]
    assert (await fetch(system, "production", number)).payload["state"] == "waiting"


async def test_a_sale_made_in_tryton_itself_is_nobodys_order(system: TrytonSystem, office: Office) -> None:
    await write(system, order("SO-COPY", "1"), "save")
    (sale,) = office.read("sale.sale", reference="SO-COPY")
    office.do("sale.sale", "write", [sale["id"]], {"description": "按电话订货"})
    record = await fetch(system, "sale.sale", "SO-COPY")
    assert (record.document_key, record.payload["document_key"]) == (None, None)


async def test_a_shipment_names_the_order_lines(system: TrytonSystem, office: Office) -> None:
    await write(system, order("SO-SHIP", "2"), "save", "quote", "confirm")
    records, _ = await read(system, "stock.shipment.out")
    origins = [row["origin"]["order"] for record in records for row in record.payload["outgoing_moves"]]
    assert "SO-SHIP" in origins


async def test_what_is_not_there_is_none(system: TrytonSystem) -> None:
    assert system.source is not None
    assert [await system.source.fetch(entity, "1", "NIX") for entity in ("sale.sale", "production", "production.output")] == [None] * 3


def test_nobody_can_push(system: TrytonSystem) -> None:
    with pytest.raises(SignatureRejected):
        TrytonSource.receive(None, WebhookRequest({}, {}, b""))  # type: ignore[arg-type]


async def test_times_are_utc_and_of_the_newest_part(system: TrytonSystem, office: Office) -> None:
    records, _ = await read(system, "product.product")
    assert all(isinstance(record.changed_at, datetime) and record.version == record.changed_at.isoformat() for record in records)
    assert all(str(record.version).endswith("+00:00") for record in records)


async def fetch(system: TrytonSystem, entity: str, key: str) -> Record:
    assert system.source is not None
    record = await system.source.fetch(entity, "1", key)
    assert record is not None
    return record


def made(office: Office, number: str) -> list[dict[str, Any]]:
    lines = {f"sale.line,{line['id']}" for line in office.read("sale.line", sale__reference=number)}
    return [one for one in office.read("production", "origin", "state", "number") if one["origin"] in lines]
