"""Bad input through the whole road: each ends held or counted with a text that says what to do; neighbours pass, no loop stops."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from hub.bus.base import Message
from hub.bus.topics import inbound
from hub.incidents import list_incidents
from hub.runtime.road import Road
from hub.services.systems import resume_system
from hub.storage.tables import tallies
from hub.texts import render
from tests.road.conftest import Stage
from tests.road.toy import Shop, eventually, hold_rows, open_rows, open_toy_road, order, running

Change = Callable[[dict[str, Any]], object]

WRONG: dict[str, Change] = {
    "a negative quantity": lambda it: it["lines"][0].update(quantity="-1"),
    "a quantity that is no number": lambda it: it["lines"][0].update(quantity="many"),
    "a state nobody knows": lambda it: it.update(state="half confirmed"),
    "a field that is missing": lambda it: it.pop("ordered_at"),
    "lines that are no list": lambda it: it.update(lines="three"),
    "a date that is none": lambda it: it.update(ordered_at="soon"),
    "a text where an object stands": lambda it: it.update(lines=["x"]),
    "a code of 10,000 characters": lambda it: it.update(customer="C" * 10_000),
    "more than a bus can carry": lambda it: it.update(note="x" * 1_100_000),
    "a lone surrogate": lambda it: it.update(note="\ud800"),
    "a NUL": lambda it: it.update(note="a\0b"),
}
RIGHT: dict[str, Change] = {
    "an unknown field": lambda it: it.update(unheard_of={"a": [1]}),
    "a number as text with zeros": lambda it: it["lines"][0].update(quantity="2.00"),
    "a number as a number": lambda it: it["lines"][0].update(quantity=2),
    "full-width digits": lambda it: it["lines"][0].update(quantity="２"),
    "a date with an offset": lambda it: it.update(ordered_at="2026-11-22T16:00:00+08:00"),
    "a body near the limit": lambda it: it.update(note="x" * 800_000),
}
RAW = {"broken JSON": b'{"system": "crm",', "another encoding": '{"system":"客户"}'.encode("gbk"), "nothing": b"", "no record": b"[1,2]"}


def say(shop: Shop, number: str, change: Change = lambda it: None, version: int = 1) -> None:
    payload = order(number)
    change(payload)
    shop.say("order", number, version, payload)


def sentences(row: dict[str, Any]) -> list[str]:
    return [render(row["code"], language, row["facts"]) for language in ("zh", "en")]


async def counted(road: Road) -> dict[str, int]:
    async with road.db.read() as session:
        return {row.outcome: row.count for row in await session.execute(select(tallies).where(tallies.c.loop == "normalize"))}


async def test_every_wrong_record_is_held_with_a_text_and_its_neighbours_pass(stage: Stage) -> None:
    crm, erp = stage.pair.crm, stage.pair.erp
    for number, change in enumerate(WRONG.values()):
        say(crm, f"W-{number}", change)
    for number, change in enumerate(RIGHT.values()):
        say(crm, f"R-{number}", change)
    async with open_toy_road(*stage) as road:
        await road.bus.publish([Message(inbound("crm"), f"raw-{number}", body) for number, body in enumerate(RAW.values())])
        async with running(road):
            await eventually(lambda: len([1 for papers in erp.papers.values() if papers and papers[0].step == "submit"]) == len(RIGHT))
            await eventually(lambda: _count(road, len(WRONG) + len(RAW)))
            rows = await hold_rows(road)
    for row in rows:
        for sentence in sentences(row):
            assert row["code"] not in sentence.replace(f"[{row['code']}]", ""), sentence
            assert 20 < len(sentence) < 1000, sentence[:200]
            assert "{" not in sentence, sentence


async def _count(road: Road, wanted: int) -> bool:
    return await open_rows(road) == wanted


async def test_b6_b7_versions_that_go_back_or_say_two_things_are_counted_and_the_first_stands(stage: Stage) -> None:
    crm, erp = stage.pair.crm, stage.pair.erp
    say(crm, "SO-1", version=5)
    say(crm, "SO-1", lambda it: it["lines"][0].update(quantity="9"), version=4)
    say(crm, "SO-1", lambda it: it["lines"][0].update(quantity="8"), version=5)
    say(crm, "SO-1", lambda it: it.update(state="cancelled"), version=6)
    say(crm, "SO-1", version=7)
    async with open_toy_road(*stage) as road, running(road):
        papers = erp.papers["sales_order/P1/SO-1"]
        await eventually(lambda: papers and (papers[0].revision, papers[0].step) == (7000, "submit"))
        found = await counted(road)
        assert (found["history"], found["conflict"], found["published"]) == (1, 1, 3)
        async with road.db.read() as session:
            assert [row["kind"] for row in await list_incidents(session)] == ["version-conflict"]
    assert papers[0].payload["items"][0]["qty"] == "1"


@pytest.mark.parametrize("stage", ["embedded"], indirect=True)
async def test_a_bad_deploy_stops_the_loop_instead_of_holding_everything(stage: Stage) -> None:
    crm = stage.pair.crm
    for number in range(400):
        say(crm, f"SO-{number}", (lambda it: it.update(state="nonsense")) if number % 4 else (lambda it: None))
    async with open_toy_road(*stage) as road, running(road):
        await eventually(lambda: _incident(road, "too-many-errors"))
        assert await open_rows(road) < 200
        await resume_system(road.db, road.settings, "crm", by="王芳", now=road.now())
        await eventually(lambda: _count(road, 300))
        await eventually(lambda: len([1 for papers in stage.pair.erp.papers.values() if papers and papers[0].step == "submit"]) == 100)
        assert not await _incident(road, "too-many-errors")


async def _incident(road: Road, kind: str) -> bool:
    async with road.db.read() as session:
        return kind in [row["kind"] for row in await list_incidents(session)]
