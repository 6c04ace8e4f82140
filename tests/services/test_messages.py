"""A message is found by any number that stands on it, with every step it took."""

from __future__ import annotations

import pytest

from hub.bus.base import Partition
from hub.db import Database
from hub.event import Event, event_id
from hub.pipeline.wire import pack_inbound
from hub.services.errors import NothingFound
from hub.services.messages import content, find_messages, show_message
from hub.storage.archive import Archived, keep
from hub.storage.deliveries import Delivery, keep_documents, put
from hub.storage.records import KnownDocument
from tests.services.builders import NOW, held_event, later, make_record, person

EVENT = event_id("crm", "sales_order", "P1/SO-1", 1)


@pytest.fixture
async def told(database: Database) -> Database:
    """One order: its record, its event, a hold on the way to the ERP, its delivery, its document there."""
    record, message = make_record(), pack_inbound(make_record())
    event = Event(
        id=EVENT, source="crm", entity="sales_order", key="P1/SO-1", lane="P1/SO-1", revision=1, correction=0, time=NOW,
        recorded_at=later(1), data=b'{"number":"SO-1"}', causation=record.id,
    )  # fmt: skip
    rows = [
        Archived(id=f"r{record.id}", kind="inbound", system="crm", entity="销售订单", key="SO-1", lane="crm/SO-1", revision=1,
                 recorded_at=NOW, headers=message.headers, value=message.value),
        Archived(id=EVENT, kind="event", system="crm", entity="sales_order", key="P1/SO-1", lane="P1/SO-1", revision=1,
                 recorded_at=later(1), headers=event.headers(), value=event.data),
    ]  # fmt: skip
    delivery = Delivery(
        target="erp", document="sales_order/P1/SO-1", event=EVENT, entity="sales_order", key="P1/SO-1", revision=1, correction=0,
        form="SAL_SaleOrder", operation="upsert", step="submit", state="done", partition=Partition("canonical.sales_order", 0),
        began_at=later(2), ended_at=later(3),
    )  # fmt: skip
    known = KnownDocument(
        system="erp", entity="sales_order", key="P1/SO-1", form="SAL_SaleOrder", organisation="P1", id="100071", number="XSDD001",
        event=EVENT,
    )  # fmt: skip
    async with database.write() as session:
        await keep(session, rows)
        await put(session, [delivery])
        await keep_documents(session, [(known, None)])
    await held_event(database, person("refused"))
    return database


@pytest.mark.parametrize("number", ["SO-1", "P1/SO-1", "XSDD001", "100071"])
async def test_any_number_leads_to_every_step_in_the_order_of_time(told: Database, number: str) -> None:
    found = await find_messages(told, number)
    assert {step.kind for step in found.steps} >= {"event", "hold", "delivery"}
    assert [step.at for step in found.steps] == sorted(step.at for step in found.steps)
    assert [(one.system, one.number, one.ours) for one in found.documents] == [("erp", "XSDD001", True)]


async def test_our_number_leads_to_the_vendors_record_too(told: Database) -> None:
    assert "record" in {step.kind for step in (await find_messages(told, "SO-1")).steps}


async def test_the_id_of_an_event_leads_to_its_delivery(told: Database) -> None:
    assert [step.kind for step in (await find_messages(told, EVENT)).steps] == ["event", "delivery"]
    assert content(await show_message(told, EVENT)) == {"number": "SO-1"}


async def test_a_part_of_a_number_and_wildcards_lead_nowhere(told: Database) -> None:
    for number in ("O-1", "SO-_", "%", "SO"):
        with pytest.raises(NothingFound):
            await find_messages(told, number)
