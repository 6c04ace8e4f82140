"""A corrected record is sent when a second person has approved it; where one is enough, at once."""

from __future__ import annotations

from typing import Any

import pytest

from hub.db import Database
from hub.pipeline.wire import Inbound, unpack_inbound
from hub.services.corrections import approve_correction, correct_hold, refuse_correction
from hub.services.errors import CorrectionOpen, CorrectionOwn, HoldClosed, NoCorrection, NotCorrectable, ReasonNeeded
from hub.services.holds import HoldView, list_holds, show_hold
from hub.storage.archive import unpublished
from hub.storage.holds import close
from master_data.errors import PersonMissing
from tests.services.builders import BY, NOW, OTHER, held_event, held_record, person

FIVE = {"订单编号": "SO-1", "数量": "5"}


async def correct(db: Database, hold: int, payload: dict[str, Any], *, by: str = BY, two: bool = True) -> HoldView:
    return await correct_hold(db, hold, payload, by=by, reason="数量写错", now=NOW, second_person=two)


async def posted(db: Database) -> list[Inbound]:
    """What the outbox would publish."""
    async with db.read() as session:
        return [unpack_inbound(message.value) for _, message in await unpublished(session, 100)]


async def test_a_proposed_correction_is_shown_and_nothing_is_sent(database: Database) -> None:
    hold = await held_record(database, person())
    view = await correct(database, hold, FIVE)
    assert (view.state, view.proposed_by, await posted(database)) == ("waiting", BY, [])
    (listed,) = await list_holds(database)
    assert BY in listed.waits_for.zh and f"hub hold approve {hold}" in listed.waits_for.en
    detail = await show_hold(database, hold)
    assert (detail.proposed, detail.proposed_reason, detail.message["物料编码"]) == (FIVE, "数量写错", "ABC-1")


async def test_another_person_approves_it_and_it_goes_out_once(database: Database) -> None:
    hold = await held_record(database, person())
    await correct(database, hold, FIVE)
    with pytest.raises(CorrectionOwn, match=BY):
        await approve_correction(database, hold, by=BY, now=NOW)
    view = await approve_correction(database, hold, by=OTHER, now=NOW)
    (sent,) = await posted(database)
    assert (sent.revision, sent.correction, sent.payload, sent.via) == (1, 1, FIVE, "resend")
    assert (view.state, view.proposed_by, view.wish_by, view.reason) == ("waiting", "", f"{BY}, {OTHER}", "corrected: 数量写错")
    with pytest.raises(NoCorrection):
        await approve_correction(database, hold, by=OTHER, now=NOW)


async def test_a_refused_or_withdrawn_correction_is_not_sent_and_makes_room_for_another(database: Database) -> None:
    hold = await held_record(database, person())
    for by in (OTHER, BY):
        await correct(database, hold, FIVE)
        with pytest.raises(CorrectionOpen, match=BY):
            await correct(database, hold, {"订单编号": "SO-1"}, by=OTHER)
        with pytest.raises(ReasonNeeded):
            await refuse_correction(database, hold, by=by, reason=" ", now=NOW)
        assert (await refuse_correction(database, hold, by=by, reason="应为 6", now=NOW)).proposed_by == ""
    assert await posted(database) == []


async def test_what_has_gone_on_meanwhile_is_not_corrected(database: Database) -> None:
    hold = await held_record(database, person())
    await correct(database, hold, FIVE)
    async with database.write() as session:
        await close(session, [hold], "superseded", NOW)
    with pytest.raises(HoldClosed, match="superseded"):
        await approve_correction(database, hold, by=OTHER, now=NOW)
    assert await posted(database) == []


async def test_where_one_person_is_enough_it_goes_out_under_the_next_correction_and_keeps_its_place(database: Database) -> None:
    hold = await held_record(database, person())
    await correct(database, hold, FIVE, two=False)
    view = await correct(database, hold, {"订单编号": "SO-1", "数量": "6"}, two=False)
    sent = await posted(database)
    assert [(one.revision, one.correction, one.payload["数量"]) for one in sent] == [(1, 1, "5"), (1, 2, "6")]
    assert len({one.id for one in sent}) == 2
    assert (view.state, view.wish, view.reason) == ("waiting", "", "corrected: 数量写错")


async def test_a_corrected_fact_leaves_its_held_row_to_be_discarded(database: Database) -> None:
    hold = await held_record(database, person(), full_state=False)
    assert (await correct(database, hold, FIVE)).wish == ""
    view = await approve_correction(database, hold, by=OTHER, now=NOW)
    assert (view.state, view.wish) == ("ready", "discard")


async def test_an_event_on_its_way_to_a_target_cannot_be_corrected(database: Database) -> None:
    hold = await held_event(database, person())
    with pytest.raises(NotCorrectable):
        await correct(database, hold, {})


async def test_nobody_corrects_or_approves_without_a_name(database: Database) -> None:
    hold = await held_record(database, person())
    with pytest.raises(PersonMissing):
        await correct(database, hold, FIVE, by="")
    await correct(database, hold, FIVE)
    for verb in (approve_correction(database, hold, by=" ", now=NOW), refuse_correction(database, hold, by="", reason="x", now=NOW)):
        with pytest.raises(PersonMissing):
            await verb
