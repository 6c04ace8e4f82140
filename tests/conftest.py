"""What every test may ask for: a database on each dialect, the broker's address. Without a server its tests say so and are left out."""

from __future__ import annotations

import importlib.util
import os
import uuid
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest

from hub.db import METADATA, Database
from tests.left_out import pytest_terminal_summary  # noqa: F401  (pytest finds it by its name)

POSTGRES = os.environ.get("LOOPLINE_TEST_POSTGRES", "")   # postgresql://user@127.0.0.1:port/postgres
KAFKA = os.environ.get("LOOPLINE_TEST_KAFKA", "")         # 127.0.0.1:port


@pytest.fixture
def kafka_address() -> str:
    """The real broker's `host:port`."""
    if not KAFKA:
        pytest.skip("no Kafka: set LOOPLINE_TEST_KAFKA (the CI script starts one)")
    return KAFKA


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
async def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[str]:
    """The URL of an empty database of the test's own, SQLite and PostgreSQL in turn."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'state.db'}"
        return
    async with postgres_database() as url:
        yield url


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """A database with every table of the hub."""
    for module in ("hub.storage.tables", "master_data.tables", "hub.reporting.tables"):
        if importlib.util.find_spec(module):
            importlib.import_module(module)

    db = Database.connect(database_url)
    async with db.write() as session:
        await session.run_sync(METADATA.create_all)
    yield db
    await db.close()


class postgres_database:
    """A fresh PostgreSQL database for the length of a block; skips the test where there is no server."""

    async def __aenter__(self) -> str:
        if not POSTGRES:
            pytest.skip("no PostgreSQL: set LOOPLINE_TEST_POSTGRES (the CI script starts one)")
        self.name = f"t_{uuid.uuid4().hex[:12]}"
        await self._execute(f'create database "{self.name}"')
        return f"postgresql+asyncpg://{POSTGRES.split('://', 1)[1].rsplit('/', 1)[0]}/{self.name}"

    async def __aexit__(self, *_: object) -> None:
        await self._execute(f'drop database "{self.name}" with (force)')

    async def _execute(self, statement: str) -> None:
        connection = await asyncpg.connect(POSTGRES)
        try:
            await connection.execute(statement)
        finally:
            await connection.close()
