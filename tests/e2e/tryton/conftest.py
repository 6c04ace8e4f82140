"""A real Tryton for each test, with what its planners keep: a pump made of two impellers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.tryton.office import Office
from tests.e2e.tryton.server import Tryton, running


@pytest.fixture
def tryton(tmp_path: Path) -> Iterator[Tryton]:
    folder = tmp_path / "tryton"
    folder.mkdir()
    with running(folder) as server:
        yield server


@pytest.fixture
def office(tryton: Tryton) -> Iterator[Office]:
    office = Office(tryton)
    impeller = office.product("IMP", "叶轮")
    office.bom("Pump", office.made_on_order("PUMP", "离心泵"), {impeller: 2})
    yield office
    office.close()
