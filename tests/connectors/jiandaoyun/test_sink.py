"""Writing rows: one row a document, whatever happens on the way."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from connectors.jiandaoyun.errors import LabelUnknown, NotANumber, NumberTooLong, OperationUnknown
from connectors.jiandaoyun.fields import exact_number
from hub.sdk import InDoubtError, RefusedError
from hub.sdk.simulation import Fault
from tests.connectors.installation import Installation
from tests.connectors.jiandaoyun.conftest import PRODUCT_KEY, make_product


async def test_a_row_carries_our_key_mark_and_revision(crm: Installation) -> None:
    written = await crm.system.sink.write(make_product("m1", 3))
    (entry,) = crm.rows()
    assert entry.custom == {"key": "material/P1/FG-50", "mark": "m1", "revision": "3"}
    assert entry.data == {"code": "P-50", "name": "离心泵 50", "state": "active"}
    assert (written.number, written.mark, written.revision, written.step, written.usable) == ("P-50", "m1", 3, "save", True)
    assert list(await crm.system.sink.find(PRODUCT_KEY)) == [written]


async def test_a_change_goes_to_the_same_row_with_or_without_its_id(crm: Installation) -> None:
    first = await crm.system.sink.write(make_product("m1", 1))
    second = await crm.system.sink.write(make_product("m2", 2, "新名称"))
    third = await crm.system.sink.write(replace(make_product("m3", 3, "更新名称"), id=first.id))
    assert first.id == second.id == third.id and third.mark == "m3"
    assert [entry.data["name"] for entry in crm.rows()] == ["更新名称"]


async def test_a_field_that_became_empty_is_emptied(crm: Installation) -> None:
    await crm.system.sink.write(make_product(payload={"组织": "一厂", "产品编码": "P-50", "产品名称": "泵", "条码": "629"}))
    await crm.system.sink.write(make_product("m2", 2, payload={"组织": "一厂", "产品编码": "P-50", "产品名称": "泵", "条码": None}))
    assert "gtin" not in crm.rows()[0].data


@pytest.mark.parametrize(
    ("fault", "landed_at_once"),
    [(Fault.TIMEOUT_BEFORE, False), (Fault.TIMEOUT_AFTER, True), (Fault.LATE_LANDING, False), (Fault.GARBAGE, False)],
)
async def test_a_create_in_doubt_ends_as_one_row(crm: Installation, fault: Fault, landed_at_once: bool) -> None:
    hasty = crm.hasty
    await hasty.identity()
    crm.faults.force(fault) if fault is not Fault.GARBAGE else _garbage_on_write(crm)
    with pytest.raises(InDoubtError):
        await hasty.sink.write(make_product())
    assert bool(crm.rows()) is landed_at_once
    await asyncio.sleep(0.3)
    if not await crm.system.sink.find(PRODUCT_KEY):
        await crm.system.sink.write(make_product())
    assert [entry.custom["mark"] for entry in crm.rows()] == ["m1"]


def _garbage_on_write(crm: Installation) -> None:
    """The gateway answers the write, not the look before it."""
    strike, turns = crm.faults.strike, iter([False, True])
    crm.faults.strike = lambda fault: next(turns, False) if fault is Fault.GARBAGE else strike(fault)  # type: ignore[method-assign]


async def test_a_newer_version_created_before_the_older_lands_is_still_one_row(crm: Installation) -> None:
    """The older create lands behind our back, when nobody waits for it any more: the transaction id is the document's."""
    crm.simulator.landing.late_s = 0.6
    crm.faults.force(Fault.LATE_LANDING)
    with pytest.raises(InDoubtError):
        await crm.hasty.sink.write(make_product("m1", 1))
    await crm.system.sink.write(make_product("m2", 2, "新名称"))
    await asyncio.sleep(0.8)
    assert [(entry.custom["mark"], entry.data["name"]) for entry in crm.rows()] == [("m2", "新名称")]


