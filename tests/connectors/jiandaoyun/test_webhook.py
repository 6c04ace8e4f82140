"""The data push: the signature over raw bytes, what cannot be read, and the vendor's habits in sending."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from connectors.jiandaoyun.errors import FormNotReadYet, WebhookUnreadable
from connectors.jiandaoyun.simulator import WEBHOOK_SECRET
from connectors.jiandaoyun.source import signature
from hub.sdk import Record, SignatureRejected, WebhookRequest
from hub.sdk.simulation import Fault, serve
from tests.connectors.installation import Installation
from tests.connectors.jiandaoyun.conftest import save_order


def signed(body: bytes, *, secret: str = WEBHOOK_SECRET, at: int | None = None) -> WebhookRequest:
    """A webhook as the vendor sends it."""
    stamp = str(at if at is not None else int(time.time()))
    headers = {"x-jdy-signature": signature("n0nce", body, secret, stamp), "x-jdy-deliverid": "d1"}
    return WebhookRequest(headers=headers, query={"nonce": "n0nce", "timestamp": stamp}, body=body)


async def until(condition: Callable[[], bool]) -> None:
    """Wait for something to happen; five seconds at most."""
    async with asyncio.timeout(5):
        while not condition():  # noqa: ASYNC110 - a plain condition, told by nobody
            await asyncio.sleep(0.01)


def order_body(**changes: Any) -> bytes:
    """A push in labels as ids unknown to nobody: only system fields."""
    data = {"_id": "0a", "formName": "销售订单", "updateTime": "2026-11-22T02:00:00.123Z"}
    return json.dumps({"op": "data_update", "data": data} | changes, ensure_ascii=False).encode()


def test_the_signature_is_the_vendors() -> None:
    assert signature("n", b"{}", "s", "1") == "46bcb84f41e6b5f6cc9f23c8410688281cb9a1d3"


@pytest.mark.parametrize("layout", [{"indent": 3}, {"separators": (" ,  ", " : ")}, {"ensure_ascii": True}])
async def test_odd_whitespace_and_escapes_are_part_of_what_was_signed(crm: Installation, layout: dict[str, Any]) -> None:
    await crm.system.identity()
    message = {"data": {"formName": "销售订单", "_id": "0a", "备注": "泵🏭", "updateTime": "2026-11-22T02:00:00.000Z"}, "op": "data_update"}
    body = b"\r\n " + json.dumps(message, **layout).encode() + b"\n"
    assert len(crm.system.source.receive(signed(body))) == 1
    same_json = json.dumps(json.loads(body), ensure_ascii=False).encode()
    request = signed(body)
    with pytest.raises(SignatureRejected):
        crm.system.source.receive(WebhookRequest(headers=request.headers, query=request.query, body=same_json))


@pytest.mark.parametrize(
    "forge",
    [
        lambda r: WebhookRequest(headers={}, query=r.query, body=r.body),
        lambda r: WebhookRequest(headers={"x-jdy-signature": "ü" * 40}, query=r.query, body=r.body),
        lambda r: WebhookRequest(headers=r.headers, query={**r.query, "nonce": "other"}, body=r.body),
        lambda r: WebhookRequest(headers=r.headers, query={}, body=r.body),
        lambda r: WebhookRequest(headers=r.headers, query=r.query, body=r.body + b" "),
        lambda r: signed(r.body, secret="guessed"),
        lambda r: signed(r.body, at=int(time.time()) - 3600),
        lambda r: signed(r.body, at=int(time.time()) + 3600),
    ],
)
async def test_what_does_not_come_from_the_vendor_is_refused(crm: Installation, forge: Callable[[WebhookRequest], WebhookRequest]) -> None:
    await crm.system.identity()
    with pytest.raises(SignatureRejected):
        crm.system.source.receive(forge(signed(order_body())))


UNREADABLE = [b"", b"{", b"\xff\xfe", b"null", b"[]", b'{"op": "data_update"}', b'{"op": "data_burn", "data": {}}', b"[" * 99_999]


@pytest.mark.parametrize("body", UNREADABLE)
async def test_a_signed_body_that_cannot_be_read_is_a_data_error(crm: Installation, body: bytes) -> None:
    with pytest.raises(WebhookUnreadable):
        crm.system.source.receive(signed(body))


async def test_a_form_that_we_do_not_read_gives_nothing(crm: Installation) -> None:
    assert crm.system.source.receive(signed(order_body(data={"formName": "考勤"}))) == ()


async def test_a_changed_form_is_read_again(crm: Installation) -> None:
    await crm.system.identity()
    before = crm.system._client.known_form("销售订单")
    assert crm.system.source.receive(signed(b'{"op": "form_update", "data": {}}')) == ()
    await until(lambda: crm.system._client.known_form("销售订单") is not before)


async def test_before_the_fields_are_known_the_vendor_must_push_again(crm: Installation) -> None:
    with pytest.raises(FormNotReadYet):
        crm.system.source.receive(signed(order_body()))
    await until(lambda: crm.system._client.known_form("销售订单") is not None)
    assert len(crm.system.source.receive(signed(order_body()))) == 1


async def test_a_row_without_number_is_kept_under_its_id(crm: Installation) -> None:
    await crm.system.identity()
    assert crm.system.source.receive(signed(order_body()))[0].key == "/0a"


class Receiver:
    """Takes pushes as the hub would: records, refused ones, and whether to say no at first."""

    def __init__(self, crm: Installation) -> None:
        self._crm = crm
        self.records: list[Record] = []
        self.deliveries: list[str] = []
        self.refused = self.answer_503 = 0
        self.app = Starlette(routes=[Route("/hook", self._take, methods=["POST"])])

    async def _take(self, request: Request) -> Response:
        taken = WebhookRequest(headers=dict(request.headers), query=dict(request.query_params), body=await request.body())
        self.deliveries.append(taken.headers["x-jdy-deliverid"])
        if self.answer_503:
            self.answer_503 -= 1
            return Response(status_code=503)
        try:
            self.records += self._crm.system.source.receive(taken)
        except SignatureRejected:
            self.refused += 1
            return Response(status_code=401)
        return Response(status_code=202)


@pytest.fixture
async def hook(crm: Installation) -> AsyncIterator[Receiver]:
    await crm.system.identity()
    receiver = Receiver(crm)
    async with serve(receiver.app) as url:
        crm.simulator.connect_webhook(f"{url}/hook")
        yield receiver


async def test_a_push_gives_the_very_record_that_a_poll_gives(crm: Installation, hook: Receiver) -> None:
    save_order(crm, remark="“泵”")
    await until(lambda: len(hook.records) == 1)
    assert hook.records == (await crm.read("销售订单"))[0]


async def test_a_deletion_is_pushed_as_one(crm: Installation, hook: Receiver) -> None:
    save_order(crm)
    await until(lambda: len(hook.records) == 1)
    crm.books.delete("sales_order", "一厂", "SO-1")
    await until(lambda: len(hook.records) == 2)
    assert hook.records[1].operation == "delete" and hook.records[1].version > hook.records[0].version


async def test_it_is_pushed_again_until_it_is_taken(crm: Installation, hook: Receiver) -> None:
    hook.answer_503 = 2
    save_order(crm)
    await until(lambda: len(hook.records) == 1)
    assert len(hook.deliveries) == 3 and len(set(hook.deliveries)) == 1


async def test_a_push_that_comes_twice_is_the_same_record_twice(crm: Installation, hook: Receiver) -> None:
    crm.faults.force(Fault.WEBHOOK_TWICE)
    save_order(crm)
    await until(lambda: len(hook.records) == 2)
    assert hook.records[0] == hook.records[1] and len(set(hook.deliveries)) == 1


async def test_pushes_out_of_order_can_be_told_by_their_version(crm: Installation, hook: Receiver) -> None:
    crm.faults.force(Fault.WEBHOOK_REORDERED)
    save_order(crm, quantity="1")
    await asyncio.sleep(0.01)
    save_order(crm, quantity="2")
    await until(lambda: len(hook.records) == 2)
    assert hook.records[0].version > hook.records[1].version
    assert hook.records[0].payload["状态"] == "已变更"


async def test_a_forged_push_is_refused_beside_the_true_one(crm: Installation, hook: Receiver) -> None:
    crm.faults.force(Fault.WEBHOOK_FORGED)
    save_order(crm)
    await until(lambda: hook.refused == 1 and len(hook.records) == 1)
    assert hook.records[0].payload["状态"] == "已确认"


async def test_what_is_never_pushed_is_found_by_polling(crm: Installation, hook: Receiver) -> None:
    crm.faults.force(Fault.WEBHOOK_LOST)
    save_order(crm, "SO-IMPORTED")
    save_order(crm, "SO-2")
    await until(lambda: len(hook.records) == 1)
    assert {record.key for record in (await crm.read("销售订单"))[0]} == {"一厂/SO-IMPORTED", "一厂/SO-2"}
