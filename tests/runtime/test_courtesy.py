"""Long work in pieces: whoever has something to do in between gets to do it."""

from __future__ import annotations

import asyncio

from hub.runtime.courtesy import in_turn


async def test_the_others_work_between_the_pieces() -> None:
    done: list[str] = []

    async def other() -> None:
        for _ in range(3):
            done.append("other")
            await asyncio.sleep(0)

    task = asyncio.create_task(other())
    async for piece in in_turn(["first", "second"]):
        done.append(piece)  # noqa: PERF401 - what is done in between is the question
    await task
    assert done.index("other") < done.index("second")
    assert [one for one in done if one != "other"] == ["first", "second"]


async def test_alone_it_goes_straight_on() -> None:
    assert [piece async for piece in in_turn(range(100))] == list(range(100))
