"""A real Tryton for the module, and the connector opened on it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from dataclasses import replace

import pytest

from connectors.tryton import CONNECTOR, TrytonSystem
from connectors.tryton.config import Settings
from hub.sdk import Document, DocumentKey, Http, Written
from tests.e2e.tryton.office import Office
from tests.e2e.tryton.server import Tryton, running


@pytest.fixture(scope="module")
def tryton(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tryton]:
    with running(tmp_path_factory.mktemp("tryton")) as server:
        yield server


@pytest.fixture(scope="module")
def office(tryton: Tryton) -> Iterator[Office]:
    """With a pump made of two impellers, and customer C-1."""
    office = Office(tryton)
    impeller = office.product("IMP", "叶轮")
    office.bom("Pump", office.made_on_order("PUMP", "离心泵"), {impeller: 2})
    office.do("party.party", "create", [{"code": "C-1", "name": "华东泵业", "addresses": [["create", [{}]]]}])
    yield office
    office.close()


@pytest.fixture
async def system(tryton: Tryton, office: Office) -> AsyncIterator[TrytonSystem]:
    http = Http("erp", requests_per_s=10_000, timeout_s=30)
    opened = TrytonSystem("erp", Settings.model_validate(tryton.settings(overlap_s=0)), http)
    assert CONNECTOR.open is TrytonSystem
    yield opened
    await opened.close()
    await http.close()


def order(number: str, quantity: str) -> Document:
    """An order of pumps by customer C-1, as the mapping makes it."""
    key = DocumentKey(entity="sale.sale", organisation="1", key=f"sales_order/P1/{number}", number=number)
    line = {"sequence": 10, "product": {"code": "PUMP"}, "quantity": quantity, "unit": {"symbol": "u"}, "unit_price": "100.00"}
    payload = {
        "reference": number, "party": {"code": "C-1"}, "currency": {"code": "CNY"}, "sale_date": "2026-11-22",
        "shipping_date": "2026-12-01", "lines": [line],
    }  # fmt: skip
    return Document(
        entity="sale.sale", organisation="1", key=key, mark="m1", revision=1, operation="upsert", step="save", payload=payload,
        number=number,
    )  # fmt: skip


async def write(system: TrytonSystem, document: Document, *steps: str) -> Written:
    """The steps one after the other, as the hub does them; the last answer."""
    assert system.sink is not None and steps
    for step in steps:
        written = await system.sink.write(replace(document, step=step))
    return written
