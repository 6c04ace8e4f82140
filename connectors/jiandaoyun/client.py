"""Calls to the open API v5: everything is POST and JSON; what an answer means; the vendor's own limits; the forms of the app."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any

from connectors.jiandaoyun.config import Settings
from connectors.jiandaoyun.errors import FAILURES, FormMissing
from connectors.jiandaoyun.fields import Fields
from hub.sdk import Http, Meaning, error_of

LIMITS_PER_S = {"read": 30.0, "write": 20.0}
"""Published limits of list/get/widget-list and of create/update/delete."""
HEADROOM = 0.9
"""We stay a little below them: calls bunch up on the way."""

NO_SUCH_ROW = 4001
RATE_LIMIT = 8303


# Only 8303 is published with its meaning; the others are from experience, so everything unknown with code and msg is a refusal.
CODES = {RATE_LIMIT: Meaning.RATE_LIMITED, 8301: Meaning.CREDENTIALS}
STATUSES = {401: Meaning.CREDENTIALS, 403: Meaning.CREDENTIALS, 429: Meaning.RATE_LIMITED}


@dataclass(frozen=True, slots=True)
class Answer:
    """A judged answer: its meaning, the vendor's code and words, its JSON, and its clock (None where it did not say)."""

    meaning: Meaning
    code: int = 0
    words: str = ""
    body: Mapping[str, Any] | None = None
    at: datetime | None = None


def classify(status: int, content: bytes) -> Answer:
    """Judge an answer. A gateway's page, or nonsense in a success, leaves in doubt what was asked."""
    body = _object(content)
    words = str((body or {}).get("msg") or f"HTTP {status}")
    if body is not None and status == 400 and "code" in body:
        code = int(body["code"]) if str(body["code"]).isdigit() else 0
        return Answer(CODES.get(code, Meaning.REFUSED), code, words, body)
    if status in STATUSES:
        return Answer(STATUSES[status], words=words)
    if status >= 500 or body is None:
        return Answer(Meaning.IN_DOUBT, words=f"HTTP {status}" if body is None else words)
    return Answer(Meaning.OK if status == 200 else Meaning.REFUSED, words=words, body=body)


class Client:
    """One app's API. `form` knows each form's fields; the labels are read once and again when a strange field turns up."""

    def __init__(self, system: str, settings: Settings, http: Http) -> None:
        self.system = system
        self.settings = settings
        self._http = http
        self._paces = {kind: Pace(limit * settings.pace * HEADROOM) for kind, limit in LIMITS_PER_S.items()}
        self._fields: dict[str, Fields] = {}

    async def ask(self, path: str, body: Mapping[str, Any], *, safe: bool = True) -> Answer:
        """One call, judged. Only OK and 'no such row' come back; the rest is raised as what it is."""
        await self._paces["read" if safe else "write"].turn()
        response = await self._http.call(
            "POST", f"{self.settings.base_url}{path}", safe=safe, json={"app_id": self.settings.app_id, **body},
            headers={"Authorization": f"Bearer {self.settings.api_key.get_secret_value()}"},
        )  # fmt: skip
        answer = classify(response.status_code, response.content)
        if answer.meaning is not Meaning.OK and answer.code != NO_SUCH_ROW:
            what = f"{path}: {answer.words}"
            raise error_of(answer.meaning, FAILURES, safe=safe, system=self.system, what=what, words=answer.words)
        return replace(answer, at=_vendor_time(response.headers.get("date")))

    async def rows(
        self, form: Fields, *, after: str | None = None, conditions: Sequence[Mapping[str, Any]] = (), rel: str = "and"
    ) -> tuple[list[dict[str, Any]], datetime | None]:
        """One page of raw rows in order of `_id` (the only order there is), and the vendor's time."""
        body: dict[str, Any] = {"entry_id": form.entry_id, "limit": self.settings.page_size}
        if after:
            body["data_id"] = after
        if conditions:
            body["filter"] = {"rel": rel, "cond": list(conditions)}
        answer = await self.ask("/app/entry/data/list", body)
        return list((answer.body or {}).get("data", [])), answer.at

    async def row(self, form: Fields, row_id: str) -> dict[str, Any] | None:
        """One raw row, or None where there is none."""
        answer = await self.ask("/app/entry/data/get", {"entry_id": form.entry_id, "data_id": row_id})
        return (answer.body or {}).get("data") or None if answer.meaning is Meaning.OK else None

    async def form(self, name: str, *, again: bool = False) -> Fields:
        """A form's fields by label. Raises FormMissing, LabelTwice."""
        if again or name not in self._fields:
            entry_id = await self._entry_id(name)
            answer = await self.ask("/app/entry/widget/list", {"entry_id": entry_id})
            self._fields[name] = Fields.of(self.system, name, entry_id, (answer.body or {}).get("widgets", []))
        return self._fields[name]

    def known_form(self, name: str) -> Fields | None:
        """A form's fields if they were read already."""
        return self._fields.get(name)

    async def form_names(self) -> dict[str, str]:
        """name → entry id of every form that our key sees."""
        found: dict[str, str] = {}
        while True:
            answer = await self.ask("/app/entry/list", {"limit": 100, "skip": len(found)})
            page = (answer.body or {}).get("forms", [])
            found.update((form["name"], form["entry_id"]) for form in page)
            if len(page) < 100:
                return found

    async def _entry_id(self, name: str) -> str:
        names = await self.form_names()
        if name not in names:
            raise FormMissing(system=self.system, form=name, known=", ".join(sorted(names)))
        return names[name]


class Pace:
    """Lets callers pass at most so often a second, in the order they came."""

    def __init__(self, per_s: float) -> None:
        self._gap_s = 1.0 / per_s
        self._next = 0.0

    async def turn(self) -> None:
        """Wait for one's turn."""
        now = time.monotonic()
        start = max(self._next, now)
        self._next = start + self._gap_s
        if start > now:
            await asyncio.sleep(start - now)


def read_json(content: bytes) -> Any:
    """JSON with fractions kept as the text they came as, so that no digit is lost. Raises ValueError, also for NaN and for bad UTF-8."""
    try:
        return json.loads(content, parse_float=str, parse_constant=_refuse_constant)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


def _object(content: bytes) -> Mapping[str, Any] | None:
    try:
        value = read_json(content)
    except ValueError:
        return None
    return value if isinstance(value, dict) else None


def _vendor_time(header: str | None) -> datetime | None:
    try:
        return parsedate_to_datetime(header) if header else None
    except ValueError:
        return None
