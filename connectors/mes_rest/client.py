"""Calls to the MES: what an answer means, reads by cursor, imports."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from connectors.mes_rest.config import Settings
from connectors.mes_rest.errors import FAILURES
from hub.sdk import Http, Meaning, error_of

# 403 is a key without the scope: no retry helps and a person must give it, as with 401.
STATUSES = {
    200: Meaning.OK, 201: Meaning.OK, 207: Meaning.OK, 401: Meaning.CREDENTIALS, 403: Meaning.CREDENTIALS, 404: Meaning.ABSENT,
    429: Meaning.RATE_LIMITED,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Answer:
    """A judged answer: its meaning, the vendor's words, its JSON, what it asked us to wait."""

    meaning: Meaning
    words: str = ""
    body: Mapping[str, Any] | None = None
    retry_after_s: float | None = None


def classify(status: int, content: bytes, *, retry_after: str | None = None) -> Answer:
    """Judge an answer. An import's 200, 207 and 422 are one envelope: a row with an error is a refusal in the vendor's words.

    A 5xx, or nonsense in a success, leaves in doubt what was asked.
    """
    body = _object(content)
    if status == 429:
        return Answer(Meaning.RATE_LIMITED, "HTTP 429", body, _seconds(retry_after))
    if status >= 500 or (body is None and status in (200, 201, 207, 422)):
        return Answer(Meaning.IN_DOUBT, f"HTTP {status}", body)
    if words := _row_errors(body):
        return Answer(Meaning.REFUSED, words, body)
    words = str((body or {}).get("message") or f"HTTP {status}")
    return Answer(STATUSES.get(status, Meaning.REFUSED), words, body)


class Client:
    """One installation's API."""

    def __init__(self, system: str, settings: Settings, http: Http) -> None:
        self.system = system
        self.settings = settings
        self._http = http

    async def get(self, resource: str, **params: str) -> Mapping[str, Any]:
        """A read; `{}` where there is no such thing. A read that the MES refuses is tried again later."""
        answer = await self._exchange("GET", f"/{resource}", safe=True, params=params)
        return answer.body or {} if answer.meaning is Meaning.OK else {}

    async def post(self, path: str, body: Mapping[str, Any]) -> Mapping[str, Any]:
        """A write. Raises RefusedError with the vendor's words, InDoubtError."""
        return (await self._exchange("POST", f"/{path}", safe=False, json=body)).body or {}

    async def _exchange(self, method: str, path: str, *, safe: bool, **rest: Any) -> Answer:
        key = {"X-Api-Key": self.settings.api_key.get_secret_value(), "Accept": "application/json"}
        response = await self._http.call(method, self.settings.base_url + path, safe=safe, headers=key, **rest)
        answer = classify(response.status_code, response.content, retry_after=response.headers.get("retry-after"))
        if answer.meaning is Meaning.OK or (safe and answer.meaning is Meaning.ABSENT):
            return answer
        raise error_of(
            answer.meaning, FAILURES, safe=safe, retry_after_s=answer.retry_after_s, system=self.system,
            what=f"{path}: {answer.words}", words=answer.words,
        )  # fmt: skip


def _row_errors(body: Mapping[str, Any] | None) -> str:
    """The errors of an import's rows, as one text; '' where there are none."""
    inner = (body or {}).get("data")
    errors = inner.get("errors") if isinstance(inner, dict) else None
    return "; ".join(f"{error.get('field')}: {error.get('message')}" for error in errors or ())


def _object(content: bytes) -> Mapping[str, Any] | None:
    try:
        value = json.loads(content, parse_float=str)  # fractions stay the text they came as: no digit is lost
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _seconds(header: str | None) -> float:
    return float(header) if header and header.replace(".", "", 1).isdigit() else 1.0
