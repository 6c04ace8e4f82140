"""插单: a rush order after others were released overtakes them on the shop floor, and disturbs no record of theirs."""

from __future__ import annotations

import pytest

from tests.e2e.variants.people import LINE, count
from tests.e2e.variants.works import Works


async def test_a_rush_order_after_release_reaches_the_shop_floor_with_its_priority(works: Works) -> None:
    planning, floor = works.planning, works.floor
    await works.ordered("SO-1", 10)
    await works.released("MO-1", 10, {"SO-1": 10})
    floor.report("MO-1", 4, 10)
    await works.ordered("SO-2", 3, days=2, priority=1)
    (line,) = planning.held("sales_order", "SO-2")["lines"]
    assert (line["line"], str(line["priority"])) == (LINE, "1")
    standing = floor.order("MO-1")
    await works.released("MO-2", 3, {"SO-2": 3}, rush=True, priority=1)
    rush = floor.order("MO-2")
    assert (rush["priority"], rush["rush"], count(rush)) == (1, True, 3)
    assert [link["order"] for link in rush["demands"]] == ["P1/SO-2"]
    assert floor.order("MO-1") == standing
    floor.finish("MO-2", 3)
    await works.stored("MO-2", 3)
    planning.ship("SO-2", 3)
    await works.told("SO-2", state="shipped", shipped="3")
    await works.told("SO-1", state="in_production", shipped="0")
    await works.booked("MO-1", {10: 4})


@pytest.mark.verify
async def test_an_order_made_urgent_on_the_way_is_urgent_on_the_floor_and_what_it_pushes_back_is_told(works: Works) -> None:
    sales, planning, floor = works.sales, works.planning, works.floor
    await works.ordered("SO-1", 10)
    await works.ordered("SO-2", 3)
    await works.released("MO-1", 10, {"SO-1": 10})
    await works.released("MO-2", 3, {"SO-2": 3})
    await works.until(lambda: sales.progress("SO-1").get("promised_at") and sales.progress("SO-1")["state"] == "planned")
    first = sales.progress("SO-1")["promised_at"]
    planning.change("production_order", "MO-2", "audited", rush=True, priority=1)
    planning.accept("SO-1", days=12)
    await works.until(lambda: floor.order("MO-2")["priority"] == 1)
    await works.until(lambda: sales.progress("SO-1")["promised_at"] > first)
    assert sales.progress("SO-1")["first_promised_at"] == first
    assert (floor.order("MO-2")["rush"], floor.order("MO-1")["priority"], count(floor.order("MO-2"))) == (True, 5, 3)
