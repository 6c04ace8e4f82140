"""What an answer means, and what calling teaches: forms, labels, limits, credentials."""

from __future__ import annotations

import time

import pytest

from connectors.jiandaoyun.client import Pace, classify, read_json
from connectors.jiandaoyun.errors import FormMissing, LabelTwice, RateLimited
from connectors.jiandaoyun.fields import Fields
from connectors.jiandaoyun.texts import TEXTS
from hub.sdk import CredentialsRejected, Meaning, TransientError
from hub.sdk.simulation import Fault
from tests.connectors.installation import Installation
from tests.connectors.jiandaoyun.conftest import make_product, save_order

HTML = b"<html>502 Bad Gateway</html>"


@pytest.mark.parametrize(
    ("status", "content", "meaning"),
    [
        (200, b'{"data": []}', Meaning.OK),
        (200, HTML, Meaning.IN_DOUBT),
        (200, b"[1]", Meaning.IN_DOUBT),
        (400, '{"code": 8303, "msg": "超出请求频率限制"}'.encode(), Meaning.RATE_LIMITED),
        (429, b"", Meaning.RATE_LIMITED),
        (400, b'{"code": 8301, "msg": "x"}', Meaning.CREDENTIALS),
        (401, b"", Meaning.CREDENTIALS),
        (403, HTML, Meaning.CREDENTIALS),
        (400, b'{"code": 17018, "msg": "x"}', Meaning.REFUSED),
        (400, b'{"code": "strange", "msg": "x"}', Meaning.REFUSED),
        (400, HTML, Meaning.IN_DOUBT),
        (502, HTML, Meaning.IN_DOUBT),
        (504, b'{"msg": "timeout"}', Meaning.IN_DOUBT),
    ],
)
def test_every_answer_has_one_meaning(status: int, content: bytes, meaning: Meaning) -> None:
    assert classify(status, content).meaning is meaning


def test_the_vendors_words_are_kept() -> None:
    assert classify(400, '{"code": 17018, "msg": "字段需要数字"}'.encode()).words == "字段需要数字"


@pytest.mark.parametrize("text", [b"{\xff}", b'{"a": NaN}', b"[" * 100_000, b""])
def test_what_is_no_json_is_refused_as_such(text: bytes) -> None:
    with pytest.raises(ValueError):
        read_json(text)


def test_no_digit_of_a_fraction_is_lost() -> None:
    assert read_json(b'{"a": 0.1000000000000000055}') == {"a": "0.1000000000000000055"}


def test_two_fields_of_one_label_stop_the_system_with_a_remedy() -> None:
    widgets = [{"label": "备注", "name": "_widget_1", "type": "text"}, {"label": "备注", "name": "_widget_2", "type": "text"}]
    with pytest.raises(LabelTwice) as caught:
        Fields.of("crm", "产品", "e1", widgets)
    assert caught.value.facts["label"] == "备注"


async def test_the_apps_identity_is_proved_by_reading_its_forms(crm: Installation) -> None:
    assert await crm.system.identity() == "app-demo"


async def test_a_form_that_is_not_there_is_named_beside_those_that_are(crm: Installation) -> None:
    with pytest.raises(FormMissing) as caught:
        await crm.system.source.fetch("合同", "一厂", "X")
    assert caught.value.facts["form"] == "合同" and "销售订单" in caught.value.facts["known"]


async def test_a_key_that_stopped_working_stops_the_system(crm: Installation) -> None:
    crm.simulator.api_key = "another"
    with pytest.raises(CredentialsRejected):
        await crm.read("销售订单")
    with pytest.raises(CredentialsRejected):
        await crm.system.sink.write(make_product())
    assert crm.rows() == []


async def test_too_many_calls_are_surely_not_done(crm: Installation) -> None:
    await crm.system.identity()
    crm.faults.force(Fault.RATE_LIMITED)
    with pytest.raises(RateLimited):
        await crm.system.sink.write(make_product())
    assert crm.rows() == []


async def test_a_gateways_page_lets_a_read_be_tried_again(crm: Installation) -> None:
    save_order(crm)
    crm.faults.force(Fault.GARBAGE)
    with pytest.raises(TransientError):
        await crm.read("销售订单")
    assert len((await crm.read("销售订单"))[0]) == 1


async def test_a_read_that_is_refused_is_tried_again_later(crm: Installation) -> None:
    with pytest.raises(TransientError) as caught:
        await crm.system._client.ask("/app/entry/data/list", {"entry_id": "unknown"})
    assert "表单不存在" in caught.value.facts["what"]


async def test_the_vendors_own_limit_is_kept(crm: Installation) -> None:
    crm.simulator.limits["read"].calls = 30
    for number in range(45):
        save_order(crm, f"SO-{number:02d}")
    records, _ = await crm.read("销售订单", pace=1.0, page_size=1)
    assert len(records) == 45


async def test_callers_pass_one_after_the_other() -> None:
    pace, begun = Pace(100), time.monotonic()
    for _ in range(6):
        await pace.turn()
    assert time.monotonic() - begun >= 0.05


def test_every_text_is_in_both_languages() -> None:
    assert all(text.zh and text.en and code.startswith("jiandaoyun-") for code, text in TEXTS.items())
