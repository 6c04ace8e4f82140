"""Where a bench runs: the broker and the database that were named, else those of the tests' settings, else started for the run."""

from __future__ import annotations

import os
import tempfile
import uuid
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import asyncpg

from tests import servers


@dataclass(frozen=True, slots=True)
class Servers:
    """`bus` is `host:port` of a Kafka broker, `db` a `postgresql://` URL of a server on which databases may be made."""

    bus: str
    db: str


@contextmanager
def running(bus: str, db: str) -> Iterator[Servers]:
    """The named ones; what is missing is started into a temporary folder and ended with the block."""
    bus = (bus or os.environ.get("LOOPLINE_TEST_KAFKA", "")).removeprefix("kafka://")
    db = (db or os.environ.get("LOOPLINE_TEST_POSTGRES", "")).replace("postgresql+asyncpg://", "postgresql://")
    missing = [name for name, there in (("kafka", bus), ("postgres", db)) if not there]
    with tempfile.TemporaryDirectory(prefix="loopline-bench-") as name:
        folder = Path(name)
        try:
            started = dict(_start(folder, missing))
            yield Servers(bus or started["LOOPLINE_TEST_KAFKA"], db or started["LOOPLINE_TEST_POSTGRES"])
        finally:
            servers.stop(folder)


def _start(folder: Path, names: list[str]) -> Iterator[tuple[str, str]]:
    for name in names:
        for line in servers.start(folder, only=name, durable=True):
            variable, _, address = line.removeprefix("export ").partition("=")
            yield variable, address


@asynccontextmanager
async def empty_database(server: str) -> AsyncIterator[str]:
    """The URL of a database of the bench's own; it is dropped afterwards."""
    name = f"bench_{uuid.uuid4().hex[:12]}"
    await _execute(server, f'create database "{name}"')
    try:
        yield f"postgresql+asyncpg://{server.split('://', 1)[1].rsplit('/', 1)[0]}/{name}"
    finally:
        await _execute(server, f'drop database "{name}" with (force)')


async def _execute(server: str, statement: str) -> None:
    connection = await asyncpg.connect(server)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()
