"""Read models: idempotent, independent of order, merged by field owner, rebuilt to the same."""

from __future__ import annotations

import asyncio
import json
import tempfile
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import Table, select

from hub.db import METADATA, Database
from hub.event import Event
from hub.reporting import tables
from hub.reporting.progress import ProgressChange
from hub.reporting.projections import PROJECTIONS, project, rebuild
from tests.reporting.factory import (
    START,
    archive,
    at,
    make_answer,
    make_event,
    make_inspection,
    make_invoice,
    make_order,
    make_posting,
    make_production_order,
    make_receipt,
    make_report,
    make_routing,
    make_shipment,
    make_story,
    pieces,
)


async def take(database: Database, *events: Event) -> Sequence[ProgressChange]:
    async with database.write() as session:
        return await project(session, events)


async def rows(database: Database, table: Table) -> list[dict[str, Any]]:
    async with database.read() as session:
        found = (await session.execute(select(table).order_by(*table.primary_key.columns))).mappings()
        return [dict(row) for row in found]


async def contents(database: Database) -> dict[str, list[dict[str, Any]]]:
    return {table.name: await rows(database, table) for table in tables.READ_MODELS}


async def line(database: Database) -> dict[str, Any]:
    return (await rows(database, tables.ORDER_LINES))[0]


async def test_a_line_passes_every_milestone(database: Database) -> None:
    await take(database, *make_story())
    found = await line(database)
    days = [0, 1, 2, 3, 4.8, 7, 8, 9.5, 11]
    assert [found[f"t{number}"] for number in range(9)] == [START + timedelta(days=day) for day in days]
    assert (found["state"], found["missing"], found["not_applicable"], found["waits_for"]) == ("shipped", "", "", "")


async def test_b5_an_event_taken_twice_has_no_effect(database: Database) -> None:
    await take(database, *make_story())
    before = await contents(database)
    assert await take(database, *make_story()) == []
    assert await contents(database) == before


async def test_b9_facts_before_their_order_wait_for_it(database: Database) -> None:
    story = make_story()
    assert await take(database, *story[1:]) == []
    changes = await take(database, story[0])
    assert [change.progress.state for change in changes] == ["shipped"]


async def test_b7_an_older_version_is_only_history(database: Database) -> None:
    await take(database, make_order(5, revision=3, quantity=80))
    await take(database, make_order(2, revision=2, quantity=90))
    assert (await line(database))["quantity"] == 80
    assert len(await rows(database, tables.EVENTS)) == 2


async def test_the_erp_answers_on_its_fields_only(database: Database) -> None:
    await take(database, make_order(), make_answer(1, promised=18))
    await take(database, make_order(2, revision=2, quantity=120))
    found = await line(database)
    assert (found["quantity"], found["promised_at"], found["state"]) == (120, START + timedelta(days=18), "accepted")


async def test_b22_a_new_date_changes_the_promise_and_never_the_first_one(database: Database) -> None:
    await take(database, make_order(), make_answer(2, revision=2, promised=25), make_answer(1, promised=18))
    found = await line(database)
    assert (found["first_promised_at"], found["promised_at"]) == (START + timedelta(days=18), START + timedelta(days=25))


async def test_an_overtaken_version_still_tells_when_it_was_first_said(database: Database) -> None:
    await take(database, make_order(), make_answer(4, revision=2, promised=30), make_production_order(6, revision=2, state="in_progress"))
    await take(database, make_answer(1, promised=18), make_production_order(3))
    found = await line(database)
    days = {"t1": 1, "t3": 3, "first_promised_at": 18, "promised_at": 30}
    assert {name: found[name] for name in days} == {name: START + timedelta(days=day) for name, day in days.items()}


async def test_a_milestone_is_when_it_was_done_and_not_when_its_record_was_last_touched(database: Database) -> None:
    order = make_event(
        "crm", "sales_order", 5, number="SO-1", customer="C1", state="confirmed", ordered_at=at(0), confirmed_at=at(0.5),
        lines=[{"line": 1, "material": "PUMP", "quantity": pieces(100)}],
    )  # fmt: skip
    await take(database, order, make_answer(6, accepted_at=at(1)), make_production_order(7, created_at=at(2), released_at=at(3)))
    found = await line(database)
    assert [found[f"t{number}"] for number in range(4)] == [START + timedelta(days=day) for day in (0.5, 1, 2, 3)]


async def test_a_revision_may_be_a_time_in_milliseconds(database: Database) -> None:
    await take(database, make_order(revision=1_790_000_000_000))
    assert (await rows(database, tables.ORDERS))[0]["revision"] == 1_790_000_000_000


async def test_progress_is_told_only_when_it_changes(database: Database) -> None:
    first = await take(database, make_order())
    again = await take(database, make_order(1, revision=2))
    assert [(change.key, change.revision) for change in first] == [("P1/SO-1/1", 1)]
    assert again == []
    assert json.loads(first[0].content)["waits_for"]["zh"] == "等待 ERP 审核接单"


