"""One database's JSON-RPC: logs in once for all who share it, sends the user's context with every call, judges the answer."""

from __future__ import annotations

import asyncio
import base64
import math
import time
from collections.abc import Mapping, Sequence
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any, NamedTuple

from connectors.tryton.config import Settings
from connectors.tryton.envelope import Verdict, classify
from connectors.tryton.errors import FAILURES, NoSuchRecord, SessionLost
from hub.sdk import CredentialsRejected, Http, HubError, Meaning, error_of

REJECTED_FOR_S = 10.0
"""So long after a refusal nobody tries again: the hub has stopped the system by then, and only a person's word starts it anew."""


class Session(NamedTuple):
    """What a login gave: the header of every call, and the context that is the last parameter of every model call."""

    header: str
    context: Mapping[str, Any]


class Client:
    """Calls methods of one database. `server_now` is the server's clock at its last answer."""

    def __init__(self, system: str, settings: Settings, http: Http) -> None:
        self.system = system
        self.settings = settings
        self.server_now: datetime | None = None
        self._http = http
        self._session: Session | None = None
        self._login_lock = asyncio.Lock()
        self._last_login = -math.inf
        self._rejected: CredentialsRejected | None = None
        self._rejected_at = -math.inf

    async def read(
        self, model: str, domain: Sequence[Any], fields: Sequence[str], *, limit: int | None = None
    ) -> list[dict[str, Any]]:
        """Records in order of id, archived ones too, dotted fields nested (`party.code` → `{"party": {"code": …}}`)."""
        parameters = (list(domain), 0, limit, [["id", "ASC"]], list(fields))
        rows: list[dict[str, Any]] = await self._call(model, "search_read", parameters, safe=True)
        return [nested(row) for row in rows]

    async def change(self, model: str, method: str, *parameters: Any) -> Any:
        """A call that changes something: `create`, `write`, or a button. A button of Tryton answers null."""
        return await self._call(model, method, parameters, safe=False)

    async def ask(self, model: str, method: str, *parameters: Any) -> Any:
        """A call that changes nothing, such as `on_change`."""
        return await self._call(model, method, parameters, safe=True)

    async def id_of(self, model: str, field: str, value: Any) -> int:
        """The record with this value. Raises NoSuchRecord."""
        found = await self.read(model, [[field, "=", value]], ["rec_name"], limit=1)
        if not found:
            raise NoSuchRecord(system=self.system, model=model, field=field, value=value)
        return int(found[0]["id"])

    async def company(self) -> int:
        """The company of the user's preferences: every record is read and written as in this one."""
        return int((await self._present()).context["company"])

    async def identity(self) -> str:
        """`database/company`."""
        context = (await self._present()).context
        return f"{self.settings.database}/{context.get('company.rec_name', '')}"

    async def close(self) -> None:
        """Log out."""
        session, self._session = self._session, None
        if session:
            await self._exchange("common.db.logout", [], session=session, safe=True)

    async def _call(self, model: str, method: str, parameters: Sequence[Any], *, safe: bool) -> Any:
        """The result of a good answer. Raises what `error_of` says; a lost session is renewed and the call repeated, once."""
        name = f"model.{model}.{method}"
        verdict = Verdict(Meaning.RENEW)
        for _ in range(2):
            session = await self._present()
            context = {**session.context, "active_test": not safe}
            verdict = await self._exchange(name, [*parameters, context], session=session, safe=safe)
            if verdict.meaning is not Meaning.RENEW:
                break
            self._forget(session)
        if verdict.meaning is Meaning.OK:
            return verdict.result
        raise self._error(verdict, f"{model} {method}", safe=safe)

    async def _present(self) -> Session:
        if self._rejected is not None and time.monotonic() - self._rejected_at < REJECTED_FOR_S:
            raise self._rejected
        if self._session is None:
            async with self._login_lock:  # who comes second finds the first one's session
                self._session = self._session or await self._login()
        return self._session

    def _forget(self, session: Session) -> None:
        if self._session is session:
            self._session = None

    async def _login(self) -> Session:
        """One attempt. A wrong password is never tried again: after six Tryton answers 429 to the right one, too."""
        rest = self._last_login + self.settings.login_pause_s - time.monotonic()
        if rest > 0:
            raise SessionLost(retry_after_s=rest, system=self.system, words="the session was lost right after a login")
        settings = self.settings
        secret = {"password": settings.password.get_secret_value()}
        answer = await self._exchange("common.db.login", [settings.user, secret, settings.language], session=None, safe=True)
        if answer.meaning in (Meaning.RENEW, Meaning.CREDENTIALS) or (answer.meaning is Meaning.OK and not answer.result):
            self._rejected, self._rejected_at = CredentialsRejected(system=self.system, words=answer.words or "login"), time.monotonic()
            raise self._rejected
        if answer.meaning is not Meaning.OK:
            raise self._error(answer, "login", safe=True)
        self._last_login = time.monotonic()
        token = base64.b64encode(f"{settings.user}:{answer.result[0]}:{answer.result[1]}".encode()).decode()
        return await self._with_context(Session(f"Session {token}", {}))

    async def _with_context(self, session: Session) -> Session:
        """Tryton: without the whole of the preferences a create fails, for the company is not set."""
        answer = await self._exchange("model.res.user.get_preferences", [True, {}], session=session, safe=True)
        if answer.meaning is not Meaning.OK:
            raise self._error(answer, "get_preferences", safe=True)
        return Session(session.header, answer.result)

    def _error(self, verdict: Verdict, what: str, *, safe: bool) -> HubError:
        return error_of(verdict.meaning, FAILURES, safe=safe, system=self.system, what=what, words=verdict.words)

    async def _exchange(self, method: str, parameters: Sequence[Any], *, session: Session | None, safe: bool) -> Verdict:
        url = f"{self.settings.url}/{self.settings.database}/rpc/"  # 8.0; up to 7.x there was no rpc/
        headers = {"Authorization": session.header} if session else {}
        body = {"id": 1, "method": method, "params": list(parameters)}
        response = await self._http.call("POST", url, safe=safe, json=body, headers=headers)
        if "date" in response.headers:
            self.server_now = parsedate_to_datetime(response.headers["date"])
        return classify(response.status_code, response.text)


def nested(row: Mapping[str, Any]) -> dict[str, Any]:
    """Tryton puts the fields of a related record under `party.`; without the dot, its id stays inside."""
    result = {name: _nested_value(value) for name, value in row.items() if not name.endswith(".")}
    return result | {name[:-1]: _nested_value(value) for name, value in row.items() if name.endswith(".")}


def _nested_value(value: Any) -> Any:
    if isinstance(value, dict):
        return nested(value)
    return [_nested_value(item) for item in value] if isinstance(value, list) else value
