"""A person's word over HTTP, carried out by the loops of a running hub."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx

from hub.app import Hub
from tests.api.conftest import sign
from tests.services.builders import BY


async def test_an_unreadable_push_is_held_and_dropped_when_a_person_says_so(hub: Hub, client: httpx.AsyncClient) -> None:
    running = asyncio.create_task(hub.run())
    try:
        body = b"{broken"
        assert (await client.post("/webhooks/crm", content=body, headers={"X-Signature": sign(body)})).status_code == 202
        (hold,) = await until(client, "/api/v1/holds", lambda rows: len(rows) == 1)
        assert hold["state"] == "waiting" and hold["code"] == "unreadable-record"
        await client.post(f"/api/v1/holds/{hold['id']}/discard", json={"by": BY, "reason": "测试推送"})
        shown = await until(client, f"/api/v1/holds/{hold['id']}", lambda found: found["hold"]["state"] == "closed")
        assert (shown["hold"]["closed_as"], shown["hold"]["wish_by"], shown["hold"]["reason"]) == ("discarded", BY, "测试推送")
        assert await until(client, "/api/v1/holds", lambda rows: not rows) == []
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def until(client: httpx.AsyncClient, route: str, holds: Any) -> Any:
    """What a route answers once it is as wanted."""
    async with asyncio.timeout(20):
        while True:
            answer = (await client.get(route)).json()
            if holds(answer):
                return answer
            await asyncio.sleep(0.02)
