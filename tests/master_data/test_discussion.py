"""What is said about a proposal, and reminders that are counted once a period."""

import asyncio
from datetime import datetime, timedelta

import pytest

from hub.db import Database
from master_data import errors, refusals
from master_data.discussion import Reminder, comment, comments_of, reminders
from master_data.proposals import Means, approve, propose, refuse
from master_data.routes import RouteBook
from tests.master_data.conftest import NOON, make_material
from tests.master_data.test_routes import make_route, make_step

ROUTE = make_route(
    make_step("engineering", remind_after_h=8, remind_every_h=4, remind=["boss"]),
    make_step("warehouse"),
    make_step("finance", together=True),
)


def means(hours: float = 0) -> Means:
    return Means(routes=RouteBook((ROUTE,)), now=lambda: NOON + timedelta(hours=hours))


async def due(db: Database, hours: float) -> list[Reminder]:
    async with db.write() as session:
        return await reminders(session, NOON + timedelta(hours=hours))


async def test_comments_are_kept_in_order_also_when_the_proposal_is_closed(dictionary: Database) -> None:
    proposal = await propose(dictionary, make_material("M-9"), by="wang")
    await comment(dictionary, proposal, " 规格呢? ", by="li")
    await refuse(dictionary, proposal, by="li", reason="no specification")
    await comment(dictionary, proposal, "DN50", by="wang")
    async with dictionary.read() as session:
        assert [(row.by, row.text) for row in await comments_of(session, proposal)] == [("li", "规格呢?"), ("wang", "DN50")]


async def test_a_comment_has_words_an_author_and_a_proposal(dictionary: Database) -> None:
    proposal = await propose(dictionary, make_material("M-9"), by="wang")
    for text in (" ", "x" * 4001):
        with pytest.raises(refusals.CommentUnfit):
            await comment(dictionary, proposal, text, by="li")
    with pytest.raises(errors.PersonMissing):
        await comment(dictionary, proposal, "x", by="")
    with pytest.raises(errors.NoSuchProposal):
        await comment(dictionary, 999, "x", by="li")


async def test_a_reminder_is_counted_once_a_period_however_often_it_is_asked_for(dictionary: Database) -> None:
    proposal = await propose(dictionary, make_material("M-9"), by="wang", means=means())
    assert await due(dictionary, 7.9) == []
    assert await due(dictionary, 8) == [Reminder(proposal, "engineering", ("boss",), NOON, 1, True)]
    assert await due(dictionary, 9) == [Reminder(proposal, "engineering", ("boss",), NOON, 1, False)]
    assert [(one.times, one.is_new) for one in await due(dictionary, 12.5)] == [(2, True)]
    assert [(one.times, one.is_new) for one in await due(dictionary, 100)] == [(3, True)]


async def test_many_who_ask_at_once_send_one_reminder(dictionary: Database) -> None:
    await propose(dictionary, make_material("M-9"), by="wang", means=means())
    found = await asyncio.gather(*(due(dictionary, 9) for _ in range(6)))
    assert sorted(one.is_new for [one] in found) == [False] * 5 + [True]


async def test_the_next_steps_wait_since_the_signature_before_them(dictionary: Database) -> None:
    proposal = await propose(dictionary, make_material("M-9"), by="wang", means=means())
    await approve(dictionary, proposal, by="li", roles=["engineering"], means=means(10))
    since: datetime = NOON + timedelta(hours=10)
    assert await due(dictionary, 33) == []
    assert [(one.step, one.whom, one.since) for one in await due(dictionary, 34)] == [
        ("warehouse", ("warehouse",), since), ("finance", ("finance",), since),
    ]  # fmt: skip


async def test_nobody_is_reminded_of_what_is_closed_or_has_no_route(dictionary: Database) -> None:
    await propose(dictionary, make_material("M-8"), by="wang")
    proposal = await propose(dictionary, make_material("M-9"), by="wang", means=means())
    await refuse(dictionary, proposal, by="wang", reason="thought again")
    assert await due(dictionary, 1000) == []
