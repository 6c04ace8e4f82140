"""A source that cannot be read is tried again; its errors name their system, as every error of a connector does."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

from structlog.testing import capture_logs

from hub.sdk import Chunk, TransientError
from tests.road.conftest import Stage
from tests.road.toy import eventually, open_toy_road, running


class Down(TransientError):
    """The source is away for a moment."""

    code = "unreachable"


@dataclass
class Unwell:
    """The shop's source, away for the first calls."""

    shop: Any
    failures: int = 2

    async def read(self, entity: str, cursor: Any) -> AsyncIterator[Chunk]:
        if self.failures:
            self.failures -= 1
            raise Down(retry_after_s=0.05, system="crm", what="no connection")
        async for chunk in self.shop.read(entity, cursor):
            yield chunk


async def test_a_source_that_was_away_is_read_on_without_its_loop_falling(stage: Stage) -> None:
    stage.pair.order("SO-1")
    stage.pair.crm.source = Unwell(stage.pair.crm)
    with capture_logs() as logs:
        async with open_toy_road(*stage) as road, running(road):
            await eventually(lambda: stage.pair.erp.papers["sales_order/P1/SO-1"])
    said = [entry["event"] for entry in logs]
    assert (said.count("source.failed"), said.count("loop.failed")) == (2, 0)
