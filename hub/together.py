"""Work that comes from several sides within a moment and is carried out as one: one transaction, one publish, one answer each."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

from hub.errors import HubError

W = TypeVar("W")


class Together(Generic[W]):
    """Gathers for `gather_s`, then calls `carry_out` with what has come, up to `at_most` at a time, in the order it came.

    `carry_out` does all of it or nothing. When it fails for several, each is tried alone, so that one cannot fail the others.
    """

    def __init__(self, carry_out: Callable[[Sequence[W]], Awaitable[None]], *, gather_s: float, at_most: int) -> None:
        self._carry_out = carry_out
        self._gather_s, self._at_most = gather_s, at_most
        self._waiting: list[tuple[W, asyncio.Future[None]]] = []
        self._going: asyncio.Task[None] | None = None

    async def bring(self, work: W) -> None:
        """Returns when it is carried out; raises what that raised."""
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((work, future))
        if self._going is None or self._going.done():
            self._going = asyncio.create_task(self._go())
        await future

    async def _go(self) -> None:
        await asyncio.sleep(self._gather_s)
        while self._waiting:
            taken, self._waiting = self._waiting[: self._at_most], self._waiting[self._at_most :]
            if not await self._done(taken) and len(taken) > 1:
                for one in taken:
                    await self._done([one])

    async def _done(self, taken: Sequence[tuple[W, asyncio.Future[None]]]) -> bool:
        """Carry it out and answer; several that failed are not answered yet."""
        try:
            await self._carry_out([work for work, _ in taken])
        except Exception as error:
            if len(taken) == 1 and not taken[0][1].done():
                taken[0][1].set_exception(error)
            return False
        except BaseException:       # the process ends here: whoever asked must not take it for done
            for _, future in taken:
                if not future.done():
                    future.set_exception(HubError())
            raise
        for _, future in taken:
            if not future.done():
                future.set_result(None)
        return True
