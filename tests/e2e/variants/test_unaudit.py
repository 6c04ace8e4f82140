"""反审核 and change after work began: the floor stands still until the order is audited again; what was reported stays."""

from __future__ import annotations

import pytest

from tests.e2e.variants.people import OPERATIONS, count, moment
from tests.e2e.variants.works import Works


async def begun(works: Works, quantity: int, made: int) -> None:
    """SO-1 in work: MO-1 released, its first operation partly done, the ERP knows it."""
    await works.ordered("SO-1", quantity)
    await works.released("MO-1", quantity, {"SO-1": quantity})
    works.floor.report("MO-1", made, OPERATIONS[0])
    await works.booked("MO-1", {OPERATIONS[0]: made})


@pytest.mark.verify
async def test_an_unaudited_order_stands_on_the_floor_and_goes_on_with_what_was_audited_again(works: Works) -> None:
    planning, floor = works.planning, works.floor
    await begun(works, 10, 4)
    planning.unaudit("MO-1")
    await works.until(lambda: floor.order("MO-1")["state"] == "on_hold")
    planning.resize("MO-1", 12, {"SO-1": 12}, status="draft")
    assert floor.may_begin("MO-1") == 0
    floor.report("MO-1", 2, OPERATIONS[0])
    await works.booked("MO-1", {OPERATIONS[0]: 6})
    assert (floor.order("MO-1")["state"], count(floor.order("MO-1"))) == ("on_hold", 10)
    planning.resize("MO-1", 12, {"SO-1": 12}, state="in_progress", hold_reason=None)
    await works.until(lambda: floor.order("MO-1")["state"] == "in_progress")
    assert (count(floor.order("MO-1")), floor.may_begin("MO-1"), floor.order("MO-1").get("hold_reason")) == (12, 6, None)
    await works.booked("MO-1", {OPERATIONS[0]: 6})
    await works.told("SO-1", state="in_production", ordered="10")


async def test_a_quantity_below_what_is_done_is_refused_in_the_floors_words_and_a_right_one_goes_on(works: Works) -> None:
    """B21: the minimum is the most that any operation has confirmed. Unaudited, made smaller and audited within one poll."""
    planning, floor = works.planning, works.floor
    await begun(works, 10, 6)
    planning.unaudit("MO-1")
    planning.resize("MO-1", 4, {"SO-1": 4}, status="draft")
    await works.until(lambda: floor.order("MO-1")["state"] == "on_hold")
    assert count(floor.order("MO-1")) == 10
    planning.resize("MO-1", 4, {"SO-1": 4}, state="in_progress", hold_reason=None)
    hold = await works.held("refused")
    assert (hold.entity, hold.key, hold.concerns) == ("production_order", "P1/MO-1", "system:mes")
    assert "最小为 6" in hold.waits_for.zh
    assert (floor.order("MO-1")["state"], count(floor.order("MO-1")), floor.may_begin("MO-1")) == ("on_hold", 10, 0)
    await works.booked("MO-1", {OPERATIONS[0]: 6})
    planning.resize("MO-1", 7, {"SO-1": 7})
    await works.until(lambda: floor.order("MO-1")["state"] == "in_progress")
    assert (count(floor.order("MO-1")), floor.may_begin("MO-1")) == (7, 1)


@pytest.mark.verify
async def test_a_customers_change_after_work_began_goes_through_all_systems(works: Works) -> None:
    sales, planning, floor = works.sales, works.planning, works.floor
    await begun(works, 10, 4)
    sales.reorder("SO-1", 12)
    await works.until(lambda: planning.held("sales_order", "SO-1")["status"] == "submitted")
    planning.accept("SO-1", days=9)
    planning.unaudit("MO-1")
    await works.until(lambda: floor.order("MO-1")["state"] == "on_hold")
    planning.resize("MO-1", 12, {"SO-1": 12}, state="in_progress", hold_reason=None)
    await works.until(lambda: count(floor.order("MO-1")) == 12)
    (line,) = planning.held("sales_order", "SO-1")["lines"]
    assert count(line) == 12
    await works.told("SO-1", ordered="12")
    await works.until(lambda: moment(sales.progress("SO-1")["promised_at"]) == moment(line["promised_at"]))
    assert moment(sales.progress("SO-1")["first_promised_at"]) == moment(line["first_promised_at"])
    await works.booked("MO-1", {OPERATIONS[0]: 4})


@pytest.mark.verify
async def test_an_unaudited_sales_order_is_shown_as_standing_until_it_is_audited_again(works: Works) -> None:
    planning = works.planning
    await begun(works, 10, 4)
    promised = planning.held("sales_order", "SO-1")["lines"]
    planning.change("sales_order", "SO-1", "draft", state="on_hold")
    await works.told("SO-1", state="on_hold")
    planning.change("sales_order", "SO-1", "audited", state="accepted")
    await works.told("SO-1", state="in_production")
    assert planning.held("sales_order", "SO-1")["lines"] == promised
