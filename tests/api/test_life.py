"""The life of a code over HTTP: signatures, comments, as of a date, merges, the next code, and likely twins."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import httpx

from hub.app import Hub
from tests.services.builders import BY, OTHER, make_code


async def proposed(client: httpx.AsyncClient, **change: object) -> int:
    answer = await client.post("/api/v1/proposals", json={"change": change, "by": BY})
    assert answer.status_code == 201, answer.text
    return int(answer.json()["proposal"])


async def test_a_signature_by_another_person_makes_the_change_and_comments_stay_with_it(hub: Hub, client: httpx.AsyncClient) -> None:
    await make_code(hub.road.db, "R-1")
    number = await proposed(client, action="change_code", kind="reason", code="R-1", zh="气孔")
    assert (await client.post(f"/api/v1/proposals/{number}/comments", json={"by": OTHER, "text": "同意"})).status_code == 201
    assert (await client.post(f"/api/v1/proposals/{number}/sign", json={"by": BY})).status_code == 403
    assert (await client.post(f"/api/v1/proposals/{number}/sign", json={"by": OTHER})).json()["waits_for"] == []
    shown = (await client.get(f"/api/v1/proposals/{number}")).json()
    assert shown["proposal"]["state"] == "approved"
    assert [one["text"] for one in shown["comments"]] == ["同意"]
    assert [one["by"] for one in shown["decisions"]] == [OTHER]


async def test_a_code_is_shown_as_it_was(hub: Hub, client: httpx.AsyncClient) -> None:
    await make_code(hub.road.db, "R-1")
    now = datetime.now(UTC)
    asked = {"kind": "reason", "code": "R-1"}
    found = await client.get("/api/v1/codes-as-of", params={**asked, "at": (now + timedelta(days=1)).isoformat()})
    assert found.json()["code"]["status"] == "active"
    before = await client.get("/api/v1/codes-as-of", params={**asked, "at": "2001-01-01T00:00:00Z"})
    assert before.status_code == 404


async def test_a_merge_leaves_an_alias(hub: Hub, client: httpx.AsyncClient) -> None:
    for code in ("R-1", "R-2"):
        await make_code(hub.road.db, code)
    number = await proposed(client, action="merge_codes", kind="reason", loser="R-2", winner="R-1")
    assert (await client.post(f"/api/v1/proposals/{number}/sign", json={"by": OTHER})).status_code == 200
    (alias,) = (await client.get("/api/v1/aliases", params={"kind": "reason", "code": "R-1"})).json()
    assert (alias["alias"], alias["code"]) == ("R-2", "R-1")


async def test_the_next_code_is_given_once(client: httpx.AsyncClient) -> None:
    wanted = {"by": BY, "kind": "reason", "attributes": {"list": "fault"}}
    answers = [await client.post("/api/v1/next-code", json=wanted) for _ in range(2)]
    assert [answer.json()["code"] for answer in answers] == ["E01", "E02"]


async def test_who_proposes_a_code_is_told_of_its_twin(hub: Hub, client: httpx.AsyncClient) -> None:
    await make_code(hub.road.db, "R-1", "刀具磨损")
    change = {"action": "create_code", "kind": "reason", "code": "R-9", "zh": "刀具磨损", "attributes": {"list": "scrap"}}
    answer = (await client.post("/api/v1/proposals", json={"change": change, "by": BY})).json()
    assert [one["code"] for one in answer["alike"]] == ["R-1"]
    assert [one["code"] for one in (await client.get("/api/v1/alike", params={"kind": "reason", "text": "djms"})).json()] == ["R-1"]
    assert (await client.get("/api/v1/reminders")).json() == []
