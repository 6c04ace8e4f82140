"""One installation's WebAPI: signs or logs in, sends, judges the answer, and renews a lost session once for all who share it."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Mapping, Sequence
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

from connectors.kingdee.config import Settings
from connectors.kingdee.envelope import Verdict, classify
from connectors.kingdee.errors import FAILURES, AccountSetUnknown, ServerUnwell, SessionLost, WrongAccountSet
from connectors.kingdee.signing import login_sign, signed_headers
from hub.sdk import CredentialsRejected, Http, HubError, Meaning, Response, error_of

DOCUMENTS = "Kingdee.BOS.WebApi.ServicesStub.DynamicFormService"
AUTHENTICATION = "Kingdee.BOS.WebApi.ServicesStub.AuthService"
ACCOUNT_SETS = "Kingdee.BOS.ServiceFacade.ServicesStub.Account.AccountService.GetDataCenterList"
SESSION = "kdservice-sessionid"
REJECTED_FOR_S = 10.0
"""So long after a refusal nobody tries again: the hub has stopped the system by then, and only a person's word starts it anew."""


class Client:
    """Calls operations of one account set. All tasks share one session; `server_now` is the server's clock at its last answer."""

    def __init__(self, system: str, settings: Settings, http: Http) -> None:
        self.system = system
        self.settings = settings
        self.server_now: datetime | None = None
        self._http = http
        self._session = ""
        self._login_lock = asyncio.Lock()
        self._last_login = -math.inf
        self._rejected: CredentialsRejected | None = None
        self._rejected_at = -math.inf
        self._confirmed = False

    async def query(
        self, form: str, fields: Sequence[str], where: str, *, order: str, start: int = 0, limit: int = 2000
    ) -> list[list[Any]]:
        """Rows of ExecuteBillQuery in the order of `fields`. Kingdee: TopRowCount is an absolute end row, so it stays 0."""
        body = {"data": {
            "FormId": form, "FieldKeys": ",".join(fields), "FilterString": where, "OrderString": order,
            "TopRowCount": 0, "StartRow": start, "Limit": limit, "SubSystemId": "",
        }}  # fmt: skip
        rows = await self.execute("ExecuteBillQuery", body, safe=True)
        if not isinstance(rows, list):
            raise ServerUnwell(system=self.system, words="the rows of a query are missing")
        return rows

    async def execute(self, operation: str, body: Mapping[str, Any], *, safe: bool) -> Any:
        """The body of a good answer. Raises what `error_of` says; a lost session is renewed and the call repeated, once."""
        service = f"{DOCUMENTS}.{operation}"
        verdict = Verdict(Meaning.RENEW)
        for _ in range(2):
            session = await self._present_session()
            verdict = await self._exchange(service, body, safe=safe, session=session)
            if verdict.meaning is not Meaning.RENEW:
                break
            self._forget(session)
        if verdict.meaning is Meaning.OK:
            return verdict.body
        error = self._error(verdict, f"{operation} {body.get('formid', '')}".strip(), safe=safe)
        if isinstance(error, CredentialsRejected):
            self._reject(error)
        raise error

    async def identity(self) -> str:
        """The account set's name, as the server lists it. Raises AccountSetUnknown."""
        verdict = await self._exchange(ACCOUNT_SETS, {}, safe=True)
        if verdict.meaning is not Meaning.OK or not isinstance(verdict.body, list):
            raise ServerUnwell(system=self.system, words=verdict.words or "the list of account sets is missing")
        for row in verdict.body:
            if str(row.get("Id")) == self.settings.acct_id:
                return str(row.get("Name"))
        raise AccountSetUnknown(system=self.system, acct_id=self.settings.acct_id)

    async def confirm_identity(self) -> None:
        """Ask once, before the first write, whether this is the configured account set. Raises WrongAccountSet."""
        if self._confirmed or not self.settings.identity:
            return
        actual = await self.identity()
        if actual != self.settings.identity:
            raise WrongAccountSet(system=self.system, actual=actual, configured=self.settings.identity)
        self._confirmed = True

    async def close(self) -> None:
        """Log out: sessions that are not logged out stay in the server's memory."""
        session, self._session = self._session, ""
        if session:
            await self._exchange(f"{AUTHENTICATION}.Logout", {}, safe=True, session=session)

    async def _present_session(self) -> str:
        if self._rejected is not None and time.monotonic() - self._rejected_at < REJECTED_FOR_S:
            raise self._rejected
        if self.settings.mode == "signed" or self._session:
            return self._session
        async with self._login_lock:  # who comes second finds the first one's session
            if not self._session:
                self._session = await self._login()
        return self._session

    def _forget(self, session: str) -> None:
        if self._session == session:
            self._session = ""

    async def _login(self) -> str:
        rest = self._last_login + self.settings.login_pause_s - time.monotonic()
        if rest > 0:
            raise SessionLost(retry_after_s=rest, system=self.system, words="the session was lost right after a login")
        settings, now = self.settings, str(int(time.time()))
        secret = settings.app_secret.get_secret_value()
        sign = login_sign(settings.acct_id, settings.user, settings.app_id, secret, now)
        parameters = [settings.acct_id, settings.user, settings.app_id, now, sign, settings.lcid]
        verdict = await self._exchange(f"{AUTHENTICATION}.LoginBySign", {"parameters": parameters}, safe=True)
        if verdict.meaning is not Meaning.OK:
            raise self._error(verdict, "LoginBySign", safe=True)
        self._last_login = time.monotonic()
        if verdict.body.get("LoginResultType") != 1:
            raise self._reject(CredentialsRejected(system=self.system, words=verdict.body.get("Message") or "LoginResultType"))
        return str(verdict.body["KDSVCSessionId"])

    def _reject(self, error: CredentialsRejected) -> CredentialsRejected:
        """Tasks that are under way try no login of their own; after the pause, whoever was resumed by a person may."""
        self._rejected, self._rejected_at = error, time.monotonic()
        return error

    def _error(self, verdict: Verdict, what: str, *, safe: bool) -> HubError:
        return error_of(verdict.meaning, FAILURES, safe=safe, system=self.system, what=what, words=verdict.words)

    async def _exchange(self, service: str, body: Mapping[str, Any], *, safe: bool, session: str = "") -> Verdict:
        url = f"{self.settings.url}/k3cloud/{service}.common.kdsvc"
        response = await self._http.call("POST", url, safe=safe, json=body, headers=self._headers(url, session))
        self._note(response)
        return classify(response.status_code, response.text)

    def _headers(self, url: str, session: str) -> dict[str, str]:
        settings = self.settings
        headers = {SESSION: session} if session else {}
        if settings.mode == "session":
            return headers
        app_data = f"{settings.acct_id},{settings.user},{settings.lcid},{settings.organisations[0]}"
        secret = settings.app_secret.get_secret_value()
        return headers | signed_headers(
            urlsplit(url).path, app_id=settings.app_id, app_secret=secret, app_data=app_data, now_s=int(time.time())
        )

    def _note(self, response: Response) -> None:
        if "date" in response.headers:
            self.server_now = parsedate_to_datetime(response.headers["date"])
        if self.settings.mode == "signed" and SESSION in response.headers:
            self._session = response.headers[SESSION]
