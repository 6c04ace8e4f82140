"""A process that cannot follow the dictionary decides nothing with what it knew; when it can again it goes on where it was."""

from __future__ import annotations

import pytest

from master_data.snapshot_errors import DictionaryStale
from tests.road.conftest import Stage
from tests.road.test_traces import states, take, turn, work
from tests.road.toy import eventually, open_toy_road, running
from tests.road.workers import RECORDS, Scene, Worker, agree, issue


def stale(worker: Worker) -> None:
    """From now on the last answer of the database is too long ago."""
    worker.road.follower.stale_s = -1.0


async def test_nothing_is_decided_with_an_old_dictionary_and_the_batch_comes_again(scene: Scene) -> None:
    await scene.say(issue("MI-1"))
    async with scene.worker() as worker:
        await take(worker)
        stale(worker)
        with pytest.raises(DictionaryStale):
            await work(scene, worker)
        assert await scene.consumed() == []
        worker.road.follower.stale_s = 3600
        await work(scene, worker)
    assert await scene.consumed() == [("MI-1", 1)]


async def test_nothing_is_released_with_an_old_dictionary(scene: Scene) -> None:
    await scene.say(issue("MI-1", "X"))
    async with scene.worker() as worker:
        await take(worker)
        await work(scene, worker)
        await agree(worker.road.db, "X")
        await worker.road.follower.catch_up()
        stale(worker)
        with pytest.raises(DictionaryStale):
            await worker.normalize.tick(RECORDS)
        assert await states(worker) == [("MI-1", 1, "ready")]
        worker.road.follower.stale_s = 3600
        await turn(worker)
    assert await scene.consumed() == [("MI-1", 1)]


async def test_a_running_hub_pauses_while_it_cannot_follow_and_loses_nothing(stage: Stage) -> None:
    settings, pair = stage
    async with open_toy_road(settings, pair) as road, running(road):
        pair.order("SO-1")
        await eventually(lambda: _submitted(stage, "SO-1"))
        refusals = _count_refusals(road.follower)
        road.follower.stale_s = -1.0
        pair.order("SO-2")
        await eventually(lambda: len(refusals) > 1)
        assert not pair.erp.papers["sales_order/P1/SO-2"]
        road.follower.stale_s = 3600
        await eventually(lambda: _submitted(stage, "SO-2"))


def _submitted(stage: Stage, number: str) -> bool:
    papers = stage.pair.erp.papers[f"sales_order/P1/{number}"]
    return bool(papers) and papers[0].step == "submit"


def _count_refusals(follower: object) -> list[float]:
    """Notes each time the snapshot is refused."""
    refused: list[float] = []
    plain = type(follower)

    class Counting(plain):  # type: ignore[misc, valid-type]
        @property
        def snapshot(self) -> object:
            try:
                return super().snapshot
            except DictionaryStale:
                refused.append(self.age_s)
                raise

    follower.__class__ = Counting
    return refused
