"""What is logged, and what never is."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from hub.observability.logs import MASK, configure


@pytest.fixture(autouse=True)
def logging_as_before() -> Iterator[None]:
    root = logging.getLogger()
    before, level = root.handlers, root.level
    yield
    root.handlers = before
    root.setLevel(level)
    structlog.reset_defaults()


def test_secrets_are_masked_at_any_depth() -> None:
    stream = io.StringIO()
    configure(as_json=True, stream=stream)
    structlog.get_logger("x").warning("call.made", api_token="t1", headers={"Authorization": "t2", "x": "1"}, rows=[{"password": "t3"}])
    line = json.loads(stream.getvalue())
    assert line["api_token"] == MASK and line["headers"] == {"Authorization": MASK, "x": "1"} and line["rows"] == [{"password": MASK}]


def test_what_libraries_log_comes_out_in_the_same_form() -> None:
    stream = io.StringIO()
    configure(as_json=True, stream=stream)
    logging.getLogger("library").warning("odd %s", "thing")
    assert json.loads(stream.getvalue())["event"] == "odd thing"


def test_chinese_stays_readable_and_lower_levels_are_left_out() -> None:
    stream = io.StringIO()
    configure(as_json=True, level="warning", stream=stream)
    structlog.get_logger("x").info("left.out")
    structlog.get_logger("x").error("hold.closed", reason="试单")
    assert "试单" in stream.getvalue() and "left.out" not in stream.getvalue()
