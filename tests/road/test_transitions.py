"""States that cannot follow the last one told: held with a text that says what to do, until the source or a person says otherwise."""

from __future__ import annotations

from typing import Any

import pytest

from hub.runtime.road import Road
from hub.sdk import Record
from hub.services.holds import release_hold
from hub.storage.told import last_told
from hub.texts import render
from tests.road.conftest import Stage
from tests.road.toy import Shop, Works, eventually, hold_rows, open_rows, open_toy_road, order, running
from tests.road.workers import FACTS, RECORDS, Scene, work_order

PAPER = "sales_order/P1/SO-1"


def say(crm: Shop, version: int, state: str, quantity: str = "1") -> None:
    crm.say("order", "SO-1", version, order("SO-1", quantity=quantity) | {"state": state})


def answer(erp: Works, version: int, state: str) -> None:
    """What the works say of the shop's order."""
    payload = {"no": "SO-1", "state": state, "words": None}
    erp.records.append(Record(organisation="100", entity="SO", key="1", lane="SO/SO-1", version=version, payload=payload))


def submitted(stage: Stage) -> dict[str, Any]:
    papers = stage.pair.erp.papers[PAPER]
    return papers[0].payload if papers and papers[0].step == "submit" else {}


async def in_archive(road: Road, state: str) -> bool:
    async with road.db.read() as session:
        told = await last_told(session, [("erp", "sales_order", "P1/SO-1")])
    return any(f'"state":"{state}"'.encode() in data for data in told.values())


async def cancelled(road: Road, stage: Stage) -> None:
    """An order that the shop cancelled, and the works have cancelled too."""
    say(stage.pair.crm, 1, "confirmed")
    await eventually(lambda: submitted(stage).get("state") == "confirmed")
    say(stage.pair.crm, 2, "cancelled")
    await eventually(lambda: submitted(stage).get("state") == "cancel_requested")
    answer(stage.pair.erp, 1, "cancelled")
    await eventually(lambda: in_archive(road, "cancelled"))


async def held(road: Road) -> bool:
    return await open_rows(road) == 1


async def free(road: Road) -> bool:
    return await open_rows(road) == 0


async def test_b24_a_cancelled_order_that_returns_is_held_until_a_person_lets_it(stage: Stage) -> None:
    async with open_toy_road(*stage) as road, running(road):
        await cancelled(road, stage)
        say(stage.pair.crm, 3, "confirmed", quantity="2")
        await eventually(lambda: held(road))
        (row,) = await hold_rows(road)
        assert (row["code"], row["concerns"], row["key"]) == ("transition-forbidden", "system:crm", "SO-1")
        for language, says in (("zh", "请新建单据"), ("en", "make a new document")):
            sentence = render(row["code"], language, row["facts"])
            assert all(part in sentence for part in (says, "P1/SO-1", "cancelled", "confirmed"))
        await release_hold(road.db, row["id"], by="王芳")
        await eventually(lambda: submitted(stage).get("state") == "confirmed")
        await eventually(lambda: free(road))
    assert submitted(stage)["items"][0]["qty"] == "2"


async def test_b24_put_back_in_the_source_the_held_return_is_superseded(stage: Stage) -> None:
    async with open_toy_road(*stage) as road, running(road):
        await cancelled(road, stage)
        say(stage.pair.crm, 3, "confirmed")
        await eventually(lambda: held(road))
        say(stage.pair.crm, 4, "cancelled")
        await eventually(lambda: free(road))
        assert [row["closed_as"] for row in await hold_rows(road)] == ["superseded"]
    assert submitted(stage)["state"] == "cancel_requested"


async def test_b24_a_request_to_cancel_may_be_taken_back_until_the_erp_has_cancelled(stage: Stage) -> None:
    async with open_toy_road(*stage) as road, running(road):
        say(stage.pair.crm, 1, "cancelled")
        await eventually(lambda: submitted(stage).get("state") == "cancel_requested")
        answer(stage.pair.erp, 1, "accepted")
        await eventually(lambda: in_archive(road, "accepted"))
        say(stage.pair.crm, 2, "confirmed")
        await eventually(lambda: submitted(stage).get("state") == "confirmed")
        assert await free(road)


@pytest.mark.parametrize(("before", "after", "states"), [
    ("cancelled", "released", ["cancelled"]),
    ("released", "planned", ["released"]),
    ("planned", "completed", ["planned", "completed"]),       # states between were never seen
    ("closed", "in_progress", ["closed", "in_progress"]),     # 反结案
])
async def test_a_record_s_own_last_state_decides_what_may_follow(scene: Scene, before: str, after: str, states: list[str]) -> None:
    await scene.say(work_order(1, state=before), work_order(2, state=after))
    async with scene.worker() as worker:
        await worker.road.follower.catch_up()
        await worker.normalize.assigned(RECORDS)
        for offset in (0, 1):                                 # the second is decided by what the database remembers, too
            await worker.normalize.revoked(RECORDS)
            await worker.normalize.assigned(RECORDS)
            await worker.normalize.arrived(RECORDS, await scene.messages(RECORDS, offset, 1))
        assert [row["code"] for row in await hold_rows(worker.road)] == ["transition-forbidden"] * (2 - len(states))
    assert [state for one in await scene.messages(FACTS) for state in states if f'"state":"{state}"'.encode() in one.value] == states
