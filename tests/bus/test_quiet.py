"""The client's log during an outage."""

from __future__ import annotations

import logging

import pytest

from hub.bus.quiet import OncePer, quieten


def make_logger(period_s: float) -> logging.Logger:
    logger = logging.getLogger(f"noisy.{period_s}")
    logger.addFilter(OncePer(period_s))
    return logger


def test_the_same_line_passes_once_whatever_its_arguments(caplog: pytest.LogCaptureFixture) -> None:
    logger = make_logger(60.0)
    for number in range(5):
        logger.error("cannot reach %s", number)
    logger.warning("something else")
    assert caplog.messages == ["cannot reach 0", "something else"]


def test_what_was_left_out_is_counted(caplog: pytest.LogCaptureFixture) -> None:
    logger = make_logger(0.0)
    once = logger.filters[0]
    assert isinstance(once, OncePer)
    once._seen[logging.ERROR, "cannot reach %s"] = (0.0, 7)
    logger.error("cannot reach %s", "x")
    assert caplog.messages == ["cannot reach x (and 7 more like it)"]


def test_every_logger_of_the_package_is_quietened_once() -> None:
    logger = logging.getLogger("chatty.inner")
    quieten("chatty")
    quieten("chatty")
    assert [type(known) for known in logger.filters] == [OncePer]
