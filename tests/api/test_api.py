"""The use cases over HTTP: the token, the languages, the problems, and that each route does what its use case does."""

from __future__ import annotations

import httpx
import pytest

from hub.api import create_api
from hub.app import Hub
from hub.incidents import open_incident
from tests.services.builders import BY, NOW, OTHER, held_record, make_code, person, unknown

ROUTES = ["/api/v1/holds", "/api/v1/incidents", "/api/v1/codes?kind=unit", "/api/v1/unknown-codes", "/api/v1/proposals",
          "/api/v1/reports", "/api/v1/status", "/api/v1/systems", "/api/v1/quality", "/api/v1/quality/validity/rows?kind=unit",
          "/api/v1/quality/validity/trend?since=2026-01-01", "/api/v1/units/factors",
          "/api/v1/units/convert?quantity=2&from_unit=KGM&to_unit=GRM"]  # fmt: skip


@pytest.mark.parametrize("route", ROUTES)
async def test_every_list_answers_whoever_carries_the_token(client: httpx.AsyncClient, route: str) -> None:
    assert (await client.get(route)).status_code == 200


async def test_nobody_else_is_answered(client: httpx.AsyncClient) -> None:
    for header in ("", "Bearer wrong", "Basic t0ken"):
        answer = await client.get("/api/v1/holds", headers={"Authorization": header})
        assert answer.status_code == 401 and answer.json()["code"] == "api-token-wrong"


async def test_without_a_configured_token_the_api_is_closed_and_says_why(hub: Hub) -> None:
    from dataclasses import replace

    settings = hub.road.settings.model_copy(update={"api_token": ""})
    closed = Hub(replace(hub.road, settings=settings))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=create_api(closed)), base_url="http://hub") as client:
        answer = await client.get("/api/v1/holds", headers={"Authorization": "Bearer "})
        assert answer.status_code == 403 and "api_token" in answer.json()["detail"]
        assert (await client.get("/live")).status_code == 200


async def test_problems_are_told_in_the_language_that_is_accepted(client: httpx.AsyncClient) -> None:
    zh = await client.get("/api/v1/holds/999", headers={"Accept-Language": "zh-CN,en;q=0.5"})
    en = await client.get("/api/v1/holds/999", headers={"Accept-Language": "de,en;q=0.5"})
    assert zh.status_code == en.status_code == 404
    assert "没有编号" in zh.json()["detail"] and "There is no held message" in en.json()["detail"]
    assert zh.headers["content-language"] == "zh" and zh.json()["status"] == 404


async def test_a_malformed_request_is_a_problem_too(client: httpx.AsyncClient) -> None:
    answer = await client.post("/api/v1/holds/1/release", json={"who": "me"})
    assert answer.status_code == 422 and answer.json()["code"] == "request-wrong"


async def test_a_hold_is_shown_and_released(hub: Hub, client: httpx.AsyncClient) -> None:
    hold = await held_record(hub.road.db, person())
    shown = (await client.get(f"/api/v1/holds/{hold}")).json()
    assert shown["hold"]["state"] == "waiting" and shown["message"]["订单编号"] == "SO-1"
    answer = await client.post(f"/api/v1/holds/{hold}/release", json={"by": BY})
    assert answer.json()["state"] == "ready"
    assert (await client.post(f"/api/v1/holds/{hold}/discard", json={"by": BY})).status_code == 422


async def test_a_correction_is_proposed_by_one_and_approved_by_another(hub: Hub, client: httpx.AsyncClient) -> None:
    hold = await held_record(hub.road.db, person())
    asked = {"by": BY, "reason": "数量写错", "payload": {"订单编号": "SO-1", "数量": "5"}}
    assert (await client.post(f"/api/v1/holds/{hold}/resend", json=asked)).json()["proposed_by"] == BY
    assert (await client.post(f"/api/v1/holds/{hold}/resend", json=asked)).status_code == 409
    assert (await client.post(f"/api/v1/holds/{hold}/resend/approve", json={"by": BY})).status_code == 403
    assert (await client.post(f"/api/v1/holds/{hold}/resend/approve", json={"by": OTHER})).json()["proposed_by"] == ""
    again = await client.post(f"/api/v1/holds/{hold}/resend/refuse", json={"by": OTHER, "reason": "x"})
    assert again.status_code == 409 and again.json()["code"] == "no-correction"


