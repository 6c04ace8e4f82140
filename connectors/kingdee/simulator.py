"""A K3Cloud server over simulated books: its two ways to sign in, its envelopes, its limits and its bad habits, over real HTTP."""

from __future__ import annotations

import asyncio
import json
import time
import uuid
from base64 import b64decode
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from connectors.kingdee.client import ACCOUNT_SETS, AUTHENTICATION, DOCUMENTS, SESSION
from connectors.kingdee.envelope import SESSION_LOST
from connectors.kingdee.signing import login_sign, signed_headers
from connectors.kingdee.simulated_documents import Documents, Refusal
from hub.sdk.simulation import Books, Entry, Fault, Faults, Veil

APP_ID = "243222_AAECAwQFBgcICQoLDA0ODxAREhMUFRYX"
APP_SECRET = "0123456789abcdef0123456789abcdef"
ACCT_ID = "62eb2f3d5f7a4c"
USER = "integration"
DEMO_REQUESTS_PER_S = 500.0  # a simulated factory is faster than a real one
SESSION_IDLE_S = 20 * 60.0
CLOCK_SKEW_S = 15 * 60
WRITES = ("Save", "Submit", "Audit", "UnAudit", "CancelAssign", "ExcuteOperation", "ExecuteOperation")
GARBAGE: Sequence[tuple[int, str, bool]] = (  # status, text, carried out before
    (502, "<html><body>502 Bad Gateway</body></html>", True),
    (200, "response_error:未将对象引用设置到对象的实例", False),
    (519, '{"errcode":5001,"description":"upstream failed","description_cn":"网关转发失败"}', False),
    (200, "", True),  # MsgCode 4, an exception after the commit
)


