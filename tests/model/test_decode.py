"""What does not fit the model is refused with every field, value and fault named in both languages."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest

from hub.model import ModelViolated, decode, encode
from hub.model.types import read_number, read_time, write_number
from tests.model.examples import NOON, make_report, make_sales_order, pieces

LINE = {"line": 10, "material": "P-1", "quantity": pieces("2")}
ORDER = {"organisation": "P1", "number": "SO-1", "customer": "C-1", "state": "confirmed", "ordered_at": NOON, "lines": [LINE]}


def violation(data: Any, name: str = "sales_order", **options: Any) -> ModelViolated:
    with pytest.raises(ModelViolated) as raised:
        decode(name, data, **options)
    return raised.value


@pytest.mark.parametrize(
    ("changes", "path", "zh", "en"),
    [
        ({"customer": ""}, "customer", "不能为空", "is empty"),
        ({"surprise": 1}, "surprise", "不在模型中", "not in the model"),
        ({"state": "已确认"}, "state", "“已确认”", "'已确认', which is none of 'draft'"),
        ({"ordered_at": "2026-03-02T12:00:00"}, "ordered_at", "没有时区", "without a zone"),
        ({"ordered_at": "02.03.2026"}, "ordered_at", "不是 ISO 8601 时间", "not an ISO 8601 time"),
        ({"ordered_at": 1772452800}, "ordered_at", "不是 ISO 8601 时间", "not an ISO 8601 time"),
        ({"total": "1,000.00"}, "total", "不是数字", "not a number"),
        ({"total": "\uff11\uff10"}, "total", "不是数字", "not a number"),
        ({"total": True}, "total", "不是数字", "not a number"),
        ({"total": "NaN"}, "total", "不是数字", "not a number"),
        ({"total": "1e99"}, "total", "位数过多", "more than 28 digits"),
        ({"currency": "RMB¥"}, "currency", "格式不符", "has not the form"),
        ({"lines": []}, "lines", "至少需要 1 行", "at least 1 row"),
        ({"lines": "x"}, "lines", "不是列表", "not a list"),
        ({"lines": [{**LINE, "line": "1a"}]}, "lines[0].line", "不是整数", "not a whole number"),
        ({"lines": [{**LINE, "line": -1}]}, "lines[0].line", "过小", "too small"),
        ({"lines": [{**LINE, "quantity": {"value": "2"}}]}, "lines[0].quantity.unit", "缺少", "missing"),
        ({"lines": [{**LINE, "quantity": 2}]}, "lines[0].quantity", "不是对象", "not an object"),
    ],
)
def test_a_fault_names_its_field_and_what_is_wrong_in_both_languages(changes: dict[str, Any], path: str, zh: str, en: str) -> None:
    error = violation({**ORDER, **changes})

    assert [found.path for found in error.findings] == [path]
    assert zh in error.text("zh")
    assert en in error.text("en")


def test_all_faults_are_found_not_only_the_first() -> None:
    error = violation({**ORDER, "state": "x", "ordered_at": "x", "lines": [{**LINE, "line": "x"}]})

    assert [found.path for found in error.findings] == ["state", "ordered_at", "lines[0].line"]
    assert error.facts["count"] == 3


def test_broken_json_is_a_fault_of_its_own() -> None:
    assert "不是有效的 JSON" in violation(b'{"organisation": ').text("zh")
    assert "not valid JSON" in violation('{"number": "订单"}'.encode("gb18030")).text("en")


def test_a_long_or_nested_value_is_shortened() -> None:
    long, nested = violation({**ORDER, "total": "9x" * 500}), violation({**ORDER, "number": {"a": 1}})

    assert len(long.findings[0].value) == 80
    assert nested.findings[0].value == "1 …"


def test_an_order_line_is_demanded_once() -> None:
    link = {"order": "P1/SO-1", "line": 10, "quantity": pieces("1")}
    fields = {"organisation": "P1", "number": "MO-1", "material": "P-1", "quantity": pieces("2"), "state": "released"}

    assert "同一订单行出现两次" in violation({**fields, "demands": [link, link]}, "production_order").text("zh")


def test_a_document_key_needs_its_organisation() -> None:
    assert violation({**ORDER, "organisation": "P1/x"}).findings[0].path == "organisation"
    with pytest.raises(ModelViolated):
        make_report(production_order="MO-1")


def test_a_partial_entity_still_refuses_what_is_wrong() -> None:
    error = violation({"organisation": "P1", "number": "SO-1", "lines": [{"promised_at": "soon"}]}, partial=True)

    assert [found.path for found in error.findings] == ["lines[0].line", "lines[0].promised_at"]


def test_a_partial_row_says_its_line_and_what_its_source_owns() -> None:
    said = {"organisation": "P1", "number": "SO-1", "rejection": None, "lines": [{"line": 10, "promised_at": NOON}]}

    part = decode("sales_order", said, partial=True)

    assert json.loads(encode(part)) == said


def test_entities_are_frozen() -> None:
    with pytest.raises(ValueError, match="frozen"):
        make_sales_order().organisation = "P2"


@pytest.mark.parametrize(
    ("given", "written"),
    [
        ("10.50", "10.5"), ("1E2", "100"), ("-0", "0"), ("0.000", "0"), ("+7", "7"), (".5", "0.5"), ("100", "100"), (12, "12"),
        (0.1, "0.1"),
        (Decimal("1E-10"), "0.0000000001"), ("1234567890123456789012.345678", "1234567890123456789012.345678"),
    ],
)  # fmt: skip
def test_numbers_have_one_shortest_text(given: object, written: str) -> None:
    assert write_number(read_number(given)) == written


@pytest.mark.parametrize(
    "given", ["", " 1", "1_000", "0x1", "Infinity", "1E+999", "1E-99", "1.0000000000001", "9" * 29, None, b"1", float("nan")]
)
def test_what_is_no_exact_number_is_refused(given: object) -> None:
    with pytest.raises(ValueError, match=r"digits|number"):
        read_number(given)


def test_times_are_utc_whatever_their_zone() -> None:
    assert read_time("2026-03-02T20:00:00+08:00").isoformat() == "2026-03-02T12:00:00+00:00"
