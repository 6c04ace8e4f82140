"""Waits that wait for each other become one incident, which ends when they do."""

from __future__ import annotations

from hub.db import Database
from hub.incidents import list_incidents
from hub.recovery.cycles import find_cycles
from hub.services.holds import discard_hold
from hub.storage.causes import Cause, CauseKind
from hub.storage.holds import close
from tests.services.builders import BY, NOW, document, held_event, held_record, make_record


async def incidents(database: Database) -> list[str]:
    async with database.read() as session:
        return [row["facts"]["members"] for row in await list_incidents(session)]


async def test_two_documents_that_wait_for_each_other_are_one_incident(database: Database) -> None:
    first = await held_event(database, document("shipment", "P1/SH-1"), key="P1/SO-1")
    second = await held_event(database, document("sales_order", "P1/SO-1"), entity="shipment", key="P1/SH-1")
    assert await find_cycles(database, NOW) == 1
    assert await find_cycles(database, NOW) == 1
    (members,) = await incidents(database)
    assert f"({first})" in members and f"({second})" in members


async def test_a_chain_that_ends_is_none(database: Database) -> None:
    await held_event(database, document("customer", "P1/C1"), key="P1/SO-1")
    await held_event(database, document("sales_order", "P1/SO-1"), entity="shipment", key="P1/SH-1")
    assert await find_cycles(database, NOW) == 0 and await incidents(database) == []


async def test_a_message_that_waits_for_one_behind_it_in_its_lane_waits_for_ever(database: Database) -> None:
    cause = Cause(CauseKind.DOCUMENT, "crm", "P1", "production_order", "MO-1")
    await held_record(database, cause, offset=0, record=make_record("R-1"))
    lane = make_record("R-1").lane
    from msgspec.structs import replace

    await held_record(database, offset=1, record=replace(make_record("MO-1"), lane=lane))
    assert await find_cycles(database, NOW) == 1


async def test_lanes_that_wait_for_each_others_tails_are_found(database: Database) -> None:
    await held_event(database, document("shipment", "P1/SH-2"), key="P1/A", offset=0, lane="A")
    await held_event(database, key="P1/B", offset=1, lane="A")
    await held_event(database, document("sales_order", "P1/B"), entity="shipment", key="P1/SH-1", offset=0, lane="Z")
    await held_event(database, entity="shipment", key="P1/SH-2", offset=1, lane="Z")
    assert await find_cycles(database, NOW) == 1


async def test_the_incident_closes_by_itself_when_one_of_them_is_gone(database: Database) -> None:
    first = await held_event(database, document("shipment", "P1/SH-1"), key="P1/SO-1")
    await held_event(database, document("sales_order", "P1/SO-1"), entity="shipment", key="P1/SH-1")
    await find_cycles(database, NOW)
    await discard_hold(database, first, by=BY, reason="重复")
    async with database.write() as session:
        await close(session, [first], "discarded", NOW)
    assert await find_cycles(database, NOW) == 0 and await incidents(database) == []
