"""A webhook is answered 202 only when the bus has its records; everything else is refused with a status that says what to do."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator

import httpx

from hub.app import Hub
from hub.bus.base import Partition
from hub.pipeline.wire import unpack_inbound
from tests.api.conftest import sign

INBOUND = Partition("inbound.crm", 0)


async def push(client: httpx.AsyncClient, body: bytes, signature: str = "") -> httpx.Response:
    return await client.post("/webhooks/crm", content=body, headers={"X-Signature": signature or sign(body)})


def order(number: str = "SO-1", version: int = 1) -> bytes:
    return json.dumps({"number": number, "version": version, "备注": "加急"}, ensure_ascii=False).encode()


async def test_accepted_means_that_the_bus_has_it(hub: Hub, client: httpx.AsyncClient) -> None:
    answer = await push(client, order())
    assert answer.status_code == 202
    (message,) = await hub.road.bus.read(INBOUND, 0, 10)
    record = unpack_inbound(message.value)
    assert (record.key, record.via, record.payload["备注"]) == ("SO-1", "webhook", "加急")


async def test_the_same_push_twice_is_accepted_twice_and_kept_once(hub: Hub, client: httpx.AsyncClient) -> None:
    for _ in range(2):
        assert (await push(client, order())).status_code == 202
    assert len(await hub.road.bus.read(INBOUND, 0, 10)) == 1


async def test_a_forged_push_is_refused_counted_and_not_kept(hub: Hub, client: httpx.AsyncClient) -> None:
    answer = await push(client, order(), "guessed")
    assert answer.status_code == 401 and answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"] == "webhook-signature-wrong"
    assert await hub.road.bus.read(INBOUND, 0, 10) == []
    assert 'loopline_webhooks_total{result="forged",system="crm"} 1.0' in (await client.get("/metrics")).text


async def test_a_signed_push_that_cannot_be_read_is_kept_for_a_person(hub: Hub, client: httpx.AsyncClient) -> None:
    assert (await push(client, b"{broken")).status_code == 202
    (message,) = await hub.road.bus.read(INBOUND, 0, 10)
    assert "{broken" in unpack_inbound(message.value).unreadable


async def test_a_body_above_the_limit_is_refused_by_its_length(client: httpx.AsyncClient) -> None:
    assert (await push(client, b"x" * 2_001)).status_code == 413


async def test_a_body_without_a_length_is_not_read_to_its_end(client: httpx.AsyncClient) -> None:
    sent = 0

    async def parts() -> AsyncIterator[bytes]:
        nonlocal sent
        for _ in range(100):
            sent += 1
            yield b"x" * 1_000

    answer = await client.post("/webhooks/crm", content=parts(), headers={"X-Signature": "any"})
    assert answer.status_code == 413 and sent < 100


async def test_an_unknown_system_is_not_found(client: httpx.AsyncClient) -> None:
    assert (await client.post("/webhooks/wms", content=b"{}")).status_code == 404


async def test_without_a_bus_nothing_is_promised(hub: Hub, client: httpx.AsyncClient) -> None:
    await hub.road.bus.stop()
    answer = await push(client, order())
    assert answer.status_code == 503 and int(answer.headers["retry-after"]) > 0
    assert answer.json()["code"] == "webhook-not-kept"
