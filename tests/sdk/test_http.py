"""What the lent HTTP client promises: what was surely not sent, what may have been done, what is repeated, and its pace."""

from __future__ import annotations

import asyncio
import json
import socket
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import httpx
import pytest
import respx

from hub.sdk import Http, InDoubtError, TransientError
from hub.sdk.http import ATTEMPTS

Answering = Callable[[asyncio.StreamWriter], Awaitable[None]]
GOOD = b"HTTP/1.1 201 Created\r\nX-Number: MO-1\r\nContent-Length: 6\r\n\r\n\xe5\xb7\xa5\xe5\x8d\x95"


async def say(writer: asyncio.StreamWriter) -> None:
    writer.write(GOOD)


async def hang_up(writer: asyncio.StreamWriter) -> None:
    writer.close()


async def reset(writer: asyncio.StreamWriter) -> None:
    writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


async def break_off(writer: asyncio.StreamWriter) -> None:
    writer.write(GOOD[:-2])
    writer.close()


async def babble(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HELLO\r\n\r\n")


async def keep_silent(writer: asyncio.StreamWriter) -> None:
    return


class Server:
    """Reads whole requests and answers each by `answers` in turn, the last one for ever; `bodies` are what came."""

    def __init__(self) -> None:
        self.answers: list[Answering] = [say]
        self.heads: list[str] = []
        self.bodies: list[bytes] = []
        self.url = ""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while head := (await reader.readuntil(b"\r\n\r\n")).decode():
            length = next((int(line[15:]) for line in head.splitlines() if line.lower().startswith("content-length")), 0)
            self.heads.append(head)
            self.bodies.append(await reader.readexactly(length))
            await (self.answers.pop(0) if len(self.answers) > 1 else self.answers[0])(writer)


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    server, tasks = Server(), []

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        tasks.append(asyncio.current_task())
        try:
            await server.serve(reader, writer)
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            writer.close()

    listening = await asyncio.start_server(connected, "127.0.0.1", 0)
    server.url = f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}/orders"
    yield server
    listening.close()
    for task in filter(None, tasks):
        task.cancel()
    await asyncio.gather(*filter(None, tasks))


@pytest.fixture
async def http() -> AsyncIterator[Http]:
    http = Http("erp", requests_per_s=10_000, timeout_s=0.3)
    yield http
    await http.close()


async def test_any_answer_is_returned_with_its_status_headers_and_body(server: Server, http: Http) -> None:
    answer = await http.call("POST", server.url, safe=False, json={"number": "单"}, headers={"X-Api-Key": "k"}, params={"since": "a b"})
    assert (answer.status_code, answer.headers["x-number"], answer.text) == (201, "MO-1", "工单")
    assert json.loads(server.bodies[0]) == {"number": "单"}
    head = server.heads[0]
    assert head.startswith("POST /orders?since=a+b ") and "X-Api-Key: k" in head and "Content-Type: application/json" in head


async def test_bytes_go_as_they_are(server: Server, http: Http) -> None:
    await http.call("POST", server.url, safe=False, content=b"\x00\xff")
    assert server.bodies == [b"\x00\xff"]


@pytest.mark.parametrize("answering", [hang_up, reset, break_off, babble, keep_silent])
async def test_a_write_that_was_sent_and_not_answered_may_have_been_done(server: Server, http: Http, answering: Answering) -> None:
    server.answers = [answering]
    with pytest.raises(InDoubtError):
        await http.call("POST", server.url, safe=False, json={})
    assert len(server.bodies) == 1


@pytest.mark.parametrize("answering", [hang_up, reset, break_off, babble, keep_silent])
async def test_a_read_is_repeated_a_few_times_and_then_tried_again_later(server: Server, http: Http, answering: Answering) -> None:
    server.answers = [answering]
    with pytest.raises(TransientError):
        await http.call("POST", server.url, safe=True, json={})
    assert len(server.bodies) == ATTEMPTS


async def test_a_read_that_failed_once_is_answered(server: Server, http: Http) -> None:
    server.answers = [hang_up, say]
    assert (await http.call("GET", server.url, safe=True)).status_code == 201


async def test_without_a_connection_nothing_was_done(http: Http) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}/"
    with pytest.raises(TransientError) as caught:
        await http.call("POST", url, safe=False, json={})
    assert caught.value.code == "unreachable"


async def test_a_call_may_be_more_patient_than_the_others(server: Server, http: Http) -> None:
    async def late(writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(0.5)
        await say(writer)

    server.answers = [late]
    assert (await http.call("POST", server.url, safe=False, json={}, timeout_s=5)).status_code == 201


async def test_no_more_calls_run_at_once_than_the_vendor_bears(server: Server) -> None:
    running: list[int] = []
    now = 0

    async def busy(writer: asyncio.StreamWriter) -> None:
        nonlocal now
        now += 1
        running.append(now)
        await asyncio.sleep(0)
        now -= 1
        await say(writer)

    server.answers = [busy]
    http = Http("erp", requests_per_s=10_000, concurrency=2)
    await asyncio.gather(*(http.call("GET", server.url, safe=True) for _ in range(10)))
    await http.close()
    assert max(running) <= 2


async def test_a_number_that_json_does_not_know_is_never_sent(server: Server, http: Http) -> None:
    body: Any = {"quantity": float("nan")}
    with pytest.raises(ValueError, match="JSON"):
        await http.call("POST", server.url, safe=False, json=body)
    assert server.bodies == []


async def test_a_session_cookie_goes_back_with_every_later_call(server: Server, http: Http) -> None:
    async def log_in(writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nSet-Cookie: kdservice-sessionid=s1; path=/\r\nContent-Length: 0\r\n\r\n")

    server.answers = [log_in, say]
    for _ in range(3):
        await http.call("GET", server.url, safe=True)
    assert ["kdservice-sessionid=s1" in head for head in server.heads] == [False, True, True]


async def test_a_connectors_own_tests_may_answer_in_the_networks_place() -> None:
    with respx.mock(base_url="https://vendor.example", assert_all_called=True) as router:
        asked = router.post("/orders").respond(409, json={"msg": "重复"})
        http = Http("erp", transport=httpx.MockTransport(router.async_handler))
        answer = await http.call("POST", "https://vendor.example/orders", safe=False, json={"number": "SO-1"})
        router.get("/orders").mock(side_effect=httpx.ReadTimeout)
        with pytest.raises(TransientError):
            await http.call("GET", "https://vendor.example/orders", safe=True)
    assert (answer.status_code, answer.json()) == (409, {"msg": "重复"})
    assert json.loads(asked.calls.last.request.content) == {"number": "SO-1"}
