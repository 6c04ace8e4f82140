"""强制结案: an order closed short stops on the floor, its rest is not made, and the order line says so."""

from __future__ import annotations

import pytest

from tests.e2e.variants.people import OPERATIONS, count
from tests.e2e.variants.works import Works


async def closed_short(works: Works, quantity: int, made: int) -> None:
    """SO-1 for `quantity`, of which the ERP closes MO-1 with `made` in the store."""
    await works.ordered("SO-1", quantity)
    await works.released("MO-1", quantity, {"SO-1": quantity})
    works.floor.finish("MO-1", made)
    await works.stored("MO-1", made)
    works.planning.close("MO-1")
    await works.until(lambda: works.floor.order("MO-1")["state"] == "closed")


async def test_what_an_order_closed_short_leaves_is_not_made_and_shown(works: Works) -> None:
    floor = works.floor
    await closed_short(works, 10, 6)
    assert (count(floor.order("MO-1")), floor.may_begin("MO-1")) == (10, 0)
    assert floor.order("MO-1")["close_reason"] == "CLOSE-SHORT"
    await works.told("SO-1", ordered="10", produced="6", received="6", closed_short="4", state="ready")
    journey = await works.journey("MO-1")
    assert (journey.closed_short, journey.state, journey.waits_for) == ("4", "ready", "shipment")
    await works.booked("MO-1", dict.fromkeys(OPERATIONS, 6))


@pytest.mark.verify
async def test_what_was_done_before_the_close_is_still_booked(works: Works) -> None:
    """A report that the floor tells late is a fact, whatever has become of its order."""
    floor = works.floor
    await closed_short(works, 10, 6)
    floor.report("MO-1", 1, OPERATIONS[0])
    await works.booked("MO-1", dict.fromkeys(OPERATIONS, 6) | {OPERATIONS[0]: 7})
    assert (floor.order("MO-1")["state"], floor.may_begin("MO-1")) == ("closed", 0)


@pytest.mark.verify
async def test_the_rest_planned_anew_is_no_shortage_any_more(works: Works) -> None:
    planning, floor = works.planning, works.floor
    await closed_short(works, 10, 6)
    await works.told("SO-1", closed_short="4")
    await works.released("MO-2", 4, {"SO-1": 4})
    await works.told("SO-1", closed_short="0")
    floor.finish("MO-2", 4)
    await works.stored("MO-2", 4)
    planning.ship("SO-1", 10)
    await works.told("SO-1", state="shipped", shipped="10", closed_short="0")
    assert (await works.journey("SO-1")).production_orders == ["P1/MO-1", "P1/MO-2"]
    assert (floor.order("MO-1")["state"], floor.may_begin("MO-1")) == ("closed", 0)


@pytest.mark.verify
async def test_an_order_closed_with_its_line_is_through_with_what_was_shipped(works: Works) -> None:
    planning = works.planning
    await closed_short(works, 10, 6)
    planning.ship("SO-1", 6)
    await works.told("SO-1", shipped="6", closed_short="4")
    assert (await works.journey("SO-1")).holder == "planner"
    planning.change("sales_order", "SO-1", "audited", state="closed")
    await works.told("SO-1", state="closed", shipped="6", closed_short="4")
    journey = await works.journey("SO-1")
    assert (journey.state, journey.missing, journey.waits_for) == ("closed", [], "invoice")
