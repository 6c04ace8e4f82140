"""Quantities in the target's unit, on the road: exact by the factor of its time, told where rounded, and waiting where there is none."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import msgspec
import pytest

from hub.bus.base import Message
from hub.bus.topics import canonical
from hub.event import Event, event_id
from hub.runtime.road import Road
from hub.services.messages import find_messages
from hub.services.rounding import Rounded, rounding
from hub.services.words import cause_words
from hub.storage.causes import Cause, CauseKind
from hub.texts import render
from master_data.proposals import approve, propose
from master_data.proposed import AddConversion, AddCrossReference, Change, CreateCode
from tests.road.conftest import Stage
from tests.road.toy import Works, eventually, hold_rows, now, open_rows, open_toy_road, running

NOON = datetime(2026, 11, 22, 4, tzinfo=UTC)


def receipt(number: str, value: str, unit: str, *, material: str = "A", at: datetime = NOON) -> Message:
    """The event of a receipt that a MES declared, each in a lane of its own."""
    key = f"P1/{number}"
    data = {
        "organisation": "P1", "number": number, "production_order": f"P1/MO-{number}", "material": material,
        "quantity": {"value": value, "unit": unit}, "declared_at": at,
    }
    event = Event(
        id=event_id("mes", "goods_receipt", key, 1), source="mes", entity="goods_receipt", key=key, lane=f"P1/MO-{number}", revision=1,
        correction=0, time=at, recorded_at=at, data=msgspec.json.encode(data),
    )
    return Message(canonical("production_order"), event.lane, event.data, event.headers())


async def agree(road: Road, change: Change) -> None:
    """Proposed by one, approved by another, and known to the workers: what happens before that goes by the factors of before."""
    approved = await approve(road.db, await propose(road.db, change, by="王芳"), by="李强")
    await eventually(lambda: road.follower.snapshot.version >= approved.version)


def posted(erp: Works, number: str) -> str:
    """The quantity that the works have of a receipt; '' where it is not there."""
    papers = erp.papers[f"goods_receipt/P1/{number}"]
    return str(papers[0].payload["qty"]) if len(papers) == 1 else ""


async def held(road: Road, count: int) -> bool:
    return await open_rows(road) == count


async def test_b31_without_a_factor_a_receipt_waits_for_the_steward_and_goes_on_by_itself(stage: Stage) -> None:
    erp = stage.pair.erp
    async with open_toy_road(*stage) as road, running(road):
        await road.bus.publish([receipt("GR-1", "2.5", "KGM"), receipt("GR-2", "4", "H87")])
        await eventually(lambda: posted(erp, "GR-2") == "4")
        await eventually(lambda: held(road, 1))
        (row,) = await hold_rows(road)
        assert (row["group"], row["code"], row["concerns"]) == ("deliver.erp", "cause-conversion", "steward")
        wait = Cause(CauseKind.CONVERSION, "", "", "A", "KGM>H87")
        for language, says in (("zh", "主数据管理员"), ("en", "data steward")):
            for sentence in (render(row["code"], language, row["facts"]), cause_words(wait, language)):
                assert says in sentence and "KGM>H87" in sentence and "A" in sentence
        await agree(road, AddConversion(material="A", from_unit="KGM", to_unit="H87", numerator=20))
        await eventually(lambda: posted(erp, "GR-1") == "50")
        await eventually(lambda: held(road, 0))


async def test_b30_what_rounding_takes_away_is_told_and_kept_with_the_delivery(stage: Stage) -> None:
    erp = stage.pair.erp
    async with open_toy_road(*stage) as road, running(road):
        await agree(road, AddConversion(material="A", from_unit="H87", to_unit="KGM", numerator=3))
        await road.bus.publish([receipt("GR-1", "10", "KGM")])
        await eventually(lambda: posted(erp, "GR-1") == "3")       # pieces are whole
        await eventually(lambda: _steps(road, "GR-1", ["done (save); 10 KGM = 3 H87 + 1/3"]))


async def test_b30_the_rounding_differences_of_a_period_are_summed_exactly(stage: Stage) -> None:
    erp, begins = stage.pair.erp, now() - timedelta(minutes=1)
    async with open_toy_road(*stage) as road, running(road):
        await agree(road, AddConversion(material="A", from_unit="H87", to_unit="KGM", numerator=3))
        await road.bus.publish([receipt(f"GR-{number}", "10", "KGM") for number in (1, 2, 3)] + [receipt("GR-4", "1", "KGM")])
        await road.bus.publish([receipt("GR-5", "9", "KGM")])               # three pieces exactly: nothing was taken away
        await eventually(lambda: [posted(erp, f"GR-{number}") for number in (1, 2, 3, 4, 5)] == ["3", "3", "3", "0", "3"])
        for number in (1, 2, 3, 4):
            await eventually(lambda n=number: _written(road, f"GR-{n}"))
        assert await rounding(road.db, begins, now()) == [Rounded("erp", "A", "H87", 4, Decimal("1.333333333333"))]
        assert await rounding(road.db, begins, begins) == []


async def _written(road: Road, number: str) -> bool:
    return [step.state[:4] for step in (await find_messages(road.db, number)).steps if step.kind == "delivery"] == ["done"]


async def _steps(road: Road, number: str, wanted: list[str]) -> bool:
    found = await find_messages(road.db, number)
    return [step.state for step in found.steps if step.kind == "delivery"] == wanted


async def test_b32_each_receipt_is_converted_by_the_factor_of_its_own_time(stage: Stage) -> None:
    erp = stage.pair.erp
    async with open_toy_road(*stage) as road, running(road):
        await agree(road, AddConversion(material="A", from_unit="KGM", to_unit="H87", numerator=20, valid_from=NOON - timedelta(days=1)))
        await agree(road, AddConversion(material="A", from_unit="KGM", to_unit="H87", numerator=25, valid_from=NOON))
        before = NOON - timedelta(days=2)
        await road.bus.publish([
            receipt("GR-1", "1", "KGM", at=NOON - timedelta(seconds=1)), receipt("GR-2", "1", "KGM"),
            receipt("GR-3", "1", "KGM", at=before),
        ])
        await eventually(lambda: [posted(erp, number) for number in ("GR-1", "GR-2")] == ["20", "25"])
        await eventually(lambda: held(road, 1))
        (row,) = await hold_rows(road)
        assert row["facts"]["value"] == f"KGM>H87@{before.isoformat()}"
        await agree(road, AddConversion(
            material="A", from_unit="KGM", to_unit="H87", numerator=18, valid_from=before, valid_to=NOON - timedelta(days=1)
        ))
        await eventually(lambda: posted(erp, "GR-3") == "18")


@pytest.mark.parametrize("stage", ["embedded"], indirect=True)
async def test_b34_a_material_measured_in_both_units_goes_out_as_it_was_measured(stage: Stage) -> None:
    async with open_toy_road(*stage) as road, running(road):
        traits = {"type": "raw", "base_unit": "H87", "second_unit": "KGM", "dual_unit": True}
        await agree(road, CreateCode(kind="material", code="D", zh="棒料", en="bar", attributes=traits))
        await agree(road, AddCrossReference(kind="material", system="erp", local_code="D", code="D"))
        await road.bus.publish([receipt("GR-1", "2.5", "KGM", material="D")])
        await eventually(lambda: posted(stage.pair.erp, "GR-1") == "2.5")