async def test_an_unknown_code_is_answered_by_one_and_approved_by_another(hub: Hub, client: httpx.AsyncClient) -> None:
    db = hub.road.db
    await held_record(db, unknown("ABC-1"))
    await make_code(db, "R-1")
    (row,) = (await client.get("/api/v1/unknown-codes")).json()
    assert (row["local_code"], row["messages"], row["orders"]) == ("ABC-1", 1, 1)
    number = (await client.post(f"/api/v1/unknown-codes/{row['id']}/answer", json={"by": BY, "code": "R-1"})).json()["proposal"]
    same = await client.post(f"/api/v1/proposals/{number}/approve", json={"by": BY})
    assert same.status_code == 403 and same.json()["code"] == "same-person"
    approved = (await client.post(f"/api/v1/proposals/{number}/approve", json={"by": OTHER})).json()
    assert approved["freed"] == 1
    assert (await client.get("/api/v1/unknown-codes")).json() == []
    (reference,) = (await client.get("/api/v1/cross-references", params={"kind": "reason", "code": "R-1"})).json()
    assert (reference["system"], reference["local_code"]) == ("crm", "ABC-1")


async def test_a_change_is_proposed_in_words_that_are_checked(client: httpx.AsyncClient) -> None:
    change = {"action": "create_code", "kind": "reason", "code": "R-2", "zh": "缺料", "attributes": {"list": "downtime"}}
    assert (await client.post("/api/v1/proposals", json={"by": BY, "change": change})).status_code == 201
    wrong = await client.post("/api/v1/proposals", json={"by": BY, "change": {"action": "create_cod"}})
    assert wrong.status_code == 422 and wrong.json()["code"] == "change-unreadable"


async def test_an_incident_is_closed_with_a_reason(hub: Hub, client: httpx.AsyncClient) -> None:
    async with hub.road.db.write() as session:
        await open_incident(session, "target-unreachable", "erp", {"system": "erp", "what": "time-out"}, NOW)
    (row,) = (await client.get("/api/v1/incidents")).json()
    assert "erp" in row["what"]["zh"] and row["grade"] == 2
    assert (await client.post(f"/api/v1/incidents/{row['id']}/close", json={"by": BY, "reason": "线路已修复"})).status_code == 200
    assert (await client.get("/api/v1/incidents")).json() == []


async def test_a_paused_system_is_resumed_while_the_hub_runs(hub: Hub, client: httpx.AsyncClient) -> None:
    async with hub.road.db.write() as session:
        await open_incident(session, "too-many-errors", "crm", {"system": "crm", "wrong": 150, "count": 200}, NOW)
    assert [row["name"] for row in (await client.get("/api/v1/systems")).json()] == ["crm"]
    assert (await client.post("/api/v1/systems/crm/resume", json={"by": BY})).json() == {"resumed": "crm"}
    assert (await client.get("/api/v1/incidents")).json() == []
    assert (await client.post("/api/v1/systems/crm/resume", json={"by": BY})).json()["code"] == "system-not-stopped"


async def test_a_number_that_nobody_knows_is_not_found(client: httpx.AsyncClient) -> None:
    assert (await client.get("/api/v1/journeys/SO-404")).json()["code"] == "nothing-found"
    assert (await client.get("/api/v1/messages", params={"number": "SO-404"})).status_code == 404


async def test_ready_names_what_does_not_answer(hub: Hub, client: httpx.AsyncClient) -> None:
    assert (await client.get("/ready")).json() == {"status": "ready", "wrong": {}}
    await hub.road.bus.stop()
    answer = await client.get("/ready")
    assert answer.status_code == 503 and list(answer.json()["wrong"]) == ["bus"]


async def test_metrics_show_what_is_held(hub: Hub, client: httpx.AsyncClient) -> None:
    await held_record(hub.road.db, unknown())
    text = (await client.get("/metrics")).text
    assert 'loopline_holds{group="normalize",state="waiting"} 1.0' in text
    assert 'loopline_hold_causes{kind="code"} 1.0' in text
