"""A record deleted at its source: what others hold of it is cancelled, or a person is asked; what nobody holds is only counted."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from hub.runtime.road import Road
from hub.sdk import Record
from hub.storage.tables import tallies
from hub.texts import render
from tests.road.conftest import Stage
from tests.road.toy import Shop, eventually, hold_rows, open_rows, open_toy_road, order, running

CUSTOMER = {"number": "C1", "name": "One"}
ORDER, BUYER = "sales_order/P1/SO-1", "customer/P1/C1"


def delete(shop: Shop, key: str, version: int, entity: str = "order") -> None:
    """As a source tells it that found it gone: the key, and nothing else."""
    record = Record(organisation="1", entity=entity, key=key, lane=f"{entity}/{key}", version=version, payload={}, operation="delete")
    shop.records.append(record)


async def counted(road: Road) -> dict[str, int]:
    async with road.db.read() as session:
        return {row.outcome: row.count for row in await session.execute(select(tallies).where(tallies.c.loop == "normalize"))}


def submitted(stage: Stage, document: str) -> dict[str, Any]:
    papers = stage.pair.erp.papers[document]
    return papers[0].payload if len(papers) == 1 and papers[0].step == "submit" else {}


async def test_an_order_that_the_erp_holds_is_asked_to_be_cancelled(stage: Stage) -> None:
    crm = stage.pair.crm
    async with open_toy_road(*stage) as road, running(road):
        crm.say("order", "SO-1", 1, order("SO-1"))
        await eventually(lambda: submitted(stage, ORDER))
        delete(crm, "SO-1", 2)
        await eventually(lambda: submitted(stage, ORDER).get("state") == "cancel_requested")
        delete(crm, "SO-1", 3)                          # found gone once more: nothing new
        crm.say("order", "SO-1", 4, order("SO-1"))      # restored from the bin
        await eventually(lambda: submitted(stage, ORDER).get("state") == "confirmed")
        assert await open_rows(road) == 0


async def test_an_order_told_and_deleted_at_once_ends_cancelled(stage: Stage) -> None:
    stage.pair.crm.say("order", "SO-1", 1, order("SO-1"))
    delete(stage.pair.crm, "SO-1", 2)
    async with open_toy_road(*stage) as road, running(road):
        await eventually(lambda: submitted(stage, ORDER).get("state") == "cancel_requested")
        await eventually(lambda: _held(road, 0))


async def test_an_order_that_waits_is_not_sent_after_its_deletion(stage: Stage) -> None:
    crm = stage.pair.crm
    async with open_toy_road(*stage) as road, running(road):
        crm.say("order", "SO-1", 1, order("SO-1", material="UNHEARD-OF"))
        await eventually(lambda: _held(road, 1))
        delete(crm, "SO-1", 2)
        await eventually(lambda: _held(road, 0))
        assert [row["closed_as"] for row in await hold_rows(road)] == ["superseded"]
        assert (await counted(road))["deleted"] == 1
    assert stage.pair.erp.papers[ORDER] == []


async def test_where_no_mapping_says_what_follows_a_person_does(stage: Stage) -> None:
    crm = stage.pair.crm
    async with open_toy_road(*stage) as road, running(road):
        crm.say("customer", "C1", 1, CUSTOMER)
        await eventually(lambda: stage.pair.erp.papers[BUYER])
        delete(crm, "C1", 2, "customer")
        await eventually(lambda: _held_for(road, "deleted-at-source"))
        (row,) = await hold_rows(road)
        assert row["concerns"] == "system:crm"
        for language, says in (("zh", "作废"), ("en", "Cancel or close")):
            sentence = render(row["code"], language, row["facts"])
            assert says in sentence and "P1/C1" in sentence and "erp" in sentence
        crm.say("order", "SO-1", 1, order("SO-1"))      # everything else goes on
        await eventually(lambda: submitted(stage, ORDER))
        crm.say("customer", "C1", 3, {**CUSTOMER, "name": "One again"})
        await eventually(lambda: _held(road, 0))


async def test_nothing_follows_where_the_mapping_is_silent_about_what_was_told_last(stage: Stage) -> None:
    crm = stage.pair.crm
    async with open_toy_road(*stage) as road, running(road):
        crm.say("order", "SO-1", 1, order("SO-1") | {"state": "cancelled"})
        await eventually(lambda: submitted(stage, ORDER).get("state") == "cancel_requested")
        delete(crm, "SO-1", 2)
        await eventually(lambda: _counted(road, "deleted", 1))
        assert await open_rows(road) == 0 and len(stage.pair.erp.calls) == 2


async def test_what_was_never_told_is_only_counted(stage: Stage) -> None:
    delete(stage.pair.crm, "SO-9", 1)
    async with open_toy_road(*stage) as road, running(road):
        await eventually(lambda: _counted(road, "deleted", 1))
        assert await hold_rows(road) == []


async def _held(road: Road, wanted: int) -> bool:
    return await open_rows(road) == wanted


async def _held_for(road: Road, code: str) -> bool:
    return [row["code"] for row in await hold_rows(road)] == [code]


async def _counted(road: Road, outcome: str, wanted: int) -> bool:
    return (await counted(road)).get(outcome) == wanted
