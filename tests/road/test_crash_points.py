"""The process dies at every named point between reading and committing; its successor leaves every business key written once.

The works here take a second document of the same key if they are asked to: nothing but the hub's own rules prevents it.
"""

from __future__ import annotations

import asyncio

import pytest

from hub.db import Database
from hub.recovery.verify import verify
from hub.runtime.road import POINTS, Road
from hub.sdk import WebhookRequest
from hub.services.status import groups, lags
from master_data.proposals import approve, propose
from master_data.proposed import AddCrossReference
from tests.road.conftest import Stage
from tests.road.power import Power
from tests.road.toy import Pair, eventually, hold_rows, now, open_rows, open_toy_road, running

PLAIN, HELD, DOUBTED = "SO-1", "SO-2", "SO-3"
QUICK = {
    "embedded": {"intake.published", "webhook.published", "normalize.published", "normalize.committed", "release.published",
                 "deliver.writing", "deliver.called", "deliver.committed", "deliver.found", "relay.published"},
    "cluster": {"normalize.published", "deliver.called"},
}
"""What `make test` runs; `make verify` runs every point in both profiles."""


def points() -> list[object]:
    """Both profiles at every point."""
    return [
        pytest.param(profile, point, id=f"{point}-{profile}", marks=[*marks, *([] if point in QUICK[profile] else [pytest.mark.verify])])
        for point in POINTS
        for profile, marks in (("embedded", []), ("cluster", [pytest.mark.kafka, pytest.mark.postgres]))
    ]


@pytest.mark.parametrize(("stage", "point"), points(), indirect=["stage"])
async def test_a_death_at_this_point_loses_and_doubles_nothing(stage: Stage, point: str) -> None:
    settings, pair = stage
    pair.erp.refuses_duplicates = False
    by_webhook = point.startswith("webhook")
    pair.order(HELD, material="B")
    pair.order(DOUBTED)
    pair.order(PLAIN, quantity="3")
    pair.crm.hidden = int(by_webhook)       # else a poll could be first, and the point would never be passed
    pair.erp.lost_keys.add(f"sales_order/P1/{DOUBTED}")
    power = Power(point)
    async with power.hub(settings, pair) as (_, hub):
        told = asyncio.create_task(hub.intakes["crm"].receive(_webhook(PLAIN))) if by_webhook else None
        steward = asyncio.create_task(_answer_code_b(settings.database_url(), pair))
        await asyncio.wait_for(power.gone.wait(), 20)
        steward.cancel()
        await asyncio.gather(*(task for task in (told, steward) if task), return_exceptions=True)
    pair.crm.hidden = 0
    await _successor_finishes(stage)


async def _successor_finishes(stage: Stage) -> None:
    settings, pair = stage
    async with open_toy_road(settings, pair) as road, running(road):
        steward = asyncio.create_task(_answer_code_b(settings.database_url(), pair))
        await eventually(lambda: all(_submitted(pair, number) for number in (PLAIN, HELD, DOUBTED)))
        await steward
        await eventually(lambda: _nothing_to_do(road))
        await eventually(lambda: _is(verify(road.db, road.bus, now()), []))
        rows = await hold_rows(road)
    assert {key: len(papers) for key, papers in pair.erp.papers.items()} == {f"sales_order/P1/{one}": 1 for one in (PLAIN, HELD, DOUBTED)}
    assert [row for row in rows if row["state"] != "closed"] == []


async def _nothing_to_do(road: Road) -> bool:
    """Everything is read and nothing held: what the dead process had read, but not committed, comes again and may be held again."""
    waiting = await lags(road.bus, groups(road.rules, list(road.systems)))
    return sum(each.messages for each in waiting) == 0 and await open_rows(road) == 0


def _submitted(pair: Pair, number: str) -> bool:
    papers = pair.erp.papers.get(f"sales_order/P1/{number}")
    return bool(papers) and papers[0].step == "submit"


def _webhook(number: str) -> WebhookRequest:
    return WebhookRequest({}, {}, number.encode())


async def _is(question: object, answer: object) -> bool:
    return await question == answer      # type: ignore[misc]


async def _answer_code_b(url: str, pair: Pair) -> None:
    """The steward answers once, when the order with the unknown code waits; a steward before may have done it."""
    db = Database.connect(url)
    try:
        change = AddCrossReference(kind="material", system="crm", organisation="", local_code="B", code="B")
        await eventually(lambda: _is_held(db))
        await approve(db, await propose(db, change, by="ann"), by="ben")
    finally:
        await db.close()


async def _is_held(db: Database) -> bool:
    from sqlalchemy import select

    from hub.storage.tables import holds

    async with db.read() as session:
        return (await session.execute(select(holds.c.id).where(holds.c.key == HELD))).first() is not None
