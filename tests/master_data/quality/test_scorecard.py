"""The scorecard: every seeded defect is found in its figure, with its row, and clean data has none."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from sqlalchemy import update

from hub.bus.base import Partition
from hub.db import Database
from hub.storage import holds
from hub.storage.archive import Archived, keep
from hub.storage.causes import Cause, CauseKind
from hub.storage.holds import Hold
from hub.texts import TEXTS
from master_data.kind import shipped_kinds
from master_data.proposed import CreateCode
from master_data.quality.figures import (
    COMPLETENESS,
    CONSISTENCY,
    STRUCTURED,
    TARGETS,
    TIMELINESS,
    UNIQUENESS,
    VALIDITY,
    WILD,
    Figure,
    Place,
)
from master_data.quality.scorecard import Asked, defects, remember, scorecard, trend
from master_data.seeds import load_units, take_over
from master_data.tables import codes

NOW = datetime(2026, 11, 28, 8, tzinfo=UTC)
SINCE = NOW - timedelta(days=1)
STEWARD = "steward-1"
KINDS = {name: kind for name, kind in shipped_kinds().items() if name in ("material", "customer")}
WHOLE: Mapping[str, Any] = {
    "spec": "DN50", "drawing": "D-1", "type": "finished", "base_unit": "H87", "second_unit": "KGM", "dual_unit": False, "fractions": False,
    "procurement": "make", "control": "lot", "sellable": True, "brand": "B", "gtin": "6901234567892",
}  # fmt: skip


def asked(duplicates: Any = None) -> Asked:
    return Asked(KINDS, SINCE, duplicates)


@pytest.fixture
async def clean(database: Database) -> Database:
    """Ten materials with all their attributes, told by the ERP as they are, and one report in time, with its reason."""
    await load_units(database)
    known = shipped_kinds()["material"].by_name
    whole = {name: value for name, value in WHOLE.items() if name in known}
    some = [CreateCode(kind="material", code=f"M-{n}", zh=f"泵{n}", en=f"pump {n}", attributes=whole) for n in range(10)]
    await take_over(database, some, by=STEWARD)
    for number in range(10):
        await tell(database, "erp", "material", f"P1/M-{number}", material(number))
    await tell(database, "mes", "operation_report", "P1/R-1", {"scrap": "1", "reasons": [{"reason": "S1", "quantity": "1"}]})
    await read(database, "crm", 1000)
    return database


def material(number: int, **changed: Any) -> dict[str, Any]:
    return {"organisation": "P1", "code": f"M-{number}", "specification": "DN50", "base_unit": "H87", "type": "finished"} | changed


async def tell(db: Database, system: str, entity: str, key: str, said: Mapping[str, Any], *, at: datetime = NOW) -> None:
    message = Archived(
        id=f"{system} {entity} {key}", kind="event", system=system, entity=entity, key=key, lane=key, revision=1, recorded_at=NOW,
        headers={"ce_time": at.isoformat()}, value=msgspec.json.encode(said),
    )
    async with db.write() as session:
        await keep(session, [message])


async def read(db: Database, system: str, count: int) -> None:
    """So many records of a system."""
    some = [
        Archived(id=f"{system} {n}", kind="inbound", system=system, entity="order", key=f"{n}", lane=f"{n}", revision=1, recorded_at=NOW,
                 headers={}, value=b"{}")
        for n in range(count)
    ]  # fmt: skip
    async with db.write() as session:
        await keep(session, some)


async def stop(db: Database, key: str, value: str) -> None:
    """A record that an unknown code stopped."""
    cause = Cause(CauseKind.CODE, "crm", "P1", "material", value)
    row = Hold(
        group="normalize", partition=Partition("inbound.crm", 0), offset=int(key), lane=key, state="waiting", system="crm", entity="order",
        key=key, full_state=True, revision=1, correction=0, message=b"", held_at=NOW, code="cause-code",
        facts={"name": "material", "value": value}, concerns="steward", causes=(cause,),
    )  # fmt: skip
    async with db.write() as session:
        await holds.insert_holds(session, [row])


async def change(db: Database, code: str, **values: Any) -> None:
    """Spoil a row behind the dictionary's back, as old data may be."""
    async with db.write() as session:
        await session.execute(update(codes).where(codes.c.code == code).values(**values))


async def shown(db: Database, duplicates: Any = None) -> dict[Place, Figure]:
    return {one.place: one for one in await scorecard(db, asked(duplicates))}


async def spoiled(db: Database, place: Place, duplicates: Any = None) -> list[str]:
    return [one.key for one in await defects(db, asked(duplicates), place)]


async def test_clean_data_has_no_defect_in_any_figure(clean: Database) -> None:
    found = await shown(clean, lambda _kind, _rows: [])
    assert {place.figure for place in found} == set(TARGETS)
    assert [one for one in found.values() if one.reached is False] == []
    for place, one in found.items():
        assert one.good == (0 if place.figure == WILD else one.all), place
        assert await spoiled(clean, place, lambda _kind, _rows: []) == []