async def test_a_rejection_carries_the_auditors_words(database: Database) -> None:
    changes = await take(database, make_order(), make_answer(1, state="rejected", rejection="信用额度不足"))
    assert (changes[0].progress.state, changes[0].progress.reason, changes[0].progress.waits_for) == ("rejected", "信用额度不足", None)


async def test_a_line_that_its_order_dropped_is_told_as_cancelled(database: Database) -> None:
    await take(database, make_order())
    changes = await take(database, make_order(1, revision=2, line=2))
    assert {change.key: change.progress.state for change in changes} == {"P1/SO-1/1": "cancelled", "P1/SO-1/2": "confirmed"}


@pytest.mark.parametrize("reversal_first", [False, True])
async def test_b13_a_reversal_takes_its_report_away_whichever_comes_first(database: Database, reversal_first: bool) -> None:
    report = make_report("RP-1", 5, 20, 60)
    reversal = make_report("RP-9", 6, 20, -60, reverses="P1/RP-1")
    await take(database, make_order(), make_production_order(3))
    for event in (reversal, report) if reversal_first else (report, reversal):
        await take(database, event)
    found = await line(database)
    assert (found["produced"], found["t4"]) == (0, None)


async def test_b14_a_reversed_reversal_brings_nothing_back(database: Database) -> None:
    await take(database, make_order(), make_production_order(3), make_report("RP-1", 5, 20, 60))
    await take(database, make_report("RP-9", 6, 20, -60, reverses="P1/RP-1"), make_report("RP-10", 6, 20, 60, reverses="P1/RP-9"))
    assert (await line(database))["produced"] == 0


async def test_b13_an_unaudited_receipt_is_not_received(database: Database) -> None:
    """反审核 of a receipt is its reversal, and auditing it again brings it back."""
    story = make_story()[:9]
    await take(database, *story)
    await take(database, make_posting(10, state="reversed", revision=2))
    assert ((await line(database))["received"], (await line(database))["t7"]) == (0, None)
    await take(database, make_posting(11, revision=3))
    assert (await line(database))["received"] == 100


async def test_a_deleted_production_order_serves_nobody(database: Database) -> None:
    await take(database, make_order(), make_production_order(3))
    made = make_production_order(4, revision=2)
    gone = Event(**{name: getattr(made, name) for name in made.__slots__} | {"operation": "delete", "data": b"null"})
    await take(database, gone)
    assert (await line(database))["t2"] is None


async def test_one_production_order_serves_two_lines_in_the_order_of_its_links(database: Database) -> None:
    """Merged demand: 60 pieces received fill the first link of 40, and 20 of the second."""
    demands = [{"order": f"P1/SO-{number}", "line": 1, "quantity": pieces(quantity)} for number, quantity in ((1, 40), (2, 60))]
    await take(database, make_order(quantity=40), make_order(quantity=60, number="SO-2"))
    await take(database, make_production_order(3, demands=demands), make_receipt(9, 60), make_posting(9.5))
    first, second = await rows(database, tables.ORDER_LINES)
    assert (first["received"], second["received"], first["t7"] is not None, second["t7"]) == (40, 20, True, None)


@pytest.mark.parametrize(
    ("quantity", "tolerance", "state"), [(0, "0", "confirmed"), (60, "0", "part_shipped"), (98, "2", "shipped"), (100, "0", "shipped")]
)
async def test_b19_a_lines_state_comes_from_its_quantities(database: Database, quantity: int, tolerance: str, state: str) -> None:
    shipped = [make_shipment(4, quantity)] if quantity else []
    await take(database, make_order(under_tolerance_percent=tolerance), *shipped)
    assert (await line(database))["state"] == state


async def test_b19_what_is_invoiced_never_shows_as_delivered(database: Database) -> None:
    await take(database, make_order(), make_shipment(4, 60), make_invoice(5))
    found = await line(database)
    assert (found["state"], found["shipped"], found["invoiced"]) == ("part_shipped", 60, 100)


async def test_b25_a_new_routing_does_not_touch_what_an_order_froze_at_its_release(database: Database) -> None:
    await take(database, make_order(), make_production_order(3, released_at=at(3)), make_report("RP-1", 5, 20, 100))
    before = await line(database)
    await take(database, make_routing(6, 10, 20, 30))
    after = await line(database)
    assert before["t5"] is not None
    assert after == before


async def test_b25_an_order_without_a_routing_of_its_own_keeps_the_one_of_its_release(database: Database) -> None:
    order = make_production_order(3, released_at=at(3), routing_snapshot=[])
    await take(database, make_order(), make_routing(1, 10, 20), order, make_report("RP-1", 5, 20, 100))
    before = await line(database)
    steps = [{"sequence": sequence, "operation": f"OP{sequence}"} for sequence in (10, 20, 30)]
    await take(database, make_event("erp", "routing", 6, material="PUMP", version="V2", state="released", operations=steps))
    assert before["t5"] is not None
    assert (await line(database))["t5"] == before["t5"]


