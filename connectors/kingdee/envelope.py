"""What a K3Cloud answer means. HTTP status is not the verdict: failures come as HTTP 200, inside arrays, as plain text or as HTML."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from hub.sdk import Meaning


@dataclass(frozen=True, slots=True)
class Verdict:
    """`words` are the vendor's own, `body` the parsed answer where it is one, `number` the vendor's MsgCode or errcode."""

    meaning: Meaning
    words: str = ""
    body: Any = None
    number: int = 0


# Kingdee's MsgCode. 0 ("default") with IsSuccess false is an ordinary refusal by a business rule.
MESSAGE_CODES: Mapping[int, Meaning] = {
    1: Meaning.RENEW, 4: Meaning.IN_DOUBT, 6: Meaning.RETRY, 7: Meaning.UNLICENSED, 13: Meaning.BUSY, 14: Meaning.RATE_LIMITED,
    15: Meaning.CREDENTIALS,
}  # fmt: skip
SESSION_LOST = "会话信息已丢失"
CREDENTIAL_WORDS = ("签名", "signature", "密钥", "应用验证")
NOT_FOUND = 10


def classify(status: int, text: str) -> Verdict:
    """The verdict on one answer, whatever the operation was."""
    if status == 519:
        return _gateway(text)
    if status in (401, 403):
        return Verdict(Meaning.CREDENTIALS, f"HTTP {status}", number=status)
    if text.lstrip().startswith("response_error:"):
        return _plain(text.strip().removeprefix("response_error:").strip())
    try:
        body = json.loads(text, parse_float=str)  # 0.1 stays 0.1
    except ValueError:
        return Verdict(Meaning.IN_DOUBT, f"HTTP {status}, not JSON", number=status)
    if status != 200:
        return Verdict(Meaning.IN_DOUBT, f"HTTP {status}", body, status)
    return _envelope(body)


def response_status(body: Any) -> Mapping[str, Any] | None:
    """The ResponseStatus of an envelope, also where a query nests it inside its array of rows; None where there is none."""
    while isinstance(body, list) and len(body) == 1:
        body = body[0]
    result = body.get("Result") if isinstance(body, Mapping) else None
    status = result.get("ResponseStatus") if isinstance(result, Mapping) else None
    return status if isinstance(status, Mapping) else None


def _envelope(body: Any) -> Verdict:
    status = response_status(body)
    if status is None or status.get("IsSuccess"):
        return Verdict(Meaning.OK, body=body)
    words = "；".join(str(error.get("Message")) for error in status.get("Errors") or [] if error.get("Message"))
    number = int(status.get("MsgCode") or 0)
    if SESSION_LOST in words:
        return Verdict(Meaning.RENEW, words, body, number)
    return Verdict(MESSAGE_CODES.get(number, Meaning.REFUSED), words or f"MsgCode {number}", body, number)


def _plain(words: str) -> Verdict:
    if SESSION_LOST in words:
        return Verdict(Meaning.RENEW, words)
    return Verdict(_credentials_or(words, Meaning.IN_DOUBT), words)


def _gateway(text: str) -> Verdict:
    """Status 519 is the gateway's own; whether the call went through it is not known."""
    try:
        body = json.loads(text)
    except ValueError:
        return Verdict(Meaning.IN_DOUBT, "gateway 519", number=519)
    words = str(body.get("description_cn") or body.get("description") or "gateway 519")
    return Verdict(_credentials_or(words, Meaning.IN_DOUBT), words, body, int(body.get("errcode") or 519))


def _credentials_or(words: str, otherwise: Meaning) -> Meaning:
    return Meaning.CREDENTIALS if any(word in words for word in CREDENTIAL_WORDS) else otherwise