async def test_every_empty_attribute_that_weighs_is_found(clean: Database) -> None:
    place = Place(COMPLETENESS, "material", "", STEWARD)
    before = (await shown(clean))[place]
    await change(clean, "M-3", attributes={name: value for name, value in WHOLE.items() if name not in ("base_unit", "gtin")})
    after = (await shown(clean))[place]
    assert after.all == before.all and after.good < before.good
    assert set(await spoiled(clean, place)) == {"M-3"}


async def test_every_value_that_the_kind_would_refuse_is_found(clean: Database) -> None:
    await change(clean, "M-1", attributes={**WHOLE, "gtin": "6901234567890"})
    await change(clean, "M-2", attributes={**WHOLE, "base_unit": "NOPE"})
    await change(clean, "M-4", name_zh="泵<4>")
    place = Place(VALIDITY, "material", "", STEWARD)
    assert await spoiled(clean, place) == ["M-1", "M-2", "M-4"]
    assert ((await shown(clean))[place].good, (await shown(clean))[place].all) == (7, 10)


async def test_twins_count_once_less_than_they_are(clean: Database) -> None:
    def twins(kind: Any, _rows: Any) -> list[list[str]]:
        return [["M-1", "M-5", "M-7"]] if kind.kind == "material" else []

    place = Place(UNIQUENESS, "material", "", STEWARD)
    assert await spoiled(clean, place, twins) == ["M-5", "M-7"]
    assert (await shown(clean, twins))[place].value == Decimal("0.8")


async def test_a_system_that_says_something_else_than_the_dictionary_is_found_field_by_field(clean: Database) -> None:
    await tell(clean, "mes", "material", "P1/M-6", material(6, specification="DN65", type="finished"))
    assert await spoiled(clean, Place(CONSISTENCY, "material", "mes", "")) == ["P1/M-6 specification"]
    assert await spoiled(clean, Place(CONSISTENCY, "material", "erp", "")) == []


async def test_losses_without_a_coded_reason_are_found(clean: Database) -> None:
    await tell(clean, "mes", "operation_report", "P1/R-2", {"scrap": "2", "remark": "砂眼"})
    await tell(clean, "mes", "operation_report", "P1/R-3", {"scrap": "0"})
    place = Place(STRUCTURED, "operation_report", "mes", "")
    assert await spoiled(clean, place) == ["P1/R-2"]
    assert (await shown(clean))[place].value == Decimal("0.5")


async def test_facts_told_late_are_found(clean: Database) -> None:
    await tell(clean, "mes", "operation_report", "P1/R-4", {"good": "1"}, at=NOW - timedelta(minutes=16))
    await tell(clean, "mes", "operation_report", "P1/R-5", {"good": "1"}, at=NOW - timedelta(minutes=15))
    assert await spoiled(clean, Place(TIMELINESS, "operation_report", "mes", "")) == ["P1/R-4"]


async def test_wild_data_is_counted_per_thousand_messages(clean: Database) -> None:
    await stop(clean, "1", "K-1")
    await stop(clean, "2", "K-2")
    place = Place(WILD, "", "crm", "")
    found = (await shown(clean))[place]
    assert (found.value, found.reached) == (Decimal(2), False)
    assert await spoiled(clean, place) == ["1", "2"]


async def test_the_rows_of_a_figure_come_page_by_page(clean: Database) -> None:
    for number in (1, 2, 3):
        await change(clean, f"M-{number}", attributes={**WHOLE, "gtin": "1"})
    place = Place(VALIDITY, "material", "", STEWARD)
    first = await defects(clean, asked(), place, limit=2)
    rest = await defects(clean, asked(), place, after=first[-1].key, limit=2)
    assert [one.key for one in (*first, *rest)] == ["M-1", "M-2", "M-3"]
    assert all(one.what in TEXTS for one in first)


async def test_drafts_and_obsolete_codes_are_not_counted(clean: Database) -> None:
    await change(clean, "M-1", status="draft", attributes={})
    await change(clean, "M-2", status="obsolete", attributes={})
    assert (await shown(clean))[Place(VALIDITY, "material", "", STEWARD)].all == 8


async def test_the_history_keeps_one_figure_a_day(clean: Database) -> None:
    place = Place(VALIDITY, "material", "", STEWARD)
    await remember(clean, date(2026, 11, 27), [Figure(place, 8, 10)])
    await remember(clean, date(2026, 11, 28), [Figure(place, 9, 10)])
    await remember(clean, date(2026, 11, 28), [Figure(place, 10, 10)])
    assert [(day.day, one.value) for day, one in await trend(clean, place, date(2026, 11, 1))] == [(27, Decimal("0.8")), (28, Decimal(1))]


def test_every_figure_has_a_name_and_a_target() -> None:
    assert all(f"quality-figure-{name}" in TEXTS for name in TARGETS)
