"""The loop with a real Tryton as the ERP: sale, production, done, shipped and back. What the three systems themselves hold is compared."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.e2e.tryton.line import bad_line
from tests.e2e.tryton.loop import MES, Plant, open_plant
from tests.e2e.tryton.office import Office
from tests.e2e.tryton.server import Tryton

pytestmark = [pytest.mark.verify, pytest.mark.timeout(1200)]


async def test_an_order_goes_from_crm_to_a_real_tryton_to_the_mes_and_back(tmp_path: Path, tryton: Tryton, office: Office) -> None:
    async with open_plant(tmp_path, tryton, office) as plant:
        plant.order("SO-1", "10")
        number = await released(plant, "SO-1")
        assert (await plant.sales("SO-1"))[0]["party."]["code"] == "K-1"
        work_order = plant.work_order(number)
        assert work_order is not None
        assert (work_order.data["material"], work_order.data["quantity"]) == ("MAT1", {"value": "10", "unit": "PCS"})
        plant.complete(number, "4", "6")
        await plant.until(lambda: plant.is_made("SO-1"))
        (production,) = await plant.productions("SO-1")
        assert sorted((move["quantity"], move["state"]) for move in production["outputs."]) == [(4.0, "done"), (6.0, "done")]
        assert [move["state"] for move in production["inputs."]] == ["done"]
        await plant.until(lambda: plant.progress("SO-1").get("state") == "ready")
        progress = plant.progress("SO-1")
        assert (progress["produced"], progress["received"]) == ("10", "10")
        await ship(plant)
        await plant.until(lambda: plant.progress("SO-1")["state"] == "shipped")
        await plant.until(plant.is_quiet)
        assert len(await plant.sales("SO-1")) == len(await plant.productions("SO-1")) == len(plant.mes.entries("production_order")) == 1


async def test_with_the_hub_stopped_the_books_disagree(tmp_path: Path, tryton: Tryton, office: Office) -> None:
    async with open_plant(tmp_path, tryton, office) as plant:
        pass
    plant.order("SO-1", "10")
    assert await plant.sales("SO-1") == []


async def test_answers_lost_after_the_commit_leave_one_customer_and_one_sale(tmp_path: Path, tryton: Tryton, office: Office) -> None:
    steps = ["model.party.party.create", "model.sale.sale.create", "model.sale.sale.quote", "model.sale.sale.confirm"]
    async with bad_line(tryton, steps) as line, open_plant(tmp_path, line.tryton, office) as plant:
        plant.order("SO-1", "3")
        await plant.until(lambda: plant.is_sold("SO-1"))
        await plant.until(plant.is_quiet)
        assert line.lost == steps
        assert len(await plant.sales("SO-1")) == len(await plant.productions("SO-1")) == 1
        assert len(await plant.ask(office.read, "party.party", code="K-1")) == 1


async def test_answers_lost_after_a_receipt_add_it_once(tmp_path: Path, tryton: Tryton, office: Office) -> None:
    steps = ["model.production.run", "model.production.write", "model.production.do"]
    async with bad_line(tryton, steps) as line, open_plant(tmp_path, line.tryton, office) as plant:
        plant.order("SO-1", "5")
        number = await released(plant, "SO-1")
        plant.complete(number, "2", "3")
        await plant.until(lambda: plant.is_made("SO-1"))
        await plant.until(plant.is_quiet)
        assert line.lost == steps
        assert sorted(move["quantity"] for move in (await plant.productions("SO-1"))[0]["outputs."]) == [2.0, 3.0]


async def released(plant: Plant, order: str) -> str:
    """Wait for the sale, let the planner release its production, wait for it in the MES; the production's number."""
    await plant.until(lambda: plant.is_sold(order))
    (production,) = await plant.productions(order)
    await plant.ask(plant.office.release, production["id"])
    number = str((await plant.productions(order))[0]["number"])
    await plant.until(lambda: plant.work_order(number))
    assert plant.mes.get("production_order", MES, number) is not None
    return number


async def ship(plant: Plant) -> None:
    """The warehouse sends what is there."""
    (shipment,) = await plant.ask(plant.office.read, "stock.shipment.out")
    await plant.ask(plant.office.press, "stock.shipment.out", shipment["id"], "assign_force", "pick", "pack", "do")
