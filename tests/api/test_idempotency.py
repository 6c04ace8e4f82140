"""A call that comes twice under one key is carried out once; who changes a code says which version was seen."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import httpx

from hub.api.idempotency import UNDER_WAY
from hub.app import Hub
from hub.storage import repeats
from tests.services.builders import BY, OTHER, make_code

KEY = {"Idempotency-Key": "0f6d-1"}


def creating(code: str = "R-9") -> dict[str, Any]:
    change = {"action": "create_code", "kind": "reason", "code": code, "zh": "砂眼", "en": "porosity", "attributes": {"list": "scrap"}}
    return {"change": change, "by": BY, "reason": ""}


async def open_proposals(client: httpx.AsyncClient) -> int:
    return len((await client.get("/api/v1/proposals")).json())


async def test_the_same_call_under_one_key_is_carried_out_once_and_answered_alike(client: httpx.AsyncClient) -> None:
    first = await client.post("/api/v1/proposals", json=creating(), headers=KEY)
    again = await client.post("/api/v1/proposals", json=creating(), headers=KEY)
    assert (first.status_code, again.status_code) == (201, 201) and first.json() == again.json()
    assert again.headers["idempotency-replayed"] == "true" and "idempotency-replayed" not in first.headers
    assert await open_proposals(client) == 1


async def test_without_a_key_it_is_carried_out_as_often_as_it_comes(client: httpx.AsyncClient) -> None:
    for code in ("R-1", "R-2"):
        assert (await client.post("/api/v1/proposals", json=creating(code))).status_code == 201
    assert await open_proposals(client) == 2


async def test_a_key_of_another_call_is_refused(client: httpx.AsyncClient) -> None:
    await client.post("/api/v1/proposals", json=creating(), headers=KEY)
    answer = await client.post("/api/v1/proposals", json=creating("R-2"), headers=KEY)
    assert (answer.status_code, answer.json()["code"]) == (422, "idempotency-key-reused")


async def test_what_was_refused_may_come_again_under_its_key(client: httpx.AsyncClient) -> None:
    wrong = creating() | {"by": ""}
    assert (await client.post("/api/v1/proposals", json=wrong, headers=KEY)).status_code == 422
    assert (await client.post("/api/v1/proposals", json=creating(), headers=KEY)).status_code == 201


async def test_a_key_that_is_none_is_refused(client: httpx.AsyncClient) -> None:
    for key in ("", "x" * 201):
        answer = await client.post("/api/v1/proposals", json=creating(), headers={"Idempotency-Key": key})
        assert (answer.status_code, answer.json()["code"]) == (400, "idempotency-key-wrong")


async def test_a_call_that_is_still_under_way_is_not_carried_out_again(hub: Hub, client: httpx.AsyncClient) -> None:
    """As a second sending finds it: the first one is being carried out, or its process died."""
    first = await client.post("/api/v1/proposals", json=creating(), headers=KEY)
    assert first.status_code == 201
    async with hub.road.db.write() as session:
        await session.execute(repeats.repeats.update().values(status=0))
    answer = await client.post("/api/v1/proposals", json=creating(), headers=KEY)
    assert (answer.status_code, answer.json()["code"]) == (409, "idempotency-under-way")
    async with hub.road.db.write() as session:
        await session.execute(repeats.repeats.update().values(begun_at=hub.road.now() - UNDER_WAY - timedelta(seconds=1)))
    answer = await client.post("/api/v1/proposals", json=creating(), headers=KEY)
    assert (answer.status_code, answer.json()["code"]) == (409, "idempotency-outcome-unknown")


async def test_a_code_has_its_version_as_a_tag(hub: Hub, client: httpx.AsyncClient) -> None:
    await make_code(hub.road.db, "R-1")
    first = await client.get("/api/v1/codes/reason/R-1")
    tag = first.headers["etag"]
    assert tag == f'"{first.json()["code"]["version"]}"'
    assert (await client.get("/api/v1/codes/reason/R-1", headers={"If-None-Match": tag})).status_code == 304


async def test_a_change_of_what_was_changed_since_it_was_seen_is_refused(hub: Hub, client: httpx.AsyncClient) -> None:
    await make_code(hub.road.db, "R-1")
    seen = (await client.get("/api/v1/codes/reason/R-1")).headers["etag"]
    change = {"change": {"action": "change_code", "kind": "reason", "code": "R-1", "zh": "气孔"}, "by": BY, "reason": ""}
    proposal = (await client.post("/api/v1/proposals", json=change, headers={"If-Match": seen})).json()["proposal"]
    assert (await client.post(f"/api/v1/proposals/{proposal}/approve", json={"by": OTHER})).status_code == 200
    answer = await client.post("/api/v1/proposals", json=change, headers={"If-Match": seen})
    assert (answer.status_code, answer.json()["code"]) == (412, "precondition-failed")


async def test_the_uses_of_a_code_are_listed_with_what_becomes_of_them(hub: Hub, client: httpx.AsyncClient) -> None:
    answer = await client.get("/api/v1/uses", params={"kind": "unit", "code": "H87"})
    assert answer.status_code == 200
    assert (await client.get("/api/v1/uses", params={"kind": "unit", "code": "NOPE"})).status_code == 404
