"""What is logged, and what never is."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator

import pytest
import structlog
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from hub.db import Database
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


@pytest.mark.parametrize("as_json", [True, False])
def test_a_traceback_names_no_local_variables(as_json: bool) -> None:
    stream = io.StringIO()
    configure(as_json=as_json, stream=stream)
    _fail_with("含税单价 1130", "app_secret_of_the_erp")
    assert "ValueError: no such line" in stream.getvalue()
    assert "1130" not in stream.getvalue() and "app_secret_of_the_erp" not in stream.getvalue()


def _fail_with(payload: str, app_secret: str) -> None:
    try:
        raise ValueError("no such line")
    except ValueError:
        structlog.get_logger("x").exception("record.not_judged")


async def test_the_error_of_a_failed_statement_names_no_values(database_url: str) -> None:
    db = Database.connect(database_url)
    with pytest.raises(DBAPIError) as failed:
        async with db.write() as session:
            await session.execute(text("insert into nowhere values (:value)"), {"value": "含税单价 1130"})
    await db.close()
    assert "1130" not in str(failed.value)
