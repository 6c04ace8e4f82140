"""What every simulator's skin does alike: canonical data shown in a vendor's fields, changes that show late, answers that never come."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from hub.sdk.simulation.books import Books, Entry
from hub.sdk.simulation.faults import Fault, Faults


def _same(value: Any) -> Any:
    return value


@dataclass(frozen=True, slots=True)
class Column:
    """A vendor's field `name` for the canonical `path` ('quantity.value'); `show` and `take` turn the value; `rows`: of a list."""

    name: str
    path: str
    show: Callable[[Any], Any] = _same
    take: Callable[[Any], Any] = _same
    rows: tuple[Column, ...] = ()


def shown(columns: Sequence[Column], data: Mapping[str, Any]) -> dict[str, Any]:
    """Canonical data in the vendor's fields; what is absent shows as None."""
    return {column.name: _shown(column, _pick(data, column.path)) for column in columns}


def taken(columns: Sequence[Column], row: Mapping[str, Any]) -> dict[str, Any]:
    """A vendor's row as canonical data; absent and None fields are left out."""
    data: dict[str, Any] = {}
    for column in columns:
        if (value := row.get(column.name)) is not None:
            _put(data, column.path, _taken(column, value))
    return data


def one_of(table: Mapping[str, str], name: str, path: str) -> Column:
    """A column whose values are a table, canonical → vendor; what is not in it passes unchanged."""
    back = {vendor: canonical for canonical, vendor in list(table.items())[::-1]}
    return Column(name, path, show=lambda value: table.get(value, value), take=lambda value: back.get(value, value))


def _shown(column: Column, value: Any) -> Any:
    if value is None:
        return None
    return [shown(column.rows, row) for row in value] if column.rows else column.show(value)


def _taken(column: Column, value: Any) -> Any:
    return [taken(column.rows, row) for row in value] if column.rows else column.take(value)


def _pick(data: Any, path: str) -> Any:
    for step in path.split("."):
        if not isinstance(data, Mapping):
            return None
        data = data.get(step)
    return data


def _put(data: dict[str, Any], path: str, value: Any) -> None:
    *way, last = path.split(".")
    for step in way:
        data = data.setdefault(step, {})
    data[last] = value


class Veil:
    """Keeps some changes out of lists for `late_s` (LATE_COMMIT): then they show, behind what was read meanwhile."""

    def __init__(self, books: Books, faults: Faults, late_s: float) -> None:
        self.late_s = late_s
        self._faults = faults
        self._until: dict[tuple[str, int], float] = {}
        books.subscribe(self._see)

    def hides(self, entry: Entry) -> bool:
        """Whether lists must not show the entry yet."""
        return self._until.get((entry.kind, entry.id), 0.0) > time.monotonic()

    def _see(self, entry: Entry) -> None:
        if self._faults.strike(Fault.LATE_COMMIT):
            self._until[(entry.kind, entry.id)] = time.monotonic() + self.late_s


class Limit:
    """So many calls in so many seconds, as a vendor counts them."""

    def __init__(self, calls: float, seconds: float) -> None:
        self.calls, self.seconds = calls, seconds
        self._past: deque[float] = deque()

    def passes(self) -> bool:
        """Count one call; False where it is one too many."""
        now = time.monotonic()
        while self._past and self._past[0] <= now - self.seconds:
            self._past.popleft()
        if len(self._past) >= self.calls:
            return False
        self._past.append(now)
        return True


class Landing:
    """Carries writes out: now, now without an answer, later without an answer, or never."""

    def __init__(self, faults: Faults, late_s: float) -> None:
        self.late_s = late_s
        self._faults = faults
        self._running: set[asyncio.Task[None]] = set()

    async def land(self, request: Request, carry_out: Callable[[], Response]) -> Response:
        """The answer to a write whose body has been read."""
        if self._faults.strike(Fault.TIMEOUT_BEFORE):
            return await self._silence(request)
        if self._faults.strike(Fault.LATE_LANDING):
            silence = await self._silence(request)
            self.start(self._later(carry_out))   # only now: after the caller gave up
            return silence
        answer = carry_out()
        return await self._silence(request) if self._faults.strike(Fault.TIMEOUT_AFTER) else answer

    def start(self, work: Coroutine[Any, Any, None]) -> None:
        """Run something beside the server, until `close`."""
        task = asyncio.get_running_loop().create_task(work)
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def close(self) -> None:
        """Stop what runs beside."""
        for task in list(self._running):
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)

    async def _later(self, carry_out: Callable[[], Response]) -> None:
        await asyncio.sleep(self.late_s)
        carry_out()

    @staticmethod
    async def _silence(request: Request) -> Response:
        """Say nothing until the caller hangs up."""
        while (await request.receive())["type"] != "http.disconnect":
            pass
        return Response(status_code=499)
