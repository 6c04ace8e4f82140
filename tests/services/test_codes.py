"""The steward's inbox counts what waits; answers are approved by another person and free it."""

from __future__ import annotations

import pytest

from hub.db import Database
from hub.services import codes
from hub.services.errors import ChangeUnreadable
from hub.services.holds import list_holds
from master_data.errors import ReasonMissing, SamePerson
from tests.services.builders import BY, OTHER, held_record, make_code, make_record, unknown


async def test_the_inbox_counts_messages_and_orders_and_puts_the_most_waited_for_first(database: Database) -> None:
    await held_record(database, unknown("B"), offset=0, record=make_record("SO-9"))
    await held_record(database, unknown("A"), offset=1, record=make_record("SO-1"))
    await held_record(database, offset=2, record=make_record("SO-1", revision=2))
    await held_record(database, unknown("A"), offset=3, record=make_record("SO-2"))
    first, second = await codes.inbox(database)
    assert (first.local_code, first.messages, first.orders, first.systems) == ("A", 3, 2, 1)
    assert (second.local_code, second.messages, second.orders) == ("B", 1, 1)


async def test_an_unknown_code_has_suggestions(database: Database) -> None:
    await make_code(database, "ABC-10", "刀具磨损")
    await held_record(database, unknown("ABC-1"))
    (row,) = await codes.inbox(database)
    assert [one.code for one in (await codes.show_unknown(database, row.id)).suggestions] == ["ABC-10"]


async def test_an_approved_answer_frees_every_message_that_waited(database: Database) -> None:
    await make_code(database, "R-1")
    await held_record(database, unknown("A"), offset=0, record=make_record("SO-1"))
    await held_record(database, unknown("A"), offset=1, record=make_record("SO-2"))
    (row,) = await codes.inbox(database)
    proposal = await codes.answer_with_code(database, row.id, "R-1", by=BY)
    with pytest.raises(SamePerson):
        await codes.approve(database, proposal, by=BY)
    assert (await codes.approve(database, proposal, by=OTHER)).freed == 2
    assert [view.state for view in await list_holds(database)] == ["ready", "ready"]
    assert await codes.inbox(database) == []


async def test_a_new_code_is_prefilled_from_what_the_source_says(database: Database) -> None:
    await held_record(database, unknown("ABC-1"), record=make_record(名称="刀具磨损"))
    (row,) = await codes.inbox(database)
    proposal = await codes.answer_with_new(database, row.id, by=BY, attributes={"list": "scrap"})
    await codes.approve(database, proposal, by=OTHER)
    found = await codes.show(database, "reason", "ABC-1")
    assert found.code.name_zh == "刀具磨损"
    assert [row.local_code for row in found.cross_references] == ["ABC-1"]


async def test_never_discards_what_waits_and_wrong_at_the_source_lets_it_wait(database: Database) -> None:
    await held_record(database, unknown("A"), offset=0, record=make_record("SO-1"))
    await held_record(database, unknown("B"), offset=1, record=make_record("SO-2"))
    first, second = sorted(await codes.inbox(database), key=lambda one: one.local_code)
    with pytest.raises(ReasonMissing):
        await codes.answer_with_no(database, first.id, "never", by=BY, reason="")
    assert await codes.answer_with_no(database, first.id, "never", by=BY, reason="试用料号") == 1
    assert await codes.answer_with_no(database, second.id, "wrong_at_source", by=BY, reason="录错") == 0
    assert [(view.wish, view.state) for view in await list_holds(database)] == [("discard", "ready"), ("", "waiting")]


async def test_a_refused_answer_is_open_again(database: Database) -> None:
    await make_code(database, "R-1")
    await held_record(database, unknown("A"))
    (row,) = await codes.inbox(database)
    proposal = await codes.answer_with_code(database, row.id, "R-1", by=BY)
    assert [one.proposal for one in await codes.inbox(database)] == [proposal]
    await codes.refuse(database, proposal, by=OTHER, reason="不是它")
    assert [one.proposal for one in await codes.inbox(database)] == [None]


def test_a_change_that_has_not_the_form_of_one_is_named() -> None:
    with pytest.raises(ChangeUnreadable, match="zh"):
        codes.read_change({"action": "create_code", "kind": "reason", "code": "R-1"})