async def test_a_row_that_the_list_does_not_show_yet_is_not_made_twice(crm: Installation) -> None:
    await crm.system.identity()
    crm.faults.force(Fault.LATE_COMMIT)
    await crm.system.sink.write(make_product("m1", 1))
    assert await crm.system.sink.find(PRODUCT_KEY) == []
    written = await crm.system.sink.write(make_product("m2", 2, "新名称"))
    assert [entry.custom["mark"] for entry in crm.rows()] == ["m2"] and written.mark == "m2"


async def test_a_known_id_is_found_although_the_list_lags(crm: Installation) -> None:
    crm.faults.force(Fault.LATE_COMMIT)
    written = await crm.system.sink.write(make_product())
    assert list(await crm.system.sink.find(replace(PRODUCT_KEY, id=written.id))) == [written]


async def test_an_update_in_doubt_repeated_changes_nothing(crm: Installation) -> None:
    first = await crm.system.sink.write(make_product("m1", 1))
    crm.faults.force(Fault.TIMEOUT_AFTER)
    with pytest.raises(InDoubtError):
        await crm.hasty.sink.write(replace(make_product("m2", 2, "新名称"), id=first.id))
    await crm.system.sink.write(replace(make_product("m2", 2, "新名称"), id=first.id))
    assert [entry.custom["mark"] for entry in crm.rows()] == ["m2"]


async def test_a_row_that_somebody_deleted_is_written_anew(crm: Installation) -> None:
    first = await crm.system.sink.write(make_product("m1", 1))
    crm.books.delete("material", "一厂", "P-50")
    again = await crm.system.sink.write(replace(make_product("m1", 1), id=first.id))
    assert [entry.custom["mark"] for entry in crm.rows()] == ["m1"]
    assert again.mark == "m1"


async def test_a_second_row_with_our_key_can_be_seen(crm: Installation) -> None:
    await crm.system.sink.write(make_product())
    crm.books.save("material", "一厂", "P-50 副本", {"code": "P-50", "name": "复制"}, custom={"key": PRODUCT_KEY.key, "mark": "m1"})
    assert len(await crm.system.sink.find(PRODUCT_KEY)) == 2


async def test_a_row_from_before_the_hub_is_adopted_by_its_number(crm: Installation) -> None:
    crm.books.save("material", "一厂", "P-50", {"code": "P-50", "name": "手工录入"}, status="audited")
    crm.books.save("material", "二厂", "P-50", {"code": "P-50", "name": "别的组织"}, status="audited")
    await crm.system.sink.write(make_product(key=replace(PRODUCT_KEY, number="P-50")))
    assert [(entry.organisation, entry.data["name"]) for entry in crm.rows()] == [("一厂", "离心泵 50"), ("二厂", "别的组织")]


async def test_a_field_that_the_form_lacks_is_refused_with_those_it_has(crm: Installation) -> None:
    with pytest.raises(LabelUnknown) as caught:
        await crm.system.sink.write(make_product(payload={"价格": 1}))
    assert caught.value.facts["label"] == "价格" and "产品编码" in caught.value.facts["known"]


async def test_an_operation_that_forms_do_not_have_is_refused(crm: Installation) -> None:
    with pytest.raises(OperationUnknown):
        await crm.system.sink.write(make_product(operation="cancel"))


async def test_the_vendors_refusal_is_told_in_its_own_words(crm: Installation) -> None:
    client = crm.system._client
    with pytest.raises(RefusedError) as caught:
        await client.ask("/app/entry/data/create", {"entry_id": "unknown", "data": {}}, safe=False)
    assert caught.value.facts["words"] == "表单不存在"


@pytest.mark.parametrize(("text", "number"), [("12", 12), ("12.50", 12.5), ("0", 0), ("-3", -3), (7, 7), ("0.01", 0.01)])
def test_a_decimal_becomes_the_number_that_means_the_same(text: object, number: float) -> None:
    assert exact_number("数量", text) == number


@pytest.mark.parametrize("text", ["0.12345678901234567890", "9007199254740993", "1e400"])
def test_a_number_that_would_change_is_refused(text: str) -> None:
    with pytest.raises(NumberTooLong):
        exact_number("数量", text)


@pytest.mark.parametrize("text", ["十二", "NaN", "Infinity", "1,000"])
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(NotANumber):
        exact_number("数量", text)
