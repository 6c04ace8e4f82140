"""What people may do with held messages, and what they see before they do it."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from hub.db import Database
from hub.services.errors import HoldClosed, NoSuchHold, ReasonNeeded, WaitsForMore
from hub.services.holds import copy_text, discard_hold, list_holds, release_hold, show_hold
from hub.storage.holds import close
from hub.storage.tables import holds
from master_data.errors import PersonMissing
from tests.services.builders import BY, NOW, document, held_event, held_record, make_record, person, unknown


async def test_a_hold_says_what_it_waits_for_and_for_whom_in_both_languages(database: Database) -> None:
    await held_record(database, unknown("ABC-1"), code="cause-code", concerns="steward")
    (view,) = await list_holds(database)
    assert "ABC-1" in view.waits_for.zh and "原因代码" in view.waits_for.zh and "Reason code" in view.waits_for.en
    assert (view.concerns_name.zh, view.concerns_name.en) == ("主数据管理员", "the data steward")


async def test_the_list_leaves_out_what_is_behind_another_and_counts_it(database: Database) -> None:
    await held_record(database, unknown(), code="cause-code")
    await held_record(database, offset=1, record=make_record(revision=2), code="behind")
    (view,) = await list_holds(database)
    assert view.behind == 1
    assert len(await list_holds(database, state="behind")) == 1


async def test_a_hold_shows_its_record_and_what_hangs_on_it(database: Database) -> None:
    hold = await held_event(database, person("refused"))
    behind = await held_event(database, key="P1/SO-1", offset=1)
    waiting = await held_event(database, document("sales_order", "P1/SO-1"), entity="shipment", key="P1/SH-9")
    detail = await show_hold(database, hold)
    assert detail.source == "crm" and detail.message == {"number": "SO-1"}
    assert [one.id for one in detail.hanging.behind] == [behind]
    assert [one.id for one in detail.hanging.waiting] == [waiting]


async def test_what_waits_for_another_document_does_not_hang_on_this_one(database: Database) -> None:
    hold = await held_event(database, person("refused"))
    await held_event(database, document("sales_order", "P1/XSO-1"), entity="shipment", key="P1/SH-9")
    assert (await show_hold(database, hold)).hanging.waiting == ()


async def test_what_waits_for_a_customers_own_code_hangs_on_the_customer(database: Database) -> None:
    from hub.storage.causes import Cause, CauseKind

    hold = await held_event(database, person("refused"), entity="customer", key="P1/C001")
    order = await held_event(database, Cause(CauseKind.TARGET_CODE, "erp", "P1", "customer", "C001"), key="P1/SO-7")
    assert [one.id for one in (await show_hold(database, hold)).hanging.waiting] == [order]


async def test_a_persons_word_makes_it_ready(database: Database) -> None:
    hold = await held_record(database, person())
    view = await release_hold(database, hold, by=BY)
    assert (view.state, view.wish, view.wish_by, view.causes) == ("ready", "release", BY, ())


async def test_a_persons_word_does_not_replace_a_missing_code(database: Database) -> None:
    hold = await held_record(database, person(), unknown("ABC-1"))
    with pytest.raises(WaitsForMore, match="ABC-1"):
        await release_hold(database, hold, by=BY)
    (view,) = await list_holds(database)
    assert view.state == "waiting" and view.causes == (unknown("ABC-1"),)


async def test_a_discard_is_a_wish_with_a_reason_and_closes_nothing(database: Database) -> None:
    hold = await held_record(database, unknown())
    with pytest.raises(ReasonNeeded):
        await discard_hold(database, hold, by=BY, reason=" ")
    view = await discard_hold(database, hold, by=BY, reason="试单")
    assert (view.state, view.wish, view.wish_by, view.reason, view.closed_at) == ("ready", "discard", BY, "试单", None)


async def test_nobody_acts_without_a_name_or_on_what_is_gone(database: Database) -> None:
    hold = await held_record(database, person())
    with pytest.raises(PersonMissing):
        await release_hold(database, hold, by="")
    async with database.write() as session:
        await close(session, [hold], "published", NOW)
    with pytest.raises(HoldClosed, match="published"):
        await release_hold(database, hold, by=BY)
    with pytest.raises(NoSuchHold):
        await show_hold(database, 999)


async def test_a_hold_can_be_copied_as_a_text(database: Database) -> None:
    hold = await held_event(database, document("customer", "P1/C001"))
    text = await copy_text(database, hold, "zh")
    assert "销售订单 P1/SO-1" in text and "客户“P1/C001”" in text and f"hub hold show {hold}" in text


async def test_filters_name_the_rows_of_a_system(database: Database) -> None:
    await held_event(database, person(), target="erp")
    await held_event(database, person(), target="mes")
    assert [view.system for view in await list_holds(database, system="mes")] == ["mes"]
    async with database.read() as session:
        assert len((await session.execute(select(holds.c.id))).all()) == 2
