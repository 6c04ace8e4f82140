"""A hub between two toy systems, in the embedded profile and, where the servers run, in the cluster profile."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import uuid
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import NamedTuple, NoReturn

import asyncpg
import pytest
import structlog

from hub.config import Settings
from hub.db import METADATA, Database
from master_data.proposed import AddCrossReference, CreateCode
from master_data.seeds import load_units, take_over
from tests.conftest import KAFKA, POSTGRES
from tests.road.toy import Pair, make_settings
from tests.road.workers import Scene, open_scene

MATERIAL = {"type": "finished", "base_unit": "H87"}
CUSTOMER = {"type": "cn_org", "country": "CN"}


class Stage(NamedTuple):
    """Settings whose database has its tables and a small dictionary, and two systems with empty books."""

    settings: Settings
    pair: Pair


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """Loops are killed and refused here by the dozen; drawing each traceback costs more than the test."""
    structlog.configure(processors=[_drop])
    yield
    structlog.reset_defaults()


def _drop(*_: object) -> NoReturn:
    raise structlog.DropEvent


@pytest.fixture(scope="session")
def filled_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A filled SQLite database, to be copied."""
    file = tmp_path_factory.mktemp("filled") / "state.db"
    asyncio.run(fill(f"sqlite:///{file}"))
    return file


@pytest.fixture(scope="session")
def filled_database() -> Iterator[str]:
    """The name of a filled PostgreSQL database, to be copied; '' without a server."""
    if not POSTGRES:
        yield ""
        return
    name = f"t_{uuid.uuid4().hex[:12]}"
    asyncio.run(_execute(f'create database "{name}"'))
    asyncio.run(fill(_url(name)))
    yield name
    asyncio.run(_execute(f'drop database "{name}" with (force)'))


@pytest.fixture(params=["embedded", pytest.param("cluster", marks=[pytest.mark.kafka, pytest.mark.postgres])])
async def stage(
    request: pytest.FixtureRequest, tmp_path: Path, filled_file: Path, filled_database: str
) -> AsyncIterator[Stage]:
    if request.param == "embedded":
        shutil.copy(filled_file, tmp_path / "state.db")
        yield Stage(make_settings(tmp_path), Pair())
        return
    if not KAFKA:
        pytest.skip("no Kafka: set LOOPLINE_TEST_KAFKA (the CI script starts one)")
    async with copied(filled_database) as url:
        yield Stage(make_settings(tmp_path, url, KAFKA), Pair())


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
async def scene(request: pytest.FixtureRequest, tmp_path: Path, filled_file: Path, filled_database: str) -> AsyncIterator[Scene]:
    """A bus and a database that two workers share, driven by hand."""
    if request.param == "sqlite":
        shutil.copy(filled_file, tmp_path / "state.db")
        async with open_scene(tmp_path, f"sqlite:///{tmp_path / 'state.db'}") as scene:
            yield scene
        return
    async with copied(filled_database) as url, open_scene(tmp_path, url) as scene:
        yield scene


@contextlib.asynccontextmanager
async def copied(template: str) -> AsyncIterator[str]:
    if not template:
        pytest.skip("no PostgreSQL: set LOOPLINE_TEST_POSTGRES (the CI script starts one)")
    name = f"t_{uuid.uuid4().hex[:12]}"
    await _execute(f'create database "{name}" template "{template}" strategy file_copy')
    try:
        yield _url(name)
    finally:
        await _execute(f'drop database "{name}" with (force)')


def _url(name: str) -> str:
    return f"postgresql+asyncpg://{POSTGRES.split('://', 1)[1].rsplit('/', 1)[0]}/{name}"


async def _execute(statement: str) -> None:
    connection = await asyncpg.connect(POSTGRES)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


async def fill(url: str) -> None:
    """Tables, units, customer C1 and material A as both systems call them; material B is known to the works only."""
    import hub.reporting.tables  # noqa: F401

    db = Database.connect(url)
    async with db.write() as session:
        await session.run_sync(METADATA.create_all)
    await load_units(db)
    changes = [CreateCode(kind="material", code=code, zh=code, en=code, attributes=MATERIAL) for code in "AB"]
    changes += [CreateCode(kind="customer", code="C1", zh="客户一", en="One", attributes=CUSTOMER)]
    both = [(kind, system, code) for kind, code in (("material", "A"), ("customer", "C1")) for system in ("crm", "erp")]
    pairs = [*both, ("material", "erp", "B")]
    references = [AddCrossReference(kind=kind, system=system, local_code=code, code=code) for kind, system, code in pairs]
    await take_over(db, [*changes, *references], by="go-live")
    await db.close()
