"""What every test may ask for: a database on each dialect, the broker's address. Without a server its tests say so and are left out."""

from __future__ import annotations

import asyncio
import os
import shutil
import uuid
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg
import pytest

from hub.db import Database
from hub.migrations import tables
from tests.left_out import pytest_terminal_summary  # noqa: F401  (pytest finds it by its name)

POSTGRES = os.environ.get("LOOPLINE_TEST_POSTGRES", "")   # postgresql://user@127.0.0.1:port/postgres
NO_POSTGRES = "no PostgreSQL: set LOOPLINE_TEST_POSTGRES (the CI script starts one)"
KAFKA = os.environ.get("LOOPLINE_TEST_KAFKA", "")         # 127.0.0.1:port


@pytest.fixture
def kafka_address() -> str:
    """The real broker's `host:port`."""
    if not KAFKA:
        pytest.skip("no Kafka: set LOOPLINE_TEST_KAFKA (the CI script starts one)")
    return KAFKA


BOTH = ("sqlite", pytest.param("postgres", marks=pytest.mark.postgres))


@pytest.fixture(params=BOTH)
async def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[str]:
    """The URL of an empty database of the test's own, SQLite and PostgreSQL in turn."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'state.db'}"
        return
    async with postgres_database() as url:
        yield url


@pytest.fixture(params=BOTH)
async def database(request: pytest.FixtureRequest, tmp_path: Path, templates: Templates) -> AsyncIterator[Database]:
    """A database with every table of the hub: a copy of one that is made once a run."""
    if request.param == "sqlite":
        file = shutil.copy(await templates.file(), tmp_path / "state.db")
        async with opened(f"sqlite:///{file}") as db:
            yield db
    else:
        async with postgres_database(await templates.database()) as url, opened(url) as db:
            yield db


@pytest.fixture(scope="session")
def templates(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Templates]:
    """Databases with every table and nothing in them, each made when it is first asked for."""
    made = Templates(tmp_path_factory.mktemp("tables") / "state.db")
    yield made
    if made.server is not None:
        asyncio.run(made.server.__aexit__())


class Templates:
    """What databases of tests are copied from."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.server: postgres_database | None = None

    async def file(self) -> Path:
        """A SQLite file."""
        if not self._path.exists():
            await make_tables(f"sqlite:///{self._path}")
        return self._path

    async def database(self) -> str:
        """The name of a PostgreSQL database."""
        if self.server is None:
            server = postgres_database()
            await make_tables(await server.__aenter__())
            self.server = server
        return self.server.name


async def make_tables(url: str) -> None:
    """Every table of the hub, as the metadata has them."""
    async with opened(url) as db, db.write() as session:
        await session.run_sync(tables().create_all)


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[Database]:
    """A database for the length of a block."""
    db = Database.connect(url)
    try:
        yield db
    finally:
        await db.close()


class postgres_database:
    """A fresh PostgreSQL database for the length of a block, a copy of `template`; skips the test where there is no server."""

    def __init__(self, template: str = "template1") -> None:
        self.name, self._template = f"t_{uuid.uuid4().hex[:12]}", template

    async def __aenter__(self) -> str:
        if not POSTGRES:
            pytest.skip(NO_POSTGRES)
        await self._execute(f'create database "{self.name}" template "{self._template}" strategy file_copy')
        return f"postgresql+asyncpg://{POSTGRES.split('://', 1)[1].rsplit('/', 1)[0]}/{self.name}"

    async def __aexit__(self, *_: object) -> None:
        await self._execute(f'drop database "{self.name}" with (force)')

    async def _execute(self, statement: str) -> None:
        connection = await asyncpg.connect(POSTGRES)
        try:
            await connection.execute(statement)
        finally:
            await connection.close()
