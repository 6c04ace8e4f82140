"""Bad input that a CRM pushes: each ends as the table says, with a text that tells a person what to do, and good orders go on."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from connectors.jiandaoyun.sheets import SHEETS, raw_row, stamp, widget
from tests.e2e.bad_input.gate import BEGAN, LINES, Gate, Row

pytestmark = pytest.mark.asyncio(loop_scope="module")

Body = bytes | Row


def head(**fields: Any) -> Callable[[Row], Body]:
    """The order with some fields of its head changed; None takes a field away."""
    def change(row: Row) -> Body:
        for label, value in fields.items():
            row[widget(label)] = value
            if value is None:
                del row[widget(label)]
        return row

    return change


def line(**fields: Any) -> Callable[[Row], Body]:
    """The same of its only line."""
    def change(row: Row) -> Body:
        head_of_line = head(**fields)
        head_of_line(row[LINES][0])
        return row

    return change


def total_off_by(cents: float) -> Callable[[Row], Body]:
    """The head's total is not the sum of its lines."""
    return lambda row: {**row, widget("价税合计"): round(row[widget("价税合计")] + cents, 2)}


@dataclass(frozen=True)
class Wrong:
    """What is put in; the code it is held with; for whom; what the Chinese and the English text say to do."""

    put_in: str
    change: Callable[[Row], Body]
    code: str
    concerns: str
    zh: str
    en: str


WRONG = (
    Wrong("broken JSON", lambda row: b'{"op": "data_update", "data": {', "unreadable-record", "system:crm", "重新发送", "sent again"),
    Wrong("another encoding", lambda row: '{"op": "data_update", "data": {"客户": "一厂"}}'.encode("gbk"),
          "unreadable-record", "system:crm", "重新发送", "sent again"),
    Wrong("no record", lambda row: b"[1, 2]", "unreadable-record", "system:crm", "重新发送", "sent again"),
    Wrong("more than the bus carries", head(备注="泵" * 400_000), "unreadable-record", "system:crm", "重新发送", "sent again"),
    Wrong("a missing field", head(下单时间=None), "model-violated", "system:crm", "ordered_at", "ordered_at"),
    Wrong("a line without quantity", line(数量=None), "model-violated", "system:crm", "quantity", "quantity"),
    Wrong("no lines at all", head(订单明细=[]), "model-violated", "system:crm", "lines", "lines"),
    Wrong("a date that is none", head(下单时间="22.11.26"), "not-a-time", "system:crm", "22.11.26", "22.11.26"),
    Wrong("a quantity that is no number", line(数量="一打"), "not-a-number", "system:crm", "一打", "一打"),
    Wrong("a negative quantity", line(数量=-3), "quantity-negative", "system:crm", "-3", "-3"),
    Wrong("part of a pump", line(数量="2.5"), "count-broken", "system:crm", "2.5", "2.5"),
    Wrong("an unknown unit", line(单位="抬"), "cause-code", "steward", "待办编码", "hub code inbox"),
    Wrong("an unknown material", line(物料编码="WILD-1"), "cause-code", "steward", "WILD-1", "WILD-1"),
    Wrong("an unknown state", head(状态="半确认"), "not-in-table", "system:crm", "半确认", "半确认"),
    Wrong("an unknown organisation", head(组织="三厂"), "organisation-unknown", "system:crm", "organisations", "organisations"),
    Wrong("a total that is 0.01 more", total_off_by(0.01), "header-differs-from-lines", "system:crm", "0.01", "0.01"),
    Wrong("a total that is 0.01 less", total_off_by(-0.01), "header-differs-from-lines", "system:crm", "0.01", "0.01"),
)  # fmt: skip


@pytest.mark.parametrize("case", WRONG, ids=lambda case: case.put_in)
async def test_what_is_wrong_is_held_and_says_what_to_do(gate: Gate, case: Wrong) -> None:
    before = {view.id for view in await gate.works.holds()}
    number = f"W-{WRONG.index(case)}"
    assert (await gate.push(case.change(gate.row(number)))).status_code == 202
    view = await gate.held(before)
    assert (view.code, view.concerns, view.state) == (case.code, case.concerns, "waiting")
    for language, does in (("zh", case.zh), ("en", case.en)):
        said = getattr(view.waits_for, language)
        assert does in said and not re.search(r"{\w+}", said) and 15 < len(said) < 1000, said
    await gate.still_carries()
    assert gate.in_erp(number) == {}