async def test_partial_shipments_weigh_by_quantity(database: Database) -> None:
    await take(database, make_order(), make_shipment(4, 60), make_shipment(10, 40, number="DN-2"))
    assert (await line(database))["t8"] == START + timedelta(days=6.4)


async def test_from_stock_there_is_nothing_to_make(database: Database) -> None:
    await take(database, make_order(), make_answer(1), make_shipment(4))
    found = await line(database)
    assert (found["not_applicable"], found["missing"]) == ("t2 t3 t4 t5 t6 t7", "")


async def test_a_corrected_version_is_forgotten(database: Database) -> None:
    """A mapping mistake that said 'accepted', mended by a correction of the same revision, leaves no milestone."""
    wrong = make_answer(1)
    mended = make_event("erp", "sales_order", 1, correction=1, partial=True, number="SO-1", state="draft", lines=[{"line": 1}])
    await take(database, make_order(), wrong, mended)
    assert (await line(database))["t1"] is None


async def test_a_rebuild_gives_the_same_tables_and_tells_nothing_new(database: Database) -> None:
    for event in make_story():
        await take(database, event)
    before, told = await contents(database), await rows(database, tables.PROGRESS_TOLD)
    async with database.write() as session:
        changes = await rebuild(session, archive(make_story()[::-1]))
    assert changes == []
    assert await contents(database) == before
    assert await rows(database, tables.PROGRESS_TOLD) == told


EVENTS = [
    *make_story(), make_order(2, revision=2, quantity=90), make_answer(4, revision=2, promised=30),
    make_inspection(7.5, number="QI-0", state="failed"),
    make_report("RP-3", 6, 20, 40), make_report("RP-4", 6.5, 20, -40, reverses="P1/RP-3"), make_receipt(10, 5, number="GR-2"),
    make_shipment(13, 10, number="DN-2"), make_posting(10, number="GR-2"), make_posting(12, number="GR-2", state="reversed", revision=2),
    make_production_order(4, number="MO-2", quantity=10, routing_snapshot=[]),
    make_routing(1, 10, 20), make_routing(2, 10, 20, 30, revision=2),
    make_report("RP-5", 8, 20, 10, order="P1/MO-2"), make_report("RP-6", 9, 30, 10, order="P1/MO-2"),
    make_production_order(6, revision=3, state="on_hold"), make_production_order(6.5, revision=4, planned_end_at=at(12)),
]  # fmt: skip


@settings(max_examples=8, deadline=None, phases=[Phase.generate])
@given(st.permutations(EVENTS), st.lists(st.sampled_from(EVENTS), max_size=5), st.integers(1, 30))
async def test_any_order_and_any_repetition_give_the_same_tables(shuffled: list[Event], repeated: list[Event], size: int) -> None:
    """B5, B7, B9: only the count of what was told on the way may differ."""
    expected, told = await _outcome(EVENTS, len(EVENTS))
    found, said = await _outcome([*shuffled, *repeated], size)
    assert found == expected
    assert said == told


async def _outcome(events: Sequence[Event], size: int) -> tuple[dict[str, list[dict[str, Any]]], list[str]]:
    with tempfile.TemporaryDirectory() as folder:
        database = Database.connect(f"sqlite:///{Path(folder) / 'state.db'}")
        async with database.write() as session:
            await session.run_sync(lambda sync: METADATA.create_all(sync, tables=[*tables.READ_MODELS, tables.PROGRESS_TOLD]))
        async for batch in archive(events, size):
            await take(database, *batch)
        result = await contents(database), [row["content"] for row in await rows(database, tables.PROGRESS_TOLD)]
        await database.close()
        return result


def test_every_projected_entity_is_of_the_model() -> None:
    from hub.model import entity

    assert {projection.entity for projection in PROJECTIONS} == {entity(projection.entity).entity for projection in PROJECTIONS}


async def test_two_projecting_at_once_leave_a_whole_line(database: Database) -> None:
    """Each would see only its own half: the production order's events come by one partition, the order's and shipment's by others."""
    story = make_story()
    await asyncio.gather(*(take(database, *part) for part in (story[2:9], story[:2], story[9:])))
    assert ((await line(database))["state"], (await line(database))["missing"]) == ("shipped", "")


async def test_an_event_that_no_report_reads_changes_nothing(database: Database) -> None:
    assert await take(database, make_event("mes", "equipment_status", 1, equipment="M1", state="run", started_at=at(1))) == []
    assert await rows(database, tables.EVENTS) == []


async def test_an_unaudited_production_order_still_serves_its_line(database: Database) -> None:
    """反审核: the order stands still, but what it has done stays done; the first release stays the milestone."""
    changed = make_production_order(6, revision=3, state="on_hold", hold_reason="UNAUDIT")
    await take(database, *make_story()[:6], changed, make_production_order(6.5, revision=4, quantity=120))
    found = await line(database)
    assert (found["t3"], found["produced"]) == (START + timedelta(days=3), 100)
