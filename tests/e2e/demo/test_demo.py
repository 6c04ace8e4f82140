"""The closed loop, headless, with faults and kills: nothing lost, doubled, out of order, left open or out of bounds."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import pytest

from hub.db import Database
from hub.demo.sabotage import SABOTAGES
from hub.recovery.verify import verify
from tests.conftest import postgres_database
from tests.e2e.demo.running import ZEROS, Ended, run_demo, start_demo, started_at

pytestmark = [pytest.mark.verify, pytest.mark.timeout(660)]
LIMIT = ("--limit", "600")


def check(ended: Ended, orders: int, restarts: int) -> None:
    """A good end."""
    assert ended.status == 0, ended.printed
    assert {name: ended.figures[name] for name in ZEROS} == dict.fromkeys(ZEROS, 0)
    assert (ended.figures["orders"], ended.figures["restarts"]) == (orders, restarts)
    assert ended.figures["lines"] >= orders
    assert sum(ended.figures["faults"].values()) > 0


async def test_the_loop_closes_in_the_embedded_profile_through_faults_and_kills(tmp_path: Path) -> None:
    check(await run_demo(tmp_path, "--orders", "60", "--kill", "3", *LIMIT), 60, 3)
    db = Database.connect(f"sqlite:///{tmp_path / 'data' / 'state.db'}")
    assert list(await verify(db, None, datetime.now(UTC))) == []
    await db.close()


@pytest.mark.kafka
@pytest.mark.postgres
async def test_the_loop_closes_in_the_cluster_profile_through_faults_and_kills(tmp_path: Path, kafka_address: str) -> None:
    async with postgres_database() as url:
        ended = await run_demo(tmp_path, "--orders", "60", "--kill", "2", "--bus", f"kafka://{kafka_address}", "--db", url, *LIMIT)
    check(ended, 60, 2)


@pytest.mark.parametrize("seed", range(1, 11))
async def test_every_seed_closes_the_loop(tmp_path: Path, seed: int) -> None:
    check(await run_demo(tmp_path, "--orders", "60", "--kill", "1", "--seed", str(seed), *LIMIT), 60, 1)


async def test_told_to_end_it_leaves_no_hub_behind(tmp_path: Path) -> None:
    process = await start_demo(tmp_path, "--orders", "10")
    async with asyncio.timeout(60):
        while not (port := started_at(tmp_path)):  # noqa: ASYNC110 - another process writes it
            await asyncio.sleep(0.1)
        process.terminate()
        assert await process.wait() == 1
    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection("127.0.0.1", port)


FOUND_AS = {"drop": "lost", "double": "duplicated", "swap": "out_of_order", "leak": "boundary_breaches"}


@pytest.mark.parametrize("how", list(SABOTAGES))
async def test_a_hub_that_is_broken_on_purpose_fails_the_proof(tmp_path: Path, how: str) -> None:
    ended = await run_demo(tmp_path, "--orders", "10", "--sabotage", how, "--limit", "75")
    assert ended.status == 1, ended.printed
    assert ended.figures[FOUND_AS[how]] > 0
