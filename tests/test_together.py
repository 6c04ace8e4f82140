"""Work of several sides in one go: what fails alone fails nobody else."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from hub.together import Together


class Ledger:
    """Keeps what was carried out together; refuses 13, and all that come with it."""

    def __init__(self) -> None:
        self.done: list[list[int]] = []
        self.go = asyncio.Event()

    async def carry_out(self, numbers: Sequence[int]) -> None:
        await self.go.wait()
        if 13 in numbers:
            raise ValueError("13")
        self.done.append(list(numbers))


@pytest.fixture
def ledger() -> Ledger:
    return Ledger()


async def bring(ledger: Ledger, *numbers: int, at_most: int = 10) -> list[BaseException | None]:
    together = Together(ledger.carry_out, gather_s=0.0, at_most=at_most)
    tasks = [asyncio.create_task(together.bring(number)) for number in numbers]
    ledger.go.set()
    return await asyncio.gather(*tasks, return_exceptions=True)


async def test_what_comes_within_a_moment_is_carried_out_in_one_go_in_its_order(ledger: Ledger) -> None:
    assert await bring(ledger, 3, 1, 2) == [None, None, None]
    assert ledger.done == [[3, 1, 2]]


async def test_no_more_than_so_many_go_together(ledger: Ledger) -> None:
    await bring(ledger, 1, 2, 3, at_most=2)
    assert ledger.done == [[1, 2], [3]]


async def test_where_one_of_several_fails_each_is_tried_alone(ledger: Ledger) -> None:
    answers = await bring(ledger, 1, 13, 2)
    assert [type(answer) for answer in answers] == [type(None), ValueError, type(None)]
    assert ledger.done == [[1], [2]]


async def test_what_comes_while_others_are_carried_out_goes_together_after_them(ledger: Ledger) -> None:
    together = Together(ledger.carry_out, gather_s=0.0, at_most=10)
    first = asyncio.create_task(together.bring(1))
    for _ in range(3):
        await asyncio.sleep(0)
    later = [asyncio.create_task(together.bring(number)) for number in (2, 3)]
    await asyncio.sleep(0)
    ledger.go.set()
    await asyncio.gather(first, *later)
    assert ledger.done == [[1], [2, 3]]
