"""One partition's turns, the same on every bus: arrivals and ticks one after the other, back-off after a raise, and a stop that
waits for what is in flight.

The batch that failed is kept and given again; nothing behind it is read meanwhile. Only waiting is ever interrupted, never a
call of the consumer, so a partition is handed over when its last call has ended.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, NoReturn, Protocol, TypeVar

import structlog

from hub.bus.base import Consumer, Lost, Partition, Received

log = structlog.get_logger(__name__)
T = TypeVar("T")


class Feed(Protocol):
    """The messages of one partition, from an offset on. A cancelled `next` loses nothing that a later `seek` cannot bring back."""

    def seek(self, offset: int) -> None: ...

    async def next(self, limit: int, timeout_s: float) -> Sequence[Received]:
        """Up to `limit` messages; empty when none came within `timeout_s`."""
        ...


class Backoff:
    """Seconds to wait after a failure: doubled each time, up to `most_s`, from `first_s` again after a success."""

    def __init__(self, first_s: float, most_s: float) -> None:
        self._first_s, self._most_s = first_s, most_s
        self._next_s = first_s

    def reset(self) -> None:
        self._next_s = self._first_s

    def failed(self) -> float:
        now_s, self._next_s = self._next_s, min(self._next_s * 2, self._most_s)
        return now_s


@dataclass(frozen=True, slots=True, kw_only=True)
class Rhythm:
    """How a member works: messages a batch, seconds between ticks and after failures, and whether it is paused now."""

    batch: int
    tick_s: float
    retry_first_s: float
    retry_most_s: float
    paused: Callable[[], bool]

    def backoff(self) -> Backoff:
        return Backoff(self.retry_first_s, self.retry_most_s)


class Turns:
    """Works on one partition from `start` to `stop`. `done` is the offset behind the last batch whose outcome is durable.

    `ended` is called when the turns end by themselves: with Lost, or with what the feed raised.
    """

    def __init__(
        self, partition: Partition, consumer: Consumer, feed: Feed, rhythm: Rhythm, *, ended: Callable[[BaseException], None]
    ) -> None:
        self.partition = partition
        self.done: int | None = None
        self._consumer, self._feed, self._rhythm, self._ended = consumer, feed, rhythm, ended
        self._batch: Sequence[Received] = ()
        self._arrivals, self._ticks = rhythm.backoff(), rhythm.backoff()
        self._arrive_at = self._tick_at = 0.0
        self._stopping = False
        self._resting: asyncio.Future[Any] | None = None
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._task = asyncio.create_task(self._run(), name=f"turns {self.partition.topic}/{self.partition.number}")

    async def stop(self) -> None:
        """Returns when the call in flight has ended and `revoked` was called. May be called twice."""
        self._stopping = True
        if self._resting is not None:
            self._resting.cancel()
        if self._task is not None and self._task is not asyncio.current_task():
            await asyncio.wait([self._task])

    async def _run(self) -> None:
        reason: BaseException | None = None
        try:
            await self._begin()
            while not self._stopping:
                await self._turn()
        except (Exception, asyncio.CancelledError) as error:
            reason = error
        await self._drop()
        if not self._stopping and reason is not None:
            self._ended(reason)

    async def _begin(self) -> None:
        while not self._stopping:
            try:
                offset = await self._consumer.assigned(self.partition)
            except Lost:
                raise
            except Exception as error:
                self._note("partition.not_begun", error)
                await self._rest(asyncio.sleep(self._arrivals.failed()))
            else:
                self._arrivals.reset()
                self._feed.seek(offset)
                self.done = offset
                return

    async def _turn(self) -> None:
        now = time.monotonic()
        until_tick_s = max(0.0, self._tick_at - now)
        if self._rhythm.paused():
            await self._rest(asyncio.sleep(until_tick_s))
        elif now < self._arrive_at:
            await self._rest(asyncio.sleep(min(until_tick_s, self._arrive_at - now)))
        elif not self._batch:
            self._batch = await self._rest(self._feed.next(self._rhythm.batch, until_tick_s))
        else:
            await self._arrive()
        if time.monotonic() >= self._tick_at and not self._stopping:
            await self._tick()

    async def _arrive(self) -> None:
        try:
            done = await self._consumer.arrived(self.partition, self._batch)
        except Lost:
            raise
        except Exception as error:
            self._arrive_at = time.monotonic() + self._arrivals.failed()
            self._note("batch.failed", error)
        else:
            done = len(self._batch) if done is None else done
            self.done = self._batch[done - 1].offset + 1 if done else self.done
            self._batch = self._batch[done:]
            self._arrivals.reset()

    async def _tick(self) -> None:
        wait_s = self._rhythm.tick_s
        try:
            await self._consumer.tick(self.partition)
        except Lost:
            raise
        except Exception as error:
            wait_s = max(wait_s, self._ticks.failed())
            self._note("tick.failed", error)
        else:
            self._ticks.reset()
        self._tick_at = time.monotonic() + wait_s

    async def _drop(self) -> None:
        try:
            await self._consumer.revoked(self.partition)
        except Exception as error:
            self._note("revoke.failed", error)

    async def _rest(self, waiting: Awaitable[T]) -> T:
        """Await what a stop may interrupt; interrupted, it raises CancelledError."""
        resting = asyncio.ensure_future(waiting)
        self._resting = resting
        if self._stopping:
            resting.cancel()
        try:
            return await resting
        finally:
            self._resting = None

    def _note(self, event: str, error: Exception) -> None:
        offset = self._batch[0].offset if self._batch else self.done
        log.warning(event, topic=self.partition.topic, partition=self.partition.number, offset=offset, error=repr(error)[:500])


async def rejoin(group: str, life: Callable[[], Awaitable[BaseException]]) -> NoReturn:
    """Join again whenever a life in a group ends: at once after Lost, after a back-off when something failed. Until cancelled."""
    backoff = Backoff(0.2, 10.0)
    while True:
        born = time.monotonic()
        try:
            reason = await life()
        except Exception as error:
            reason = error
        if time.monotonic() - born > 30:
            backoff.reset()
        log.warning("group.left", group=group, reason=repr(reason)[:500])
        await asyncio.sleep(backoff.failed())
