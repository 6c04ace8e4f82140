"""The simulated data push: signed webhooks that come at least once, in no sure order. Part of the CRM simulator."""

from __future__ import annotations

import asyncio
import hashlib
import json
import time
import uuid
from dataclasses import dataclass

import httpx

from connectors.jiandaoyun.sheets import PUSHED, SHEETS, Sheet, raw_row, stamp
from hub.sdk.simulation import Books, Entry, Fault, Faults, Landing

PUSH_TRIES = 5


@dataclass(frozen=True, slots=True)
class Push:
    """One push as it goes out."""

    body: bytes
    deliver_id: str
    secret: str


class Pushes:
    """The data push: at least once, in no sure order, tried again while the other side does not say 2xx."""

    def __init__(self, books: Books, faults: Faults, landing: Landing, secret: str) -> None:
        self.url = ""
        self._books, self._faults, self._landing, self._secret = books, faults, landing, secret
        self._client: httpx.AsyncClient | None = None
        self._slots = asyncio.Semaphore(8)

    def notice(self, entry: Entry) -> None:
        """Push a change of the books, if its form is pushed and somebody listens. Batch imports are not pushed: WEBHOOK_LOST."""
        sheet = next((sheet for sheet in SHEETS if entry.kind in (sheet.kind, sheet.beside) and sheet.name in PUSHED), None)
        if sheet is None or not self.url or self._faults.strike(Fault.WEBHOOK_LOST):
            return
        main = entry if entry.kind == sheet.kind else self._books.get(sheet.kind, entry.organisation, entry.number)
        if main is not None:
            self._go(sheet, entry, main)

    def _go(self, sheet: Sheet, entry: Entry, main: Entry) -> None:
        faults, start = self._faults, self._landing.start
        push = Push(self._body(sheet, entry, main), uuid.uuid4().hex, self._secret)
        start(self._deliver(push, self._landing.late_s if faults.strike(Fault.WEBHOOK_REORDERED) else 0.0))
        if faults.strike(Fault.WEBHOOK_TWICE):
            start(self._deliver(push, 0.0))
        if faults.strike(Fault.WEBHOOK_FORGED):
            start(self._deliver(Push(push.body.replace("已确认".encode(), "已取消".encode()), uuid.uuid4().hex, "guessed"), 0.0, tries=1))

    async def close(self) -> None:
        """Let go of the connection."""
        if self._client is not None:
            await self._client.aclose()

    def _body(self, sheet: Sheet, entry: Entry, main: Entry) -> bytes:
        row = raw_row(self._books, sheet, main)
        if entry.status == "deleted":
            row["deleteTime"] = stamp(entry.modified_at)
        op = "data_remove" if entry.status == "deleted" else "data_create" if entry.version == 1 else "data_update"
        return json.dumps({"data": row, "op": op}, ensure_ascii=False, indent=1).encode()  # raw bytes no re-serialising would give again

    async def _deliver(self, push: Push, delay_s: float, tries: int = PUSH_TRIES) -> None:
        await asyncio.sleep(delay_s)
        self._client = self._client or httpx.AsyncClient(timeout=5.0, trust_env=False)
        for attempt in range(tries):
            async with self._slots:
                if await self._send(self._client, push):
                    return
            await asyncio.sleep(0.2 * 2**attempt)

    async def _send(self, client: httpx.AsyncClient, push: Push) -> bool:
        nonce, at = uuid.uuid4().hex[:8], str(int(time.time()))
        signed = b":".join((nonce.encode(), push.body, push.secret.encode(), at.encode()))
        headers = {
            "X-JDY-Signature": hashlib.sha1(signed).hexdigest(), "X-JDY-DeliverId": push.deliver_id, "Content-Type": "application/json",
        }  # fmt: skip
        try:
            answer = await client.post(self.url, content=push.body, headers=headers, params={"nonce": nonce, "timestamp": at})
        except httpx.HTTPError:
            return False
        return answer.is_success
