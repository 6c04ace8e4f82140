"""Every kind of answer and what it means."""

from __future__ import annotations

import json
from typing import Any

import pytest

from connectors.kingdee.envelope import classify
from connectors.kingdee.errors import FAILURES
from hub.sdk import CredentialsRejected, HubError, InDoubtError, Meaning, RefusedError, TransientError, error_of


def envelope(number: int, message: str = "不行", *, good: bool = False) -> dict[str, Any]:
    errors = [] if good else [{"FieldName": None, "Message": message, "DIndex": 0}]
    return {"Result": {"Id": 1, "ResponseStatus": {"IsSuccess": good, "Errors": errors, "MsgCode": number}}}


ROWS: list[tuple[int, str, Meaning]] = [
    (200, json.dumps(envelope(0, good=True)), Meaning.OK),
    (200, json.dumps([[1, "SO-1"], [2, "SO-2"]]), Meaning.OK),
    (200, "[]", Meaning.OK),
    (200, json.dumps(envelope(0, "编号“SO-1”已存在")), Meaning.REFUSED),
    (200, json.dumps(envelope(1)), Meaning.RENEW),
    (200, json.dumps(envelope(0, "会话信息已丢失，请重新登录")), Meaning.RENEW),
    (200, json.dumps(envelope(2)), Meaning.REFUSED),
    (200, json.dumps(envelope(3)), Meaning.REFUSED),
    (200, json.dumps(envelope(4)), Meaning.IN_DOUBT),
    (200, json.dumps(envelope(5)), Meaning.REFUSED),
    (200, json.dumps(envelope(6)), Meaning.RETRY),
    (200, json.dumps(envelope(7)), Meaning.UNLICENSED),
    (200, json.dumps(envelope(8)), Meaning.REFUSED),
    (200, json.dumps(envelope(9)), Meaning.REFUSED),
    (200, json.dumps(envelope(10)), Meaning.REFUSED),
    (200, json.dumps(envelope(11)), Meaning.REFUSED),
    (200, json.dumps(envelope(12)), Meaning.REFUSED),
    (200, json.dumps(envelope(13)), Meaning.BUSY),
    (200, json.dumps(envelope(14)), Meaning.RATE_LIMITED),
    (200, json.dumps(envelope(15)), Meaning.CREDENTIALS),
    (200, json.dumps([[envelope(9)]]), Meaning.REFUSED),
    (200, json.dumps([[envelope(1)]]), Meaning.RENEW),
    (200, "response_error:未将对象引用设置到对象的实例", Meaning.IN_DOUBT),
    (200, "response_error:会话信息已丢失", Meaning.RENEW),
    (200, "<html><body>login</body></html>", Meaning.IN_DOUBT),
    (502, "<html>502 Bad Gateway</html>", Meaning.IN_DOUBT),
    (500, "{}", Meaning.IN_DOUBT),
    (401, "", Meaning.CREDENTIALS),
    (519, '{"errcode":5001,"description":"x","description_cn":"网关转发失败"}', Meaning.IN_DOUBT),
    (519, '{"errcode":4002,"description":"signature error","description_cn":"签名错误"}', Meaning.CREDENTIALS),
    (519, "gateway", Meaning.IN_DOUBT),
]


@pytest.mark.parametrize(("status", "text", "meaning"), ROWS)
def test_an_answer_means(status: int, text: str, meaning: Meaning) -> None:
    assert classify(status, text).meaning is meaning


def test_a_refusal_carries_all_the_vendors_words() -> None:
    body = envelope(11, "客户未审核")
    body["Result"]["ResponseStatus"]["Errors"].append({"Message": "物料不存在", "DIndex": 0})
    assert classify(200, json.dumps(body)).words == "客户未审核；物料不存在"


def test_decimals_stay_as_they_were_sent() -> None:
    assert classify(200, "[[0.1, 113.00, 5]]").body == [["0.1", "113.00", 5]]


@pytest.mark.parametrize(
    ("meaning", "safe", "kind"),
    [
        (Meaning.REFUSED, False, RefusedError),
        (Meaning.REFUSED, True, TransientError),
        (Meaning.CREDENTIALS, False, CredentialsRejected),
        (Meaning.RATE_LIMITED, False, TransientError),
        (Meaning.BUSY, False, TransientError),
        (Meaning.UNLICENSED, False, TransientError),
        (Meaning.RENEW, False, TransientError),
        (Meaning.RETRY, False, TransientError),
        (Meaning.IN_DOUBT, False, InDoubtError),
        (Meaning.IN_DOUBT, True, TransientError),
    ],
)
def test_each_meaning_has_its_error(meaning: Meaning, safe: bool, kind: type[HubError]) -> None:
    assert isinstance(error_of(meaning, FAILURES, safe=safe, system="erp", what="Save", words="不行"), kind)
