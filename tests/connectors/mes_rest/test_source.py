"""Reading what the shop floor says: pages, late rows, where reading goes on, single rows."""

from __future__ import annotations

import asyncio

import pytest

from hub.sdk import SignatureRejected, WebhookRequest
from tests.connectors.installation import Installation
from tests.connectors.mes_rest.conftest import make_order, save_report


async def test_a_report_travels_in_its_work_orders_lane(mes: Installation) -> None:
    save_report(mes, "R-1", scrap="1", reasons=[{"reason": "S01", "quantity": "1"}])
    (record,), _ = await mes.read("reports")
    assert (record.organisation, record.key, record.lane, record.version) == ("F1", "F1/R-1", "F1/MO-1", 1)
    assert record.payload["reasons"] == [{"reason_code": "S01", "qty": "1"}] and record.payload["good_qty"] == "10"
    assert "lot" not in record.payload and record.changed_at is not None


async def test_equipment_is_its_own_lane(mes: Installation) -> None:
    mes.books.save("equipment_status", "F1", "E-1", {"equipment": "LINE-1", "state": "run", "started_at": "2026-11-23T00:00:00+00:00"})
    assert (await mes.read("equipment-status"))[0][0].lane == "F1/LINE-1"


async def test_a_row_without_number_is_kept_under_its_id(mes: Installation) -> None:
    entry = mes.books.save("job_order", "F1", "", {"state": "ready"})
    assert (await mes.read("jobs"))[0][0].key == f"F1/{entry.id}"


@pytest.mark.parametrize("page_size", [1, 7, 25, 26])
async def test_every_row_comes_once_however_pages_cut(mes: Installation, page_size: int) -> None:
    for number in range(25):
        save_report(mes, f"R-{number:02d}")
    records, _ = await mes.read("reports", page_size=page_size)
    assert [record.key for record in records] == [f"F1/R-{number:02d}" for number in range(25)]


async def test_reading_goes_on_after_any_chunk(mes: Installation) -> None:
    for number in range(10):
        save_report(mes, f"R-{number}")
    async for chunk in mes.open(page_size=4).source.read("reports", None):
        first, cursor = chunk.records, chunk.cursor
        break
    rest, _ = await mes.read("reports", cursor, page_size=4)
    assert [record.key for record in [*first, *rest]] == [f"F1/R-{number}" for number in range(10)]


async def test_only_what_is_new_comes_again_apart_from_the_overlap(mes: Installation) -> None:
    save_report(mes, "R-1")
    _, cursor = await mes.read("reports")
    await asyncio.sleep(0.01)
    save_report(mes, "R-2")
    assert [record.key for record in (await mes.read("reports", cursor))[0]] == ["F1/R-1", "F1/R-2"]
    records, cursor = await mes.read("reports", cursor, overlap_s=0)
    assert "F1/R-2" in {record.key for record in records}
    assert [record.key for record in (await mes.read("reports", cursor, overlap_s=0))[0]] == ["F1/R-2"]


async def test_a_commit_behind_the_cursor_still_comes(mes: Installation) -> None:
    save_report(mes, "R-LATE", late_s=1.0)
    save_report(mes, "R-NEXT")
    first, cursor = await mes.read("reports")
    await asyncio.sleep(1.1)
    second, _ = await mes.read("reports", cursor)
    assert [record.key for record in first] == ["F1/R-NEXT"]
    assert [record.key for record in second] == ["F1/R-LATE", "F1/R-NEXT"]


async def test_an_empty_answer_keeps_the_cursor(mes: Installation) -> None:
    save_report(mes, "R-1")
    _, cursor = await mes.read("reports")
    mes.books.delete("operation_report", "F1", "R-1")
    assert await mes.read("reports", cursor) == ([], cursor)


async def test_fetch_takes_the_number_or_the_whole_key_and_tells_what_is_not_there(mes: Installation) -> None:
    save_report(mes, "R-1")
    fetch = mes.system.source.fetch
    assert await fetch("reports", "F1", "R-1") == await fetch("reports", "F1", "F1/R-1")
    assert (await fetch("reports", "F1", "R-1")).key == "F1/R-1"
    assert await fetch("reports", "F2", "R-1") is None


async def test_a_row_that_we_wrote_names_our_document(mes: Installation) -> None:
    await mes.system.sink.write(make_order())
    assert (await mes.system.source.fetch("work-orders", "F1", "MO-1")).document_key == "production_order/P1/MO-1"


async def test_huge_and_strange_texts_come_through_unchanged(mes: Installation) -> None:
    remark = "渗漏\u200b“引号”\n🏭" * 20_000
    save_report(mes, "R/1 甲", remark=remark)
    (record,), _ = await mes.read("reports")
    assert record.payload["remark"] == remark and record.key == "F1/R/1 甲"
    assert await mes.system.source.fetch("reports", "F1", "R/1 甲") == record


async def test_this_mes_sends_no_webhooks(mes: Installation) -> None:
    with pytest.raises(SignatureRejected):
        mes.system.source.receive(WebhookRequest(headers={}, query={}, body=b"{}"))
