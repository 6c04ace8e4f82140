"""`hub check` on the cluster's database and bus: what is there, what is wrong, and what to do about it."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from hub.bus.kafka import KafkaBus
from hub.bus.prefixed import PrefixedBus
from hub.config import BusSettings, Settings
from hub.db import Database
from hub.migrations import upgrade
from hub.services.checking import Line
from hub.services.foundation import check_bus, check_database
from hub.services.topics import declared
from tests.conftest import postgres_database


async def lines(found: AsyncIterator[Line]) -> list[Line]:
    return [line async for line in found]


@pytest.fixture
async def postgres() -> AsyncIterator[Database]:
    """An empty database of a real server."""
    async with postgres_database() as url:
        db = Database.connect(url, pool=1)
        yield db
        await db.close()


def cluster(servers: str, partitions: int = 2) -> Settings:
    bus = BusSettings(servers=servers, prefix=f"check-{uuid.uuid4().hex[:8]}.", replication=1)
    return Settings(profile="cluster", partitions=partitions, bus=bus)


def bus_of(settings: Settings) -> PrefixedBus:
    return PrefixedBus(KafkaBus(settings.bus.servers, replicas=settings.bus.replication), settings.bus.prefix)


@pytest.mark.postgres
async def test_a_database_is_told_with_its_tables_and_its_clock(postgres: Database) -> None:
    before = await lines(check_database(postgres))
    await upgrade(postgres.url.render_as_string(hide_password=False))
    after = await lines(check_database(postgres))
    assert [line.good for line in (*before, *after)] == [True] * 6
    assert "no tables yet" in before[1].said.en and "当前版本" in after[1].said.zh


@pytest.mark.postgres
@pytest.mark.parametrize(("revision", "is_good", "says"), [("another_release", False, "another release"), ("", True, "no tables yet")])
async def test_tables_of_another_release_are_not_touched(postgres: Database, revision: str, is_good: bool, says: str) -> None:
    async with postgres.write() as session:
        await session.execute(text("create table alembic_version (version_num varchar(40))"))
        if revision:
            await session.execute(text("insert into alembic_version values (:revision)"), {"revision": revision})
    line = (await lines(check_database(postgres)))[1]
    assert line.good is is_good and says in line.said.en


@pytest.mark.postgres
async def test_a_clock_that_goes_wrong_is_said_before_leases_do(postgres: Database) -> None:
    line = (await lines(check_database(postgres, lambda: datetime.now(UTC) + timedelta(seconds=40))))[2]
    assert not line.good and "40.0" in line.said.zh and "NTP" in line.said.zh and "NTP" in line.said.en


async def test_a_database_that_does_not_answer_is_one_line_without_its_password() -> None:
    db = Database.connect("postgresql+asyncpg://hub:s3cret@127.0.0.1:9/loopline", pool=1)
    (line,) = await lines(check_database(db))
    await db.close()
    assert not line.good and "127.0.0.1:9/loopline" in line.said.en and "s3cret" not in line.said.en + line.said.zh


@pytest.mark.kafka
async def test_topics_are_counted_and_none_is_made(kafka_address: str) -> None:
    settings = cluster(kafka_address)
    for _ in range(2):
        answers, topics = await lines(check_bus(bus_of(settings), settings))
        count = len(declared(settings))
        assert answers.good and topics.good and f"{count} of {count} topics are not there yet" in topics.said.en


@pytest.mark.kafka
async def test_topics_with_other_partitions_are_each_said(kafka_address: str) -> None:
    settings = cluster(kafka_address)
    bus = bus_of(settings)
    await bus.start()
    await bus.declare(declared(settings)[:2])
    await bus.stop()
    other = settings.model_copy(update={"partitions": 3})
    found = [line for line in await lines(check_bus(bus_of(other), other)) if not line.good]
    assert [line.subject for line in found] == [topic.name for topic in declared(settings)[:2]]
    assert all("has 2 partitions, the settings say 3" in line.said.en and "分区" in line.said.zh for line in found)


async def test_a_bus_that_does_not_answer_is_one_line() -> None:
    settings = cluster("127.0.0.1:9")
    (line,) = await lines(check_bus(bus_of(settings), settings))
    assert not line.good and "127.0.0.1:9" in line.said.zh
