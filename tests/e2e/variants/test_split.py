"""拆单: an order in two keeps its thread to the parent and to the demand; quantities add up, nothing is there twice."""

from __future__ import annotations

import pytest

from tests.e2e.variants.people import OPERATIONS, count
from tests.e2e.variants.works import Works


async def test_the_erp_splits_an_order_after_work_began(works: Works) -> None:
    planning, floor = works.planning, works.floor
    await works.ordered("SO-1", 10)
    await works.released("MO-1", 10, {"SO-1": 10})
    floor.report("MO-1", 3, OPERATIONS[0])
    await works.booked("MO-1", {OPERATIONS[0]: 3})
    planning.resize("MO-1", 6, {"SO-1": 6})
    await works.released("MO-2", 4, {"SO-1": 4}, split_from="MO-1")
    await works.until(lambda: count(floor.order("MO-1")) == 6)
    parent, child = floor.order("MO-1"), floor.order("MO-2")
    assert (count(child), child["split_from"], child["material"]) == (4, "MO-1", parent["material"])
    links = [(link["order"], link["line"], count(link)) for order in (parent, child) for link in order["demands"]]
    assert links == [("P1/SO-1", 10, 6), ("P1/SO-1", 10, 4)]
    floor.report("MO-1", 3, OPERATIONS[0])
    floor.report("MO-1", 6, *OPERATIONS[1:])
    floor.declare("MO-1", 6)
    floor.finish("MO-2", 4)
    await works.stored("MO-1", 6)
    await works.stored("MO-2", 4)
    await works.told("SO-1", state="ready", ordered="10", produced="10", received="10")
    await works.booked("MO-1", dict.fromkeys(OPERATIONS, 6))
    await works.booked("MO-2", dict.fromkeys(OPERATIONS, 4))
    for number in ("MO-1", "MO-2", "SO-1"):
        assert (await works.journey(number)).production_orders == ["P1/MO-1", "P1/MO-2"]


@pytest.mark.verify
async def test_the_shop_floor_splits_an_order_over_two_lines(works: Works) -> None:
    """Two dispatch jobs of one operation: the ERP has each report once, under the order that it knows."""
    floor = works.floor
    await works.ordered("SO-1", 10)
    await works.released("MO-1", 10, {"SO-1": 10})
    jobs = [floor.dispatch("MO-1", 6), floor.dispatch("MO-1", 4)]
    floor.report("MO-1", 6, OPERATIONS[0], job=jobs[0])
    floor.report("MO-1", 4, OPERATIONS[0], job=jobs[1])
    floor.report("MO-1", 10, *OPERATIONS[1:])
    floor.declare("MO-1", 10)
    await works.stored("MO-1", 10)
    await works.told("SO-1", state="ready", produced="10", received="10")
    await works.booked("MO-1", dict.fromkeys(OPERATIONS, 10))
    for number in (*jobs, "MO-1"):
        assert (await works.journey(number)).production_orders == ["P1/MO-1"]
