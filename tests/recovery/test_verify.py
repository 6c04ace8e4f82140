"""Each invariant, broken on purpose, is found by its own name; a sound hub has no finding."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
from sqlalchemy import insert, update

from hub.bus.base import Message, Partition
from hub.bus.embedded import EmbeddedBus
from hub.bus.topics import topics_for
from hub.db import Database
from hub.pipeline.wire import pack_inbound
from hub.recovery.verify import Finding, verify
from hub.storage.archive import post
from hub.storage.deliveries import Delivery, keep_documents, put
from hub.storage.records import KnownDocument, RecordState, keep_record_states, note_documents, tally
from hub.storage.tables import hold_causes, ownership, revisions
from tests.services.builders import NOW, document, held_event, held_record, later, make_record, person

LATER = later(300)
PLACE = Partition("canonical.sales_order", 0)


async def codes(database: Database, bus: EmbeddedBus | None = None) -> list[str]:
    return [finding.code for finding in await verify(database, bus, LATER)]


async def own(database: Database, group: str, topic: str, next_offset: int) -> None:
    async with database.write() as session:
        values = {"group": group, "topic": topic, "partition": 0, "epoch": 1, "next_offset": next_offset}
        await session.execute(insert(ownership).values(values))


async def deliver(database: Database, *, state: str = "done", written: bool = True) -> None:
    row = Delivery(
        target="erp", document="sales_order/P1/SO-1", event="e1", entity="sales_order", key="P1/SO-1", revision=2, correction=0,
        form="SO", operation="upsert", step="submit", state=state, partition=PLACE, began_at=NOW,
    )  # fmt: skip
    known = KnownDocument(system="erp", entity="sales_order", key="P1/SO-1", form="SO", organisation="P1", id="1", number="N1", revision=2)
    async with database.write() as session:
        await put(session, [row])
        if written:
            await keep_documents(session, [(known, None)])


async def test_a_sound_hub_has_no_finding(database: Database) -> None:
    await own(database, "normalize", "inbound.crm", 5)
    await held_record(database, person())
    await deliver(database)
    assert await codes(database) == []


async def beyond_offset(database: Database) -> None:
    await own(database, "normalize", "inbound.crm", 5)
    await held_record(database, person(), offset=5)


async def head_behind(database: Database) -> None:
    await own(database, "deliver.erp", PLACE.topic, 5)
    await held_event(database)


async def cause_gone(database: Database) -> None:
    await own(database, "deliver.erp", "canonical.shipment", 5)
    await held_event(database, document("sales_order", "P1/SO-1"), entity="shipment", key="P1/SH-1")
    known = KnownDocument(system="erp", entity="sales_order", key="P1/SO-1", form="SO", organisation="P1", id="1", number="N1")
    async with database.write() as session:
        await note_documents(session, [known])


async def causeless(database: Database) -> None:
    await own(database, "deliver.erp", PLACE.topic, 5)
    hold = await held_event(database, person())
    async with database.write() as session:
        await session.execute(hold_causes.delete().where(hold_causes.c.hold == hold))


async def unconfirmed(database: Database) -> None:
    await own(database, "normalize", "inbound.crm", 5)
    await held_record(database, person())
    async with database.write() as session:
        await session.execute(update(revisions).values(revision=2))


async def unheard_of(database: Database) -> None:
    async with database.write() as session:
        await keep_record_states(session, {("crm", "销售订单", "SO-1"): RecordState(7, 0, "x", {})})


async def done_without_document(database: Database) -> None:
    await deliver(database, written=False)


async def outbox_old(database: Database) -> None:
    async with database.write() as session:
        await post(session, [Message("deliveries", "k", b"{}")], NOW)


BROKEN: tuple[Callable[[Database], Awaitable[None]], ...] = (
    beyond_offset, head_behind, cause_gone, causeless, unconfirmed, unheard_of, done_without_document, outbox_old,
)  # fmt: skip


@pytest.mark.parametrize("break_it", BROKEN, ids=lambda one: one.__name__)
async def test_each_invariant_that_is_broken_is_found(database: Database, break_it: Callable[[Database], Awaitable[None]]) -> None:
    await break_it(database)
    assert await codes(database) == [break_it.__name__.replace("_", "-")]


@pytest.mark.parametrize("break_it", BROKEN, ids=lambda one: one.__name__)
async def test_a_finding_is_a_sentence_in_both_languages(database: Database, break_it: Callable[[Database], Awaitable[None]]) -> None:
    await break_it(database)
    finding: Finding
    for finding in await verify(database, None, LATER):
        for language in ("zh", "en"):
            assert "{" not in finding.text(language).replace(finding.facts.get("cause", ""), "")


@pytest.fixture
async def bus(tmp_path: Path) -> AsyncIterator[EmbeddedBus]:
    bus = EmbeddedBus(tmp_path / "bus.db")
    await bus.start()
    await bus.declare(topics_for(["crm"], "embedded"))
    yield bus
    await bus.stop()


async def test_a_message_below_the_offset_that_left_no_trace_is_lost(database: Database, bus: EmbeddedBus) -> None:
    published = [make_record("SO-1"), make_record("SO-2"), make_record("SO-3")]
    await bus.publish([pack_inbound(record) for record in published])
    await held_record(database, person(), offset=0, record=published[0])
    await held_record(database, person(), offset=9, record=published[1])   # gives SO-2 its revision; the row itself is put away
    async with database.write() as session:
        await session.execute(hold_causes.delete())
        await keep_record_states(session, {("crm", "销售订单", "SO-2"): RecordState(1, 0, "x", {})})
    await own(database, "normalize", "inbound.crm", 3)
    lost = [finding for finding in await verify(database, bus, LATER) if finding.code == "not-accounted"]
    assert [(one.facts["offset"], one.facts["key"]) for one in lost] == [(2, "销售订单/SO-3")]


async def test_what_nothing_maps_is_accounted_for_by_its_count(database: Database, bus: EmbeddedBus) -> None:
    await bus.publish([pack_inbound(make_record("SO-1")), pack_inbound(make_record("SO-2"))])
    await own(database, "normalize", "inbound.crm", 2)
    async with database.write() as session:
        await tally(session, "normalize", "crm", {"not mapped": 2})
    assert await codes(database, bus) == []


async def test_what_lies_above_the_offset_is_not_asked_for(database: Database, bus: EmbeddedBus) -> None:
    await bus.publish([pack_inbound(make_record("SO-1"))])
    await own(database, "normalize", "inbound.crm", 0)
    assert await codes(database, bus) == []
