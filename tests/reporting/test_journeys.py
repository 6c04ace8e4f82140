"""Journeys: found by any number; who has it; what does not apply; what is missing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import pytest

from hub.db import Database
from hub.event import Event
from hub.reporting.journeys import Journey, find
from hub.reporting.projections import project
from tests.reporting.factory import (
    at,
    make_answer,
    make_inspection,
    make_order,
    make_posting,
    make_production_order,
    make_receipt,
    make_report,
    make_routing,
    make_shipment,
    make_story,
)


async def journey_of(database: Database, *events: Event, number: str = "SO-1") -> Journey:
    async with database.write() as session:
        await project(session, events)
    async with database.read() as session:
        return (await find(session, number))[0]


def statuses(journey: Journey) -> dict[str, str]:
    return {step.code: step.status for step in journey.steps}


NUMBERS = ["SO-1", "PO-77", "MO-1", "RP-2", "QI-1", "GR-1", "E-GR-1", "DN-1", "L-9", "IV-1", "P1/MO-1", "P1/SO-1/1", " SO-1 "]


async def test_any_number_leads_to_the_line(database: Database) -> None:
    async with database.write() as session:
        await project(session, make_story())
    async with database.read() as session:
        for number in NUMBERS:
            assert [journey.line_key for journey in await find(session, number)] == ["P1/SO-1/1"], number
        assert await find(session, "SO-404") == []


async def test_a_vendors_document_number_leads_there_by_the_cross_reference(database: Database) -> None:
    async def cross_reference(number: str) -> Sequence[tuple[str, str]]:
        return [("production_order", "P1/MO-1")] if number == "WO2026-0001" else []

    async with database.write() as session:
        await project(session, make_story())
    async with database.read() as session:
        assert [one.line_key for one in await find(session, "WO2026-0001", cross_reference)] == ["P1/SO-1/1"]


async def test_a_journey_tells_the_whole_way(database: Database) -> None:
    journey = await journey_of(database, *make_story())
    assert [step.status for step in journey.steps] == ["reached"] * 9 + ["open", "reached"]
    assert [step.system for step in journey.steps][:9] == ["crm", "erp", "erp", "erp", "mes", "mes", "mes", "mes", "erp"]
    assert journey.total == timedelta(days=11) == sum((stage.duration for stage in journey.stages), timedelta())
    assert (journey.waits_for, journey.holder, journey.missing) == ("", "", [])


@pytest.mark.parametrize(
    ("events", "holder", "waits_for"),
    [
        (1, "order-audit", "acceptance"), (2, "planner", "planning"), (3, "planner", "release"), (4, "workshop", "start"),
        (5, "workshop", "production"), (6, "quality", "inspection"), (7, "warehouse", "receipt"), (9, "shipping", "shipment"),
        (10, "finance", "invoice"),
    ],
)  # fmt: skip
async def test_somebody_has_it_at_every_step(database: Database, events: int, holder: str, waits_for: str) -> None:
    journey = await journey_of(database, *make_story()[:events])
    assert (journey.holder, journey.waits_for) == (holder, waits_for)
    assert journey.holder_name and all(journey.holder_name)


async def test_a_passed_over_milestone_is_shown_as_missing(database: Database) -> None:
    story = [event for event in make_story() if event.entity != "quality_inspection"]
    journey = await journey_of(database, *story)
    assert (statuses(journey)["t6"], journey.missing) == ("missing", ["t6"])


async def test_without_inspection_in_the_routing_there_is_nothing_to_inspect(database: Database) -> None:
    """免检."""
    steps = [{"sequence": 20, "operation": "ASSEMBLE"}]
    story = [make_order(), make_answer(1), make_production_order(3, routing_snapshot=steps), make_report("RP-2", 7, 20, 100)]
    journey = await journey_of(database, *story, make_receipt(9), make_posting(9))
    assert (statuses(journey)["t6"], journey.missing) == ("not-applicable", [])


async def test_an_outsourced_operation_is_at_the_supplier(database: Database) -> None:
    """工序外协."""
    steps = [{"sequence": 10, "operation": "TURN"}, {"sequence": 20, "operation": "ASSEMBLE", "subcontracted": True}]
    story = [make_order(), make_answer(1), make_production_order(3, routing_snapshot=steps), make_report("RP-1", 5, 10, 100)]
    journey = await journey_of(database, *story)
    assert (statuses(journey)["t5"], journey.holder) == ("at-supplier", "supplier")


async def test_an_outsourced_order_is_at_the_supplier_and_lacks_no_report(database: Database) -> None:
    """整单委外."""
    story = [make_order(), make_answer(1), make_production_order(3, subcontracted=True, routing_snapshot=[])]
    journey = await journey_of(database, *story)
    assert (statuses(journey)["t4"], statuses(journey)["t7"], journey.holder) == ("not-applicable", "at-supplier", "supplier")
    journey = await journey_of(database, make_receipt(9), make_posting(9.5), make_shipment(10))
    assert (journey.missing, journey.state) == ([], "shipped")


async def test_goods_tested_before_they_are_packed_have_no_negative_stage(database: Database) -> None:
    """The pressure test lies within the making: it has its time, and the stages go past it."""
    story = [make_order(), make_answer(1), make_production_order(3, routing_snapshot=[]), make_routing(0, 10, 20, 30)]
    story += [make_report("RP-1", 5, 10, 100), make_report("RP-2", 6, 20, 100), make_inspection(6, sequence=20)]
    journey = await journey_of(database, *story)
    assert (statuses(journey)["t6"], statuses(journey)["t5"], journey.holder, journey.missing) == ("reached", "open", "workshop", [])
    journey = await journey_of(database, make_report("RP-3", 7, 30, 100), make_receipt(8), make_posting(8))
    assert [(stage.begins, stage.ends, stage.defect) for stage in journey.stages][-2:] == [("t4", "t5", ""), ("t5", "t7", "")]


async def test_a_report_of_an_early_operation_is_not_the_end_though_the_routing_comes_later(database: Database) -> None:
    story = [make_order(), make_production_order(3, routing_snapshot=[]), make_report("RP-1", 5, 10, 100)]
    assert statuses(await journey_of(database, *story))["t5"] == "open"
    assert statuses(await journey_of(database, make_routing(4, 10)))["t5"] == "reached"


async def test_without_any_routing_what_is_received_is_made(database: Database) -> None:
    story = [make_order(), make_production_order(3, routing_snapshot=[]), make_report("RP-1", 5, 10, 100)]
    journey = await journey_of(database, *story, make_receipt(8), make_posting(8))
    assert statuses(journey)["t5"] == "reached"


async def test_a_failed_inspection_keeps_the_line_with_quality(database: Database) -> None:
    story = [*make_story()[:6], make_inspection(8, state="failed")]
    assert (await journey_of(database, *story)).holder == "quality"


async def test_a_split_line_is_made_when_all_its_orders_are(database: Database) -> None:
    """拆单."""
    steps = [{"sequence": 20, "operation": "ASSEMBLE"}]
    halves = [make_production_order(3, number=f"MO-{number}", quantity=50, routing_snapshot=steps) for number in (1, 2)]
    journey = await journey_of(database, make_order(), make_answer(1), *halves, make_report("RP-1", 5, 20, 50))
    assert (statuses(journey)["t4"], statuses(journey)["t5"], journey.production_orders) == ("partly", "partly", ["P1/MO-1", "P1/MO-2"])


async def test_an_order_closed_short_is_through_with_what_it_made(database: Database) -> None:
    """强制结案."""
    story = [*make_story()[:4], make_report("RP-1", 5, 10, 100), make_report("RP-2", 7, 20, 97), make_inspection(8), make_receipt(9, 97)]
    closed = make_production_order(10, revision=3, state="closed", released_at=at(3), close_reason="SHORT")
    journey = await journey_of(database, *story, make_posting(9.5), closed)
    assert (statuses(journey)["t7"], journey.waits_for) == ("reached", "shipment")


async def test_b11_a_report_from_the_future_ends_when_it_was_heard_of(database: Database) -> None:
    ahead = make_report("RP-2", 7, 20, 100, ended_at=at(90))
    journey = await journey_of(database, *make_story()[:4], make_report("RP-1", 5, 10, 100), ahead)
    assert next(step.at for step in journey.steps if step.code == "t5").isoformat() == at(7)


async def test_b11_times_of_a_clock_that_went_backwards_do_not_count(database: Database) -> None:
    """B11: the quantities count."""
    wrong = make_report("RP-1", 5, 10, 100, started_at=at(9), ended_at=at(5))
    journey = await journey_of(database, *make_story()[:4], wrong, make_report("RP-2", 7, 20, 100))
    assert next(step.at for step in journey.steps if step.code == "t4").isoformat() == at(6.8)


async def test_what_a_closed_order_leaves_is_short_until_somebody_makes_it(database: Database) -> None:
    """强制结案, and the rest planned anew."""
    story = [*make_story()[:4], make_report("RP-1", 5, 10, 100), make_report("RP-2", 7, 20, 60), make_inspection(8), make_receipt(9, 60)]
    closed = make_production_order(10, revision=3, state="closed", released_at=at(3), close_reason="SHORT")
    journey = await journey_of(database, *story, make_posting(9.5), closed, make_shipment(11, 60))
    assert (journey.closed_short, journey.state, journey.holder, journey.waits_for) == ("40", "part_shipped", "planner", "planning")
    again = make_production_order(12, number="MO-2", quantity=30)
    assert (await journey_of(database, again)).closed_short == "10"


async def test_stock_makes_up_for_what_a_closed_order_leaves(database: Database) -> None:
    story = [*make_story()[:4], make_report("RP-2", 7, 20, 60), make_production_order(10, revision=3, state="closed")]
    assert (await journey_of(database, *story)).closed_short == "40"
    assert (await journey_of(database, make_shipment(11, 100))).closed_short == "0"
