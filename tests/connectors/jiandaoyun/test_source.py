"""Polling: pages, what changes meanwhile, what shows late, where reading goes on; single rows; deleted rows."""

from __future__ import annotations

import asyncio
from datetime import datetime

from hub.sdk.simulation import Fault
from tests.connectors.installation import Installation
from tests.connectors.jiandaoyun.conftest import save_order


async def test_a_record_speaks_in_labels(crm: Installation) -> None:
    save_order(crm, quantity="12.5")
    (record,), _ = await crm.read("销售订单")
    assert (record.organisation, record.key, record.lane, record.operation) == ("一厂", "一厂/SO-1", "一厂/SO-1", "upsert")
    assert record.payload["状态"] == "已确认" and record.payload["flowState"] == 1
    assert record.payload["订单明细"][0] | {"数量": "12.5", "单位": "台", "含税单价": 1130} == record.payload["订单明细"][0]
    assert record.version == record.changed_at.isoformat(timespec="milliseconds")


async def test_a_customers_contacts_stand_in_the_same_form(crm: Installation) -> None:
    crm.books.save("customer", "一厂", "K1", {"code": "K1", "name": "恒通", "state": "active"})
    before = (await crm.read("客户"))[0][0]
    crm.books.save("customer_profile", "一厂", "K1", {"customer": "K1", "contacts": [{"name": "周建国", "phone": "139"}]})
    after = (await crm.read("客户"))[0][0]
    assert after.payload["联系人"][0]["姓名"] == "周建国" and after.payload["客户状态"] == "合作中"
    assert after.version >= before.version


async def test_every_row_comes_over_many_pages(crm: Installation) -> None:
    for number in range(25):
        save_order(crm, f"SO-{number:02d}")
    records, _ = await crm.read("销售订单", page_size=7)
    assert [record.key for record in records] == [f"一厂/SO-{number:02d}" for number in range(25)]


async def test_reading_goes_on_after_any_chunk(crm: Installation) -> None:
    for number in range(10):
        save_order(crm, f"SO-{number}")
    system = crm.open(page_size=3)
    async for chunk in system.source.read("销售订单", None):
        first, cursor = chunk.records, chunk.cursor
        break
    rest, _ = await crm.read("销售订单", cursor, page_size=3)
    assert {record.key for record in [*first, *rest]} == {f"一厂/SO-{number}" for number in range(10)}
    assert len(rest) == 7


async def test_a_row_that_changes_behind_the_page_comes_with_the_next_walk(crm: Installation) -> None:
    for number in range(6):
        save_order(crm, f"SO-{number}")
    cursor = None
    async for chunk in crm.open(page_size=3, overlap_s=0).source.read("销售订单", None):
        if cursor is None:
            save_order(crm, "SO-0", quantity="9")
            await asyncio.sleep(0)
        cursor = chunk.cursor
    records, _ = await crm.read("销售订单", cursor, overlap_s=0)
    assert "一厂/SO-0" in {record.key for record in records}


async def test_old_rows_do_not_come_again(crm: Installation) -> None:
    save_order(crm)
    _, cursor = await crm.read("销售订单", overlap_s=0)
    future = {"since": datetime.fromisoformat(cursor["since"]).replace(year=2099).isoformat()}
    assert (await crm.read("销售订单", future, overlap_s=0))[0] == []


async def test_a_change_that_shows_late_still_comes(crm: Installation) -> None:
    save_order(crm, "SO-LATE", late_s=1.0)
    save_order(crm, "SO-NEXT")
    first, cursor = await crm.read("销售订单")
    await asyncio.sleep(1.1)
    second, _ = await crm.read("销售订单", cursor)
    assert [record.key for record in first] == ["一厂/SO-NEXT"]
    assert "一厂/SO-LATE" in {record.key for record in second}


async def test_an_index_that_lags_delays_and_loses_nothing(crm: Installation) -> None:
    await crm.system.identity()
    crm.faults.force(Fault.LATE_COMMIT)
    save_order(crm)
    first, cursor = await crm.read("销售订单")
    await asyncio.sleep(1.1)
    second, _ = await crm.read("销售订单", cursor)
    assert first == [] and [record.key for record in second] == ["一厂/SO-1"]


async def test_two_plants_may_share_a_number(crm: Installation) -> None:
    save_order(crm)
    crm.books.save("sales_order", "二厂", "SO-1", {"number": "SO-1", "state": "confirmed", "lines": []})
    assert {record.key for record in (await crm.read("销售订单"))[0]} == {"一厂/SO-1", "二厂/SO-1"}
    found = await crm.system.source.fetch("销售订单", "二厂", "SO-1")
    assert found.organisation == "二厂" and found.key == "二厂/SO-1"


async def test_fetch_takes_the_number_or_the_whole_key_and_tells_what_is_not_there(crm: Installation) -> None:
    save_order(crm)
    fetch = crm.system.source.fetch
    assert (await fetch("销售订单", "一厂", "SO-1")) == (await fetch("销售订单", "一厂", "一厂/SO-1"))
    assert await fetch("销售订单", "一厂", "SO-404") is None


async def test_huge_and_strange_texts_come_through_unchanged(crm: Installation) -> None:
    remark = "泵\u200b“引号”\n\t🏭" * 20_000
    save_order(crm, remark=remark)
    assert (await crm.read("销售订单"))[0][0].payload["备注"] == remark


async def test_a_typed_quantity_stays_as_it_was_typed(crm: Installation) -> None:
    save_order(crm, quantity="１２")
    assert (await crm.read("销售订单"))[0][0].payload["订单明细"][0]["数量"] == "１２"


async def test_a_field_added_to_the_form_is_known_with_the_next_page(crm: Installation) -> None:
    save_order(crm)
    await crm.read("销售订单")
    form = crm.system._client._fields["销售订单"]
    crm.system._client._fields["销售订单"] = type(form).of("crm", "销售订单", form.entry_id, [])
    assert (await crm.read("销售订单"))[0][0].payload["订单编号"] == "SO-1"


async def test_a_deleted_row_is_found_by_the_sweep(crm: Installation) -> None:
    save_order(crm, "SO-1")
    save_order(crm, "SO-2")
    _, cursor = await crm.read("销售订单", sweep_every_s=0.001)
    crm.books.delete("sales_order", "一厂", "SO-1")
    await asyncio.sleep(1.1)  # the vendor's clock is read to the second
    records, _ = await crm.read("销售订单", cursor, sweep_every_s=0.001)
    (gone,) = [record for record in records if record.operation == "delete"]
    assert (gone.key, gone.organisation, gone.payload["订单编号"]) == ("一厂/SO-1", "一厂", "SO-1")