class KingdeeSimulator:
    """One installation. `logins` counts logins, `calls` the operations that were asked for, in order."""

    def __init__(
        self, books: Books, faults: Faults, *, organisations: Sequence[str] = ("100", "200"), name: str = "泵业制造",
        object_to: Callable[[Entry, str], str | None] = lambda entry, operation: None, landing_s: float = 0.3, late_s: float = 2.0,
    ) -> None:  # fmt: skip
        self.name = name
        self.app_secret = APP_SECRET
        self.logins = 0
        self.calls: list[str] = []
        self._faults = faults
        self._organisations = tuple(organisations)
        self._documents = Documents(books, Veil(books, faults, late_s), object_to)
        self._sessions: dict[str, float] = {}
        self._landing_s = landing_s
        self._landings: set[asyncio.Task[None]] = set()
        self._garbage = 0
        self.app = Starlette(routes=[Route("/k3cloud/{service}", self._serve, methods=["POST"])])

    def settings(self, url: str) -> Mapping[str, Any]:
        """The connector's settings for this server; a change to an audited document unaudits it."""
        return {
            "url": url, "acct_id": ACCT_ID, "user": USER, "app_id": APP_ID, "app_secret": APP_SECRET, "identity": self.name,
            "organisations": list(self._organisations), "overlap_s": 5, "login_pause_s": 0.5,
            "timeout_s": 2.0, "requests_per_s": DEMO_REQUESTS_PER_S, "audited": "unaudit",
        }  # fmt: skip

    def connect_webhook(self, url: str) -> None:
        """K3Cloud sends none."""

    def end_sessions(self) -> None:
        """Every session is gone, as after a restart of the server."""
        self._sessions.clear()

    async def close(self) -> None:
        """Drop what was still to land."""
        for landing in self._landings:
            landing.cancel()
        await asyncio.gather(*self._landings, return_exceptions=True)

    async def _serve(self, request: Request) -> Response:
        service = request.path_params["service"].removesuffix(".common.kdsvc")
        body = json.loads(await request.body() or b"{}")
        if service == ACCOUNT_SETS:
            return JSONResponse([{"Id": "5f0000000000aa", "Name": "测试账套"}, {"Id": ACCT_ID, "Name": self.name}])
        if service.startswith(AUTHENTICATION):
            return self._authenticate(service.removeprefix(f"{AUTHENTICATION}."), body, request)
        operation = service.removeprefix(f"{DOCUMENTS}.")
        self.calls.append(operation)
        signed = "x-api-signature" in request.headers
        if signed and not _signature_good(request, self.app_secret):
            return JSONResponse({"errcode": 4002, "description": "signature error", "description_cn": "签名错误"}, 519)
        session = request.headers.get(SESSION, "")
        if self._faults.strike(Fault.SESSION_DIES):
            self._sessions.pop(session, None)
            return self._failed(operation, SESSION_LOST, 1)
        if not signed and not self._alive(session):
            return self._failed(operation, SESSION_LOST, 1)
        answer = await self._operate(operation, body, request)
        if signed and not session:
            answer.headers[SESSION] = self._open_session()
        return answer

    async def _operate(self, operation: str, body: Mapping[str, Any], request: Request) -> Response:
        if self._faults.strike(Fault.RATE_LIMITED):
            return self._failed(operation, "调用次数超过限制", 14)
        if operation == "ExecuteBillQuery":
            return self._garbage_answer(operation) if self._faults.strike(Fault.GARBAGE) else self._answer(operation, body)
        if operation not in WRITES:
            return self._failed(operation, f"操作 {operation} 不存在", 3)
        for fault, trouble in self._troubles.items():
            if self._faults.strike(fault):
                return await trouble(self, operation, body, request)
        return self._answer(operation, body)

    async def _locked(self, operation: str, body: Mapping[str, Any], request: Request) -> Response:
        return self._failed(operation, "网络控制冲突,单据正在被其他用户操作", 13)

    async def _never_done(self, operation: str, body: Mapping[str, Any], request: Request) -> Response:
        await _caller_gives_up(request)
        return PlainTextResponse("", 504)

    async def _done_unanswered(self, operation: str, body: Mapping[str, Any], request: Request) -> Response:
        self._answer(operation, body)
        return await self._never_done(operation, body, request)

    async def _lands_late(self, operation: str, body: Mapping[str, Any], request: Request) -> Response:
        await _caller_gives_up(request)
        landing = asyncio.create_task(self._land(operation, body))
        self._landings.add(landing)
        landing.add_done_callback(self._landings.discard)
        return PlainTextResponse("", 504)

    async def _pretended(self, operation: str, body: Mapping[str, Any], request: Request) -> Response:
        return _succeeded(999_999_999, "")

    async def _garbled(self, operation: str, body: Mapping[str, Any], request: Request) -> Response:
        if GARBAGE[self._garbage % len(GARBAGE)][2]:
            self._answer(operation, body)
        return self._garbage_answer(operation)

    _troubles: Mapping[Fault, Callable[..., Awaitable[Response]]] = {
        Fault.BUSINESS_ERROR: _locked, Fault.TIMEOUT_BEFORE: _never_done, Fault.TIMEOUT_AFTER: _done_unanswered,
        Fault.LATE_LANDING: _lands_late, Fault.NOTHING_DONE: _pretended, Fault.GARBAGE: _garbled,
    }  # fmt: skip

    async def _land(self, operation: str, body: Mapping[str, Any]) -> None:
        await asyncio.sleep(self._landing_s)
        self._answer(operation, body)

    def _answer(self, operation: str, body: Mapping[str, Any]) -> Response:
        try:
            if operation == "ExecuteBillQuery":
                return JSONResponse(self._documents.query(body["data"]))
            entry = self._change(operation, body["formid"], body["data"], body)
        except Refusal as refusal:
            return self._failed(operation, refusal.message, refusal.number)
        return _succeeded(entry.id, entry.number)

    def _change(self, operation: str, form: str, data: Mapping[str, Any], body: Mapping[str, Any]) -> Entry:
        if operation == "Save":
            return self._documents.save(form, data["Model"])
        if operation in ("ExcuteOperation", "ExecuteOperation"):
            return self._documents.operate(body["opNumber"], form, data)
        return self._documents.step(operation, form, data)

    def _garbage_answer(self, operation: str) -> Response:
        status, text, _ = GARBAGE[self._garbage % len(GARBAGE)]
        self._garbage += 1
        return PlainTextResponse(text, status) if text else self._failed(operation, "服务器异常", 4)

    def _failed(self, operation: str, message: str, number: int) -> Response:
        status = {
            "ErrorCode": 500, "IsSuccess": False, "Errors": [{"FieldName": None, "Message": message, "DIndex": 0}], "SuccessEntitys": [],
            "SuccessMessages": [], "MsgCode": number,
        }  # fmt: skip
        envelope: Any = {"Result": {"ResponseStatus": status}}
        return JSONResponse([[envelope]] if operation == "ExecuteBillQuery" else envelope)

    def _authenticate(self, operation: str, body: Mapping[str, Any], request: Request) -> Response:
        if operation == "Logout":
            self._sessions.pop(request.headers.get(SESSION, ""), None)
            return JSONResponse(True)
        self.logins += 1
        if not _login_good(operation, body.get("parameters") or [], self.app_secret):
            return JSONResponse({"Message": "应用密钥或用户有误", "LoginResultType": 0, "KDSVCSessionId": ""})
        context = {"UserName": USER, "DataCenterName": self.name, "CurrentOrganizationInfo": {"Number": self._organisations[0]}}
        return JSONResponse({"Message": None, "LoginResultType": 1, "Context": context, "KDSVCSessionId": self._open_session()})

    def _open_session(self) -> str:
        session = uuid.uuid4().hex
        self._sessions[session] = time.monotonic()
        return session

    def _alive(self, session: str) -> bool:
        used = self._sessions.get(session)
        if used is None or time.monotonic() - used > SESSION_IDLE_S:
            return False
        self._sessions[session] = time.monotonic()
        return True


