"""A real Tryton for the module, and the connector opened on it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest

from connectors.tryton import CONNECTOR, TrytonSystem
from connectors.tryton.config import Settings
from hub.sdk import Http
from tests.e2e.tryton.office import Office
from tests.e2e.tryton.server import Tryton, running


@pytest.fixture(scope="module")
def tryton(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tryton]:
    with running(tmp_path_factory.mktemp("tryton")) as server:
        yield server


@pytest.fixture(scope="module")
def office(tryton: Tryton) -> Iterator[Office]:
    """With a pump made of two impellers."""
    office = Office(tryton)
    impeller = office.product("IMP", "叶轮")
    office.bom("Pump", office.made_on_order("PUMP", "离心泵"), {impeller: 2})
    yield office
    office.close()


@pytest.fixture
async def system(tryton: Tryton, office: Office) -> AsyncIterator[TrytonSystem]:
    http = Http("erp", requests_per_s=10_000, timeout_s=30)
    opened = TrytonSystem("erp", Settings.model_validate(tryton.settings(overlap_s=0)), http)
    assert CONNECTOR.open is TrytonSystem
    yield opened
    await opened.close()
    await http.close()