DATES = {
    "in UTC": "2026-11-22T01:00:00.000Z", "with a zone": "2026-11-22T09:00:00+08:00", "with blanks": "2026-11-22 09:00:00",
    "with slashes": "2026/11/22 09:00", "in Chinese": "2026年11月22日 09时00分", "in one piece": "20261122090000",
    "in milliseconds": 1795309200000,
}  # fmt: skip
RIGHT: dict[str, Callable[[Row], Body]] = {
    "a field nobody knows": lambda row: {**row, "_widget_999": {"a": [1]}, "加急": True},
    "a number as text": line(数量="2"),
    "a number with zeros": line(数量="2.000"),
    "full-width digits": line(数量="２"),
    "blanks around": line(数量=" 2 ", 单位=" 台 "),
    "an empty remark": head(备注=""),
    **{f"a date {form}": head(下单时间=text) for form, text in DATES.items()},
}


@pytest.mark.parametrize("put_in", RIGHT)
async def test_what_can_only_mean_one_thing_is_carried(gate: Gate, put_in: str) -> None:
    number = f"R-{list(RIGHT).index(put_in)}"
    held = len(await gate.works.holds())
    assert (await gate.push(RIGHT[put_in](gate.row(number)))).status_code == 202
    order = await gate.arrives(number)
    if "date" in put_in:
        assert str(order["ordered_at"]).startswith("2026-11-21T16:00")      # the day in the works' zone, as the ERP keeps days
    assert len(await gate.works.holds()) == held


async def test_five_megabytes_are_refused_with_a_text_and_counted(gate: Gate) -> None:
    body = json.dumps({"op": "data_update", "data": {"备注": "x" * 5_000_000}}).encode()
    for language, says in (("zh", "分批推送"), ("en", "smaller parts")):
        answer = await gate.push(body, language=language)
        assert answer.status_code == 413 and says in answer.json()["detail"]
    metrics = (await gate.client.get(f"{gate.address}/metrics")).text
    assert 'loopline_webhooks_total{result="too_large",system="crm"} 2.0' in metrics
    await gate.still_carries()


async def test_a_version_that_goes_back_is_counted_and_changes_nothing(gate: Gate) -> None:
    await gate.push(gate.row("V-1", 5, at_s=10))
    await gate.arrives("V-1", 5)
    before = await gate.counted("normalize", "crm")
    await gate.push(gate.row("V-1", 4, at_s=5))
    await gate.counts("normalize", "crm", "history", before)
    await gate.still_carries()
    assert (await gate.arrives("V-1", 5))["lines"]


async def test_the_same_time_with_another_content_is_a_change_for_a_vendor_that_only_knows_times(gate: Gate) -> None:
    await gate.push(gate.row("V-2", 5, at_s=10))
    await gate.arrives("V-2", 5)
    await gate.push(gate.row("V-2", 6, at_s=10))
    await gate.arrives("V-2", 6)


async def test_a_value_that_goes_there_and_back_is_three_events(gate: Gate) -> None:
    before = await gate.counted("normalize", "crm")
    for at_s, quantity in ((0, 2), (1, 7), (2, 2)):
        await gate.push(gate.row("V-3", quantity, at_s=at_s))
        await gate.arrives("V-3", quantity)
    await gate.counts("normalize", "crm", "published", before, more=3)


async def test_a_cancelled_order_that_returns_is_asked_for_and_taken_back(gate: Gate) -> None:
    await gate.push(gate.row("V-4"))
    await gate.arrives("V-4")
    for at_s, said, state in ((1, "已取消", "cancel_requested"), (2, "已确认", "confirmed")):
        row = head(状态=said)(gate.row("V-4", at_s=at_s))
        await gate.push(row)
        await gate.works.until(lambda state=state: gate.in_erp("V-4").get("state") == state)
    assert (await gate.arrives("V-4"))["status"] == "submitted"


async def test_an_order_deleted_in_the_crm_is_asked_to_be_cancelled_in_the_erp(gate: Gate) -> None:
    await gate.push(gate.row("V-5"))
    await gate.arrives("V-5")
    gone = {**gate.row("V-5"), "deleteTime": stamp(BEGAN.replace(hour=2))}
    assert (await gate.push(head(状态="半确认")(gone), op="data_remove")).status_code == 202
    await gate.works.until(lambda: gate.in_erp("V-5").get("state") == "cancel_requested")
    await gate.still_carries()


async def test_a_deleted_customer_is_for_a_person_who_is_told_where_it_stands(gate: Gate) -> None:
    sales = gate.works.sales
    form = next(sheet for sheet in SHEETS if sheet.kind == "customer")
    before = {view.id for view in await gate.works.holds()}
    (customer,) = sales.books.entries("customer")
    await gate.push({**raw_row(sales.books, form, customer), "deleteTime": stamp(sales.books.now())}, op="data_remove")

    async def is_held() -> bool:
        return "deleted-at-source" in [view.code for view in await gate.works.holds() if view.id not in before]

    await gate.works.until(is_held)
    view = await gate.held(before)
    assert "erp" in view.waits_for.zh and "作废或关闭" in view.waits_for.zh and "Cancel or close it in erp" in view.waits_for.en
    await gate.still_carries()
