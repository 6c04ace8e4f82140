"""A hub between two toy systems, in the embedded profile and, where the servers run, in the cluster profile."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
import structlog

from hub.config import Settings
from hub.db import METADATA, Database
from master_data.proposed import AddCrossReference, CreateCode
from master_data.seeds import load_units, take_over
from tests.conftest import KAFKA, postgres_database
from tests.road.toy import Pair, make_settings


class Stage(NamedTuple):
    """Settings whose database has its tables and a small dictionary, and two systems with empty books."""

    settings: Settings
    pair: Pair


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """Loops are killed and refused here by the dozen; drawing each traceback costs more than the test."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    yield
    structlog.reset_defaults()


@pytest.fixture(params=["embedded", pytest.param("cluster", marks=[pytest.mark.kafka, pytest.mark.postgres])])
async def stage(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Stage]:
    if request.param == "embedded":
        settings = make_settings(tmp_path)
        await _fill(settings.database_url())
        yield Stage(settings, Pair())
        return
    if not KAFKA:
        pytest.skip("no Kafka: set LOOPLINE_TEST_KAFKA (the CI script starts one)")
    async with postgres_database() as url:
        await _fill(url)
        yield Stage(make_settings(tmp_path, url, KAFKA), Pair())


async def _fill(url: str) -> None:
    """Tables, units, customer C1 and material A as both systems call them; material B is known to the works only."""
    import hub.reporting.tables  # noqa: F401

    db = Database.connect(url)
    async with db.engine.begin() as connection:
        await connection.run_sync(METADATA.create_all)
    await load_units(db)
    changes = [CreateCode(kind="material", code=code, zh=code, en=code, attributes=MATERIAL) for code in "AB"]
    changes += [CreateCode(kind="customer", code="C1", zh="客户一", en="One", attributes=CUSTOMER)]
    both = [(kind, system, code) for kind, code in (("material", "A"), ("customer", "C1")) for system in ("crm", "erp")]
    pairs = [*both, ("material", "erp", "B")]
    references = [AddCrossReference(kind=kind, system=system, local_code=code, code=code) for kind, system, code in pairs]
    await take_over(db, [*changes, *references], by="go-live")
    await db.close()


MATERIAL = {"type": "finished", "base_unit": "H87"}
CUSTOMER = {"type": "cn_org", "country": "CN"}
