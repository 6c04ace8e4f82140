"""Every answer of Tryton means one thing; typed values become plain JSON and back."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from connectors.tryton.envelope import classify, typed_date, typed_decimal, typed_time
from connectors.tryton.errors import FAILURES
from connectors.tryton.texts import TEXTS
from hub.sdk import CredentialsRejected, InDoubtError, Meaning, RefusedError, TransientError, error_of

HTML = "<!doctype html><html lang=en><title>Error</title></html>"
ANSWERS = [
    (200, '{"id": 1, "result": [1]}', Meaning.OK, ""),
    (200, '{"id": 1, "result": null}', Meaning.OK, ""),                                  # every button
    (200, '{"id": 1, "error": ["UserError", ["no", "", null]]}', Meaning.REFUSED, "no"),
    (200, '{"id": 1, "error": ["UserWarning", ["sure?", "w", "d"]]}', Meaning.REFUSED, "sure?"),
    (200, '{"id": 1, "error": ["\'foo\'", ""]}', Meaning.REFUSED, "'foo'"),              # an unknown field
    (200, '{"id": 1, "error": ["ConcurrencyException", "modified"]}', Meaning.BUSY, "modified"),
    (200, '{"id": 1, "error": ["database is locked", ""]}', Meaning.RETRY, "database is locked"),
    (200, '{"id": 1}', Meaning.IN_DOUBT, "no result"),
    (200, HTML, Meaning.IN_DOUBT, "HTTP 200, not JSON"),
    (401, "", Meaning.RENEW, "HTTP 401"),
    (403, HTML, Meaning.REFUSED, "HTTP 403"),                                            # an unknown method
    (404, HTML, Meaning.RETRY, "HTTP 404"),                                              # an unknown database
    (422, HTML, Meaning.REFUSED, "HTTP 422"),                                            # no context
    (429, HTML, Meaning.RATE_LIMITED, "HTTP 429"),
    (500, HTML, Meaning.IN_DOUBT, "HTTP 500, not JSON"),
    (503, HTML, Meaning.IN_DOUBT, "HTTP 503, not JSON"),                                 # a value of a wrong type
    (502, '{"error": "bad gateway"}', Meaning.IN_DOUBT, "HTTP 502"),
]


@pytest.mark.parametrize(("status", "text", "meaning", "words"), ANSWERS)
def test_an_answer_has_one_meaning(status: int, text: str, meaning: Meaning, words: str) -> None:
    verdict = classify(status, text)
    assert (verdict.meaning, verdict.words) == (meaning, words)


RAISED = [
    (200, '{"error": ["UserError", ["no", "", null]]}', RefusedError, TransientError),
    (200, '{"error": ["LoginException", ["code", "?", ""]]}', CredentialsRejected, CredentialsRejected),
    (200, '{"error": ["ConcurrencyException", "modified"]}', TransientError, TransientError),
    (401, "", TransientError, TransientError),
    (429, HTML, TransientError, TransientError),
    (503, HTML, InDoubtError, TransientError),
    (404, HTML, TransientError, TransientError),
]


@pytest.mark.parametrize(("status", "text", "writing", "reading"), RAISED)
def test_doubt_and_refusal_are_of_writes_only(status: int, text: str, writing: type, reading: type) -> None:
    verdict = classify(status, text)
    for safe, kind in ((False, writing), (True, reading)):
        error = error_of(verdict.meaning, FAILURES, safe=safe, system="erp", what="sale.sale create", words=verdict.words)
        assert isinstance(error, kind)
        assert error.code in TEXTS or error.code in ("refused", "credentials-rejected")


def test_a_busy_record_concerns_nobody_else() -> None:
    busy = classify(200, '{"error": ["ConcurrencyException", "x"]}').meaning
    error = error_of(busy, FAILURES, safe=False, system="erp", what="", words="")
    assert isinstance(error, TransientError) and not error.target_wide


PLAIN: list[tuple[Any, Any]] = [
    ({"__class__": "Decimal", "decimal": "100.10"}, "100.10"),
    ({"__class__": "date", "year": 2026, "month": 11, "day": 2}, "2026-11-02"),
    ({"__class__": "datetime", "year": 2026, "month": 11, "day": 2, "hour": 9, "minute": 8, "second": 7, "microsecond": 60},
     "2026-11-02T09:08:07.000060+00:00"),
    ({"__class__": "time", "hour": 9, "minute": 8, "second": 7, "microsecond": 0}, "09:08:07"),
    ({"__class__": "timedelta", "seconds": 90}, 90),
    ({"__class__": "bytes", "base64": "eA=="}, "eA=="),
    (0.1, "0.1"),
]


@pytest.mark.parametrize(("typed", "read"), PLAIN)
def test_a_typed_value_is_read_as_plain_json(typed: Any, read: Any) -> None:
    assert classify(200, json.dumps({"result": [typed]})).result == [read]


def test_what_is_sent_is_typed_in_utc() -> None:
    at = datetime(2026, 11, 2, 8, 30, 0, 5, tzinfo=timezone(timedelta(hours=8)))
    assert classify(200, json.dumps({"result": typed_time(at)})).result == datetime(2026, 11, 2, 0, 30, 0, 5, tzinfo=UTC).isoformat()
    assert classify(200, json.dumps({"result": [typed_decimal("1.50"), typed_date("2026-11-02")]})).result == ["1.50", "2026-11-02"]


def test_every_text_is_there_in_both_languages() -> None:
    assert all(text.zh and text.en for text in TEXTS.values())
