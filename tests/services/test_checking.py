"""`hub check` of one system: what its connector does wrong is told to a person, too."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest

from hub.errors import TransientError
from hub.pipeline.knowledge import Rules
from hub.registry import Opened
from hub.services.checking import check_system


class Failing:
    """A system whose identity cannot be asked."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    async def identity(self) -> str:
        raise self._error


@pytest.mark.parametrize(("error", "says"), [
    (KeyError("FName"), "fault of the connector"), (TransientError(system="erp", what="no answer"), "no answer"),
])
async def test_whatever_a_connector_raises_is_a_line_and_no_traceback(error: Exception, says: str) -> None:
    opened = SimpleNamespace(name="erp", system=Failing(error), settings=SimpleNamespace(account_set=""))
    (line,) = [line async for line in check_system(cast(Opened, opened), cast(Rules, cast(Any, None)))]
    assert (line.level, line.good) == ("connection", False)
    assert says in line.said.en
