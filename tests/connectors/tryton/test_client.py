"""One login for all, a lost session renewed once, wrong credentials tried once; the context goes with every call."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from connectors.tryton.client import Client, nested
from connectors.tryton.config import Settings
from hub.sdk import CredentialsRejected, Http, InDoubtError, TransientError
from hub.sdk.simulation import serve

SETTINGS = {"database": "erp", "user": "hub", "password": "secret"}


class Server:
    """Answers logins, preferences and reads; `answer` may come before."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, str, list[Any]]] = []
        self.answer: Callable[[str], Response | None] = lambda method: None
        self.logins = 0
        self.url = ""
        self.app = Starlette(routes=[Route("/erp/rpc/", self._serve, methods=["POST"])])

    async def _serve(self, request: Request) -> Response:
        body = json.loads(await request.body())
        self.calls.append((body["method"], request.headers.get("authorization", ""), body["params"]))
        answer = self.answer(body["method"])
        return answer if answer is not None else JSONResponse({"id": 1, "result": self._result(body["method"])})

    def _result(self, method: str) -> Any:
        if method == "common.db.login":
            self.logins += 1
            return [1, f"session{self.logins}", None]
        return {"company": 1, "company.rec_name": "Works"} if method.endswith("get_preferences") else [{"id": 1}]

    def count(self, method: str) -> int:
        return sum(name == method for name, _, _ in self.calls)


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    server = Server()
    async with serve(server.app) as server.url:
        yield server


@pytest.fixture
async def client(server: Server) -> AsyncIterator[Client]:
    http = Http("erp", requests_per_s=10_000)
    yield Client("erp", Settings.model_validate({**SETTINGS, "url": server.url, "login_pause_s": 0}), http)
    await http.close()


async def test_many_tasks_share_one_login(server: Server, client: Client) -> None:
    await asyncio.gather(*(client.read("party.party", [], ["code"]) for _ in range(5)))
    assert (server.count("common.db.login"), server.count("model.party.party.search_read")) == (1, 5)


async def test_the_context_of_the_user_is_the_last_parameter(server: Server, client: Client) -> None:
    await client.read("party.party", [["code", "=", "C"]], ["code"], limit=3)
    await client.change("sale.sale", "quote", [7])
    (_, token, read), (_, _, change) = server.calls[-2:]
    assert token.startswith("Session ")
    context = {"company": 1, "company.rec_name": "Works"}
    assert read == [[["code", "=", "C"]], 0, 3, [["id", "ASC"]], ["code"], context | {"active_test": False}]
    assert change == [[7], context | {"active_test": True}]


async def test_a_lost_session_is_renewed_once_and_the_call_repeated(server: Server, client: Client) -> None:
    await client.company()
    lost = [Response(status_code=401)]
    server.answer = lambda method: lost.pop() if lost and method.endswith("quote") else None
    await client.change("sale.sale", "quote", [7])
    assert (server.count("common.db.login"), server.count("model.sale.sale.quote")) == (2, 2)


async def test_a_session_that_is_lost_again_waits(server: Server, client: Client) -> None:
    server.answer = lambda method: Response(status_code=401) if method.endswith("quote") else None
    with pytest.raises(TransientError) as caught:
        await client.change("sale.sale", "quote", [7])
    assert caught.value.code == "tryton-session-lost"
    assert server.count("common.db.login") == 2


async def test_logins_keep_their_distance(server: Server) -> None:
    http = Http("erp")
    client = Client("erp", Settings.model_validate({**SETTINGS, "url": server.url}), http)
    server.answer = lambda method: Response(status_code=401) if method.endswith("quote") else None
    for _ in range(3):
        with pytest.raises(TransientError):
            await client.change("sale.sale", "quote", [7])
    assert server.count("common.db.login") == 1
    await http.close()


@pytest.mark.parametrize("answer", [HTMLResponse("<html>", 401), JSONResponse({"result": None})])
async def test_a_wrong_password_is_tried_once(server: Server, client: Client, answer: Response) -> None:
    server.answer = lambda method: answer if method == "common.db.login" else None
    for _ in range(3):
        with pytest.raises(CredentialsRejected):
            await client.read("party.party", [], ["code"])
    assert server.count("common.db.login") == 1


async def test_too_many_logins_wait_long(server: Server, client: Client) -> None:
    server.answer = lambda method: HTMLResponse("<html>", 429) if method == "common.db.login" else None
    with pytest.raises(TransientError) as caught:
        await client.company()
    assert caught.value.code == "tryton-logins-limited" and (caught.value.retry_after_s or 0) >= 300


async def test_a_write_that_is_answered_by_html_is_in_doubt(server: Server, client: Client) -> None:
    server.answer = lambda method: HTMLResponse("<html>", 503) if "sale" in method else None
    with pytest.raises(InDoubtError):
        await client.change("sale.sale", "create", [{}])
    with pytest.raises(TransientError):
        await client.read("sale.sale", [], ["state"])


async def test_closing_logs_out_and_only_who_is_in(server: Server, client: Client) -> None:
    await client.close()
    assert server.calls == []
    assert await client.identity() == "erp/Works"
    await client.close()
    assert server.calls[-1][0] == "common.db.logout"


def test_related_fields_are_nested_without_the_dot() -> None:
    row = {"id": 1, "party": 2, "party.": {"code": "C", "id": 2}, "lines": [3], "lines.": [{"id": 3, "unit": 1, "unit.": {"symbol": "u"}}]}
    assert nested(row) == {"id": 1, "party": {"code": "C", "id": 2}, "lines": [{"id": 3, "unit": {"symbol": "u"}}]}