async def _caller_gives_up(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass


def _succeeded(id: int, number: str) -> Response:
    entity = {"Id": id, "Number": number, "DIndex": 0}
    status = {"ErrorCode": "", "IsSuccess": True, "Errors": [], "SuccessEntitys": [entity], "SuccessMessages": [], "MsgCode": 0}
    return JSONResponse({"Result": {"Id": id, "Number": number, "NeedReturnData": [{}], "ResponseStatus": status}})


def _login_good(operation: str, parameters: Sequence[Any], secret: str) -> bool:
    if operation == "LoginByAppSecret":
        return list(parameters[:4]) == [ACCT_ID, USER, APP_ID, secret]
    if operation == "LoginBySign" and len(parameters) >= 5:
        sign = login_sign(ACCT_ID, USER, APP_ID, secret, parameters[3])
        return list(parameters[:3]) == [ACCT_ID, USER, APP_ID] and parameters[4] == sign
    return False


def _signature_good(request: Request, secret: str) -> bool:
    """Signed with our secrets, for this path, at about this time."""
    stamp = request.headers.get("x-api-timestamp", "")
    if not stamp.isdigit() or abs(int(stamp) - time.time()) > CLOCK_SKEW_S:
        return False
    organisation = _decoded(request.headers.get("x-kd-appdata", "")).rpartition(",")[2]
    expected = signed_headers(
        request.url.path, app_id=APP_ID, app_secret=secret, app_data=f"{ACCT_ID},{USER},2052,{organisation}", now_s=int(stamp)
    )
    return all(request.headers.get(name) == value for name, value in expected.items())


def _decoded(text: str) -> str:
    try:
        return b64decode(text).decode()
    except ValueError:
        return ""


def make_simulator(books: Books, faults: Faults) -> KingdeeSimulator:
    """The simulator with the demo's organisations; tests and the demo may make their own `KingdeeSimulator`."""
    return KingdeeSimulator(books, faults)
